"""Reading a rota: who works from when to when on which date, one row a shift of one person."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sim import units
from sim.errors import Fault, ScenarioError, did_you_mean, shown
from sim.plan.sheets import Sheet, opened
from sim.scenario.rota import Rota

HOLDS = "the rota"
"""What the file is to people."""


@dataclass(frozen=True, order=True)
class Span:
    """A shift of one person: seconds from `time.start`; day: of its date; line: in the file."""

    start: float
    end: float
    day: int
    line: int


def read_rota(
    rota: Rota,
    team: str,
    path: Path,
    start: datetime.date,
    span: tuple[float, float],
    teams: Collection[str],
) -> list[list[Span]]:
    """The shifts of each person of the team, in order of time; people in the order of the file.

    Everybody in the file is one of them, whether or not they work inside the simulated span (seconds from
    `start`), so that their numbers do not depend on it.

    Raises:
        ScenarioError: the file cannot be read or lacks a column; a row has a wrong date, time or team; shifts
            of one person overlap, in two teams perhaps; nobody works inside the span.
    """
    people: dict[str, list[Span]] = {}
    ours: dict[str, list[Span]] = {}
    with opened(path, HOLDS, rota.sheet) as sheet:
        columns = [rota.date, rota.agent, rota.start, rota.end, *([rota.team] if rota.team else [])]
        sheet.needs(columns)
        places = [sheet.columns.index(column) for column in columns]
        for line, cells in sheet.rows():
            date, agent, begins, ends, *of_team = (cells[place].strip() for place in places)
            worked = _span(sheet, line, date, begins, ends, start)
            if not agent:
                sheet.wrong(line, f"{rota.agent}: the name is missing", "name who works this shift")
            elif of_team and (name := rota.names.get(of_team[0], of_team[0])) not in teams:
                message = f"{rota.team}: there is no team {shown(of_team[0])}"
                sheet.wrong(line, message, did_you_mean(name, teams))
            elif worked is not None:
                people.setdefault(agent, []).append(worked)
                if not of_team or name == team:
                    ours.setdefault(agent, []).append(worked)
        for agent, spans in people.items():
            _check_overlap(sheet, agent, spans)
    if not any(each.start < span[1] and each.end > span[0] for spans in ours.values() for each in spans):
        file, dates = shown(str(path)), sorted(each.day for spans in ours.values() for each in spans)
        if not dates:
            message, remedy = f"{file} has no shift of the team {shown(team)}", "check the column of teams"
        else:
            first, last = (start + datetime.timedelta(days=day) for day in (dates[0], dates[-1]))
            message = f"no shift of {file} lies inside the simulated time: they are from {first} to {last}"
            remedy = "set time.start and time.horizon to the days of the file"
        raise ScenarioError(Fault(message, remedy=remedy))
    return [sorted(spans) for spans in ours.values()]


def _span(sheet: Sheet, line: int, date: str, begins: str, ends: str, start: datetime.date) -> Span | None:
    """The shift of a row, None where it is noted as wrong; it may end on the next day."""
    try:
        day = (units.date(date) - start).days
        opens, closes = units.clock(begins), units.clock(ends)
    except units.UnitError as error:
        sheet.wrong(line, error.message, error.remedy)
        return None
    if opens == closes:
        message = f"the shift ends when it starts, at {begins}"
        sheet.wrong(line, message, "write 00:00 to 24:00 for a whole day")
        return None
    midnight = day * units.DAY
    return Span(midnight + opens, midnight + closes + (units.DAY if closes < opens else 0.0), day, line)


def _check_overlap(sheet: Sheet, agent: str, spans: list[Span]) -> None:
    """Note shifts of one person that begin before an earlier one has ended."""
    latest = None
    for span in sorted(spans):
        if latest is not None and span.start < latest.end:
            after, before = max(span.line, latest.line), min(span.line, latest.line)
            message = f"this shift of {shown(agent)} overlaps that in line {before}"
            sheet.wrong(after, message, "end one before the other begins")
        if latest is None or span.end > latest.end:
            latest = span
