"""How fast the engines are, as ratios in one run: to SimPy, to Ciw, to C++.

    python benchmarks/bench.py [--rounds N] [SECTION ...]

Prints tables in Markdown, those of docs/background/speed.md. Sections: day, queues, process, compare, length,
memory; all of them where none is named.
"""

from __future__ import annotations

import argparse
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

SECTIONS: dict[str, tuple[Callable[[int], str], int]] = {
    "day": (the_day, 9),
    "queues": (queues, 3),
    "process": (whole_process, 3),
    "compare": (comparison, 3),
    "length": (lengths, 5),
    "memory": (memory, 1),
}
"""What is measured, and in how many rounds."""


def main() -> None:
    """Measure the sections asked for and print their tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"one of {', '.join(SECTIONS)}")
    parser.add_argument("--rounds", type=int, help="how many (default: by section)")
    asked = parser.parse_args()
    if unknown := [name for name in asked.sections if name not in SECTIONS]:
        parser.error(f"there is no section {unknown[0]!r} (allowed: {', '.join(SECTIONS)})")
    print(f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores")
    print(f"C++: c++ {' '.join(FLAGS)}" if compiler() else "no C++ compiler here: its columns are empty")
    print(f"Ciw {version('ciw')}" if has_ciw() else "Ciw is not installed: its columns are empty")
    print(f"SimPy {version('simpy')}")
    print("Medians over interleaved rounds; of ratios also the range.")
    for name in asked.sections or SECTIONS:
        measure, rounds = SECTIONS[name]
        print(f"\n{measure(asked.rounds or rounds)}", flush=True)


if __name__ == "__main__":
    main()
