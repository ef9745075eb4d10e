"""Erlang C: customers wait until they are answered, however long that takes."""

import math
from dataclasses import dataclass
from functools import cached_property

from sim.queueing.arguments import check_not_negative, check_positive, check_whole
from sim.queueing.erlang_b import inverse_blocking

_FULL_LOAD = 1e-9
"""Spare agents / agents at and below which the load counts as full: there rounding decides on the wait."""


@dataclass(frozen=True)
class ErlangC:
    """M/M/c, first come first served, in the long run.

    arrival_rate    contacts per second
    handle_time     mean, seconds, wrap-up included; exponential
    agents          always there

    Raises ValueError for impossible arguments, and where the load is not below the agents.

    References: Erlang (1917), "Solution of some problems in the theory of probabilities of significance in
    automatic telephone exchanges"; Gross, Shortle, Thompson, Harris (2008), "Fundamentals of Queueing
    Theory", section 2.3.
    """

    arrival_rate: float
    handle_time: float
    agents: int

    def __post_init__(self) -> None:
        check_positive(arrival_rate=self.arrival_rate, handle_time=self.handle_time)
        check_whole(agents=self.agents)
        if not _keeps_up(self.agents, self.load):
            raise ValueError(
                f"{self.agents} agents cannot keep up with a load of {self.load:g} erlangs "
                f"(allowed: {least_agents(self.load)} agents or more)"
            )

    @property
    def load(self) -> float:
        """Offered load in erlangs: arrival rate times handle time."""
        return self.arrival_rate * self.handle_time

    @property
    def occupancy(self) -> float:
        """Share of the agents' time that is busy: a / c."""
        return self.load / self.agents

    @cached_property
    def share_waiting(self) -> float:
        """Share of contacts that wait at all: C = B / (1 - rho (1 - B)), with B of Erlang B, rho = a / c."""
        spare = (self.agents - self.load) / self.agents
        return 1 / (self.occupancy + spare * inverse_blocking(self.load, self.agents))

    @property
    def mean_wait(self) -> float:
        """Mean wait of all, seconds: C / (c mu - lambda)."""
        return self.share_waiting * self.mean_wait_of_waiting

    @property
    def asa(self) -> float:
        """Mean wait of those answered, seconds: everyone is, so that it is the mean wait."""
        return self.mean_wait

    @property
    def mean_wait_of_waiting(self) -> float:
        """Mean wait of those who wait at all, seconds: 1 / (c mu - lambda)."""
        return self.handle_time / (self.agents - self.load)

    @property
    def mean_queue(self) -> float:
        """Mean number of contacts waiting, by Little's law."""
        return self.arrival_rate * self.mean_wait

    def share_over(self, limit: float) -> float:
        """Share of contacts that wait longer than `limit` seconds: C exp(-(c mu - lambda) limit)."""
        check_not_negative(limit=limit)
        return self.share_waiting * math.exp(-limit / self.mean_wait_of_waiting)

    def service_level(self, target: float) -> float:
        """Share of contacts answered within `target` seconds."""
        check_not_negative(target=target)
        return 1 - self.share_over(target)


def least_agents(load: float) -> int:
    """The fewest agents who can keep up with a load in erlangs; a whole load needs one more than itself."""
    agents = math.floor(load / (1 - _FULL_LOAD)) + 1
    while not _keeps_up(agents, load):
        agents += 1
    return agents


def _keeps_up(agents: int, load: float) -> bool:
    return agents - load > _FULL_LOAD * agents
