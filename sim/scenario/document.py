"""YAML text as plain data, with the place of every key and value.

The text goes through PyYAML's C parser as a stream of events, from which the data are built here
without recursion. Only null, true, false and decimal numbers are anything but text, so `8:30`, `no`,
`010` and `2026-03-02` stay as written. What surprises people (duplicate keys, merge keys, tags) and
what could do harm (huge files, alias bombs, deep nesting) is refused.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import yaml

from sim.errors import Fault, Place, ScenarioError, did_you_mean, dotted, escaped, nearest, shown
from sim.scenario.syntax import LINE_END, MAX_DEPTH, TOO_DEEP, explained

KeyPath: TypeAlias = tuple[str | int, ...]
"""The way to a value from the top level: keys of maps and positions (from 0) in lists."""

MAX_BYTES: Final = 1_048_576
MAX_VALUES: Final = 100_000
"""Keys are not counted; an alias counts as all that it repeats."""
MAX_FAULTS: Final = 50

_NULL: Final = ("", "~", "null", "Null", "NULL")
_TRUTH: Final = dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(
    ("false", "False", "FALSE"), False
)
# A leading zero makes text (times and codes: 08.30, 007), and so does a leading plus (a relative value: +2).
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)
_LONGEST_NUMBER: Final = 60

# The characters that YAML allows in a file, and the control characters that a quoted text can smuggle in.
_NOT_YAML: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Looked for beforehand because libyaml needs time that grows with the square of their number.
_DIRECTIVE: Final = re.compile("(?:^|(?<=[\n\r\x85\u2028\u2029]))%(?:YAML|TAG)\\b")


@dataclass(frozen=True)
class Document:
    """A YAML file as data, and where each part of it was written.

    name: the file's name as given.
    data: maps, lists, text, whole numbers, floats, true, false and None; all keys are text as written.
    places: the place of the value at each path, the top level at ().
    key_places: the place of the key at each path that ends in a key.
    origins: for values that did not come from the file itself, the label of what set them (a variant).
    """

    name: str
    data: dict[str, Any]
    places: Mapping[KeyPath, Place]
    key_places: Mapping[KeyPath, Place]
    origins: Mapping[KeyPath, str] = field(default_factory=dict)

    def place(self, path: KeyPath) -> Place:
        """Where the value at `path` was written, or else its nearest ancestor."""
        return next(self.places[p] for p in _upwards(path) if p in self.places)

    def key_place(self, path: KeyPath) -> Place:
        """Where the key at the end of `path` was written, or else the value or its nearest ancestor."""
        return self.key_places.get(path) or self.place(path)

    def origin(self, path: KeyPath) -> str:
        """Where the value at `path` came from: "file:line:column", after the variant's label if it set it."""
        label = next((self.origins[p] for p in _upwards(path) if p in self.origins), None)
        return f"{label} ({self.place(path)})" if label else str(self.place(path))


def _upwards(path: KeyPath) -> Iterator[KeyPath]:
    return (path[:length] for length in range(len(path), -1, -1))


def read(path: Path) -> Document:
    """The document in a file of UTF-8 text (byte order mark and any line ends allowed).

    Raises ScenarioError: no such file, not readable, a folder, over 1 MiB, not UTF-8, and all of `parse`.
    """
    name = str(path)
    try:
        is_folder, size = path.is_dir(), path.stat().st_size
        content = b"" if is_folder or size > MAX_BYTES else _first_bytes(path)
    except FileNotFoundError:
        raise ScenarioError(_missing(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(Fault(f"'{escaped(name)}' cannot be read: {reason}")) from None
    if is_folder:
        raise ScenarioError(
            Fault(f"'{escaped(name)}' is a folder, not a scenario file", remedy="name a YAML file")
        )
    if max(size, len(content)) > MAX_BYTES:
        raise ScenarioError(_too_big(name, max(size, len(content))))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError(_not_utf8(name, content, error.start)) from None
    return parse(text, name)


def _first_bytes(path: Path) -> bytes:
    """One byte more than is allowed, at most: a pipe does not tell its size beforehand."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def parse(text: str, name: str) -> Document:
    """The document in YAML text; `name` stands for the file in messages.

    Raises ScenarioError, and nothing else, with all faults that could be found: broken YAML, an empty text,
    a top level that is no map, duplicate and empty keys, merge keys, tags, aliases that are unknown,
    recursive or repeat too much, more than one document, deep nesting, numbers out of range, control
    characters.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise ScenarioError(_too_big(name, len(text)))
    if found := _NOT_YAML.search(text):
        message = f"the character {shown(found[0])} is not allowed in YAML"
        raise ScenarioError(Fault(message, _place_at(name, text, found.start()), remedy="delete it"))
    if found := _DIRECTIVE.search(text):
        message = f"{shown(found[0])} is not allowed here"
        raise ScenarioError(Fault(message, _place_at(name, text, found.start()), remedy="delete this line"))
    return _Reading(text, name).document()


def _missing(path: Path) -> Fault:
    message = f"there is no file '{escaped(str(path))}'"
    if not path.parent.is_dir():
        return Fault(
            message, remedy=f"there is no folder '{escaped(str(path.parent))}' either; check the path"
        )
    try:
        beside = sorted(other.name for other in path.parent.iterdir() if other.suffix in (".yaml", ".yml"))
    except OSError:
        beside = []
    best = nearest(path.name, beside)
    if best is not None:
        return Fault(message, remedy=f"did you mean '{escaped(str(path.with_name(best)))}'?")
    return Fault(
        message,
        remedy=f"YAML files in that folder: {', '.join(map(escaped, beside[:8]))}"
        if beside
        else "check the path",
    )


def _too_big(name: str, size: int) -> Fault:
    return Fault(
        f"'{escaped(name)}' is too big: {size / 1e6:,.2f} MB (allowed: up to {MAX_BYTES / 1e6:.2f} MB)",
        remedy="keep long tables, such as a contact log, in a CSV file that the scenario names",
    )


def _not_utf8(name: str, content: bytes, position: int) -> Fault:
    place = _place_at(name, content[:position].decode("utf-8"), position)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "the file is written in UTF-16 (allowed: UTF-8)"
    else:
        message = f"the file is not UTF-8 text: it holds the byte 0x{content[position]:02x}"
    return Fault(message, place, remedy='save the file with the encoding "UTF-8"')


def _place_at(name: str, text: str, index: int) -> Place:
    lines = LINE_END.split(text[:index])
    return Place(name, len(lines), len(lines[-1]) + 1)


class _Parser(Protocol):
    def get_event(self) -> yaml.Event | None: ...


def _parser(text: str) -> _Parser:
    """PyYAML's parser in C; the same in Python where PyYAML was installed without it."""
    if yaml.__with_libyaml__:
        parser: _Parser = yaml.CLoader(text)
        return parser
    return yaml.SafeLoader(text)


@dataclass
class _Open:
    """A map or list whose end has not been reached yet."""

    value: dict[str, Any] | list[Any]
    path: KeyPath
    place: Place
    flow: bool
    anchor: str | None
    values_before: int
    key: str | None = None
    is_key: bool = False
    height: int = 1


@dataclass
class _Anchored:
    """A value with an anchor: what an alias to it repeats."""

    value: Any
    path: KeyPath
    place: Place
    values: int
    height: int


class _Reading:
    """One pass over the events of a text. Aliases are counted on the way and copied only at the end."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.faults: list[Fault] = []
        self.root: Any = None
        self.places: dict[KeyPath, Place] = {}
        self.key_places: dict[KeyPath, Place] = {}
        self.open: list[_Open] = []
        self.anchors: dict[str, _Anchored] = {}
        self.repeats: list[tuple[KeyPath, _Anchored]] = []
        self.values = 0
        self.documents = 0

    def document(self) -> Document:
        """The document, once everything has been found in order."""
        try:
            self.walk()
        except yaml.YAMLError as error:
            brackets = [level.place for level in self.open if level.flow]
            self.faults.append(explained(error, self.text, self.name, brackets))
            raise ScenarioError(self.faults) from None
        if self.documents == 0 or self.root is None:
            self.fault("the file is empty", Place(self.name, 1, 1), remedy="describe a service in it")
        elif not isinstance(self.root, dict):
            message = f"the top level is {shown(self.root)} (allowed: a map of keys and values)"
            self.fault(message, self.places[()], remedy="begin with name: and time:")
        if self.faults:
            raise ScenarioError(self.faults)
        for path, target in self.repeats:
            self.copy_alias(path, target)
        return Document(self.name, self.root, self.places, self.key_places)

    def walk(self) -> None:
        """Take all events in turn."""
        parser = _parser(self.text)
        while (event := parser.get_event()) is not None:
            match event:
                case yaml.DocumentStartEvent():
                    self.documents += 1
                    if self.documents > 1:
                        message = "a second document begins here (allowed: one scenario in a file)"
                        self.fault(
                            message, self.at(event), remedy="move it to a file of its own, or delete the ---"
                        )
                        return
                case yaml.ScalarEvent() if self.expects_key():
                    self.take_key(event)
                case yaml.ScalarEvent():
                    self.take_scalar(event)
                case yaml.AliasEvent():
                    self.take_alias(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self.take_start(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self.take_end()
                case yaml.StreamEndEvent():
                    return

    # --- what the events bring ---

    def take_key(self, event: yaml.ScalarEvent) -> None:
        level, key, place = self.open[-1], event.value, self.at(event)
        path = (*level.path, key)
        if key in level.value:
            first = self.key_places[path]
            message = (
                f"the key {shown(key)} is given twice; first in line {first.line}, column {first.column}"
            )
            self.fault(message, place, path, "delete or rename one of the two")
        elif key == "<<":
            self.fault(
                "merge keys (<<) are not allowed", place, path, "write the values out, or use a variant"
            )
        elif not key.strip():
            self.fault("a key has no name", place, level.path, "write the name before the ':'")
        elif key != key.strip() or not key.isprintable():
            message = f"the key {shown(key)} has a control character, or a blank before or after it"
            self.fault(
                message, place, path, f"write {shown(''.join(c for c in key if c.isprintable()).strip())}"
            )
        self.check_tag(event, path)
        if event.anchor is not None:
            self.add_anchor(event.anchor, _Anchored(key, path, place, 1, 0))
        self.key_places.setdefault(path, place)
        level.key = key

    def take_scalar(self, event: yaml.ScalarEvent) -> None:
        path, place = self.next_path(), self.at(event)
        self.check_tag(event, path)
        value = event.value if event.style else self.plain(event.value, path, place)
        if isinstance(value, str) and (found := _CONTROL.search(value)):
            self.fault(
                f"{shown(value)} contains the control character {shown(found[0])}", place, path, "delete it"
            )
        self.count(1, place, path)
        if event.anchor is not None:
            self.add_anchor(event.anchor, _Anchored(value, path, place, 1, 0))
        self.add(value, path, place)

    def take_alias(self, event: yaml.AliasEvent) -> None:
        path, place, alias = self.next_path(), self.at(event), event.anchor or ""
        if self.expects_key():
            self.fault(f"the alias *{alias} stands where a key belongs", place, path, "write the key's name")
            path = (*path, f"*{alias}")
            self.key_places.setdefault(path, place)
            self.open[-1].key = f"*{alias}"
            return
        target = self.anchors.get(alias)
        if target is None:
            if any(level.anchor == alias for level in self.open):
                message, remedy = f"the alias *{alias} stands inside what it repeats", "write the values out"
            else:
                message = f"the alias *{alias} repeats nothing: no value is marked &{alias}"
                known = did_you_mean(alias, self.anchors) if self.anchors else ""
                remedy = known or f"put text that begins with * in quotes: {shown('*' + alias)}"
            self.fault(message, place, path, remedy)
            self.add(None, path, place)
            return
        self.count(target.values, place, path, alias)
        self.check_depth(len(self.open) + target.height, place)
        if self.open:
            self.open[-1].height = max(self.open[-1].height, target.height + 1)
        self.repeats.append((path, target))
        self.add(target.value, path, place)

    def take_start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        is_map = isinstance(event, yaml.MappingStartEvent)
        path, place, is_key = self.next_path(), self.at(event), self.expects_key()
        if is_key:
            message = f"a {'map' if is_map else 'list'} stands where a key belongs (allowed: text)"
            remedy = "put text that begins with { or [ in quotes"
            self.fault(message, place, self.open[-1].path, remedy)
            path = (*path, "?")
            self.key_places.setdefault(path, place)
        self.check_tag(event, path)
        self.check_depth(len(self.open) + 1, place)
        self.count(1, place, path)
        value: dict[str, Any] | list[Any] = {} if is_map else []
        flow = bool(event.flow_style)
        self.open.append(_Open(value, path, place, flow, event.anchor, self.values - 1, is_key=is_key))

    def take_end(self) -> None:
        done = self.open.pop()
        if done.anchor is not None:
            values = self.values - done.values_before
            self.add_anchor(done.anchor, _Anchored(done.value, done.path, done.place, values, done.height))
        if done.is_key:
            self.open[-1].key = "?"
            return
        if self.open:
            self.open[-1].height = max(self.open[-1].height, done.height + 1)
        self.add(done.value, done.path, done.place)

    # --- where they go ---

    def expects_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].value, dict) and self.open[-1].key is None

    def next_path(self) -> KeyPath:
        if not self.open:
            return ()
        level = self.open[-1]
        if isinstance(level.value, list):
            return (*level.path, len(level.value))
        return level.path if level.key is None else (*level.path, level.key)

    def add(self, value: Any, path: KeyPath, place: Place) -> None:
        self.places[path] = place
        if not self.open:
            self.root = value
            return
        level = self.open[-1]
        if isinstance(level.value, list):
            level.value.append(value)
        elif level.key is not None:
            level.value[level.key], level.key = value, None

    def add_anchor(self, anchor: str, anchored: _Anchored) -> None:
        if anchor in self.anchors:
            first = self.anchors[anchor].place
            message = f"the mark &{anchor} is given twice; first in line {first.line}, column {first.column}"
            self.fault(message, anchored.place, anchored.path, "rename one of the two")
        self.anchors[anchor] = anchored

    def copy_alias(self, path: KeyPath, target: _Anchored) -> None:
        """Replace what an alias shares with its target by a copy whose places are those of the target."""
        value = self.copied(target.value, target.path, path)
        parent: Any = self.root
        for part in path[:-1]:
            parent = parent[part]
        parent[path[-1]] = value

    def copied(self, value: Any, source: KeyPath, path: KeyPath) -> Any:
        """The depth limit holds for what aliases expand to, so that this recursion is shallow."""
        self.places.setdefault(path, self.places[source])
        if isinstance(value, dict):
            for key in value:
                self.key_places[(*path, key)] = self.key_places[(*source, key)]
            return {key: self.copied(child, (*source, key), (*path, key)) for key, child in value.items()}
        if isinstance(value, list):
            return [self.copied(child, (*source, i), (*path, i)) for i, child in enumerate(value)]
        return value

    # --- what they may be ---

    def plain(self, text: str, path: KeyPath, place: Place) -> str | int | float | bool | None:
        """The value of text without quotes."""
        if text in _NULL:
            return None
        if text in _TRUTH:
            return _TRUTH[text]
        if _NOT_FINITE.fullmatch(text):
            self.fault(
                f"{shown(text)} is not a number that can be used", place, path, "write a finite number"
            )
            return None
        if not _DECIMAL.fullmatch(text):
            return text
        whole = bool(_WHOLE.fullmatch(text))
        if len(text) <= _LONGEST_NUMBER:
            number = int(text) if whole else float(text)
            if -(2**63) <= number < 2**64 if whole else math.isfinite(number):
                return number
        allowed = (
            "whole numbers up to 18446744073709551615"
            if whole
            else f"up to {_LONGEST_NUMBER} digits, up to 1e308"
        )
        self.fault(f"the number {shown(text)} is too long or too big (allowed: {allowed})", place, path)
        return None

    def check_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, path: KeyPath) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            remedy = "delete the tag; put text that begins with ! in quotes"
            self.fault(f"the tag {shown(tag)} is not allowed", self.at(event), path, remedy)

    def check_depth(self, depth: int, place: Place) -> None:
        if depth > MAX_DEPTH:
            self.fault(TOO_DEEP, place)
            raise ScenarioError(self.faults)

    def count(self, values: int, place: Place, path: KeyPath, alias: str = "") -> None:
        self.values += values
        if self.values > MAX_VALUES:
            if alias:
                message = (
                    f"the alias *{alias} repeats {values:,} values: too many (allowed: {MAX_VALUES:,} in all)"
                )
                self.fault(message, place, path, "write out the values that are needed")
            else:
                message = f"there are too many values from here on (allowed: {MAX_VALUES:,})"
                self.fault(message, place, path, "keep long tables in a CSV file that the scenario names")
            raise ScenarioError(self.faults)

    def at(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self.name, mark.line + 1, mark.column + 1) if mark else Place(self.name, 1, 1)

    def fault(self, message: str, place: Place, path: KeyPath = (), remedy: str = "") -> None:
        self.faults.append(Fault(message, place, dotted(path), remedy))
        if len(self.faults) >= MAX_FAULTS:
            message = f"the rest of the file was not read after {MAX_FAULTS} faults"
            raise ScenarioError([*self.faults, Fault(message, place)])
