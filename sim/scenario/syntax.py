"""What YAML's own parser complains of, told in a planner's words, with the place that helps."""

import re
from typing import Final

import yaml

from sim.errors import Fault, Place, shown

LINE_END: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

# What the parser complains about, as a pattern for the words of libyaml and of PyYAML (context: problem);
# whether the place to show is that of the context (where it began); message and remedy for the planner.
MAX_DEPTH: Final = 60
"""Levels of maps and lists in one another."""
TOO_DEEP: Final = f"maps and lists are nested too deep here (allowed: {MAX_DEPTH} levels)"

_SYNTAX: Final[tuple[tuple[str, bool, str, str], ...]] = (
    (
        "found unexpected (?:end of|document)",
        True,
        "the quote that opens here is not closed",
        "add the closing quote",
    ),
    (
        "mapping values are not allowed|unexpected ':'",
        False,
        "this ':' does not belong to a key",
        "check the indentation of this line and the one before; put text that contains ': ' in quotes",
    ),
    (
        "could not find expected ':'",
        True,
        "this line has no ':' after its key",
        "write key: value; indent text that goes on over several lines further than its key",
    ),
    (
        "entries are not allowed",
        False,
        "an entry of a list, '- ', cannot stand here",
        "begin the list on a line of its own, below its key",
    ),
    (
        "expected ',' or",
        True,
        "the bracket that opens here is not closed, or a comma is missing inside it",
        "write all of it as {key: value, key: value} or [value, value]",
    ),
    (
        "anchor|alias|directive|start any token|keys are not allowed",
        True,
        "{char} cannot begin a value",
        "put the text in quotes",
    ),
    (
        "escape|hexdecimal",
        False,
        "in double quotes a backslash begins a special character, and this is none",
        "put the text in single quotes",
    ),
    (r"\btag\b", True, "tags are not allowed", "delete the tag; put text that begins with ! in quotes"),
    (
        "block scalar",
        False,
        "after | or > there must be nothing more on the line",
        "begin the text on the next line",
    ),
    (
        "node content",
        False,
        "{char} stands where a value belongs",
        "write a value, in quotes if it begins with a sign",
    ),
)
_OUT_OF_LINE: Final = "expected key|block end|document start|'-' indicator"


def explained(error: yaml.YAMLError, text: str, name: str, brackets: list[Place]) -> Fault:
    """A syntax error in a planner's words; `brackets` are the places of those still open there."""
    mark = getattr(error, "problem_mark", None)
    words = f"{getattr(error, 'context', '')}: {getattr(error, 'problem', error)}"
    if mark is None:
        return Fault(f"this cannot be read as YAML: {error}", Place(name, 1, 1))
    lines = LINE_END.split(text)
    line = lines[mark.line] if mark.line < len(lines) else ""
    place = Place(name, mark.line + 1, mark.column + 1)
    for number in (mark.line, mark.line - 1):
        blanks = re.match("[ \t]*", lines[number]) if 0 <= number < len(lines) else None
        if blanks and "\t" in blanks[0]:
            place = Place(name, number + 1, blanks[0].index("\t") + 1)
            return Fault(
                "the line is indented with a tab (allowed: blanks)", place, remedy="write blanks instead"
            )
    if brackets and not line[mark.column :].strip() and mark.line >= len(lines) - 1:
        return Fault(
            "the bracket that opens here is not closed", brackets[-1], remedy="add the closing } or ]"
        )
    if "nesting depth" in words:  # the parser's own limit, met where it looks far ahead
        return Fault(TOO_DEEP, place)
    begin = getattr(error, "context_mark", None) or mark
    for pattern, at_begin, message, remedy in _SYNTAX:
        if re.search(pattern, words):
            at = begin if at_begin else mark
            message = message.format(char=_sign_at(lines, at))
            noticed = f" (noticed in line {mark.line + 1})" if mark.line > at.line else ""
            return Fault(message + noticed, Place(name, at.line + 1, at.column + 1), remedy=remedy)
    if re.search(_OUT_OF_LINE, words):
        if not line[: mark.column].strip():
            message = "this line is indented differently from the lines that it belongs with"
            return Fault(
                message, place, remedy="indent all keys of one map, and all entries of one list, alike"
            )
        message = f"{shown(line[mark.column :])} is left over after the value"
        return Fault(message, place, remedy="put the whole value in quotes, or delete the rest")
    return Fault(f"this cannot be read as YAML: {getattr(error, 'problem', error)}", place)


def _sign_at(lines: list[str], mark: yaml.Mark) -> str:
    """The character at a mark, or "the end of the file"."""
    rest = lines[mark.line][mark.column :] if mark.line < len(lines) else ""
    return shown(rest[0]) if rest else "nothing"
