"""People in the Plan: each agent's planned duties, one for each date, and the breaks inside them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sim import units
from sim.plan.demand import open_hours
from sim.plan.plan import NONE
from sim.plan.rota import Span
from sim.scenario.headcount import headcount_of_day, is_constant
from sim.scenario.service import Shift, Team
from sim.scenario.spec import Spec


@dataclass(frozen=True)
class Duty:
    """A span in which an agent is planned to be there, with (due, length) of its breaks.

    day: the date on which its shift starts, in days from `time.start`; heads: how many are planned on the
    same shift and date at this time.
    """

    start: float
    end: float
    day: int
    heads: int
    breaks: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Agent:
    """One person: team, shift (NONE: without one), number within both, and duties in order."""

    team: int
    shift: int
    number: int
    duties: list[Duty]


def agents(spec: Spec, rotas: Mapping[str, list[list[Span]]], begin: float, end: float) -> list[Agent]:
    """All agents in file order, their duties cut to the simulated span [begin, end)."""
    people: list[Agent] = []
    shift_index = {name: index for index, name in enumerate(spec.shifts)}
    for team_index, (name, team) in enumerate(spec.teams.items()):
        without_shift = _by_headcount(spec, team, begin, end) or _by_rota(rotas.get(name, []), begin, end)
        people += [Agent(team_index, NONE, number, duties) for number, duties in enumerate(without_shift)]
        for shift_name, count in team.shifts.items():
            duties = list(_of_shift(spec, spec.shifts[shift_name], count, begin, end))
            people += [Agent(team_index, shift_index[shift_name], number, duties) for number in range(count)]
    return people


def _dates(spec: Spec, begin: float, end: float) -> Iterator[tuple[int, datetime.date]]:
    """Each simulated day, and the one before, whose shifts may last into it."""
    for day in range(math.floor(begin / units.DAY) - 1, math.ceil(end / units.DAY)):
        yield day, spec.time.start + datetime.timedelta(days=day)


def _by_headcount(spec: Spec, team: Team, begin: float, end: float) -> list[list[Duty]]:
    """The duties of each head: number k is there while the headcount is more than k.

    Each date has duties of its own, since absence is drawn for it; where nobody is ever away, and the
    headcount is the same at all times, one will do.
    """
    if team.agents is None:
        return []
    if is_constant(team.agents) and not team.absence and not team.shrinkage:
        heads = max(n for _, _, n in headcount_of_day(team.agents, 0))
        return [[Duty(begin, end, math.floor(begin / units.DAY), heads)]] * heads
    duties: list[list[Duty]] = []
    for day, date in _dates(spec, begin, end):
        midnight = day * units.DAY
        for opens, closes, heads in headcount_of_day(team.agents, date.weekday()):
            duties += [[] for _ in range(len(duties), heads)]
            start, stop = max(begin, midnight + opens), min(end, midnight + closes)
            for number in range(heads) if start < stop else ():
                duties[number].append(Duty(start, stop, day, heads))
    return duties


def _by_rota(rota: list[list[Span]], begin: float, end: float) -> list[list[Duty]]:
    """The duties of each person of a rota."""
    return [
        [
            Duty(max(begin, span.start), min(end, span.end), span.day, len(rota))
            for span in spans
            if max(begin, span.start) < min(end, span.end)
        ]
        for spans in rota
    ]


def _of_shift(spec: Spec, shift: Shift, heads: int, begin: float, end: float) -> Iterator[Duty]:
    """The duties of everybody on one shift."""
    calendar = spec.calendars[shift.calendar] if shift.calendar else None
    for day, date in _dates(spec, begin, end):
        if not shift.is_on(date) or not open_hours(calendar, date):
            continue
        midnight = day * units.DAY
        start, stop = max(begin, midnight + shift.hours[0][0]), min(end, midnight + shift.hours[0][1])
        if start >= stop:
            continue
        spans = sorted(shift.break_span(name) for name in shift.breaks)
        cut = [(max(start, midnight + a), midnight + b) for a, b in spans if start < midnight + b]
        yield Duty(start, stop, day, heads, tuple((due, until - due) for due, until in cut if due < stop))
