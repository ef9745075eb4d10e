"""Many replications, in whatever order they finish; results always in the order of replications."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sim.catalogue import Request
from sim.experiment.interruption import noticed_interrupts
from sim.experiment.replicate import Replication, Task, measured, replicate
from sim.experiment.store import Store
from sim.log import Log
from sim.measures.sample import Tally, stacked
from sim.plan import Plan

WORTH_STARTING_PROCESSES = 200_000
"""Contacts: some five seconds of work for one process."""

IDLE_WORKER_S = 60
"""A worker without work ends after so many seconds, should its parent have been killed."""

Progress = Callable[[int, int], None]
"""Called with the number of replications done and the number in all."""


@dataclass(frozen=True)
class Runs:
    """The replications of one plan.

    tallies: of each request numerator and denominator, float64 [replications, cells, 2], or the values of a
    quantile by replication and cell; standing: see `Replication`; contacts: number counted in each
    replication's log; logs: empty unless kept.
    """

    plan: Plan
    tallies: Mapping[Request, Tally]
    standing: Mapping[Request, Tally]
    contacts: tuple[int, ...]
    logs: tuple[Log, ...]

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
    workers: int | None = None,
    keep_logs: bool = False,
    progress: Progress | None = None,
    store: Store | None = None,
) -> list[Runs]:
    """Simulate replications 0 … n-1 of each plan and measure what is requested of it.

    Args:
        plans: one for each scenario or variant, with its requests.
        replications: how many of each plan.
        workers: processes; with 1 everything happens in this one; None: one a core where the work is worth
            it. The result is the same.
        keep_logs: keep every log, for measures and tables asked for later.
        progress: told after each replication.
        store: where replications that are there already are taken from, and others are saved to.

    Raises:
        ReplicationError: a replication failed.
        StoreError: the store cannot be read or written.
        Interrupted: Ctrl-C.
    """
    wanted = [(plan, tuple(dict.fromkeys(requests))) for plan, requests in plans]
    tasks = [
        Task(plan, replication, requests, keep_logs or (store is not None and store.keeps_logs))
        for plan, requests in wanted
        for replication in range(replications)
    ]
    found: dict[int, Replication] = {}
    try:
        with noticed_interrupts() as raise_if_noticed:
            if store:
                found.update(_stored(store, tasks, replications, keep_logs))
            missing = {number: task for number, task in enumerate(tasks) if number not in found}
            if progress and found:
                progress(len(found), len(tasks))
            with _executor(min(workers or _suitable_workers(missing.values()), len(missing))) as executor:
                for number, result in _results(executor, missing):
                    raise_if_noticed()
                    if store:
                        store.save(number // replications, result)
                    found[number] = result if keep_logs else replace(result, log=None)
                    if progress:
                        progress(len(found), len(tasks))
    except KeyboardInterrupt:
        raise Interrupted(_finished(found, tasks, replications, store), len(tasks)) from None
    return [
        _in_order(plan, requests, [found[row * replications + number] for number in range(replications)])
        for row, (plan, requests) in enumerate(wanted)
    ]


def _finished(
    found: Mapping[int, Replication], tasks: Sequence[Task], replications: int, store: Store | None
) -> int:
    """How many are done; Ctrl-C may have come between saving a replication and noting it here."""
    if store is None:
        return len(found)
    return sum(store.holds(number // replications, task.replication) for number, task in enumerate(tasks))


def _stored(
    store: Store, tasks: Sequence[Task], replications: int, keep_logs: bool
) -> Iterator[tuple[int, Replication]]:
    """The number of each task whose result a store has, and the result."""
    for number, task in enumerate(tasks):
        result = store.load(number // replications, task.replication, log=keep_logs)
        if result is not None:
            yield number, result


def _results(executor: Executor | None, tasks: Mapping[int, Task]) -> Iterator[tuple[int, Replication]]:
    """Each task's number and result, as they complete."""
    if executor is None:
        for number, task in tasks.items():
            yield number, replicate(task)
        return
    numbers = {executor.submit(replicate, task): number for number, task in tasks.items()}
    for future in as_completed(numbers):
        yield numbers.pop(future), future.result()


def _suitable_workers(tasks: Iterable[Task]) -> int:
    """One process a core, unless all the work takes less time than starting them."""
    contacts = sum(task.plan.expected_contacts for task in tasks)
    return (os.cpu_count() or 1) if contacts > WORTH_STARTING_PROCESSES else 1


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process of the terminal; this one ends the workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _executor(workers: int) -> Iterator[Executor | None]:
    """Processes for more than one worker; they are ended at once when the run does not finish."""
    if workers <= 1:
        yield None
        return
    from loky import ProcessPoolExecutor

    executor = ProcessPoolExecutor(max_workers=workers, timeout=IDLE_WORKER_S, initializer=_ignore_interrupts)
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=True, kill_workers=True)
        raise
    executor.shutdown(wait=True)


def _in_order(plan: Plan, requests: Sequence[Request], results: Sequence[Replication]) -> Runs:
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
    )
