"""One replication: simulate, measure, and keep the sums (and the log, if asked)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.catalogue import Request
from sim.engine import reference
from sim.log import Log
from sim.measures.measure import has_bounds, tally
from sim.measures.sample import Tally
from sim.measures.tables import Tables
from sim.plan import Plan


@dataclass(frozen=True)
class Task:
    """What to do: simulate one replication of a plan and measure what is requested."""

    plan: Plan
    replication: int
    requests: tuple[Request, ...]
    keep_log: bool = False


@dataclass(frozen=True)
class Replication:
    """What came of it.

    tallies: of each request, numerator and denominator [cells, 2], or the values of a quantile by cell;
    standing: the same with contacts still open at the end counted as they stand, for the requests in which
    that can differ; contacts: how many arrive inside the window.
    """

    replication: int
    tallies: Mapping[Request, Tally]
    standing: Mapping[Request, Tally]
    contacts: int
    log: Log | None


class ReplicationError(RuntimeError):
    """A replication failed: a fault of this program, not of the scenario. The cause is chained."""

    def __init__(self, variant: str, replication: int, seed: int, cause: str) -> None:
        super().__init__(variant, replication, seed, cause)
        self.replication = replication

    def __str__(self) -> str:
        variant, replication, seed, cause = self.args
        return f"replication {replication} of '{variant or 'today'}' (seed {seed}) failed: {cause}"


def replicate(task: Task) -> Replication:
    """Do one task. The result depends on plan and replication alone, not on where or when it is done.

    Raises:
        ReplicationError: the engine or a measure failed.
    """
    plan = task.plan
    try:
        log = reference.run(plan, task.replication)
        tallies, standing = measured(log, plan, task.requests)
    except Exception as error:
        cause = f"{type(error).__name__}: {error}"
        raise ReplicationError(plan.names.variant, task.replication, plan.seed, cause) from error
    kept = log if task.keep_log else None
    return Replication(task.replication, tallies, standing, _counted(log, plan), kept)


def measured(
    log: Log, plan: Plan, requests: tuple[Request, ...]
) -> tuple[dict[Request, Tally], dict[Request, Tally]]:
    """Tallies of a log, and those that count open contacts as they stand where that can differ."""
    tables = Tables(log, plan)
    return (
        {request: tally(tables, request) for request in requests},
        {request: tally(tables, request, standing=True) for request in requests if has_bounds(request)},
    )


def _counted(log: Log, plan: Plan) -> int:
    arrival = log.contacts.arrival
    return int(np.count_nonzero((arrival >= 0) & (arrival < plan.horizon)))
