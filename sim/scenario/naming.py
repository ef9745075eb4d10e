"""Names and clock times as a planner writes them, wherever a scenario has them."""

from __future__ import annotations

import datetime
import re
from typing import Annotated

from pydantic import AfterValidator

from sim import units
from sim.errors import shown
from sim.scenario.values import complain, parsed, written

ENDS = ("resolved", "unresolved", "falsely_resolved")
"""Where a journey can end by a route of its own."""

RESERVED = (*ENDS, "by", "else", "rest", "end", "arrivals", "day_factor", "case", "contact")

LONGEST_NAME = 60
"""Characters: names head the columns of tables."""

FILE_AS_WRITTEN = "today"
"""What tables call the scenario without a variant, so that no variant can have this name."""


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


Name = Annotated[str, AfterValidator(_name)]
VariantName = Annotated[str, AfterValidator(_variant_name)]
_HOURS = written("hours of the day", "08:00-20:00", "08:00-12:00, 13:00-17:00", pattern="[0-9]:[0-9]")
ClockHours = Annotated[tuple[tuple[float, float], ...], parsed(units.hours, ((0.0, units.DAY),)), _HOURS]
ShiftHours = Annotated[
    tuple[tuple[float, float], ...],
    parsed(lambda text: units.hours(text, overnight=True), ((0.0, units.DAY),)),
    _HOURS,
]
Date = Annotated[
    datetime.date,
    parsed(units.date, datetime.date(2026, 3, 2)),
    written("a date", "2026-03-02", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
]
