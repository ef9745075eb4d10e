"""Customers as models: when they come, who they are, why, how long they wait, whether they come back."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from sim import units
from sim.errors import shown
from sim.scenario.calendars import date_of, weekdays_of
from sim.scenario.costs import FeeForContact
from sim.scenario.values import (
    PERCENT,
    TOLERANCE,
    DistributionValue,
    Duration,
    Model,
    Percentage,
    Rate,
    Share,
    ShareByReason,
    ShareValue,
    complain,
    parsed,
    whole,
)

MOST_DAY_TO_DAY_CV = 2.0
"""Beyond it nearly all days are empty and a few have hundreds of times the volume."""


def _day_to_day_cv(value: Any) -> float:
    cv = units.percentage(value)
    if cv > MOST_DAY_TO_DAY_CV:
        most = units.format_share(MOST_DAY_TO_DAY_CV, 0)
        raise units.UnitError(f"{shown(value)} is too much variation from day to day (allowed: up to {most})")
    return cv


DayToDayCv = Annotated[float, parsed(_day_to_day_cv, 0.0), PERCENT]


class Segment(Model):
    """A class of customers. Priority 1 is served first; `head_start` counts as time already waited."""

    share: Share
    """Share of all cases; the shares of all segments add up to 100 %."""
    priority: Annotated[int, whole(1, 9)] = 5
    """1 is served first, 9 last."""
    head_start: Duration = 0.0
    """Counts as time already waited when the next is chosen; waits are measured without it."""
    accepts_bot: Share = 1.0
    """Share of these customers who let a bot try; the others go to people at once."""


class Reason(Model):
    """Why customers come."""

    share: ShareValue
    """Share of cases, perhaps by segment; a segment's own share rescales its other reasons."""


def _texts(value: Any) -> Any:
    """Values to compare columns with, as a tuple of texts: one or several, numbers as written."""
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(each, str | int) and not isinstance(each, bool) for each in values):
        raise complain(
            f"{shown(value)} is not a text to compare a column with (allowed: HANG, [AGENT, HANG])"
        )
    return tuple(str(each) for each in values)


_TEXT = {"type": ["string", "integer"]}
ColumnTexts = dict[
    str,
    Annotated[
        tuple[str, ...],
        BeforeValidator(_texts),
        WithJsonSchema({"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}),
    ],
]
"""For each column the texts that it may have."""


class TraceColumn(Model):
    """A column of names; `names` translates its texts; rows outside `where`, or empty, are drawn instead."""

    column: str
    """The column."""
    names: dict[str, str] = {}
    """What its texts are called in the scenario: {PS: banking}."""
    where: ColumnTexts = {}
    """Only rows in which these columns have these texts are believed; for others it is drawn."""

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
    """The CSV file, beside the scenario; $NAME stands for an environment variable."""
    time: str
    """The column of arrival times, such as 2026-03-02 08:15:30."""
    plus: str | None = None
    """A column of seconds to add to the time."""
    only: ColumnTexts = {}
    """Keep rows in which every column named has one of these texts."""
    without: ColumnTexts = {}
    """Drop rows in which every column named has one of these texts."""
    at_least: dict[str, float] = {}
    """Drop rows in which a column is below this number."""
    reason: TraceColumn | None = None
    """The column of reasons; without it they are drawn."""
    segment: TraceColumn | None = None
    """The column of segments; without it they are drawn, given the reason where that is known."""


class Forecast(Model):
    """Expected cases by date and interval, from a CSV file or an Excel workbook.

    The first column holds the dates; the others are headed by the times at which their intervals begin.
    """

    file: str
    """The file, beside the scenario; $NAME stands for an environment variable."""
    sheet: str | None = None
    """The sheet of a workbook; without it, the first."""
    scale: Percentage = 1.0
    """What every number is multiplied by: 120% for a fifth more than was forecast."""

    @model_validator(mode="before")
    @classmethod
    def _plain_file(cls, data: Any) -> Any:
        return {"file": data} if isinstance(data, str) else data


class Arrivals(Model):
    """Demand: a volume for a weekday at 100 %, spread over days and hours; a forecast; or a trace."""

    volume: Rate | None = None
    """Cases on a weekday at 100 %: 900/day."""
    by_weekday: dict[str, Percentage] = {}
    """Volume of weekdays in percent of `volume`: {mon: 115%, sat-sun: 50%}; others have 100 %."""
    by_date: dict[str, Percentage] = {}
    """Volume of single dates in percent of `volume`, in place of the weekday's: {2026-12-24: 40%}."""
    by_hour: dict[str, Share] = {}
    """Share of a day's volume in each hour, over the open hours: {"08": 6%, …}; without it they are even."""
    day_to_day_cv: DayToDayCv = 0.0
    """How much days differ: standard deviation of the day's rate in percent of its mean."""
    calendar: str | None = None
    """When customers can come; without it, round the clock."""
    trace: Trace | None = None
    """Recorded arrivals to replay instead of a volume."""
    forecast: Forecast | None = None
    """Expected cases by date and interval instead of a volume."""

    @model_validator(mode="before")
    @classmethod
    def _volume_by_the_day(cls, data: Any) -> Any:
        """An hourly volume could mean an open hour or any hour: where hours differ it is not taken."""
        volume = data.get("volume") if isinstance(data, dict) else None
        if isinstance(volume, str) and re.search(r"(/|per)\s*(s|m|h)", volume):
            for key in ("calendar", "by_hour"):
                if key in data:
                    message = f"{shown(volume)} with {key}: a volume is that of a whole weekday"
                    raise complain(message, "write it per day, such as 900/day", at=("volume",))
        return data

    @model_validator(mode="after")
    def _volume_or_trace(self) -> Self:
        given = [f"a {key}" for key in ("volume", "trace", "forecast") if getattr(self, key) is not None]
        if not given:
            raise complain("arrivals need a volume, a trace or a forecast", "add `volume: 900/day`")
        if len(given) > 1:
            raise complain(f"arrivals have both {' and '.join(given)}", "keep one of them")
        has_profile = self.by_weekday or self.by_date or self.by_hour
        if self.forecast is not None and has_profile:
            raise complain("a forecast has its own days and hours: leave out by_weekday, by_date, by_hour")
        if self.trace is not None and (has_profile or self.day_to_day_cv):
            raise complain(
                "a trace has its own days and hours: leave out by_weekday, by_date, by_hour, day_to_day_cv"
            )
        self.weekday_factors()
        self.date_factors()
        hours = [self.hour_of(key) for key in self.by_hour]
        if len(set(hours)) < len(hours):
            raise complain("one hour is given twice", "give each hour once", at=("by_hour",))
        total = sum(self.by_hour.values())
        if self.by_hour and abs(total - 1) > TOLERANCE:
            message = f"the shares of the hours add up to {units.format_share(total)}, not 100 %"
            raise complain(message, "change them so that they add up to 100%", at=("by_hour",))
        return self

    def weekday_factors(self) -> dict[int, float]:
        """Volume of each weekday (0 = Monday) as a fraction of `volume`; days not named are at 1."""
        factors: dict[int, float] = {}
        for days, percentage in self.by_weekday.items():
            for day in weekdays_of(days, at=("by_weekday", days)):
                if day in factors:
                    message = f"'{days}' has a day that is given already"
                    raise complain(message, "give each day once", at=("by_weekday", days))
                factors[day] = percentage
        return factors

    def date_factors(self) -> dict[datetime.date, float]:
        """Volume of each date that has its own, as a fraction of `volume`."""
        return {date_of(key, at=("by_date", key)): percentage for key, percentage in self.by_date.items()}

    def factor_on(self, date: datetime.date) -> float:
        """Volume of a date as a fraction of `volume`."""
        of_dates = self.date_factors()
        return of_dates[date] if date in of_dates else self.weekday_factors().get(date.weekday(), 1.0)

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


SAME_CHANNEL = "same"

ReturnChannels = dict[str, Share]
"""Share of those who come back that take each channel; `same` is the one they came through."""


class Retry(Model):
    """Customers who were not served try again, with the same need, at most so many times."""

    retry: ShareByReason
    """Share of those who were not served that try again."""
    after: DistributionValue
    """How long afterwards."""
    at_most: Annotated[int, whole(0, 250)] = 3
    """How often a case tries again at most."""
    channel: ReturnChannels = {}
    """Through which channels: {same: 80%, chat: 20%}; without it, the same one."""


class Balk(Model):
    """Customers who do not join a queue that is too long for them."""

    line: Annotated[int, whole(0, 1_000_000)]
    """Where so many wait already, customers do not join."""
    share: ShareByReason = 1.0
    """Share of customers who mind; the others join all the same."""


class Channel(Model):
    """How contacts come in, how long they wait before giving up, and the journey they take."""

    arrivals: Arrivals
    """Demand."""
    patience: DistributionValue | None = None
    """How long customers wait in a queue before they give up; without it, for ever."""
    balk: Balk | None = None
    """Who does not join a queue that is too long; without it, everybody joins."""
    lines: Annotated[int, whole(1, 1_000_000)] | None = None
    """How many contacts there can be at once, from arrival to end; others are blocked. Without it, any."""
    on_abandon: Retry | None = None
    """Who tries again after giving up, not joining or finding no line, and when; without it, nobody."""
    journey: str
    """The journey that its contacts take."""
    cost: FeeForContact | None = None
    """What each contact costs beside people and bots: line, licence, postage."""


class Recontact(Model):
    """Customers whose need was not met come back, at most so many times."""

    unresolved: ShareByReason = 0.0
    """Share of customers who come back after a contact that did not solve their need."""
    falsely_resolved: ShareByReason = 0.0
    """Share who come back after one that only said it did."""
    after: DistributionValue
    """How long after the end of that contact."""
    at_most: Annotated[int, whole(0, 250)] = 3
    """How often a case comes back at most, tries after giving up not counted."""
    channel: ReturnChannels = {}
    """Through which channels: {same: 60%, phone: 40%}; without it, the one of the last contact."""
