"""One command's dealings with the outside: results on stdout, progress and faults on stderr, exit codes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.errors import ExitCode, Fault, RunError, ScenarioError, StoreError, shown

if TYPE_CHECKING:
    from rich.console import RenderableType

INTERRUPTED = 130
"""The shell's own code for a command ended by Ctrl-C (128 + SIGINT)."""

WIDE_ENOUGH = 200
"""Columns of a table that goes to a file or a pipe."""


class Session:
    """What a command says.

    store: the folder in which it keeps results, once that is open.
    """

    def __init__(self) -> None:
        self.store: Path | None = None

    def notice(self, message: str) -> None:
        """Something that the user should know, on stderr, while the command goes on."""
        sys.stderr.write(f"{message}\n")

    def lines(self, lines: Iterable[str]) -> None:
        """Plain lines on stdout; a reader that has gone away (`| head`) changes nothing in the exit code."""
        try:
            for line in lines:
                sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            fail(f"cannot write the results: {error.strerror}", ExitCode.INVALID)

    def show(self, report: RenderableType) -> None:
        """A report on stdout: in colour on a terminal, plain and wide elsewhere."""
        from rich.console import Console

        # A terminal may break long lines, but a table that is cut to fit would lose digits.
        width = max(shutil.get_terminal_size().columns, WIDE_ENOUGH) if sys.stdout.isatty() else WIDE_ENOUGH
        console = Console(width=width, highlight=False, markup=False, emoji=False)
        with console.capture() as capture:
            console.print(report)
        text = "\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n"))
        self.lines([text])

    def json(self, record: Any) -> None:
        """One JSON document on stdout."""
        from sim.reporting.records import to_json

        self.lines([to_json(record)])

    def save(self, path: Path, text: str) -> None:
        """A file, whole or not at all. A device, a pipe or a link is written to and never replaced."""
        is_special = path.is_symlink() or (path.exists() and not path.is_file())
        unfinished = path if is_special else path.with_name(f".{path.name}.unfinished")
        try:
            unfinished.write_text(text, encoding="utf-8")
            if not is_special:
                unfinished.replace(path)
        except OSError as error:
            if not is_special:
                unfinished.unlink(missing_ok=True)
            fail(f"cannot write {shown(str(path))}: {error.strerror}", ExitCode.INVALID)

    def check_target(self, path: Path | None, sources: Iterable[Path]) -> None:
        """Refuse, before simulating, a file that could not be saved or would replace a scenario."""
        if path is None:
            return
        remedy = ""
        if path.is_dir():
            problem, remedy = "it is a folder", "name a file in it"
        elif not path.parent.is_dir():
            problem, remedy = f"there is no folder {shown(str(path.parent))}", "make the folder first"
        elif any(source.exists() and path.exists() and path.samefile(source) for source in sources):
            problem, remedy = "it is the scenario itself", "name another file"
        else:
            return
        raise ScenarioError(Fault(f"cannot write {shown(str(path))}: {problem}", remedy=remedy))

    @contextmanager
    def progress(self) -> Iterator[Callable[[int, int], None]]:
        """A progress bar on stderr while replications finish; nothing where stderr is no terminal."""
        if not sys.stderr.isatty():
            yield lambda _done, _total: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("simulating"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("replications"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def fail(message: str, code: int) -> None:
    """Say what is wrong on stderr and end with a code."""
    sys.stderr.write(f"{message}\n")
    raise typer.Exit(code)


@contextmanager
def session() -> Iterator[Session]:
    """Runs a command: every fault becomes a message and an exit code, never a traceback.

    A fault of this program itself ends with ExitCode.INTERNAL and one line; SIM_DEBUG=1 shows its traceback.
    """
    say = Session()
    try:
        yield say
    except typer.Exit:
        raise
    except ScenarioError as error:
        count = len(error.faults)
        fail(f"{error}\n{count} fault{'s' if count > 1 else ''}; nothing was done", ExitCode.INVALID)
    except StoreError as error:
        fail(str(error), error.exit_code)
    except RunError as error:
        if os.environ.get("SIM_DEBUG"):
            raise
        fail(str(error), error.exit_code)
    except KeyboardInterrupt as stopped:
        fail(_stopped(stopped, say.store), INTERRUPTED)
    except Exception as error:
        if os.environ.get("SIM_DEBUG"):
            raise
        fail(
            f"internal error: {type(error).__name__}: {error}\n"
            "     → this is a fault of sim, not of your scenario: run again with SIM_DEBUG=1 and report it",
            ExitCode.INTERNAL,
        )


def _stopped(stopped: KeyboardInterrupt, store: Path | None) -> str:
    """What had been done when Ctrl-C came, and where it is."""
    if store is not None:
        counted = (
            "{} of {} replications are".format(*stopped.args) if stopped.args else "what had finished is"
        )
        return f"stopped: {counted} kept in {shown(str(store))}; the same command goes on from there"
    if stopped.args:
        done, total = stopped.args
        return f"stopped: {done} of {total} replications had finished; nothing was written"
    return "stopped before the first replication; nothing was written"
