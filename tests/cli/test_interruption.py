"""Ctrl-C, a CI job that is called off, and a reader that goes away."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.cli.session import INTERRUPTED
from tests.cli.running import DAY, sim, written

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and process groups of Unix")

STARTED = """
import sys
from contextlib import contextmanager
from sim.cli import main
from sim.cli.session import Session

@contextmanager
def told(self):
    yield lambda done, total: print("one", file=sys.stderr, flush=True)

Session.progress = told
main()
"""
"""`sim` that says when a replication has finished: a test can wait for that instead of sleeping."""


@pytest.fixture
def busy(tmp_path: Path) -> Path:
    """A scenario whose replications take long enough to be interrupted among hundreds of them."""
    return written(tmp_path, DAY.replace("60/day", "2000/day").replace("agents: 1", "agents: 14"))


def members(group: int) -> list[str]:
    """The processes of a group that are still at work."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [row[2] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


def interrupted(
    path: Path, engine: str, workers: int, number: int, *, whole_group: bool
) -> tuple[int, str, str, int]:
    """Start a run, send a signal after its first replication; code, stdout, stderr and the group's number."""
    command = [sys.executable, "-c", STARTED, "run", str(path), "-n", "20000", "--engine", engine]
    command += ["--workers", str(workers)]
    running = subprocess.Popen(
        [*command, "--csv", str(path.parent / "x.csv")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, as a shell gives to a command
    )
    assert running.stderr is not None
    try:
        assert running.stderr.readline() == "one\n"
        (os.killpg if whole_group else os.kill)(running.pid, number)
        out, err = running.communicate(timeout=30)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
    return running.returncode, out, err, running.pid


def assert_alone(group: int) -> None:
    """No process of the group is left, a moment for the last to go being granted."""
    deadline = time.monotonic() + 5
    while (left := members(group)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_says_how_many_replications_had_finished_and_writes_nothing(
    workers: int, engine: str, busy: Path
) -> None:
    # A terminal sends SIGINT to the whole group, workers included.
    code, out, err, group = interrupted(busy, engine, workers, signal.SIGINT, whole_group=True)
    assert (code, out) == (INTERRUPTED, ""), err
    last = err.splitlines()[-1]
    found = re.fullmatch(r"stopped: (\d+) of 20000 replications had finished; nothing was written", last)
    assert found, err
    assert 1 <= int(found[1]) < 20000
    if workers == 1 or engine == "compiled":  # a worker process may add a word of its own
        assert set(err.splitlines()) <= {"one", last}
    assert [path.name for path in busy.parent.iterdir()] == ["day.yaml"]
    assert_alone(group)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_job_that_is_called_off_ends_its_workers_too(engine: str, busy: Path) -> None:
    # A CI runner sends SIGTERM to the one process that it started.
    code, out, err, group = interrupted(busy, engine, 2, signal.SIGTERM, whole_group=False)
    assert (code, out) == (INTERRUPTED, "")
    assert "replications had finished" in err
    assert "Traceback" not in err
    assert_alone(group)


def test_a_killed_worker_changes_no_byte_of_the_result(tmp_path: Path) -> None:
    path = written(tmp_path, DAY.replace("60/day", "500/day").replace("agents: 1", "agents: 4"))
    options = [*("run", str(path), "--json", "-n", "40", "--engine", "reference"), "--workers"]
    undisturbed = sim(*options, "1")
    running = subprocess.Popen(
        [sys.executable, "-c", STARTED, *options, "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stderr is not None
    try:
        assert running.stderr.readline() == "one\n"
        os.kill(worker_processes(running.pid)[0], signal.SIGKILL)
        out, err = running.communicate(timeout=60)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
    assert (running.returncode, out) == (0, undisturbed.stdout), err
    assert [line for line in err.splitlines() if line != "one"] == [
        "a worker process died: what it had under way is done again"
    ]
    assert_alone(running.pid)


def worker_processes(parent: int) -> list[int]:
    """The processes that do replications, by id."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [int(pid) for pid, of, command in rows if of == str(parent) and "popen_loky" in command]


@pytest.mark.parametrize(("target", "code"), [("0%", 0), ("100%", 1)])
def test_a_reader_that_goes_away_changes_no_verdict(target: str, code: int, tmp_path: Path) -> None:
    path = written(tmp_path, DAY.replace(">= 0%", f">= {target}"))
    reader, writer = os.pipe()
    os.close(reader)  # nobody will ever read
    try:
        command = [sys.executable, "-m", "sim", "check", str(path), "-w", "1"]
        done = subprocess.run(
            command, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (code, "")


def test_a_closed_stdout_is_no_fault_of_the_program(tmp_path: Path) -> None:
    path = written(tmp_path)
    done = subprocess.run(
        ["sh", "-c", '"$0" -m sim validate "$1" >&-', sys.executable, str(path)],
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
