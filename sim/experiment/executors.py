"""Where replications are done on this machine: in this thread, in threads, in processes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sim.experiment.stream import Pool

IDLE_WORKER_S = 60
"""A worker without work ends after so many seconds, should its parent have been killed."""

GIVEN_TO_A_WORKER = 2
"""Tasks: one under way and one that waits for it."""


class InThisThread(Executor):
    """Does each task when it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future that is already done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def in_this_thread() -> Iterator[Pool]:
    """One after the other."""
    yield Pool(InThisThread(), at_once=lambda: 1)


@contextmanager
def threads(workers: int) -> Iterator[Pool]:
    """For an engine that does not hold Python's lock.

    A replication under way cannot be ended from outside. When the run does not finish it goes on for the
    moment that it takes, and nobody waits for it.
    """
    executor = ThreadPoolExecutor(workers, thread_name_prefix="sim replications")
    try:
        yield Pool(executor, at_once=lambda: GIVEN_TO_A_WORKER * workers)
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    executor.shutdown(wait=True)


@contextmanager
def processes(workers: int) -> Iterator[Pool]:
    """For the engine in Python; the processes are ended at once when the run does not finish."""
    from loky import ProcessPoolExecutor

    executor = ProcessPoolExecutor(max_workers=workers, timeout=IDLE_WORKER_S, initializer=_ignore_interrupts)
    try:
        yield Pool(executor, at_once=lambda: GIVEN_TO_A_WORKER * workers)
    except BaseException:
        executor.shutdown(wait=True, kill_workers=True)
        raise
    executor.shutdown(wait=True)


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process of the terminal; this one ends the workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
