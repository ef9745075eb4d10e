"""Who is there: which of the planned duties are kept in a replication. Drawn before anything runs.

Two things keep people from a shift. *Absence* is by chance and one by one: one draw for each (team, shift,
start date, agent). *Shrinkage* is planned: of the n heads on a shift, n * (1 - shrinkage) are there; where
that is no whole number, one draw for each (team, shift, start date) decides between the two beside it, so
that the mean is right. The heads with the highest numbers are elsewhere, and are paid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.compilation import compiled
from sim.engine.realise import CASE_BITS, DAY_BITS, ZERO
from sim.plan import Floats, Ints, Longs, Plan
from sim.randomness import seed_bits, uniforms

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Attendance:
    """Every agent's duties in order: those kept, and those missed that are paid.

    Duties that follow each other without a gap are one. A missed duty has no breaks.
    """

    offset: Longs  # [agent + 1] into the next three
    start: Floats
    end: Floats
    absent: Flags
    break_offset: Longs  # [duty + 1] into the next two
    break_due: Floats
    break_length: Floats

    def of_agent(self, agent: int) -> list[tuple[float, float, bool, list[tuple[float, float]]]]:
        """The agent's duties: (start, end, whether absent, breaks as (due, length))."""
        return [
            (
                float(self.start[duty]),
                float(self.end[duty]),
                bool(self.absent[duty]),
                [
                    (float(self.break_due[number]), float(self.break_length[number]))
                    for number in range(self.break_offset[duty], self.break_offset[duty + 1])
                ],
            )
            for duty in range(self.offset[agent], self.offset[agent + 1])
        ]


def attend(plan: Plan, replication: int) -> Attendance:
    """The duties of one replication."""
    team, shift = plan.agent_team, plan.agent_shift
    return Attendance(
        *_kept(
            seed_bits(plan.seed),
            replication,
            plan.agent_number.astype(np.int64),
            plan.team_absence[team],
            plan.team_absence_paid[team],
            plan.team_shrinkage[team],
            plan.stream_absence[team, shift],
            plan.stream_shrinkage[team, shift],
            plan.duty_offset,
            plan.duty_start,
            plan.duty_end,
            plan.duty_day.astype(np.int64),
            plan.duty_heads,
            plan.break_offset,
            plan.break_due,
            plan.break_length,
        )
    )


@compiled
def _kept(
    seed: int,
    replication: int,
    agent_number: Longs,
    absence: Floats,
    absence_paid: Flags,
    shrinkage: Floats,
    stream_absence: Longs,
    stream_shrinkage: Longs,
    duty_offset: Ints,
    duty_start: Floats,
    duty_end: Floats,
    duty_day: Longs,
    duty_heads: Ints,
    break_offset: Ints,
    break_due: Floats,
    break_length: Floats,
) -> tuple[Longs, Floats, Floats, Flags, Longs, Floats, Floats]:
    """The fields of an Attendance; the first six columns are by agent, the others as in the Plan."""
    agents, duties, breaks = len(agent_number), len(duty_start), len(break_due)
    offset = np.zeros(agents + 1, dtype=np.int64)
    start, end = np.empty(duties, dtype=np.float64), np.empty(duties, dtype=np.float64)
    absent = np.empty(duties, dtype=np.bool_)
    first_break = np.zeros(duties + 1, dtype=np.int64)
    due, length = np.empty(breaks, dtype=np.float64), np.empty(breaks, dtype=np.float64)
    found = taken = 0  # duties and breaks so far
    for agent in range(agents):
        for duty in range(duty_offset[agent], duty_offset[agent + 1]):
            day = duty_day[duty] << DAY_BITS
            elsewhere = away = False
            if shrinkage[agent] > 0.0:
                u = uniforms(seed, stream_shrinkage[agent], ZERO, ZERO, day, replication)[0]
                heads = math.floor(duty_heads[duty] * (1.0 - shrinkage[agent]) + u)
                elsewhere = agent_number[agent] >= heads
            if absence[agent] > 0.0 and not elsewhere:
                entity = day + (agent_number[agent] << CASE_BITS)
                u = uniforms(seed, stream_absence[agent], ZERO, ZERO, entity, replication)[0]
                away = u < absence[agent]
            if away and not absence_paid[agent]:
                continue
            away = away or elsewhere
            if found > offset[agent] and end[found - 1] == duty_start[duty] and absent[found - 1] == away:
                end[found - 1] = duty_end[duty]
            else:
                start[found], end[found], absent[found] = duty_start[duty], duty_end[duty], away
                found += 1
            for number in range(break_offset[duty], break_offset[duty] if away else break_offset[duty + 1]):
                due[taken], length[taken] = break_due[number], break_length[number]
                taken += 1
            first_break[found] = taken
        offset[agent + 1] = found
    return (
        offset, start[:found], end[:found], absent[:found],
        first_break[: found + 1], due[:taken], length[:taken],
    )  # fmt: skip
