"""Whole commands from start to end, by the clock on the wall: one day fifty times, a comparison, memory."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rounds import Contender, interleaved, median, number, ratio, table

from sim.catalogue import Request
from sim.engine.choice import Engine
from sim.experiment import Execution, run
from sim.plan import Plan, compile_plan
from sim.reporting.headline import compare_requests
from sim.scenario import load

HERE = Path(__file__).parent


def sim(*words: str) -> list[str]:
    """A `sim` command line."""
    return [sys.executable, "-m", "sim", *words]


def wall_time(command: Sequence[str]) -> float:
    """Seconds from start to end of a command that must succeed."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return time.perf_counter() - begin


def peak_memory(command: Sequence[str]) -> int:
    """Bytes of memory that a command held at most (its resident set), as Linux keeps it.

    Not from the usage that the system reports of a child: that counts what this process held when it began.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    status = Path(f"/proc/{process.pid}/status")
    peak = 0
    while process.poll() is None:
        held = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        peak = max(peak, int(held[1]) * 1024 if held else 0)
        time.sleep(0.02)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return peak


def _timed(command: Sequence[str]) -> Contender:
    return lambda _: wall_time(command)


def whole_process(rounds: int) -> str:
    """Fifty days of 20,000 contacts: `sim run` and the script by hand, start-up included."""
    commands = {
        "by hand": [sys.executable, str(HERE / "handwritten.py"), "50"],
        "sim run": sim("run", str(HERE / "day.yaml"), "-n", "50", "--workers", "1", "--json"),
    }
    wall_time(sim("run", str(HERE / "day.yaml"), "-n", "1", "--json"))  # compiles what is not compiled yet
    found = interleaved({name: _timed(command) for name, command in commands.items()}, rounds)
    return table(
        ["50 days, from start to end", "SimPy script, s", "`sim run`, s", "`sim run` / script"],
        [["seconds", median(found, "by hand"), median(found, "sim run"), ratio(found, "sim run", "by hand")]],
    )


def comparison(rounds: int) -> str:
    """`sim compare` of three variants, 30 replications of a week of 50,000 contacts, one worker and two.

    From start to end as a command, and the replications alone: the part that workers share.
    """
    week = HERE / "week.yaml"
    wall_time(sim("compare", str(week), "-n", "2", "--json"))
    base = load(week)
    scenarios = [base, *(base.variant(name) for name in base.variants)]
    wanted = compare_requests(scenarios)
    plans = [(compile_plan(scenario), wanted) for scenario in scenarios]
    found = interleaved(
        {
            f"{what}, {workers}": contender
            for workers in (1, 2)
            for what, contender in (
                ("command", _timed(sim("compare", str(week), "-n", "30", "-w", str(workers), "--json"))),
                ("replications", _replications(plans, workers)),
            )
        },
        rounds,
    )
    return table(
        ["three variants, 4.5 million contacts", "1 worker, s", "2 workers, s", "1 worker / 2 workers"],
        [
            [words, median(found, one), median(found, two), ratio(found, one, two)]
            for words, what in (("`sim compare`", "command"), ("its replications alone", "replications"))
            for one, two in [(f"{what}, 1", f"{what}, 2")]
        ],
    )


def _replications(plans: Sequence[tuple[Plan, Sequence[Request]]], workers: int) -> Contender:
    """Seconds by the clock on the wall that all replications take, measured, in this process."""

    def timed(_: int) -> float:
        begin = time.perf_counter()
        run(plans, 30, execution=Execution(Engine.COMPILED, workers))
        return time.perf_counter() - begin

    return timed


def memory(_: int) -> str:
    """Ten million contacts in replications of half a million, without logs."""
    file = str(HERE / "half_a_million.yaml")
    if not Path("/proc/self/status").exists():
        return "Memory is measured on Linux only."
    few, many = (
        peak_memory(sim("run", file, "-n", str(count), "--workers", "1", "--json")) / 1e6 for count in (2, 20)
    )
    return table(
        ["memory at the peak, MB", "1 million contacts", "10 million contacts"],
        [["in replications of 500,000, without logs", number(few), number(many)]],
    )
