"""Small valid scenarios drawn at random by Hypothesis, for laws that hold whatever the scenario.

Times are whole minutes as often as not (constants, recorded arrivals), so that arrivals, ends of work,
breaks, shifts and patience fall on the same instants. Draws shrink towards one channel, one team, one step.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import sim

MINUTES = (0, 1, 2, 3, 5, 10, 20)
FAMILIES = ("exponential", "gamma", "lognormal", "weibull", "uniform", "triangular", "empirical")
HOURS = ("09", "10", "13", "14", "15")


@dataclass(frozen=True)
class Drawn:
    """A scenario as YAML text, and the CSV files of its traces by name."""

    text: str
    files: dict[str, str]

    def load(self, folder: Path) -> sim.Scenario:
        """Write the files to a folder and load the scenario from there."""
        for name, content in self.files.items():
            (folder / name).write_text(content, encoding="utf-8")
        return sim.loads(self.text, folder=folder)


@dataclass(frozen=True)
class _Names:
    """What a value may depend on in this scenario."""

    reasons: tuple[str, ...]
    segments: tuple[str, ...]
    teams: tuple[str, ...]


@st.composite
def scenarios(draw: DrawFn) -> Drawn:
    """A scenario that validates, with some hundred contacts."""
    names = _Names(
        reasons=_named("reason", draw(st.integers(0, 2))),
        segments=_named("segment", draw(st.integers(0, 3))),
        teams=_named("team", draw(st.integers(1, 3))),
    )
    bots = _named("bot", draw(st.integers(0, 2)))
    journeys = {
        name: draw(_journey(names, bots, prefix))
        for name, prefix in zip(_named("journey", draw(st.integers(1, 2))), "ab", strict=False)
    }
    bots = tuple(
        bot
        for bot in bots
        if any(step.get("bot") == bot for steps in journeys.values() for step in steps.values())
    )
    files: dict[str, str] = {}
    channels = {
        f"channel{number}": draw(_channel(names, journey, f"channel{number}.csv", files))
        for number, journey in enumerate(
            [*journeys, *draw(st.lists(st.sampled_from(sorted(journeys)), max_size=1))]
        )
    }
    skills = sorted(
        {
            step["work"].get("skill", name)
            for steps in journeys.values()
            for name, step in steps.items()
            if "work" in step
        }
    )
    teams, shifts = draw(_people(names.teams, skills))
    data: dict[str, Any] = {
        "name": "drawn at random",
        "time": {
            "start": "2026-03-02",
            "horizon": draw(st.sampled_from(["1d", "14h", "2d"])),
            "warm_up": draw(st.sampled_from(["0s", "2h", "1d"])),
            "run_out": draw(st.sampled_from(["0s", "1h", "1d"])),
        },
        "run": {"replications": 1, "seed": draw(st.integers(0, 2**64 - 1))},
        "calendars": {"desk": {"daily": draw(st.sampled_from(["08:00-18:00", "09:00-12:00, 13:00-17:00"]))}},
        "segments": {
            name: {
                "share": share,
                "priority": draw(st.sampled_from([5, 5, 1, 9])),
                "head_start": _minutes(draw(st.sampled_from([0, 0, 1, 5]))),
                "accepts_bot": draw(st.sampled_from(["100%", "50%", "0%"])),
            }
            for name, share in zip(names.segments, _shares(len(names.segments)), strict=True)
        },
        "reasons": {
            name: {"share": share}
            for name, share in zip(names.reasons, _shares(len(names.reasons)), strict=True)
        },
        "channels": channels,
        "bots": {bot: draw(_bot(names)) for bot in bots},
        "teams": teams,
        "shifts": shifts,
        "journeys": journeys,
    }
    if draw(st.integers(0, 3)) == 3:
        data["demand"] = {"day_to_day_cv": "30%"}
    if draw(st.booleans()):
        data["recontact"] = {
            "unresolved": draw(_share()),
            "falsely_resolved": draw(_share()),
            "after": draw(_duration(names)),
            "at_most": draw(st.integers(0, 3)),
        }
        if draw(st.booleans()):
            data["recontact"]["channel"] = draw(_return_channels(sorted(channels)))
    for channel in channels.values():
        if draw(st.integers(0, 3)) == 3:
            channel["lines"] = draw(st.integers(1, 6))
        if draw(st.integers(0, 2)) == 2:
            channel["balk"] = {"line": draw(st.integers(0, 3)), "share": draw(_share())}
        if channel.keys() & {"patience", "lines", "balk"} and draw(st.booleans()):
            channel["on_abandon"] = {
                "retry": draw(_share()),
                "after": draw(_duration(names)),
                "at_most": draw(st.integers(0, 3)),
            }
            if draw(st.booleans()):
                channel["on_abandon"]["channel"] = draw(_return_channels(sorted(channels)))
    return Drawn(yaml.safe_dump(data, sort_keys=False), files)


def _named(what: str, count: int) -> tuple[str, ...]:
    return tuple(f"{what}{number}" for number in range(count))


def _minutes(count: int) -> str:
    return f"{count}m"


def _shares(count: int) -> tuple[str, ...]:
    return {0: (), 1: ("100%",), 2: ("70%", "30%"), 3: ("50%", "30%", "20%")}[count]


def _share() -> SearchStrategy[str]:
    return st.sampled_from(["0%", "30%", "60%", "100%"])


def _return_channels(channels: list[str]) -> SearchStrategy[dict[str, str]]:
    return st.sampled_from(
        [{"same": "100%"}, *({"same": "50%", name: "50%"} for name in channels), {channels[-1]: "100%"}]
    )


@st.composite
def _plain_duration(draw: DrawFn) -> Any:
    minutes = draw(st.sampled_from(MINUTES))
    if minutes == 0 or draw(st.integers(0, 2)) > 0:
        return _minutes(minutes)
    match draw(st.sampled_from(FAMILIES)):
        case "exponential":
            return {"exponential": {"mean": _minutes(minutes)}}
        case ("gamma" | "lognormal") as family:
            return {family: {"mean": _minutes(minutes), "cv": draw(st.sampled_from([0.3, 1.0, 1.7]))}}
        case "weibull":
            return {"weibull": {"mean": _minutes(minutes), "shape": 0.8}}
        case "uniform":
            return {"uniform": {"min": "0s", "max": _minutes(2 * minutes)}}
        case "triangular":
            return {"triangular": {"min": "0s", "mode": _minutes(minutes), "max": _minutes(2 * minutes)}}
        case _:
            return {"empirical": {"quantiles": {"0%": "0s", "50%": _minutes(minutes), "100%": "1h"}}}


@st.composite
def _duration(draw: DrawFn, names: _Names, *, by_team: bool = False) -> Any:
    """A duration, now and then by something."""
    by: dict[str, tuple[str, ...]] = {"hour": ("09",), "attempt": ("1",)}
    by |= {"reason": names.reasons[:1]} if names.reasons else {}
    by |= {"segment": names.segments[:1]} if names.segments else {}
    by |= {"team": names.teams[:1]} if by_team else {}
    plain = _plain_duration()
    if draw(st.integers(0, 4)) < 4:
        return draw(plain)
    dimension = draw(st.sampled_from(sorted(by)))
    return {"by": dimension, by[dimension][0]: draw(plain), "else": draw(plain)}


@st.composite
def _journey(draw: DrawFn, names: _Names, bots: tuple[str, ...], prefix: str) -> dict[str, Any]:
    """Steps in a row, each leading to the next, perhaps also to an end or back."""
    kinds = draw(st.lists(st.sampled_from(["work", "work", "bot", "delay", "choose"]), max_size=3))
    kinds = [kind if kind != "bot" or bots else "work" for kind in kinds]
    kinds.append(draw(st.sampled_from(["work", "work", "delay"])))
    labels = [f"{kind}_{prefix}{number}" for number, kind in enumerate(kinds)]
    journey: dict[str, Any] = {}
    for number, (label, kind) in enumerate(zip(labels, kinds, strict=True)):
        onward = labels[number + 1] if number + 1 < len(labels) else "resolved"
        back = labels[: number + 1]
        match kind:
            case "bot":
                journey[label] = {"bot": draw(st.sampled_from(bots)), "handoff": onward}
            case "choose":
                journey[label] = {"choose": draw(_route(names, onward, back))}
            case "delay":
                journey[label] = {
                    "delay": {"time": draw(_duration(names))},
                    "next": draw(_route(names, onward, back)),
                }
            case _:
                journey[label] = {
                    "work": draw(_work(names, prefix)),
                    "next": draw(_route(names, onward, back)),
                }
    return journey


@st.composite
def _work(draw: DrawFn, names: _Names, prefix: str) -> dict[str, Any]:
    work: dict[str, Any] = {"time": draw(_duration(names, by_team=True))}
    if draw(st.booleans()):
        work["wrap_up"] = draw(_duration(names, by_team=True))
    if draw(st.booleans()):
        work["skill"] = draw(st.sampled_from(["help", f"help_{prefix}"]))
    if draw(st.integers(0, 3)) == 3:
        work["priority"] = draw(st.sampled_from([1, 5, 9]))
    return work


@st.composite
def _route(draw: DrawFn, names: _Names, onward: str, back: list[str]) -> Any:
    """Where to: mostly onward, so that every step is reached and every journey ends."""
    routes: list[Any] = [
        onward,
        {onward: "60%", "unresolved": "rest"},
        {onward: "70%", draw(st.sampled_from(back)): "30%"},
    ]
    if names.reasons:
        routes.append(
            {onward: {"by": "reason", names.reasons[0]: "90%", "else": "50%"}, "unresolved": "rest"}
        )
    if onward != "resolved":
        routes.append({"resolved": "30%", onward: "50%", "falsely_resolved": "20%"})
        if names.segments:
            ends_half = {onward: "50%", "resolved": "50%"}
            routes.append({"by": "segment", names.segments[0]: ends_half, "else": onward})
    return draw(st.sampled_from(routes))


@st.composite
def _bot(draw: DrawFn, names: _Names) -> dict[str, Any]:
    resolves: Any = draw(st.sampled_from(["0%", "40%", "70%"]))
    if names.reasons and draw(st.booleans()):
        resolves = {"by": "reason", names.reasons[0]: resolves, "else": "10%"}
    bot: dict[str, Any] = {
        "time": draw(_duration(names)),
        "resolves": resolves,
        "falsely_resolves": {
            "by": "channel",
            "channel0": "20%",
            "else": draw(st.sampled_from(["0%", "30%"])),
        },
        "attempts_to_human": draw(st.integers(1, 3)),
        "gives_up_per_attempt": {"by": "attempt", "1": draw(_share()), "else": "50%"},
        "handoff": {
            "saves_handle_time": draw(st.sampled_from(["0%", "25%", "100%"])),
            "keeps_place": draw(st.booleans()),
        },
    }
    if draw(st.integers(0, 2)) > 0:
        bot["sessions"] = draw(st.integers(1, 3))
    return bot


@st.composite
def _channel(draw: DrawFn, names: _Names, journey: str, file: str, files: dict[str, str]) -> dict[str, Any]:
    arrivals: dict[str, Any]
    if draw(st.booleans()):
        arrivals = {"trace": {"file": file, "time": "at", "reason": "reason", "segment": "segment"}}
        minutes = st.integers(8 * 60, 8 * 60 + draw(st.sampled_from([30, 120, 360])))
        reason, segment = st.sampled_from(["", *names.reasons]), st.sampled_from(["", *names.segments])
        rows = draw(st.lists(st.tuples(minutes, reason, segment), min_size=1, max_size=60))
        lines = [f"2026-03-02 {at // 60:02d}:{at % 60:02d},{why},{who}" for at, why, who in rows]
        files[file] = "\n".join(["at,reason,segment", *lines, ""])
    else:
        arrivals = {"volume": f"{draw(st.sampled_from([20, 80, 200]))}/day"}
        if draw(st.booleans()):
            arrivals["by_hour"] = dict.fromkeys(HOURS, "20%")
        if draw(st.booleans()):
            arrivals["day_to_day_cv"] = "20%"
        if draw(st.booleans()):
            arrivals["calendar"] = "desk"
    if draw(st.integers(0, 2)) == 2:
        arrivals.setdefault("calendar", "desk")
    channel: dict[str, Any] = {"arrivals": arrivals, "journey": journey}
    if draw(st.booleans()):
        channel["patience"] = draw(_duration(names))
    return channel


@st.composite
def _headcount(draw: DrawFn) -> Any:
    """People without a shift: most often at all times, else by hour or weekday, with hours that adjoin."""
    heads = st.integers(0, 3)
    match draw(st.integers(0, 3)):
        case 0:
            return {
                "by": "hour",
                "09": draw(heads),
                "10:00-12:30": draw(heads),
                "else": draw(st.integers(1, 2)),
            }
        case 1:
            by_hour = {"by": "hour", "08:00-18:00": draw(st.integers(1, 3)), "else": draw(heads)}
            return {"by": "weekday", "mon": by_hour, "else": draw(heads)}
        case _:
            return draw(st.integers(1, 3))


@st.composite
def _people(draw: DrawFn, names: tuple[str, ...], skills: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Teams and the shifts they work; the first team has every skill."""
    shifts = {
        "day": {
            "days": "daily",
            "hours": draw(st.sampled_from(["08:00-16:00", "08:00-12:00", "09:00-17:00"])),
            "breaks": draw(
                st.sampled_from([{}, {"coffee": "10:00+15m"}, {"coffee": "09:30+5m", "tea": "09:40+30m"}])
            ),
        },
        "night": {
            "days": draw(st.sampled_from(["daily", "mon", "sun-mon"])),
            "hours": draw(st.sampled_from(["14:00-02:00", "22:00-06:00", "00:00-24:00"])),
            "breaks": draw(st.sampled_from([{}, {"supper": "00:00+30m"}])),
        },
    }
    teams: dict[str, Any] = {}
    for number, name in enumerate(names):
        own = skills if number == 0 else draw(st.lists(st.sampled_from(skills or [""]), unique=True))
        if not skills or (number > 0 and not own):
            continue
        teams[name] = {"skills": {skill: draw(st.integers(1, 2)) for skill in own}}
        if draw(st.booleans()):
            teams[name]["agents"] = draw(_headcount())
        else:
            working = draw(st.sampled_from([("day",), ("day", "night")]))
            teams[name]["shifts"] = {shift: draw(st.integers(1, 2)) for shift in working}
        if draw(st.integers(0, 2)) == 2:
            teams[name]["absence"] = draw(st.sampled_from(["10%", "50%"]))
            teams[name]["absence_paid"] = draw(st.booleans())
        if draw(st.integers(0, 2)) == 2:
            teams[name]["shrinkage"] = draw(st.sampled_from(["12%", "60%"]))
    used = {shift for team in teams.values() for shift in team.get("shifts", {})}
    return teams, {name: shift for name, shift in shifts.items() if name in used}
