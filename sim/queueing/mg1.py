"""M/G/1: one agent, handle times of any law."""

from dataclasses import dataclass

from sim.queueing.arguments import check_not_negative, check_positive
from sim.queueing.erlang_c import ErlangC


@dataclass(frozen=True)
class MG1:
    """M/G/1, first come first served, in the long run.

    arrival_rate    contacts per second
    handle_time     mean, seconds
    cv              standard deviation / mean of the handle time: 0 constant, 1 as of an exponential time

    Raises ValueError for impossible arguments, and where the load is not below 1.

    References: Pollaczek (1930), Mathematische Zeitschrift 32; Khinchine (1932), "Mathematical theory of a
    stationary queue", Matematicheskii Sbornik 39.
    """

    arrival_rate: float
    handle_time: float
    cv: float

    def __post_init__(self) -> None:
        check_not_negative(cv=self.cv)
        check_positive(arrival_rate=self.arrival_rate, handle_time=self.handle_time)
        ErlangC(self.arrival_rate, self.handle_time, 1)  # raises where one agent cannot keep up

    @property
    def occupancy(self) -> float:
        """Share of the agent's time that is busy; also the share of contacts that wait."""
        return self.arrival_rate * self.handle_time

    @property
    def mean_wait(self) -> float:
        """Mean wait of all, seconds: lambda E[S^2] / (2 (1 - rho)), E[S^2] = mean^2 (1 + cv^2)."""
        second_moment = self.handle_time**2 * (1 + self.cv**2)
        return self.arrival_rate * second_moment / (2 * (1 - self.occupancy))

    @property
    def mean_queue(self) -> float:
        """Mean number of contacts waiting, by Little's law."""
        return self.arrival_rate * self.mean_wait
