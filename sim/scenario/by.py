"""Values `by` something: which dimensions a value depends on, and its plain value at one point of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from sim.scenario.spec import Spec
from sim.scenario.values import ByMap

EVERYTHING = "all"
"""Name of the one segment or reason of a scenario that names none."""

HOURS = tuple(f"{hour:02d}" for hour in range(24))


def names_of(spec: Spec) -> dict[str, tuple[str, ...]]:
    """The names along each dimension, in file order."""
    contacts_in_case = 1 + returns_at_most(spec)
    return {
        "reason": tuple(spec.reasons) or (EVERYTHING,),
        "segment": tuple(spec.segments) or (EVERYTHING,),
        "channel": tuple(spec.channels),
        "team": tuple(spec.teams),
        "hour": HOURS,
        "attempt": tuple(str(number) for number in range(1, contacts_in_case + 1)),
    }


def returns_at_most(spec: Spec) -> int:
    """How often a case may come back, for whatever reason."""
    retries = [channel.on_abandon.at_most for channel in spec.channels.values() if channel.on_abandon]
    return max(retries, default=0) + (spec.recontact.at_most if spec.recontact else 0)


def steps_of(spec: Spec) -> tuple[str, ...]:
    """A name for each step: its own where no other journey uses it, else journey.step."""
    steps = [(journey, step) for journey, members in spec.journeys.items() for step in members]
    own = [step for _, step in steps]
    return tuple(step if own.count(step) == 1 else f"{journey}.{step}" for journey, step in steps)


def all_names(spec: Spec) -> dict[str, tuple[str, ...]]:
    """What a measure can be asked for: the names along each dimension, and of steps and calendars."""
    return {**names_of(spec), "step": steps_of(spec), "calendar": tuple(spec.calendars)}


def canonical(dimension: str, name: str) -> str:
    """The name as the dimension knows it: hour "8" is "08"."""
    return name.zfill(2) if dimension == "hour" else name


def dimensions_of(value: Any) -> tuple[str, ...]:
    """The dimensions a value depends on, each once, in order of first use."""
    found: dict[str, None] = {}

    def visit(part: Any) -> None:
        if isinstance(part, ByMap):
            found[part.by] = None
            for case in (*part.cases.values(), part.otherwise):
                visit(case)
        elif isinstance(part, dict):
            for case in part.values():
                visit(case)

    visit(value)
    return tuple(found)


def pick(value: Any, point: Mapping[str, str]) -> Any:
    """The plain value at a point, a name for each dimension; None where nothing is said for it.

    In a map of routes each share is picked as well.
    """
    while isinstance(value, ByMap):
        cases = {canonical(value.by, name): case for name, case in value.cases.items()}
        value = cases.get(point[value.by], value.otherwise)
    if isinstance(value, dict):
        return {name: pick(case, point) for name, case in value.items()}
    return value


def points(value: Any, names: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Every point of the dimensions a value depends on; the last dimension runs fastest."""
    dimensions = dimensions_of(value)
    for combination in itertools.product(*(names[dimension] for dimension in dimensions)):
        yield dict(zip(dimensions, combination, strict=True))


def shares_of_routes(routes: str | dict[str, Any]) -> dict[str, float]:
    """Share for each target of plain routes; `rest` takes what the others leave (it may be negative)."""
    if isinstance(routes, str):
        return {routes: 1.0}
    said = sum(share for share in routes.values() if share != "rest")
    return {target: (1.0 - said if share == "rest" else share) for target, share in routes.items()}
