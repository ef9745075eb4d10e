"""Where machine code is kept, and that neither a damaged file nor an upgrade can bring back the wrong one."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.compilation import PACKAGE, SOURCES, machine_code_folder

DRAW = "from sim.randomness import uniforms; print(uniforms(1, 2, 3, 4, 5, 6))"
"""Compiles one function, or loads it."""


def drawn(root: Path, cache: Path) -> str:
    """What a copy of the package draws, with its machine code in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(root), "NUMBA_CACHE_DIR": str(cache)}
    found = subprocess.run(
        [sys.executable, "-c", DRAW], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def files(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*.nb?"))


def test_the_machine_code_of_other_sources_is_not_used(tmp_path):
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(PACKAGE, root / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    before = drawn(root, cache)
    kept = files(cache)
    assert kept
    # A callee's constant changes; the caller's own file does not, so Numba alone would not notice.
    source = root / "sim" / "randomness" / "philox.py"
    changed = source.read_text().replace("_ROUNDS = 10", "_ROUNDS = 9")
    assert changed != source.read_text()
    source.write_text(changed)
    assert drawn(root, cache) != before
    assert set(files(cache)) > set(kept)


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"], ids=["index", "code"])
@pytest.mark.parametrize("keep", [0, 40], ids=["emptied", "cut short"])
def test_a_damaged_file_of_machine_code_is_made_again(tmp_path, suffix, keep):
    before = drawn(PACKAGE.parent, tmp_path)
    damaged = [path for path in files(tmp_path) if path.suffix == suffix]
    assert damaged
    for path in damaged:
        path.write_bytes(path.read_bytes()[:keep])
    assert drawn(PACKAGE.parent, tmp_path) == before
    assert all(path.stat().st_size > keep for path in damaged)


def test_all_sources_that_compiled_code_takes_constants_from_are_in_the_name_of_its_folder():
    """Follows the imports of every module that compiles something, inside the package."""
    hashed = {
        file
        for source in SOURCES
        for file in ([PACKAGE / source] if source.endswith(".py") else _all(source))
    }
    decorated = re.compile(r"^@(compiled|inlined|inner|loop|intrinsic)$", re.MULTILINE)
    compiling = [path for path in _all(".") if decorated.search(path.read_text())]
    assert len(compiling) > 10
    needed = {module for path in compiling for module in imported(path)}
    assert needed - hashed == set(), "files that compiled code depends on and that SOURCES does not name"
    assert machine_code_folder().name.startswith("machine-code-")


def _all(folder: str) -> list[Path]:
    return sorted((PACKAGE / folder).rglob("*.py"))


HARMLESS = {"plan/__init__.py", "plan/compile.py"}
"""`sim.plan` re-exports names of plan/plan.py; the Plan's compilation has no part in machine code."""


def imported(path: Path) -> set[Path]:
    """The package's files that a file imports names from at run time."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim"):
            place = PACKAGE.joinpath(*str(node.module).split(".")[1:])
            file = place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"
            if file.relative_to(PACKAGE).as_posix() not in HARMLESS:
                found.add(file)
    return found


def test_machine_code_of_long_ago_is_removed_when_new_is_made(tmp_path):
    old, recent = tmp_path / "machine-code-1", tmp_path / "machine-code-2"
    for folder in (old, recent):
        folder.mkdir()
    os.utime(old, (0, 0))
    drawn(PACKAGE.parent, tmp_path)
    assert not old.exists()
    assert recent.exists()
