import pytest

from sim.scenario.relative import changed, is_relative


@pytest.mark.parametrize(
    ("old", "change", "new"),
    [
        (4, "+2", 6),
        (4, "-4", 0),
        (4, "x1.5", 6),
        (5, "x1.5", 7.5),  # no number of people: the models refuse it
        (0.8, "+0.1", 0.9),
        ("900/day", "x1.2", "1080/day"),
        ("900/day", "+100/day", "1000/day"),
        ("80%", "+5%", "85%"),
        ("80%", "x110%", "88%"),
        ("5m", "+30s", "330s"),
        ("5m 30s", "x2", "10m 60s"),
        ("1m 40s", "-10s", "90s"),
        ("0.1", "+0.2", "0.3"),
    ],
)
def test_a_relative_value_changes_what_the_base_says(old: object, change: str, new: object) -> None:
    assert is_relative(change)
    assert changed(old, change) == new


@pytest.mark.parametrize(
    ("old", "change", "words"),
    [
        ("voice", "+2", "no number"),
        (None, "x2", "no number"),
        (True, "+1", "no number"),
        (4, "+2h", "plain number 4"),
        ("900/day", "+2h", "unit"),
        ("80%", "+5m", "unit"),
        ("2m", "-5m", "below zero"),
        (1, "-2", "below zero"),
        (1, "x..", "cannot be computed"),
    ],
)
def test_a_relative_value_that_does_not_fit_is_refused(old: object, change: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        changed(old, change)


@pytest.mark.parametrize("value", ["6", "5m", "x", "+", 2, None, "xylophone 2"])
def test_other_values_are_not_relative(value: object) -> None:
    assert not is_relative(value)
