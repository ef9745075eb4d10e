"""The Plan: a scenario flattened into numbers and index tables. It is the only thing an engine sees.

Everything an engine reads is an array or a number; names stand in `Plan.names`, for measures and reports
alone. Times are seconds from `time.start` (float64), negative in the warm-up. A day is 86,400 s.

A *lookup* is a value that may depend on something: at a point (an index along each of `DIMENSIONS`) its
row is ``lookup_base[v] + sum(lookup_stride[v, d] * point[d])``, a row of the distributions, of the shares
or of the routes, as the use says. `NONE` stands for "no such value".
"""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.plan.experience import Experience
from sim.plan.prices import Prices

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

NONE = -1

DIMENSIONS = ("reason", "segment", "channel", "team", "hour", "attempt")
"""What a value may depend on, in the order of `lookup_stride`'s columns."""


class StepKind(IntEnum):
    """What a step does."""

    BOT = 0
    WORK = 1
    DELAY = 2
    CHOOSE = 3


class End(IntEnum):
    """Route targets below zero: the journey ends here."""

    RESOLVED = -1
    UNRESOLVED = -2
    FALSELY_RESOLVED = -3


@dataclass(frozen=True)
class Names:
    """Names in file order, by index. No engine reads them."""

    scenario: str
    variant: str
    channels: tuple[str, ...]
    reasons: tuple[str, ...]
    segments: tuple[str, ...]
    steps: tuple[str, ...]
    teams: tuple[str, ...]
    shifts: tuple[str, ...]
    bots: tuple[str, ...]
    calendars: tuple[str, ...]
    currency: str


@dataclass(frozen=True, eq=False)
class Plan:
    """A compiled scenario. Array lengths are given as [channel], [step], … meaning one entry for each."""

    names: Names
    seed: int
    replications: int
    confidence: float

    start_date: datetime.date
    warm_up: float
    horizon: float
    run_out: float
    interval: float

    # lookups and the tables behind them
    lookup_base: Ints  # [lookup]
    lookup_stride: Ints  # [lookup, dimension]
    attempts: int  # length of the attempt dimension; later contacts use its last entry
    dist_family: NDArray[np.int8]  # [distribution row] sim.randomness.Family
    dist_params: Floats  # [distribution row, 4]
    dist_table: Floats  # quantile tables of the empirical ones, one after the other
    shares: Floats  # [share row]
    route_start: Ints  # [route row + 1] into the next two
    route_cumulative: Floats  # cumulative shares, the last one of a row being 1
    route_target: Ints  # a step, or an End

    # customers
    segment_cumulative: Floats  # [segment]
    segment_priority: Ints  # [segment] 1 is first
    segment_head_start: Floats  # [segment] seconds
    segment_accepts_bot: Floats  # [segment] share
    reason_cumulative: Floats  # [segment, reason]
    recontact_unresolved: int  # lookup of a share
    recontact_falsely_resolved: int  # lookup of a share
    recontact_after: int  # lookup of a distribution
    recontact_at_most: int  # 0: nobody comes back
    recontact_channel: Floats  # [channel, channel] cumulative shares: from which one, through which one
    retry_share: Ints  # [channel] lookup of a share, or NONE: nobody tries again after giving up
    retry_after: Ints  # [channel] lookup of a distribution, or NONE
    retry_at_most: Ints  # [channel]
    retry_channel: Floats  # [channel, channel] as recontact_channel

    # demand
    channel_entry: Ints  # [channel] first step
    channel_patience: Ints  # [channel] lookup of a distribution, or NONE
    channel_lines: Ints  # [channel] NONE: any number
    channel_balk_line: Ints  # [channel] who meets so many waiting may not join; NONE: everybody joins
    channel_balk_share: Ints  # [channel] lookup of a share, or NONE
    channel_day_cv: Floats  # [channel] coefficient of variation of its own day factor
    shared_day_cv: float  # of the day factor that all channels share
    stream_arrivals: Longs  # [channel] stream hashes (bit patterns)
    stream_day: Longs  # [channel]
    stream_shared_day: int
    stream_case: Longs  # [channel]
    stream_contact: Longs  # [channel]
    stream_step: Longs  # [channel, step]
    first_day: int  # the day in which the warm-up begins (0 or negative)
    days: int  # number of days simulated in part or whole
    piece_offset: Ints  # [channel, day + 1] into the next three: pieces of constant rate
    piece_start: Floats
    piece_end: Floats
    piece_volume: Floats  # expected arrivals in the piece
    trace_offset: Ints  # [channel + 1] into the next four; an empty span: not a trace
    trace_time: Floats
    trace_case: Ints  # number within its day
    trace_reason: Ints  # NONE: drawn
    trace_segment: Ints  # NONE: drawn
    open_offset: Ints  # [channel + 1] into the next two: when the channel takes contacts
    open_start: Floats
    open_end: Floats

    # steps
    step_kind: NDArray[np.int8]  # [step] StepKind
    step_time: Ints  # [step] lookup of a distribution, or NONE
    step_wrap_up: Ints  # [step] lookup of a distribution, or NONE
    step_route: Ints  # [step] lookup of a route, or NONE
    step_priority: Ints  # [step] NONE: the segment's
    step_bot: Ints  # [step] or NONE
    step_handoff: Ints  # [step] the step after a bot hands over, or NONE

    # bots
    bot_sessions: Ints  # [bot] NONE: unlimited
    bot_time: Ints  # [bot] lookup of a distribution
    bot_resolves: Ints  # [bot] lookup of a share
    bot_falsely_resolves: Ints  # [bot] lookup of a share
    bot_gives_up: Ints  # [bot] lookup of a share
    bot_attempts: Ints  # [bot] attempts it takes to reach a person
    bot_saves: Floats  # [bot] share of the next handle time saved after a handoff
    bot_keeps_place: NDArray[np.bool_]  # [bot]

    # people
    skill_level: Ints  # [team, step] 1 is preferred, 0 cannot
    agent_team: Ints  # [agent]
    agent_shift: Ints  # [agent] or NONE: always there
    agent_number: Ints  # [agent] number within team and shift
    team_absence: Floats  # [team] share of shifts that an agent misses
    team_absence_paid: NDArray[np.bool_]  # [team] whether the time missed is paid
    team_shrinkage: Floats  # [team] share of the heads planned to be elsewhere
    stream_absence: Longs  # [team, shift + 1] stream hashes; the last column is for agents without a shift
    stream_shrinkage: Longs  # [team, shift + 1]
    duty_offset: Ints  # [agent + 1] into the next four: planned duties, one for each date
    duty_start: Floats
    duty_end: Floats
    duty_day: Ints  # the date on which the shift starts, in days from `start_date`
    duty_heads: Ints  # heads planned on the same shift and date, at this time
    break_offset: Ints  # [duty + 1] into the next two
    break_due: Floats
    break_length: Floats

    # calendars, for measures that count open time only
    calendar_offset: Ints  # [calendar + 1] into the next two
    calendar_start: Floats
    calendar_end: Floats

    # money and customers' opinion, for measures alone
    prices: Prices
    experience: Experience

    @property
    def begin(self) -> float:
        """Where simulation begins."""
        return -self.warm_up

    @property
    def end(self) -> float:
        """Where simulation ends."""
        return self.horizon + self.run_out

    @property
    def expected_contacts(self) -> float:
        """First contacts to expect in a replication, the warm-up's included."""
        return float(self.piece_volume.sum()) + len(self.trace_time)

    @property
    def returns_at_most(self) -> int:
        """How often a case may come back, for whatever reason."""
        return self.recontact_at_most + int(self.retry_at_most.max(initial=0))

    @property
    def is_trace_driven(self) -> bool:
        """Whether any channel replays recorded arrivals."""
        return len(self.trace_time) > 0

    def __str__(self) -> str:
        """Every field with its values, long arrays cut: for reading, not for parsing."""
        with np.printoptions(threshold=40, precision=4, suppress=True):
            return "\n".join(
                f"{field.name} = {getattr(self, field.name)}" for field in dataclasses.fields(self)
            )
