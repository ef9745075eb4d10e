"""The shipped scenarios of a quick bot and of one that nobody wants: given figures and main findings."""

from pathlib import Path

import pytest

import sim
from sim.analysis.interval import Estimate
from sim.scenario.sla import parse_request

SCENARIOS = Path(__file__).parents[2] / "scenarios"
TOLERANCE = 0.05
"""What a simulated value may differ from a given one, where its interval does not hold it."""


def found(name: str, variant: str | None, *measures: str) -> list[Estimate]:
    study = sim.run(sim.load(SCENARIOS / f"{name}.yaml", variant), replications=6).study
    return [row.estimate for row in study.rows([parse_request(measure) for measure in measures])]


def is_given(estimate: Estimate, value: float) -> bool:
    near = abs(estimate.value - value) <= TOLERANCE * value
    return near or estimate.low <= value <= estimate.high


@pytest.mark.parametrize(
    ("variant", "given"),
    [
        (None, {"cases": 5 * 1000, "handle_time.mean": 600.0}),
        ("bot_and_growth", {"cases": 5 * 1200, "time_to_resolution.mean": 60.0}),
    ],
)
def test_routine_requests_take_as_long_as_given(variant, given):
    for (measure, value), estimate in zip(given.items(), found("bot_speed", variant, *given), strict=True):
        assert is_given(estimate, value), f"{measure} {estimate.value}, given {value}"


def test_people_who_keep_up_with_today_do_not_keep_up_with_the_growth():
    (today,), (growth,) = (found("bot_speed", name, "abandonment") for name in (None, "growth_without_bot"))
    assert today.high < 0.05, f"today {today.value} give up"
    assert growth.low > 0.12, f"with growth {growth.value} give up"


def test_fewer_than_ten_percent_use_the_bot_that_they_do_not_want():
    (use,) = found("bot_mismatch", None, "bot_use")
    assert use.high < 0.10, f"{use.value} use it"


def test_a_better_bot_helps_less_than_one_that_is_accepted():
    figures = {
        name: found("bot_mismatch", name, "automation")[0] for name in (None, "better_bot", "assisted")
    }
    automation = {name: estimate.value for name, estimate in figures.items()}
    better, accepted = automation["better_bot"] - automation[None], automation["assisted"] - automation[None]
    assert 0 < better < 0.03 < 0.15 < accepted, automation
