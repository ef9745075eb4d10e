"""Nobody waits: patience of zero makes a team a group of lines, and abandonment is Erlang's blocking."""

import pytest

from tests.oracle import exact
from tests.oracle.simulate import simulated

HOUR = 3600.0
PER_HOUR, HANDLE_TIME, AGENTS = 90, 96.0, 3  # 2.4 erlangs


@pytest.mark.parametrize(
    "handle_time",
    ["{exponential: {mean: 96s}}", "{lognormal: {mean: 96s, cv: 1.0}}"],
    ids=["exponential", "lognormal"],
)
def test_customers_without_patience_are_blocked_as_erlang_b_says_whatever_the_handle_time(handle_time):
    load = PER_HOUR / HOUR * HANDLE_TIME
    blocked = exact.erlang_b(load, AGENTS)
    measures = {"abandonment": blocked, "occupancy": load * (1 - blocked) / AGENTS}
    found = simulated(
        f"""
name: Erlang B
time: {{start: 2026-03-02, horizon: 7h, warm_up: 30m}}
run: {{replications: 489, seed: 101}}
channels: {{phone: {{arrivals: {{volume: {PER_HOUR}/h}}, patience: 0s, journey: voice}}}}
teams: {{desk: {{agents: {AGENTS}, skills: {{answer: 1}}}}}}
journeys: {{voice: {{answer: {{work: {{time: {handle_time}}}, next: resolved}}}}}}
""",
        *measures,
        "wait.mean",
    )
    found.assert_covers(measures)
    assert found.estimate("wait.mean").value == 0.0, "who is not blocked is served at once"
