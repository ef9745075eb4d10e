"""Money as models: prices of people, bots and contacts; running costs; what a redesign costs at once."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from sim import units
from sim.errors import shown
from sim.scenario.naming import Name
from sim.scenario.values import Model, complain, parsed, whole, written

LONGEST_CURRENCY = 8
"""Characters: it stands beside what a measure is called."""


def _currency(value: str) -> str:
    if not 0 < len(value) <= LONGEST_CURRENCY or not all(c.isprintable() and not c.isspace() for c in value):
        message = f"{shown(value)} is not the name of a currency (allowed: such as EUR or €)"
        raise complain(message, f"write up to {LONGEST_CURRENCY} characters, without blanks")
    return value


_SESSION = {"session": 1.0}
_CONTACT = {"contact": 1.0}

Currency = Annotated[str, AfterValidator(_currency)]
Amount = Annotated[
    float,
    parsed(units.amount, 0.0),
    WithJsonSchema(
        {"type": "number", "minimum": 0, "description": "an amount of money", "examples": [12000]}
    ),
]
Pay = Annotated[
    float,
    parsed(partial(units.price, per=units.PAY_PER), 0.0),
    written("money per paid hour", "28/h", pattern="/|per"),
]
"""Held per second."""
FeeForSession = Annotated[
    float,
    parsed(partial(units.price, per=_SESSION), 0.0),
    written("money per session", "0.20/session", pattern="/|per"),
]
FeeForContact = Annotated[
    float,
    parsed(partial(units.price, per=_CONTACT), 0.0),
    written("money per contact", "0.05/contact", pattern="/|per"),
]
RunningCost = Annotated[
    float,
    parsed(partial(units.price, per=units.RUNNING_PER), 0.0),
    written("money per month, year, week or day", "300/month", pattern="/|per"),
]
"""Held per second."""


class Costs(Model):
    """What the service costs beside people, bots and contacts, and what a redesign costs at once."""

    one_off: dict[Name, Amount] = {}
    """What is paid once, by name: the investment of a redesign."""
    running: dict[Name, RunningCost] = {}
    """What is paid all the time, by name. A year is 365 days, a month a twelfth of it."""
    budget: Amount | None = None
    """What may be spent at once; reports warn where it is passed by more than 10 %."""
    years: Annotated[int, whole(1, 50)] = 3
    """Over how many years the return on investment (ROI) is reckoned."""
