"""One replication: simulate, measure, and keep the sums (and the log, if asked)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from sim.catalogue import DIMENSIONS, Combined, Request, Table, lookup
from sim.engine.choice import Engine, runner
from sim.errors import RunError
from sim.experiment.memory import BIG, give_back
from sim.log import Log
from sim.measures.measure import has_bounds, tally
from sim.measures.sample import Tally
from sim.measures.tables import Tables
from sim.plan import Plan


@dataclass(frozen=True, eq=False)
class Job:
    """What is done in every replication of a plan: simulate it with an engine and measure the requests."""

    plan: Plan
    requests: tuple[Request, ...]
    engine: Engine = Engine.REFERENCE
    keep_log: bool = False


@dataclass(frozen=True)
class Replication:
    """What came of one replication.

    tallies: of each request, numerator and denominator [cells, 2], or the values of a quantile by cell;
    standing: the same with contacts still open at the end counted as they stand, for the requests in which
    that can differ; contacts: how many arrive inside the window.
    """

    replication: int
    tallies: Mapping[Request, Tally]
    standing: Mapping[Request, Tally]
    contacts: int
    log: Log | None


class ReplicationError(RunError):
    """A replication failed: a fault of this program, not of the scenario. The cause is chained.

    place: that of its task in the run; row: that of its plan.
    """

    place = 0
    row = 0

    def __init__(self, variant: str, replication: int, seed: int, engine: str, cause: str) -> None:
        what = f"replication {replication} of '{variant or 'today'}' (seed {seed}, {engine} engine)"
        super().__init__(f"{what} failed: {cause}")
        self.args = variant, replication, seed, engine, cause  # what pickle makes it from again
        self.replication = replication
        self.engine = engine


def replicate(job: Job, replication: int) -> Replication:
    """Do one replication. The result depends on plan, requests and number alone, not on where or when.

    Raises:
        ReplicationError: the engine or a measure failed.
    """
    plan = job.plan
    try:
        log = runner(job.engine)(plan, replication)
        tallies, standing = measured(log, plan, job.requests)
    except Exception as error:
        cause = f"{type(error).__name__}: {error}"
        raise ReplicationError(plan.names.variant, replication, plan.seed, job.engine, cause) from error
    counted, contacts = _counted(log, plan), len(log.contacts)
    kept = log if job.keep_log else None
    del log
    if contacts > BIG:
        give_back()
    return Replication(replication, tallies, standing, counted, kept)


def measured(
    log: Log, plan: Plan, requests: tuple[Request, ...]
) -> tuple[dict[Request, Tally], dict[Request, Tally]]:
    """Tallies of a log, and those that count open contacts as they stand where that can differ."""
    tables = Tables(log, plan)
    tallies: dict[Request, Tally] = {}
    standing: dict[Request, Tally] = {}
    for table, asked in groupby(sorted(requests, key=_table), key=_table):  # one table at a time in memory
        for request in asked:
            tallies[request] = tally(tables, request)
            if has_bounds(request):
                standing[request] = tally(tables, request, standing=True)
        for used in DIMENSIONS if table == "window" else (table,):
            tables.forget(used)
    return (
        {request: tallies[request] for request in requests},
        {request: standing[request] for request in requests if request in standing},
    )


def _table(request: Request) -> Table:
    """Where a request is measured; one that is combined of others, which may need any table, last."""
    measure = lookup(request.measure)
    return "window" if isinstance(measure.terms, Combined) else measure.table


def _counted(log: Log, plan: Plan) -> int:
    arrival = log.contacts.arrival
    return int(np.count_nonzero((arrival >= 0) & (arrival < plan.horizon)))
