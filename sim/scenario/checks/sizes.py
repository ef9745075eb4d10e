"""What one replication may hold: what would run out of memory is refused, and what would take for ever."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim import units
from sim.scenario.by import dimensions_of, names_of
from sim.scenario.checks.finding import Finding
from sim.scenario.checks.names import by_maps
from sim.scenario.customers import Arrivals
from sim.scenario.headcount import headcounts
from sim.scenario.service import Team
from sim.scenario.spec import Spec

MOST_CONTACTS = 20_000_000
MOST_INTERVALS = 200_000
MOST_AGENTS = 100_000
MOST_SHIFTS_WORKED = 10_000_000
MOST_CASES = 200_000
"""What one replication may hold, and a value `by` something: beyond it memory would run out."""


def sizes(spec: Spec) -> Iterator[Finding]:
    """What would not fit into memory: too much demand, too fine a cut, too many people or cases."""
    time = spec.time
    days = (time.warm_up + time.horizon + time.run_out) / units.DAY
    if time.horizon / time.interval > MOST_INTERVALS:
        yield (
            ("time", "interval"),
            f"the horizon has {time.horizon / time.interval:,.0f} intervals (allowed: {MOST_INTERVALS:,})",
            "make the interval longer, or the horizon shorter",
        )
    volumes = {name: _volume(channel.arrivals) * days for name, channel in spec.channels.items()}
    if sum(volumes.values()) > MOST_CONTACTS:
        name = max(volumes, key=lambda each: volumes[each])
        yield (
            ("channels", name, "arrivals", "volume"),
            f"one replication would have about {sum(volumes.values()):,.0f} contacts "
            f"(allowed: {MOST_CONTACTS:,})",
            "give less volume, or a shorter horizon",
        )
    agents = {name: _heads(team) for name, team in spec.teams.items()}
    shifts = sum(_duties_a_day(team) for team in spec.teams.values()) * days
    if sum(agents.values()) > MOST_AGENTS or shifts > MOST_SHIFTS_WORKED:
        yield (
            ("teams", max(agents, key=lambda each: agents[each])),
            f"there are {sum(agents.values()):,} agents, for {days:,.0f} days "
            f"(allowed: {MOST_AGENTS:,} agents, and {MOST_SHIFTS_WORKED:,} shifts worked in a replication)",
            "give fewer agents, or a shorter horizon",
        )
    names = names_of(spec)
    for path, value in by_maps(spec):
        cases = math.prod(len(names.get(dimension, ())) for dimension in dimensions_of(value))
        if path[0] != "variants" and cases > MOST_CASES:
            by = " and ".join(dimensions_of(value))
            yield path, f"by {by} there are {cases:,} cases (allowed: {MOST_CASES:,})", "depend on less"


def _heads(team: Team) -> int:
    """People of a team."""
    by_time = [heads for day in headcounts(team.agents or 0) for _, _, heads in day]
    return max(by_time) + sum(team.shifts.values())


def _duties_a_day(team: Team) -> int:
    """Shifts worked on a day at most, a piece of the day counting as one where the headcount changes."""
    by_day = [sum(heads for _, _, heads in day) for day in headcounts(team.agents or 0)]
    return max(by_day) + sum(team.shifts.values())


def _volume(arrivals: Arrivals) -> float:
    """Expected contacts on the busiest day."""
    factors = arrivals.weekday_factors()
    busiest = max((*(factors.get(day, 1.0) for day in range(7)), *arrivals.date_factors().values()))
    return (arrivals.volume or 0.0) * units.DAY * busiest
