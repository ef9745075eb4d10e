"""Erlang B: nobody can wait; who finds all lines busy is turned away."""

from dataclasses import dataclass
from functools import cached_property

from sim.queueing.arguments import check_positive, check_whole


@dataclass(frozen=True)
class ErlangB:
    """M/G/c/c, in the long run.

    It holds for any law of the handle time with that mean (Sevastyanov 1957).

    arrival_rate    contacts per second, those turned away included
    handle_time     mean, seconds
    lines           contacts that can be in service at once

    Raises ValueError for impossible arguments.

    References: Erlang (1917), "Solution of some problems in the theory of probabilities of significance in
    automatic telephone exchanges"; Sevastyanov (1957), Theory of Probability and its Applications 2.
    """

    arrival_rate: float
    handle_time: float
    lines: int

    def __post_init__(self) -> None:
        check_positive(arrival_rate=self.arrival_rate, handle_time=self.handle_time)
        check_whole(lines=self.lines)

    @property
    def load(self) -> float:
        """Offered load in erlangs: arrival rate times handle time."""
        return self.arrival_rate * self.handle_time

    @cached_property
    def blocked(self) -> float:
        """Share of contacts turned away: (a^c / c!) / sum_{k<=c} a^k / k!, with load a and lines c."""
        return 1 / inverse_blocking(self.load, self.lines)

    @property
    def occupancy(self) -> float:
        """Share of the lines' time that is busy: a (1 - B) / c."""
        return self.load * (1 - self.blocked) / self.lines


def inverse_blocking(load: float, lines: int) -> float:
    """1 / B(c) of Erlang B, by 1 / B(c) = 1 + (c / a) / B(c - 1), 1 / B(0) = 1; `inf` beyond 1e308.

    All terms are positive, so that no digits cancel; unlike B itself, the inverse has an exact limit, 1, at
    overload. `lines` may be 0.
    """
    inverse = 1.0
    for line in range(1, lines + 1):
        inverse = 1 + line / load * inverse
    return inverse
