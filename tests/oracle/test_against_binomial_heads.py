"""People who miss whole days: each day is an Erlang A queue with a binomial number of agents."""

from scipy import stats

from tests.oracle import exact
from tests.oracle.simulate import assert_covers

DAY = 86_400.0
PER_DAY, HANDLE_TIME, PATIENCE = 8_640, 240.0, 240.0  # 24 erlangs
PEOPLE, ABSENCE = 20, 0.05


def test_abandonment_and_occupancy_are_those_of_erlang_a_over_binomial_heads():
    # Days are long against handle times, so that what one day leaves to the next (some 20 contacts of 8,640)
    # does not matter. Absence is unpaid or not: occupancy is of the time in which people are there.
    rate = PER_DAY / DAY
    came = stats.binom(PEOPLE, 1 - ABSENCE)
    chances = [(float(came.pmf(agents)), agents) for agents in range(5, PEOPLE + 1)]  # fewer: below 1e-13
    abandonment = sum(
        chance * exact.erlang_a_abandonment(rate, HANDLE_TIME, agents, PATIENCE) for chance, agents in chances
    )
    wait = sum(
        chance * exact.erlang_a_mean_wait(rate, HANDLE_TIME, agents, PATIENCE) for chance, agents in chances
    )
    present = PEOPLE * (1 - ABSENCE)
    busy = rate * HANDLE_TIME * (1 - abandonment)
    assert_covers(
        f"""
name: Erlang A over binomial heads
time: {{start: 2026-03-02, horizon: 20d, warm_up: 1h, run_out: 1h}}
run: {{replications: 60, seed: 31}}
channels:
  phone:
    arrivals: {{volume: {PER_DAY}/day}}
    patience: {{exponential: {{mean: {PATIENCE}s}}}}
    journey: voice
teams: {{desk: {{agents: {PEOPLE}, skills: {{answer: 1}}, absence: {100 * ABSENCE:g}%}}}}
journeys:
  voice: {{answer: {{work: {{time: {{exponential: {{mean: {HANDLE_TIME}s}}}}}}, next: resolved}}}}
""",
        {
            "abandonment": abandonment,
            "wait.mean": wait,
            "occupancy": busy / present,
            "utilisation": busy / PEOPLE,
        },
    )
