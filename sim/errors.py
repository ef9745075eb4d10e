"""Faults of a scenario, told in a planner's words, and the exit codes of the command line.

A `Fault` is one thing that is wrong: where it stands, the key path, what was written, what is
allowed, and a remedy on its own line. A `ScenarioError` carries all faults found at once.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

_SHOWN_CHARACTERS = 60
_SHOWN_NAMES = 8
_COMPARED_CHARACTERS = 80
_COMPARED_NAMES = 1000


class ExitCode(IntEnum):
    """What the process says to its caller when it ends."""

    PASSED = 0
    SLA_FAILED = 1
    INVALID = 2
    UNDECIDED = 3
    BASELINE_MISSING = 4
    INTERNAL = 70


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a file; line and column count from 1, columns in characters."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{escaped(self.file)}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    message: what is wrong, with the value as written and what is allowed.
    place: where it stands in the file; None where there is no such spot (a missing file).
    path: the key path in dotted form (see `dotted`), "" where there is none.
    remedy: what to do about it, in the imperative; "" where there is no single remedy.
    """

    message: str
    place: Place | None = None
    path: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        where = [str(self.place)] if self.place else []
        lines = [": ".join([*where, *([self.path] if self.path else []), self.message])]
        if self.remedy:
            lines.append(f"     → {self.remedy}")
        return "\n".join(lines)


class ScenarioError(ValueError):
    """A scenario cannot be used; `faults` lists all that is wrong, in the order of the file.

    Faults without a place come first. Equal faults are told once. str() gives one block per fault.
    """

    faults: tuple[Fault, ...]

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        found = [faults] if isinstance(faults, Fault) else list(faults)
        if not found:
            raise TypeError("a ScenarioError needs at least one fault")
        self.faults = tuple(sorted(dict.fromkeys(found), key=_position))
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class StoreError(ValueError):
    """A store of results does not fit, is damaged, or cannot be read or written; `fault` says which and why.

    exit_code: BASELINE_MISSING where what is there cannot be gone on from; INVALID where the folder cannot be
    used at all (a file, read-only, a full disk).
    """

    def __init__(self, fault: Fault, exit_code: ExitCode = ExitCode.BASELINE_MISSING) -> None:
        super().__init__(fault)
        self.fault = fault
        self.exit_code = exit_code

    def __str__(self) -> str:
        return str(self.fault)


class RunError(RuntimeError):
    """A run could not be done, or not to its end, through no fault of the scenario.

    message: what is wrong; remedy: what to do about it, in the imperative, or "". `exit_code` is what the
    command line ends with.
    """

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n     → {self.remedy}" if self.remedy else self.message


def _position(fault: Fault) -> tuple[bool, Place]:
    return fault.place is not None, fault.place or Place("", 0, 0)


def escaped(text: str) -> str:
    """`text` on one line and safe for a terminal: control and invisible characters as \\x1b, \\u202e."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def shown(value: object) -> str:
    """A value as a planner would recognise it: 'six', 90, true, nothing, a map (early, mid), a list of 3.

    Long text is cut after 60 characters; control characters are shown as escapes.
    """
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return _shown_text(value)
        case int():
            # Python refuses to write very long whole numbers; no scenario needs one.
            return str(value) if abs(value) < 10**_SHOWN_CHARACTERS else "a number of very many digits"
        case float():
            return repr(value)
        case dict():
            if not value:
                return "an empty map"
            return f"a map ({_listed(str(key) for key in value)})"
        case list() | tuple():
            return f"a list of {len(value)}" if value else "an empty list"
        case _:
            return _shown_text(str(value))


def _shown_text(text: str) -> str:
    cut = escaped(text[: _SHOWN_CHARACTERS + 1])
    if len(cut) > _SHOWN_CHARACTERS:
        cut = cut[: _SHOWN_CHARACTERS - 1] + "…"
    quote = '"' if "'" in cut and '"' not in cut else "'"
    return f"{quote}{cut}{quote}"


def dotted(path: Sequence[str | int]) -> str:
    """A key path as text: ("teams", "frontline", "shifts") → "teams.frontline.shifts".

    An entry of a list is counted from 1, as people count: ("closed", 0) → "closed[1]".
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + _shown_name(part)
    return text


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None when none is like it.

    Upper and lower case, and `-`, `_` and blanks, count as the same.
    """
    if len(name) > _COMPARED_CHARACTERS:
        return None
    spelt: dict[str, str] = {}
    for candidate in islice(known, _COMPARED_NAMES):
        if len(candidate) <= _COMPARED_CHARACTERS:
            spelt.setdefault(_folded(candidate), candidate)
    found = difflib.get_close_matches(_folded(name), spelt, n=1)
    return spelt[found[0]] if found else None


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.casefold())


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Help for an unknown name: "did you mean 'frontline'?", or "known: a, b, c" (at most 8, then …)."""
    names = list(known)
    if not names:
        return "none are defined"
    best = nearest(name, names)
    return f"did you mean {_shown_text(best)}?" if best is not None else f"known: {_listed(names)}"


def _listed(names: Iterable[str]) -> str:
    first = list(islice(names, _SHOWN_NAMES + 1))
    listed = ", ".join(_shown_name(name) for name in first[:_SHOWN_NAMES])
    return listed + (", …" if len(first) > _SHOWN_NAMES else "")


def _shown_name(name: str) -> str:
    return _shown_text(name)[1:-1] or "''"
