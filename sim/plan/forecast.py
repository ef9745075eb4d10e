"""Reading a forecast: a grid of expected cases, one row a date, one column an interval of the day."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from sim import units
from sim.errors import Fault, ScenarioError, shown
from sim.plan.sheets import Sheet, opened
from sim.scenario.customers import Forecast

HOLDS = "the forecast"
"""What the file is to people."""

Interval = tuple[float, float]
Piece = tuple[float, float, float]
"""Start, end (seconds of the day), expected cases."""
Grid = dict[datetime.date, list[Piece]]

MOST_CASES = 1e6
"""Expected in one interval."""

_SHOWN_DATES = 3


def read_forecast(
    forecast: Forecast, path: Path, open_hours: Mapping[datetime.date, Sequence[Interval]]
) -> Grid:
    """The expected cases of each simulated date, spread evenly over the open part of each interval.

    open_hours: when customers can come on each simulated date (seconds of the day).

    Raises:
        ScenarioError: the file cannot be read; its heading is not a date and evenly spaced times; a date, a
            cell or a number is wrong; a simulated date is missing; cases are expected while it is closed.
    """
    grid: Grid = {}
    lines: dict[datetime.date, int] = {}
    with opened(path, HOLDS, forecast.sheet) as sheet:
        intervals = _intervals(sheet)
        for line, cells in sheet.rows():
            try:
                date = units.date(cells[0].strip())
            except units.UnitError as error:
                sheet.wrong(line, error.message, error.remedy)
                continue
            if date in lines:
                message = f"{date} is there already, in line {lines[date]}"
                sheet.wrong(line, message, "keep one of the two rows")
                continue
            lines[date] = line
            numbers = [_cases(sheet, line, *cell) for cell in zip(intervals, cells[1:], strict=True)]
            if date in open_hours:
                grid[date] = _pieces(sheet, line, open_hours[date], zip(intervals, numbers, strict=True))
    missing = [date for date, spans in open_hours.items() if spans and date not in lines]
    if missing:
        listed = ", ".join(str(date) for date in missing[:_SHOWN_DATES])
        more = f" and {len(missing) - _SHOWN_DATES} more" if len(missing) > _SHOWN_DATES else ""
        message = f"{shown(str(path))} has no row for {listed}{more}, which {_is(missing)} simulated"
        raise ScenarioError(Fault(message, remedy="add the row, or simulate the dates of the file only"))
    factor = forecast.scale
    return {date: [(a, b, factor * cases) for a, b, cases in pieces] for date, pieces in grid.items()}


def _is(dates: Sequence[datetime.date]) -> str:
    return "is" if len(dates) == 1 else "are"


def _intervals(sheet: Sheet) -> list[Interval]:
    """The intervals that the heading names by their starts; the last is as long as the others."""
    starts: list[float] = []
    faults: list[Fault] = []
    for text in sheet.columns[1:]:
        try:
            starts.append(units.clock(text.strip()))
        except units.UnitError as error:
            message, remedy = f"in the heading: {error.message}", "head each column with its start: 08:30"
            faults.append(Fault(message, sheet.heading, remedy=remedy))
    if faults:
        raise ScenarioError(faults)
    if len(starts) < 2:
        message = "a forecast has a column of dates, and one for each interval of the day (at least two)"
        raise ScenarioError(Fault(message, sheet.heading, remedy="begin it with date,08:00,08:30 and so on"))
    length = starts[1] - starts[0]
    for start, following in pairwise(starts):
        clock, next_clock = units.format_clock(start), units.format_clock(following)
        if following <= start:
            message = f"{next_clock} stands after {clock}"
            raise ScenarioError(Fault(message, sheet.heading, remedy="put the times in their order"))
        if following - start != length:
            message = (
                f"the intervals are not of one length: {units.format_duration(following - start)} "
                f"from {clock} to {next_clock}, {units.format_duration(length)} before"
            )
            remedy = "give every interval a column, with 0 where nobody is expected"
            raise ScenarioError(Fault(message, sheet.heading, remedy=remedy))
    if starts[-1] + length > units.DAY:
        message = f"the interval from {units.format_clock(starts[-1])} would last beyond midnight"
        raise ScenarioError(Fault(message, sheet.heading, remedy="end the day with a whole interval"))
    return [(start, start + length) for start in starts]


def _cases(sheet: Sheet, line: int, interval: Interval, text: str) -> float:
    """The number in a cell; 0 where it is noted as wrong."""
    at = f"at {units.format_clock(interval[0])}: "
    if not text.strip():
        sheet.wrong(line, f"{at}the cell is empty", "write 0 where nobody is expected")
        return 0.0
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= MOST_CASES:
        said = "is negative" if number < 0 else "is not a number of cases"
        sheet.wrong(line, f"{at}{shown(text)} {said} (allowed: 0 to {MOST_CASES:,.0f}, such as 12.5)")
        return 0.0
    return number


def _pieces(
    sheet: Sheet, line: int, open_hours: Sequence[Interval], cells: Iterable[tuple[Interval, float]]
) -> list[Piece]:
    """Pieces of constant rate: each number lies evenly on the open part of its interval."""
    pieces: list[Piece] = []
    for (start, end), number in cells:
        spans = [(max(start, a), min(end, b)) for a, b in open_hours if max(start, a) < min(end, b)]
        if number > 0 and not spans:
            message = f"at {units.format_clock(start)}: {number:g} expected while the calendar is closed"
            sheet.wrong(line, message, "write 0, or change the calendar of the arrivals")
        total = sum(b - a for a, b in spans)
        pieces += [(a, b, number * (b - a) / total) for a, b in spans if number > 0]
    return pieces
