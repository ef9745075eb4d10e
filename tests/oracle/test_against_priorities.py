"""Non-preemptive priorities (Cobham; Kella and Yechiali), and head starts where theory has a value."""

import numpy as np

import sim
from sim.engine.reference import run
from sim.log import Log
from sim.plan import Plan, compile_plan
from tests.oracle import exact
from tests.oracle.simulate import assert_covers, simulated

HOUR = 3600.0


def scenario(segments: str, agents: int, handle_time: str, time: str, replications: int) -> str:
    return f"""
name: priorities
time: {{start: 2026-03-02, warm_up: 30m, run_out: 30m, {time}}}
run: {{replications: {replications}, seed: 105}}
segments: {{{segments}}}
channels: {{phone: {{arrivals: {{volume: 120/h}}, journey: voice}}}}
teams: {{desk: {{agents: {agents}, skills: {{answer: 1}}}}}}
journeys: {{voice: {{answer: {{work: {{time: {handle_time}}}, next: resolved}}}}}}
"""


def test_one_agent_serves_three_classes_by_priority_each_with_its_own_handle_time():
    shares, means, cvs = (0.3, 0.3, 0.4), (12.0, 10.0, 14.0), (0.0, 0.5, 0.5)
    rates = [120 / HOUR * share for share in shares]  # 0.41 erlangs
    waits = exact.priority_mg1_mean_waits(rates, means, cvs)
    by_class = "{by: segment, a: 12s, b: {gamma: {mean: 10s, cv: 0.5}}, c: {gamma: {mean: 14s, cv: 0.5}}}"
    assert_covers(
        scenario(
            "a: {share: 30%, priority: 1}, b: {share: 30%, priority: 4}, c: {share: 40%}",
            1,
            by_class,
            "horizon: 12h",
            replications=905,
        ),
        {f"wait.mean for segment={name}": wait for name, wait in zip("abc", waits, strict=True)},
    )


def waits_of_those_of_the_first_class_who_wait(plan: Plan, log: Log) -> tuple[float, float]:
    """Their waits, summed, and how many they are, inside the window."""
    joined = log.visits.joined
    wait = log.visits.started - joined
    counted = (joined >= 0) & (joined < plan.horizon) & (wait > 0)
    counted &= log.contacts.segment[log.visits.contact] == 0
    return float(wait[counted].sum()), float(counted.sum())


def test_several_agents_serve_the_first_of_two_classes_by_priority():
    # Mean waits of both classes: `test_against_n_model`, where patience keeps busy hours short.
    handle_time, agents = 36.0, 2  # 1.2 erlangs
    rates = (0.4 * 120 / HOUR, 0.6 * 120 / HOUR)
    delayed = exact.erlang_c_delay(sum(rates), handle_time, agents)
    first, _ = exact.priority_mmc_mean_waits(rates, handle_time, agents)
    measures = {
        "wait.share_over(0s)": delayed,
        "service_level(20s) for segment=first": exact.priority_mmc_first_class_service_level(
            rates, handle_time, agents, 20.0
        ),
    }
    segments = "first: {share: 40%, priority: 1}, second: {share: 60%, priority: 2}"
    text = scenario(segments, agents, "{exponential: {mean: 36s}}", "horizon: 8h", replications=713)
    simulated(text, *measures, keep_logs=True).assert_covers(
        measures, mean_of_those_who_wait=(waits_of_those_of_the_first_class_who_wait, first / delayed)
    )


def test_a_head_start_longer_than_any_wait_is_a_priority():
    def log(first: str) -> Log:
        segments = f"first: {{share: 40%, {first}}}, second: {{share: 60%}}"
        text = scenario(segments, 2, "{exponential: {mean: 50s}}", "horizon: 1d", replications=1)
        return run(compile_plan(sim.loads(text)), 0)

    by_head_start, by_priority, neither = (
        log(each) for each in ("head_start: 2d", "priority: 1", "priority: 5")
    )
    assert by_head_start.to_bytes() == by_priority.to_bytes()
    assert by_head_start.to_bytes() != neither.to_bytes()


def test_a_short_head_start_moves_waits_between_customers_and_keeps_their_sum():
    # With one handle time for all, work ends at the same moments in whatever order customers are served, so
    # the sum of waits is the same on every path (Kleinrock's conservation law), whatever the head start.
    def waits(head_start: int) -> tuple[float, float]:
        """Waits of those ahead and of all, summed over a day."""
        segments = f"ahead: {{share: 40%, head_start: {head_start}s}}, others: {{share: 60%}}"
        text = scenario(segments, agents=3, handle_time="70s", time="horizon: 1d", replications=1)
        log = run(compile_plan(sim.loads(text)), 0)
        wait = np.nan_to_num(log.visits.started - log.visits.joined)
        ahead = log.contacts.segment[log.visits.contact] == 0
        return float(wait[ahead].sum()), float(wait.sum())

    (own_before, before), (own_after, after) = waits(head_start=0), waits(head_start=20)
    assert own_after < 0.95 * own_before, f"those ahead wait {own_before} s without, {own_after} s with it"
    assert abs(after - before) < 1e-9 * before, f"all wait {before} s without, {after} s with it"
