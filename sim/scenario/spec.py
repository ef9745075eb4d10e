"""A whole scenario file as a model, of those in `calendars`, `customers` and `service`; times in seconds.

The models check each value by itself; what must hold between values is in `checks`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from sim import units
from sim.errors import did_you_mean, shown
from sim.scenario.calendars import Calendar
from sim.scenario.costs import Costs, Currency
from sim.scenario.customers import Channel, DayToDayCv, Reason, Recontact, Segment
from sim.scenario.experience import Experience
from sim.scenario.naming import Date, Name, VariantName
from sim.scenario.service import Bot, Shift, Step, Team
from sim.scenario.values import DURATION, PERCENT, Duration, Model, PositiveDuration, parsed, whole

NOT_BUILT_YET = frozenset((
    "acquire", "announce", "appointments", "areas", "assist", "at_close", "attributes",
    "attrition", "callback", "carry", "concurrent", "consult",
    "deferrable", "equipment", "hires", "holidays",
    "incidents", "initial", "interruptible", "join", "learning", "outage", "overflow",
    "owner", "parts", "release", "set_up", "sites", "speed", "split",
    "tenure", "travel", "wait_for_owner",
))  # fmt: skip
"""Words the language will have: refused by name, so that no wish is silently ignored."""


def _interval(value: Any) -> float:
    seconds = units.duration(value)
    if seconds <= 0 or units.DAY % seconds != 0:
        raise units.UnitError(f"{shown(value)} does not divide a day (allowed: such as 15m, 30m, 1h)")
    return seconds


def _confidence(value: Any) -> float:
    confidence = units.share(value)
    if not 0.5 <= confidence < 1:
        raise units.UnitError(f"{shown(value)} is no confidence (allowed: 50% to below 100%)", "95% is usual")
    return confidence


class Time(Model):
    """The simulated span. Counting runs from `start` for `horizon`; `warm_up` before it is simulated only."""

    start: Date
    """First counted day, such as 2026-03-02; it begins at midnight."""
    horizon: PositiveDuration
    """How long is counted, from `start`: 7d."""
    warm_up: Duration = 0.0
    """How long is simulated before `start` and not counted."""
    run_out: Duration = 0.0
    """How long simulation goes on after the horizon, so that what arrived late can finish."""
    interval: Annotated[float, parsed(_interval, 1800.0), DURATION] = 1800.0
    """Length of an interval in tables and SLAs; it divides a day."""


class Demand(Model):
    """What all channels have in common."""

    day_to_day_cv: DayToDayCv = 0.0
    """How much days differ for all channels together: each day has one factor for all, beside their own."""


class Run(Model):
    """How often to simulate, from which seed, and how sure the intervals are."""

    replications: Annotated[int, whole(1, 1_000_000)] = 20
    """How many times the span is simulated."""
    seed: Annotated[int, whole(0, 2**64 - 1)] = 1
    """Seed of the random numbers; the same seed gives the same customers."""
    confidence: Annotated[float, parsed(_confidence, 0.95), PERCENT] = 0.95
    """Confidence of intervals and verdicts."""


class Spec(Model):
    """A whole scenario file. `extends` names another file; it is merged before this is read."""

    extends: str | None = None
    """Another scenario file, of which this one says only what differs."""
    name: str
    """What reports call it."""
    description: str = ""
    """What is given, what is assumed."""
    time: Time
    """The simulated span."""
    run: Run = Run()
    """Replications, seed, confidence."""
    calendars: dict[Name, Calendar] = {}
    """Opening hours by name."""
    segments: dict[Name, Segment] = {}
    """Classes of customers by name."""
    reasons: dict[Name, Reason] = {}
    """Why customers come, by name."""
    channels: dict[Name, Channel] = Field(min_length=1)
    """How contacts come in, by name."""
    demand: Demand = Demand()
    """What all channels have in common."""
    bots: dict[Name, Bot] = {}
    """Self-service by name."""
    teams: dict[Name, Team] = {}
    """People by name."""
    shifts: dict[Name, Shift] = {}
    """Working hours by name."""
    journeys: dict[Name, Annotated[dict[Name, Step], Field(min_length=1)]]
    """The steps of each journey; the first step is where it begins."""
    recontact: Recontact | None = None
    """Who comes back, and when."""
    currency: Currency | None = None
    """The currency of all prices and amounts, as reports are to call it; nothing is converted."""
    costs: Costs = Costs()
    """Running costs, and what a redesign costs at once."""
    experience: Experience | None = None
    """What customers think of it: models of satisfaction, recommendation and effort."""
    slas: dict[str, Any] = {}
    """What is expected, by name: `service_level(60s) >= 80% for channel=phone`."""
    variants: dict[VariantName, dict[str, Any]] = {}
    """Changes to the above, by name: dotted keys or nested maps; +2 and x1.2 change what is there."""


def unknown_key(key: str, model: type[Model]) -> tuple[str, str]:
    """Message and remedy for a key that a model does not have."""
    known = [field.alias or name for name, field in model.model_fields.items()]
    if key in NOT_BUILT_YET:
        return f"'{key}' is not built yet", f"leave it out for now; known here: {', '.join(known)}"
    return f"unknown key '{key}'", did_you_mean(key, known)
