"""Reads the examples of a documentation page and follows them in a folder, as a reader would.

Fenced blocks, by what stands after the three backticks:

    console            commands after `$ `, each followed by all that it prints; `…` stands for anything
    console skip WHY   commands that are not run, and why; `python skip WHY` likewise
    diff FILE          lines to take out of FILE (-) and to put in their place (+), between lines that stay
    yaml FILE          all of FILE, as does `csv FILE`
    yaml part FILE     some lines that FILE holds
    python             a program, run in the namespace of those before it on the page; it gets two
                       replications, whatever it asks for, since no page shows what it prints

`sim` runs inside this process, which is quicker; commands with a pipe and all others run in a shell.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from typer.testing import CliRunner, Result

from sim.cli.main import app
from sim.scenario import Scenario

_FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_FOR_THE_SHELL = re.compile(r"[|&;<>$*?]")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words after that, its text, and the line on which it starts."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int

    @property
    def is_skipped(self) -> bool:
        return self.language in ("console", "python") and self.words[:1] == ("skip",)

    @property
    def reason(self) -> str:
        """Why it is skipped."""
        return " ".join(self.words[1:])


@dataclass(frozen=True)
class Command:
    """A command, what the page shows of its output, and the line on which it stands."""

    text: str
    shown: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page in order; blocks inside a list lose their indentation."""
    for found in _FENCE.finditer(page):
        indent, info, text = found.groups()
        language, *words = info.split() or [""]
        text = re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)
        yield Block(language, tuple(words), text, page.count("\n", 0, found.start()) + 1)


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block."""
    before, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not before, f"line {block.line}: a console block begins with a command"
    line = block.line + 1
    for part in parts:
        text, _, shown = part.partition("\n")
        yield Command(text, shown.rstrip("\n"), line)
        line += part.count("\n")


def matches(shown: str, actual: str) -> bool:
    """Whether the output is the one shown; `…` on a line of its own stands for any lines, else for a part.

    How far the columns of a table stand apart does not matter: two blanks are as good as ten.
    """
    pattern = ""
    for line in _lines(shown):
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += r"[^\n]*".join(re.escape(part) for part in line.split("…")) + r"\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _lines(actual))) is not None


def _lines(text: str) -> list[str]:
    return [re.sub(" {2,}", "  ", line.rstrip()) for line in text.rstrip("\n").split("\n")]


def _first_wrong(shown: str, actual: str) -> str:
    """The first line shown that is nowhere in the output, to point at; else all that is shown."""
    printed = actual.split("\n")
    for line in shown.split("\n"):
        if line.strip() != "…" and not any(matches(line, each) for each in printed):
            return f"no such line:\n{line}"
    return f"not in this order, or not all:\n{shown}"


_with_run = Scenario.with_run


def _with_two(scenario: Scenario, **changes: Any) -> Scenario:
    return _with_run(scenario, **{**changes, "replications": 2})


@dataclass
class Reader:
    """Somebody who follows a page in a folder."""

    folder: Path
    status: int = 0
    names: dict[str, Any] = field(default_factory=dict)

    def follow(self, block: Block) -> None:
        """Do what a block says; AssertionError where the page is wrong."""
        match (block.language, *block.words):
            case ("console", *_) if not block.is_skipped:
                for command in commands(block):
                    self._check(command)
            case ("diff", file):
                self._edit(self.folder / file, block)
            case ("yaml", "part", file):
                text = (self.folder / file).read_text(encoding="utf-8")
                assert block.text in text, f"line {block.line}: {file} holds no such lines"
            case ("yaml" | "csv", file):
                path = self.folder / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, encoding="utf-8")
            case ("python",):
                with contextlib.chdir(self.folder), mock.patch.object(Scenario, "with_run", _with_two):
                    exec(compile(block.text, f"example on line {block.line}", "exec"), self.names)

    def _check(self, command: Command) -> None:
        actual = self.run(command.text)
        place = f"line {command.line}: $ {command.text}"
        wrong = _first_wrong(command.shown, actual)
        assert matches(command.shown, actual), f"{place}\n{wrong}\nprinted:\n{actual}"
        says_nothing = command.shown.replace("…", "").strip() == ""
        assert self.status == 0 or not says_nothing, f"{place}\nended with {self.status}:\n{actual}"

    def run(self, command: str) -> str:
        """What a command prints, on stdout or stderr; its exit code goes to `status`."""
        words = shlex.split(command)
        if words[0] == "cd":
            self.folder = self.folder / words[1]
            assert self.folder.is_dir(), f"there is no folder {words[1]}"
            return ""
        if words[0] == "sim" and not _FOR_THE_SHELL.search(command):
            return self._sim(words[1:]).output
        if words[0] == "sim" and words[-2] == ">" and not _FOR_THE_SHELL.search(command.replace(" > ", " ")):
            result = self._sim(words[1:-2])
            (self.folder / words[-1]).write_text(result.stdout, encoding="utf-8")
            return result.stderr
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "-c", f"(exit {self.status}); {command}"],
            cwd=self.folder,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        self.status = done.returncode
        return done.stdout

    def _sim(self, arguments: list[str]) -> Result:
        with contextlib.chdir(self.folder):
            result = CliRunner().invoke(app, arguments, prog_name="sim")
        self.status = result.exit_code
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def _edit(self, path: Path, block: Block) -> None:
        text = path.read_text(encoding="utf-8")
        lines = block.text.splitlines(keepends=True)
        old, new = ("".join(line[1:] for line in lines if line[0] in signs) for signs in (" -", " +"))
        assert text.count(old) == 1, f"line {block.line}: {path.name} holds {text.count(old)} such places"
        path.write_text(text.replace(old, new), encoding="utf-8")
