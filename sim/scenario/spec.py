"""The scenario file as models: one class for each map a planner writes, units resolved to seconds.

The models check each value by itself; what must hold between values is in `check.py`.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from sim import units
from sim.errors import did_you_mean, shown
from sim.scenario.values import (
    DistributionValue,
    Duration,
    Model,
    Percentage,
    PositiveDuration,
    Rate,
    Routes,
    Share,
    ShareByReason,
    ShareValue,
    complain,
    parsed,
    whole,
)

ENDS = ("resolved", "unresolved", "falsely_resolved")
"""Where a journey can end by a route of its own."""

RESERVED = (*ENDS, "by", "else", "rest", "end", "arrivals", "day_factor", "case", "contact")

LONGEST_NAME = 60
"""Characters: names head the columns of tables."""

FILE_AS_WRITTEN = "today"
"""What tables call the scenario without a variant, so that no variant can have this name."""

MOST_DAY_TO_DAY_CV = 2.0
"""Beyond it nearly all days are empty and a few have hundreds of times the volume."""

NOT_BUILT_YET = frozenset((
    "absence", "acquire", "announce", "appointments", "areas", "assist", "at_close", "attributes",
    "attrition", "balk", "callback", "carry", "concurrent", "consult", "cost", "costs", "currency",
    "deferrable", "equipment", "experience",  "felt", "forecast", "hires", "holidays",
    "incidents", "initial", "interruptible", "join", "learning", "lines", "outage", "overflow",
    "on_abandon", "owner", "parts", "release", "retry", "set_up", "sites", "speed", "split",
    "tenure", "travel", "wait_for_owner",
))  # fmt: skip
"""Words the language will have: refused by name, so that no wish is silently ignored."""


def _name(value: str) -> str:
    if len(value) > LONGEST_NAME:
        raise complain(f"{shown(value)} is too long for a name (allowed: {LONGEST_NAME} characters)")
    if value in RESERVED:
        raise complain(f"'{value}' is a word of the language and cannot be a name")
    if not re.fullmatch(r"[^\W\d]\w*(-\w+)*", value):
        raise complain(
            f"{shown(value)} cannot be a name (allowed: letters, digits, _ and -, beginning with a letter)",
            "leave out spaces and dots",
        )
    return value


def _variant_name(value: str) -> str:
    if value == FILE_AS_WRITTEN:
        raise complain(f"'{value}' is what tables call the file as written: a variant needs another name")
    return _name(value)


def _interval(value: Any) -> float:
    seconds = units.duration(value)
    if seconds <= 0 or units.DAY % seconds != 0:
        raise units.UnitError(f"{shown(value)} does not divide a day (allowed: such as 15m, 30m, 1h)")
    return seconds


def _confidence(value: Any) -> float:
    confidence = units.share(value)
    if not 0.5 <= confidence < 1:
        raise units.UnitError(f"{shown(value)} is no confidence (allowed: 50% to below 100%)", "95% is usual")
    return confidence


def _day_to_day_cv(value: Any) -> float:
    cv = units.percentage(value)
    if cv > MOST_DAY_TO_DAY_CV:
        most = units.format_share(MOST_DAY_TO_DAY_CV, 0)
        raise units.UnitError(f"{shown(value)} is too much variation from day to day (allowed: up to {most})")
    return cv


Name = Annotated[str, AfterValidator(_name)]
VariantName = Annotated[str, AfterValidator(_variant_name)]
ClockHours = Annotated[tuple[tuple[float, float], ...], parsed(units.hours, ((0.0, units.DAY),))]
ShiftHours = Annotated[
    tuple[tuple[float, float], ...],
    parsed(lambda text: units.hours(text, overnight=True), ((0.0, units.DAY),)),
]
Date = Annotated[datetime.date, parsed(units.date, datetime.date(2026, 3, 2))]


class Time(Model):
    """The simulated span. Counting runs from `start` for `horizon`; `warm_up` before it is simulated only."""

    start: Date
    horizon: PositiveDuration
    warm_up: Duration = 0.0
    run_out: Duration = 0.0
    interval: Annotated[float, parsed(_interval, 1800.0)] = 1800.0


class Run(Model):
    """How often to simulate, from which seed, and how sure the intervals are."""

    replications: Annotated[int, whole(1, 1_000_000)] = 20
    seed: Annotated[int, whole(0, 2**64 - 1)] = 1
    confidence: Annotated[float, parsed(_confidence, 0.95)] = 0.95


class Calendar(Model):
    """Opening hours by weekday (`mon-fri: "08:00-20:00"`), and dates on which it stays closed."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, ClockHours]

    closed: list[Date] = []

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        self.by_weekday()
        return self

    def by_weekday(self) -> dict[int, tuple[tuple[float, float], ...]]:
        """Opening hours for each weekday (0 = Monday) that has any, in seconds of the day."""
        open_hours: dict[int, tuple[tuple[float, float], ...]] = {}
        for days, hours in (self.__pydantic_extra__ or {}).items():
            for day in _weekdays(days, at=(days,)):
                if day in open_hours:
                    message = f"'{days}' gives hours for a day that has hours already"
                    raise complain(message, "give each day once", at=(days,))
                open_hours[day] = hours
        if not open_hours:
            raise complain('a calendar needs opening hours, such as mon-fri: "08:00-20:00"')
        return open_hours


def _weekdays(text: str, at: tuple[str, ...]) -> tuple[int, ...]:
    try:
        return units.weekdays(text)
    except units.UnitError as error:
        raise complain(error.message, error.remedy, at) from None


class Segment(Model):
    """A class of customers. Priority 1 is served first; `head_start` counts as time already waited."""

    share: Share
    priority: Annotated[int, whole(1, 9)] = 5
    head_start: Duration = 0.0
    accepts_bot: Share = 1.0


class Reason(Model):
    """Why customers come."""

    share: ShareValue


def _texts(value: Any) -> Any:
    """Values to compare columns with, as a tuple of texts: one or several, numbers as written."""
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(each, str | int) and not isinstance(each, bool) for each in values):
        raise complain(
            f"{shown(value)} is not a text to compare a column with (allowed: HANG, [AGENT, HANG])"
        )
    return tuple(str(each) for each in values)


ColumnTexts = dict[str, Annotated[tuple[str, ...], BeforeValidator(_texts)]]
"""For each column the texts that it may have."""


class TraceColumn(Model):
    """A column of names; `names` translates its texts; rows outside `where`, or empty, are drawn instead."""

    column: str
    names: dict[str, str] = {}
    where: ColumnTexts = {}

    @model_validator(mode="before")
    @classmethod
    def _plain_column(cls, data: Any) -> Any:
        return {"column": data} if isinstance(data, str) else data


class Trace(Model):
    """Arrivals replayed from a CSV file, one row a contact.

    `time` names the column of arrival times, `plus` one of seconds to add; of the rows, `only` keeps those
    that match every column, `without` drops those that match every column, `at_least` drops smaller numbers.
    """

    file: str
    time: str
    plus: str | None = None
    only: ColumnTexts = {}
    without: ColumnTexts = {}
    at_least: dict[str, float] = {}
    reason: TraceColumn | None = None
    segment: TraceColumn | None = None


class Arrivals(Model):
    """Demand: a volume for a weekday at 100 %, spread over days and hours; or a trace."""

    volume: Rate | None = None
    by_weekday: dict[str, Percentage] = {}
    by_hour: dict[str, Share] = {}
    day_to_day_cv: Annotated[float, parsed(_day_to_day_cv, 0.0)] = 0.0
    calendar: str | None = None
    trace: Trace | None = None

    @model_validator(mode="after")
    def _volume_or_trace(self) -> Self:
        if self.volume is None and self.trace is None:
            raise complain("arrivals need a volume or a trace", "add `volume: 900/day`")
        if self.volume is not None and self.trace is not None:
            raise complain("arrivals have both a volume and a trace", "keep one of the two")
        if self.trace is not None and (self.by_weekday or self.by_hour or self.day_to_day_cv):
            raise complain("a trace has its own days and hours: leave out by_weekday, by_hour, day_to_day_cv")
        self.weekday_factors()
        hours = [self.hour_of(key) for key in self.by_hour]
        if len(set(hours)) < len(hours):
            raise complain("one hour is given twice", "give each hour once", at=("by_hour",))
        total = sum(self.by_hour.values())
        if self.by_hour and abs(total - 1) > 0.0005:
            message = f"the shares of the hours add up to {units.format_share(total)}, not 100 %"
            raise complain(message, "change them so that they add up to 100%", at=("by_hour",))
        return self

    def weekday_factors(self) -> dict[int, float]:
        """Volume of each weekday (0 = Monday) as a fraction of `volume`; days not named are at 1."""
        factors: dict[int, float] = {}
        for days, percentage in self.by_weekday.items():
            for day in _weekdays(days, at=("by_weekday", days)):
                if day in factors:
                    message = f"'{days}' has a day that is given already"
                    raise complain(message, "give each day once", at=("by_weekday", days))
                factors[day] = percentage
        return factors

    def hour_shares(self) -> dict[int, float]:
        """Share of the day's volume for each hour (0 to 23) that is given."""
        return {self.hour_of(key): share for key, share in self.by_hour.items()}

    @staticmethod
    def hour_of(key: str) -> int:
        """The hour of a `by_hour` key: "08" is 08:00 to 09:00."""
        if not re.fullmatch(r"\d{1,2}", key) or int(key) > 23:
            message = f'{shown(key)} is not an hour of the day (allowed: "00" to "23")'
            raise complain(message, at=("by_hour", key))
        return int(key)


class Channel(Model):
    """How contacts come in, how long they wait before giving up, and the journey they take."""

    arrivals: Arrivals
    patience: DistributionValue | None = None
    journey: str


class Handoff(Model):
    """What a handover from bot to person carries along."""

    saves_handle_time: Share = 0.0
    keeps_place: bool = False


class Bot(Model):
    """Self-service in front of people."""

    sessions: Annotated[int, whole(1, 1_000_000)] | None = None
    time: DistributionValue
    resolves: ShareByReason
    falsely_resolves: ShareByReason = 0.0
    attempts_to_human: Annotated[int, whole(1, 100)] = 1
    gives_up_per_attempt: ShareByReason = 0.0
    handoff: Handoff = Handoff()


Headcount = Annotated[int, whole(0, 100_000)]


class Team(Model):
    """Agents with the same skills: always there (`agents`) or working shifts. Skill level 1 is preferred."""

    agents: Headcount | None = None
    shifts: dict[Name, Headcount] = {}
    skills: dict[str, Annotated[int, whole(1, 99)]]

    @model_validator(mode="after")
    def _agents_or_shifts(self) -> Self:
        if self.agents is None and not self.shifts:
            raise complain("a team needs people", "add `agents: 5` (always there) or `shifts: {early: 5}`")
        if self.agents is not None and self.shifts:
            raise complain("a team has both agents (always there) and shifts", "keep one of the two")
        if not self.skills:
            raise complain("a team needs at least one skill", "add such as answer: 1", at=("skills",))
        return self


class Shift(Model):
    """Working hours on certain weekdays; a shift over midnight belongs to the day on which it starts."""

    days: Annotated[tuple[int, ...], parsed(units.weekdays, tuple(range(7)))]
    hours: ShiftHours
    breaks: dict[Name, Annotated[tuple[float, float], parsed(units.break_, (0.0, 1.0))]] = {}
    calendar: str | None = None

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
    wrap_up: DistributionValue | None = None
    skill: str | None = None
    priority: Annotated[int, whole(1, 9)] | None = None


class Delay(Model):
    """Time that needs nobody."""

    time: DistributionValue


STEP_KINDS = ("bot", "work", "delay", "choose")


class Step(Model):
    """One step of a journey: exactly one of bot, work, delay, choose, and where it leads."""

    bot: str | None = None
    contained: Literal["end"] | None = None
    handoff: str | None = None
    work: Work | None = None
    delay: Delay | None = None
    choose: Routes | None = None
    next: Routes | None = None

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


class Recontact(Model):
    """Customers whose need was not met come back, through the same channel, at most so many times."""

    unresolved: ShareByReason = 0.0
    falsely_resolved: ShareByReason = 0.0
    after: DistributionValue
    at_most: Annotated[int, whole(0, 250)] = 3


class Spec(Model):
    """A whole scenario file. `extends` names another file; it is merged before this is read."""

    extends: str | None = None
    name: str
    description: str = ""
    time: Time
    run: Run = Run()
    calendars: dict[Name, Calendar] = {}
    segments: dict[Name, Segment] = {}
    reasons: dict[Name, Reason] = {}
    channels: dict[Name, Channel] = Field(min_length=1)
    bots: dict[Name, Bot] = {}
    teams: dict[Name, Team] = {}
    shifts: dict[Name, Shift] = {}
    journeys: dict[Name, Annotated[dict[Name, Step], Field(min_length=1)]]
    recontact: Recontact | None = None
    slas: dict[str, Any] = {}
    variants: dict[VariantName, dict[str, Any]] = {}


def unknown_key(key: str, model: type[Model]) -> tuple[str, str]:
    """Message and remedy for a key that a model does not have."""
    known = [field.alias or name for name, field in model.model_fields.items()]
    if key in NOT_BUILT_YET:
        return f"'{key}' is not built yet", f"leave it out for now; known here: {', '.join(known)}"
    return f"unknown key '{key}'", did_you_mean(key, known)
