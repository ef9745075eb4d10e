"""Customers who come back: through channels that add up, and so often that a case can still be numbered."""

from __future__ import annotations

from collections.abc import Iterator

from sim import units
from sim.scenario.by import returns_at_most
from sim.scenario.checks.finding import Finding, Path
from sim.scenario.customers import ReturnChannels
from sim.scenario.spec import Spec
from sim.scenario.values import TOLERANCE

MOST_RETURNS = 250
"""A contact's number in its case is kept in eight bits."""


def returns(spec: Spec) -> Iterator[Finding]:
    """Channels that do not add up, tries after giving up where nobody gives up, and too many returns."""
    if spec.recontact:
        yield from _adds_up(("recontact", "channel"), spec.recontact.channel)
    for name, channel in spec.channels.items():
        if channel.on_abandon is None:
            continue
        path = ("channels", name, "on_abandon")
        yield from _adds_up((*path, "channel"), channel.on_abandon.channel)
        if channel.patience is None and channel.balk is None and channel.lines is None:
            yield (
                path,
                f"nobody gives up: the channel '{name}' has no patience, and neither balk nor lines",
                "add `patience: {exponential: {mean: 3m}}`, or leave on_abandon out",
            )
    most = returns_at_most(spec)
    if most > MOST_RETURNS:
        yield (
            ("recontact", "at_most") if spec.recontact else ("channels",),
            f"recontacts and tries after giving up add up to {most} in a case (allowed: {MOST_RETURNS})",
            "make one of the at_most smaller",
        )


def _adds_up(path: Path, channels: ReturnChannels) -> Iterator[Finding]:
    total = sum(channels.values())
    if channels and abs(total - 1) > TOLERANCE:
        yield (
            path,
            f"the shares of the channels add up to {units.format_share(total)}, not 100 %",
            "change them so that they add up to 100%; `same` is the channel that the customer came through",
        )
