"""Replications on an executor: given out a few at a time, and given back as they are done."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sim.errors import RunError
from sim.experiment.replicate import Job, Replication, ReplicationError, replicate

MOST_LOSSES = 3
"""How often the worker that holds a task may die before the task is given up."""

LOOK_UP_S = 1.0
"""Seconds between looks at the pool; on Windows, Ctrl-C would not end a longer wait."""

Task = tuple[Job, int]
"""A job and the number of a replication."""

log = logging.getLogger("sim")


@dataclass(frozen=True)
class Pool:
    """An executor and how it is to be used.

    at_once: how many tasks to have given out at any time, asked again and again as workers may come and go;
    shared: a job as the executor takes it, for one that keeps what many tasks have in common.
    """

    executor: Executor
    at_once: Callable[[], int]
    shared: Callable[[Job], Any] = lambda job: job


class WorkersLostError(RunError):
    """Workers died while they held the same task, again and again."""


class _BrokenError(Exception):
    """The executor is of no use any more; it held the tasks of these numbers."""

    def __init__(self, held: Sequence[int]) -> None:
        super().__init__(held)
        self.held = held


def results(
    opened: Callable[[], AbstractContextManager[Pool]], tasks: Mapping[int, Task]
) -> Generator[tuple[int, Replication]]:
    """Each task's number and result, as they complete; what a dead worker held is done again in a new pool.

    Raises:
        ReplicationError: a replication failed; all that was under way has been given back before.
        WorkersLostError: workers died with the same task three times.
    """
    left = dict(tasks)
    losses: Counter[int] = Counter()
    while left:
        try:
            with opened() as pool:
                for number, result in completed(pool, left):
                    del left[number]
                    yield number, result
        except _BrokenError as broken:
            losses.update(broken.held)
            suspects = [number for number, times in losses.items() if times == MOST_LOSSES]
            if suspects:
                raise _lost([tasks[number][1] for number in suspects]) from broken.__cause__
            log.warning("a worker process died: what it had under way is done again")


def completed(pool: Pool, tasks: Mapping[int, Task]) -> Iterator[tuple[int, Replication]]:
    """Each task's number and result, as they complete.

    Raises:
        ReplicationError: the failed one with the lowest number.
        _BrokenError: a worker process died.
    """
    waiting = iter(list(tasks))
    under_way: dict[Future[Replication], int] = {}
    failed: dict[int, ReplicationError] = {}
    held: list[int] = []
    broken: BrokenExecutor | None = None
    while True:
        room = 0 if failed or broken else pool.at_once() - len(under_way)
        for number in islice(waiting, max(0, room)):
            job, replication = tasks[number]
            try:
                future = pool.executor.submit(replicate, pool.shared(job), replication)
            except BrokenExecutor as error:
                broken = error
                break
            under_way[future] = number
        if not under_way:
            break
        done, _ = wait(under_way, timeout=LOOK_UP_S, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=under_way.__getitem__):
            number = under_way.pop(future)
            if future.cancelled() and failed:
                continue
            try:
                result = future.result()
            except ReplicationError as error:
                error.place = number
                failed[number] = error
                for other in under_way:
                    other.cancel()  # only what has not begun
            except BrokenExecutor as error:
                broken = error
                held.append(number)
            else:
                yield number, result
    if failed:
        raise failed[min(failed)]
    if broken:
        raise _BrokenError(sorted(held)) from broken


def _lost(replications: Sequence[int]) -> WorkersLostError:
    several = len(replications) > 1
    named = ", ".join(str(each) for each in replications)
    return WorkersLostError(
        f"a worker died {MOST_LOSSES} times with replication{'s' if several else ''} {named} under way",
        "the memory may be too small for it: try --workers 1, or a shorter horizon",
    )
