"""The service as models: bots, teams, shifts, and the steps that a contact goes through."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import model_validator

from sim import units
from sim.errors import shown
from sim.scenario.costs import FeeForSession, Pay
from sim.scenario.headcount import Headcount, HeadcountValue, headcounts
from sim.scenario.naming import Date, Name, ShiftHours
from sim.scenario.rota import Rota
from sim.scenario.values import (
    DistributionValue,
    Model,
    Routes,
    Share,
    ShareByReason,
    complain,
    parsed,
    whole,
    written,
)


class Handoff(Model):
    """What a handover from bot to person carries along."""

    saves_handle_time: Share = 0.0
    """Share of the next handle time that is saved because the bot passes on what it knows."""
    keeps_place: bool = False
    """Whether the time of coming to the bot counts as the time of joining the next queue."""


class Bot(Model):
    """Self-service in front of people."""

    sessions: Annotated[int, whole(1, 1_000_000)] | None = None
    """How many customers it serves at once; without it, any number."""
    time: DistributionValue
    """Length of a session, and of each failed attempt to reach a person."""
    resolves: ShareByReason
    """Share of its sessions that truly solve the need, perhaps by reason."""
    falsely_resolves: ShareByReason = 0.0
    """Share that only say so."""
    attempts_to_human: Annotated[int, whole(1, 100)] = 1
    """How many attempts it takes to reach a person; all but the last fail."""
    gives_up_per_attempt: ShareByReason = 0.0
    """Share of customers who give up after each failed attempt."""
    handoff: Handoff = Handoff()
    """What goes along when it hands over to a person."""
    cost: FeeForSession | None = None
    """What each session costs; one that hands over is one session, however many attempts it took."""


WEEKDAYS = written("weekdays", "mon-fri", "sat", "daily")
WEEKS = written("a number of weeks", "2w", pattern="w")
WEEK = 7 * units.DAY
MOST_WEEKS = 52
BREAK = written("when and how long", "12:00+30m", pattern="[+]")


class Team(Model):
    """People with the same skills: there without a shift (`agents`), or working shifts."""

    agents: HeadcountValue | None = None
    """Number of people who are there without a shift: at all times, or by hour or weekday."""
    shifts: dict[Name, Headcount] = {}
    """Number of people on each shift."""
    rota: Rota | None = None
    """A file of who works when, in place of numbers."""
    skills: dict[str, Annotated[int, whole(1, 99)]]
    """What they can do, with a level: 1 is preferred to 2. A skill is named like the step that needs it."""
    absence: Share = 0.0
    """Share of shifts missed by chance (illness): drawn for each person and date, for the whole shift."""
    absence_paid: bool = True
    """Whether shifts missed are paid; if not, they are as if they had not been planned."""
    shrinkage: Share = 0.0
    """Share of the people on a shift who are planned to be elsewhere (training, leave), and are paid."""
    cost: Pay | None = None
    """What a paid hour of one of them costs, all included; breaks and idle time are paid."""
    overtime_cost: Pay | None = None
    """What an hour past the end of the shift costs; without it, the same."""

    @property
    def is_staffed(self) -> bool:
        """Whether anybody is planned at any time; of a rota it is taken for granted."""
        heads = (heads for day in headcounts(self.agents or 0) for _, _, heads in day)
        return self.rota is not None or any(self.shifts.values()) or any(heads)

    @model_validator(mode="after")
    def _agents_or_shifts(self) -> Self:
        ways = {
            "agents (there without a shift)": self.agents is not None,
            "shifts": bool(self.shifts),
            "a rota": self.rota is not None,
        }
        given = [way for way, is_given in ways.items() if is_given]
        if not given:
            raise complain("a team needs people", "add `agents: 5` (always there) or `shifts: {early: 5}`")
        if len(given) > 1:
            raise complain(f"a team has both {' and '.join(given)}", "keep one of them")
        if self.rota is not None and self.shrinkage:
            message = "a rota says who is there: shrinkage would take people out once more"
            raise complain(message, "leave one of the two out", at=("shrinkage",))
        for key in ("absence", "shrinkage"):
            if getattr(self, key) == 1:
                raise complain("nobody would ever be there (allowed: below 100%)", at=(key,))
        if not self.skills:
            raise complain("a team needs at least one skill", "add such as answer: 1", at=("skills",))
        if self.overtime_cost is not None and self.cost is None:
            message = "overtime has a cost, and the other paid hours have none"
            raise complain(message, "add `cost: 28/h`", at=("overtime_cost",))
        return self


def _weeks(value: Any) -> float:
    seconds = units.duration(value)
    if seconds % WEEK or not WEEK <= seconds <= MOST_WEEKS * WEEK:
        raise units.UnitError(f"{shown(value)} is not a number of weeks (allowed: 1w to {MOST_WEEKS}w)")
    return seconds


def _monday(date: datetime.date) -> datetime.date:
    return date - datetime.timedelta(days=date.weekday())


class Shift(Model):
    """Working hours on certain weekdays, in every week or in some.

    A shift over midnight belongs to the day on which it starts.
    """

    days: Annotated[tuple[int, ...], parsed(units.weekdays, tuple(range(7))), WEEKDAYS]
    """Weekdays on which it starts: mon-fri."""
    hours: ShiftHours
    """From when to when: "08:00-16:00"; "22:00-06:00" ends on the next day."""
    breaks: dict[Name, Annotated[tuple[float, float], parsed(units.break_, (0.0, 1.0)), BREAK]] = {}
    """When and how long: {lunch: "12:00+30m"}."""
    calendar: str | None = None
    """No shift starts on a date on which this calendar is closed."""
    every: Annotated[float, parsed(_weeks, WEEK), WEEKS] = WEEK
    """In which weeks it is worked: 2w for every other week."""
    starting: Date | None = None
    """A date in a week in which it is worked; weeks begin on Monday."""

    def is_on(self, date: datetime.date) -> bool:
        """Whether it starts on a date, by weekday and week."""
        if date.weekday() not in self.days:
            return False
        since = _monday(date) - _monday(self.starting) if self.starting else datetime.timedelta()
        return since.total_seconds() % self.every == 0

    @model_validator(mode="after")
    def _weeks_begin_somewhere(self) -> Self:
        if (self.every > WEEK) != (self.starting is not None):
            missing = "starting" if self.starting is None else "every"
            remedy = "add `starting: 2026-03-02`" if self.starting is None else "add `every: 2w`"
            raise complain(f"a shift of some weeks needs '{missing}' too", remedy)
        return self

    @model_validator(mode="after")
    def _breaks_inside(self) -> Self:
        if len(self.hours) != 1:
            message = 'a shift has one span of hours (allowed: such as "08:00-16:00")'
            raise complain(message, "take the time between out as a break", at=("hours",))
        for name in self.breaks:
            start, end = self.break_span(name)
            if not self.hours[0][0] <= start < end <= self.hours[0][1]:
                raise complain("this break lies outside the hours of the shift", at=("breaks", name))
        spans = sorted(self.break_span(name) for name in self.breaks)
        if any(after[0] < before[1] for before, after in itertools.pairwise(spans)):
            raise complain("two breaks overlap", "end one before the next", at=("breaks",))
        return self

    def break_span(self, name: str) -> tuple[float, float]:
        """Start and end of a break in seconds from midnight of the shift's day."""
        start, length = self.breaks[name]
        if start < self.hours[0][0]:
            start += units.DAY
        return start, start + length


class Work(Model):
    """One agent with the skill, for a handle time and then a wrap-up without the customer."""

    time: DistributionValue
    """Handle time with the customer."""
    wrap_up: DistributionValue | None = None
    """Work afterwards, without the customer, before the agent is free."""
    skill: str | None = None
    """The skill it takes; without it, the step's name."""
    priority: Annotated[int, whole(1, 9)] | None = None
    """Priority of this queue, in place of the segment's."""


class Delay(Model):
    """Time that needs nobody."""

    time: DistributionValue
    """How long."""


STEP_KINDS = ("bot", "work", "delay", "choose")


class Step(Model):
    """One step of a journey: exactly one of bot, work, delay, choose, and where it leads."""

    bot: str | None = None
    """Self-service by this bot."""
    contained: Literal["end"] | None = None
    """Where a contained contact goes; only `end` is possible."""
    handoff: str | None = None
    """The step after the bot hands over."""
    work: Work | None = None
    """Work by one agent with the skill."""
    delay: Delay | None = None
    """Time that needs nobody."""
    choose: Routes | None = None
    """Where the contact goes at once: a step, or shares of steps, perhaps by something."""
    next: Routes | None = None
    """Where the contact goes: a step, resolved, unresolved, falsely_resolved, or shares of these."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [kind for kind in STEP_KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise complain(
                f"a step is exactly one of {', '.join(STEP_KINDS)}, not {' and '.join(kinds) or 'none'}"
            )
        needs: Mapping[str, tuple[str, ...]] = {
            "bot": ("handoff",),
            "work": ("next",),
            "delay": ("next",),
            "choose": (),
        }
        allowed = (*needs[kinds[0]], "contained") if kinds[0] == "bot" else needs[kinds[0]]
        for key in needs[kinds[0]]:
            if getattr(self, key) is None:
                raise complain(f"a {kinds[0]} step needs '{key}': where the contact goes from here")
        for key in ("contained", "handoff", "next"):
            if getattr(self, key) is not None and key not in allowed:
                raise complain(f"'{key}' does not belong to a {kinds[0]} step")
        return self

    @property
    def kind(self) -> str:
        """Which of the step kinds this is."""
        return next(kind for kind in STEP_KINDS if getattr(self, kind) is not None)
