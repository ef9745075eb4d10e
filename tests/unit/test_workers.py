"""How many workers are taken when nobody says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.engine.choice import Engine
from sim.experiment import Execution, Job
from sim.plan import compile_plan
from tests.cli.running import DAY, written

module = sys.modules[Execution.__module__]


@pytest.fixture(autouse=True)
def four_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_processors", lambda: 4)


@pytest.mark.parametrize(
    ("engine", "volume", "replications", "workers"),
    [
        (Engine.COMPILED, 100, 10, 1),  # done before a thread is started
        (Engine.COMPILED, 5_000, 10, 4),
        (Engine.REFERENCE, 5_000, 10, 1),  # done before a process is started
        (Engine.REFERENCE, 50_000, 10, 4),
        (Engine.COMPILED, 350_000, 10, 2),
        (Engine.REFERENCE, 350_000, 10, 2),
        (Engine.COMPILED, 5_000_000, 10, 1),
    ],
)
def test_long_runs_take_all_processors_and_long_replications_fewer(
    engine: Engine, volume: int, replications: int, workers: int
) -> None:
    plan = compile_plan(sim.loads(DAY.replace("60/day", f"{volume}/day").replace(", run_out: 2h", "")))
    jobs = [Job(plan, (), engine)]
    assert module._suitable_workers(jobs, plan.expected_contacts * replications) == workers


PEAK = """
import sys
from pathlib import Path
from sim.cli.main import app
try:
    app(sys.argv[1:])
finally:
    lines = Path("/proc/self/status").read_text().splitlines()
    print(*[line for line in lines if "VmHWM" in line], file=sys.stderr)
"""
"""A command that says at the end how many kilobytes it had at most (getrusage counts the parent's, too)."""


@pytest.mark.skipif(sys.platform != "linux", reason="counted as Linux does, given back as glibc does")
def test_memory_does_not_grow_with_the_number_of_replications(tmp_path: Path) -> None:
    """Ten replications of 200,000 contacts leave no more behind than two."""
    big = DAY.replace("60/day", "200000/day").replace("agents: 1", "agents: 1000")
    path = written(tmp_path, big.replace("{exponential: {mean: 10m}}, next", "5m, next"))

    def peak(replications: int) -> int:
        options = ["-e", "compiled", "-w", "1", "-n", str(replications)]
        command = [sys.executable, "-c", PEAK, "run", str(path), *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
        _, kilobytes, unit = done.stderr.splitlines()[-1].split()
        assert unit == "kB"
        return int(kilobytes) // 1024

    peak(1)  # compiles the engine where that is still to be done
    peaks = peak(2), peak(10)
    assert peaks[1] < 400
    assert peaks[1] - peaks[0] < 25
