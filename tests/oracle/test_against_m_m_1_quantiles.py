"""M/M/1, first come first served: the whole distribution of waits and sojourns, hence their quantiles."""

import math

from tests.oracle.simulate import assert_covers

PER_HOUR, HANDLE_TIME = 60, 30.0
LOAD = PER_HOUR * HANDLE_TIME / 3600  # 0.5
SLACK = HANDLE_TIME / (1 - LOAD)  # mean sojourn


def wait_quantile(share: float) -> float:
    """P(wait > t) = load * exp(-t / slack): nobody waits with probability 1 - load."""
    return SLACK * math.log(LOAD / (1 - share))


def exponential_quantile(share: float, mean: float) -> float:
    return -mean * math.log(1 - share)


def test_quantiles_of_waits_handle_times_and_sojourns_are_those_of_m_m_1():
    assert_covers(
        f"""
name: M/M/1
time: {{start: 2026-03-02, horizon: 1d, warm_up: 1h, run_out: 1h}}
run: {{replications: 726, seed: 105}}
channels: {{phone: {{arrivals: {{volume: {PER_HOUR}/h}}, journey: voice}}}}
teams: {{desk: {{agents: 1, skills: {{answer: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: {{exponential: {{mean: {HANDLE_TIME}s}}}}}}, next: resolved}}}}
""",
        {
            "wait.quantile(80%)": wait_quantile(0.8),
            "wait.quantile(90%)": wait_quantile(0.9),
            "human_response.quantile(90%)": wait_quantile(0.9),
            "handle_time.quantile(50%)": exponential_quantile(0.5, HANDLE_TIME),
            "handle_time.quantile(99%)": exponential_quantile(0.99, HANDLE_TIME),
            "time_to_resolution.quantile(50%)": exponential_quantile(0.5, SLACK),
            "time_to_resolution.quantile(90%)": exponential_quantile(0.9, SLACK),
        },
    )
