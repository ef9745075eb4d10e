"""Routes must lead somewhere, and every journey must end."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from sim import units
from sim.errors import did_you_mean, shown
from sim.scenario.by import dimensions_of, names_of, pick, points, shares_of_routes
from sim.scenario.checks.finding import Finding
from sim.scenario.naming import ENDS
from sim.scenario.service import Step
from sim.scenario.spec import Spec
from sim.scenario.values import TOLERANCE, ByMap, leaves

MOST_STEPS = 1_000
"""A contact may on average take so many steps before it ends."""


BOTS, ACCEPTED, DECLINED = "bots", "accepted", "declined"
"""Beside the dimensions: whether a contact lets bots try, which is drawn once for it."""

Flows = Mapping[str, Mapping[str, float]]
"""For each step the share of its contacts that go to each target."""


def _exits(step: Step) -> dict[str, Any]:
    """The routes out of a step by the key they stand under."""
    if step.bot is not None:
        return {"handoff": step.handoff}
    return {"choose": step.choose} if step.choose is not None else {"next": step.next}


def routes_lead_somewhere(spec: Spec, journey: str, steps: Mapping[str, Step]) -> Iterator[Finding]:
    """Routes to what is no step, and shares of routes that do not add up."""
    names = names_of(spec)
    known = (*steps, *ENDS)
    for step_name, step in steps.items():
        for key, routes in _exits(step).items():
            path = ("journeys", journey, step_name, key)
            for target in sorted({*_targets(routes)}, key=str):
                if target not in known or (key == "handoff" and target not in steps):
                    yield (
                        path,
                        f"the route leads to {shown(target)}, which is no step here",
                        did_you_mean(target, steps if key == "handoff" else known),
                    )
            for point in points(routes, names):
                plain = pick(routes, point)
                if plain is None or (isinstance(plain, dict) and None in plain.values()):
                    continue
                rests = 0 if isinstance(plain, str) else list(plain.values()).count("rest")
                if rests > 1:
                    yield path, "only one route can take the rest", "give the others a share"
                    break
                shares = shares_of_routes(plain)
                total = sum(shares.values())
                if min(shares.values()) < -TOLERANCE or abs(total - 1) > TOLERANCE:
                    said = total if min(shares.values()) >= 0 else 1 - min(shares.values())
                    where = " and ".join(f"{dimension} {at}" for dimension, at in point.items())
                    yield (
                        path,
                        f"the shares add up to {units.format_share(said)}, not 100 %"
                        + (f", for {where}" if where else ""),
                        "write `rest` for one of them, or change them to add up to 100%",
                    )
                    break


def _targets(routes: Any) -> Iterator[str]:
    if isinstance(routes, str):
        yield routes
    elif isinstance(routes, ByMap):
        for case in (*routes.cases.values(), routes.otherwise):
            yield from _targets(case)
    elif isinstance(routes, dict):
        yield from routes


def journeys_end(spec: Spec, journey: str, steps: Mapping[str, Step]) -> Iterator[Finding]:
    """Every step must be reachable, and must lead to an end whatever the contact's reason and segment."""
    names = {**names_of(spec), "channel": tuple(n for n, c in spec.channels.items() if c.journey == journey)}
    routes = [each for step in steps.values() for each in _exits(step).values()]
    if not {target for each in routes for target in _targets(each)} <= {*steps, *ENDS}:
        return
    # A bot's handoff counts as a way even where the bot now resolves everything: variants change that.
    leads_to = {name: {step.handoff} if step.handoff else set() for name, step in steps.items()}
    endless: dict[str, tuple[str, list[dict[str, str]]]] = {}
    for fixed in _fixed_points(spec, steps, {**names, "hour": ("",), BOTS: (ACCEPTED, DECLINED)}):
        at_hours: list[Flows] = [
            {name: _shares_out(spec, step, {**fixed, "hour": hour}) for name, step in steps.items()}
            for hour in (names["hour"] if _depends_on_hour(steps) else ("",))
        ]
        here = {name: {to for shares in at_hours for to in shares[name]} for name in steps}
        for name, targets in here.items():
            leads_to[name] |= targets
        found = dict.fromkeys(_stuck(here, steps), "the journey never ends from here")
        if not found:
            found = _slow_to_end(steps, at_hours)
        for name, message in found.items():
            endless.setdefault(name, (message, []))[1].append(fixed)
    first = next(iter(steps))
    reached = _reached(first, leads_to)
    for step_name in steps:
        path = ("journeys", journey, step_name)
        if step_name not in reached:
            yield path, "no route leads to this step", f"lead a route to it from '{first}', or remove it"
        elif step_name in endless:
            message, where = endless[step_name]
            yield (
                path,
                message + _for(where, {**names, BOTS: (ACCEPTED, DECLINED)}),
                f"lead a route to one of: {', '.join(ENDS)}",
            )


def _for(where: list[dict[str, str]], names: Mapping[str, tuple[str, ...]]) -> str:
    """The first of some points in words, by those dimensions in which they are not everywhere."""
    telling = [d for d in where[0] if d != "hour" and len({point[d] for point in where}) < len(names[d])]
    words = [f"{d} {where[0][d]}" for d in telling if d != BOTS]
    if all(point.get(BOTS) == DECLINED for point in where):
        words.append("customers who decline the bot")
    return " for " + " and ".join(words) if words else ""


def _fixed_points(
    spec: Spec, steps: Mapping[str, Step], names: Mapping[str, tuple[str, ...]]
) -> Iterator[dict[str, str]]:
    """Every point of what decides where contacts go; a contact accepts all bots that it meets, or none."""
    dimensions = dict.fromkeys(dimensions_of(_deciding(spec, steps)))
    if any(step.bot for step in steps.values()):
        dimensions |= dict.fromkeys(("segment", BOTS))
    for combination in itertools.product(*(names[dimension] for dimension in dimensions)):
        point = dict(zip(dimensions, combination, strict=True))
        segment = spec.segments.get(point.get("segment", ""))
        accepts = segment.accepts_bot if segment else 1.0
        if BOTS not in point or (accepts > 0 if point[BOTS] == ACCEPTED else accepts < 1):
            yield point


def _deciding(spec: Spec, steps: Mapping[str, Step]) -> dict[str, Any]:
    """All that decides where contacts go: the routes of the steps, and the shares of their bots."""
    bots = {step.bot: spec.bots[step.bot] for step in steps.values() if step.bot in spec.bots}
    return {
        "routes": {name: _exits(step) for name, step in steps.items()},
        "bots": {
            name: {
                "resolves": bot.resolves,
                "false": bot.falsely_resolves,
                "gives up": bot.gives_up_per_attempt,
            }
            for name, bot in bots.items()
        },
    }


def _depends_on_hour(steps: Mapping[str, Step]) -> bool:
    return "hour" in dimensions_of({name: _exits(step) for name, step in steps.items()})


def _shares_out(spec: Spec, step: Step, point: Mapping[str, str]) -> dict[str, float]:
    """Share of the contacts at a step that go to each target, at a point; {} where it is not said."""
    if step.bot is not None:
        ended = _share_ended_by_bot(spec, step.bot, point)
        shares = {step.handoff or "": 1 - ended, ENDS[0]: ended}
    else:
        (routes,) = _exits(step).values()
        plain = pick(routes, point)
        if plain is None or (isinstance(plain, dict) and None in plain.values()):
            return {ENDS[0]: 1.0}
        shares = shares_of_routes(plain)
    return {target: share for target, share in shares.items() if share > 0}


def _share_ended_by_bot(spec: Spec, name: str, point: Mapping[str, str]) -> float:
    """Share of the contacts that a bot resolves, truly or not, or loses."""
    bot = spec.bots.get(name)
    if bot is None:
        return 1.0
    resolves, false, gives_up = (
        pick(value, point) or 0.0 for value in (bot.resolves, bot.falsely_resolves, bot.gives_up_per_attempt)
    )
    if point[BOTS] == DECLINED:
        return 0.0
    stays = (1 - gives_up) ** (bot.attempts_to_human - 1)
    return min(1.0, 1 - max(0.0, 1 - resolves - false) * stays)


def _stuck(leads_to: Mapping[str, set[str]], steps: Mapping[str, Step]) -> list[str]:
    """The steps that can be reached and from which no end can."""
    ending = set(ENDS)
    while more := {name for name, targets in leads_to.items() if name not in ending and targets & ending}:
        ending |= more
    return [name for name in _reached(next(iter(steps)), leads_to) if name not in ending]


def _reached(first: str, leads_to: Mapping[str, set[str]]) -> list[str]:
    """The steps that contacts can come to, the first one included."""
    reached = [first]
    for name in reached:
        reached += [to for to in leads_to[name] if to in leads_to and to not in reached]
    return reached


def _slow_to_end(steps: Mapping[str, Step], at_hours: list[Flows]) -> dict[str, str]:
    """A message for the step at which contacts circle for too long.

    Contacts that spend time meet other hours, so that they are followed through the average hour; where they
    go within an instant the hour stays, and each one is looked at.
    """
    average = {name: _mean_shares([shares[name] for shares in at_hours]) for name in steps}
    instants = [
        {name: shares[name] if _is_instant(steps[name]) else {ENDS[0]: 1.0} for name in steps}
        for shares in at_hours
        if len(at_hours) > 1
    ]
    for name in steps if instants else ():
        for shares in instants:
            if _circles(name, shares):
                return {name: f"contacts go round in no time, more than {MOST_STEPS:,} times"}
    if busiest := _circles(next(iter(steps)), average):
        return {busiest: f"more than 1 % of the contacts still go round after {MOST_STEPS:,} steps"}
    return {}


def _mean_shares(each: list[Mapping[str, float]]) -> Mapping[str, float]:
    targets = {target for shares in each for target in shares}
    return {target: sum(shares.get(target, 0.0) for shares in each) / len(each) for target in targets}


def _is_instant(step: Step) -> bool:
    """Whether contacts can leave a step at the time at which they come to it."""
    timed = step.work or step.delay
    times = [each for _, each in leaves(timed.time)] if timed else []
    return step.choose is not None or any(each.constant == 0 for each in times)


def _circles(first: str, shares: Flows) -> str:
    """The step where most of the contacts are that go round for too long from `first`; "" where few do."""
    at = {first: 1.0}
    for _ in range(MOST_STEPS):
        following: dict[str, float] = {}
        for name, mass in at.items():
            for target, share in shares[name].items():
                if target in shares:
                    following[target] = following.get(target, 0.0) + mass * share
        at = following
        if sum(at.values()) < 0.01:
            return ""
    return max(at, key=lambda name: at[name])
