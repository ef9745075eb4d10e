"""The language of SLAs: from `service_level(60s) >= 80% for channel=phone` to a checked `Sla`.

    sla       = measure comparison target [ "for" filter { "," filter } ] [ "each" period [ hours ] ]
    measure   = name [ "(" argument { "," argument } ")" ]     name and arguments: those of the catalogue
    argument  = value | parameter "=" value                    values without a name come first, in order;
                                                               quantiles take a share: wait.quantile(90%)
    comparison = ">=" | ">" | "<=" | "<"
    target    = in the measure's unit: 80% | 4h | 4h 30m | 1.2 | 9.50, money, without its currency
    filter    = dimension "=" name                             a name with , = ( ) or " for " is quoted
    period    = "day" | "hour" | "interval"
    hours     = clock "-" clock { "," clock "-" clock }        of hour or interval: cells that begin within

    service_level(60s) >= 70% for channel=phone each interval 09:00-18:00
    first_response.mean <= 4h for channel=email, segment=core
    fcr >= 85%

`parse_request` reads the same language without comparison and target, and `by` instead of `each`:

    wait.mean(calendar=desk) for segment=core by channel, day

Everything that needs no scenario is checked while parsing, against the catalogue; names of channels, teams,
calendars and so on by `unknown_names`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar, cast

from sim import catalogue
from sim.catalogue import ATTEMPTS, Argument, Measure, Parameter, Request
from sim.errors import Fault, ScenarioError, did_you_mean, shown
from sim.units import WEEKDAYS, UnitError, duration, hours, share

T = TypeVar("T")
Hours = tuple[tuple[float, float], ...]
"""Pieces of the day, (start, end) in seconds."""

Comparison = Literal[">=", ">", "<=", "<"]
Severity = Literal["fail", "warn"]

COMPARISONS: tuple[Comparison, ...] = (">=", ">", "<=", "<")
SEVERITIES: tuple[Severity, ...] = ("fail", "warn")
PERIODS = ("day", "hour", "interval")

_FIXED_NAMES: Mapping[str, tuple[str, ...]] = {
    "weekday": WEEKDAYS,
    "hour": tuple(f"{hour:02d}" for hour in range(24)),
    "attempt": ATTEMPTS,
}
_EXAMPLES = {"share": "80%", "duration": "4h", "count": "120", "number": "1.2", "money": "9.50"}
_ALL_DAY: Hours = ()
_LONGEST_TEXT = 1_000
_NOT_FILTERED = ("day", "interval")
_TOKEN = re.compile(r"""\s*("[^"]*"|'[^']*'|[<>=!~]+|[(),]|[^\s<>=!~(),"']+|.)""")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Sla:
    """One target on one measure.

    text      as written
    request   what is measured; for an "each" SLA cut by that period
    comparison, target   `target` in seconds for a duration, 0.8 for 80 %
    hours     the pieces of the day whose cells are judged; empty: all of the day
    severity  "fail" counts in the exit code, "warn" is only shown
    """

    text: str
    request: Request
    comparison: Comparison
    target: float
    hours: Hours = ()
    severity: Severity = "fail"

    @property
    def each(self) -> str | None:
        """The period that is judged cell by cell; None: the whole window at once."""
        return self.request.by[0] if self.request.by else None

    def met_by(self, value: float) -> bool:
        """Whether a value known without doubt would meet the target."""
        match self.comparison:
            case ">=":
                return value >= self.target
            case ">":
                return value > self.target
            case "<=":
                return value <= self.target
            case "<":
                return value < self.target


def parse_entry(value: object) -> Sla:
    """An SLA as it stands in the file: its text, or {expect: text, severity: fail|warn}.

    Raises ScenarioError with faults that carry no place; the path inside the entry ("expect", "severity" or
    "") is the fault's path.
    """
    if isinstance(value, str):
        return parse_sla(value)
    if not isinstance(value, dict):
        example = "service_level(60s) >= 80%"
        raise _error(f"{shown(value)} is not an SLA (allowed: its text, or a map)", f"write {example}")
    faults = [
        Fault(f"unknown key {shown(key)}: {did_you_mean(str(key), ('expect', 'severity'))}", path=str(key))
        for key in value
        if key not in ("expect", "severity")
    ]
    severity = value.get("severity", "fail")
    if severity not in SEVERITIES:
        faults.append(Fault(f"{shown(severity)} is not a severity (allowed: fail, warn)", path="severity"))
    expect = value.get("expect")
    parsed = None
    if not isinstance(expect, str):
        wrong = "is missing" if expect is None else f"is {shown(expect)}, not text"
        faults.append(
            Fault(f"expect {wrong}", path="expect", remedy="write expect: service_level(60s) >= 80%")
        )
    else:
        try:
            parsed = parse_sla(expect)
        except ScenarioError as error:
            faults += [replace(fault, path="expect") for fault in error.faults]
    if faults or parsed is None:
        raise ScenarioError(faults)
    return replace(parsed, severity=cast(Severity, severity))


def parse_sla(text: str) -> Sla:
    """An SLA from its text; ScenarioError with all faults (no places) when it is not one."""
    reader = _Reader(text)
    measure, arguments = reader.measure()
    comparison = reader.comparison()
    target_text = reader.words(until=("for", "each"))
    filters = reader.filters(until=("each",)) if reader.skip("for") else {}
    each = reader.period() if reader.skip("each") else ""
    hours_text = reader.rest()
    reader.end()

    faults = _Faults(text)
    target = faults.attempt(lambda: _target(measure, target_text), 0.0)
    request = faults.attempt(lambda: _request(measure, arguments, filters, (each,) if each else ()), None)
    pieces = faults.attempt(lambda: _hours(each, hours_text), _ALL_DAY)
    faults.raise_any()
    assert request is not None  # else there was a fault
    return Sla(text.strip(), request, comparison, target, pieces)


def parse_request(text: str) -> Request:
    """A measure with its arguments, filters and cuts; ScenarioError with all faults when it is not one."""
    reader = _Reader(text)
    measure, arguments = reader.measure()
    filters = reader.filters(until=("by",)) if reader.skip("for") else {}
    by = reader.names() if reader.skip("by") else ()
    reader.end()
    faults = _Faults(text)
    request = faults.attempt(lambda: _request(measure, arguments, filters, by), None)
    faults.raise_any()
    assert request is not None  # else there was a fault
    return request


def unknown_names(request: Request, known: Mapping[str, Collection[str]]) -> tuple[Fault, ...]:
    """Faults for names that the scenario does not have.

    known: for each of channel, segment, reason, step, team and calendar, the names that there are.
    """
    kinds = {p.name: p.kind for p in catalogue.lookup(request.measure).parameters}
    used = [(dimension, name) for dimension, name in request.filters if dimension in known]
    used += [("calendar", str(value)) for name, value in request.arguments if kinds[name] == "calendar"]
    return tuple(
        Fault(f"there is no {kind} {shown(name)}", remedy=did_you_mean(name, known.get(kind, ())))
        for kind, name in used
        if name not in known.get(kind, ())
    )


class _Reader:
    """Takes the text apart, left to right; raises ScenarioError at the first thing out of place."""

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST_TEXT:
            raise _error(f"{shown(text)} is too long (allowed: {_LONGEST_TEXT} characters)")
        self.text = text
        self.tokens = _TOKEN.findall(text.strip())
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def skip(self, token: str) -> bool:
        if self.peek() != token:
            return False
        self.at += 1
        return True

    def fault(self, message: str, remedy: str = "") -> ScenarioError:
        return _error(f"{shown(self.text.strip())}: {message}", remedy)

    def here(self) -> str:
        return shown(self.peek()) if self.peek() else "the end"

    def words(self, until: tuple[str, ...] = ()) -> str:
        """Words up to the next sign or keyword, a blank between; a quoted name without its quotes."""
        taken = []
        while (token := self.peek()) and not re.match(r"[<>=!~(),]", token) and token not in until:
            if token in ('"', "'"):
                raise self.fault(f"the quote {token} has no partner")
            taken.append(token[1:-1] if token[0] in "\"'" else token)
            self.at += 1
        return " ".join(taken)

    def rest(self) -> str:
        taken = self.tokens[self.at :]
        self.at = len(self.tokens)
        return " ".join(taken)

    def measure(self) -> tuple[Measure, list[tuple[str, str]]]:
        name = self.peek()
        if not re.match(r"[\w.]", name):
            raise self.fault(
                f"a measure is expected, not {self.here()}", "begin with one, such as fcr >= 85%"
            )
        try:
            measure = catalogue.lookup(name)
        except ValueError as error:
            raise self.fault(str(error)) from None
        self.at += 1
        return measure, self.arguments() if self.skip("(") else []

    def arguments(self) -> list[tuple[str, str]]:
        """(name or "", text) of each, the opening bracket already read."""
        given: list[tuple[str, str]] = []
        while not self.skip(")"):
            name, value = "", self.words()
            if self.skip("="):
                name, value = value, self.words()
            if not value:
                raise self.fault(f"an argument is expected, not {self.here()}")
            given.append((name, value))
            if not self.skip(",") and self.peek() != ")":
                raise self.fault(f"a comma or closing bracket is expected, not {self.here()}")
        return given

    def comparison(self) -> Comparison:
        sign = self.peek()
        if sign not in COMPARISONS:
            wrong = f"{self.here()} is not a comparison" if sign else "the comparison is missing"
            raise self.fault(f"{wrong} (allowed: {', '.join(COMPARISONS)})")
        self.at += 1
        return sign

    def filters(self, until: tuple[str, ...]) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            dimension = self.words(until)
            if not dimension or not self.skip("="):
                raise self.fault(
                    f"dimension=name is expected, not {shown(dimension) if dimension else self.here()}"
                )
            name = self.words(until)
            if not name:
                raise self.fault(f"a name is expected after {dimension}=, not {self.here()}")
            if dimension in found:
                raise self.fault(
                    f"{dimension} is given twice ({found[dimension]} and {name})", "write an SLA for each"
                )
            found[dimension] = name
            if not self.skip(","):
                return found

    def names(self) -> tuple[str, ...]:
        found = [self.words()]
        while self.skip(","):
            found.append(self.words())
        if "" in found:
            raise self.fault(f"the name of a dimension is expected, not {self.here()}")
        return tuple(found)

    def period(self) -> str:
        period = self.peek()
        if period not in PERIODS:
            raise self.fault(f"{self.here()} is not a period after each (allowed: {', '.join(PERIODS)})")
        self.at += 1
        return period

    def end(self) -> None:
        if self.peek():
            raise self.fault(f"{self.here()} is out of place")


class _Faults:
    """Collects what is wrong, so that all of it is told at once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Fault] = []

    def attempt(self, check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except UnitError as error:
            self.found.append(Fault(f"{shown(self.text.strip())}: {error.message}", remedy=error.remedy))
        except ValueError as error:
            self.found.append(Fault(f"{shown(self.text.strip())}: {error}"))
        return otherwise

    def raise_any(self) -> None:
        if self.found:
            raise ScenarioError(self.found)


def _error(message: str, remedy: str = "") -> ScenarioError:
    return ScenarioError(Fault(message, remedy=remedy))


def _target(measure: Measure, text: str) -> float:
    if not text:
        raise UnitError("the target is missing", f"write one such as {_EXAMPLES[measure.unit]}")
    if measure.unit == "share":
        return share(text)
    if measure.unit == "duration":
        return duration(text)
    least, most = measure.scale or (0.0, math.inf)
    if not _NUMBER.fullmatch(text) or not least <= float(text) <= most:
        allowed = f"{least:g} to {most:g}" if measure.scale else "0 or more"
        raise UnitError(f"{shown(text)} is not a plain number (allowed: {allowed})")
    return float(text)


def _request(
    measure: Measure, given: list[tuple[str, str]], filters: Mapping[str, str], by: tuple[str, ...]
) -> Request:
    for dimension, name in filters.items():
        if dimension in _NOT_FILTERED:
            raise UnitError(f"{dimension} is not for filtering", f"write each {dimension} or by {dimension}")
        if name not in _FIXED_NAMES.get(dimension, (name,)):
            raise UnitError(
                f"{shown(name)} is not a name of {dimension} (allowed: {', '.join(_FIXED_NAMES[dimension])})"
            )
    if len(set(by)) < len(by):
        raise UnitError(f"a dimension is given twice in by {', '.join(by)}")
    return catalogue.request(measure.name, filters=filters, by=by, arguments=_arguments(measure, given))


def _arguments(measure: Measure, given: list[tuple[str, str]]) -> dict[str, Argument]:
    parameters = {parameter.name: parameter for parameter in measure.parameters}
    order = list(parameters)
    values: dict[str, Argument] = {}
    for position, (name, text) in enumerate(given):
        if not name and position >= len(order):
            raise UnitError(f"{shown(text)} is one argument too many for {measure.name}")
        name = name or order[position]
        if name in values:
            raise UnitError(f"the argument {name} is given twice")
        values[name] = _argument(parameters.get(name), text)
    return values


def _argument(parameter: Parameter | None, text: str) -> Argument:
    read = {"duration": duration, "share": share}.get(parameter.kind) if parameter else None
    return read(text) if read else text


def _hours(each: str, text: str) -> Hours:
    if not text:
        return ()
    if each not in ("hour", "interval"):
        raise UnitError(f"{shown(text)} is out of place", "give hours after each interval or each hour")
    return hours(text)
