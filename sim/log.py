"""The log: what an engine returns for one replication, as columns of numpy arrays.

Three tables, one row per contact, per step visit and per stretch of an agent's time. An engine writes
them and computes nothing from them; `sim.measures` reads them and nothing else, so two engines agree
exactly when `Log.to_bytes` agrees.

Times are float64 seconds from `time.start` (negative in the warm-up); a time that did not happen is
`numpy.nan`. Indices (channel, reason, segment, step, agent) point into the Plan's tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

CONTACT_BITS = 8
"""A contact's number in its case is the last eight bits of its entity; the rest names the case."""


class Fate(IntEnum):
    """How a contact ended; each contact has exactly one."""

    OPEN = 0  # still waiting or in service when the simulation ended
    RESOLVED = 1
    FALSELY_RESOLVED = 2  # the bot said so; the need is still there
    UNRESOLVED = 3
    ABANDONED = 4  # patience ended in a queue
    GAVE_UP_IN_BOT = 5  # left on the way from the bot to a person
    BALKED = 6  # would not join a queue so long
    BLOCKED = 7  # no line was free


class Outcome(IntEnum):
    """How one visit to a step ended."""

    OPEN = 0  # still waiting or in service when the simulation ended
    DONE = 1  # work, delay or choose finished
    ABANDONED = 2
    CONTAINED = 3
    FALSELY_CONTAINED = 4
    HANDED_OFF = 5
    GAVE_UP = 6
    DECLINED = 7  # did not accept the bot: no bot time
    BALKED = 8  # did not join the queue


class State(IntEnum):
    """What an agent does; time off shift is not logged."""

    AVAILABLE = 0  # on shift and idle
    WORK = 1
    WRAP_UP = 2
    BREAK = 3
    ABSENT = 4  # from a shift, and paid; an absence that is not paid is not logged


@dataclass(frozen=True, eq=False)
class _Table:
    """Columns of equal length and of the stated types, read-only from here on.

    Raises TypeError for a column that is not a one-dimensional array of its type, ValueError for columns of
    unequal length: either is a mistake in an engine.
    """

    DTYPES: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        lengths: dict[str, int] = {}
        for name, column in self.columns().items():
            wanted = np.dtype(self.DTYPES[name])
            if not isinstance(column, np.ndarray) or column.dtype != wanted or column.ndim != 1:
                found = getattr(column, "dtype", type(column).__name__)
                raise TypeError(f"{type(self).__name__}.{name} is {found}, not one dimension of {wanted}")
            column.setflags(write=False)
            lengths[name] = len(column)
        if len(set(lengths.values())) > 1:
            raise ValueError(f"{type(self).__name__} has columns of unequal length: {lengths}")

    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns by name, in the order of their definition."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __len__(self) -> int:
        return len(next(iter(self.columns().values())))


@dataclass(frozen=True, eq=False)
class Contacts(_Table):
    """One row per contact, in the order of (origin, entity)."""

    origin: Int32  # channel of the case's first contact: with `entity` the contact's identity
    entity: (
        Int64  # day * 2^40 + k * 2^8 + n: the day's k-th case of the origin channel, contact n of the case
    )
    channel: Int32  # channel through which this contact came
    reason: Int32
    segment: Int32
    arrival: Float64
    end: Float64  # NaN: open at the end of the simulation
    fate: Int8  # a Fate

    DTYPES: ClassVar[Mapping[str, str]] = {
        "origin": "<i4",
        "entity": "<i8",
        "channel": "<i4",
        "reason": "<i4",
        "segment": "<i4",
        "arrival": "<f8",
        "end": "<f8",
        "fate": "i1",
    }


@dataclass(frozen=True, eq=False)
class Visits(_Table):
    """One row per visit of a contact to a step, in the order of (contact, number)."""

    contact: Int64  # row in Contacts
    number: Int32  # 0, 1, 2, …: the contact's visits in order
    step: Int32
    joined: Float64  # reached the step, so joined its queue
    started: Float64  # service began; NaN: never
    ended: Float64  # end of the talk, the bot's time or the delay; for one who left the queue: when
    wrapped: Float64  # end of the wrap-up; = ended where there is none; NaN: not reached
    agent: Int32  # -1: none
    outcome: Int8  # an Outcome

    DTYPES: ClassVar[Mapping[str, str]] = {
        "contact": "<i8",
        "number": "<i4",
        "step": "<i4",
        "joined": "<f8",
        "started": "<f8",
        "ended": "<f8",
        "wrapped": "<f8",
        "agent": "<i4",
        "outcome": "i1",
    }


@dataclass(frozen=True, eq=False)
class AgentIntervals(_Table):
    """One row per stretch of time an agent spends in one state, in the order of (agent, start).

    No stretch has length zero, an agent's stretches do not overlap, and all are cut at the end of the
    simulation.
    """

    agent: Int32
    state: Int8  # a State
    start: Float64
    end: Float64
    load: Int32  # slots in use: 0 when available, on a break or absent
    overtime: Int8  # 1: after the end of the shift

    DTYPES: ClassVar[Mapping[str, str]] = {
        "agent": "<i4",
        "state": "i1",
        "start": "<f8",
        "end": "<f8",
        "load": "<i4",
        "overtime": "i1",
    }


@dataclass(frozen=True, eq=False)
class Log:
    """All that happened in one replication, over [-warm_up, horizon + run_out)."""

    replication: int
    contacts: Contacts
    visits: Visits
    agents: AgentIntervals

    def to_bytes(self) -> bytes:
        """Canonical bytes: replication, then each table's name, length and columns, little-endian.

        Two logs are the same log when their bytes are. Every NaN is written as `numpy.nan` is, whatever its
        sign or payload, so that the bytes do not depend on how it was computed.
        """
        parts = [np.int64(self.replication).tobytes()]
        for table in (self.contacts, self.visits, self.agents):
            parts += [type(table).__name__.encode(), np.int64(len(table)).tobytes()]
            parts += [_canonical(column) for column in table.columns().values()]
        return b"".join(parts)

    def digest(self) -> str:
        """SHA-256 of `to_bytes`, as 64 hexadecimal digits."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def _canonical(column: NDArray[Any]) -> bytes:
    if column.dtype.kind == "f":
        column = np.where(np.isnan(column), np.nan, column)
    return column.tobytes()
