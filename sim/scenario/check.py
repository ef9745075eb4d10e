"""What must hold between the values of a scenario: names, shares that add up, journeys that end.

Each check looks at the whole `Spec` and reports every fault it finds with its key path; none of them stops
at the first.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from sim import units
from sim.errors import did_you_mean
from sim.scenario.by import EVERYTHING, canonical, dimensions_of, names_of, pick, points, shares_of_routes
from sim.scenario.spec import ENDS, Spec, Step
from sim.scenario.values import ByMap

Path = tuple[str, ...]
Finding = tuple[Path, str, str]
"""Key path, what is wrong, remedy."""

TOLERANCE = 0.0005
"""Shares may add up to 100 % within 0.05 points: people write 33.3 % three times."""


def findings(spec: Spec) -> Iterator[Finding]:
    """Every fault between values, each with its key path."""
    yield from _references(spec)
    yield from _by_values(spec)
    yield from _segments_and_reasons(spec)
    yield from _bots(spec)
    for journey, steps in spec.journeys.items():
        yield from _routes(spec, journey, steps)
        yield from _ends(spec, journey, steps)
    yield from _skills(spec)
    yield from _demand(spec)


def _known(path: Path, what: str, name: str, known: Mapping[str, Any]) -> Iterator[Finding]:
    if name not in known:
        yield path, f"there is no {what} '{name}'", did_you_mean(name, known)


def _references(spec: Spec) -> Iterator[Finding]:
    for name, channel in spec.channels.items():
        yield from _known(("channels", name, "journey"), "journey", channel.journey, spec.journeys)
        if channel.arrivals.calendar is not None:
            path = ("channels", name, "arrivals", "calendar")
            yield from _known(path, "calendar", channel.arrivals.calendar, spec.calendars)
        if trace := channel.arrivals.trace:
            here = ("channels", name, "arrivals", "trace")
            for kind, column, known in (
                ("reason", trace.reason, spec.reasons),
                ("segment", trace.segment, spec.segments),
            ):
                for text, given in column.names.items() if column else ():
                    yield from _known((*here, kind, "names", text), kind, given, known)
    for name, team in spec.teams.items():
        for shift in team.shifts:
            yield from _known(("teams", name, "shifts", shift), "shift", shift, spec.shifts)
    for name, a_shift in spec.shifts.items():
        if a_shift.calendar is not None:
            yield from _known(("shifts", name, "calendar"), "calendar", a_shift.calendar, spec.calendars)
    used = {channel.journey for channel in spec.channels.values()}
    for journey, steps in spec.journeys.items():
        if journey not in used:
            yield (
                ("journeys", journey),
                f"no channel takes the journey '{journey}'",
                "give a channel `journey: " + journey + "`, or remove it",
            )
        for step_name, step in steps.items():
            if step.bot is not None:
                yield from _known(("journeys", journey, step_name, "bot"), "bot", step.bot, spec.bots)


def _by_maps(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every outermost value that depends on something, with its key path."""
    if isinstance(value, ByMap) or (isinstance(value, dict) and dimensions_of(value)):
        yield path, value
    elif isinstance(value, BaseModel):
        fields = {
            field.alias or name: getattr(value, name) for name, field in type(value).model_fields.items()
        }
        for name, part in {**fields, **(value.__pydantic_extra__ or {})}.items():
            yield from _by_maps(part, (*path, name))
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _by_maps(part, (*path, str(name)))


def _allowed_dimensions(path: Path) -> tuple[str, ...]:
    """What a value at this key path may depend on: only what is known when it is used."""
    if path[0] == "reasons":
        return ("segment",)
    if path[0] == "journeys" and path[-1] in ("time", "wrap_up") and "work" in path:
        return ("reason", "segment", "channel", "team", "hour", "attempt")
    return ("reason", "segment", "channel", "hour", "attempt")


def _by_values(spec: Spec) -> Iterator[Finding]:
    names = names_of(spec)
    for path, value in _by_maps(spec):
        if path[0] == "variants":
            continue
        yield from _by_map(value, path, names, _allowed_dimensions(path))


def _by_map(
    value: Any, path: Path, names: Mapping[str, tuple[str, ...]], allowed: tuple[str, ...]
) -> Iterator[Finding]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _by_map(part, (*path, name), names, allowed)
        return
    if not isinstance(value, ByMap):
        return
    if value.by not in allowed:
        yield (
            (*path, "by"),
            f"this value cannot depend on the {value.by} (allowed: {', '.join(allowed)})",
            "what a value depends on must be known when it is used",
        )
        return
    known = names[value.by]
    given = [canonical(value.by, name) for name in value.cases]
    for name in value.cases:
        if canonical(value.by, name) not in known:
            yield (*path, name), f"there is no {value.by} '{name}'", did_you_mean(name, known)
    if len(set(given)) < len(given):
        yield path, f"a {value.by} is given twice", "give each once"
    missing = [name for name in known if name not in given]
    if missing and value.otherwise is None:
        shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        yield path, f"nothing is said for {value.by} {shown}", "add them, or `else: …` for all others"
    for name, case in (*value.cases.items(), ("else", value.otherwise)):
        yield from _by_map(case, (*path, name), names, allowed)


def _segments_and_reasons(spec: Spec) -> Iterator[Finding]:
    if spec.segments:
        total = sum(segment.share for segment in spec.segments.values())
        if abs(total - 1) > TOLERANCE:
            yield (
                ("segments",),
                f"the shares of the segments add up to {units.format_share(total)}, not 100 %",
                "change the shares so that they add up to 100%",
            )
    if not spec.reasons:
        return
    for segment in spec.segments or (EVERYTHING,):
        shares, overridden = reason_shares(spec, segment)
        fixed = sum(shares[name] for name in overridden)
        rest = sum(share for name, share in shares.items() if name not in overridden)
        if not overridden and abs(rest - 1) > TOLERANCE:
            yield (
                ("reasons",),
                f"the shares of the reasons add up to {units.format_share(rest)}, not 100 %",
                "change the shares so that they add up to 100% (for a segment's own share, use by: segment)",
            )
            return
        if overridden and (fixed > 1 + TOLERANCE or (rest == 0 and abs(fixed - 1) > TOLERANCE)):
            yield (
                ("reasons",),
                f"for segment '{segment}' the shares given by segment add up to {units.format_share(fixed)}",
                "they may add up to at most 100%, and to exactly 100% if they are all the reasons there are",
            )


def reason_shares(spec: Spec, segment: str) -> tuple[dict[str, float], set[str]]:
    """Shares of the reasons for a segment as written, and which of them are that segment's own."""
    shares: dict[str, float] = {}
    own: set[str] = set()
    for name, reason in spec.reasons.items():
        share = pick(reason.share, {"segment": segment})
        shares[name] = 0.0 if share is None else share
        if isinstance(reason.share, ByMap) and segment in reason.share.cases:
            own.add(name)
    return shares, own


def _bots(spec: Spec) -> Iterator[Finding]:
    names = names_of(spec)
    for name, bot in spec.bots.items():
        both = {"resolves": bot.resolves, "falsely_resolves": bot.falsely_resolves}
        for point in points(both, names):
            shares = [pick(value, point) for value in both.values()]
            if None not in shares and sum(shares) > 1 + TOLERANCE:
                where = " and ".join(f"{dimension} {at}" for dimension, at in point.items())
                yield (
                    ("bots", name, "resolves"),
                    f"resolves and falsely_resolves add up to {units.format_share(sum(shares))}"
                    + (f" for {where}" if where else ""),
                    "both are shares of all sessions: together at most 100%",
                )
                break
        if not any(step.bot == name for steps in spec.journeys.values() for step in steps.values()):
            yield (
                ("bots", name),
                f"no journey uses the bot '{name}'",
                f"add a step such as `greet: {{bot: {name}, handoff: …}}`, or remove it",
            )


def _exits(step: Step) -> dict[str, Any]:
    """The routes out of a step by the key they stand under."""
    if step.bot is not None:
        return {"handoff": step.handoff}
    return {"choose": step.choose} if step.choose is not None else {"next": step.next}


def _routes(spec: Spec, journey: str, steps: Mapping[str, Step]) -> Iterator[Finding]:
    names = names_of(spec)
    known = (*steps, *ENDS)
    for step_name, step in steps.items():
        for key, routes in _exits(step).items():
            path = ("journeys", journey, step_name, key)
            for target in sorted({*_targets(routes)}, key=str):
                if target not in known or (key == "handoff" and target not in steps):
                    yield (
                        path,
                        f"the route leads to '{target}', which is no step here",
                        did_you_mean(target, known),
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


def _ends(spec: Spec, journey: str, steps: Mapping[str, Step]) -> Iterator[Finding]:
    """Every step must be reachable, and must lead to an end at every point of what it depends on."""
    names = names_of(spec)
    first = next(iter(steps))
    leads_to: dict[str, set[str]] = {}
    for step_name, step in steps.items():
        targets: set[str] = set()
        for routes in _exits(step).values():
            for point in points(routes, names):
                plain = pick(routes, point)
                if plain is not None and not (isinstance(plain, dict) and None in plain.values()):
                    targets |= {target for target, share in shares_of_routes(plain).items() if share > 0}
        if step.bot in spec.bots and _bot_ends_sometimes(spec, step):
            targets.add(ENDS[0])
        leads_to[step_name] = targets
    ending = set(ENDS)
    while more := {name for name, targets in leads_to.items() if name not in ending and targets & ending}:
        ending |= more
    reached: set[str] = set()
    frontier = {first}
    while frontier:
        reached |= frontier
        frontier = {t for name in frontier for t in leads_to.get(name, ()) if t in steps} - reached
    for step_name in steps:
        path = ("journeys", journey, step_name)
        if step_name not in reached:
            yield path, "no route leads to this step", f"lead a route to it from '{first}', or remove it"
        elif step_name not in ending and leads_to[step_name] <= {*steps, *ENDS}:
            yield (
                path,
                "the journey never ends from here",
                f"lead a route to one of: {', '.join(ENDS)}",
            )


def _bot_ends_sometimes(spec: Spec, step: Step) -> bool:
    bot = spec.bots[step.bot or ""]
    names = names_of(spec)
    return any(
        (pick(value, point) or 0) > 0
        for value in (bot.resolves, bot.falsely_resolves, bot.gives_up_per_attempt)
        for point in points(value, names)
    )


def _skills(spec: Spec) -> Iterator[Finding]:
    needed = {
        (step.work.skill or name): ("journeys", journey, name)
        for journey, steps in spec.journeys.items()
        for name, step in steps.items()
        if step.work is not None
    }
    offered = {skill for team in spec.teams.values() for skill in team.skills}
    for skill, path in needed.items():
        if skill not in offered:
            yield path, f"no team has the skill '{skill}' for this step", did_you_mean(skill, offered)
        elif not any(skill in team.skills and _is_there(spec, name) for name, team in spec.teams.items()):
            yield (
                path,
                f"this queue is never served: no agent with the skill '{skill}' works between "
                f"{spec.time.start} and the end of the horizon",
                "give a team with this skill agents, or shifts on days inside the horizon",
            )
    for name, team in spec.teams.items():
        for skill in team.skills:
            if skill not in needed:
                yield (
                    ("teams", name, "skills", skill),
                    f"no step needs the skill '{skill}'",
                    did_you_mean(skill, needed),
                )
    for name in spec.shifts:
        if not any(name in team.shifts for team in spec.teams.values()):
            yield (
                ("shifts", name),
                f"no team works the shift '{name}'",
                "remove it, or give a team people on it",
            )


def _is_there(spec: Spec, team: str) -> bool:
    """Whether at least one agent of the team works at some time inside the horizon."""
    if spec.teams[team].agents:
        return True
    for shift_name, count in spec.teams[team].shifts.items():
        shift = spec.shifts.get(shift_name)
        if count and shift and any(date.weekday() in shift.days for date in dates(spec)):
            return True
    return False


def dates(spec: Spec) -> Iterator[datetime.date]:
    """The dates inside the horizon."""
    for day in range(max(1, round(spec.time.horizon / units.DAY))):
        yield spec.time.start + datetime.timedelta(days=day)


def _demand(spec: Spec) -> Iterator[Finding]:
    for name, channel in spec.channels.items():
        arrivals = channel.arrivals
        if arrivals.calendar is None or arrivals.calendar not in spec.calendars:
            continue
        calendar = spec.calendars[arrivals.calendar]
        open_hours = calendar.by_weekday()
        path = ("channels", name, "arrivals")
        if not any(d.weekday() in open_hours and d not in calendar.closed for d in dates(spec)):
            yield (
                (*path, "calendar"),
                f"the calendar '{arrivals.calendar}' is closed on every day of the horizon",
                "change the horizon or the calendar",
            )
        for hour, share in arrivals.hour_shares().items():
            spans = [span for day in open_hours.values() for span in day]
            if share > 0 and not any(start < (hour + 1) * 3600 and end > hour * 3600 for start, end in spans):
                yield (
                    (*path, "by_hour", f"{hour:02d}"),
                    f"{units.format_share(share)} of the volume is in the hour from {hour:02d}:00, in which "
                    f"the calendar '{arrivals.calendar}' is never open",
                    "shares are over the open hours: move this share to an open hour",
                )
