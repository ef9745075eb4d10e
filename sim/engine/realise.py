"""What is drawn before anything runs: the first contacts of a replication. Shared by the engines.

Arrivals of a day are unit exponentials keyed by (channel, day, k), added up and inverted through that
day's cumulative rate times its day factors, the channel's own and the one that all share: more volume keeps
each customer and adds some (Çinlar 1975, *Introduction to Stochastic Processes*, section 4.7, for the
inversion). Recorded arrivals keep their times; what a trace does not say about them is drawn as for others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np

from sim.compilation import compiled
from sim.plan import NONE, Floats, Ints, Longs, Plan
from sim.randomness import Family, sample, seed_bits, uniforms
from sim.units import DAY

DAY_BITS, CASE_BITS = 40, 8
"""entity = day * 2^40 + k * 2^8 + n: k counts the day's cases in the channel, n the contacts of the case."""

ZERO = cast(int, np.int64(0))
"""The first block, visit or home; a literal 0 would be compiled apart from other numbers."""


@dataclass(frozen=True)
class Arrivals:
    """First contacts of all cases, in the order of (channel, day, k)."""

    channel: Ints
    entity: Longs
    time: Floats
    reason: Ints
    segment: Ints


def realise(plan: Plan, replication: int) -> Arrivals:
    """The first contacts of one replication, with what their case block draws."""
    shared = _day_factors(
        seed_bits(plan.seed),
        plan.stream_shared_day,
        replication,
        plan.first_day,
        plan.days,
        plan.shared_day_cv,
    )
    parts = [_of_channel(plan, channel, replication, shared) for channel in range(len(plan.channel_entry))]
    channel, entity, time, reason, segment = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Arrivals(channel, entity, time, reason, segment)


def _of_channel(
    plan: Plan, channel: int, replication: int, shared: Floats
) -> tuple[Ints, Longs, Floats, Ints, Ints]:
    """shared: [day] the factors that all channels have in common."""
    seed = seed_bits(plan.seed)
    recorded = slice(plan.trace_offset[channel], plan.trace_offset[channel + 1])
    time = plan.trace_time[recorded]
    if len(time):
        day = np.floor(time / DAY).astype(np.int64)
        entity = (day << DAY_BITS) + (plan.trace_case[recorded].astype(np.int64) << CASE_BITS)
        reason, segment = plan.trace_reason[recorded].copy(), plan.trace_segment[recorded].copy()
    else:
        volume = plan.piece_volume[plan.piece_offset[channel, 0] : plan.piece_offset[channel, -1]].sum()
        own = _day_factors(
            seed,
            int(plan.stream_day[channel]),
            replication,
            plan.first_day,
            plan.days,
            float(plan.channel_day_cv[channel]),
        )
        time, entity = _arrivals(
            seed,
            int(plan.stream_arrivals[channel]),
            replication,
            plan.first_day,
            plan.piece_offset[channel],
            plan.piece_start,
            plan.piece_end,
            plan.piece_volume,
            own * shared,
            int(volume + 10 * math.sqrt(volume)) + 16,
        )
        inside = (time >= plan.begin) & (time < plan.end)
        time, entity = time[inside], entity[inside]
        reason, segment = np.full((2, len(time)), NONE, dtype=np.int32)
    _draw_cases(
        seed,
        int(plan.stream_case[channel]),
        replication,
        entity,
        plan.segment_cumulative,
        plan.reason_cumulative,
        segment,
        reason,
    )
    return np.full(len(time), channel, dtype=np.int32), entity, time, reason, segment


@compiled
def _day_factors(seed: int, stream: int, replication: int, first_day: int, days: int, cv: float) -> Floats:
    """For each day a gamma factor with mean 1 and this coefficient of variation; ones where that is 0."""
    factors = np.ones(days, dtype=np.float64)
    no_table = np.empty(0, dtype=np.float64)
    if cv == 0.0:
        return factors
    for number in range(days):
        day = first_day + number
        shape = 1.0 / (cv * cv)
        u = uniforms(seed, stream, ZERO, ZERO, day << DAY_BITS, replication)[0]
        factors[number] = sample(
            Family.GAMMA, shape, 1.0 / shape, 0.0, 0.0, no_table, u,
            seed, stream, ZERO, ZERO, day << DAY_BITS, replication,
        )  # fmt: skip  # the key on a line of its own
    return factors


@compiled
def _arrivals(
    seed: int,
    stream: int,
    replication: int,
    first_day: int,
    offset: Ints,
    start: Floats,
    end: Floats,
    volume: Floats,
    factors: Floats,
    capacity: int,
) -> tuple[Floats, Longs]:
    """Times and entities of one channel's cases.

    offset[day] .. offset[day + 1] are a day's pieces, factors[day] what their volumes are multiplied by.
    """
    times = np.empty(capacity, dtype=np.float64)
    entities = np.empty(capacity, dtype=np.int64)
    found = 0
    for number in range(len(offset) - 1):
        day = first_day + number
        factor = factors[number]
        expected = 0.0  # up to the current exponential
        before = 0.0  # up to the current piece
        piece = offset[number]
        k = 0
        while piece < offset[number + 1]:
            entity = (day << DAY_BITS) + (k << CASE_BITS)
            expected += -math.log1p(-uniforms(seed, stream, ZERO, ZERO, entity, replication)[0])
            while piece < offset[number + 1] and before + factor * volume[piece] <= expected:
                before += factor * volume[piece]
                piece += 1
            if piece == offset[number + 1]:
                break
            if found == len(times):
                times = np.concatenate((times, np.empty_like(times)))
                entities = np.concatenate((entities, np.empty_like(entities)))
            part = (expected - before) / (factor * volume[piece])
            times[found] = start[piece] + part * (end[piece] - start[piece])
            entities[found] = entity
            found += 1
            k += 1
    return times[:found], entities[:found]


@compiled
def category(cumulative: Floats, u: float) -> int:
    """The index in which u falls: categorical draws invert one uniform in file order."""
    for index in range(len(cumulative) - 1):
        if u < cumulative[index]:
            return index
    return len(cumulative) - 1


@compiled
def _draw_cases(
    seed: int,
    stream: int,
    replication: int,
    entity: Longs,
    segment_cumulative: Floats,
    reason_cumulative: Floats,
    segment: Ints,
    reason: Ints,
) -> None:
    """Fill in the segments and reasons that are NONE: words 0 and 1 of the case block.

    A segment is drawn given the reason where a trace says the reason (Bayes' rule).
    """
    segments, reasons = reason_cumulative.shape
    if segments == 1 and reasons == 1:  # nothing to draw
        segment[:] = 0
        reason[:] = 0
        return
    share = reason_cumulative.copy()  # of each segment and reason among all cases
    for j in range(reasons - 1, 0, -1):
        share[:, j] -= share[:, j - 1]
    for i in range(segments):
        share[i] *= segment_cumulative[i] - (segment_cumulative[i - 1] if i > 0 else 0.0)
    for row in range(len(entity)):
        u_segment, u_reason, _, _ = uniforms(seed, stream, ZERO, ZERO, entity[row], replication)
        if segment[row] < 0:
            given = segment_cumulative
            if reason[row] >= 0 and share[:, reason[row]].sum() > 0.0:
                given = np.cumsum(share[:, reason[row]]) / share[:, reason[row]].sum()
            segment[row] = category(given, u_segment)
        if reason[row] < 0:
            reason[row] = category(reason_cumulative[segment[row]], u_reason)
