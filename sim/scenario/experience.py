"""What customers think of it, as models: satisfaction (CSAT), recommendation (NPS), effort (CES).

A parameter that is not given has no effect: none is invented here. The formulas are those of
`sim.measures.experience`.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import WithJsonSchema, model_validator

from sim import units
from sim.errors import shown
from sim.scenario.naming import Name
from sim.scenario.values import Duration, Model, Percentage, PositiveDuration, Share, complain, parsed

MOST_EFFORT = 5.0
"""The scale of effort goes from 1, none, to this."""


def _points(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_EFFORT - 1:
        most = f"{MOST_EFFORT - 1:g}"
        raise units.UnitError(f"{shown(value)} is no number of points of effort (allowed: 0 to {most})")
    return float(value)


Points = Annotated[
    float,
    parsed(_points, 0.0),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MOST_EFFORT - 1}),
]


class Waiting(Model):
    """How long a wait feels: what exceeds the expected time, in units of `every`."""

    every: PositiveDuration
    """The unit: so much felt wait beyond what is expected is one wait for `loses` and `adds`."""
    expected: Duration = 0.0
    """Felt wait that is taken for granted."""
    felt: Percentage = 1.0
    """Felt wait in percent of clock time: above 100% where it is idle, below where it is occupied."""


class Losses(Model):
    """The share of satisfaction that is lost for each thing that goes wrong."""

    wait: Share = 0.0
    """For each unit of felt wait beyond what is expected (`waits`); parts of a unit count in part."""
    transfer: Share = 0.0
    """For each queue for people after the first."""
    attempt: Share = 0.0
    """For each failed attempt to get past a bot that handed over in the end."""
    repeat: Share = 0.0
    """For each earlier contact of the same case."""
    unresolved: Share = 0.0
    """Where the contact did not meet the need."""
    falsely_resolved: Share = 0.0
    """Where it only said that it did."""
    abandoned: Share = 0.0
    """Where the customer left a queue."""
    gave_up: Share = 0.0
    """Where the customer gave up in the bot."""
    balked: Share = 0.0
    """Where the customer would not join so long a queue."""
    blocked: Share = 0.0
    """Where no line was free."""


class Csat(Model):
    """Satisfaction of a contact: the base, less the stated share for each thing that goes wrong."""

    base: Share
    """Share of customers who are satisfied where nothing goes wrong."""
    loses: Losses = Losses()
    """What is lost for each thing that goes wrong; what is not named loses nothing."""


class Nps(Model):
    """Promoters less detractors, by the satisfaction expected of each contact."""

    promoters: Share
    """A contact whose satisfaction is at least this makes a promoter."""
    detractors: Share
    """One whose satisfaction is below this makes a detractor."""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.detractors > self.promoters:
            message = "detractors begin above where promoters do: the same customer would be both"
            raise complain(message, "give detractors the smaller share", at=("detractors",))
        return self


class Additions(Model):
    """The points of effort that each thing adds."""

    wait: Points = 0.0
    """For each unit of felt wait beyond what is expected; parts of a unit count in part."""
    transfer: Points = 0.0
    """For each queue for people after the first."""
    attempt: Points = 0.0
    """For each failed attempt to get past a bot that handed over in the end."""
    repeat: Points = 0.0
    """For each earlier contact of the same case."""


class Ces(Model):
    """Effort of a contact on a scale from 1 (none) to 5: 1, and what each thing adds."""

    adds: Additions
    """What each thing adds; what is not named adds nothing."""


class Experience(Model):
    """What customers think of it, reckoned from what happens to each contact."""

    waits: dict[Name, Waiting] = {}
    """By channel, what a wait feels like; in channels that are not named waits do not matter."""
    csat: Csat | None = None
    """Satisfaction."""
    nps: Nps | None = None
    """Recommendation, reckoned from satisfaction."""
    ces: Ces | None = None
    """Effort."""

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        if self.csat is None and self.ces is None:
            raise complain("experience needs csat or ces", "add such as `csat: {base: 90%}`")
        if self.nps is not None and self.csat is None:
            raise complain("nps is reckoned from csat", "add such as `csat: {base: 90%}`", at=("nps",))
        heeded = bool((self.csat and self.csat.loses.wait) or (self.ces and self.ces.adds.wait))
        if self.waits and not heeded:
            message = "what waits feel like is said, but nothing depends on it"
            raise complain(message, "add `csat.loses.wait` or `ces.adds.wait`", at=("waits",))
        if heeded and not self.waits:
            message = "waits are to matter, but not said from when on"
            raise complain(message, "add such as `waits: {phone: {expected: 1m, every: 5m}}`")
        return self
