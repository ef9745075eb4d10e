"""M/M/c: everybody waits as long as it takes."""

from tests.oracle import exact
from tests.oracle.simulate import assert_covers

HOUR = 3600.0
PER_HOUR, HANDLE_TIME, AGENTS = 60, 60.0, 2  # 1 erlang


def test_waits_are_those_of_erlang_c():
    queue = (PER_HOUR / HOUR, HANDLE_TIME, AGENTS)
    delayed = exact.erlang_c_delay(*queue)
    assert_covers(
        f"""
name: Erlang C
time: {{start: 2026-03-02, horizon: 2d, warm_up: 1h, run_out: 10m}}
run: {{replications: 858, seed: 102}}
channels: {{phone: {{arrivals: {{volume: {PER_HOUR}/h}}, journey: voice}}}}
teams: {{desk: {{agents: {AGENTS}, skills: {{answer: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: {{exponential: {{mean: {HANDLE_TIME}s}}}}}}, next: resolved}}}}
""",
        {
            "wait.share_over(0s)": delayed,
            "wait.mean": exact.erlang_c_mean_wait(*queue),
            "asa": exact.erlang_c_mean_wait(*queue),
            "service_level(20s)": exact.erlang_c_service_level(*queue, 20.0),
            "service_level(60s)": exact.erlang_c_service_level(*queue, 60.0),
            "handle_time.mean": HANDLE_TIME,
            "occupancy": queue[0] * HANDLE_TIME / AGENTS,
            "utilisation": queue[0] * HANDLE_TIME / AGENTS,
            "backlog": exact.erlang_c_mean_queue(*queue) + queue[0] * HANDLE_TIME,
            "contacts": 2 * 24 * PER_HOUR,
        },
    )
