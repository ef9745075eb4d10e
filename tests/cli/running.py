"""Running `sim` in this process and in one of its own; scenarios to run."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from sim.cli.main import app

# Words that only Python programmers use: none of them may reach a planner.
PYTHON = re.compile(
    r"Traceback|internal error|pydantic|<class|NoneType|KeyError|ValueError|TypeError|OverflowError|"
    r"\b(str|int|dict|float)\b|object at 0x"
)

DAY = """\
name: small desk
time: {start: 2026-03-02, horizon: 1d, run_out: 2h}
run: {replications: 3, seed: 7}
segments:
  vip: {share: 20%, priority: 1}
  core: {share: 80%}
channels:
  phone:
    arrivals: {volume: 60/day}
    patience: {exponential: {mean: 10m}}
    journey: voice
teams:
  desk: {agents: 1, skills: {answer: 1}}
journeys:
  voice:
    answer: {work: {time: {exponential: {mean: 10m}}}, next: {resolved: 80%, unresolved: rest}}
slas:
  answered fast: service_level(60s) >= 0% for channel=phone
variants:
  two: {teams.desk.agents: 2}
  three: {teams.desk.agents: 3}
"""
"""A day that takes milliseconds. Nobody can miss 0 %, so that the SLA as written passes."""


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str


def sim(*arguments: str | Path) -> Said:
    """Run a command in this process."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Said(int(result.exit_code), result.stdout, result.stderr)


def refused(*arguments: str | Path) -> str:
    """The message of a command that must end with exit code 2 and print nothing on stdout."""
    said = sim(*arguments)
    assert (said.code, said.stdout) == (2, ""), said
    assert not PYTHON.search(said.stderr), said.stderr
    return said.stderr


def process(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    command = [sys.executable, "-m", "sim", *(str(each) for each in arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)  # type: ignore[call-overload,no-any-return]


def written(folder: Path, text: str = DAY, name: str = "day.yaml") -> Path:
    """A scenario file in a folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def files(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, by its name there."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
