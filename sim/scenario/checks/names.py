"""Names must be those of something, and values `by` something must cover all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from sim.errors import did_you_mean, shown
from sim.scenario.by import canonical, dimensions_of, names_of
from sim.scenario.checks.finding import Finding, Path
from sim.scenario.customers import SAME_CHANNEL
from sim.scenario.spec import Spec
from sim.scenario.values import ByMap


def references(spec: Spec) -> Iterator[Finding]:
    """Names of what is not there, and things that nothing names."""
    for name, channel in spec.channels.items():
        yield from _known(("channels", name, "journey"), "journey", channel.journey, spec.journeys)
        if channel.arrivals.calendar is not None:
            path = ("channels", name, "arrivals", "calendar")
            yield from _known(path, "calendar", channel.arrivals.calendar, spec.calendars)
        for to in channel.on_abandon.channel if channel.on_abandon else ():
            yield from _known_channel(("channels", name, "on_abandon", "channel", to), to, spec)
        if trace := channel.arrivals.trace:
            here = ("channels", name, "arrivals", "trace")
            for kind, column, known in (
                ("reason", trace.reason, spec.reasons),
                ("segment", trace.segment, spec.segments),
            ):
                for text, given in column.names.items() if column else ():
                    yield from _known((*here, kind, "names", text), kind, given, known)
    for to in spec.recontact.channel if spec.recontact else ():
        yield from _known_channel(("recontact", "channel", to), to, spec)
    for name, team in spec.teams.items():
        for shift in team.shifts:
            yield from _known(("teams", name, "shifts", shift), "shift", shift, spec.shifts)
        for text, given in team.rota.names.items() if team.rota else ():
            yield from _known(("teams", name, "rota", "names", text), "team", given, spec.teams)
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


def _known_channel(path: Path, name: str, spec: Spec) -> Iterator[Finding]:
    """A channel to come back through."""
    if name != SAME_CHANNEL:
        yield from _known(path, "channel", name, {SAME_CHANNEL: None, **spec.channels})


def _known(path: Path, what: str, name: str, known: Mapping[str, Any]) -> Iterator[Finding]:
    if name not in known:
        yield path, f"there is no {what} {shown(name)}", did_you_mean(name, known)


def by_values(spec: Spec) -> Iterator[Finding]:
    """Values `by` something that cannot be known, or that say nothing for some of it."""
    names = names_of(spec)
    for path, value in by_maps(spec):
        if path[0] == "variants":
            continue
        yield from _by_map(value, path, names, _allowed_dimensions(path))


def by_maps(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every outermost value that depends on something, with its key path."""
    if isinstance(value, ByMap) or (isinstance(value, dict) and dimensions_of(value)):
        yield path, value
    elif isinstance(value, BaseModel):
        fields = {
            field.alias or name: getattr(value, name) for name, field in type(value).model_fields.items()
        }
        for name, part in {**fields, **(value.__pydantic_extra__ or {})}.items():
            yield from by_maps(part, (*path, name))
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from by_maps(part, (*path, str(name)))


def _allowed_dimensions(path: Path) -> tuple[str, ...]:
    """What a value at this key path may depend on: only what is known when it is used."""
    if path[0] == "reasons":
        return ("segment",)
    if path[0] == "journeys" and path[-1] in ("time", "wrap_up") and "work" in path:
        return ("reason", "segment", "channel", "team", "hour", "attempt")
    return ("reason", "segment", "channel", "hour", "attempt")


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
