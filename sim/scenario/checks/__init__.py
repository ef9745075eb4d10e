"""What must hold between the values of a scenario: names, shares that add up, journeys that end.

Each check looks at the whole `Spec` and reports every fault it finds with its key path; none of them stops
at the first.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.checks.demand import demand
from sim.scenario.checks.finding import Finding
from sim.scenario.checks.journeys import journeys_end, routes_lead_somewhere
from sim.scenario.checks.money import prices, waits
from sim.scenario.checks.names import by_values, references
from sim.scenario.checks.people import skills
from sim.scenario.checks.returns import returns
from sim.scenario.checks.shares import bots, reason_shares, segments_and_reasons
from sim.scenario.checks.sizes import MOST_CONTACTS, sizes
from sim.scenario.spec import Spec

__all__ = ["MOST_CONTACTS", "findings", "reason_shares"]


def findings(spec: Spec) -> Iterator[Finding]:
    """Every fault between values, each with its key path."""
    too_big = [*sizes(spec)]
    yield from too_big
    yield from references(spec)
    if any(path[0] != "time" for path, _, _ in too_big):
        return
    wrong_cases = [*by_values(spec)]
    yield from wrong_cases
    yield from segments_and_reasons(spec)
    yield from bots(spec)
    for journey, steps in spec.journeys.items():
        yield from routes_lead_somewhere(spec, journey, steps)
        if not any(path[:2] == ("journeys", journey) for path, _, _ in wrong_cases):
            yield from journeys_end(spec, journey, steps)
    yield from skills(spec)
    yield from demand(spec)
    yield from returns(spec)
    yield from prices(spec)
    yield from waits(spec)
