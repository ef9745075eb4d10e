"""How many people are there at which time: a number, or one by hour or weekday."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from sim import units
from sim.errors import shown
from sim.scenario.values import Model, complain, kind_of, whole

Headcount = Annotated[int, whole(0, 100_000)]

Piece = tuple[float, float, int]
"""From, to (seconds of the day), number of people."""

_HOUR = 3600.0


class HeadcountBy(Model):
    """People by time: `{by: hour, "08": 4, "09:00-12:30": 9, else: 2}`, `{by: weekday, mon-fri: 5, else: 0}`.

    `else` covers the times that are not listed. Each number may again be by the other of the two.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, HeadcountValue]

    by: Literal["hour", "weekday"]
    """`hour`: keys are hours ("08") or spans ("08:00-12:30"); `weekday`: keys are weekdays (mon-fri)."""
    else_: HeadcountValue | None = Field(None, alias="else")
    """At every time that is not listed."""

    @property
    def cases(self) -> Mapping[str, HeadcountValue]:
        """The number for each key listed."""
        return self.__pydantic_extra__ or {}

    @model_validator(mode="after")
    def _covers_all_once(self) -> Self:
        if self.by == "weekday":
            days = [day for key in self.cases for day in _weekdays_of(key)]
            if len(set(days)) < len(days):
                raise complain("one weekday is given twice", "give each weekday once")
            missing = [units.WEEKDAYS[day] for day in range(7) if day not in days]
        else:
            spans = sorted(span for key in self.cases for span in _spans_of(key))
            for before, after in pairwise(spans):
                if after[0] < before[1]:
                    raise complain(f"{units.format_clock(after[0])} is given twice", "give each time once")
            edges = [0.0, *(edge for span in spans for edge in span), units.DAY]
            gaps = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
            missing = [f"{units.format_clock(a)}-{units.format_clock(b)}" for a, b in gaps]
        if missing and self.else_ is None:
            raise complain(
                f"nothing is said for {', '.join(missing[:3])}{', …' if len(missing) > 3 else ''}",
                "add it, or `else: 0` for all other times",
            )
        return self


HeadcountValue = Annotated[
    Annotated[Headcount, Tag("<plain>")] | Annotated[HeadcountBy, Tag("<by>")], Discriminator(kind_of)
]


def headcount_of_day(value: int | HeadcountBy, weekday: int) -> list[Piece]:
    """The numbers through a day (0 = Monday), in order; neighbours differ."""
    pieces: list[Piece] = []
    for start, end, heads in _pieces(value, weekday, 0.0, units.DAY):
        if pieces and pieces[-1][2] == heads:
            start = pieces.pop()[0]
        pieces.append((start, end, heads))
    return pieces


def headcounts(value: int | HeadcountBy) -> list[list[Piece]]:
    """The numbers through each day of the week."""
    return [headcount_of_day(value, weekday) for weekday in range(7)]


def is_constant(value: int | HeadcountBy) -> bool:
    """Whether it is one number at all times."""
    return len({heads for day in headcounts(value) for _, _, heads in day}) == 1


def _pieces(value: int | HeadcountBy, weekday: int, start: float, end: float) -> Iterator[Piece]:
    if not isinstance(value, HeadcountBy):
        yield start, end, value
        return
    otherwise = value.else_ if value.else_ is not None else 0
    if value.by == "weekday":
        case = next((case for key, case in value.cases.items() if weekday in _weekdays_of(key)), otherwise)
        yield from _pieces(case, weekday, start, end)
        return
    at = start
    listed = sorted((*span, key) for key in value.cases for span in _spans_of(key))
    for begins, ends, key in listed:
        if max(begins, start) < min(ends, end):
            if at < begins:
                yield from _pieces(otherwise, weekday, at, begins)
            yield from _pieces(value.cases[key], weekday, max(begins, start), min(ends, end))
            at = min(ends, end)
    if at < end:
        yield from _pieces(otherwise, weekday, at, end)


def _weekdays_of(key: str) -> tuple[int, ...]:
    try:
        return units.weekdays(key)
    except units.UnitError as error:
        raise complain(error.message, error.remedy, at=(key,)) from None


def _spans_of(key: str) -> tuple[tuple[float, float], ...]:
    """An hour, "08", or spans of the day, "08:00-12:30"."""
    if re.fullmatch(r"\d{1,2}", key) and int(key) < 24:
        return ((int(key) * _HOUR, (int(key) + 1) * _HOUR),)
    if "-" not in key:
        raise complain(
            f'{shown(key)} is not a time of the day (allowed: "08" or "08:00-12:30", "00" to "23")', at=(key,)
        )
    try:
        return units.hours(key)
    except units.UnitError as error:
        raise complain(error.message, error.remedy, at=(key,)) from None
