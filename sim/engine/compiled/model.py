"""The Plan as the event loop reads it: tables of records, so that what belongs together lies together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.engine.attendance import Attendance
from sim.plan import DIMENSIONS, Plan
from sim.randomness import seed_bits

Records = NDArray[Any]
Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Bytes = NDArray[np.int8]

long = cast(Callable[[Any], int], np.int64)
"""A record's whole number as int64: Numba compiles a function anew for each narrower type it is passed."""


def _record(whole: str, real: str = "") -> np.dtype[Any]:
    """Eight-byte fields: whole numbers, then real ones."""
    return np.dtype([(name, "i8") for name in whole.split()] + [(name, "f8") for name in real.split()])


STEP = _record("kind time wrap_up route priority bot handoff")
BOT = _record("sessions time resolves falsely_resolves gives_up attempts keeps_place", "saves")
SEGMENT = _record("priority", "head_start accepts_bot")
LOOKUP = _record(f"base {' '.join(DIMENSIONS)}")
"""Where the rows of a value begin, and its stride along each dimension."""
WAY = _record("target", "cumulative")
"""A way of a route."""
DUTY = _record("first_break last_break absent", "start end")
SPAN = _record("", "start end")
BREAK = _record("", "due length")


class Model(NamedTuple):
    """The Plan's numbers; see `sim.plan.Plan` for what each means."""

    steps: Records  # STEP
    bots: Records  # BOT
    segments: Records  # SEGMENT
    lookups: Records  # LOOKUP
    dist_family: Bytes
    dist_params: Floats
    dist_table: Floats
    shares: Floats
    route_start: Longs  # [route row + 1] into the next one
    ways: Records  # WAY
    openings: Records  # SPAN: when channels take contacts
    recontact_channel: Floats  # [channel, channel] cumulative
    retry_channel: Floats
    stream_step: Longs  # [channel, step]
    skill_level: Longs  # [team, step]
    duties: Records  # DUTY
    breaks: Records  # BREAK


class Settings(NamedTuple):
    """Single numbers."""

    seed: int
    replication: int
    end: float
    attempts: int
    recontact_unresolved: int
    recontact_falsely_resolved: int
    recontact_after: int
    recontact_at_most: int


def model_of(plan: Plan, attendance: Attendance) -> Model:
    """The Plan's tables, with duties as they are kept.

    All are copies: Numba tells arrays that cannot be written from those that can.
    """
    prefixed = {"step": STEP, "bot": BOT, "segment": SEGMENT}
    steps, bots, segments = (
        _records(dtype, **{name: getattr(plan, f"{prefix}_{name}") for name in dtype.names or ()})
        for prefix, dtype in prefixed.items()
    )
    strides = {name: plan.lookup_stride[:, place] for place, name in enumerate(DIMENSIONS)}
    return Model(
        steps=steps,
        bots=bots,
        segments=segments,
        lookups=_records(LOOKUP, base=plan.lookup_base, **strides),
        dist_family=plan.dist_family.copy(),
        dist_params=plan.dist_params.copy(),
        dist_table=plan.dist_table.copy(),
        shares=plan.shares.copy(),
        route_start=plan.route_start.astype(np.int64),
        ways=_records(WAY, target=plan.route_target, cumulative=plan.route_cumulative),
        openings=_records(SPAN, start=plan.open_start, end=plan.open_end),
        recontact_channel=plan.recontact_channel.copy(),
        retry_channel=plan.retry_channel.copy(),
        stream_step=plan.stream_step.astype(np.int64),
        skill_level=plan.skill_level.astype(np.int64),
        duties=_records(
            DUTY,
            start=attendance.start,
            end=attendance.end,
            absent=attendance.absent,
            first_break=attendance.break_offset[:-1],
            last_break=attendance.break_offset[1:],
        ),
        breaks=_records(BREAK, due=attendance.break_due, length=attendance.break_length),
    )


def settings_of(plan: Plan, replication: int) -> Settings:
    """The Plan's single numbers, for one replication."""
    return Settings(
        seed=seed_bits(plan.seed),
        replication=replication,
        end=plan.end,
        attempts=plan.attempts,
        recontact_unresolved=plan.recontact_unresolved,
        recontact_falsely_resolved=plan.recontact_falsely_resolved,
        recontact_after=plan.recontact_after,
        recontact_at_most=plan.recontact_at_most,
    )


def _records(dtype: np.dtype[Any], **columns: NDArray[Any]) -> Records:
    """One array of records from columns of equal length."""
    records = np.zeros(len(next(iter(columns.values()))), dtype=dtype)
    for name, column in columns.items():
        records[name] = column
    return records
