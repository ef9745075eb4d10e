"""Brings the output shown in the documentation up to date: `python -m tests.docs.update [PAGE…]`.

Each line shown that is not printed any more gives way to the printed line most like it; what `…` leaves out
stays left out. The lines are printed for a person to read: the text around them may have to change too.
"""

from __future__ import annotations

import difflib
import sys
import tempfile
from pathlib import Path

from tests.docs.examples import Command, Reader, blocks, commands, matches
from tests.docs.test_examples import PAGES, prepared


def update(page: Path) -> None:
    """Follow a page and rewrite what it shows."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(prepared(Path(folder), text))
        for block in blocks(text):
            if block.language == "console" and not block.is_skipped:
                current = block.text
                for command in commands(block):
                    current = _updated(current, command, reader.run(command.text))
                text = text.replace(block.text, current)
            else:
                reader.follow(block)
    page.write_text(text, encoding="utf-8")


def _updated(block: str, command: Command, output: str) -> str:
    printed = output.rstrip("\n").split("\n")
    shown = [_current(line, printed) for line in command.shown.split("\n")]
    for old, new in zip(command.shown.split("\n"), shown, strict=True):
        if old != new:
            print(f"line {command.line}: $ {command.text}\n  - {old}\n  + {new}")
    old, new = (f"$ {command.text}\n{lines}\n" for lines in (command.shown, "\n".join(shown)))
    return block.replace(old, new)


def _current(line: str, printed: list[str]) -> str:
    if "…" in line or any(line == each for each in printed):
        return line
    same = [each for each in printed if matches(line, each)]
    return (same or difflib.get_close_matches(line, printed, n=1, cutoff=0.5) or [line])[0].rstrip()


if __name__ == "__main__":
    for each in [Path(name) for name in sys.argv[1:]] or PAGES:
        update(each)
