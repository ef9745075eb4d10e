"""What must hold between the values of a scenario: names, shares that add up, journeys that end.

Each check looks at the whole `Spec` and reports every fault it finds with its key path; none of them stops
at the first.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from sim import units
from sim.errors import did_you_mean, shown
from sim.scenario.by import EVERYTHING, canonical, dimensions_of, names_of, pick, points, shares_of_routes
from sim.scenario.customers import Arrivals
from sim.scenario.naming import ENDS
from sim.scenario.service import Shift, Step
from sim.scenario.spec import Spec
from sim.scenario.values import ByMap, leaves

Path = tuple[str, ...]
Flows = Mapping[str, Mapping[str, float]]
"""For each step the share of its contacts that go to each target."""

Finding = tuple[Path, str, str]
"""Key path, what is wrong, remedy."""

TOLERANCE = 0.0005
"""Shares may add up to 100 % within 0.05 points: people write 33.3 % three times."""


MOST_CONTACTS = 20_000_000
MOST_INTERVALS = 200_000
MOST_AGENTS = 100_000
MOST_SHIFTS_WORKED = 10_000_000
MOST_CASES = 200_000
"""What one replication may hold, and a value `by` something: beyond it memory would run out."""

MOST_STEPS = 1_000
"""A contact may on average take so many steps before it ends."""


def findings(spec: Spec) -> Iterator[Finding]:
    """Every fault between values, each with its key path."""
    too_big = [*_sizes(spec)]
    yield from too_big
    yield from _references(spec)
    if any(path[0] != "time" for path, _, _ in too_big):
        return
    wrong_cases = [*_by_values(spec)]
    yield from wrong_cases
    yield from _segments_and_reasons(spec)
    yield from _bots(spec)
    for journey, steps in spec.journeys.items():
        yield from _routes(spec, journey, steps)
        if not any(path[:2] == ("journeys", journey) for path, _, _ in wrong_cases):
            yield from _ends(spec, journey, steps)
    yield from _skills(spec)
    yield from _demand(spec)


def _known(path: Path, what: str, name: str, known: Mapping[str, Any]) -> Iterator[Finding]:
    if name not in known:
        yield path, f"there is no {what} {shown(name)}", did_you_mean(name, known)


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
        if journey not in used and used <= spec.journeys.keys():
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
            yield (*path, name), f"there is no {value.by} {shown(name)}", did_you_mean(name, known)
    if len(set(given)) < len(given):
        yield path, f"a {value.by} is given twice", "give each once"
    missing = [name for name in known if name not in given]
    if missing and value.otherwise is None:
        listed = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        yield path, f"nothing is said for {value.by} {listed}", "add them, or `else: …` for all others"
    for name, case in (*value.cases.items(), ("else", value.otherwise)):
        yield from _by_map(case, (*path, name), names, allowed)


def _sizes(spec: Spec) -> Iterator[Finding]:
    """What would not fit into memory: too much demand, too fine a cut, too many people or cases."""
    time = spec.time
    days = (time.warm_up + time.horizon + time.run_out) / units.DAY
    if time.horizon / time.interval > MOST_INTERVALS:
        yield (
            ("time", "interval"),
            f"the horizon has {time.horizon / time.interval:,.0f} intervals (allowed: {MOST_INTERVALS:,})",
            "make the interval longer, or the horizon shorter",
        )
    volumes = {name: _volume(channel.arrivals) * days for name, channel in spec.channels.items()}
    if sum(volumes.values()) > MOST_CONTACTS:
        name = max(volumes, key=lambda each: volumes[each])
        yield (
            ("channels", name, "arrivals", "volume"),
            f"one replication would have about {sum(volumes.values()):,.0f} contacts "
            f"(allowed: {MOST_CONTACTS:,})",
            "give less volume, or a shorter horizon",
        )
    agents = {name: (team.agents or 0) + sum(team.shifts.values()) for name, team in spec.teams.items()}
    shifts = sum(sum(team.shifts.values()) for team in spec.teams.values()) * days
    if sum(agents.values()) > MOST_AGENTS or shifts > MOST_SHIFTS_WORKED:
        yield (
            ("teams", max(agents, key=lambda each: agents[each])),
            f"there are {sum(agents.values()):,} agents, for {days:,.0f} days "
            f"(allowed: {MOST_AGENTS:,} agents, and {MOST_SHIFTS_WORKED:,} shifts worked in a replication)",
            "give fewer agents, or a shorter horizon",
        )
    names = names_of(spec)
    for path, value in _by_maps(spec):
        cases = math.prod(len(names.get(dimension, ())) for dimension in dimensions_of(value))
        if path[0] != "variants" and cases > MOST_CASES:
            by = " and ".join(dimensions_of(value))
            yield path, f"by {by} there are {cases:,} cases (allowed: {MOST_CASES:,})", "depend on less"


def _volume(arrivals: Arrivals) -> float:
    """Expected contacts on the busiest day of the week."""
    factors = arrivals.weekday_factors()
    busiest = max((factors.get(day, 1.0) for day in range(7)), default=1.0)
    return (arrivals.volume or 0.0) * units.DAY * busiest


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
        used = {step.bot for steps in spec.journeys.values() for step in steps.values() if step.bot}
        if name not in used and used <= spec.bots.keys():
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


def _ends(spec: Spec, journey: str, steps: Mapping[str, Step]) -> Iterator[Finding]:
    """Every step must be reachable, and must lead to an end whatever the contact's reason and segment."""
    names = {**names_of(spec), "channel": tuple(n for n, c in spec.channels.items() if c.journey == journey)}
    routes = [each for step in steps.values() for each in _exits(step).values()]
    if not {target for each in routes for target in _targets(each)} <= {*steps, *ENDS}:
        return
    # A bot's handoff counts as a way even where the bot now resolves everything: variants change that.
    leads_to = {name: {step.handoff} if step.handoff else set() for name, step in steps.items()}
    endless: dict[str, tuple[str, list[dict[str, str]]]] = {}
    for fixed in points(_deciding(spec, steps), {**names, "hour": ("",)}):
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
            yield path, message + _for(where, names), f"lead a route to one of: {', '.join(ENDS)}"


def _for(where: list[dict[str, str]], names: Mapping[str, tuple[str, ...]]) -> str:
    """The first of some points in words, by those dimensions in which they are not everywhere."""
    telling = [d for d in where[0] if d != "hour" and len({point[d] for point in where}) < len(names[d])]
    return " for " + " and ".join(f"{d} {where[0][d]}" for d in telling) if telling else ""


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
    stays = (1 - gives_up) ** (bot.attempts_to_human - 1)
    accepts = spec.segments[point["segment"]].accepts_bot if point.get("segment") in spec.segments else 1.0
    return min(1.0, accepts * (1 - max(0.0, 1 - resolves - false) * stays))


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
    worked = {name for team in spec.teams.values() for name in team.shifts}
    for name in spec.shifts:
        if name not in worked and worked <= spec.shifts.keys():
            yield (
                ("shifts", name),
                f"no team works the shift '{name}'",
                "remove it, or give a team people on it",
            )


def _is_there(spec: Spec, team: str) -> bool:
    """Whether at least one agent of the team works at some time inside the horizon."""
    if spec.teams[team].agents:
        return True
    return any(
        count and (name not in spec.shifts or _is_worked(spec, spec.shifts[name]))
        for name, count in spec.teams[team].shifts.items()
    )


def _is_worked(spec: Spec, shift: Shift) -> bool:
    """Whether a shift has working time inside the horizon, by its days, its hours and its calendar."""
    calendar = spec.calendars.get(shift.calendar or "")
    open_days = calendar.by_weekday() if calendar else dict.fromkeys(range(7))
    (start, end), *_ = shift.hours
    for day in range(-1, math.ceil(spec.time.horizon / units.DAY)):
        date = spec.time.start + datetime.timedelta(days=day)
        is_on = date.weekday() in shift.days and date.weekday() in open_days
        closed = calendar is not None and date in calendar.closed
        midnight = day * units.DAY
        if is_on and not closed and midnight + start < spec.time.horizon and midnight + end > 0:
            return True
        if day > _DAYS_LOOKED_AT:
            return False
    return False


_DAYS_LOOKED_AT = 800
"""A shift that is not worked for so long is never worked: weeks are alike, save for closed days."""


def dates(spec: Spec) -> Iterator[datetime.date]:
    """The dates inside the horizon."""
    for day in range(math.ceil(spec.time.horizon / units.DAY)):
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
