"""People in the Plan: each agent's spans of duty and the breaks inside them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from sim import units
from sim.plan.demand import open_hours
from sim.plan.plan import NONE
from sim.scenario.service import Shift
from sim.scenario.spec import Spec


@dataclass
class Duty:
    """A span in which an agent is paid to be there, with (due, length) of its breaks."""

    start: float
    end: float
    breaks: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Agent:
    """One person: team, shift (NONE: always there), number within both, and duties in order."""

    team: int
    shift: int
    number: int
    duties: list[Duty]


def agents(spec: Spec, begin: float, end: float) -> list[Agent]:
    """All agents in file order, their duties cut to the simulated span [begin, end)."""
    people: list[Agent] = []
    shift_index = {name: index for index, name in enumerate(spec.shifts)}
    for team_index, team in enumerate(spec.teams.values()):
        always = [Duty(begin, end)]
        people += [Agent(team_index, NONE, number, always) for number in range(team.agents or 0)]
        for shift_name, count in team.shifts.items():
            duties = _duties(spec, spec.shifts[shift_name], begin, end)
            people += [Agent(team_index, shift_index[shift_name], number, duties) for number in range(count)]
    return people


def _duties(spec: Spec, shift: Shift, begin: float, end: float) -> list[Duty]:
    """The duties of one shift; where one ends as the next begins they are one."""
    calendar = spec.calendars[shift.calendar] if shift.calendar else None
    duties: list[Duty] = []
    for day in range(int(begin // units.DAY) - 1, int(-(-end // units.DAY))):
        date = spec.time.start + datetime.timedelta(days=day)
        if date.weekday() not in shift.days or not open_hours(calendar, date):
            continue
        midnight = day * units.DAY
        start, stop = max(begin, midnight + shift.hours[0][0]), min(end, midnight + shift.hours[0][1])
        if start >= stop:
            continue
        spans = sorted(shift.break_span(name) for name in shift.breaks)
        cut = [(max(start, midnight + a), midnight + b) for a, b in spans if start < midnight + b]
        breaks = [(due, until - due) for due, until in cut if due < stop]
        if duties and duties[-1].end == start:
            duties[-1] = Duty(duties[-1].start, stop, duties[-1].breaks + breaks)
        else:
            duties.append(Duty(start, stop, breaks))
    return duties
