"""Reading recorded arrivals from a CSV file, row by row, with every bad row reported."""

from __future__ import annotations

import csv
import datetime
import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.errors import Fault, Place, ScenarioError, did_you_mean, shown
from sim.plan.plan import NONE
from sim.scenario import Scenario
from sim.scenario.customers import Trace, TraceColumn
from sim.units import DAY

MOST_FAULTS = 10
"""So many bad rows are shown; the rest are counted."""

MOST_SECONDS = 1e10
"""Numbers in a log are smaller: this is some 300 years."""


@dataclass(frozen=True)
class Arrival:
    """One recorded arrival; NONE where reason or segment is to be drawn."""

    time: float
    reason: int
    segment: int
    case: int = 0  # its number among the arrivals of its day


def trace_path(trace: Trace, folder: Path) -> Path:
    """The file of a trace: `$NAME` stands for an environment variable, other paths are beside the scenario.

    Raises:
        ScenarioError: the variable is not set.
    """
    if trace.file.startswith("$"):
        variable = trace.file[1:]
        if not os.environ.get(variable):
            raise ScenarioError(
                [
                    Fault(
                        f"the environment variable {shown(variable)}, which names the log to replay, "
                        "is not set",
                        remedy=f"set it to the path of the log: export {variable}=/path/to/log.csv",
                    )
                ]
            )
        return Path(os.environ[variable])
    return folder / trace.file


def unset_variable(scenario: Scenario) -> str:
    """The environment variable that a trace of the scenario needs and that is not set; "" for none."""
    for channel in scenario.spec.channels.values():
        trace = channel.arrivals.trace
        if trace and trace.file.startswith("$") and not os.environ.get(trace.file[1:]):
            return trace.file[1:]
    return ""


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
    try:
        if not path.is_file():
            is_folder = path.is_dir()
            message = (
                f"{shown(str(path))} is a folder" if is_folder else f"there is no file {shown(str(path))}"
            )
            raise ScenarioError(Fault(f"{message}, so nothing to replay", remedy="check `trace: file:`"))
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            found = _read_rows(reader, trace, path, start, span, reasons, segments)
    except UnicodeDecodeError as error:
        raise ScenarioError(
            Fault(
                f"{shown(str(path))} is not UTF-8 text: it holds the byte 0x{error.object[error.start]:02x}",
                remedy='save the file as CSV with the encoding "UTF-8"',
            )
        ) from None
    except OSError as error:
        raise ScenarioError(Fault(f"{shown(str(path))} cannot be read: {error.strerror}")) from None
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


def _read_rows(
    reader: csv.DictReader[str],
    trace: Trace,
    path: Path,
    start: datetime.date,
    span: tuple[float, float],
    reasons: Mapping[str, int],
    segments: Mapping[str, int],
) -> _Found:
    """What the rows hold; ScenarioError for a bad heading or bad rows."""
    faults: list[Fault] = []
    found = _Found()
    try:
        columns = tuple(reader.fieldnames or ())
        _check_heading(columns, trace, path)
        rows = _Rows(trace, start, reasons, segments)
        for row in reader:
            try:
                found.add(rows.read(row, len(columns)), span)
            except ValueError as error:
                faults.append(Fault(str(error), Place(str(path), reader.line_num, 1)))
    except csv.Error as error:
        place = Place(str(path), max(1, reader.line_num), 1)
        faults.append(Fault(f"from here on this is not CSV: {error}", place, remedy="check the quotes"))
    if len(faults) > MOST_FAULTS:
        more = Fault(
            f"this row and {len(faults) - MOST_FAULTS - 1} more are bad too", faults[MOST_FAULTS].place
        )
        faults[MOST_FAULTS:] = [more]
    if faults:
        raise ScenarioError(faults)
    return found


def _check_heading(columns: tuple[str, ...], trace: Trace, path: Path) -> None:
    """Raise ScenarioError where a column that the trace names is missing or is there twice."""
    heading = Place(str(path), 1, 1)
    if not columns:
        raise ScenarioError(
            Fault("the file is empty", heading, remedy="begin it with the names of its columns")
        )
    if len(columns) == 1 and (other := next((sign for sign in ";\t|" if sign in columns[0]), "")):
        message = f"the columns are divided by {shown(other)} (allowed: commas)"
        raise ScenarioError(Fault(message, heading, remedy="save the file as CSV with commas"))
    wanted = dict.fromkeys(_columns_of(trace))
    faults = [
        Fault(f"the file has no column {shown(column)}", heading, remedy=did_you_mean(column, columns))
        for column in wanted
        if column not in columns
    ]
    faults += [
        Fault(f"the file has two columns {shown(column)}", heading, remedy="rename one of the two")
        for column in wanted
        if columns.count(column) > 1
    ]
    if faults:
        raise ScenarioError(faults)


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

    def read(self, row: dict[str, str], width: int) -> Arrival | None:
        """The arrival of a row, None for a row that is left out; ValueError for a bad row."""
        if None in row or None in row.values():
            raise ValueError(f"this row does not have the {width} columns of the heading")
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
