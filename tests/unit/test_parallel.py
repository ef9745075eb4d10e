"""However the replications of a run are done, the result is the same to the last bit."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.engine.choice import Engine
from sim.experiment import Execution, Runs, run
from sim.experiment.executors import processes
from sim.experiment.replicate import Job
from sim.experiment.stream import Pool, results
from sim.measures.sample import Sample, Tally
from sim.plan import compile_plan
from sim.reporting import headline
from tests.cli.running import DAY
from tests.unit.test_stream import Backwards

SCENARIO = sim.loads(DAY)
PLANS = [
    (compile_plan(each), (*headline.run_requests(each), *headline.interval_requests()))
    for each in (SCENARIO, SCENARIO.variant("two"))
]
REPLICATIONS = 4


def digest(studies: list[Runs]) -> str:
    """All numbers of a run: tallies, logs, contacts, in order."""
    total = hashlib.sha256()
    for runs in studies:
        total.update(repr(runs.contacts).encode())
        for tallies in (runs.tallies, runs.standing):
            for request, tally in tallies.items():
                total.update(repr(request).encode() + _bytes(tally))
        for log in runs.logs:
            total.update(log.to_bytes())
    return total.hexdigest()


def _bytes(tally: Tally) -> bytes:
    if isinstance(tally, Sample):
        return tally.counts.tobytes() + tally.values.tobytes() + tally.is_open.tobytes()
    return tally.tobytes()


def done(execution: Execution) -> str:
    """The digest of a run."""
    return digest(run(PLANS, REPLICATIONS, execution=execution, keep_logs=True))


@pytest.fixture(scope="module")
def expected() -> str:
    return done(Execution(Engine.REFERENCE, workers=1))


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.COMPILED])
@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_workers_gives_the_same_bytes(engine: Engine, workers: int, expected: str) -> None:
    assert done(Execution(engine, workers)) == expected


def test_an_executor_that_ends_the_last_first_gives_the_same_bytes(
    expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[int] = []

    class InAnyRow(Backwards):
        """Tells tasks apart by their place, since both plans have a replication of each number."""

        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
            place = len(places)
            places.append(place)
            return super().submit(lambda job, _: fn(job, args[1]), args[0], place)

    @contextmanager
    def backwards(workers: int) -> Iterator[Pool]:
        count = len(PLANS) * REPLICATIONS
        with InAnyRow(count) as executor:
            yield Pool(executor, at_once=lambda: count)

    monkeypatch.setattr(sys.modules[Execution.__module__], "processes", backwards)
    assert done(Execution(Engine.REFERENCE, workers=2)) == expected
    assert len(places) == len(PLANS) * REPLICATIONS


def test_one_replication_alone_is_the_one_among_all() -> None:
    (together,) = run(PLANS[:1], REPLICATIONS, keep_logs=True)
    (alone,) = run(PLANS[:1], REPLICATIONS, only=2, keep_logs=True)
    assert (alone.replications, alone.only, together.only) == (1, 2, None)
    assert [log.to_bytes() for log in alone.logs] == [together.logs[2].to_bytes()]


class Fatal:
    """A job that kills the process that unpickles it, the first time."""

    def __init__(self, job: Job, killed: Path) -> None:
        self.job, self.killed = job, killed

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.job, self.killed)


def _unpickled(job: Job, killed: Path) -> Job:
    try:
        killed.touch(exist_ok=False)
    except FileExistsError:
        return job
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_what_a_killed_worker_process_had_under_way_is_done_again(tmp_path: Path) -> None:
    killed = tmp_path / "killed"

    @contextmanager
    def opened() -> Iterator[Pool]:
        with processes(2) as pool:
            yield Pool(pool.executor, pool.at_once, shared=lambda job: Fatal(job, killed))

    plan, requests = PLANS[0]
    tasks = {number: (Job(plan, requests), number) for number in range(REPLICATIONS)}
    found = dict(results(opened, tasks))
    assert killed.exists()
    (undisturbed,) = run([(plan, requests)], REPLICATIONS, execution=Execution(Engine.REFERENCE))
    assert [found[number].contacts for number in range(REPLICATIONS)] == list(undisturbed.contacts)
    for request in requests:
        for number in range(REPLICATIONS):
            assert _bytes(found[number].tallies[request]) == _bytes(undisturbed.tallies[request][number])
