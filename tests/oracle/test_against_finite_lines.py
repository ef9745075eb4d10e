"""M/M/c/K: callers beyond so many lines are blocked, or customers do not join a queue beyond so many.

With load a = lambda / mu the number present has the distribution p(n) ~ a^n / n! up to c and then
p(c) (a / c)^(n - c) up to K: Gross, Shortle, Thompson, Harris, "Fundamentals of queueing theory", 4th
edition, section 2.5.
"""

import math

import pytest

from tests.oracle.simulate import simulated

HOUR = 3600.0
PER_HOUR, HANDLE_TIME, AGENTS, PLACES = 120, 72.0, 3, 5  # 2.4 erlangs


def present(load: float, agents: int, most: int) -> list[float]:
    weights = [
        load**n / math.factorial(n)
        if n <= agents
        else load**agents / math.factorial(agents) * (load / agents) ** (n - agents)
        for n in range(most + 1)
    ]
    return [weight / sum(weights) for weight in weights]


@pytest.mark.parametrize(
    ("limit", "measure"),
    [(f"lines: {PLACES}", "blocking"), (f"balk: {{line: {PLACES - AGENTS}}}", "balking")],
    ids=["lines", "balking"],
)
def test_waits_and_who_is_turned_away_are_those_of_a_finite_queue(limit, measure):
    load = PER_HOUR / HOUR * HANDLE_TIME
    share = present(load, AGENTS, PLACES)
    away = share[-1]
    waiting = sum((n - AGENTS) * p for n, p in enumerate(share) if n > AGENTS)
    admitted = PER_HOUR / HOUR * (1 - away)
    measures = {
        measure: away,
        "wait.mean": waiting / admitted,
        "wait.share_over(0s)": sum(share[AGENTS:-1]) / (1 - away),
        "occupancy": load * (1 - away) / AGENTS,
        "backlog": sum(n * p for n, p in enumerate(share)),
    }
    simulated(
        f"""
name: finite queue
time: {{start: 2026-03-02, horizon: 12h, warm_up: 30m, run_out: 30m}}
run: {{replications: 640, seed: 113}}
channels: {{phone: {{arrivals: {{volume: {PER_HOUR}/h}}, {limit}, journey: voice}}}}
teams: {{desk: {{agents: {AGENTS}, skills: {{answer: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: {{exponential: {{mean: {HANDLE_TIME}s}}}}}}, next: resolved}}}}
""",
        *measures,
    ).assert_covers(measures)
