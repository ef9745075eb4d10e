"""Reading recorded arrivals from a file, row by row."""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.errors import Fault, ScenarioError, did_you_mean, shown
from sim.plan.plan import NONE
from sim.plan.sheets import opened
from sim.scenario.customers import Trace, TraceColumn
from sim.units import DAY

HOLDS = "the log to replay"
"""What the file of a trace is to people."""

MOST_SECONDS = 1e10
"""Numbers in a log are smaller: this is some 300 years."""


@dataclass(frozen=True)
class Arrival:
    """One recorded arrival; NONE where reason or segment is to be drawn."""

    time: float
    reason: int
    segment: int
    case: int = 0  # its number among the arrivals of its day


def read_trace(
    trace: Trace,
    path: Path,
    start: datetime.date,
    span: tuple[float, float],
    reasons: Mapping[str, int],
    segments: Mapping[str, int],
) -> list[Arrival]:
    """The arrivals of the file inside the simulated span (seconds from `start`), in order of time.

    Raises:
        ScenarioError: the file cannot be read, lacks a column, has no arrival in the span, or has bad rows.
    """
    found = _Found()
    with opened(path, HOLDS) as sheet:
        sheet.needs(_columns_of(trace))
        rows = _Rows(trace, start, reasons, segments)
        for line, cells in sheet.rows():
            try:
                found.add(rows.read(dict(zip(sheet.columns, cells, strict=True))), span)
            except ValueError as error:
                sheet.wrong(line, str(error))
    arrivals = [arrival for arrival in _numbered(found.kept) if span[0] <= arrival.time < span[1]]
    if not arrivals:
        raise ScenarioError(_nothing_inside(path, start, found))
    return arrivals


def _numbered(arrivals: list[Arrival]) -> Iterator[Arrival]:
    """In order of time, each with its number among those of its day, wherever the simulated span begins."""
    cases: Counter[int] = Counter()
    for arrival in sorted(arrivals, key=lambda arrival: arrival.time):
        day = int(arrival.time // DAY)
        yield replace(arrival, case=cases[day])
        cases[day] += 1


@dataclass
class _Found:
    """What a file holds: its rows, the times of its arrivals, and the arrivals on the simulated days."""

    rows: int = 0
    first: float = math.inf
    last: float = -math.inf
    kept: list[Arrival] = field(default_factory=list)

    def add(self, arrival: Arrival | None, span: tuple[float, float]) -> None:
        """Take a row's arrival, None for a row that is left out."""
        self.rows += 1
        if arrival is None:
            return
        self.first, self.last = min(self.first, arrival.time), max(self.last, arrival.time)
        if span[0] // DAY <= arrival.time // DAY <= span[1] // DAY:
            self.kept.append(arrival)


def _nothing_inside(path: Path, start: datetime.date, found: _Found) -> Fault:
    """Why no arrival of the file is simulated."""
    file = shown(str(path))
    if not found.rows:
        return Fault(f"{file} has no rows below its heading", remedy="check `trace: file:`")
    if found.first > found.last:
        message = f"all {found.rows:,} rows of {file} are left out"
        return Fault(message, remedy="check only, without and at_least")
    midnight = datetime.datetime.combine(start, datetime.time())
    first, last = (midnight + datetime.timedelta(seconds=moment) for moment in (found.first, found.last))
    return Fault(
        f"no arrival of {file} lies inside the simulated time, which begins on {start}: "
        f"they run from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}",
        remedy="set time.start and time.horizon to the days of the file",
    )


def _columns_of(trace: Trace) -> list[str]:
    """Every column that the trace names."""
    named = [column for column in (trace.reason, trace.segment) if column]
    return [
        trace.time,
        *([trace.plus] if trace.plus else []),
        *trace.only,
        *trace.without,
        *trace.at_least,
        *(column.column for column in named),
        *(other for column in named for other in column.where),
    ]


class _Rows:
    """Reads the rows of one trace."""

    def __init__(
        self,
        trace: Trace,
        start: datetime.date,
        reasons: Mapping[str, int],
        segments: Mapping[str, int],
    ) -> None:
        self.trace = trace
        self.midnight = datetime.datetime.combine(start, datetime.time())
        self.reasons = reasons
        self.segments = segments

    def read(self, row: dict[str, str]) -> Arrival | None:
        """The arrival of a row, None for a row that is left out; ValueError for a bad row."""
        trace = self.trace
        if not _matches(row, trace.only) or (trace.without and _matches(row, trace.without)):
            return None
        if any(_number(row, column) < least for column, least in trace.at_least.items()):
            return None
        time = _seconds(row[trace.time], self.midnight)
        if trace.plus:
            time += _number(row, trace.plus)
        return Arrival(
            time, _named(row, trace.reason, self.reasons), _named(row, trace.segment, self.segments)
        )


def _matches(row: dict[str, str], wanted: Mapping[str, tuple[str, ...]]) -> bool:
    return all(row[column].strip() in texts for column, texts in wanted.items())


def _number(row: dict[str, str], column: str) -> float:
    try:
        number = float(row[column])
    except ValueError:
        number = math.nan
    if not abs(number) < MOST_SECONDS:
        raise ValueError(f"{column}: {shown(row[column])} is not a number that can be used")
    return number


def _named(row: dict[str, str], column: TraceColumn | None, known: Mapping[str, int]) -> int:
    if column is None or not _matches(row, column.where):
        return NONE
    text = row[column.column].strip()
    if not text:
        return NONE
    name = column.names.get(text, text)
    if name not in known:
        meant = did_you_mean(name, known)
        raise ValueError(f"{column.column}: {shown(text)} is no name of the scenario ({meant})")
    return known[name]


def _seconds(text: str, midnight: datetime.datetime) -> float:
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{shown(text)} is not a time (allowed: 2026-03-02 08:15:30)") from None
    if moment.tzinfo is not None:
        raise ValueError(f"{shown(text)} has a time zone: give local times without one")
    return (moment - midnight).total_seconds()
