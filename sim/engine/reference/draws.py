"""Random numbers of contacts and visits, and values that depend on something: the Plan's lookups in use."""

from __future__ import annotations

import itertools
from bisect import bisect_right

from sim.engine.reference.records import Contact
from sim.plan import DIMENSIONS, NONE, Plan
from sim.randomness import Family, sample, sample_row, seed_bits, uniforms, visit_draws

TEAM, HOUR, ATTEMPT = (DIMENSIONS.index(name) for name in ("team", "hour", "attempt"))


class Draws:
    """All draws of one replication. A number depends on its key alone, never on when it is drawn."""

    def __init__(self, plan: Plan, replication: int) -> None:
        self.seed = seed_bits(plan.seed)
        self.replication = replication
        self.distributions = plan.dist_family, plan.dist_params, plan.dist_table
        self.stream_step: list[list[int]] = plan.stream_step.tolist()
        self.stream_contact: list[int] = plan.stream_contact.tolist()
        self.base: list[int] = plan.lookup_base.tolist()
        self.terms: list[list[tuple[int, int]]] = [
            [(dimension, stride) for dimension, stride in enumerate(strides) if stride]
            for strides in plan.lookup_stride.tolist()
        ]
        self.last_attempt = plan.attempts - 1
        self.shares: list[float] = plan.shares.tolist()
        route_start = plan.route_start.tolist()
        cumulative, target = plan.route_cumulative.tolist(), plan.route_target.tolist()
        self.routes: list[tuple[list[float], list[int]]] = [
            (cumulative[a : b - 1], target[a:b]) for a, b in itertools.pairwise(route_start)
        ]

    def row(self, lookup: int, contact: Contact, now: float, team: int = 0) -> int:
        """The row that a lookup has for this contact, at this time, with this team."""
        if lookup < 0:
            return NONE
        row: int = self.base[lookup]
        for dimension, stride in self.terms[lookup]:
            if dimension == HOUR:
                row += stride * (int(now // 3600.0) % 24)
            elif dimension == TEAM:
                row += stride * team
            elif dimension == ATTEMPT:
                row += stride * min(contact.number, self.last_attempt)
            else:
                row += stride * contact.point[dimension]  # reason, segment, channel
        return row

    def share(self, lookup: int, contact: Contact, now: float) -> float:
        """A share that may depend on something."""
        return self.shares[self.row(lookup, contact, now)]

    def route(self, lookup: int, contact: Contact, now: float, u: float) -> int:
        """The next step or end: one uniform inverted in file order."""
        cumulative, target = self.routes[self.row(lookup, contact, now)]
        return target[bisect_right(cumulative, u)]

    def contact(self, origin: int, entity: int, block: int = 0) -> tuple[float, float, float, float]:
        """The contact block: patience, bot acceptance, balking, return. Block 1: return delay, reopening."""
        return uniforms(self.seed, self.stream_contact[origin], block, 0, entity, self.replication)

    def visit(
        self, contact: Contact, step: int, time_row: int, wrap_row: int = NONE
    ) -> tuple[float, float, float, float]:
        """The visit block: (time, wrap-up, uniform for next, spare uniform)."""
        number = contact.been.get(step, 0)
        contact.been[step] = number + 1
        families, params, table = self.distributions
        stream = self.stream_step[contact.origin][step]
        return visit_draws(
            families, params, table, time_row, wrap_row,
            self.seed, stream, number, contact.entity, self.replication,
        )  # fmt: skip  # distribution on one line, key on the next

    def attempt(self, contact: Contact, step: int, block: int, time_row: int) -> tuple[float, float]:
        """A further block of the latest visit: (bot time, uniform) of an attempt to reach a person."""
        number = contact.been[step] - 1
        families, params, table = self.distributions
        stream = self.stream_step[contact.origin][step]
        key = number, contact.entity, self.replication
        u_time, u, _, _ = uniforms(self.seed, stream, block, *key)
        time = sample_row(families, params, table, time_row, u_time, self.seed, stream, 4 * block, *key)
        return time, u

    def contact_time(self, contact: Contact, row: int, u: float, home: int) -> float:
        """A duration whose uniform is word `home` of the contact's blocks (patience 0, return delay 4)."""
        families, params, table = self.distributions
        stream = self.stream_contact[contact.origin]
        return sample_row(
            families, params, table, row, u, self.seed, stream, home, 0, contact.entity, self.replication
        )

    def exponential(self, mean: float, u: float) -> float:
        """An exponential of a mean that is a rule of the semantics, not the scenario's."""
        table = self.distributions[2]
        return sample(int(Family.EXPONENTIAL), mean, 0.0, 0.0, 0.0, table, u, self.seed, 0, 0, 0, 0, 0)
