"""Calendars: opening hours by weekday and date."""

from __future__ import annotations

import datetime
from typing import Self

from pydantic import ConfigDict, model_validator

from sim import units
from sim.scenario.naming import ClockHours, Date
from sim.scenario.values import Model, complain


class Calendar(Model):
    """Opening hours by weekday (`mon-fri: "08:00-20:00"`), and dates that differ from them.

    A date has hours of its own (`2026-12-24: "08:00-12:00"`), or is among those that are closed.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, ClockHours]

    closed: list[Date] = []
    """Dates on which it stays closed: [2026-12-25]."""

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        self.by_weekday()
        self.by_date()
        return self

    def hours_on(self, date: datetime.date) -> tuple[tuple[float, float], ...]:
        """When it is open on a date, in seconds of that day."""
        own = self.by_date()
        return own[date] if date in own else self.by_weekday().get(date.weekday(), ())

    def by_date(self) -> dict[datetime.date, tuple[tuple[float, float], ...]]:
        """Opening hours of the dates that have their own, none where it is closed."""
        own: dict[datetime.date, tuple[tuple[float, float], ...]] = dict.fromkeys(self.closed, ())
        for key, hours in (self.__pydantic_extra__ or {}).items():
            if _is_date(key):
                date = date_of(key, at=(key,))
                if date in own:
                    raise complain(f"{date} is among those that are closed", "keep one of the two", at=(key,))
                own[date] = hours
        return own

    def by_weekday(self) -> dict[int, tuple[tuple[float, float], ...]]:
        """Opening hours for each weekday (0 = Monday) that has any, in seconds of the day."""
        open_hours: dict[int, tuple[tuple[float, float], ...]] = {}
        for days, hours in (self.__pydantic_extra__ or {}).items():
            if _is_date(days):
                continue
            for day in weekdays_of(days, at=(days,)):
                if day in open_hours:
                    message = f"'{days}' gives hours for a day that has hours already"
                    raise complain(message, "give each day once", at=(days,))
                open_hours[day] = hours
        if not open_hours:
            raise complain('a calendar needs opening hours, such as mon-fri: "08:00-20:00"')
        return open_hours


def _is_date(key: str) -> bool:
    """Whether a key is meant to be a date: weekdays begin with a letter."""
    return key[:1].isdigit()


def date_of(text: str, at: tuple[str, ...]) -> datetime.date:
    """The date of a key; a fault `at` the key where it is none."""
    try:
        return units.date(text)
    except units.UnitError as error:
        raise complain(error.message, error.remedy, at) from None


def weekdays_of(text: str, at: tuple[str, ...]) -> tuple[int, ...]:
    """The weekdays (0 = Monday) of a key; a fault `at` the key where it names none."""
    try:
        return units.weekdays(text)
    except units.UnitError as error:
        raise complain(error.message, error.remedy, at) from None
