"""Customers must be able to come."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator

from sim import units
from sim.scenario.checks.finding import Finding
from sim.scenario.spec import Spec


def demand(spec: Spec) -> Iterator[Finding]:
    """Calendars under which nobody could come, and volume in hours that are never open."""
    for name, channel in spec.channels.items():
        arrivals = channel.arrivals
        if arrivals.calendar is None or arrivals.calendar not in spec.calendars:
            continue
        calendar = spec.calendars[arrivals.calendar]
        open_hours = calendar.by_weekday()
        path = ("channels", name, "arrivals")
        if not any(calendar.hours_on(date) for date in _dates(spec)):
            yield (
                (*path, "calendar"),
                f"the calendar '{arrivals.calendar}' is closed on every day of the horizon",
                "change the horizon or the calendar",
            )
        shares = arrivals.hour_shares()
        factors, of_dates = arrivals.weekday_factors(), calendar.by_date()
        days = [
            (units.WEEKDAYS[day], "by_weekday", hours, factors.get(day, 1.0))
            for day, hours in open_hours.items()
        ]
        days += [
            (str(date), "by_date", hours, arrivals.factor_on(date))
            for date, hours in of_dates.items()
            if hours
        ]
        for when, key, on_day, factor in days if shares else ():
            hours = [hour for a, b in on_day for hour in range(int(a // 3600), math.ceil(b / 3600))]
            if not any(map(shares.get, hours)) and factor > 0:
                yield (
                    (*path, "by_hour"),
                    f"no hour in which the calendar '{arrivals.calendar}' is open on {when} has a share "
                    "of the volume",
                    f"give an open hour a share, or write {key}: {{{when}: 0%}}",
                )
        for date in (date for date, factor in arrivals.date_factors().items() if factor > 0):
            if not calendar.hours_on(date):
                yield (
                    (*path, "by_date", str(date)),
                    f"the calendar '{arrivals.calendar}' is closed on {date}",
                    "write 0%, or give the calendar hours on that date",
                )
        for hour, share in shares.items():
            spans = [span for day in (*open_hours.values(), *of_dates.values()) for span in day]
            if share > 0 and not any(start < (hour + 1) * 3600 and end > hour * 3600 for start, end in spans):
                yield (
                    (*path, "by_hour", f"{hour:02d}"),
                    f"{units.format_share(share)} of the volume is in the hour from {hour:02d}:00, in which "
                    f"the calendar '{arrivals.calendar}' is never open",
                    "shares are over the open hours: move this share to an open hour",
                )


def _dates(spec: Spec) -> Iterator[datetime.date]:
    """The dates inside the horizon."""
    for day in range(math.ceil(spec.time.horizon / units.DAY)):
        yield spec.time.start + datetime.timedelta(days=day)
