"""M/M/c + M: patience is exponential, and whoever's ends first leaves."""

from tests.oracle import exact
from tests.oracle.simulate import assert_covers

HOUR = 3600.0
PER_HOUR, HANDLE_TIME, AGENTS, PATIENCE = 120, 120.0, 5, 40.0  # 4 erlangs


def test_waits_abandonment_and_all_four_service_levels_are_those_of_erlang_a():
    queue = (PER_HOUR / HOUR, HANDLE_TIME, AGENTS, PATIENCE)
    assert_covers(
        f"""
name: Erlang A
time: {{start: 2026-03-02, horizon: 12h, warm_up: 1h, run_out: 10m}}
run: {{replications: 647, seed: 103}}
channels:
  phone:
    arrivals: {{volume: {PER_HOUR}/h}}
    patience: {{exponential: {{mean: {PATIENCE}s}}}}
    journey: voice
teams: {{desk: {{agents: {AGENTS}, skills: {{answer: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: {{exponential: {{mean: {HANDLE_TIME}s}}}}}}, next: resolved}}}}
""",
        {
            "wait.share_over(0s)": exact.erlang_a_delay(*queue),
            "wait.mean": exact.erlang_a_mean_wait(*queue),
            "asa": exact.erlang_a_mean_wait_of_answered(*queue),
            "abandonment": exact.erlang_a_abandonment(*queue),
            "occupancy": exact.erlang_a_occupancy(*queue),
            "service_level(20s)": exact.erlang_a_service_level_offered(*queue, 20.0),
            "service_level(20s, definition=answered)": exact.erlang_a_service_level_answered(*queue, 20.0),
            "service_level(20s, definition=offered_excluding_short_abandons, short=10s)": (
                exact.erlang_a_service_level_excluding_short_abandons(*queue, 20.0, short=10.0)
            ),
            "service_level(20s, definition=met_or_left_early)": (
                exact.erlang_a_service_level_met_or_left_early(*queue, 20.0)
            ),
            "backlog": exact.erlang_a_mean_queue(*queue) + AGENTS * exact.erlang_a_occupancy(*queue),
        },
    )
