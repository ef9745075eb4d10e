"""Many replications, in whatever order they finish; results always in the order of replications."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from functools import partial

from sim.catalogue import Request
from sim.engine.choice import Engine, chosen, prepare
from sim.experiment.cluster import cluster
from sim.experiment.executors import in_this_thread, processes, threads
from sim.experiment.interruption import noticed_interrupts
from sim.experiment.replicate import Job, Replication, ReplicationError, measured
from sim.experiment.store import Store
from sim.experiment.stream import Pool, results
from sim.log import Log
from sim.measures.sample import Tally, stacked
from sim.plan import Plan

WORTH_STARTING_PROCESSES = 200_000
"""Contacts: some five seconds of work for one process."""

WORTH_STARTING_THREADS = 20_000
"""Contacts: some hundredths of a second."""

CONTACTS_A_PROCESSOR = 200_000
"""Contacts under way at a time, for each processor: some 400 bytes each. Replications of more than that are
done by fewer workers, unless their number is given."""

Progress = Callable[[int, int], None]
"""Called with the number of replications done and the number in all."""

Place = tuple[int, int]
"""The row of a plan among the plans, and the number of a replication."""


@dataclass(frozen=True)
class Execution:
    """How replications are done, and where. The results do not depend on it.

    engine: which one simulates; workers: threads or processes on this machine (None: one a core where the
    work is worth it and its memory moderate); cluster: the address of a Dask scheduler, whose workers do it
    all instead.
    """

    engine: Engine = Engine.AUTO
    workers: int | None = None
    cluster: str | None = None


@dataclass(frozen=True)
class Runs:
    """The replications of one plan.

    tallies: of each request numerator and denominator, float64 [replications, cells, 2], or the values of a
    quantile by replication and cell; standing: see `Replication`; contacts: number counted in each
    replication's log; logs: empty unless kept; only: the number of the one replication that was asked for
    alone.
    """

    plan: Plan
    tallies: Mapping[Request, Tally]
    standing: Mapping[Request, Tally]
    contacts: tuple[int, ...]
    logs: tuple[Log, ...]
    only: int | None = None

    @property
    def replications(self) -> int:
        """How many replications there are."""
        return len(self.contacts)

    def measure(self, request: Request) -> tuple[Tally, Tally | None]:
        """Tallies of a request, and those with open contacts as they stand (None: no difference).

        Measured from the logs where the request was not among those asked for at the start.

        Raises:
            ValueError: it was not asked for and the logs were not kept.
        """
        if request in self.tallies:
            return self.tallies[request], self.standing.get(request)
        if not self.logs:
            raise ValueError(f"'{request}' was not measured in this run, and its logs were not kept")
        parts = [measured(log, self.plan, (request,)) for log in self.logs]
        tallies = stacked([tallies[request] for tallies, _ in parts])
        standing = [standing[request] for _, standing in parts if request in standing]
        return tallies, stacked(standing) if standing else None


class Interrupted(KeyboardInterrupt):
    """Ctrl-C: so many replications of so many had finished."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__(done, total)
        self.done = done
        self.total = total


def run(
    plans: Sequence[tuple[Plan, Sequence[Request]]],
    replications: int,
    *,
    only: int | None = None,
    execution: Execution | None = None,
    keep_logs: bool = False,
    progress: Progress | None = None,
    store: Store | None = None,
) -> list[Runs]:
    """Simulate replications 0 … n-1 of each plan and measure what is requested of it.

    Args:
        plans: one for each scenario or variant, with its requests.
        replications: how many of each plan.
        only: simulate the replication of this number alone, whatever their number.
        execution: engine, workers, cluster; the results do not depend on it.
        keep_logs: keep every log, for measures and tables asked for later.
        progress: told after each replication.
        store: where replications that are there already are taken from, and others are saved to.

    Raises:
        ReplicationError: a replication failed; its `row` is the place of its plan.
        StoreError: the store cannot be read or written.
        WorkersLostError: worker processes died again and again.
        ClusterError, ClusterLostError: the cluster cannot be used, or no longer.
        Interrupted: Ctrl-C.
    """
    wanted = [(plan, tuple(dict.fromkeys(requests))) for plan, requests in plans]
    numbers = range(replications) if only is None else (only,)
    places = [(row, number) for row in range(len(wanted)) for number in numbers]
    found: dict[int, Replication] = {}
    try:
        with noticed_interrupts() as raise_if_noticed:
            if store:
                found.update(_stored(store, places, keep_logs))
            missing = {place: each for place, each in enumerate(places) if place not in found}
            if progress and found:
                progress(len(found), len(places))
            logs = keep_logs or (store is not None and store.keeps_logs)
            with closing(_simulated(wanted, missing, execution or Execution(), logs)) as stream:
                try:
                    for place, result in stream:
                        raise_if_noticed()
                        if store:
                            store.save(places[place][0], result)
                        found[place] = result if keep_logs else replace(result, log=None)
                        if progress:
                            progress(len(found), len(places))
                except ReplicationError:
                    raise_if_noticed()  # Ctrl-C inside compiled code comes out as another error
                    raise
    except KeyboardInterrupt:
        raise Interrupted(_finished(found, places, store), len(places)) from None
    except ReplicationError as error:
        error.row = places[error.place][0]
        raise
    count = len(numbers)
    return [
        _in_order(plan, requests, [found[row * count + place] for place in range(count)], only)
        for row, (plan, requests) in enumerate(wanted)
    ]


def _finished(found: Mapping[int, Replication], places: Sequence[Place], store: Store | None) -> int:
    """How many are done; Ctrl-C may have come between saving a replication and noting it here."""
    if store is None:
        return len(found)
    return sum(store.holds(row, number) for row, number in places)


def _stored(store: Store, places: Sequence[Place], keep_logs: bool) -> Iterator[tuple[int, Replication]]:
    """What a store has, and which of the places each is."""
    for place, (row, number) in enumerate(places):
        result = store.load(row, number, log=keep_logs)
        if result is not None:
            yield place, result


def _simulated(
    wanted: Sequence[tuple[Plan, tuple[Request, ...]]],
    missing: Mapping[int, Place],
    execution: Execution,
    logs: bool,
) -> Generator[tuple[int, Replication]]:
    """The missing ones, each as it is done; where none is, no engine is prepared and no worker started."""
    if not missing:
        return
    contacts = sum(wanted[row][0].expected_contacts for row, _ in missing.values())
    engine = _engine(execution, contacts)
    jobs = [Job(plan, requests, engine, logs) for plan, requests in wanted]
    tasks = {place: (jobs[row], number) for place, (row, number) in missing.items()}
    yield from results(_opened(execution, jobs, contacts, len(tasks)), tasks)


def _engine(execution: Execution, contacts: float) -> Engine:
    """The engine to use. A cluster is asked for where there is much to do: compiling is worth it."""
    if execution.cluster is not None and execution.engine is Engine.AUTO:
        return Engine.COMPILED
    return chosen(execution.engine, contacts, execution.workers or _processors())


def _opened(
    execution: Execution, jobs: Sequence[Job], contacts: float, tasks: int
) -> Callable[[], AbstractContextManager[Pool]]:
    """What makes the pool: threads for the engine that does not hold Python's lock, else processes."""
    if execution.cluster is not None:
        return partial(cluster, execution.cluster, jobs[0])
    prepare(jobs[0].engine, jobs[0].plan)
    workers = min(execution.workers or _suitable_workers(jobs, contacts), tasks)
    if jobs[0].engine is Engine.COMPILED:
        return partial(threads, workers)
    return partial(processes, workers) if workers > 1 else in_this_thread


def _suitable_workers(jobs: Sequence[Job], contacts: float) -> int:
    """One a core, unless all the work takes less time than starting them, or they would need much memory."""
    is_compiled = jobs[0].engine is Engine.COMPILED
    if contacts <= (WORTH_STARTING_THREADS if is_compiled else WORTH_STARTING_PROCESSES):
        return 1
    processors = _processors()
    largest = max(job.plan.expected_contacts for job in jobs)
    return max(1, min(processors, int(CONTACTS_A_PROCESSOR * processors / largest)))


def _processors() -> int:
    """How many this process may use: a container's share, not all of the machine's."""
    from loky import cpu_count

    return int(cpu_count())


def _in_order(
    plan: Plan, requests: Sequence[Request], results: Sequence[Replication], only: int | None
) -> Runs:
    return Runs(
        plan=plan,
        tallies={request: stacked([r.tallies[request] for r in results]) for request in requests},
        standing={
            request: stacked([r.standing[request] for r in results])
            for request in requests
            if request in results[0].standing
        },
        contacts=tuple(r.contacts for r in results),
        logs=tuple(r.log for r in results if r.log is not None),
        only=only,
    )
