"""Reading recorded arrivals from a CSV file, row by row, with every bad row reported."""

from __future__ import annotations

import csv
import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Fault, Place, ScenarioError, did_you_mean
from sim.plan.plan import NONE
from sim.scenario import Scenario
from sim.scenario.spec import Trace, TraceColumn

MOST_FAULTS = 10
"""So many bad rows are shown; the rest are counted."""


@dataclass(frozen=True)
class Arrival:
    """One recorded arrival; NONE where reason or segment is to be drawn."""

    time: float
    reason: int
    segment: int


def trace_path(trace: Trace, folder: Path) -> Path:
    """The file of a trace: `$NAME` stands for an environment variable, other paths are beside the scenario.

    Raises:
        ScenarioError: the variable is not set.
    """
    if trace.file.startswith("$"):
        variable = trace.file[1:]
        if variable not in os.environ:
            raise ScenarioError(
                [
                    Fault(
                        f"the environment variable {variable}, which names the log to replay, is not set",
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
        if trace and trace.file.startswith("$") and trace.file[1:] not in os.environ:
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
    if not path.is_file():
        raise ScenarioError([Fault(f"there is no file '{path}' to replay", remedy="check `trace: file:`")])
    faults: list[Fault] = []
    arrivals: list[Arrival] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            columns = tuple(reader.fieldnames or ())
            missing = [column for column in _columns_of(trace) if column not in columns]
            if missing:
                heading = Place(str(path), 1, 1)
                raise ScenarioError(
                    Fault(f"the file has no column '{c}'", heading, remedy=did_you_mean(c, columns))
                    for c in missing
                )
            rows = _Rows(trace, start, reasons, segments)
            for row in reader:
                try:
                    arrival = rows.read(row, len(columns))
                except ValueError as error:
                    faults.append(Fault(str(error), place=Place(str(path), reader.line_num, 1)))
                    continue
                if arrival is not None and span[0] <= arrival.time < span[1]:
                    arrivals.append(arrival)
    except (csv.Error, UnicodeDecodeError) as error:
        raise ScenarioError(
            [Fault(f"'{path}' is not a readable CSV file: {error}", remedy="save it as CSV in UTF-8")]
        ) from None
    if faults:
        if len(faults) > MOST_FAULTS:
            faults[MOST_FAULTS:] = [Fault(f"… and {len(faults) - MOST_FAULTS} more bad rows in '{path}'")]
        raise ScenarioError(faults)
    if not arrivals:
        raise ScenarioError(
            [
                Fault(
                    f"no arrival of '{path}' lies inside the simulated time, which begins on {start}",
                    remedy="set time.start and time.horizon to the days of the file",
                )
            ]
        )
    return sorted(arrivals, key=lambda arrival: arrival.time)


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
        return float(row[column])
    except ValueError:
        raise ValueError(f"{column} '{row[column]}' is not a number") from None


def _named(row: dict[str, str], column: TraceColumn | None, known: Mapping[str, int]) -> int:
    if column is None or not _matches(row, column.where):
        return NONE
    text = row[column.column].strip()
    if not text:
        return NONE
    name = column.names.get(text, text)
    if name not in known:
        raise ValueError(f"{column.column} '{text}' is no name of the scenario ({did_you_mean(text, known)})")
    return known[name]


def _seconds(text: str, midnight: datetime.datetime) -> float:
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"'{text}' is not a time (allowed: 2026-03-02 08:15:30)") from None
    if moment.tzinfo is not None:
        raise ValueError(f"'{text}' has a time zone: give local times without one")
    return (moment - midnight).total_seconds()
