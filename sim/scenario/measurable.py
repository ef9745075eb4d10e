"""Whether a measure can be had of a scenario: its names must be there, and what it is reckoned from."""

from __future__ import annotations

from sim import catalogue
from sim.catalogue import Need, Request
from sim.errors import Fault
from sim.scenario.by import all_names
from sim.scenario.sla import unknown_names
from sim.scenario.spec import Spec

_REMEDIES: dict[Need, tuple[str, str]] = {
    "prices": ("prices", "give every team its `cost: 28/h`, and every bot its `cost: 0.20/session`"),
    "csat": ("experience.csat", "add such as `experience: {csat: {base: 90%, loses: {unresolved: 50%}}}`"),
    "nps": ("experience.nps", "add such as `nps: {promoters: 85%, detractors: 60%}` beside experience.csat"),
    "ces": ("experience.ces", "add such as `experience: {ces: {adds: {transfer: 1}}}`"),
}


def has_prices(spec: Spec) -> bool:
    """Whether anything that a service costs as it runs has a price."""
    kinds = (spec.teams, spec.bots, spec.channels)
    return bool(spec.costs.running) or any(
        thing.cost is not None for things in kinds for thing in things.values()
    )


def meets(need: Need, spec: Spec) -> bool:
    """Whether a scenario says what a measure is reckoned from."""
    if need == "prices":
        return has_prices(spec)
    return spec.experience is not None and getattr(spec.experience, need) is not None


def obstacles(request: Request, spec: Spec) -> tuple[Fault, ...]:
    """Why a measure cannot be had of a scenario, each fault without a place; empty where it can."""
    need = catalogue.lookup(request.measure).needs
    faults = unknown_names(request, all_names(spec))
    if need is not None and not meets(need, spec):
        what, remedy = _REMEDIES[need]
        faults += (Fault(f"{request.measure} needs {what}, and this scenario has none", remedy=remedy),)
    return faults
