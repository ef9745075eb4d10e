"""Faults, their order and their words."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ExitCode, Fault, Place, ScenarioError, did_you_mean, dotted, escaped, nearest, shown


def test_exit_codes_are_those_of_the_manual() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "PASSED": 0,
        "SLA_FAILED": 1,
        "INVALID": 2,
        "UNDECIDED": 3,
        "BASELINE_MISSING": 4,
        "INTERNAL": 70,
    }


def test_a_fault_reads_as_place_path_and_message_with_the_remedy_on_its_own_line() -> None:
    fault = Fault(
        "'six' is no whole number (allowed: 0 or more)",
        Place("scenarios/x.yaml", 12, 9),
        "teams.frontline.shifts.mid",
        "write 6",
    )
    assert str(fault) == (
        "scenarios/x.yaml:12:9: teams.frontline.shifts.mid: 'six' is no whole number (allowed: 0 or more)\n"
        "     → write 6"
    )


def test_a_fault_without_place_path_and_remedy_is_its_message() -> None:
    assert str(Fault("there is no such file")) == "there is no such file"


def test_an_error_sorts_its_faults_by_place_as_numbers_and_puts_those_without_a_place_first() -> None:
    late, early, nowhere = (
        Fault("late", Place("x", 10, 1)),
        Fault("early", Place("x", 9, 5)),
        Fault("nowhere"),
    )
    error = ScenarioError([late, early, nowhere])
    assert error.faults == (nowhere, early, late)
    assert str(error) == "nowhere\nx:9:5: early\nx:10:1: late"


def test_an_error_tells_equal_faults_once() -> None:
    assert len(ScenarioError([Fault("a"), Fault("a"), Fault("b")]).faults) == 2


def test_an_error_is_a_value_error_and_can_be_made_of_one_fault() -> None:
    error = ScenarioError(Fault("a"))
    assert isinstance(error, ValueError)
    assert error.faults == (Fault("a"),)


def test_an_error_without_faults_is_a_mistake_in_the_program() -> None:
    with pytest.raises(TypeError):
        ScenarioError([])


def test_an_error_survives_the_way_between_processes() -> None:
    error = ScenarioError([Fault("a", Place("x", 1, 2), "p", "r"), Fault("b")])
    assert pickle.loads(pickle.dumps(error)).faults == error.faults


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("six", "'six'"),
        ("it's", '"it\'s"'),
        (6, "6"),
        (0.5, "0.5"),
        (True, "true"),
        (False, "false"),
        (None, "nothing"),
        ([], "an empty list"),
        ([1, 2, 3], "a list of 3"),
        ({}, "an empty map"),
        ({"early": 1, "mid": 2}, "a map (early, mid)"),
        ("\x1b[31mred", "'\\x1b[31mred'"),
    ],
)
def test_values_are_shown_in_words_of_planners(value: object, expected: str) -> None:
    assert shown(value) == expected


def test_long_values_are_cut() -> None:
    assert shown("x" * 1000) == f"'{'x' * 59}…'"
    assert shown({f"k{i}": i for i in range(1000)}) == "a map (k0, k1, k2, k3, k4, k5, k6, k7, …)"


def test_a_whole_number_too_long_for_python_to_write_is_shown_in_words() -> None:
    assert shown(10**5000) == "a number of very many digits"


@given(st.one_of(st.text(st.characters()), st.integers(), st.floats(), st.dictionaries(st.text(), st.none())))
def test_whatever_is_shown_is_one_short_printable_line(value: object) -> None:
    assert shown(value).isprintable()
    assert len(shown(value)) < 1000


def test_a_key_path_is_dotted_and_counts_entries_of_lists_from_one() -> None:
    assert dotted(("calendars", "desk", "closed", 0)) == "calendars.desk.closed[1]"
    assert dotted(()) == ""


def test_invisible_characters_of_a_path_become_visible() -> None:
    assert dotted(("teams", "front\u200bline")) == "teams.front\\u200bline"
    assert escaped("a\nb") == "a\\nb"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("frontlin", "frontline"),
        ("Frontline", "frontline"),
        ("back office", "back_office"),
        ("back-office", "back_office"),
        ("warehouse", None),
        ("f" * 100_000, None),
    ],
)
def test_the_nearest_name_forgives_slips_of_the_pen(name: str, expected: str | None) -> None:
    assert nearest(name, ["specialists", "frontline", "back_office"]) == expected


def test_help_for_an_unknown_name_is_the_nearest_or_else_what_is_known() -> None:
    assert did_you_mean("frontlin", ["frontline", "specialists"]) == "did you mean 'frontline'?"
    assert did_you_mean("xyz", ["frontline", "specialists"]) == "known: frontline, specialists"
    assert did_you_mean("xyz", (f"name{i}" for i in range(9))).endswith("name6, name7, …")
    assert did_you_mean("xyz", [f"name{i}" for i in range(8)]).endswith("name6, name7")
    assert did_you_mean("xyz", []) == "none are defined"
