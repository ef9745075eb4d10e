"""Prices must be whole, as sums that leave something out look like savings; waits must be of a channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.errors import did_you_mean, shown
from sim.scenario.checks.finding import Finding
from sim.scenario.customers import Channel
from sim.scenario.measurable import has_prices
from sim.scenario.service import Bot, Team
from sim.scenario.spec import Spec


def prices(spec: Spec) -> Iterator[Finding]:
    """Where anything has a price, people and bots without one; and channels, where another has one."""
    if not has_prices(spec) and not spec.costs.one_off:
        return
    yield from _without("teams", spec.teams, "cost: 28/h` (0/h for people who cost nothing)")
    yield from _without("bots", spec.bots, "cost: 0.20/session` (0/session if sessions cost nothing)")
    if any(channel.cost is not None for channel in spec.channels.values()):
        yield from _without("channels", spec.channels, "cost: 0.05/contact` (0/contact if it costs nothing)")


def _without(kind: str, things: Mapping[str, Team | Bot | Channel], example: str) -> Iterator[Finding]:
    for name, thing in things.items():
        if thing.cost is None:
            message = "it has no cost, though other costs are given: sums would leave it out"
            yield (kind, name), message, f"add such as `{example}"


def waits(spec: Spec) -> Iterator[Finding]:
    """What waits feel like in channels that are not there."""
    for name in spec.experience.waits if spec.experience else ():
        if name not in spec.channels:
            path = ("experience", "waits", name)
            yield path, f"there is no channel {shown(name)}", did_you_mean(name, spec.channels)
