"""Replications on executors that are slow, adverse, or die."""

from __future__ import annotations

import logging
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

import sim
from sim.experiment.executors import InThisThread, in_this_thread, threads
from sim.experiment.replicate import Job, Replication, ReplicationError, replicate
from sim.experiment.stream import MOST_LOSSES, Pool, WorkersLostError, completed, results
from sim.plan import compile_plan
from tests.cli.running import DAY

JOB = Job(compile_plan(sim.loads(DAY)), ())
TASKS = {number: (JOB, number) for number in range(6)}


class Faulty(InThisThread):
    """Does as it is told, but for some replications: they raise, or break it for good."""

    def __init__(self, raising: frozenset[int] = frozenset(), breaking: frozenset[int] = frozenset()) -> None:
        self.raising, self.breaking = raising, breaking
        self.given: list[int] = []
        self.broken = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        replication: int = args[1]
        if self.broken:
            raise BrokenExecutor
        self.given.append(replication)
        future: Future[Any] = Future()
        if replication in self.breaking:
            self.broken = True
            future.set_exception(BrokenExecutor())
        elif replication in self.raising:
            future.set_exception(ReplicationError("", replication, 7, "reference", "ValueError: x"))
        else:
            return super().submit(fn, *args, **kwargs)
        return future


def opened(*executors: Executor, at_once: int = 2) -> Callable[[], Any]:
    """A pool of the first executor, when that is of no use of the second, and so on."""
    remaining = iter(executors)

    @contextmanager
    def pool() -> Iterator[Pool]:
        yield Pool(next(remaining), at_once=lambda: at_once)

    return pool


class Backwards(ThreadPoolExecutor):
    """Ends what it is given in the opposite order: each waits for the one after it."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.ended = [threading.Event() for _ in range(count + 1)]
        self.ended[count].set()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        replication: int = args[1]

        def later() -> Any:
            assert self.ended[replication + 1].wait(timeout=60)
            return fn(*args, **kwargs)

        future = super().submit(later)
        future.add_done_callback(lambda _: self.ended[replication].set())
        return future


def test_results_come_as_they_complete() -> None:
    with Backwards(6) as executor:
        found = list(results(opened(executor, at_once=6), TASKS))
    assert [place for place, _ in found] != list(range(6))
    assert {place: result.replication for place, result in found} == {place: place for place in range(6)}
    assert found[-1][0] == 0


def test_only_so_many_are_given_out_at_a_time() -> None:
    out, most = 0, 0
    lock = threading.Lock()

    class Counting(ThreadPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            nonlocal out, most
            with lock:
                out += 1
                most = max(most, out)
            return super().submit(fn, *args, **kwargs)

    executor = Counting(3)
    pool = Pool(executor, at_once=lambda: 4)
    with executor:
        for _ in completed(pool, {place: (JOB, place % 6) for place in range(18)}):
            with lock:
                out -= 1
    assert most == 4


def test_what_many_tasks_have_in_common_is_given_as_the_executor_takes_it() -> None:
    taken: list[Any] = []

    class Taking(InThisThread):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            taken.append(args[0])
            return super().submit(fn, JOB, args[1])

    pool = Pool(Taking(), at_once=lambda: 1, shared=lambda job: f"the job with {len(job.requests)} requests")
    assert len(list(completed(pool, {0: TASKS[0]}))) == 1
    assert taken == ["the job with 0 requests"]


def test_a_failed_replication_stops_the_others_but_loses_none_that_is_under_way() -> None:
    executor = Faulty(raising=frozenset({2}))
    found: list[int] = []
    with pytest.raises(ReplicationError) as error:
        collect(results(opened(executor, at_once=2), TASKS), found)
    assert sorted(found) == [0, 1, 3]
    assert executor.given == [0, 1, 2, 3]
    assert (error.value.replication, error.value.place) == (2, 2)


def collect(stream: Iterator[tuple[int, Replication]], found: list[int]) -> None:
    """The places of results, up to an error."""
    for place, _ in stream:
        found.append(place)


def test_of_several_failed_replications_the_first_is_reported() -> None:
    for _ in range(5):
        with pytest.raises(ReplicationError) as error:
            list(results(opened(Faulty(raising=frozenset({1, 2, 3})), at_once=4), TASKS))
        assert error.value.replication == 1


def test_what_a_broken_executor_held_is_done_by_the_next(caplog: pytest.LogCaptureFixture) -> None:
    first, second = Faulty(breaking=frozenset({3})), Faulty()
    with caplog.at_level(logging.WARNING, "sim"):
        found = dict(results(opened(first, second), TASKS))
    assert [found[place].replication for place in range(6)] == list(range(6))
    assert sorted(second.given) == [3, 4, 5]
    assert caplog.messages == ["a worker process died: what it had under way is done again"]


def test_a_task_that_kills_every_worker_is_given_up_and_named() -> None:
    pools = [Faulty(breaking=frozenset({4})) for _ in range(MOST_LOSSES + 1)]
    found: list[int] = []
    with pytest.raises(WorkersLostError, match="a worker died 3 times with replication 4 under way") as error:
        collect(results(opened(*pools, at_once=1), TASKS), found)
    assert sorted(found) == [0, 1, 2, 3]
    assert "→" in str(error.value)
    assert pools[MOST_LOSSES].given == []


def test_an_error_of_a_replication_survives_the_way_between_processes() -> None:
    error = ReplicationError("two", 3, 7, "compiled", "KeyError: 'x'")
    error.remedy = "do so"
    other = pickle.loads(pickle.dumps(error))
    assert str(other) == str(error)
    assert (
        str(other) == "replication 3 of 'two' (seed 7, compiled engine) failed: KeyError: 'x'\n     → do so"
    )


def test_a_fault_in_the_engine_says_which_replication(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(plan: object, replication: int) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("sim.engine.reference.run", broken)
    with pytest.raises(
        ReplicationError, match=r"replication 5 of 'today' .* failed: ZeroDivisionError: by zero"
    ):
        replicate(JOB, 5)


@pytest.mark.parametrize("pool", [in_this_thread, lambda: threads(2)], ids=["this thread", "threads"])
def test_a_run_that_stops_gives_out_nothing_more(pool: Callable[[], Any]) -> None:
    stream = results(pool, {place: (JOB, place) for place in range(600)})
    next(stream)
    stream.close()
    alive = [thread for thread in threading.enumerate() if thread.name.startswith("sim replications")]
    for thread in alive:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in alive)
