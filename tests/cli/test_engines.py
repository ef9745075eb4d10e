"""`--engine` and `--only`, and a replication that fails."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.engine import reference
from sim.errors import ExitCode
from tests.cli.running import PYTHON, refused, sim, written

Broken = Callable[[frozenset[int]], None]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Broken:
    """Makes the reference engine fail at some replications."""
    really = reference.run

    def break_at(numbers: frozenset[int]) -> None:
        def run(plan: Any, replication: int) -> Any:
            if replication in numbers:
                raise ZeroDivisionError("by zero")
            return really(plan, replication)

        monkeypatch.setattr(reference, "run", run)

    monkeypatch.delenv("SIM_DEBUG", raising=False)
    return break_at


@pytest.mark.parametrize("command", ["run", "compare", "check"])
def test_both_engines_print_the_same(command: str, tmp_path: Path) -> None:
    day = written(tmp_path)
    said = [sim(command, day, "--engine", engine) for engine in ("reference", "compiled", "auto")]
    assert said[0].code == 0
    assert said[0] == said[1] == said[2]


def test_an_engine_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert "'reference'" in refused("run", written(tmp_path), "--engine", "referenz")


def test_one_replication_alone_has_no_intervals_and_says_so(tmp_path: Path) -> None:
    said = sim("run", written(tmp_path), "--only", "2")
    assert said.code == 0
    assert "replication 2 alone, of about" in said.stdout
    assert "leave out --only" in said.stdout
    assert "±" not in said.stdout


def test_one_replication_alone_is_the_one_among_all(tmp_path: Path) -> None:
    day = written(tmp_path)
    parts = [_contacts(sim("run", day, "--json", "--only", str(number)).stdout) for number in range(3)]
    whole = _contacts(sim("run", day, "--json", "-n", "3").stdout)
    assert len(set(parts)) == 3
    assert sum(parts) / 3 == pytest.approx(whole)


def _contacts(text: str) -> float:
    (record,) = json.loads(text)
    (row,) = [row for row in record["measures"] if row["measure"] == "contacts"]
    return float(row["value"])


def test_one_replication_alone_is_told_apart_in_the_record(tmp_path: Path) -> None:
    day = written(tmp_path)
    records = [json.loads(sim("run", day, "--json", *more).stdout)[0] for more in (["--only", "2"], [])]
    assert [(record["replications"], record["only"]) for record in records] == [(1, 2), (3, None)]


def test_a_number_of_replications_and_one_alone_contradict_each_other(tmp_path: Path) -> None:
    message = refused("run", written(tmp_path), "--only", "2", "-n", "5")
    assert message.startswith(
        "--only: '2' is one replication, and --replications asks for 5\n     → leave out"
    )


@pytest.mark.parametrize("number", ["-1", "x", "1000000"])
def test_a_replication_that_cannot_be_is_refused(number: str, tmp_path: Path) -> None:
    assert "--only" in refused("run", written(tmp_path), "--only", number)


@pytest.mark.parametrize("command", ["run", "compare", "check"])
def test_a_replication_that_fails_is_reported_with_the_command_that_shows_it_alone(
    command: str, tmp_path: Path, broken: Broken
) -> None:
    broken(frozenset({1}))
    day = written(tmp_path, name="a day.yaml")
    said = sim(command, day, "--engine", "reference", "--workers", "1")
    assert (said.code, said.stdout) == (ExitCode.INTERNAL, "")
    assert not PYTHON.search(said.stderr.replace("ZeroDivisionError", ""))
    told, remedy = said.stderr.splitlines()
    assert told == "replication 1 of 'today' (seed 7, reference engine) failed: ZeroDivisionError: by zero"
    shown = remedy.removeprefix("     → to see it fail alone: ")
    assert shown == f"sim run '{day}' --seed 7 --engine reference --only 1"
    again = sim(*shlex.split(shown)[1:])
    assert (again.code, again.stderr) == (said.code, said.stderr)


def test_the_variant_that_failed_is_in_the_command(
    tmp_path: Path, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = written(tmp_path)
    really = reference.run

    def run(plan: Any, replication: int) -> Any:
        assert (plan.names.variant, replication) != ("three", 2)
        return really(plan, replication)

    monkeypatch.setattr(reference, "run", run)
    said = sim("compare", day, "-e", "reference", "-w", "1", "--seed", "9")
    assert f"sim run {day} --variant three --seed 9 --engine reference --only 2" in said.stderr


def test_what_had_finished_before_a_failure_is_kept_in_the_store(
    tmp_path: Path, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = written(tmp_path)
    command = ("run", day, "-n", "5", "--engine", "reference", "-w", "1", "--json")
    whole = sim(*command)
    broken(frozenset({3}))
    assert sim(*command, "-o", tmp_path / "kept").code == ExitCode.INTERNAL
    monkeypatch.undo()
    simulated: list[int] = []
    really = reference.run

    def counting(plan: Any, replication: int) -> Any:
        simulated.append(replication)
        return really(plan, replication)

    monkeypatch.setattr(reference, "run", counting)
    assert sim(*command, "-o", tmp_path / "kept") == whole
    assert simulated == [3, 4]
