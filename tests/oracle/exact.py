"""Exact values of queues that theory solves, for tests of the simulator against theory.

Arguments come in one order: arrival rate, mean handle time, agents, mean patience, time limit. Times are in
one unit of the caller's choice (the simulator's is the second), rates are per that unit, shares are fractions
of one. Arrivals are Poisson; handle times and patience are exponential unless the function says otherwise;
"wait" is the time in the queue, that of those who leave it included unless the name says "answered".

Nothing here imports the simulator, so that no mistake can be in both.

References
----------
.. [1] Erlang (1917), Solution of some problems in the theory of probabilities of significance in automatic
   telephone exchanges.
.. [2] Gross, Shortle, Thompson, Harris (2008), Fundamentals of Queueing Theory, 4th edition, Wiley.
.. [3] Sevastyanov (1957), An ergodic theorem for Markov processes and its application to telephone systems
   with refusals, Theory of Probability and its Applications 2.
.. [4] Palm (1957), Research on telephone traffic carried by full availability groups, Tele 1.
.. [5] Mandelbaum, Zeltyn (2007), Service engineering in action: the Palm/Erlang-A queue, with applications to
   call centers, in Advances in Services Innovations, Springer.
.. [6] Pollaczek (1930), Über eine Aufgabe der Wahrscheinlichkeitstheorie, Mathematische Zeitschrift 32;
   Khinchine (1932), Mathematical theory of a stationary queue, Matematicheskii Sbornik 39.
.. [7] Cobham (1954), Priority assignment in waiting line problems, Operations Research 2(1).
.. [8] Kella, Yechiali (1985), Waiting times in the non-preemptive priority M/M/c queue, Stochastic
   Models 1(2).
.. [9] Eick, Massey, Whitt (1993), The physics of the M_t/G/infinity queue, Operations Research 41(4).
.. [10] Burke (1956), The output of a queuing system, Operations Research 4(6).
.. [11] Mirasol (1963), The output of an M/G/infinity queuing system is Poisson, Operations Research 11(2).
.. [12] Jackson (1957), Networks of waiting lines, Operations Research 5(4).
"""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import integrate, sparse, special
from scipy.sparse import csgraph, linalg

State = TypeVar("State", bound=Hashable)
Transitions = Callable[[State], Iterable[tuple[State, float]]]
Floats = NDArray[np.float64]

# ---------------------------------------------------------------------- Markov chains solved numerically


def stationary(start: State, transitions: Transitions[State]) -> dict[State, float]:
    """Long-run probability of each state of a finite continuous-time Markov chain.

    Solves pi Q = 0, sum pi = 1 by sparse LU on all states that can be reached from `start`.

    Parameters
    ----------
    start: a state to which the chain comes back from everywhere.
    transitions: the (next state, rate) pairs of a state; pairs that lead to one state add up.

    Raises
    ------
    ValueError: a negative rate, or a chain that does not come back to `start`.
    """
    states, generator = _generator([start], transitions)
    if len(states) == 1:
        return {start: 1.0}
    parts, _ = csgraph.connected_components(generator, connection="strong")
    if parts > 1:
        raise ValueError(f"the chain does not come back to {start!r} from everywhere")
    # With pi(start) = 1 for now, the balance equations of the other states settle them: no dense row needed.
    balance = sparse.csc_array(generator.T)
    others = linalg.splu(balance[1:, 1:]).solve(-balance[1:, [0]].toarray().ravel())
    weights = np.concatenate([[1.0], others])
    return dict(zip(states, (weights / weights.sum()).tolist(), strict=True))


def transient(
    start: Mapping[State, float], transitions: Transitions[State], time: float
) -> dict[State, float]:
    """Probability of each state of a finite continuous-time Markov chain at `time`.

    `start` is the law at time 0; the result is start exp(Q time), by scipy's expm_multiply.
    """
    states, generator = _generator(list(start), transitions)
    law = np.array([start.get(state, 0.0) for state in states])
    moved = linalg.expm_multiply(sparse.csc_array(generator.T) * time, law)
    return dict(zip(states, moved.tolist(), strict=True))


def _generator(seeds: list[State], transitions: Transitions[State]) -> tuple[list[State], sparse.coo_array]:
    """All states reached from `seeds`, in order of discovery, and the generator matrix Q over them."""
    states = list(seeds)
    index = {state: row for row, state in enumerate(states)}
    rows: list[int] = []
    columns: list[int] = []
    rates: list[float] = []
    for row, state in enumerate(states):  # grows while it is walked
        for following, rate in transitions(state):
            if rate < 0:
                raise ValueError(f"rate {rate} from {state!r} to {following!r} is negative")
            if rate == 0:
                continue
            if following not in index:
                index[following] = len(states)
                states.append(following)
            rows += [row, row]
            columns += [index[following], row]
            rates += [rate, -rate]
    return states, sparse.coo_array((rates, (rows, columns)), shape=(len(states), len(states)))


# ------------------------------------------------------------------------------------ Erlang B, Erlang C


def erlang_b(load: float, lines: int) -> float:
    """Share of contacts blocked where nobody can wait (M/G/c/c); `load` in erlangs.

    B(c) = (a^c / c!) / sum_{k<=c} a^k / k!, by B(c) = a B(c-1) / (c + a B(c-1)), B(0) = 1 (Erlang 1917 [1]_;
    [2]_, section 2.6). Insensitive: it holds for any handle time of the same mean (Sevastyanov 1957 [3]_).
    """
    blocked = 1.0
    for line in range(1, lines + 1):
        blocked = load * blocked / (line + load * blocked)
    return blocked


def erlang_c_delay(arrival_rate: float, handle_time: float, agents: int) -> float:
    """Share of contacts that wait in M/M/c: C = B / (1 - rho (1 - B)), rho = load / agents.

    Erlang 1917 [1]_; [2]_, section 2.3. ValueError, as in all functions of M/M/c, where the load is not below
    the number of agents.
    """
    occupancy = _stable_occupancy(arrival_rate * handle_time, agents)
    blocked = erlang_b(arrival_rate * handle_time, agents)
    return blocked / (1 - occupancy * (1 - blocked))


def erlang_c_mean_wait(arrival_rate: float, handle_time: float, agents: int) -> float:
    """Mean wait of all in M/M/c: C / (c mu - lambda) ([2]_, section 2.3)."""
    delayed = erlang_c_delay(arrival_rate, handle_time, agents)
    return delayed * erlang_c_mean_wait_of_delayed(arrival_rate, handle_time, agents)


def erlang_c_mean_wait_of_delayed(arrival_rate: float, handle_time: float, agents: int) -> float:
    """Mean wait of those who wait at all in M/M/c, an exponential time: 1 / (c mu - lambda) ([2]_, 2.3)."""
    _stable_occupancy(arrival_rate * handle_time, agents)
    return 1 / (agents / handle_time - arrival_rate)


def erlang_c_mean_queue(arrival_rate: float, handle_time: float, agents: int) -> float:
    """Mean number waiting in M/M/c: C rho / (1 - rho) ([2]_, section 2.3)."""
    occupancy = _stable_occupancy(arrival_rate * handle_time, agents)
    return erlang_c_delay(arrival_rate, handle_time, agents) * occupancy / (1 - occupancy)


def erlang_c_service_level(arrival_rate: float, handle_time: float, agents: int, within: float) -> float:
    """Share answered within `within` in M/M/c, first come first served.

    1 - C exp(-(c mu - lambda) t) ([2]_, section 2.3).
    """
    delayed = erlang_c_delay(arrival_rate, handle_time, agents)
    return 1 - delayed * math.exp(-(agents / handle_time - arrival_rate) * within)


def _stable_occupancy(load: float, agents: int) -> float:
    """Load per agent; ValueError where the queue would grow without end."""
    if load >= agents:
        raise ValueError(f"a load of {load:g} erlangs needs more than {agents} agents")
    return load / agents


# ---------------------------------------------------------------------------- Finite lines (M/M/c/K)


def finite_lines_blocking(arrival_rate: float, handle_time: float, agents: int, lines: int) -> float:
    """Share of contacts blocked in M/M/c/K; K = `lines` >= `agents` counts those in service and waiting.

    p_K of p_n = p_0 a^n / n! for n <= c, p_0 a^n / (c^(n-c) c!) above ([2]_, section 2.5). Any load will do.
    """
    return float(_finite_lines(arrival_rate, handle_time, agents, lines)[-1])


def finite_lines_delay(arrival_rate: float, handle_time: float, agents: int, lines: int) -> float:
    """Share of the admitted contacts that wait in M/M/c/K ([2]_, section 2.5)."""
    return 1 - finite_lines_service_level(arrival_rate, handle_time, agents, lines, within=0.0)


def finite_lines_mean_queue(arrival_rate: float, handle_time: float, agents: int, lines: int) -> float:
    """Mean number waiting in M/M/c/K ([2]_, section 2.5)."""
    present = _finite_lines(arrival_rate, handle_time, agents, lines)
    return float(np.maximum(np.arange(lines + 1) - agents, 0) @ present)


def finite_lines_mean_wait(arrival_rate: float, handle_time: float, agents: int, lines: int) -> float:
    """Mean wait of the admitted in M/M/c/K: L_q / (lambda (1 - p_K)), by Little's law ([2]_, section 2.5)."""
    admitted_rate = arrival_rate * (1 - finite_lines_blocking(arrival_rate, handle_time, agents, lines))
    return finite_lines_mean_queue(arrival_rate, handle_time, agents, lines) / admitted_rate


def finite_lines_service_level(
    arrival_rate: float, handle_time: float, agents: int, lines: int, within: float
) -> float:
    """Share of the admitted answered within `within` in M/M/c/K, first come first served.

    Who finds n >= c contacts waits for n - c + 1 ends of work, an Erlang time of rate c mu ([2]_, 2.5).
    """
    found = _finite_lines(arrival_rate, handle_time, agents, lines)[:-1]
    ends_needed = np.arange(1, lines - agents + 1)
    answered = found[agents:] @ special.gammainc(ends_needed, agents / handle_time * within)
    return float((found[:agents].sum() + answered) / found.sum())


def _finite_lines(arrival_rate: float, handle_time: float, agents: int, lines: int) -> Floats:
    """Probabilities of 0 to `lines` contacts present in M/M/c/K."""
    if lines < agents:
        raise ValueError(f"{lines} lines are fewer than {agents} agents")
    ends = np.minimum(np.arange(1, lines + 1), agents) / handle_time
    return _normalised(np.concatenate([[0.0], np.cumsum(np.log(arrival_rate / ends))]))


def _normalised(logarithms: Floats) -> Floats:
    """Probabilities from the logarithms of unnormalised ones, so that no weight overflows."""
    weights = np.exp(logarithms - logarithms.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)


# ----------------------------------------------------------------------------- Erlang A (M/M/n + M)
#
# Who finds all n agents busy and j waiting is answered after j + 1 departures from the line, if patience
# lasts. The line ahead empties at rates n mu + i theta, i = j, ..., 0, so that the wait offered, V_j, is a
# sum of independent exponentials. Since exp(-theta Exp(r)) is Beta(r / theta, 1) and products of such betas
# telescope, exp(-theta V_j) is Beta(c, j + 1) with c = n mu / theta; weighting it with the probability
# exp(-theta V_j) that patience lasts gives Beta(c + 1, j + 1) times c / (c + j + 1).


def erlang_a_delay(arrival_rate: float, handle_time: float, agents: int, patience: float) -> float:
    """Share of contacts that do not find an idle agent in M/M/n+M (Palm 1957 [4]_; [5]_)."""
    return float(_erlang_a_line(arrival_rate, handle_time, agents, patience).sum())


def erlang_a_mean_queue(arrival_rate: float, handle_time: float, agents: int, patience: float) -> float:
    """Mean number waiting in M/M/n+M, from the birth-death chain (Palm 1957 [4]_; [5]_)."""
    line = _erlang_a_line(arrival_rate, handle_time, agents, patience)
    return float(np.arange(line.size) @ line)


def erlang_a_abandonment(arrival_rate: float, handle_time: float, agents: int, patience: float) -> float:
    """Share of contacts that abandon in M/M/n+M: sum_j P(find j waiting) (j + 1) / (c + j + 1) [5]_."""
    line = _erlang_a_line(arrival_rate, handle_time, agents, patience)
    place = np.arange(1, line.size + 1)
    return float(line @ (place / (agents * patience / handle_time + place)))


def erlang_a_mean_wait(arrival_rate: float, handle_time: float, agents: int, patience: float) -> float:
    """Mean wait of all, answered or not, in M/M/n+M: L_q / lambda, by Little's law [5]_."""
    return erlang_a_mean_queue(arrival_rate, handle_time, agents, patience) / arrival_rate


def erlang_a_mean_wait_of_answered(
    arrival_rate: float, handle_time: float, agents: int, patience: float
) -> float:
    """Mean wait of those answered (those who did not wait included) in M/M/n+M [5]_.

    Given that patience lasts, stage i of the wait is exponential of rate n mu + (i + 1) theta, so that
    E[W; answered] = sum_j P(find j) c / (c + j + 1) sum_{i<=j} 1 / (n mu + (i + 1) theta).
    """
    line = _erlang_a_line(arrival_rate, handle_time, agents, patience)
    place = np.arange(1, line.size + 1)
    c = agents * patience / handle_time
    waits = np.cumsum(patience / (c + place))
    answered = 1 - erlang_a_abandonment(arrival_rate, handle_time, agents, patience)
    return float(line @ (waits * c / (c + place))) / answered


def erlang_a_occupancy(arrival_rate: float, handle_time: float, agents: int, patience: float) -> float:
    """Share of the agents' time that is busy in M/M/n+M: lambda (1 - P(abandon)) / (n mu) [5]_."""
    abandoned = erlang_a_abandonment(arrival_rate, handle_time, agents, patience)
    return arrival_rate * handle_time * (1 - abandoned) / agents


def erlang_a_service_level_offered(
    arrival_rate: float, handle_time: float, agents: int, patience: float, within: float
) -> float:
    """Answered within `within` / offered, in M/M/n+M, first come first served.

    P(W = 0) + sum_j P(find j) c / (c + j + 1) P(Beta(c + 1, j + 1) >= exp(-theta t)); equal to the integral
    that Mandelbaum and Zeltyn 2007 [5]_ give for P(W <= t, answered).
    """
    line = _erlang_a_line(arrival_rate, handle_time, agents, patience)
    place = np.arange(1, line.size + 1)
    c = agents * patience / handle_time
    in_time = special.betainc(place, c + 1, -math.expm1(-within / patience))
    return float(1 - line.sum() + line @ (c / (c + place) * in_time))


def erlang_a_service_level_answered(
    arrival_rate: float, handle_time: float, agents: int, patience: float, within: float
) -> float:
    """Answered within `within` / answered, in M/M/n+M [5]_."""
    answered = 1 - erlang_a_abandonment(arrival_rate, handle_time, agents, patience)
    return erlang_a_service_level_offered(arrival_rate, handle_time, agents, patience, within) / answered


def erlang_a_service_level_met_or_left_early(
    arrival_rate: float, handle_time: float, agents: int, patience: float, within: float
) -> float:
    """(Answered within T + abandoned within T) / offered, T = `within`, in M/M/n+M: P(W <= T) [5]_.

    1 - sum_j P(find j) exp(-theta t) P(Beta(c, j + 1) < exp(-theta t)).
    """
    line = _erlang_a_line(arrival_rate, handle_time, agents, patience)
    place = np.arange(1, line.size + 1)
    not_yet = special.betaincc(place, agents * patience / handle_time, -math.expm1(-within / patience))
    return float(1 - math.exp(-within / patience) * (line @ not_yet))


def erlang_a_service_level_excluding_short_abandons(
    arrival_rate: float, handle_time: float, agents: int, patience: float, within: float, short: float
) -> float:
    """Answered within `within` / (offered - abandoned within `short`), in M/M/n+M [5]_."""
    queue = (arrival_rate, handle_time, agents, patience)
    left_early = erlang_a_service_level_met_or_left_early(*queue, short) - erlang_a_service_level_offered(
        *queue, short
    )
    return erlang_a_service_level_offered(*queue, within) / (1 - left_early)


def _erlang_a_line(arrival_rate: float, handle_time: float, agents: int, patience: float) -> Floats:
    """P(all agents busy and j waiting), j = 0, 1, ..., cut where what is left is below 1e-17.

    Relative to p_n: p_{n+j} = prod_{i<=j} lambda / (n mu + i theta), and the states below n sum to 1 / B - 1.
    """
    below = 1 / erlang_b(arrival_rate * handle_time, agents) - 1
    size = 64
    while size <= 2**22:
        ratios = arrival_rate / (agents / handle_time + np.arange(1, size) / patience)
        logarithms = np.concatenate([[0.0], np.cumsum(np.log(ratios))])
        if ratios[-1] < 1:
            # The ratios fall, so that a geometric series bounds all that is cut off.
            left_out = logarithms[-1] + math.log(ratios[-1] / (1 - ratios[-1]))
            if left_out - logarithms.max() < math.log(1e-17):
                idle = math.log(below) if below > 0 else -math.inf
                return _normalised(np.concatenate([logarithms, [idle]]))[:-1]
        size *= 2
    raise ValueError(f"patience {patience:g} is too long to bound the line: use Erlang C below full load")


# ------------------------------------------------------------------------- One agent, and priorities


def mg1_mean_wait(arrival_rate: float, handle_time: float, cv: float) -> float:
    """Mean wait in M/G/1: lambda E[S^2] / (2 (1 - rho)), E[S^2] = mean^2 (1 + cv^2) (Pollaczek 1930 [6]_).

    `cv`: standard deviation / mean of the handle time, whatever its law: 0 constant, 1 exponential, and the
    stated cv of a lognormal or gamma, which therefore give one and the same mean wait.
    """
    return priority_mg1_mean_waits([arrival_rate], [handle_time], [cv])[0]


def priority_mg1_mean_waits(
    arrival_rates: Sequence[float], handle_times: Sequence[float], cvs: Sequence[float]
) -> tuple[float, ...]:
    """Mean wait of each class in M/G/1 with non-preemptive priorities, first class first.

    W_p = W_0 / ((1 - s_{p-1}) (1 - s_p)), W_0 = sum lambda_i E[S_i^2] / 2, s_p = sum_{i<=p} rho_i
    (Cobham 1954 [7]_; [2]_, section 3.4). Each class has its own law of the handle time.
    """
    classes = list(zip(arrival_rates, handle_times, cvs, strict=True))
    remaining = sum(rate * mean**2 * (1 + cv**2) / 2 for rate, mean, cv in classes)
    return _cobham(remaining, [rate * mean for rate, mean, _ in classes])


def priority_mmc_mean_waits(
    arrival_rates: Sequence[float], handle_time: float, agents: int
) -> tuple[float, ...]:
    """Mean wait of each class in M/M/c with non-preemptive priorities, first class first.

    W_p = W_0 / ((1 - s_{p-1}) (1 - s_p)), W_0 = C / (c mu), s_p = sum_{i<=p} lambda_i / (c mu), where C is
    Erlang's for all classes together, which share one mean handle time (Cobham 1954 [7]_; Kella and Yechiali
    1985 [8]_).
    """
    delayed = erlang_c_delay(sum(arrival_rates), handle_time, agents)
    return _cobham(delayed * handle_time / agents, [rate * handle_time / agents for rate in arrival_rates])


def priority_mmc_first_class_service_level(
    arrival_rates: Sequence[float], handle_time: float, agents: int, within: float
) -> float:
    """Share of the first class answered within `within` in M/M/c with non-preemptive priorities.

    1 - C exp(-(c mu - lambda_1) t): while all agents are busy the first class's own line is that of an M/M/1
    of rate c mu (Kella and Yechiali 1985 [8]_).
    """
    delayed = erlang_c_delay(sum(arrival_rates), handle_time, agents)
    return 1 - delayed * math.exp(-(agents / handle_time - arrival_rates[0]) * within)


def _cobham(remaining: float, loads: Sequence[float]) -> tuple[float, ...]:
    """Waits by class from the mean work ahead in service, W_0, and the loads per agent."""
    _stable_occupancy(sum(loads), 1)
    up_to = np.concatenate([[0.0], np.cumsum(loads)])
    return tuple((remaining / ((1 - up_to[:-1]) * (1 - up_to[1:]))).tolist())


# -------------------------------------------------------- Time-varying infinite-server queue (M_t/G/inf)


def infinite_server_present(
    rate: Callable[[float], float],
    survival: Callable[[float], float],
    start: float,
    time: float,
    rate_jumps: Sequence[float] = (),
    survival_jumps: Sequence[float] = (),
) -> float:
    """Mean number present at `time` where nobody waits, M_t/G/inf, empty at `start`.

    m(t) = integral over s in [start, t] of rate(s) P(S > t - s); the number present is Poisson, so that m(t)
    is also its variance (Eick, Massey, Whitt 1993 [9]_, theorem 1). Relative error about 1e-10.

    Parameters
    ----------
    rate: arrivals per unit of time at a time. survival: P(S > age) of the time S spent there.
    rate_jumps, survival_jumps: times and ages at which they jump; the integral is split there.
    """
    return _arrivals_seen(rate, survival, start, time, rate_jumps, survival_jumps)


def infinite_server_departures(
    rate: Callable[[float], float],
    survival: Callable[[float], float],
    start: float,
    begin: float,
    end: float,
    rate_jumps: Sequence[float] = (),
    survival_jumps: Sequence[float] = (),
) -> float:
    """Mean number of departures in (begin, end] of M_t/G/inf, empty at `start`.

    Integral over s of rate(s) P(begin < s + S <= end), the arguments as in `infinite_server_present`. They
    form a Poisson process, so that numbers in disjoint intervals are independent (Mirasol 1963 [11]_; [9]_).
    """

    def gone_by(time: float) -> float:
        return _arrivals_seen(rate, lambda age: 1 - survival(age), start, time, rate_jumps, survival_jumps)

    return gone_by(end) - gone_by(begin)


def _arrivals_seen(
    rate: Callable[[float], float],
    seen: Callable[[float], float],
    start: float,
    time: float,
    rate_jumps: Sequence[float],
    age_jumps: Sequence[float],
) -> float:
    """Integral of rate(time - age) seen(age) over the ages 0 to time - start, piece by piece."""
    oldest = time - start
    if oldest <= 0:
        return 0.0
    # Halving the ages keeps a short service time visible in a long past.
    cuts = {oldest * 2.0**-k for k in range(30)} | set(age_jumps) | {time - jump for jump in rate_jumps}
    edges = [0.0, *sorted(cut for cut in cuts if 0 < cut < oldest), oldest]
    return math.fsum(
        integrate.quad(lambda age: rate(time - age) * seen(age), low, high, epsabs=1e-12, epsrel=1e-10)[0]
        for low, high in pairwise(edges)
    )


# ----------------------------------------------------------- Networks: a bot before agents, several steps


def jackson_arrival_rates(external: Sequence[float], routing: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Arrival rate at each step of an open network: x = external + x routing (Jackson 1957 [12]_).

    routing[i][j]: share of those who finish step i that go on to step j; the rest leave. Steps of exponential
    time with agents of their own are then independent in the long run, each as if its arrivals were Poisson
    of this rate. Behind steps without loops they truly are (Burke 1956 [10]_), also behind steps of unlimited
    capacity and any time (Mirasol 1963 [11]_), so that waits follow Erlang C there.
    """
    steps = len(external)
    rates = np.linalg.solve(np.eye(steps) - np.asarray(routing, dtype=np.float64).T, np.asarray(external))
    return tuple(rates.tolist())


class BotOutcomes(NamedTuple):
    """What becomes of the contacts offered a bot, as shares of them all; their mean number of bot times."""

    declined: float
    contained: float
    falsely_contained: float
    gave_up: float
    handed_off: float
    bot_times: float


def bot_outcomes(
    accepts: float, resolves: float, falsely_resolves: float, attempts_to_human: int, gives_up: float
) -> BotOutcomes:
    """Outcomes of a bot: Poisson arrivals, thinned ([2]_, section 1.7).

    Of those the bot cannot help, (1 - g)^(k-1) outlast the k - 1 attempts that fail; each costs one more bot
    time, after which a share g gives up. With unlimited sessions and any bot time, agents see Poisson
    arrivals of rate * (declined + handed_off), by Mirasol 1963 [11]_; rate * bot_times * mean bot time
    sessions are open on average.
    """
    stays = 1 - gives_up
    cannot = accepts * (1 - resolves - falsely_resolves)
    outlasts = stays ** (attempts_to_human - 1)
    return BotOutcomes(
        declined=1 - accepts,
        contained=accepts * resolves,
        falsely_contained=accepts * falsely_resolves,
        gave_up=cannot * (1 - outlasts),
        handed_off=cannot * outlasts,
        bot_times=accepts + cannot * sum(stays**failed for failed in range(attempts_to_human - 1)),
    )


# ------------------------------------------------------------------ Two skills: the N model and the V model


class ClassResult(NamedTuple):
    """Measures of one class: shares of its offered contacts, and its mean wait, answered or not."""

    delay: float
    mean_wait: float
    abandonment: float


def n_model(
    arrival_rates: tuple[float, float],
    handle_time: float,
    own_agents: int,
    shared_agents: int,
    first: int,
    patience: tuple[float, float] = (math.inf, math.inf),
    limits: tuple[int, int] = (60, 60),
) -> tuple[ClassResult, ClassResult]:
    """Two classes, the first served by its own and by shared agents, the second by shared agents only.

    The N model, solved as a Markov chain; without own agents it is the V model: one team and two priorities.
    All handle times are exponential with one mean. A contact of class 0 takes an own agent where one is idle
    (skill level 1 before 2); a shared agent that becomes free serves class `first` (0 or 1) before the other;
    work is never interrupted. States are (own busy, shared busy, waiting 0, waiting 1).

    Truncation: arrivals to a line at its limit are lost. ValueError where a line is full for more than 1e-9
    of the time; the error of the shares is of that order, that of the mean waits of that order times the time
    in which a full line drains.
    """
    mu = 1 / handle_time
    limit0, limit1 = limits

    def transitions(state: tuple[int, int, int, int]) -> Iterable[tuple[tuple[int, int, int, int], float]]:
        own, shared, line0, line1 = state
        if own < own_agents:
            yield (own + 1, shared, line0, line1), arrival_rates[0]
        elif shared < shared_agents:
            yield (own, shared + 1, line0, line1), arrival_rates[0]
        elif line0 < limit0:
            yield (own, shared, line0 + 1, line1), arrival_rates[0]
        if shared < shared_agents:
            yield (own, shared + 1, line0, line1), arrival_rates[1]
        elif line1 < limit1:
            yield (own, shared, line0, line1 + 1), arrival_rates[1]
        if own:
            yield (own, shared, line0 - 1, line1) if line0 else (own - 1, shared, line0, line1), own * mu
        if shared:
            if line0 and (first == 0 or not line1):
                yield (own, shared, line0 - 1, line1), shared * mu
            elif line1:
                yield (own, shared, line0, line1 - 1), shared * mu
            else:
                yield (own, shared - 1, line0, line1), shared * mu
        if line0:
            yield (own, shared, line0 - 1, line1), line0 / patience[0]
        if line1:
            yield (own, shared, line0, line1 - 1), line1 / patience[1]

    law = stationary((0, 0, 0, 0), transitions)
    lost = sum(p for (_, _, line0, line1), p in law.items() if line0 == limit0 or line1 == limit1)
    if lost > 1e-9:
        raise ValueError(f"limits {limits} are too low: the lines are full {lost:.1e} of the time")
    no_agent = (
        sum(p for (own, shared, _, _), p in law.items() if own == own_agents and shared == shared_agents),
        sum(p for (_, shared, _, _), p in law.items() if shared == shared_agents),
    )
    waits = tuple(sum(state[2 + k] * p for state, p in law.items()) / arrival_rates[k] for k in (0, 1))
    result0, result1 = (ClassResult(no_agent[k], waits[k], waits[k] / patience[k]) for k in (0, 1))
    return result0, result1
