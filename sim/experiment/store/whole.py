"""Files that are there whole or not at all, whatever stops the process and whoever else writes the same."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

UNFINISHED = ".unfinished"
"""The end of the names of files that are being written."""

TRIES = 10
"""A process that starts on the same store tidies up, and may take away what this one is about to finish."""


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` make the file under another name in the same folder, then put it in its place at once.

    Raises:
        OSError: it cannot be written; nothing is left behind, and an older file stays as it was.
    """
    for left in reversed(range(TRIES)):
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}{UNFINISHED}")
        try:
            write(unfinished)
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            unfinished.replace(path)
            return
        except FileNotFoundError:
            if not left:
                raise
        finally:
            unfinished.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """A file of these bytes, by `write_whole`; a file that holds them already is left alone."""
    try:
        if path.read_bytes() == data:
            return
    except OSError:
        pass  # not there, or in a state that writing it anew either mends or reports

    def write(unfinished: Path) -> None:
        unfinished.write_bytes(data)

    write_whole(path, write)


def tidy(folder: Path) -> None:
    """Take away what a process that was killed has left unfinished in a folder."""
    for unfinished in folder.glob(f".*{UNFINISHED}"):
        unfinished.unlink(missing_ok=True)


def is_unfinished(path: Path) -> bool:
    """Whether a file was being written when its process was stopped, or is being written now."""
    return path.name.startswith(".") and path.name.endswith(UNFINISHED)
