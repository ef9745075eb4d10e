"""The least agents, or lines, for a goal: each one more improves every measure, so bisection finds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import overload

from sim.queueing.arguments import check_not_negative, check_positive
from sim.queueing.erlang_a import ErlangA
from sim.queueing.erlang_b import ErlangB
from sim.queueing.erlang_c import ErlangC, least_agents

MOST_AGENTS = 100_000
"""Where a search for agents or lines gives up."""


class UnattainableError(ValueError):
    """No number of agents up to MOST_AGENTS reaches the goals."""


@dataclass(frozen=True)
class Goals:
    """What the agents should reach, all of it at once; None: no goal.

    service_level   share answered within `target` seconds, at least
    target          seconds; needed with service_level only
    mean_wait       of all, answered or not, seconds, at most
    abandonment     share, at most; of Erlang A only
    occupancy       share, at most

    Raises ValueError for shares that are not above 0 and below 1, for a mean wait of 0, and without a goal:
    such goals are met by any number of agents or by none.
    """

    service_level: float | None = None
    target: float | None = None
    mean_wait: float | None = None
    abandonment: float | None = None
    occupancy: float | None = None

    def __post_init__(self) -> None:
        shares = {
            "service_level": self.service_level,
            "abandonment": self.abandonment,
            "occupancy": self.occupancy,
        }
        for name, share in shares.items():
            if share is not None:
                _check_inside(name, share)
        if self.mean_wait is not None:
            check_positive(mean_wait=self.mean_wait)
        if self.service_level is not None:
            if self.target is None:
                raise ValueError("a service level needs its target, in seconds")
            check_not_negative(target=self.target)
        if self.mean_wait is None and all(share is None for share in shares.values()):
            raise ValueError(f"there is no goal (allowed: mean_wait, {', '.join(shares)})")

    def met_by(self, queue: ErlangA | ErlangC) -> bool:
        """Whether a queue reaches every goal."""
        if self.occupancy is not None and queue.occupancy > self.occupancy:
            return False
        if self.mean_wait is not None and queue.mean_wait > self.mean_wait:
            return False
        abandonment = queue.abandonment if isinstance(queue, ErlangA) else 0.0
        if self.abandonment is not None and abandonment > self.abandonment:
            return False
        if self.service_level is not None and self.target is not None:
            return queue.service_level(self.target) >= self.service_level
        return True


@overload
def staff_for(goals: Goals, arrival_rate: float, handle_time: float) -> ErlangC: ...
@overload
def staff_for(goals: Goals, arrival_rate: float, handle_time: float, patience: float) -> ErlangA: ...
def staff_for(
    goals: Goals, arrival_rate: float, handle_time: float, patience: float | None = None
) -> ErlangA | ErlangC:
    """The queue with the least agents that reach the goals: Erlang A with a patience, else Erlang C.

    Arguments as of `ErlangA`: contacts per second, and seconds. Raises ValueError for impossible ones and for
    a goal of abandonment without patience, `UnattainableError` where MOST_AGENTS are too few.
    """
    if patience is None and goals.abandonment is not None:
        raise ValueError("Erlang C knows no abandonment (allowed: a goal of abandonment with a patience)")

    def queue(agents: int) -> ErlangA | ErlangC:
        if patience is None:
            return ErlangC(arrival_rate, handle_time, agents)
        return ErlangA(arrival_rate, handle_time, agents, patience)

    check_positive(arrival_rate=arrival_rate, handle_time=handle_time)
    least = 1 if patience is not None else least_agents(arrival_rate * handle_time)
    return queue(_first(least, lambda agents: goals.met_by(queue(agents))))


def lines_for(blocked: float, arrival_rate: float, handle_time: float) -> ErlangB:
    """Erlang B with the least lines that turn away at most a share `blocked` of contacts.

    Raises ValueError for impossible arguments, `UnattainableError` where MOST_AGENTS lines are too few.
    """
    _check_inside("blocked", blocked)
    lines = _first(1, lambda lines: ErlangB(arrival_rate, handle_time, lines).blocked <= blocked)
    return ErlangB(arrival_rate, handle_time, lines)


def _check_inside(name: str, share: float) -> None:
    if not 0 < share < 1:
        raise ValueError(f"{name} is {share!r} (allowed: above 0 and below 1)")


def _first(least: int, met: Callable[[int], bool]) -> int:
    """The first number from `least` on that is met, where every larger one is met too."""
    if least > MOST_AGENTS or not met(MOST_AGENTS):
        raise UnattainableError(f"not even {MOST_AGENTS:,} reach the goals")
    failed, step = least - 1, 1
    while not met(reached := min(failed + step, MOST_AGENTS)):
        failed, step = reached, 2 * step
    while reached - failed > 1:
        middle = (failed + reached) // 2
        if met(middle):
            reached = middle
        else:
            failed = middle
    return reached
