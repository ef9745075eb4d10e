"""The Erlang formulas of `sim.queueing`, against values that share no code with them.

The oracles: `tests.oracle.exact` (sums over the states of the Markov chain, beta functions; itself tested
against chains and printed values), exact fractions, scipy's Poisson distribution, and limits.
"""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from scipy import stats

from sim.queueing import (
    MG1,
    MOST_AGENTS,
    ErlangA,
    ErlangB,
    ErlangC,
    Goals,
    UnattainableError,
    least_agents,
    lines_for,
    staff_for,
)
from tests.oracle import exact

DIGITS = 1e-9
"""Relative difference allowed: three digits better than the six that are promised."""

HOURLY = 1 / 3600

# ------------------------------------------------------------------------------------------- Erlang B


def blocked_by_fractions(load: Fraction, lines: int) -> Fraction:
    terms = [load**k / math.factorial(k) for k in range(lines + 1)]
    return terms[-1] / sum(terms)


@pytest.mark.parametrize("load", [Fraction(1, 50), Fraction(3, 2), Fraction(8), Fraction(95), Fraction(400)])
@pytest.mark.parametrize("lines", [1, 2, 12, 100])
def test_erlang_b_is_the_last_term_of_the_exponential_series_over_their_sum(
    load: Fraction, lines: int
) -> None:
    expected = float(blocked_by_fractions(load, lines))
    assert ErlangB(float(load) / 240, 240.0, lines).blocked == pytest.approx(expected, rel=DIGITS)


@pytest.mark.parametrize(
    ("load", "lines", "printed", "digits"),
    [
        (10.4, 3, 0.7411421, 7),  # Erlang Library for Excel, Abstract Micro Systems, page of ErlbBlockage
        (9.65160, 17, 0.01, 7),  # the same, page of ErlbTrafFromBlockage
        (12.4613, 17, 0.05, 6),
    ],
)
def test_erlang_b_gives_the_printed_blocking(load: float, lines: int, printed: float, digits: int) -> None:
    assert ErlangB(load, 1.0, lines).blocked == pytest.approx(printed, abs=0.51 * 10**-digits)


@pytest.mark.parametrize("load", [9_000.0, 9_950.0, 10_000.0, 10_500.0, 13_000.0])
def test_erlang_b_of_10_000_lines_is_the_poisson_law_cut_there(load: float) -> None:
    present = stats.poisson(load)
    expected = math.exp(present.logpmf(10_000) - present.logcdf(10_000))
    assert ErlangB(load / 300, 300.0, 10_000).blocked == pytest.approx(expected, rel=DIGITS)


def test_erlang_b_far_below_and_far_above_its_lines_stays_a_share() -> None:
    assert ErlangB(1.0, 1.0, 10_000).blocked == 0  # about 1e-35660, beyond what a float can hold
    assert ErlangB(1e9, 1.0, 10).blocked == pytest.approx(1 - 10 / 1e9, rel=1e-12)


def test_the_lines_of_erlang_b_are_busy_with_what_is_not_blocked() -> None:
    blocked = blocked_by_fractions(Fraction(8), 12)
    assert ErlangB(8 / 240, 240.0, 12).occupancy == pytest.approx(float(8 * (1 - blocked) / 12), rel=DIGITS)


# ------------------------------------------------------------------------------------------- Erlang C


def test_erlang_c_gives_the_fractions_worked_by_hand() -> None:
    # 6 arrivals per hour, 3 agents of 20 minutes: p0 = 1/9, 4/9 wait, 8/9 are waiting, 4/27 h
    queue = ErlangC(6 * HOURLY, 1200.0, 3)
    assert queue.load == pytest.approx(2, rel=1e-14)
    assert queue.share_waiting == pytest.approx(4 / 9, rel=1e-13)
    assert queue.mean_queue == pytest.approx(8 / 9, rel=1e-13)
    assert queue.mean_wait == pytest.approx(4 / 27 * 3600, rel=1e-13)
    assert queue.mean_wait_of_waiting == pytest.approx(1200, rel=1e-13)
    assert queue.occupancy == pytest.approx(2 / 3, rel=1e-13)
    assert queue.service_level(600.0) == pytest.approx(1 - 4 / 9 * math.exp(-1 / 2), rel=1e-13)


@pytest.mark.parametrize(("handle_time", "printed"), [(240.0, 2.243505841), (300.0, 30.4312286)])
def test_erlang_c_gives_the_printed_mean_wait(handle_time: float, printed: float) -> None:
    # Erlang Library for Excel, page of ErlcWait4: 100 calls in 1800 s, 20 agents; its last digits are rounded
    assert ErlangC(100 / 1800, handle_time, 20).mean_wait == pytest.approx(printed, rel=5e-8)


@pytest.mark.parametrize("agents", [1, 2, 10, 120, 1_000])
@pytest.mark.parametrize("occupancy", [0.3, 0.8, 0.99])
def test_erlang_c_agrees_with_the_oracle(agents: int, occupancy: float) -> None:
    arguments = (occupancy * agents / 240, 240.0, agents)
    queue = ErlangC(*arguments)
    assert queue.share_waiting == pytest.approx(exact.erlang_c_delay(*arguments), rel=DIGITS)
    assert queue.mean_wait == pytest.approx(exact.erlang_c_mean_wait(*arguments), rel=DIGITS)
    assert queue.asa == queue.mean_wait
    assert queue.mean_queue == pytest.approx(exact.erlang_c_mean_queue(*arguments), rel=DIGITS)
    for target in (0.0, 20.0, 600.0):
        expected = exact.erlang_c_service_level(*arguments, target)
        assert queue.service_level(target) == pytest.approx(expected, rel=DIGITS)
        assert queue.share_over(target) == pytest.approx(1 - expected, abs=DIGITS)


@pytest.mark.parametrize("load", [9_500.0, 9_900.0, 9_999.0])
def test_erlang_c_of_10_000_agents_follows_from_the_poisson_law(load: float) -> None:
    # The states below 10,000 weigh as the Poisson law does; those above are a geometric series.
    present = stats.poisson(load)
    busy = math.exp(present.logpmf(10_000) - present.logcdf(9_999)) / (1 - load / 10_000)
    queue = ErlangC(load / 300, 300.0, 10_000)
    assert queue.share_waiting == pytest.approx(busy / (1 + busy), rel=1e-8)
    assert queue.mean_wait == pytest.approx(busy / (1 + busy) * 300 / (10_000 - load), rel=1e-8)


def test_erlang_c_of_very_many_idle_agents_lets_nobody_wait() -> None:
    queue = ErlangC(1.0, 1.0, 10_000)
    assert (queue.share_waiting, queue.mean_wait, queue.service_level(0.0)) == (0, 0, 1)


def test_erlang_c_of_one_agent_is_m_m_1() -> None:
    queue = ErlangC(0.75, 1.0, 1)
    assert queue.share_waiting == pytest.approx(0.75, rel=1e-14)
    assert queue.mean_wait == pytest.approx(3, rel=1e-14)
    assert queue.service_level(2.0) == pytest.approx(1 - 0.75 * math.exp(-0.25 * 2), rel=1e-14)


@pytest.mark.parametrize("agents", [1, 3, 7, 49, 999])
@pytest.mark.parametrize("handle_time", [7.0, 240.0, 3600.0])
def test_erlang_c_is_refused_at_full_load_however_the_load_rounds(agents: int, handle_time: float) -> None:
    with pytest.raises(ValueError, match=f"allowed: {agents + 1} agents or more"):
        ErlangC(agents / handle_time, handle_time, agents)
    assert least_agents(agents / handle_time * handle_time) == agents + 1
    assert ErlangC(agents / handle_time, handle_time, agents + 1).occupancy < 1


@pytest.mark.parametrize(
    ("load", "least"), [(0.001, 1), (0.999, 1), (1.0, 2), (8.0, 9), (8.5, 9), (1e15, None)]
)
def test_the_least_agents_are_more_than_the_load(load: float, least: int | None) -> None:
    found = least_agents(load)
    assert found > load
    assert least is None or found == least


# ------------------------------------------------------------------------------------------- Erlang A

QUEUES = [
    (0.05, 180.0, 11, 60.0),
    (48 / 60, 60.0, 50, 120.0),  # the setting of the example of Mandelbaum and Zeltyn 2007
    (4.0, 1.0, 5, 2.0),
    (10.0, 1.0, 9, 0.7),  # overloaded, impatient
    (12.0, 0.5, 4, 3.0),  # overloaded, patient
    (1.0, 0.8, 1, 5.0),
    (1.0, 1.0, 1, 1.0),  # full load
    (0.05, 180.0, 11, 1e-6),  # nobody has patience
    (0.2, 180.0, 11, 1e-6),
    (0.05, 180.0, 11, 1e8),  # nobody ever leaves
    (3.0, 1000.0, 1, 0.01),  # 3,000 times what the agent can do
    (30.0, 100.0, 2_000, 60.0),
    (40.0, 240.0, 9_500, 180.0),
    (40.0, 240.0, 10_000, 180.0),
    (41.6, 240.0, 10_000, 180.0),
    (50.0, 240.0, 10_000, 3_600.0),
]
AMeasure = tuple[Callable[[ErlangA], float], Callable[[float, float, int, float], float]]
A_MEASURES: dict[str, AMeasure] = {
    "share_waiting": (lambda queue: queue.share_waiting, exact.erlang_a_delay),
    "abandonment": (lambda queue: queue.abandonment, exact.erlang_a_abandonment),
    "mean_wait": (lambda queue: queue.mean_wait, exact.erlang_a_mean_wait),
    "asa": (lambda queue: queue.asa, exact.erlang_a_mean_wait_of_answered),
    "mean_queue": (lambda queue: queue.mean_queue, exact.erlang_a_mean_queue),
    "occupancy": (lambda queue: queue.occupancy, exact.erlang_a_occupancy),
}


@pytest.mark.parametrize("measure", A_MEASURES)
@pytest.mark.parametrize("queue", QUEUES)
def test_erlang_a_agrees_with_the_oracle(queue: tuple[float, float, int, float], measure: str) -> None:
    computed, oracle = A_MEASURES[measure]
    assert computed(ErlangA(*queue)) == pytest.approx(oracle(*queue), rel=DIGITS)


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize("share_of_handle_time", [0.0, 0.01, 0.1, 0.5, 3.0])
def test_the_service_level_of_erlang_a_agrees_with_the_oracle(
    queue: tuple[float, float, int, float], share_of_handle_time: float
) -> None:
    target = share_of_handle_time * queue[1]
    computed = ErlangA(*queue)
    in_time = exact.erlang_a_service_level_offered(*queue, target)
    over = 1 - exact.erlang_a_service_level_met_or_left_early(*queue, target)
    assert computed.service_level(target) == pytest.approx(in_time, rel=DIGITS, abs=1e-12)
    assert computed.share_over(target) == pytest.approx(over, rel=DIGITS, abs=1e-12)


@pytest.mark.parametrize(("load", "agents"), [(4.0, 5), (9.0, 4), (9_900.0, 10_000), (10_400.0, 10_000)])
def test_with_patience_as_long_as_handling_the_number_present_is_poisson(load: float, agents: int) -> None:
    # All leave at one rate, waiting or served, as from M/M/inf; E[(N - n)+] of a Poisson number N is as here.
    queue = ErlangA(load / 200, 200.0, agents, 200.0)
    present = stats.poisson(load)
    waiting = load * present.sf(agents - 2) - agents * present.sf(agents - 1)
    assert queue.share_waiting == pytest.approx(present.sf(agents - 1), rel=DIGITS)
    assert queue.mean_queue == pytest.approx(waiting, rel=DIGITS)
    assert queue.abandonment == pytest.approx(waiting / load, rel=DIGITS)
    assert queue.occupancy == pytest.approx((load - waiting) / agents, rel=DIGITS)


@pytest.mark.parametrize("agents", [11, 10_000])
def test_erlang_a_becomes_erlang_c_as_patience_grows(agents: int) -> None:
    arrival_rate, handle_time = (agents - 0.3 * math.sqrt(agents)) / 180, 180.0
    endless = ErlangA(arrival_rate, handle_time, agents, 1e12)
    waits = ErlangC(arrival_rate, handle_time, agents)
    assert endless.share_waiting == pytest.approx(waits.share_waiting, rel=1e-6)
    assert endless.mean_wait == pytest.approx(waits.mean_wait, rel=1e-6)
    assert endless.asa == pytest.approx(waits.mean_wait, rel=1e-6)
    assert endless.service_level(20.0) == pytest.approx(waits.service_level(20.0), rel=1e-6)
    assert endless.share_over(20.0) == pytest.approx(waits.share_over(20.0), rel=1e-6)
    assert endless.occupancy == pytest.approx(waits.occupancy, rel=1e-6)


@pytest.mark.parametrize("load", [3.0, 9.0, 36.0])
def test_erlang_a_becomes_erlang_b_as_patience_vanishes(load: float) -> None:
    hasty, lost = ErlangA(load / 180, 180.0, 11, 1e-7), ErlangB(load / 180, 180.0, 11)
    assert hasty.abandonment == pytest.approx(lost.blocked, rel=1e-6)
    assert hasty.occupancy == pytest.approx(lost.occupancy, rel=1e-6)
    assert hasty.service_level(1.0) == pytest.approx(1 - lost.blocked, rel=1e-6)


@pytest.mark.parametrize("patience", [1e-3, 60.0, 3e9])
def test_an_overwhelmed_team_loses_what_it_cannot_serve(patience: float) -> None:
    # The fluid limit: abandonment 1 - 1 / rho; patience takes just that share within the wait.
    queue = ErlangA(1e6, 1.0, 100_000, patience)
    assert queue.abandonment == pytest.approx(0.9, rel=1e-6)
    assert queue.asa == pytest.approx(patience * math.log(10), rel=1e-2)
    assert queue.occupancy == pytest.approx(1, abs=1e-6)
    assert queue.occupancy <= 1


@pytest.mark.parametrize("arrival_rate", [1e-200, 1e-6, 1.0, 1e9])
@pytest.mark.parametrize("handle_time", [1e-3, 3e9])
@pytest.mark.parametrize("agents", [1, 10_000])
@pytest.mark.parametrize("patience", [1e-3, 3e9])
def test_extreme_arguments_give_shares_and_times_all_the_same(
    arrival_rate: float, handle_time: float, agents: int, patience: float
) -> None:
    queue = ErlangA(arrival_rate, handle_time, agents, patience)
    shares = [queue.share_waiting, queue.abandonment, queue.occupancy]
    shares += [queue.service_level(20.0), queue.share_over(20.0)]
    assert all(-1e-12 <= share <= 1 + 1e-12 for share in shares), shares
    assert 0 <= queue.mean_wait <= patience * (1 + 1e-12)
    assert 0 <= queue.asa < math.inf
    assert queue.abandonment <= queue.share_waiting * (1 + 1e-12)
    # What comes in is served or leaves; a busy agent serves one in a handle time.
    served = queue.occupancy * agents / (arrival_rate * handle_time)
    assert served + queue.abandonment == pytest.approx(1, rel=1e-9)


# ---------------------------------------------------------------------------------------------- M/G/1


@pytest.mark.parametrize("cv", [0.0, 0.5, 1.0, 3.0])
def test_m_g_1_is_the_formula_of_pollaczek_and_khinchine(cv: float) -> None:
    # 45 arrivals per hour of one minute each: 3/4 of an hour, 60 s * 3 (1 + cv^2) / 2
    queue = MG1(45 * HOURLY, 60.0, cv)
    assert queue.mean_wait == pytest.approx(float(Fraction(60 * 3, 2) * (1 + Fraction(cv) ** 2)), rel=1e-12)
    assert queue.mean_wait == pytest.approx(exact.mg1_mean_wait(45 * HOURLY, 60.0, cv), rel=DIGITS)
    assert queue.mean_queue == pytest.approx(45 * HOURLY * queue.mean_wait, rel=1e-12)
    assert queue.occupancy == pytest.approx(0.75, rel=1e-12)


def test_m_g_1_with_exponential_times_is_erlang_c_of_one_agent() -> None:
    assert MG1(0.3, 2.0, 1.0).mean_wait == pytest.approx(ErlangC(0.3, 2.0, 1).mean_wait, rel=1e-12)


def test_m_g_1_is_refused_at_full_load() -> None:
    with pytest.raises(ValueError, match="cannot keep up"):
        MG1(0.1, 10.0, 0.5)


# --------------------------------------------------------------------------------------- Monotonicity


def test_each_agent_more_improves_every_measure_of_erlang_c() -> None:
    for fewer, more in itertools.pairwise(ErlangC(40 / 240, 240.0, agents) for agents in range(41, 80)):
        assert more.share_waiting < fewer.share_waiting
        assert more.mean_wait < fewer.mean_wait
        assert more.occupancy < fewer.occupancy
        assert more.service_level(20.0) > fewer.service_level(20.0)


def test_each_agent_more_improves_every_measure_of_erlang_a() -> None:
    teams = [ErlangA(40 / 240, 240.0, agents, 180.0) for agents in range(20, 80)]  # from half the load on
    for fewer, more in itertools.pairwise(teams):
        assert more.share_waiting < fewer.share_waiting
        assert more.mean_wait < fewer.mean_wait
        assert more.asa < fewer.asa
        assert more.abandonment < fewer.abandonment
        assert more.occupancy < fewer.occupancy
        assert more.service_level(20.0) > fewer.service_level(20.0)


def test_the_more_patient_customers_are_the_fewer_leave_and_the_longer_they_wait() -> None:
    queues = [ErlangA(40 / 240, 240.0, 40, patience) for patience in (1.0, 10.0, 60.0, 180.0, 3600.0, 1e6)]
    for hasty, patient in itertools.pairwise(queues):
        assert patient.abandonment < hasty.abandonment
        assert patient.mean_wait > hasty.mean_wait
        assert patient.share_waiting > hasty.share_waiting


def test_a_later_target_is_met_more_often() -> None:
    for queue in (ErlangA(40 / 240, 240.0, 41, 180.0), ErlangC(40 / 240, 240.0, 41)):
        levels = [queue.service_level(target) for target in (0.0, 1.0, 20.0, 60.0, 600.0)]
        assert levels == sorted(set(levels))
        assert levels[0] == pytest.approx(1 - queue.share_waiting, rel=1e-12)


# ------------------------------------------------------------------------------------------- Staffing


def first(met: Callable[[int], bool], least: int = 1) -> int:
    return next(agents for agents in itertools.count(least) if met(agents))


C_GOALS: list[tuple[Goals, Callable[[float, float, int], bool]]] = [
    (
        Goals(service_level=0.8, target=20.0),
        lambda rate, time, n: exact.erlang_c_service_level(rate, time, n, 20.0) >= 0.8,
    ),
    (
        Goals(service_level=0.5, target=0.0),
        lambda rate, time, n: exact.erlang_c_service_level(rate, time, n, 0.0) >= 0.5,
    ),
    (Goals(mean_wait=1.0), lambda rate, time, n: exact.erlang_c_mean_wait(rate, time, n) <= 1.0),
    (Goals(mean_wait=3600.0), lambda rate, time, n: exact.erlang_c_mean_wait(rate, time, n) <= 3600.0),
    (Goals(occupancy=0.83), lambda rate, time, n: rate * time / n <= 0.83),
]


@pytest.mark.parametrize(("goals", "met"), C_GOALS)
@pytest.mark.parametrize("load", [0.2, 8.0, 31.4, 250.0])
def test_the_agents_that_erlang_c_needs_are_the_first_that_reach_the_goal(
    load: float, goals: Goals, met: Callable[[float, float, int], bool]
) -> None:
    needed = first(lambda agents: met(load / 240, 240.0, agents), least=math.floor(load) + 1)
    assert staff_for(goals, load / 240, 240.0).agents == needed


A_GOALS: list[tuple[Goals, Callable[[float, float, int, float], bool]]] = [
    (
        Goals(service_level=0.05, target=20.0),
        lambda rate, time, n, p: exact.erlang_a_service_level_offered(rate, time, n, p, 20.0) >= 0.05,
    ),
    (
        Goals(service_level=0.8, target=20.0),
        lambda rate, time, n, p: exact.erlang_a_service_level_offered(rate, time, n, p, 20.0) >= 0.8,
    ),
    (Goals(mean_wait=30.0), lambda rate, time, n, p: exact.erlang_a_mean_wait(rate, time, n, p) <= 30.0),
    (Goals(abandonment=0.5), lambda rate, time, n, p: exact.erlang_a_abandonment(rate, time, n, p) <= 0.5),
    (
        Goals(abandonment=0.001),
        lambda rate, time, n, p: exact.erlang_a_abandonment(rate, time, n, p) <= 0.001,
    ),
    (Goals(occupancy=0.8), lambda rate, time, n, p: exact.erlang_a_occupancy(rate, time, n, p) <= 0.8),
]


@pytest.mark.parametrize(("goals", "met"), A_GOALS)
@pytest.mark.parametrize("load", [0.2, 8.0, 31.4, 250.0])
def test_the_agents_that_erlang_a_needs_are_the_first_that_reach_the_goal(
    load: float, goals: Goals, met: Callable[[float, float, int, float], bool]
) -> None:
    needed = first(lambda agents: met(load / 240, 240.0, agents, 180.0))
    assert staff_for(goals, load / 240, 240.0, 180.0).agents == needed


@pytest.mark.parametrize("blocked", [0.5, 0.02, 1e-6])
def test_the_lines_that_erlang_b_needs_are_the_first_that_reach_the_goal(blocked: float) -> None:
    met = first(lambda lines: exact.erlang_b(31.4, lines) <= blocked)
    assert lines_for(blocked, 31.4 / 240, 240.0).lines == met


def test_several_goals_need_the_agents_of_the_hardest() -> None:
    demand = (60 / 240, 240.0, 180.0)
    single = [
        Goals(service_level=0.8, target=20.0),
        Goals(mean_wait=5.0),
        Goals(abandonment=0.01),
        Goals(occupancy=0.9),
    ]
    together = Goals(service_level=0.8, target=20.0, mean_wait=5.0, abandonment=0.01, occupancy=0.9)
    needed = [staff_for(goals, *demand).agents for goals in single]
    assert len(set(needed)) > 1
    assert staff_for(together, *demand).agents == max(needed)


def test_impatient_customers_need_fewer_agents_than_patient_ones() -> None:
    goals, demand = Goals(service_level=0.8, target=20.0), (9_800 / 300, 300.0)
    fewer, more = staff_for(goals, *demand, 180.0), staff_for(goals, *demand)
    assert fewer.agents < 9_800 < more.agents < 10_000
    for queue, fewer_still in (
        (fewer, ErlangA(*demand, fewer.agents - 1, 180.0)),
        (more, ErlangC(*demand, more.agents - 1)),
    ):
        assert queue.service_level(20.0) >= 0.8 > fewer_still.service_level(20.0)


def test_goals_beyond_the_limit_of_agents_are_refused() -> None:
    with pytest.raises(UnattainableError, match="100,000"):
        staff_for(Goals(occupancy=1e-6), 1.0, 1.0)
    with pytest.raises(UnattainableError, match="100,000"):
        staff_for(Goals(mean_wait=60.0), 1e9, 1e9)
    with pytest.raises(UnattainableError, match="100,000"):
        staff_for(Goals(abandonment=0.1), 1e9, 1e9, 60.0)
    with pytest.raises(UnattainableError, match="100,000"):
        lines_for(0.01, 1e9, 1e9)
    assert staff_for(Goals(occupancy=1 / MOST_AGENTS), 1.0, 1.0).agents == MOST_AGENTS


@pytest.mark.parametrize(
    ("goals", "named"),
    [
        ({}, "no goal"),
        ({"target": 20.0}, "no goal"),
        ({"service_level": 0.8}, "needs its target"),
        ({"service_level": 1.0, "target": 20.0}, "service_level is 1.0"),
        ({"service_level": 0.8, "target": -1.0}, "target is -1.0"),
        ({"service_level": 80.0, "target": 20.0}, "service_level is 80.0"),
        ({"abandonment": 0.0}, "abandonment is 0.0"),
        ({"occupancy": math.nan}, "occupancy is nan"),
        ({"mean_wait": 0.0}, "mean_wait is 0.0"),
    ],
)
def test_goals_that_all_or_none_would_meet_are_refused(goals: dict[str, float], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Goals(**goals)


def test_a_goal_of_abandonment_needs_patience() -> None:
    with pytest.raises(ValueError, match="Erlang C knows no abandonment"):
        staff_for(Goals(abandonment=0.05), 1.0, 1.0)


# ------------------------------------------------------------------------------------------ Arguments


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.inf, math.nan])
@pytest.mark.parametrize("argument", ["arrival_rate", "handle_time", "patience"])
def test_rates_and_times_must_be_above_0_and_finite(argument: str, wrong: float) -> None:
    arguments = {"arrival_rate": 1.0, "handle_time": 1.0, "patience": 1.0} | {argument: wrong}
    with pytest.raises(ValueError, match=f"{argument} is {wrong}"):
        ErlangA(agents=3, **arguments)
    if argument != "patience":
        del arguments["patience"]
        for queue in (
            lambda: ErlangB(lines=3, **arguments),
            lambda: ErlangC(agents=3, **arguments),
            lambda: MG1(cv=1.0, **arguments),
        ):
            with pytest.raises(ValueError, match=f"{argument} is {wrong}"):
                queue()


@pytest.mark.parametrize("wrong", [0, -3, 2.5, math.nan, math.inf])
def test_agents_must_be_a_whole_number(wrong: int) -> None:
    with pytest.raises(ValueError, match=f"agents is {wrong}"):
        ErlangA(1.0, 0.5, wrong, 1.0)
    with pytest.raises(ValueError, match=f"agents is {wrong}"):
        ErlangC(1.0, 0.5, wrong)
    with pytest.raises(ValueError, match=f"lines is {wrong}"):
        ErlangB(1.0, 0.5, wrong)


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_targets_and_limits_must_be_0_or_more(wrong: float) -> None:
    for queue in (ErlangA(1.0, 1.0, 2, 1.0), ErlangC(1.0, 1.0, 2)):
        with pytest.raises(ValueError, match=f"target is {wrong}"):
            queue.service_level(wrong)
        with pytest.raises(ValueError, match=f"limit is {wrong}"):
            queue.share_over(wrong)
    with pytest.raises(ValueError, match=f"cv is {wrong}"):
        MG1(0.5, 1.0, wrong)
