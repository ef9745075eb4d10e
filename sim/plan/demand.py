"""Demand in the Plan: each day of each channel as pieces of constant rate, and opening hours as intervals."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from sim import units
from sim.scenario.calendars import Calendar
from sim.scenario.customers import Arrivals

Interval = tuple[float, float]
Piece = tuple[float, float, float]
"""Start, end, expected arrivals."""

HOUR = 3600.0


def open_hours(calendar: Calendar | None, date: datetime.date) -> tuple[Interval, ...]:
    """When a calendar is open on a date, in seconds of that day; without a calendar, all day."""
    if calendar is None:
        return ((0.0, units.DAY),)
    return calendar.hours_on(date)


def open_intervals(
    calendar: Calendar | None, start: datetime.date, first_day: int, days: int
) -> list[Interval]:
    """Opening hours of the days as seconds from `start`, joined where one ends as the next begins."""
    intervals: list[Interval] = []
    for day in range(first_day, first_day + days):
        midnight = day * units.DAY
        for opens, closes in open_hours(calendar, start + datetime.timedelta(days=day)):
            if intervals and intervals[-1][1] == midnight + opens:
                intervals[-1] = (intervals[-1][0], midnight + closes)
            else:
                intervals.append((midnight + opens, midnight + closes))
    return intervals


def forecast_pieces(of_day: Iterable[Piece], midnight: float) -> Iterator[Piece]:
    """One day's demand as it was forecast, from seconds of the day."""
    for start, end, cases in of_day:
        yield midnight + start, midnight + end, cases


def day_pieces(
    arrivals: Arrivals, calendar: Calendar | None, date: datetime.date, midnight: float
) -> Iterator[Piece]:
    """One day's demand: the volume of its weekday or date, spread over the open hours.

    An hour's share lies on its open part. Where the calendar closes some of the hours on this day, the
    others keep their proportions and the day keeps its volume.
    """
    volume = (arrivals.volume or 0.0) * units.DAY * arrivals.factor_on(date)
    shares = arrivals.hour_shares()
    pieces: list[Piece] = []
    for opens, closes in open_hours(calendar, date):
        first, last = int(opens // HOUR), int(-(-closes // HOUR))
        for hour in range(first, last) if shares else ():
            start, end = max(opens, hour * HOUR), min(closes, (hour + 1) * HOUR)
            open_part = sum(
                max(0.0, min(b, (hour + 1) * HOUR) - max(a, hour * HOUR))
                for a, b in open_hours(calendar, date)
            )
            pieces.append((start, end, shares.get(hour, 0.0) * (end - start) / open_part))
        if not shares:
            pieces.append((opens, closes, closes - opens))
    total = sum(weight for _, _, weight in pieces)
    for start, end, weight in pieces:
        if weight > 0 and volume > 0:
            yield midnight + start, midnight + end, volume * weight / total
