"""`-o DIR`: the same bytes whatever happens on the way, nothing finished is lost, nothing overwritten."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli.session import INTERRUPTED
from sim.errors import ExitCode
from sim.experiment.store import Store
from sim.experiment.store.inputs import Inputs
from tests.cli.running import DAY, PYTHON, Said, files, process, sim, written

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of Unix")

BUSY = DAY.replace("60/day", "2000/day").replace("agents: 1", "agents: 14")
"""A replication of it takes long enough for a process to be stopped among several of them."""


@pytest.fixture
def day(tmp_path: Path) -> Path:
    return written(tmp_path)


@pytest.fixture
def busy(tmp_path: Path) -> Path:
    return written(tmp_path, BUSY)


# --- the same bytes


@pytest.mark.parametrize("command", ["run", "compare", "check"])
def test_results_kept_are_those_printed_and_the_second_time_are_the_same(
    command: str, day: Path, tmp_path: Path
) -> None:
    plain = sim(command, day, "--json")
    first = sim(command, day, "--json", "-o", tmp_path / "store")
    kept = files(tmp_path / "store")
    assert first == plain
    assert kept["measures.json"].decode() == plain.stdout
    assert sim(command, day, "--json", "-o", tmp_path / "store") == plain
    assert files(tmp_path / "store") == kept


def test_files_do_not_depend_on_workers_place_or_machine(day: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    assert sim("run", day, "--logs", "-o", here, "-w", "1").code == 0
    elsewhere = tmp_path / "else" / "where"
    moved = written(tmp_path, name="moved.yaml")
    zone = {**os.environ, "TZ": "Asia/Tokyo", "HOSTNAME": "other"}
    done = process("run", moved, "--logs", "-o", elsewhere, "-w", "2", env=zone)
    assert done.returncode == 0, done.stderr
    assert files(elsewhere) == files(here)
    for name, data in files(here).items():
        assert str(tmp_path).encode() not in data, name


def test_what_is_there_is_not_simulated_again(
    day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sim("run", day, "-o", tmp_path / "store")

    def saved(*_: object) -> None:
        raise AssertionError("what was simulated is saved: this must not be reached")

    monkeypatch.setattr(Store, "save", saved)
    assert sim("run", day, "-o", tmp_path / "store") == first


@pytest.mark.parametrize("logs", [(), ("--logs",)], ids=["tallies", "logs"])
def test_more_replications_are_added_and_fewer_are_taken_from_the_first(
    logs: tuple[str, ...], day: Path, tmp_path: Path
) -> None:
    def run(folder: str, replications: int) -> tuple[Said, dict[str, bytes]]:
        said = sim("run", day, *logs, "-o", tmp_path / folder, "-n", replications)
        return said, files(tmp_path / folder)

    two, of_two = run("two", 2)
    five, of_five = run("five", 5)
    assert run("grown", 2) == (two, of_two)
    assert run("grown", 5) == (five, of_five)
    again, back = run("grown", 2)
    assert again == two
    # The measures are those of the last command; the other three replications stay where they are.
    assert {name: data for name, data in back.items() if name.startswith("measures")} == {
        name: data for name, data in of_two.items() if name.startswith("measures")
    }
    assert set(back) == set(of_five)
    assert run("grown", 5) == (five, of_five)


def test_variants_with_replications_of_their_own_are_kept_side_by_side(tmp_path: Path) -> None:
    path = written(tmp_path, DAY + "  longer: {run.replications: 4}\n")
    said = sim("run", path, "-v", "two", "-v", "longer", "-o", tmp_path / "store", "--json")
    assert [study["replications"] for study in json.loads(said.stdout)] == [3, 4]
    assert sorted(name for name in files(tmp_path / "store") if name.startswith("tallies")) == [
        *(f"tallies/0-{n:06d}.npz" for n in range(3)),
        *(f"tallies/1-{n:06d}.npz" for n in range(4)),
    ]


# --- other inputs


def in_version(folder: Path, **other: str) -> None:
    """The manifest as another version would have written it."""
    manifest = folder / "manifest.json"
    kept = Inputs.from_text(manifest.read_text(encoding="utf-8"))
    changed = replace(kept, **(other or {"version": "0.0.9"}))
    manifest.write_text(changed.to_text(), encoding="utf-8")


def by_other_sources(folder: Path) -> None:
    in_version(folder, sources="0123456789abcdef")


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (None, ("--seed", "8"), "the seed of 'small desk', today was 7, not 8"),
        (("mean: 10m", "mean: 9m"), (), "the scenario 'small desk', today has changed"),
        (("small desk", "big desk"), (), "it holds 'small desk', today, not 'big desk', today"),
        (None, ("-v", "two"), "it holds 'small desk', today, not 'small desk', two"),
        (None, ("-v", "two", "-v", "three"), "not 'small desk', two; 'small desk', three"),
        (("service_level(60s)", "service_level(30s)"), (), "are new: 'service_level(30s) for channel=phone'"),
        (None, ("--csv", "x.csv"), "measures of 'small desk', today are new"),
        (None, ("--logs",), "it was made without logs"),
        (in_version, (), "it was made by sim 0.0.9, this is "),
        (by_other_sources, (), "it was made by other sources of sim "),
    ],
)  # fmt: skip
def test_a_store_of_other_inputs_is_refused_and_left_alone(
    change: tuple[str, str] | Callable[[Path], None] | None,
    options: tuple[str, ...],
    words: str,
    day: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sim("run", day, "-o", "store").code == 0
    if isinstance(change, tuple):
        written(tmp_path, DAY.replace(*change))
    elif change:
        change(tmp_path / "store")
    kept = files(tmp_path / "store")
    said = sim("run", day, *options, "-o", "store")
    assert (said.code, said.stdout) == (ExitCode.BASELINE_MISSING, "")
    assert said.stderr.startswith("the store 'store' is of other inputs: ")
    assert words in said.stderr
    assert "     → name another folder, or delete this one" in said.stderr
    assert not PYTHON.search(said.stderr)
    assert files(tmp_path / "store") == kept


@pytest.mark.parametrize("content", [b"", b"{}", b"nonsense", b"\xff\xfe", None])
def test_a_damaged_manifest_is_told_and_left_alone(content: bytes | None, day: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    sim("run", day, "-o", store)
    manifest = store / "manifest.json"
    if content is None:
        content = manifest.read_bytes().replace(b'"seed": 7', b'"seed": 9')
    manifest.write_bytes(content)
    kept = files(store)
    for command in (("run", day, "-o", store), ("sql", store)):
        said = sim(*command)
        assert (said.code, said.stdout) == (ExitCode.BASELINE_MISSING, "")
        assert "is damaged" in said.stderr
        assert "     → " in said.stderr
    assert files(store) == kept


def test_a_folder_with_something_else_in_it_is_left_alone(day: Path, tmp_path: Path) -> None:
    kept = files(tmp_path)
    said = sim("run", day, "-o", tmp_path)
    assert (said.code, said.stdout) == (ExitCode.BASELINE_MISSING, "")
    assert "is not a store of results: no manifest.json in it\n     → name a new or an empty" in said.stderr
    assert files(tmp_path) == kept


def test_a_file_is_no_folder(day: Path) -> None:
    for target in (day, day / "store"):
        said = sim("run", day, "-o", target)
        assert (said.code, said.stdout) == (ExitCode.INVALID, "")
        assert not PYTHON.search(said.stderr)
    assert day.read_text(encoding="utf-8") == DAY


def test_logs_without_a_folder_are_refused(day: Path) -> None:
    said = sim("run", day, "--logs")
    assert said.code == ExitCode.INVALID
    assert "     → add -o DIR" in said.stderr


# --- damage


@pytest.mark.parametrize("name", ["tallies/0-000001.npz", "contacts/0-000001.parquet"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:]),
        lambda path: path.write_bytes(path.with_name(path.name.replace("1", "2")).read_bytes()),
    ],
    ids=["empty", "cut short", "flipped", "another replication"],
)
def test_a_damaged_file_is_told_and_mended(
    damage: Callable[[Path], object], name: str, day: Path, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    first = sim("run", day, "--logs", "-o", store)
    kept = files(store)
    damage(store / name)
    said = sim("run", day, "--logs", "-o", store)
    assert (said.code, said.stdout) == (0, first.stdout)
    assert len(said.stderr.splitlines()) == 1
    assert "replication 1 of 'small desk', today is simulated again" in said.stderr
    assert files(store) == kept


def test_measures_that_were_changed_are_written_anew(day: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = sim("run", day, "-o", store)
    kept = files(store)
    (store / "measures.csv").write_text("changed", encoding="utf-8")
    assert sim("sql", store).code == ExitCode.BASELINE_MISSING
    assert sim("run", day, "-o", store) == first
    assert files(store) == kept


# --- a folder that cannot be written


def limited(*arguments: str | Path, size: int) -> subprocess.CompletedProcess[str]:
    """Run a command that cannot write files of more than `size` bytes, as on a disk that is full."""

    import resource  # not there on Windows

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return process(*arguments, preexec_fn=limit)


@pytest.mark.parametrize("size", [100, 3000, 6000], ids=["manifest", "logs", "tallies"])
def test_a_full_disk_is_told_and_what_was_finished_is_kept(size: int, day: Path, tmp_path: Path) -> None:
    whole, store = tmp_path / "whole", tmp_path / "store"
    sim("run", day, "--logs", "-o", whole)
    done = limited("run", day, "--logs", "-o", store, "-w", "1", size=size)
    assert (done.returncode, done.stdout) == (ExitCode.INVALID, ""), done.stderr
    assert done.stderr.startswith(f"cannot write the store '{str(store)[:20]}")
    assert "     → " in done.stderr
    assert not PYTHON.search(done.stderr)
    assert all(data == files(whole)[name] for name, data in files(store).items())
    assert sim("run", day, "--logs", "-o", store).code == 0
    assert files(store) == files(whole)


def test_a_folder_that_may_not_be_written_is_told(day: Path, tmp_path: Path) -> None:
    # Root may write everywhere, but makes no folder in /proc either.
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    target = locked / "store" if os.geteuid() else Path("/proc/store")
    said = sim("run", day, "-o", target)
    assert (said.code, said.stdout) == (ExitCode.INVALID, "")
    assert said.stderr.startswith("cannot write the store '")
    assert not PYTHON.search(said.stderr)


# --- stopped on the way


def started(*arguments: str | Path) -> subprocess.Popen[str]:
    """A command in a process group of its own."""
    command = [sys.executable, "-m", "sim", *(str(each) for each in arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def stopped(store: Path, number: int, *arguments: str | Path, after: int = 1) -> tuple[int, str, str]:
    """Start a command and send its whole group a signal once `after` replications are in the store."""
    running = started(*arguments, "-o", store)
    try:
        deadline = time.monotonic() + 60
        while len(list(store.glob("tallies/*.npz"))) < after:
            assert running.poll() is None, running.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.002)
        os.killpg(running.pid, number)
        out, err = running.communicate(timeout=60)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
    return running.returncode, out, err


@pytest.mark.parametrize(("workers", "kills"), [(1, (1, 3, 5)), (2, (2,))])
def test_a_command_killed_at_any_moment_goes_on_and_ends_with_the_same_bytes(
    workers: int, kills: tuple[int, ...], busy: Path, tmp_path: Path
) -> None:
    arguments = ("run", busy, "-n", "8", "--logs")
    undisturbed = sim(*arguments, "-o", tmp_path / "whole", "-w", "1")
    store = tmp_path / "store"
    for after in kills:
        code, out, _ = stopped(store, signal.SIGKILL, *arguments, "-w", str(workers), after=after)
        assert (code, out) == (-signal.SIGKILL, "")
        assert len(list(store.glob("tallies/*.npz"))) < 8
    done = process(*arguments, "-o", store, "-w", str(workers))
    assert (done.returncode, done.stdout, done.stderr) == (0, undisturbed.stdout, "")
    assert files(store) == files(tmp_path / "whole")


def test_what_a_killed_process_left_unfinished_is_taken_away(day: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    (store / ".manifest.json.0123456789abcdef.unfinished").write_bytes(b"{")  # killed at the very first file
    first = sim("run", day, "--logs", "-o", store)
    kept = files(store)
    assert not [name for name in kept if name.endswith(".unfinished")]
    for folder in ("", "tallies", "contacts", "steps", "agents"):
        (store / folder / ".x.0123456789abcdef.unfinished").write_bytes(b"half")
    (store / "measures.sha256").unlink()  # killed while the measures were written
    assert sim("run", day, "--logs", "-o", store) == first
    assert files(store) == kept


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_says_how_many_replications_are_kept_and_the_same_command_goes_on(
    workers: int, busy: Path, tmp_path: Path
) -> None:
    arguments = ("check", busy, "-n", "2000", "-w", str(workers))
    store = tmp_path / "store"
    code, out, err = stopped(store, signal.SIGINT, *arguments)
    assert (code, out) == (INTERRUPTED, ""), err
    last = err.splitlines()[-1]
    found = re.fullmatch(
        r"stopped: (\d+) of 2000 replications are kept in '.*'; the same command goes on from there", last
    )
    assert found, err
    kept = {name: data for name, data in files(store).items() if name.startswith("tallies")}
    assert int(found[1]) == len(kept) >= 1
    assert sim("check", busy, "-n", "2", "-o", store).code == 0
    now = files(store)
    assert all(now[name] == data for name, data in kept.items())


def test_two_processes_on_one_store_do_not_harm_each_other(busy: Path, tmp_path: Path) -> None:
    arguments = ("run", busy, "-n", "4", "--logs", "-w", "1")
    assert sim(*arguments, "-o", tmp_path / "whole").code == 0
    both = [started(*arguments, "-o", tmp_path / "store") for _ in range(2)]
    said = [each.communicate(timeout=120) for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    assert said[0] == said[1]
    assert files(tmp_path / "store") == files(tmp_path / "whole")
