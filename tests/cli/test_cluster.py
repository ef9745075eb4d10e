"""`--cluster`: real schedulers and workers on this machine, and addresses at which there is none."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.compilation import digest_of
from sim.errors import ExitCode
from sim.experiment import cluster as clusters
from sim.experiment.cluster import ClusterError, ClusterLostError
from sim.experiment.store.inputs import RESULTS_COME_FROM
from tests.cli.running import DAY, Said, refused, sim, written

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends groups of processes, as Unix has them")

STARTED_WITHIN_S = 60
"""What a scheduler or a worker may take to start on a busy machine."""


class Daemon:
    """A process of `dask`, whose log says when it is there."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.log = folder / f"{words[0]}{len(list(folder.glob('*.log')))}.log"
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def said(self, words: str) -> str:
        """The last word of the first line with these words, waited for."""
        deadline = time.monotonic() + STARTED_WITHIN_S
        while time.monotonic() < deadline and self.process.poll() is None:
            for line in self.log.read_text(encoding="utf-8").splitlines():
                if words in line:
                    return line.split()[-1]
            time.sleep(0.05)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def end(self) -> None:
        """With all that it started: a worker has a nanny."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler on a free port, its address."""
    folder = tmp_path_factory.mktemp("scheduler")
    daemon = Daemon(folder, "scheduler", "--host", "127.0.0.1", "--port", "0")
    try:
        yield daemon.said("Scheduler at:")
    finally:
        daemon.end()


@pytest.fixture(scope="module")
def workers(scheduler: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Daemon]]:
    """Two worker processes that have joined it."""
    folder = tmp_path_factory.mktemp("workers")
    options = ("worker", scheduler, "--nthreads", "1", "--local-directory", str(folder))
    daemons = [Daemon(folder, *options) for _ in range(2)]
    try:
        for daemon in daemons:
            daemon.said("Registered to:")
        yield daemons
    finally:
        for daemon in daemons:
            daemon.end()


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_two_workers_of_a_cluster_and_one_machine_give_the_same_bytes(
    engine: str, scheduler: str, workers: list[Daemon], tmp_path: Path
) -> None:
    day = written(tmp_path)
    found: list[tuple[Said, str]] = []
    for where in (["--workers", "1"], ["--cluster", scheduler]):
        table = tmp_path / "table.csv"
        said = sim("compare", day, "-n", "6", "--engine", engine, "--json", "--csv", table, *where)
        found.append((said, table.read_text(encoding="utf-8")))
    assert found[0][0].code == ExitCode.PASSED
    assert found[0] == found[1]


def test_python_takes_a_cluster_too(scheduler: str, workers: list[Daemon]) -> None:
    import sim as package

    day = package.loads(DAY)
    here, there = (package.run(day, engine="reference", **where) for where in ({}, {"cluster": scheduler}))  # type: ignore[arg-type]
    assert there.contacts.equals(here.contacts)
    assert there.summary().equals(here.summary())


def test_when_a_worker_is_killed_the_others_do_its_work(
    scheduler: str, workers: list[Daemon], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = written(tmp_path)
    command = ("run", day, "-n", "30", "--engine", "reference", "--json")
    undisturbed = sim(*command, "--workers", "1")
    third = Daemon(tmp_path, "worker", scheduler, "--nthreads", "1", "--local-directory", str(tmp_path))
    try:
        third.said("Registered to:")

        def end_the_third(done: int, total: int) -> None:
            third.end()

        class Told:
            def __enter__(self) -> Any:
                return end_the_third

            def __exit__(self, *_: object) -> None:
                pass

        monkeypatch.setattr("sim.cli.session.Session.progress", lambda _: Told())
        disturbed = sim(*command, "--cluster", scheduler)
    finally:
        third.end()
    assert (disturbed.code, disturbed.stdout) == (0, undisturbed.stdout)


def test_a_replication_that_fails_on_a_worker_is_reported_like_any_other(
    scheduler: str, workers: list[Daemon], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.reporting.headline.run_requests", lambda scenario: ("no request",))
    day = written(tmp_path)
    said = sim("run", day, "--engine", "reference", "--cluster", scheduler)
    assert (said.code, said.stdout) == (ExitCode.INTERNAL, "")
    assert re.search(rf"sim run {day} --seed 7 --engine reference --only [012]\n", said.stderr)


# --- clusters that cannot be used


@pytest.mark.parametrize(
    "address",
    ["localhost", "localhost:8786", "http://localhost:8786", "tcp://localhost", "tcp://:8786", "tcp://a:x",
     "tcp://a:99999", "tcp://a:1/x", ""],
)  # fmt: skip
def test_a_malformed_address_is_refused(address: str, tmp_path: Path) -> None:
    message = refused("run", written(tmp_path), "--cluster", address)
    assert "is not the address of a cluster (allowed: tcp://host:port)\n     → write" in message


def test_workers_of_this_machine_and_of_a_cluster_contradict_each_other(tmp_path: Path) -> None:
    message = refused("run", written(tmp_path), "--cluster", "tcp://localhost:8786", "--workers", "2")
    assert message.startswith(
        "--workers: '2' is given beside --cluster, whose workers do the work\n     → leave"
    )


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives up soon, since these tests know that nothing will come."""
    monkeypatch.setattr(clusters, "CONNECTING_S", 0.5)


@pytest.mark.parametrize("listening", [False, True], ids=["nobody", "somebody who says nothing"])
def test_an_address_that_does_not_answer_is_given_up(listening: bool, soon: None, tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listening:
            server.listen()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        message = refused("check", written(tmp_path), "--cluster", address)
    assert message == (
        f"no Dask scheduler answers at '{address}'\n"
        "     → start one with `dask scheduler`, and write the address that it prints\n"
    )


def test_a_scheduler_without_workers_is_refused(soon: None, tmp_path: Path) -> None:
    daemon = Daemon(tmp_path, "scheduler", "--host", "127.0.0.1", "--port", "0")
    try:
        address = daemon.said("Scheduler at:")
        message = refused("run", written(tmp_path), "--cluster", address)
    finally:
        daemon.end()
    assert message.startswith(f"the scheduler at '{address}' has no workers\n     → start some")
    assert f"dask worker {address}" in message


def test_a_machine_without_dask_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    message = refused("run", written(tmp_path), "--cluster", "tcp://localhost:8786")
    assert "which is not installed\n     → pip install distributed" in message


def versions(**there: str | None) -> dict[str, Any]:
    """What Dask says of a cluster whose one worker differs."""
    here = {"python": "3.12.4.final.0", "sim": "1.2.3", "numpy": "2.4.0", "numba": "0.65.0"}
    return {
        "client": {"packages": here},
        "workers": {"tcp://10.0.0.7:40001": {"packages": {**here, **there}}},
    }


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ({"sim": "1.2.2"}, "has sim 1.2.2; this machine has sim 1.2.3"),
        ({"sim": None}, "has sim not at all; this machine has sim 1.2.3"),
        ({"python": "3.11.9.final.0", "numba": "0.64.0"}, "has python 3.11, numba 0.64.0; this machine"),
    ],
)
def test_workers_that_could_give_other_results_are_refused(there: dict[str, str | None], words: str) -> None:
    with pytest.raises(ClusterError, match=words) as error:
        clusters._check_versions(versions(**there))
    assert error.value.exit_code is ExitCode.INVALID
    assert str(error.value).startswith("the worker at tcp://10.0.0.7:40001 has")


def test_workers_with_other_sources_of_the_same_version_are_refused() -> None:
    here = digest_of(RESULTS_COME_FROM)
    clusters._check_sources({"tcp://10.0.0.7:40001": here})
    with pytest.raises(ClusterError, match=r"10\.0\.0\.8:40001 has other sources"):
        clusters._check_sources({"tcp://10.0.0.7:40001": here, "tcp://10.0.0.8:40001": here[::-1]})


def test_another_patch_of_python_will_do() -> None:
    clusters._check_versions(versions(python="3.12.9.final.0"))


def test_a_replication_that_kills_its_workers_is_named() -> None:
    worker = distributed.scheduler.WorkerState(
        address="tcp://10.0.0.7:40001", status=distributed.Status.running, pid=1, name="w", nthreads=1,
        memory_limit=0, local_directory="", nanny="", server_id="x", scheduler=None,
    )  # fmt: skip
    killed = distributed.KilledWorker("replicate-1", worker, 3)
    with (
        pytest.raises(ClusterLostError, match="died with the same replication under way"),
        clusters._losses("tcp://10.0.0.5:8786"),
    ):
        raise killed


def test_a_cluster_without_workers_is_waited_for_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Client:
        def __init__(self) -> None:
            self.threads = {"one": 2, "two": 4}

        def nthreads(self) -> dict[str, int]:
            return self.threads

    now = 0.0
    monkeypatch.setattr(clusters.time, "monotonic", lambda: now)
    client = Client()
    at_once = clusters._capacity(client, "tcp://10.0.0.5:8786")
    assert at_once() == 12
    client.threads = {}
    now = clusters.WITHOUT_WORKERS_S
    assert at_once() == 0
    now += 1
    with pytest.raises(ClusterLostError, match="has had no workers for 60 s"):
        at_once()
