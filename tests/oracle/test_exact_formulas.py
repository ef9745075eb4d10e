"""The exact values themselves, against printed values, hand calculation, Markov chains, integrals and limits.

Each expectation comes from elsewhere than the function it checks: from a source, from a fraction worked by
hand, or from a numerical method that shares nothing with it but the chain solver (tested first).
"""

import math
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from tests.oracle import exact

Floats = NDArray[np.float64]
Queue = tuple[float, float, int, float]  # arrival rate, mean handle time, agents, mean patience

ERLANG_A_CASES: list[Queue] = [
    (4.0, 1.0, 5, 2.0),
    (10.0, 1.0, 9, 0.7),  # overloaded, impatient
    (12.0, 0.5, 4, 3.0),  # overloaded, patient
    (0.05, 180.0, 11, 60.0),  # in seconds
    (48.0, 1.0, 50, 2.0),  # the setting of the example of Mandelbaum and Zeltyn 2007
    (1.0, 0.8, 1, 5.0),
]


# ------------------------------------------------------------------------------------ the chain solver


def test_a_two_state_chain_spends_time_in_proportion_to_the_rates_back() -> None:
    def flip(state: str) -> Iterable[tuple[str, float]]:
        return [("off", 3.0)] if state == "on" else [("on", 1.0)]

    law = exact.stationary("on", flip)
    assert law == pytest.approx({"on": 1 / 4, "off": 3 / 4}, abs=1e-15)


@pytest.mark.parametrize("time", [0.0, 0.1, 2.5])
def test_a_two_state_chain_forgets_its_start_exponentially(time: float) -> None:
    def flip(state: str) -> Iterable[tuple[str, float]]:
        return [("off", 3.0)] if state == "on" else [("on", 1.0)]

    law = exact.transient({"on": 1.0}, flip, time)
    assert law["on"] == pytest.approx(1 / 4 + 3 / 4 * math.exp(-4 * time), abs=1e-13)


def test_a_law_may_be_the_start_of_a_chain() -> None:
    def die(state: int) -> Iterable[tuple[int, float]]:
        return [(state - 1, float(state))] if state else []

    law = exact.transient({2: 0.5, 1: 0.5}, die, math.log(2))  # each of the living survives with 1/2
    assert law == pytest.approx({2: 1 / 8, 1: 1 / 2, 0: 3 / 8}, abs=1e-13)


def test_rates_to_one_state_add_up_and_rates_to_itself_do_not_matter() -> None:
    def chain(state: int) -> Iterable[tuple[int, float]]:
        return [(1, 1.0), (1, 2.0), (0, 9.0)] if state == 0 else [(0, 1.0)]

    assert exact.stationary(0, chain) == pytest.approx({0: 1 / 4, 1: 3 / 4}, abs=1e-15)


def test_a_chain_of_one_state_stays_there() -> None:
    assert exact.stationary("here", lambda _: []) == {"here": 1.0}


def test_a_chain_that_does_not_come_back_is_refused() -> None:
    def leave(state: int) -> Iterable[tuple[int, float]]:
        return {0: [(1, 1.0)], 1: [(2, 1.0)], 2: [(1, 3.0)]}[state]

    with pytest.raises(ValueError, match="does not come back to 0"):
        exact.stationary(0, leave)


def test_a_negative_rate_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rate -1\.0 from 0 to 1"):
        exact.stationary(0, lambda state: [(1 - state, -1.0)])


# -------------------------------------------------------------------------- one team, as Markov chains


def line_chain(queue: Queue, lines: int) -> dict[int, float]:
    """Law of the number present in M/M/n/K+M, K = `lines`, from the chain solver."""
    arrival_rate, handle_time, agents, patience = queue

    def transitions(present: int) -> Iterable[tuple[int, float]]:
        if present < lines:
            yield present + 1, arrival_rate
        if present:
            busy, waiting = min(present, agents), max(present - agents, 0)
            yield present - 1, busy / handle_time + waiting / patience

    return exact.stationary(0, transitions)


def waiting_by_chain(law: dict[int, float], agents: int) -> float:
    """Mean number waiting."""
    return sum(max(present - agents, 0) * p for present, p in law.items())


def tagged_by_chain(found: dict[int, float], queue: Queue, time: float) -> dict[str | int, float]:
    """Where a first-come-first-served arrival who finds `found` present is after `time`.

    "answered", "left", or the number still ahead: a chain that follows one customer.
    """
    _, handle_time, agents, patience = queue
    start: dict[str | int, float] = {"answered": sum(p for n, p in found.items() if n < agents)}
    start |= {n - agents: p for n, p in found.items() if n >= agents}

    def transitions(state: str | int) -> Iterable[tuple[str | int, float]]:
        if isinstance(state, int):
            yield "left", 1 / patience
            yield (state - 1 if state else "answered"), agents / handle_time + state / patience

    return exact.transient(start, transitions, time)


# ------------------------------------------------------------------------------------------- Erlang B


@pytest.mark.parametrize(
    ("load", "lines", "printed", "digits"),
    [
        (10.4, 3, 0.7411421, 7),  # Erlang Library for Excel, Abstract Micro Systems, page of ErlbBlockage
        (9.65160, 17, 0.01, 7),  # the same, page of ErlbTrafFromBlockage
        (12.4613, 17, 0.05, 6),
        (16.1245, 25, 0.01, 6),
        (8.108, 15, 0.01, 5),  # manual of the calculator at erlang.com
    ],
)
def test_erlang_b_gives_the_printed_blocking(load: float, lines: int, printed: float, digits: int) -> None:
    assert exact.erlang_b(load, lines) == pytest.approx(printed, abs=0.51 * 10**-digits)


def test_erlang_b_is_the_share_of_the_last_term_of_the_exponential_series() -> None:
    terms = [8.0**k / math.factorial(k) for k in range(11)]
    assert exact.erlang_b(8.0, 10) == pytest.approx(terms[-1] / math.fsum(terms), rel=1e-14)
    assert exact.erlang_b(1.0, 2) == pytest.approx(1 / 5, rel=1e-15)


def test_erlang_b_does_not_depend_on_the_law_of_the_handle_time() -> None:
    load, lines = 3.0, 5

    def two_phases(state: tuple[int, int]) -> Iterable[tuple[tuple[int, int], float]]:
        first, second = state  # handle time: Erlang with two phases, mean 1
        if first + second < lines:
            yield (first + 1, second), load
        if first:
            yield (first - 1, second + 1), 2.0 * first
        if second:
            yield (first, second - 1), 2.0 * second

    def two_kinds(state: tuple[int, int]) -> Iterable[tuple[tuple[int, int], float]]:
        short, long = state  # handle time: mean 1/2 with probability 3/4, else 5/2; mean 1
        if short + long < lines:
            yield (short + 1, long), load * 3 / 4
            yield (short, long + 1), load * 1 / 4
        if short:
            yield (short - 1, long), short / 0.5
        if long:
            yield (short, long - 1), long / 2.5

    for transitions in (two_phases, two_kinds):
        law = exact.stationary((0, 0), transitions)
        blocked = sum(p for state, p in law.items() if sum(state) == lines)
        assert exact.erlang_b(load, lines) == pytest.approx(blocked, rel=1e-12)


# ------------------------------------------------------------------------------------------- Erlang C


@pytest.mark.parametrize(("handle_time", "printed"), [(240.0, 2.243505841), (300.0, 30.4312286)])
def test_erlang_c_gives_the_printed_mean_wait(handle_time: float, printed: float) -> None:
    # Erlang Library for Excel, page of ErlcWait4: 100 calls in 1800 s, 20 agents; in seconds. Exact fractions
    # show the last one or two printed digits to be rounding errors.
    assert exact.erlang_c_mean_wait(100 / 1800, handle_time, 20) == pytest.approx(printed, rel=5e-8)


def test_erlang_c_gives_the_fractions_worked_by_hand() -> None:
    # 6 arrivals per hour, 3 agents of 20 minutes: p0 = 1/9, delayed 4/9, 8/9 waiting, 4/27 h
    assert exact.erlang_c_delay(6, 1 / 3, 3) == pytest.approx(4 / 9, rel=1e-14)
    assert exact.erlang_c_mean_queue(6, 1 / 3, 3) == pytest.approx(8 / 9, rel=1e-14)
    assert exact.erlang_c_mean_wait(6, 1 / 3, 3) == pytest.approx(4 / 27, rel=1e-14)
    assert exact.erlang_c_mean_wait_of_delayed(6, 1 / 3, 3) == pytest.approx(1 / 3, rel=1e-14)


@pytest.mark.parametrize(
    ("arrival_rate", "handle_time", "agents"), [(4.0, 1.0, 5), (0.04, 200.0, 10), (0.7, 1.0, 1)]
)
def test_erlang_c_agrees_with_the_markov_chain(arrival_rate: float, handle_time: float, agents: int) -> None:
    queue = (arrival_rate, handle_time, agents, math.inf)
    law = line_chain(queue, lines=agents + 200)
    waiting = waiting_by_chain(law, agents)
    delayed = sum(p for present, p in law.items() if present >= agents)
    within = 0.6 * handle_time
    answered = tagged_by_chain(law, queue, within)["answered"]

    mmc = (arrival_rate, handle_time, agents)
    assert exact.erlang_c_delay(*mmc) == pytest.approx(delayed, rel=1e-10)
    assert exact.erlang_c_mean_queue(*mmc) == pytest.approx(waiting, rel=1e-10)
    assert exact.erlang_c_mean_wait(*mmc) == pytest.approx(waiting / arrival_rate, rel=1e-10)
    assert exact.erlang_c_mean_wait_of_delayed(*mmc) == pytest.approx(
        waiting / arrival_rate / delayed, rel=1e-10
    )
    assert exact.erlang_c_service_level(*mmc, within) == pytest.approx(answered, abs=1e-10)


@pytest.mark.parametrize(
    "measure",
    [
        exact.erlang_c_delay,
        exact.erlang_c_mean_wait,
        exact.erlang_c_mean_wait_of_delayed,
        exact.erlang_c_mean_queue,
    ],
)
def test_erlang_c_is_refused_at_full_load(measure: Callable[[float, float, int], float]) -> None:
    with pytest.raises(ValueError, match="more than 5 agents"):
        measure(5.0, 1.0, 5)


# --------------------------------------------------------------------------------------- finite lines


def test_finite_lines_give_the_fractions_worked_by_hand() -> None:
    # Arrivals 1 per minute, 3 agents of 6 minutes, 7 lines: the weights are 1, 6, 18, then 36 times
    # 1, 2, 4, 8, 16; they add to 1141.
    station = (1.0, 6.0, 3, 7)
    assert exact.finite_lines_blocking(*station) == pytest.approx(576 / 1141, rel=1e-13)
    assert exact.finite_lines_mean_queue(*station) == pytest.approx(3528 / 1141, rel=1e-13)
    assert exact.finite_lines_mean_wait(*station) == pytest.approx(3528 / 565, rel=1e-13)
    assert exact.finite_lines_delay(*station) == pytest.approx(540 / 565, rel=1e-13)


@pytest.mark.parametrize("station", [(4.0, 1.0, 5, 9), (0.1, 100.0, 6, 20), (1.0, 6.0, 3, 7)])
def test_finite_lines_agree_with_the_markov_chain(station: tuple[float, float, int, int]) -> None:
    arrival_rate, handle_time, agents, lines = station
    queue = (arrival_rate, handle_time, agents, math.inf)
    law = line_chain(queue, lines)
    blocked = law.pop(lines)
    admitted = {present: p / (1 - blocked) for present, p in law.items()}
    within = 0.4 * handle_time
    answered = tagged_by_chain(admitted, queue, within)["answered"]

    assert exact.finite_lines_blocking(*station) == pytest.approx(blocked, rel=1e-11)
    assert exact.finite_lines_service_level(*station, within) == pytest.approx(answered, abs=1e-11)
    assert exact.finite_lines_delay(*station) == pytest.approx(
        sum(p for present, p in admitted.items() if present >= agents), rel=1e-11
    )


def test_finite_lines_without_room_to_wait_are_erlang_b_and_with_endless_room_erlang_c() -> None:
    assert exact.finite_lines_blocking(0.05, 100.0, 7, 7) == pytest.approx(exact.erlang_b(5.0, 7), rel=1e-13)
    endless = (0.05, 100.0, 7, 400)
    assert exact.finite_lines_delay(*endless) == pytest.approx(exact.erlang_c_delay(*endless[:3]), rel=1e-12)
    assert exact.finite_lines_mean_wait(*endless) == pytest.approx(
        exact.erlang_c_mean_wait(*endless[:3]), rel=1e-12
    )
    assert exact.finite_lines_service_level(*endless, 30.0) == pytest.approx(
        exact.erlang_c_service_level(*endless[:3], 30.0), rel=1e-12
    )


def test_fewer_lines_than_agents_are_refused() -> None:
    with pytest.raises(ValueError, match="4 lines are fewer than 5 agents"):
        exact.finite_lines_blocking(1.0, 1.0, 5, 4)


# ------------------------------------------------------------------------------------------- Erlang A


class OfferedWait:
    """Density of the wait offered to an arrival of endless patience in M/M/n+M, as Mandelbaum and Zeltyn do.

    v(x) = lambda / (E + lambda J) exp(lambda H(x) - n mu x), H(x) = (1 - exp(-theta x)) / theta,
    J = integral of that exponential, E = sum_{k<n} p_k / p_{n-1}. By Gauss-Legendre panels.
    """

    def __init__(self, queue: Queue) -> None:
        self.arrival_rate, handle_time, agents, self.patience = queue
        self.capacity = agents / handle_time
        self.end = handle_time
        while self._exponent(np.array([self.end]))[0] > -60:
            self.end *= 2
        load = self.arrival_rate * handle_time
        below = sum(math.prod((agents - i) / load for i in range(1, k + 1)) for k in range(agents))
        self.scale = 1.0
        self.j = self.integral(np.ones_like)
        self.scale = self.arrival_rate / (below + self.arrival_rate * self.j)

    def _exponent(self, x: Floats) -> Floats:
        felt = -np.expm1(-x / self.patience) * self.patience
        return np.asarray(self.arrival_rate * felt - self.capacity * x, dtype=np.float64)

    def integral(self, of: Callable[[Floats], Floats], upto: float = math.inf) -> float:
        """Integral of v(x) of(x) over 0 < x <= upto."""
        nodes, weights = np.polynomial.legendre.leggauss(20)
        edges = np.linspace(0, min(upto, self.end), 401)
        half = np.diff(edges)[:, None] / 2
        x = edges[:-1, None] + half * (nodes + 1)
        return self.scale * float((half * weights * np.exp(self._exponent(x)) * of(x)).sum())


@pytest.mark.parametrize("queue", ERLANG_A_CASES)
def test_erlang_a_agrees_with_the_integrals_of_the_offered_wait(queue: Queue) -> None:
    arrival_rate, handle_time, _, patience = queue
    offered = OfferedWait(queue)
    delayed = offered.integral(np.ones_like)
    answered = 1 - delayed + offered.integral(lambda x: np.exp(-x / patience))
    mean_wait = offered.integral(lambda x: -np.expm1(-x / patience) * patience)
    waits_of_answered = offered.integral(lambda x: x * np.exp(-x / patience))
    # The paper's own closed form of the abandonment, which does not integrate patience again.
    abandoned = (1 + (arrival_rate - offered.capacity) * offered.j) * offered.scale / arrival_rate

    assert exact.erlang_a_delay(*queue) == pytest.approx(delayed, rel=1e-9)
    assert exact.erlang_a_abandonment(*queue) == pytest.approx(abandoned, rel=1e-9)
    assert exact.erlang_a_abandonment(*queue) == pytest.approx(1 - answered, rel=1e-9)
    assert exact.erlang_a_mean_wait(*queue) == pytest.approx(mean_wait, rel=1e-9)
    assert exact.erlang_a_mean_wait_of_answered(*queue) == pytest.approx(
        waits_of_answered / answered, rel=1e-9
    )
    for within in (0.0, 0.05 * handle_time, 0.5 * handle_time, 3 * handle_time):
        in_time = 1 - delayed + offered.integral(lambda x: np.exp(-x / patience), upto=within)
        longer = math.exp(-within / patience) * (delayed - offered.integral(np.ones_like, upto=within))
        assert exact.erlang_a_service_level_offered(*queue, within) == pytest.approx(in_time, abs=1e-10)
        assert exact.erlang_a_service_level_met_or_left_early(*queue, within) == pytest.approx(
            1 - longer, abs=1e-10
        )


@pytest.mark.parametrize("queue", ERLANG_A_CASES)
def test_erlang_a_agrees_with_the_markov_chain_of_one_customer(queue: Queue) -> None:
    arrival_rate, handle_time, agents, patience = queue
    law = line_chain(queue, lines=agents + 120)
    waiting = waiting_by_chain(law, agents)
    within, short = 0.3 * handle_time, 0.1 * handle_time
    then = tagged_by_chain(law, queue, within)
    early = tagged_by_chain(law, queue, short)
    left = waiting / patience / arrival_rate  # rate at which the line loses contacts, per arrival

    assert exact.erlang_a_delay(*queue) == pytest.approx(
        sum(p for present, p in law.items() if present >= agents), rel=1e-10
    )
    assert exact.erlang_a_mean_queue(*queue) == pytest.approx(waiting, rel=1e-10)
    assert exact.erlang_a_mean_wait(*queue) == pytest.approx(waiting / arrival_rate, rel=1e-10)
    assert exact.erlang_a_abandonment(*queue) == pytest.approx(left, rel=1e-10)
    assert exact.erlang_a_occupancy(*queue) == pytest.approx(
        sum(min(present, agents) * p for present, p in law.items()) / agents, rel=1e-10
    )
    assert exact.erlang_a_service_level_offered(*queue, within) == pytest.approx(then["answered"], abs=1e-9)
    assert exact.erlang_a_service_level_answered(*queue, within) == pytest.approx(
        then["answered"] / (1 - left), abs=1e-9
    )
    assert exact.erlang_a_service_level_met_or_left_early(*queue, within) == pytest.approx(
        then["answered"] + then["left"], abs=1e-9
    )
    assert exact.erlang_a_service_level_excluding_short_abandons(*queue, within, short) == pytest.approx(
        then["answered"] / (1 - early["left"]), abs=1e-9
    )


@pytest.mark.parametrize(("arrival_rate", "agents"), [(4.0, 5), (9.0, 4)])
def test_with_patience_as_long_as_handling_the_number_present_is_poisson(
    arrival_rate: float, agents: int
) -> None:
    # All leave at one rate, waiting or served, as from M/M/inf.
    queue = (arrival_rate, 1.0, agents, 1.0)
    present = stats.poisson(arrival_rate)
    waiting = present.expect(lambda n: np.maximum(n - agents, 0))
    assert exact.erlang_a_delay(*queue) == pytest.approx(present.sf(agents - 1), rel=1e-12)
    assert exact.erlang_a_mean_queue(*queue) == pytest.approx(waiting, rel=1e-10)
    assert exact.erlang_a_abandonment(*queue) == pytest.approx(waiting / arrival_rate, rel=1e-10)


def test_erlang_a_becomes_erlang_c_as_patience_grows() -> None:
    mmc = (0.05, 180.0, 11)
    endless = (*mmc, 1e11)
    assert exact.erlang_a_delay(*endless) == pytest.approx(exact.erlang_c_delay(*mmc), rel=1e-6)
    assert exact.erlang_a_mean_queue(*endless) == pytest.approx(exact.erlang_c_mean_queue(*mmc), rel=1e-6)
    assert exact.erlang_a_mean_wait(*endless) == pytest.approx(exact.erlang_c_mean_wait(*mmc), rel=1e-6)
    assert exact.erlang_a_mean_wait_of_answered(*endless) == pytest.approx(
        exact.erlang_c_mean_wait(*mmc), rel=1e-6
    )
    assert exact.erlang_a_abandonment(*endless) == pytest.approx(0, abs=1e-8)
    for measure in (
        exact.erlang_a_service_level_offered,
        exact.erlang_a_service_level_answered,
        exact.erlang_a_service_level_met_or_left_early,
    ):
        assert measure(*endless, 20.0) == pytest.approx(exact.erlang_c_service_level(*mmc, 20.0), rel=1e-6)


@pytest.mark.parametrize(("arrival_rate", "agents"), [(0.05, 11), (0.2, 11)])
def test_erlang_a_becomes_erlang_b_as_patience_vanishes(arrival_rate: float, agents: int) -> None:
    queue = (arrival_rate, 180.0, agents, 1e-6)
    blocked = exact.erlang_b(arrival_rate * 180.0, agents)
    assert exact.erlang_a_abandonment(*queue) == pytest.approx(blocked, rel=1e-6)
    assert exact.erlang_a_delay(*queue) == pytest.approx(blocked, rel=1e-6)
    assert exact.erlang_a_service_level_offered(*queue, 1.0) == pytest.approx(1 - blocked, rel=1e-6)


@pytest.mark.parametrize("queue", ERLANG_A_CASES)
def test_abandonment_lies_below_erlang_b(queue: Queue) -> None:
    # Garnett, Mandelbaum, Reiman 2002, proof of theorem 1
    assert 0 < exact.erlang_a_abandonment(*queue) < exact.erlang_b(queue[0] * queue[1], queue[2])


def test_a_large_overloaded_team_loses_what_it_cannot_serve() -> None:
    # The fluid limit: abandonment 1 - 1 / rho, and waits at which patience takes just that share.
    queue = (30.0, 100.0, 2000, 60.0)
    assert exact.erlang_a_abandonment(*queue) == pytest.approx(1 / 3, rel=1e-6)
    assert exact.erlang_a_mean_wait_of_answered(*queue) == pytest.approx(60 * math.log(1.5), rel=2e-3)


def test_erlang_a_without_an_end_of_the_line_in_sight_is_refused() -> None:
    with pytest.raises(ValueError, match="use Erlang C"):
        exact.erlang_a_delay(2.0, 1.0, 1, 1e9)


# ------------------------------------------------------------------------------------- M/G/1, priorities


def mean_wait_by_embedded_chain(arrival_rate: float, handle_time: float, arrivals: Floats) -> float:
    """Mean wait in M/G/1 from the chain of the numbers left behind by departures (Kendall 1953).

    `arrivals`: law of the number of arrivals during one handle time. What departures leave behind has the law
    of what arrivals find, whose mean gives the mean wait by Little's law.
    """
    size = arrivals.size
    moves = np.zeros((size, size))
    for left in range(size):
        first = max(left - 1, 0)
        moves[left, first:] = arrivals[: size - first]
    moves[:, -1] += 1 - moves.sum(axis=1)
    balance = moves.T - np.eye(size)
    balance[0] = 1
    law = np.linalg.solve(balance, np.eye(size)[0])
    return float(np.arange(size) @ law) / arrival_rate - handle_time


def lognormal_arrivals(arrival_rate: float, handle_time: float, cv: float, size: int) -> Floats:
    """Arrivals during a lognormal time: Poisson mixed by the trapezoidal rule in the normal variable."""
    sigma = math.sqrt(math.log1p(cv**2))
    z = np.arange(-1000, 1001) / 100
    times = handle_time * np.exp(sigma * z - sigma**2 / 2)
    mixed = (stats.norm.pdf(z) / 100) @ stats.poisson.pmf(np.arange(size), arrival_rate * times[:, None])
    return np.asarray(mixed, dtype=np.float64)


def test_m_g_1_agrees_with_the_embedded_chain_for_lognormal_handle_times() -> None:
    arrivals = lognormal_arrivals(0.0125, 60.0, 0.8, size=500)
    by_chain = mean_wait_by_embedded_chain(0.0125, 60.0, arrivals)
    assert exact.mg1_mean_wait(0.0125, 60.0, 0.8) == pytest.approx(by_chain, rel=1e-8)


@pytest.mark.parametrize("cv", [0.3, 0.8, 1.7])
def test_m_g_1_agrees_with_the_embedded_chain_for_gamma_handle_times(cv: float) -> None:
    shape = 1 / cv**2  # a Poisson number in a gamma time is negative binomial
    arrivals = stats.nbinom.pmf(np.arange(600), shape, 1 / (1 + 0.0125 * 60 / shape))
    by_chain = mean_wait_by_embedded_chain(0.0125, 60.0, arrivals)
    assert exact.mg1_mean_wait(0.0125, 60.0, cv) == pytest.approx(by_chain, rel=1e-8)


def test_m_g_1_agrees_with_the_embedded_chain_for_constant_handle_times() -> None:
    arrivals = stats.poisson.pmf(np.arange(300), 0.75)
    by_chain = mean_wait_by_embedded_chain(0.0125, 60.0, arrivals)
    assert exact.mg1_mean_wait(0.0125, 60.0, 0.0) == pytest.approx(by_chain, rel=1e-8)


def test_m_g_1_is_refused_at_full_load() -> None:
    with pytest.raises(ValueError, match="more than 1 agents"):
        exact.mg1_mean_wait(1.0, 1.0, 0.5)


def test_priorities_give_the_printed_waits() -> None:
    # Worked example after Prabhu 1981, table 4.4: 1 and 9 lots per hour, one machine of 12 per hour;
    # times in the system 0.15909 h and 0.5379 h.
    for waits in (
        exact.priority_mg1_mean_waits([1, 9], [1 / 12, 1 / 12], [1, 1]),
        exact.priority_mmc_mean_waits([1, 9], 1 / 12, 1),
    ):
        assert waits[0] + 1 / 12 == pytest.approx(0.15909, abs=5.1e-6)
        assert waits[1] + 1 / 12 == pytest.approx(0.5379, abs=5.1e-5)


def test_priorities_with_different_handle_times_agree_with_the_markov_chain() -> None:
    # Class 0: Erlang with two phases (cv = 1 / sqrt 2), mean 0.8; class 1: exponential, mean 1.5.
    rates, limit = (0.3, 0.3), 110
    phase_rates = {"0a": 2 / 0.8, "0b": 2 / 0.8, "1": 1 / 1.5}

    def transitions(state: tuple[str, int, int]) -> Iterable[tuple[tuple[str, int, int], float]]:
        stage, line0, line1 = state
        if stage == "idle":
            yield ("0a", 0, 0), rates[0]
            yield ("1", 0, 0), rates[1]
            return
        if line0 < limit // 2:
            yield (stage, line0 + 1, line1), rates[0]
        if line1 < limit:
            yield (stage, line0, line1 + 1), rates[1]
        if stage == "0a":
            following = ("0b", line0, line1)
        elif line0:
            following = ("0a", line0 - 1, line1)
        elif line1:
            following = ("1", line0, line1 - 1)
        else:
            following = ("idle", 0, 0)
        yield following, phase_rates[stage]

    law = exact.stationary(("idle", 0, 0), transitions)
    lines = np.array([[line0, line1] for _, line0, line1 in law])
    waits = (np.array(list(law.values())) @ lines / rates).tolist()
    computed = exact.priority_mg1_mean_waits(rates, (0.8, 1.5), (math.sqrt(0.5), 1.0))
    assert computed == pytest.approx(waits, rel=1e-8)


def v_chain(
    rates: tuple[float, float],
    handle_time: float,
    agents: int,
    limits: tuple[int, int],
    patience: tuple[float, float] = (math.inf, math.inf),
) -> dict[tuple[int, int, int], float]:
    """Law of (busy, waiting of class 0, waiting of class 1) of one team with two priorities."""

    def transitions(state: tuple[int, int, int]) -> Iterable[tuple[tuple[int, int, int], float]]:
        busy, line0, line1 = state
        if busy < agents:
            yield (busy + 1, 0, 0), sum(rates)
        else:
            if line0 < limits[0]:
                yield (busy, line0 + 1, line1), rates[0]
            if line1 < limits[1]:
                yield (busy, line0, line1 + 1), rates[1]
        if line0:
            yield (busy, line0 - 1, line1), busy / handle_time
        elif line1:
            yield (busy, line0, line1 - 1), busy / handle_time
        elif busy:
            yield (busy - 1, 0, 0), busy / handle_time
        if line0:
            yield (busy, line0 - 1, line1), line0 / patience[0]
        if line1:
            yield (busy, line0, line1 - 1), line1 / patience[1]

    return exact.stationary((0, 0, 0), transitions)


@pytest.mark.parametrize(
    ("rates", "handle_time", "agents"), [((1.0, 1.2), 1.0, 3), ((0.01, 0.02), 200.0, 8), ((0.3, 0.4), 1.0, 1)]
)
def test_priorities_in_a_team_agree_with_the_markov_chain(
    rates: tuple[float, float], handle_time: float, agents: int
) -> None:
    law = v_chain(rates, handle_time, agents, limits=(50, 120))
    waits = [sum(state[1 + k] * p for state, p in law.items()) / rates[k] for k in (0, 1)]
    assert exact.priority_mmc_mean_waits(rates, handle_time, agents) == pytest.approx(waits, rel=1e-8)

    # A first-class arrival waits for the first-class line ahead of it, whoever comes after.
    found: dict[int, float] = {}
    for (busy, line0, _), p in law.items():
        found[busy + line0] = found.get(busy + line0, 0.0) + p
    within = 0.25 * handle_time
    answered = tagged_by_chain(found, (rates[0], handle_time, agents, math.inf), within)["answered"]
    level = exact.priority_mmc_first_class_service_level(rates, handle_time, agents, within)
    assert level == pytest.approx(answered, abs=1e-9)


def test_priorities_do_not_change_the_mean_wait_of_all() -> None:
    rates = (0.5, 0.9, 1.1)  # work is conserved, and all classes are alike in handle time
    waits = exact.priority_mmc_mean_waits(rates, 1.0, 3)
    of_all = sum(rate * wait for rate, wait in zip(rates, waits, strict=True)) / sum(rates)
    assert of_all == pytest.approx(exact.erlang_c_mean_wait(sum(rates), 1.0, 3), rel=1e-13)
    assert waits[0] < waits[1] < waits[2]


# ------------------------------------------------------------- time-varying infinite-server queue


def test_a_piecewise_constant_rate_with_exponential_times_follows_its_differential_equation() -> None:
    # m' = rate - mu m: an hour at 10/min, then 4/min; times of mean 5 min; solved by hand in both pieces
    def rate(time: float) -> float:
        return 10.0 if time < 60 else 4.0

    def survival(age: float) -> float:
        return math.exp(-age / 5)

    at_the_change = 50 * -math.expm1(-12)
    for time, expected in [(7.0, 50 * -math.expm1(-1.4)), (60.0, at_the_change)]:
        assert exact.infinite_server_present(rate, survival, 0, time, [60]) == pytest.approx(
            expected, rel=1e-9
        )
    later = 20 + (at_the_change - 20) * math.exp(-2)
    assert exact.infinite_server_present(rate, survival, 0, 70, [60]) == pytest.approx(later, rel=1e-9)
    # Departures leave at mu m(t): the integral of the solution over (60, 70].
    gone = 40 + (at_the_change - 20) * -math.expm1(-2)
    assert exact.infinite_server_departures(rate, survival, 0, 60, 70, [60]) == pytest.approx(gone, rel=1e-9)


@pytest.mark.parametrize("time", [0.0, 3.0, 17.5])
def test_a_sinusoidal_rate_with_exponential_times_lags_and_is_damped(time: float) -> None:
    # Eick, Massey, Whitt 1993, Mt/G/inf queues with sinusoidal arrival rates: for rate a + b sin(g t),
    # m(t) = a / mu + b (mu sin(g t) - g cos(g t)) / (mu^2 + g^2)
    a, b, g, mu = 30.0, 20.0, 2 * math.pi / 24, 0.8
    expected = a / mu + b * (mu * math.sin(g * time) - g * math.cos(g * time)) / (mu**2 + g**2)
    present = exact.infinite_server_present(
        lambda s: a + b * math.sin(g * s), lambda age: math.exp(-mu * age), -100, time
    )
    assert present == pytest.approx(expected, rel=1e-9)


def test_constant_times_show_the_arrivals_of_the_last_while_and_shift_departures() -> None:
    # 6 per minute from minute 10 on, else 2; each stays 4 minutes
    def rate(time: float) -> float:
        return 6.0 if time >= 10 else 2.0

    def survival(age: float) -> float:
        return 1.0 if age < 4 else 0.0

    jumps = ([10.0], [4.0])
    assert exact.infinite_server_present(rate, survival, 0, 3, *jumps) == pytest.approx(6, rel=1e-9)
    assert exact.infinite_server_present(rate, survival, 0, 11, *jumps) == pytest.approx(12, rel=1e-9)
    assert exact.infinite_server_departures(rate, survival, 0, 0, 4, *jumps) == pytest.approx(0, abs=1e-9)
    assert exact.infinite_server_departures(rate, survival, 0, 12, 15, *jumps) == pytest.approx(
        2 * 2 + 6 * 1, rel=1e-9
    )


def test_a_short_time_in_a_long_past_is_seen() -> None:
    # A week of 2 per second, times of mean 1 s: Little's law.
    present = exact.infinite_server_present(lambda _: 2.0, lambda age: math.exp(-age), 0, 604_800)
    assert present == pytest.approx(2, rel=1e-9)


def test_a_rate_that_jumps_each_hour_is_summed_exactly() -> None:
    # The third day: 1, 2, ..., 24 per hour until 23:45; nobody leaves, so that all who came are present.
    hours = [48.0 + hour for hour in range(24)]
    present = exact.infinite_server_present(
        lambda time: math.floor(time) - 47.0, lambda _: 1.0, 48, 71.75, hours
    )
    assert present == pytest.approx(23 * 24 / 2 + 24 * 0.75, rel=1e-12)


def test_times_of_whole_minutes_are_summed_exactly() -> None:
    # 2 per minute, each stays 1, 2, ... or 30 minutes, all equally likely: 2 times 15.5 present.
    minutes = [float(minute) for minute in range(31)]
    present = exact.infinite_server_present(
        lambda _: 2.0, lambda age: max(0.0, 1 - math.floor(age) / 30), 0, 100, (), minutes
    )
    assert present == pytest.approx(31, rel=1e-12)


def test_nobody_is_present_before_the_start() -> None:
    assert exact.infinite_server_present(lambda _: 5.0, lambda _: 1.0, 8, 8) == 0
    assert exact.infinite_server_departures(lambda _: 5.0, lambda _: 0.5, 8, 2, 6) == 0


def test_the_number_present_is_poisson_with_the_computed_mean() -> None:
    def transitions(present: int) -> Iterable[tuple[int, float]]:
        if present < 40:
            yield present + 1, 3.0
        if present:
            yield present - 1, present / 2

    mean = exact.infinite_server_present(lambda _: 3.0, lambda age: math.exp(-age / 2), 0, 1.7)
    law = exact.transient({0: 1.0}, transitions, 1.7)
    for present in range(12):
        assert stats.poisson.pmf(present, mean) == pytest.approx(law[present], abs=1e-10)


# ------------------------------------------------------------------------- networks, bot before agents


def test_traffic_equations_give_the_rates_solved_by_hand() -> None:
    # x1 = 1 + x2 / 5 and x2 = x1 / 2
    assert exact.jackson_arrival_rates([1, 0], [[0, 0.5], [0.2, 0]]) == pytest.approx((10 / 9, 5 / 9))


@pytest.mark.parametrize("back", [0.0, 0.2])
def test_agents_behind_a_bot_of_few_sessions_queue_as_in_erlang_c(back: float) -> None:
    # The bot: 2 sessions of mean 1; it hands 60 % over to 2 agents of mean 1.2; a share comes back to it.
    x = exact.jackson_arrival_rates([1.0, 0.0], [[0, 0.6], [back, 0]])
    limit = 55

    def transitions(state: tuple[int, int]) -> Iterable[tuple[tuple[int, int], float]]:
        bot, desk = state
        if bot < limit:
            yield (bot + 1, desk), 1.0
        if bot:
            ends = float(min(bot, 2))
            yield (bot - 1, desk), 0.4 * ends
            yield (bot - 1, min(desk + 1, limit)), 0.6 * ends
        if desk:
            ends = min(desk, 2) / 1.2
            yield (bot, desk - 1), (1 - back) * ends
            yield (min(bot + 1, limit), desk - 1), back * ends

    law = exact.stationary((0, 0), transitions)
    at_bot = sum(max(bot - 2, 0) * p for (bot, _), p in law.items())
    at_desk = sum(max(desk - 2, 0) * p for (_, desk), p in law.items())
    assert exact.erlang_c_mean_queue(x[0], 1.0, 2) == pytest.approx(at_bot, rel=1e-6)
    assert exact.erlang_c_mean_queue(x[1], 1.2, 2) == pytest.approx(at_desk, rel=1e-6)


def test_agents_behind_a_bot_without_limit_queue_as_in_erlang_c_whatever_the_bot_time() -> None:
    # Bot time: Erlang with two phases, mean 1; 30 % decline the bot, of the rest half is handed over.
    bot = exact.bot_outcomes(
        accepts=0.7, resolves=0.4, falsely_resolves=0.1, attempts_to_human=1, gives_up=0.0
    )
    arrival_rate, sessions, limit = 1.0, 9, 60

    def transitions(state: tuple[int, int, int]) -> Iterable[tuple[tuple[int, int, int], float]]:
        first, second, desk = state
        if first < sessions:
            yield (first + 1, second, desk), 0.7 * arrival_rate
        if desk < limit:
            yield (first, second, desk + 1), 0.3 * arrival_rate
        if first and second < sessions:
            yield (first - 1, second + 1, desk), 2.0 * first
        if second:
            yield (first, second - 1, desk), 0.5 * 2.0 * second
            yield (first, second - 1, min(desk + 1, limit)), 0.5 * 2.0 * second
        if desk:
            yield (first, second, desk - 1), min(desk, 2) / 2.0

    law = exact.stationary((0, 0, 0), transitions)
    waiting = sum(max(desk - 2, 0) * p for (_, _, desk), p in law.items())
    open_sessions = sum((first + second) * p for (first, second, _), p in law.items())
    handed = arrival_rate * (bot.declined + bot.handed_off)
    assert exact.erlang_c_mean_queue(handed, 2.0, 2) == pytest.approx(waiting, rel=1e-6)
    assert arrival_rate * bot.bot_times == pytest.approx(open_sessions, rel=1e-6)


def test_bot_outcomes_are_those_worked_by_hand() -> None:
    # 80 % accept; the bot cannot help 40 % of them (32 %). Two attempts fail, each time a tenth gives up.
    bot = exact.bot_outcomes(
        accepts=0.8, resolves=0.5, falsely_resolves=0.1, attempts_to_human=3, gives_up=0.1
    )
    assert bot.declined == pytest.approx(0.2)
    assert bot.contained == pytest.approx(0.4)
    assert bot.falsely_contained == pytest.approx(0.08)
    assert bot.handed_off == pytest.approx(0.32 * 0.81)
    assert bot.gave_up == pytest.approx(0.32 * 0.19)
    assert bot.bot_times == pytest.approx(0.8 + 0.32 * 1.9)


# ---------------------------------------------------------------------------------- N model and V model


def test_without_own_agents_the_n_model_is_a_team_with_priorities() -> None:
    rates, handle_time = (0.01, 0.012), 100.0
    first, second = exact.n_model(rates, handle_time, 0, 3, first=0, limits=(60, 120))
    waits = exact.priority_mmc_mean_waits(rates, handle_time, 3)
    assert (first.mean_wait, second.mean_wait) == pytest.approx(waits, rel=1e-7)
    delayed = exact.erlang_c_delay(sum(rates), handle_time, 3)
    assert (first.delay, second.delay) == pytest.approx((delayed, delayed), rel=1e-8)
    assert (first.abandonment, second.abandonment) == (0, 0)


def test_the_class_served_first_can_be_the_second() -> None:
    first, second = exact.n_model((1.0, 1.2), 1.0, 0, 3, first=1, limits=(120, 60))
    ahead, behind = exact.priority_mmc_mean_waits((1.2, 1.0), 1.0, 3)
    assert (second.mean_wait, first.mean_wait) == pytest.approx((ahead, behind), rel=1e-7)


@pytest.mark.parametrize("served_first", [0, 1])
def test_with_one_patience_the_classes_of_a_team_together_are_erlang_a(served_first: int) -> None:
    rates = (2.0, 3.0)
    results = exact.n_model(rates, 1.0, 0, 4, first=served_first, patience=(1.5, 1.5))
    together = (5.0, 1.0, 4, 1.5)
    mean_wait = sum(rate * result.mean_wait for rate, result in zip(rates, results, strict=True)) / 5
    abandoned = sum(rate * result.abandonment for rate, result in zip(rates, results, strict=True)) / 5
    assert mean_wait == pytest.approx(exact.erlang_a_mean_wait(*together), rel=1e-8)
    assert abandoned == pytest.approx(exact.erlang_a_abandonment(*together), rel=1e-8)
    assert results[0].delay == pytest.approx(exact.erlang_a_delay(*together), rel=1e-8)


def test_each_class_of_the_n_model_has_its_own_patience() -> None:
    rates, patience = (2.0, 3.0), (0.5, 4.0)
    law = v_chain(rates, 1.0, 4, limits=(40, 60), patience=patience)
    results = exact.n_model(rates, 1.0, 0, 4, first=0, patience=patience)
    for k, result in enumerate(results):
        waiting = sum(state[1 + k] * p for state, p in law.items())
        assert result.mean_wait == pytest.approx(waiting / rates[k], rel=1e-8)
        assert result.abandonment == pytest.approx(waiting / patience[k] / rates[k], rel=1e-8)


def test_a_class_that_is_alone_in_the_n_model_sees_all_agents_it_may_use() -> None:
    only_first, _ = exact.n_model((3.0, 1e-12), 1.0, 2, 2, first=1, limits=(120, 3))
    assert only_first.delay == pytest.approx(exact.erlang_c_delay(3.0, 1.0, 4), rel=1e-8)
    assert only_first.mean_wait == pytest.approx(exact.erlang_c_mean_wait(3.0, 1.0, 4), rel=1e-8)
    _, only_second = exact.n_model((1e-12, 1.4), 1.0, 2, 2, first=0, limits=(3, 120))
    assert only_second.delay == pytest.approx(exact.erlang_c_delay(1.4, 1.0, 2), rel=1e-8)
    assert only_second.mean_wait == pytest.approx(exact.erlang_c_mean_wait(1.4, 1.0, 2), rel=1e-8)


def test_the_class_served_first_in_the_n_model_waits_as_behind_its_own_line_only() -> None:
    # While all agents it may use are busy, its line shrinks at each end of their work: an M/M/1 line.
    first, _ = exact.n_model((2.0, 1.1), 1.0, 2, 2, first=0, limits=(60, 250))
    assert first.mean_wait == pytest.approx(first.delay / (4 - 2.0), rel=1e-7)
    _, second = exact.n_model((2.0, 1.1), 1.0, 2, 2, first=1, limits=(120, 60))
    assert second.mean_wait == pytest.approx(second.delay / (2 - 1.1), rel=1e-7)


def test_without_patience_the_n_model_gives_the_fractions_worked_by_hand() -> None:
    # One own and one shared agent, all rates 1, nobody waits. Balance over (own busy, shared busy):
    # p00, p01, p10, p11 = 5, 6, 4, 7 in 22; the own agent alone is an M/M/1/1.
    first, second = exact.n_model((1.0, 1.0), 1.0, 1, 1, first=0, patience=(1e-9, 1e-9), limits=(3, 3))
    assert (first.delay, first.abandonment) == pytest.approx((7 / 22, 7 / 22), rel=1e-7)
    assert (second.delay, second.abandonment) == pytest.approx((13 / 22, 13 / 22), rel=1e-7)


def test_sharing_helps_the_class_with_two_teams_and_costs_the_other() -> None:
    first, second = exact.n_model((1.6, 1.1), 1.0, 2, 2, first=1, limits=(120, 80))
    assert first.mean_wait < exact.erlang_c_mean_wait(1.6, 1.0, 2)
    assert second.mean_wait > exact.erlang_c_mean_wait(1.1, 1.0, 2)


def test_limits_that_cut_off_the_line_are_refused() -> None:
    with pytest.raises(ValueError, match="too low"):
        exact.n_model((1.0, 1.2), 1.0, 0, 3, first=0, limits=(60, 10))
