"""How fast the engines are, as ratios in one run: to SimPy, to Ciw, to C++.

    python benchmarks/bench.py [--rounds N] [--into docs/background/speed.md] [SECTION ...]

Prints tables in Markdown, and puts them into a page that has places for them. Sections: day, queues, process,
compare, length, memory; all of them where none is named.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from event_loop import FLAGS, compiler
from processes import comparison, memory, whole_process
from queues import has_ciw
from rates import lengths, queues, the_day
from rounds import put_into

SECTIONS: dict[str, tuple[Callable[[int], str], int]] = {
    "day": (the_day, 9),
    "queues": (queues, 3),
    "process": (whole_process, 3),
    "compare": (comparison, 3),
    "length": (lengths, 5),
    "memory": (memory, 1),
}
"""What is measured, and in how many rounds."""


def describe_machine() -> str:
    """What measured, as a list in Markdown."""
    return "\n".join(
        [
            f"- {processor()}, {os.cpu_count()} cores, {platform.system()}",
            f"- load average at the start: {load():.1f}",
            f"- Python {platform.python_version()}, Numba {version('numba')}, SimPy {version('simpy')}",
            f"- C++: `c++ {' '.join(FLAGS)}`"
            if compiler()
            else "- no C++ compiler, so its columns are empty",
            f"- Ciw {version('ciw')}" if has_ciw() else "- Ciw is not installed, so its columns are empty",
        ]
    )


def load() -> float:
    """How many processes wanted to run in the last minute; NaN where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan


def processor() -> str:
    """The name of the processor, where the system tells."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text(encoding="utf-8").splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main() -> None:
    """Measure the sections asked for and print their tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"one of {', '.join(SECTIONS)}")
    parser.add_argument("--rounds", type=int, help="how many (default: by section)")
    parser.add_argument("--into", type=Path, metavar="PAGE", help="also put the tables into this page")
    asked = parser.parse_args()
    if unknown := [name for name in asked.sections if name not in SECTIONS]:
        parser.error(f"there is no section {unknown[0]!r} (allowed: {', '.join(SECTIONS)})")
    machine = describe_machine()
    print(machine, flush=True)
    for name in asked.sections or SECTIONS:
        measure, rounds = SECTIONS[name]
        tables = measure(asked.rounds or rounds)
        print(f"\n{tables}", flush=True)
        if asked.into:
            put_into(asked.into, name, tables)
            put_into(asked.into, "machine", machine)


if __name__ == "__main__":
    main()
