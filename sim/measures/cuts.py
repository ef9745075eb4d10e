"""Cuts: which cell a row, or a moment, belongs to.

The cells of a cut follow from the Plan alone, so that every replication has the same ones. Several
dimensions make cells in C order: the last dimension runs fastest.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from sim.catalogue import ATTEMPTS, TIME_DIMENSIONS, Request
from sim.errors import did_you_mean, shown
from sim.measures.derived import Floats, PlanView
from sim.units import DAY, WEEKDAYS, format_clock

HOUR = 3_600.0

Codes = NDArray[np.int64]


def labels(plan: PlanView, dimension: str) -> tuple[str, ...]:
    """The names of a dimension's cells; days are dates, intervals the clock time at which they begin."""
    names = plan.names
    match dimension:
        case "channel":
            return names.channels
        case "segment":
            return names.segments
        case "reason":
            return names.reasons
        case "step":
            return names.steps
        case "team":
            return names.teams
        case "attempt":
            return ATTEMPTS
        case "day":
            return tuple(
                np.datetime_as_string(np.datetime64(plan.start_date) + day) for day in range(days(plan))
            )
        case "weekday":
            return WEEKDAYS
        case "hour":
            return tuple(f"{hour:02d}" for hour in range(24))
        case "interval":
            starts = np.arange(_intervals(plan)) * plan.interval
            return tuple(format_clock(float(start)) for start in starts)
    raise ValueError(f"there is no dimension {shown(dimension)}")


def cells(plan: PlanView, request: Request) -> tuple[tuple[str, ...], ...]:
    """The cells of a request, in the order of its tallies: one label for each of `request.by`.

    A request that is not cut has the one cell ().
    """
    return tuple(itertools.product(*(labels(plan, dimension) for dimension in request.by)))


def code_of(plan: PlanView, dimension: str, name: str) -> int:
    """A name's place in its dimension; ValueError when the scenario has no such name."""
    known = labels(plan, dimension)
    if name not in known:
        raise ValueError(f"there is no {dimension} {shown(name)}: {did_you_mean(name, known)}")
    return known.index(name)


def days(plan: PlanView) -> int:
    """How many calendar days the window touches."""
    return math.ceil(plan.horizon / DAY)


def _intervals(plan: PlanView) -> int:
    return math.ceil(DAY / plan.interval)


def time_codes(plan: PlanView, dimension: str, times: Floats) -> Codes:
    """The cell of each moment (seconds from `time.start`) along one of `TIME_DIMENSIONS`."""
    day = np.floor(times / DAY)
    if dimension == "day":
        return day.astype(np.int64)
    if dimension == "weekday":
        return (day.astype(np.int64) + plan.start_date.weekday()) % len(WEEKDAYS)
    width = HOUR if dimension == "hour" else plan.interval
    return np.floor((times - day * DAY) / width).astype(np.int64)


def time_edges(plan: PlanView, dimensions: tuple[str, ...]) -> Floats:
    """Edges that part the window so finely that each piece lies in one cell of every time dimension given."""
    if not set(dimensions) & set(TIME_DIMENSIONS):
        return np.array([0.0, plan.horizon])
    within: list[Floats] = [np.zeros(1)]
    if "hour" in dimensions:
        within.append(np.arange(24, dtype=np.float64) * HOUR)
    if "interval" in dimensions:
        within.append(np.arange(_intervals(plan), dtype=np.float64) * plan.interval)
    midnights = np.arange(days(plan)) * DAY
    edges = np.unique(np.add.outer(midnights, np.concatenate(within)))
    return np.append(edges[edges < plan.horizon], plan.horizon)


def begins_within(plan: PlanView, period: str, hours: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    """Which cells of `hour` or `interval` begin inside the pieces of the day (start, end); all for no pieces.

    For `day` every cell is in. Shape [cells].
    """
    count = len(labels(plan, period))
    if not hours or period not in ("hour", "interval"):
        return np.ones(count, dtype=bool)
    start = np.arange(count) * (HOUR if period == "hour" else plan.interval)
    inside = np.zeros(count, dtype=bool)
    for opens, closes in hours:
        inside |= (start >= opens) & (start < closes)
    return inside
