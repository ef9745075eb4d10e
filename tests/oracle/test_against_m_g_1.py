"""One agent, any handle time: the mean wait needs its mean and cv only (Pollaczek, Khinchine)."""

import pytest

from tests.oracle import exact
from tests.oracle.simulate import assert_covers

HOUR = 3600.0
PER_HOUR, HANDLE_TIME = 120, 12.0


@pytest.mark.parametrize(
    ("family", "cv", "replications"),
    [("lognormal", 0.5, 627), ("gamma", 0.7, 759)],
    ids=["lognormal", "gamma"],
)
def test_the_mean_wait_before_one_agent_is_that_of_pollaczek_and_khinchine(family, cv, replications):
    assert_covers(
        f"""
name: M/G/1
time: {{start: 2026-03-02, horizon: 12h, warm_up: 10m, run_out: 5m}}
run: {{replications: {replications}, seed: 104}}
channels: {{phone: {{arrivals: {{volume: {PER_HOUR}/h}}, journey: voice}}}}
teams: {{desk: {{agents: 1, skills: {{answer: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: {{{family}: {{mean: {HANDLE_TIME}s, cv: {cv}}}}}}}, next: resolved}}}}
""",
        {
            "wait.mean": exact.mg1_mean_wait(PER_HOUR / HOUR, HANDLE_TIME, cv),
            "wait.share_over(0s)": PER_HOUR / HOUR * HANDLE_TIME,  # arrivals see the agent as time does
            "occupancy": PER_HOUR / HOUR * HANDLE_TIME,
            "handle_time.mean": HANDLE_TIME,
        },
    )
