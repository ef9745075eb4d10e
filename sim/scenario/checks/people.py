"""Every queue must be served by somebody, some time."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator

from sim import units
from sim.errors import did_you_mean
from sim.scenario.checks.finding import Finding
from sim.scenario.headcount import headcount_of_day
from sim.scenario.service import Shift
from sim.scenario.spec import Spec


def skills(spec: Spec) -> Iterator[Finding]:
    """Steps that no team can do, queues that nobody serves, skills and shifts that nobody needs."""
    needed = {
        (step.work.skill or name): ("journeys", journey, name)
        for journey, steps in spec.journeys.items()
        for name, step in steps.items()
        if step.work is not None
    }
    offered = {skill for team in spec.teams.values() for skill in team.skills}
    for skill, path in needed.items():
        if skill not in offered:
            yield path, f"no team has the skill '{skill}' for this step", did_you_mean(skill, offered)
        elif not any(skill in team.skills and _is_there(spec, name) for name, team in spec.teams.items()):
            yield (
                path,
                f"this queue is never served: no agent with the skill '{skill}' works between "
                f"{spec.time.start} and the end of the horizon",
                "give a team with this skill agents, or shifts on days inside the horizon",
            )
    for name, team in spec.teams.items():
        for skill in team.skills:
            if skill not in needed:
                yield (
                    ("teams", name, "skills", skill),
                    f"no step needs the skill '{skill}'",
                    did_you_mean(skill, needed),
                )
    worked = {name for team in spec.teams.values() for name in team.shifts}
    for name in spec.shifts:
        if name not in worked and worked <= spec.shifts.keys():
            yield (
                ("shifts", name),
                f"no team works the shift '{name}'",
                "remove it, or give a team people on it",
            )


def _is_there(spec: Spec, team: str) -> bool:
    """Whether at least one agent of the team works at some time inside the horizon."""
    if spec.teams[team].rota is not None:
        return True  # reading the rota tells
    agents = spec.teams[team].agents
    if agents is not None:
        days = min(7, math.ceil(spec.time.horizon / units.DAY))
        weekdays = ((spec.time.start + datetime.timedelta(days=day)).weekday() for day in range(days))
        return any(heads for day in weekdays for _, _, heads in headcount_of_day(agents, day))
    return any(
        count and (name not in spec.shifts or _is_worked(spec, spec.shifts[name]))
        for name, count in spec.teams[team].shifts.items()
    )


_DAYS_LOOKED_AT = 800
"""A shift that is not worked for so long is never worked: weeks are alike, save for closed days."""


def _is_worked(spec: Spec, shift: Shift) -> bool:
    """Whether a shift has working time inside the horizon, by its days, its hours and its calendar."""
    calendar = spec.calendars.get(shift.calendar or "")
    (start, end), *_ = shift.hours
    for day in range(-1, math.ceil(spec.time.horizon / units.DAY)):
        date = spec.time.start + datetime.timedelta(days=day)
        is_on = shift.is_on(date) and (calendar is None or bool(calendar.hours_on(date)))
        midnight = day * units.DAY
        if is_on and midnight + start < spec.time.horizon and midnight + end > 0:
            return True
        if day > _DAYS_LOOKED_AT:
            return False
    return False
