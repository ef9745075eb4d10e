"""Where the compiled engine's time goes: the day of 20,000 contacts, sampled by `perf`.

    python benchmarks/where_time_goes.py [--days N] [--into docs/background/speed.md]

For Linux, with `perf` and the binutils (Debian: linux-perf, binutils). The engine is compiled anew, with line
numbers, which takes a minute or two; each sample then counts for the innermost function whose code was
running, however deep it was inlined. Prints two tables in Markdown: by module, and by function.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from rounds import put_into, table

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "sim"

FREQUENCY = 1999
"""Samples a second."""

CODE_SECTIONS = (".text", ".ltext")
"""Where an object file holds its machine code; Numba's are in the latter."""

MOST_FUNCTIONS = 15

LIBRARIES = {
    "libm": "C library: logarithms, powers",
    "libc": "C library: copying and clearing memory",
    "numpy": "NumPy: columns of the log",
    "kernel": "kernel: memory handed out",
    "libpython": "Python",
}
"""What the time spent outside compiled code is called, by a part of the file's name."""


# --- the process that is watched ---------------------------------------------------------------------------


def simulate(folder: Path, days: int) -> None:
    """Simulate days; note when that was, the CPU time of a contact and where the machine code lies."""
    objects = objects_loaded_from_now_on()
    cpu_time_of_a_contact(1)  # loads the machine code
    begin = time.monotonic()
    seconds = cpu_time_of_a_contact(days)
    end = time.monotonic()
    code = list(write_machine_code(folder, objects))
    noted = {"begin": begin, "end": end, "seconds": seconds, "code": code}
    (folder / "noted.json").write_text(json.dumps(noted), encoding="ascii")


def cpu_time_of_a_contact(days: int) -> float:
    """Seconds, over so many replications of the day."""
    from sim.engine import compiled
    from sim.plan import compile_plan
    from sim.scenario import load

    plan = compile_plan(load(HERE / "day.yaml"))
    begin = time.process_time()
    contacts = sum(len(compiled.run(plan, replication).contacts) for replication in range(days))
    return (time.process_time() - begin) / contacts


def objects_loaded_from_now_on() -> dict[str, bytes]:
    """Object files by the name of their library, filled in as Numba loads them from its cache."""
    from numba.core import codegen

    loader: Any = codegen.CPUCodegen
    objects: dict[str, bytes] = {}
    load = loader.unserialize_library

    def load_and_keep(self: Any, serialized: tuple[str, str, tuple[bytes, bytes]]) -> Any:
        library = load(self, serialized)
        _, kind, data = serialized
        if kind == "object":
            objects[library.name] = data[0]
        return library

    loader.unserialize_library = load_and_keep
    return objects


def write_machine_code(folder: Path, objects: dict[str, bytes]) -> Iterator[tuple[int, int, str]]:
    """Write the object file of each function that Python has called; yields where it lies in memory.

    Yields the first address, the one past the last, and the file.
    """
    for number, (library, name) in enumerate(_called_functions()):
        file = folder / f"{number}.o"
        file.write_bytes(objects[library.name])
        places = {line[-1]: int(line[0], 16) for line in _words_of("nm", "--defined-only", str(file))}
        first = library.get_pointer_to_function(name) - places[name]
        yield first, first + _code_section(str(file))[1], str(file)


def _called_functions() -> Iterator[tuple[Any, str]]:
    """Library and name of every specialisation that was loaded."""
    modules = [module for name, module in sys.modules.items() if name.startswith("sim.")]
    functions = {id(f): f for module in modules for f in vars(module).values() if hasattr(f, "overloads")}
    for function in functions.values():
        for result in function.overloads.values():
            yield result.library, result.fndesc.llvm_func_name


def _code_section(file: str) -> tuple[str, int]:
    """Name and size of the section that holds an object file's machine code."""
    sections = {line[0]: int(line[1]) for line in _words_of("size", "-A", file) if line and line[0][0] == "."}
    return next((name, sections[name]) for name in CODE_SECTIONS if sections.get(name))


def _words_of(*command: str) -> list[list[str]]:
    """The output of a command, as words by line."""
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.split() for line in found.splitlines()]


# --- the process that watches ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a sample was taken."""

    module: str
    function: str


def watch(folder: Path, days: int) -> None:
    """Simulate in a process of its own under perf, the machine code with line numbers."""
    itself = [sys.executable, __file__, "--watched", str(folder)]
    settings = {
        **os.environ,
        "NUMBA_DEBUGINFO": "1",
        "NUMBA_CACHE_DIR": str(folder / "cache"),
        "PYTHONWARNINGS": "ignore",  # Numba has no line numbers for some of its own functions
    }
    compile_only = [sys.executable, "-c", "import where_time_goes as it; it.cpu_time_of_a_contact(1)"]
    subprocess.run(compile_only, check=True, env=settings, cwd=HERE)
    record = ["perf", "record", "--quiet", "--clockid", "CLOCK_MONOTONIC", "--freq", str(FREQUENCY)]
    record += ["--event", "cpu-clock", "--output", str(folder / "perf.data"), "--"]
    subprocess.run([*record, *itself, "--days", str(days)], check=True, env=settings)


def samples(folder: Path, begin: float, end: float) -> Iterator[tuple[int, str]]:
    """Address, and function with file where perf knows them, of each sample between two times."""
    script = ["perf", "script", "--input", str(folder / "perf.data"), "--fields", "time,ip,sym,dso"]
    for words in _words_of(*script):
        if begin <= float(words[0].rstrip(":")) <= end:
            yield int(words[1], 16), " ".join(words[2:])


def counted(folder: Path, noted: dict[str, Any]) -> Counter[Place]:
    """The samples by place."""
    found: Counter[Place] = Counter()
    inside: dict[str, Counter[int]] = {file: Counter() for _, _, file in noted["code"]}
    for address, known in samples(folder, noted["begin"], noted["end"]):
        for first, last, file in noted["code"]:
            if first <= address < last:
                inside[file][address - first] += 1
                break
        else:
            found[_outside(known)] += 1
    for file, places in inside.items():
        for address, place in zip(sorted(places), _innermost(file, sorted(places)), strict=True):
            found[place] += places[address]
    return found


def _outside(known: str) -> Place:
    """The place of a sample outside compiled code; known: function (file)."""
    function, _, file = known.partition(" (")
    for part, name in LIBRARIES.items():
        if part in file:
            return Place(name, function)
    return Place("elsewhere", function)


def _innermost(file: str, places: Sequence[int]) -> Iterator[Place]:
    """Of places in an object file, the function whose code it is: the innermost of those inlined there."""
    if not places:
        return
    section, _ = _code_section(file)
    lines = subprocess.run(
        ["addr2line", "--exe", file, "--section", section, "--functions", "--inlines", "--addresses"],
        input="\n".join(map(hex, places)),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("0x"):
            source = Path(lines[number + 2].rpartition(":")[0])
            inside = source.is_relative_to(PACKAGE)
            module = source.relative_to(PACKAGE).as_posix() if inside else "Numba's own"
            yield Place(module, _plain(lines[number + 1]))


def _plain(mangled: str) -> str:
    """The last part of a name like _ZN3sim6engine8realise9_arrivals…: each part follows its length."""
    rest, last = mangled.removeprefix("_ZN"), mangled
    while length := re.match(r"\d+", rest):
        start = length.end()
        last, rest = rest[start : start + int(length[0])], rest[start + int(length[0]) :]
    return last


# --- the command -------------------------------------------------------------------------------------------


def report(found: Counter[Place], seconds: float, ordinary: float) -> str:
    """Two tables: by module and by function. CPU time of a contact here, and in an ordinary process."""
    nanoseconds, total = 1e9 * seconds, found.total()

    def rows(counts: Counter[str], most: int | None) -> list[list[str]]:
        return [
            [name, f"{count / total:.1%}", f"{nanoseconds * count / total:.0f}"]
            for name, count in counts.most_common(most)
            if count / total >= 0.001
        ]

    by_module: Counter[str] = Counter()
    by_function: Counter[str] = Counter()
    for place, count in found.items():
        by_module[place.module] += count
        by_function[f"{place.function}, {place.module}"] += count
    heading = ["share of the time", "ns a contact"]
    return "\n\n".join(
        [
            f"{total:,} samples; {nanoseconds:.0f} ns a contact, {1e9 * ordinary:.0f} without line numbers",
            table(["module", *heading], rows(by_module, None)),
            table(["function", *heading], rows(by_function, MOST_FUNCTIONS)),
        ]
    )


def main() -> None:
    """Watch, count and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=200, help="of 20,000 contacts (default: 200)")
    parser.add_argument("--into", type=Path, metavar="PAGE", help="also put the tables into this page")
    parser.add_argument("--watched", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.watched:
        simulate(asked.watched, asked.days)
        return
    missing = [tool for tool in ("perf", "addr2line", "nm", "size") if shutil.which(tool) is None]
    if missing:
        sys.exit(f"there is no {missing[0]} here\n     → on Debian: apt install linux-perf binutils")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        watch(folder, asked.days)
        noted = json.loads((folder / "noted.json").read_text(encoding="ascii"))
        cpu_time_of_a_contact(1)
        tables = report(counted(folder, noted), noted["seconds"], cpu_time_of_a_contact(asked.days))
    print(tables)
    if asked.into:
        put_into(asked.into, "profile", tables)


if __name__ == "__main__":
    main()
