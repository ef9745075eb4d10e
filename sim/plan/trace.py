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
from sim.scenario.spec import Trace

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
    midnight = datetime.datetime.combine(start, datetime.time())

    def named(
        row: dict[str, str], column: str | None, words: Mapping[str, str], known: Mapping[str, int]
    ) -> int:
        text = row[column].strip() if column else ""
        if not text:
            return NONE
        name = words.get(text, text)
        if name not in known:
            raise ValueError(f"{column} '{text}' is no name of the scenario ({did_you_mean(text, known)})")
        return known[name]

    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            columns = reader.fieldnames or ()
            wanted = [trace.time, *trace.only, *(c for c in (trace.reason, trace.segment) if c)]
            for column in wanted:
                if column not in columns:
                    faults.append(
                        Fault(
                            f"the file has no column '{column}'",
                            place=Place(str(path), 1, 1),
                            remedy=did_you_mean(column, columns),
                        )
                    )
            if faults:
                raise ScenarioError(faults)
            for row in reader:
                if any(row[c] not in ([v] if isinstance(v, str) else v) for c, v in trace.only.items()):
                    continue
                try:
                    if None in row.values() or None in row:
                        raise ValueError(f"this row does not have the {len(columns)} columns of the heading")
                    time = _seconds(row[trace.time], midnight)
                    arrival = Arrival(
                        time,
                        named(row, trace.reason, trace.reasons, reasons),
                        named(row, trace.segment, trace.segments, segments),
                    )
                except ValueError as error:
                    faults.append(Fault(str(error), place=Place(str(path), reader.line_num, 1)))
                else:
                    if span[0] <= time < span[1]:
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


def _seconds(text: str, midnight: datetime.datetime) -> float:
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"'{text}' is not a time (allowed: 2026-03-02 08:15:30)") from None
    if moment.tzinfo is not None:
        raise ValueError(f"'{text}' has a time zone: give local times without one")
    return (moment - midnight).total_seconds()
