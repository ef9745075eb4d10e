"""Two skills, two teams: the N model, solved as a Markov chain."""

import pytest

from tests.oracle import exact
from tests.oracle.simulate import assert_covers

HOUR = 3600.0


@pytest.mark.parametrize(
    ("first", "priority"), [(1, 5), (0, 1)], ids=["skill level decides", "priority outranks the skill level"]
)
def test_two_teams_share_the_work_as_the_n_model_says(first, priority):
    # Class `own` is served by its own team (level 1) and by the shared one (level 2), class `shared` by the
    # shared team only (level 1). A shared agent that becomes free takes `shared` first, by skill level,
    # unless `own` has the better priority.
    rates, handle_time, agents, patience = (90 / HOUR, 54 / HOUR), 60.0, (1, 2), (30.0, 45.0)
    own, shared = exact.n_model(rates, handle_time, *agents, first, patience, limits=(30, 30))
    assert_covers(
        f"""
name: N model
time: {{start: 2026-03-02, horizon: 8h, warm_up: 30m, run_out: 10m}}
run: {{replications: 693, seed: 111}}
channels:
  own: {{arrivals: {{volume: 90/h}}, patience: {{exponential: {{mean: {patience[0]}s}}}}, journey: one}}
  shared: {{arrivals: {{volume: 54/h}}, patience: {{exponential: {{mean: {patience[1]}s}}}}, journey: two}}
teams:
  narrow: {{agents: {agents[0]}, skills: {{a: 1}}}}
  broad: {{agents: {agents[1]}, skills: {{a: 2, b: 1}}}}
journeys:
  one: {{a: {{work: {{time: {{exponential: {{mean: 60s}}}}, priority: {priority}}}, next: resolved}}}}
  two: {{b: {{work: {{time: {{exponential: {{mean: 60s}}}}}}, next: resolved}}}}
""",
        {
            f"{measure} for channel={channel}": value
            for channel, result in (("own", own), ("shared", shared))
            for measure, value in (
                ("wait.share_over(0s)", result.delay),
                ("wait.mean", result.mean_wait),
                ("abandonment", result.abandonment),
            )
        },
    )
