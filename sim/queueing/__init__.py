"""Queues that theory solves: Erlang B, C and A, M/G/1, and the least agents for a goal.

Times are seconds, rates are per second, shares are fractions; arrivals are Poisson, in the long run.
"""

from sim.queueing.erlang_a import ErlangA
from sim.queueing.erlang_b import ErlangB
from sim.queueing.erlang_c import ErlangC, least_agents
from sim.queueing.mg1 import MG1
from sim.queueing.staffing import MOST_AGENTS, Goals, UnattainableError, lines_for, staff_for

__all__ = [
    "MG1", "MOST_AGENTS", "ErlangA", "ErlangB", "ErlangC", "Goals", "UnattainableError",
    "least_agents", "lines_for", "staff_for",
]  # fmt: skip
