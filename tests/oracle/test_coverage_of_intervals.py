"""A 95 % interval covers the exact value in 95 % of studies: many seeds, one binomial test a measure.

Replications have some 240 contacts. With far fewer, waits are so skewed that Student intervals over few
replications cover a little less: 93 % of 1,500 studies at ten replications of 100 contacts.
"""

from dataclasses import replace

from scipy import stats

import sim
from sim.analysis.results import Study
from sim.experiment import run
from sim.plan import compile_plan
from sim.scenario.sla import parse_request
from tests.oracle import exact

HOUR = 3600.0
PER_HOUR, HANDLE_TIME, AGENTS, PATIENCE = 120, 60.0, 3, 15.0  # 2 erlangs
SEEDS, REPLICATIONS = 160, 8
REJECT_BELOW = 1e-4


def test_nominal_95_percent_intervals_cover_erlang_a_in_95_percent_of_studies():
    queue = (PER_HOUR / HOUR, HANDLE_TIME, AGENTS, PATIENCE)
    truth = {
        parse_request("wait.mean"): exact.erlang_a_mean_wait(*queue),
        parse_request("service_level(10s)"): exact.erlang_a_service_level_offered(*queue, 10.0),
    }
    scenario = sim.loads(
        f"""
name: Erlang A, a short study
time: {{start: 2026-03-02, horizon: 2h, warm_up: 10m, run_out: 3m}}
run: {{replications: {REPLICATIONS}, confidence: 95%}}
channels:
  phone:
    arrivals: {{volume: {PER_HOUR}/h}}
    patience: {{exponential: {{mean: {PATIENCE}s}}}}
    journey: voice
teams: {{desk: {{agents: {AGENTS}, skills: {{answer: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: {{exponential: {{mean: {HANDLE_TIME}s}}}}}}, next: resolved}}}}
"""
    )
    plan = compile_plan(scenario)
    covered = dict.fromkeys(truth, 0)
    for seed in range(SEEDS):
        (runs,) = run([(replace(plan, seed=seed), list(truth))], REPLICATIONS)
        for row in Study(scenario, runs).rows(truth):
            covered[row.request] += row.estimate.low <= truth[row.request] <= row.estimate.high
    for request, count in covered.items():
        probability = stats.binomtest(count, SEEDS, 0.95).pvalue
        print(f"{request}: {count} of {SEEDS} intervals cover the exact value, p = {probability:.2g}")
        assert probability >= REJECT_BELOW, f"{request}: {count} of {SEEDS} cover {truth[request]}"
