"""`sim erlang`: one team in the long run, by formula, in the words of the scenario file but without one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from sim.cli.session import Session, session
from sim.errors import Fault, ScenarioError, shown
from sim.queueing import (
    MOST_AGENTS,
    ErlangA,
    ErlangB,
    ErlangC,
    Goals,
    UnattainableError,
    least_agents,
    lines_for,
    staff_for,
)
from sim.units import UnitError, duration, format_duration, format_share, rate, share

erlang_app = typer.Typer(
    help="Erlang B, C and A: quick answers about one team, without a scenario.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# All are taken as text and read by `_Options`, so that every fault is told at once and in the same words.
Text = str | None
Volume = Annotated[Text, typer.Option(help="Needed: contacts per time, such as 120/h.", show_default=False)]
HandleTime = Annotated[
    Text,
    typer.Option(help="Needed: mean time that a contact takes an agent, such as 4m.", show_default=False),
]
Patience = Annotated[
    Text, typer.Option(help="Needed: mean time customers are ready to wait, such as 3m.", show_default=False)
]
Agents = Annotated[Text, typer.Option(help="Agents, always there; or give goals.", show_default=False)]
Lines = Annotated[
    Text, typer.Option(help="Contacts served at once at most; or give --blocked.", show_default=False)
]
Target = Annotated[Text, typer.Option(help="Time of the service level, such as 20s.", show_default=False)]
ServiceLevel = Annotated[
    Text, typer.Option(help="Goal: this share answered within --target, such as 80%.", show_default=False)
]
MeanWait = Annotated[
    Text, typer.Option(help="Goal: a mean wait of at most this, such as 30s.", show_default=False)
]
Abandonment = Annotated[
    Text, typer.Option(help="Goal: at most this share abandons, such as 5%.", show_default=False)
]
Occupancy = Annotated[
    Text, typer.Option(help="Goal: agents busy for at most this share, such as 85%.", show_default=False)
]
Blocked = Annotated[
    Text, typer.Option(help="Goal: at most this share is turned away, such as 1%.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a line.")]


@erlang_app.command("c")
def erlang_c(
    volume: Volume = None,
    handle_time: HandleTime = None,
    agents: Agents = None,
    target: Target = None,
    service_level: ServiceLevel = None,
    mean_wait: MeanWait = None,
    occupancy: Occupancy = None,
    json: Json = False,
) -> None:
    """Customers wait until they are answered (M/M/c).

    sim erlang c --volume 120/h --handle-time 4m --agents 10 --target 20s
    """
    with session() as say:
        options = _Options()
        demand = _Demand(options.needed(_VOLUME, volume), options.needed(_HANDLE_TIME, handle_time))
        goals = {_SERVICE_LEVEL: service_level, _MEAN_WAIT: mean_wait, _OCCUPANCY: occupancy}
        wanted = options.wanted(_AGENTS, agents, goals, target)
        queue = _team(demand, wanted)
        _answer(say, json, _team_record(queue, wanted), _team_line(queue, wanted))


@erlang_app.command("a")
def erlang_a(
    volume: Volume = None,
    handle_time: HandleTime = None,
    patience: Patience = None,
    agents: Agents = None,
    target: Target = None,
    service_level: ServiceLevel = None,
    mean_wait: MeanWait = None,
    abandonment: Abandonment = None,
    occupancy: Occupancy = None,
    json: Json = False,
) -> None:
    """Customers wait until they are answered or their patience ends (M/M/n+M).

    sim erlang a --volume 120/h --handle-time 4m --patience 3m --service-level 80% --target 20s
    """
    with session() as say:
        options = _Options()
        demand = _Demand(
            options.needed(_VOLUME, volume),
            options.needed(_HANDLE_TIME, handle_time),
            options.needed(_PATIENCE, patience),
        )
        goals = {
            _SERVICE_LEVEL: service_level,
            _MEAN_WAIT: mean_wait,
            _ABANDONMENT: abandonment,
            _OCCUPANCY: occupancy,
        }
        wanted = options.wanted(_AGENTS, agents, goals, target)
        queue = _team(demand, wanted)
        _answer(say, json, _team_record(queue, wanted), _team_line(queue, wanted))


@erlang_app.command("b")
def erlang_b(
    volume: Volume = None,
    handle_time: HandleTime = None,
    lines: Lines = None,
    blocked: Blocked = None,
    json: Json = False,
) -> None:
    """Nobody waits: who finds all lines busy is turned away (M/G/c/c).

    sim erlang b --volume 120/h --handle-time 4m --lines 12
    """
    with session() as say:
        options = _Options()
        demand = _Demand(options.needed(_VOLUME, volume), options.needed(_HANDLE_TIME, handle_time))
        wanted = options.wanted(_LINES, lines, {_BLOCKED: blocked})
        queue = _lines(demand, wanted)
        _answer(say, json, _lines_record(queue, wanted), _lines_line(queue, wanted))


@dataclass(frozen=True)
class _Quantity:
    """An option: how its text is read, which values will do, and an example of one."""

    option: str
    read: Callable[[object], float]
    fits: Callable[[float], bool]
    allowed: str
    example: str

    @property
    def name(self) -> str:
        return self.option.removeprefix("--").replace("-", "_")


def _whole(value: object) -> float:
    text = str(value or "").strip()
    if not re.fullmatch(r"[0-9]{1,9}", text):
        what = f"{shown(value)} is not a whole number" if text else "the value is missing"
        raise UnitError(f"{what} (allowed: {_ALLOWED_AGENTS})")
    return float(text)


def _goal_share(option: str, example: str) -> _Quantity:
    return _Quantity(option, share, lambda x: 0 < x < 1, "above 0% and below 100%", example)


_ALLOWED_AGENTS = f"1 to {MOST_AGENTS:,}"
_VOLUME = _Quantity("--volume", rate, lambda x: x > 0, "above 0", "120/h")
_HANDLE_TIME = _Quantity("--handle-time", duration, lambda x: x >= 0.001, "1ms or more", "4m")
_PATIENCE = _Quantity("--patience", duration, lambda x: x >= 0.001, "1ms or more", "3m")
_AGENTS = _Quantity("--agents", _whole, lambda x: 1 <= x <= MOST_AGENTS, _ALLOWED_AGENTS, "10")
_LINES = _Quantity("--lines", _whole, lambda x: 1 <= x <= MOST_AGENTS, _ALLOWED_AGENTS, "12")
_TARGET = _Quantity("--target", duration, lambda _: True, "0s or more", "20s")
_MEAN_WAIT = _Quantity("--mean-wait", duration, lambda x: x >= 0.001, "1ms or more", "30s")
_SERVICE_LEVEL = _goal_share("--service-level", "80%")
_ABANDONMENT = _goal_share("--abandonment", "5%")
_OCCUPANCY = _goal_share("--occupancy", "85%")
_BLOCKED = _goal_share("--blocked", "1%")


@dataclass(frozen=True)
class _Demand:
    """What the team faces: contacts per second, and mean times in seconds; patience None: endless."""

    arrival_rate: float
    handle_time: float
    patience: float | None = None

    @property
    def load(self) -> float:
        return self.arrival_rate * self.handle_time


@dataclass(frozen=True)
class _Wanted:
    """Either the agents (or lines) to answer for, or goals to find them by; the target in seconds."""

    agents: int | None
    goals: Mapping[str, float]
    goals_given: str
    target: float | None


class _Options:
    """Reads options and collects their faults; `wanted` comes last and raises them."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def needed(self, quantity: _Quantity, text: str | None) -> float:
        """The value of an option; NaN where there is a fault."""
        try:
            value = quantity.read(text)
        except UnitError as error:
            self._refuse(quantity, error.message, error.remedy)
            return float("nan")
        if not quantity.fits(value):
            self._refuse(quantity, f"{shown(text)} is out of range (allowed: {quantity.allowed})")
        return value

    def wanted(
        self,
        count: _Quantity,
        agents: str | None,
        goals: Mapping[_Quantity, str | None],
        target: str | None = None,
    ) -> _Wanted:
        """Agents or goals, one of them. Raises ScenarioError with the faults of all options."""
        given = {quantity: text for quantity, text in goals.items() if text is not None}
        names = " and ".join(f"{quantity.option} {text}" for quantity, text in given.items())
        ways = f"{count.option}, or goals: {', '.join(quantity.option for quantity in goals)}"
        within = f"{_TARGET.option} {_TARGET.example}"
        if agents is not None and given:
            message = f"{shown(agents)} is given beside {names} (allowed: either {ways})"
            self._refuse(count, message, f"leave out {count.option} to ask how many are needed")
        elif agents is None and not given:
            goal = next(iter(goals))
            example = f"{goal.option} {goal.example}" + (f" {within}" if goal == _SERVICE_LEVEL else "")
            remedy = f"write {count.option} {count.example}, or {example}"
            self._refuse(count, f"the value is missing (allowed: {ways})", remedy)
        if _SERVICE_LEVEL in given and target is None:
            message = f"{shown(given[_SERVICE_LEVEL])} needs its time (allowed: with {_TARGET.option})"
            self._refuse(_SERVICE_LEVEL, message, f"add {within}")
        values = {quantity.name: self.needed(quantity, text) for quantity, text in given.items()}
        number = None if agents is None else self.needed(count, agents)
        seconds = None if target is None else self.needed(_TARGET, target)
        if self._faults:
            raise ScenarioError(self._faults)
        return _Wanted(None if number is None else int(number), values, names, seconds)

    def _refuse(self, quantity: _Quantity, message: str, remedy: str = "") -> None:
        remedy = remedy or f"write {quantity.option} {quantity.example}"
        self._faults.append(Fault(message, path=quantity.option, remedy=remedy))


def _team(demand: _Demand, wanted: _Wanted) -> ErlangA | ErlangC:
    """The queue with the agents that are given, or with the least that reach the goals.

    Raises ScenarioError where there is none.
    """
    times, patience = (demand.arrival_rate, demand.handle_time), demand.patience
    if wanted.agents is not None:
        if patience is not None:
            return ErlangA(*times, wanted.agents, patience)
        _check_keeps_up(wanted.agents, demand.load)
        return ErlangC(*times, wanted.agents)
    goals = Goals(**wanted.goals, target=wanted.target)
    try:
        return staff_for(goals, *times) if patience is None else staff_for(goals, *times, patience)
    except UnattainableError as error:
        raise _unattainable(error, demand.load, wanted) from None


def _lines(demand: _Demand, wanted: _Wanted) -> ErlangB:
    """The same for lines."""
    times = (demand.arrival_rate, demand.handle_time)
    if wanted.agents is not None:
        return ErlangB(*times, wanted.agents)
    try:
        return lines_for(wanted.goals["blocked"], *times)
    except UnattainableError as error:
        raise _unattainable(error, demand.load, wanted) from None


def _check_keeps_up(agents: int, load: float) -> None:
    least = least_agents(load)
    if agents < least:
        message = (
            f"'{agents}' cannot keep up with a load of {load:.6g} erlangs (volume × handle time): "
            f"the line would grow without end (allowed: {least:,} or more)"
        )
        more = f"write --agents {least}" if least <= MOST_AGENTS else "lower --volume"
        remedy = f"{more}, or use `sim erlang a` with --patience, where customers give up"
        raise ScenarioError(Fault(message, path=_AGENTS.option, remedy=remedy))


def _unattainable(error: UnattainableError, load: float, wanted: _Wanted) -> ScenarioError:
    message = f"{error} at a load of {load:.6g} erlangs (allowed: goals within their reach)"
    return ScenarioError(Fault(message, path=wanted.goals_given, remedy="ask for less, or lower --volume"))


def _answer(say: Session, json: bool, record: dict[str, Any], line: str) -> None:
    if json:
        say.json(record)
    else:
        say.lines([line])


def _team_line(queue: ErlangA | ErlangC, wanted: _Wanted) -> str:
    parts = []
    if wanted.target is not None:
        level = _share(queue.service_level(wanted.target))
        parts.append(f"{level} answered within {format_duration(wanted.target)}")
    parts.append(f"mean wait {_wait(queue.mean_wait)}")
    if isinstance(queue, ErlangA):
        parts += [f"ASA {_wait(queue.asa)}", f"{_share(queue.abandonment)} abandon"]
    parts += [f"{_share(queue.share_waiting)} wait", f"occupancy {_share(queue.occupancy)}"]
    return _line(queue.agents, "agent", wanted, parts)


def _lines_line(queue: ErlangB, wanted: _Wanted) -> str:
    parts = [f"{_share(queue.blocked)} blocked", f"occupancy {_share(queue.occupancy)}"]
    return _line(queue.lines, "line", wanted, parts)


def _line(count: int, noun: str, wanted: _Wanted, parts: list[str]) -> str:
    counted = f"{count:,} {noun}{'' if count == 1 else 's'}"
    head = counted if wanted.agents is not None else f"needs {counted}"
    return f"{head}: {', '.join(parts)}"


def _share(fraction: float) -> str:
    """A share with one digit; none of these is ever exactly 0 or all, and none is rounded to it."""
    text = format_share(fraction)
    return {"0.0 %": "under 0.1 %", "100.0 %": "over 99.9 %"}.get(text, text.replace(".0 %", " %"))


def _wait(seconds: float) -> str:
    return format_duration(seconds) if seconds >= 0.1 else "under 0.1 s"


def _team_record(queue: ErlangA | ErlangC, wanted: _Wanted) -> dict[str, Any]:
    target = wanted.target
    record = {
        **_inputs("erlang_a" if isinstance(queue, ErlangA) else "erlang_c", queue, wanted),
        "agents": queue.agents,
        "target_s": target,
        "service_level": None if target is None else queue.service_level(target),
        "mean_wait_s": queue.mean_wait,
        "asa_s": queue.asa,
        "share_waiting": queue.share_waiting,
        "occupancy": queue.occupancy,
    }
    if isinstance(queue, ErlangA):
        record |= {"patience_s": queue.patience, "abandonment": queue.abandonment}
    return record


def _lines_record(queue: ErlangB, wanted: _Wanted) -> dict[str, Any]:
    measures = {"lines": queue.lines, "blocked": queue.blocked, "occupancy": queue.occupancy}
    return _inputs("erlang_b", queue, wanted) | measures


def _inputs(formula: str, queue: ErlangA | ErlangB | ErlangC, wanted: _Wanted) -> dict[str, Any]:
    """What was asked: shares as fractions, times in seconds; `goals` is empty where the agents were given."""
    return {
        "formula": formula,
        "arrival_rate_per_s": queue.arrival_rate,
        "handle_time_s": queue.handle_time,
        "load_erlangs": queue.load,
        "goals": {f"{name}_s" if name == "mean_wait" else name: goal for name, goal in wanted.goals.items()},
    }
