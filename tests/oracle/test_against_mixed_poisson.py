"""Days that differ: counts are Poisson mixed by gamma factors, queues are Erlang A mixed over the factors.

The number on a day with mean m and factors A (the channel's) and B (shared) is Poisson with mean m A B, so
its variance is m + m² ((1 + a²)(1 + b²) − 1), a and b being coefficients of variation, and two channels have
the covariance m₁ m₂ b².
"""

import numpy as np
import pytest
from scipy import stats

import sim
from sim.analysis.interval import estimate
from sim.engine.realise import DAY_BITS, realise
from sim.plan import compile_plan
from tests.oracle import exact
from tests.oracle.simulate import CONFIDENCE, assert_covers

DAY = 86_400.0
OWN, SHARED = 0.3, 0.2


def test_daily_counts_vary_together_and_apart_as_mixed_poisson_numbers_do():
    means, days, replications = (150.0, 60.0), 30, 2_000
    plan = compile_plan(
        sim.loads(f"""
name: days that differ
time: {{start: 2026-03-02, horizon: {days}d}}
run: {{seed: 77}}
demand: {{day_to_day_cv: {SHARED:.0%}}}
channels:
  phone: {{arrivals: {{volume: {means[0]}/day, day_to_day_cv: {OWN:.0%}}}, journey: all}}
  chat: {{arrivals: {{volume: {means[1]}/day}}, journey: all}}
journeys: {{all: {{pause: {{delay: {{time: 1m}}, next: resolved}}}}}}
""")
    )
    counts = np.zeros((replications, 2, days))
    for replication in range(replications):
        arrivals = realise(plan, replication)
        np.add.at(counts[replication], (arrivals.channel, arrivals.entity >> DAY_BITS), 1)
    apart = counts - np.array(means)[:, None]
    mixed = (1 + OWN**2) * (1 + SHARED**2) - 1
    wanted = {
        "mean": (counts[:, 0], means[0]),
        "variance with both factors": (apart[:, 0] ** 2, means[0] + means[0] ** 2 * mixed),
        "variance with the shared factor": (apart[:, 1] ** 2, means[1] + means[1] ** 2 * SHARED**2),
        "covariance": (apart[:, 0] * apart[:, 1], means[0] * means[1] * SHARED**2),
    }
    for name, (values, value) in wanted.items():
        sums = np.stack([values.sum(axis=1), np.full(replications, float(days))], axis=1)
        found = estimate(sums, CONFIDENCE)
        assert found.low <= value <= found.high, (name, found, value)
        assert found.high - found.low < 0.2 * value, (name, found, value)


def test_one_day_does_not_tell_of_the_next():
    plan = compile_plan(
        sim.loads("""
name: days that differ
time: {start: 2026-03-02, horizon: 2d}
demand: {day_to_day_cv: 50%}
channels: {phone: {arrivals: {volume: 200/day}, journey: all}}
journeys: {all: {pause: {delay: {time: 1m}, next: resolved}}}
""")
    )
    pairs = [np.bincount(realise(plan, r).entity >> DAY_BITS, minlength=2) for r in range(2_000)]
    assert stats.pearsonr(*np.array(pairs).T).pvalue > 1e-4


def test_abandonment_is_that_of_erlang_a_mixed_over_the_factors():
    per_day, handle_time, agents, patience, own, shared = 2_160, 480.0, 10, 480.0, 0.06, 0.05
    # Both factors by Gauss-Legendre quadrature of their quantiles; busy days have more customers.
    nodes, weights = np.polynomial.legendre.leggauss(24)
    gammas = [stats.gamma(1 / cv**2, scale=cv**2).ppf((nodes + 1) / 2) for cv in (own, shared)]
    factors, chances = np.multiply.outer(*gammas).ravel(), np.multiply.outer(weights, weights).ravel() / 4
    assert factors @ chances == pytest.approx(1.0, abs=1e-3)

    def mixed(value):
        values = [value(per_day / DAY * factor, handle_time, agents, patience) for factor in factors]
        return float((factors * values) @ chances / (factors @ chances))

    assert_covers(
        f"""
name: Erlang A on days that differ
time: {{start: 2026-03-02, horizon: 40d, warm_up: 2h, run_out: 2h}}
run: {{replications: 100, seed: 41}}
demand: {{day_to_day_cv: {shared:.0%}}}
channels:
  phone:
    arrivals: {{volume: {per_day}/day, day_to_day_cv: {own:.0%}}}
    patience: {{exponential: {{mean: {patience}s}}}}
    journey: voice
teams: {{desk: {{agents: {agents}, skills: {{answer: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: {{exponential: {{mean: {handle_time}s}}}}}}, next: resolved}}}}
""",
        {"abandonment": mixed(exact.erlang_a_abandonment), "wait.mean": mixed(exact.erlang_a_mean_wait)},
    )
