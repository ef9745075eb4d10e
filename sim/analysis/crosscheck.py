"""Where a formula fits: simulated work steps beside the exact values of queueing theory.

A step fits only if it *is* the formula's model, else nothing is said; what is not so is told as a reason.
For all formulas:

- Contacts come as a Poisson stream of one rate: from channels with a constant volume, through steps that keep
  it so. Those are bots with any number of sessions, `delay` and `choose` (independent thinning and shifting
  of a Poisson process: Mirasol 1963), and work steps that are themselves Erlang C (Burke 1956).
- Nobody comes a second time: no way back to the step, no recontacts.
- One team serves it, of a constant number of agents who do nothing else.

Then, first come first served: Erlang C for handle times that are exponential with one mean for all, where
customers wait for ever; Erlang A where their patience is exponential too, with one mean for all; and with one
agent and handle times of any kind, wrap-up included, where customers wait for ever, the formula of Pollaczek
and Khinchine. Where nobody waits at all the order does not matter nor the law of the handle time (Sevastyanov
1957): Erlang B.

The exact values are those of the long run. A simulation that starts empty, or ends while contacts wait,
differs from them by a bias that `warm_up` and `run_out` remove.

References: Burke (1956), "The output of a queuing system", Operations Research 4(6); Mirasol (1963), "The
output of an M/G/∞ queuing system is Poisson", Operations Research 11(2); Sevastyanov (1957), Theory of
Probability and its Applications 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.analysis.laws import BusyTime, NoFormulaError, are_same, patience_of
from sim.analysis.results import Row, Study
from sim.analysis.streams import Coming, Streams, streams
from sim.catalogue import Argument, Request, request
from sim.queueing import MG1, ErlangA, ErlangB, ErlangC
from sim.scenario import Scenario
from sim.scenario.by import HOURS, steps_of
from sim.scenario.customers import Arrivals
from sim.scenario.headcount import headcount_of_day, is_constant
from sim.scenario.service import Work

USUAL_TARGET = 20.0
"""Seconds: the target of the service level where no SLA of the scenario has one."""

Formula = ErlangA | ErlangB | ErlangC | MG1


@dataclass(frozen=True)
class Fit:
    """A step that a formula describes exactly.

    step     its label, as measures know it
    formula  with its arguments: rates per second, times in seconds
    exact    measures with their exact values, in the measures' units
    """

    step: str
    formula: Formula
    exact: tuple[tuple[Request, float], ...]

    @property
    def name(self) -> str:
        """Formula and notation: "Erlang A, M/M/10+M"."""
        match self.formula:
            case ErlangA(agents=agents):
                return f"Erlang A, M/M/{agents}+M"
            case ErlangB(lines=lines):
                return f"Erlang B, M/G/{lines}/{lines}"
            case ErlangC(agents=agents):
                return f"Erlang C, M/M/{agents}"
            case MG1(cv=cv):
                return f"Pollaczek-Khinchine, M/{'G' if cv else 'D'}/1"


@dataclass(frozen=True)
class Misfit:
    """A step that no formula describes, and the first reason found."""

    step: str
    reason: str


@dataclass(frozen=True)
class Compared:
    """A simulated measure and its exact value."""

    row: Row
    exact: float

    @property
    def covers(self) -> bool | None:
        """Whether the interval covers the exact value; None: there is no interval."""
        found = self.row.estimate
        return found.low <= self.exact <= found.high if found.has_interval else None


def fits(scenario: Scenario) -> tuple[Fit | Misfit, ...]:
    """For each work step, in file order, the formula that describes it or why none does."""
    examiner = _Examiner(scenario)
    labels = iter(steps_of(scenario.spec))
    found: list[Fit | Misfit] = []
    for journey, steps in scenario.spec.journeys.items():
        for name, step in steps.items():
            label = next(labels)
            if step.work is None:
                continue
            try:
                formula = examiner.formula(journey, name)
                exact = tuple(examiner.exact(journey, name, label, formula))
                found.append(Fit(label, formula, exact))
            except NoFormulaError as error:
                found.append(Misfit(label, str(error)))
    return tuple(found)


def requests(scenario: Scenario) -> tuple[Request, ...]:
    """What must be measured to be compared with exact values."""
    return tuple(wanted for fit in fits(scenario) if isinstance(fit, Fit) for wanted, _ in fit.exact)


def compared(study: Study, fit: Fit) -> tuple[Compared, ...]:
    """The simulated measures of a step beside their exact values."""
    return tuple(Compared(study.rows([wanted])[0], exact) for wanted, exact in fit.exact)


class _Examiner:
    """Looks at one scenario; each check raises NoFormulaError with what is not as formulas need it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.spec = scenario.spec
        self._streams: dict[str, Streams] = {}

    def formula(self, journey: str, name: str) -> Formula:
        """The formula of a work step."""
        work = self.spec.journeys[journey][name].work
        assert work is not None
        team = self._team(journey, name)
        agents = max(heads for _, _, heads in headcount_of_day(self.spec.teams[team].agents or 0, 0))
        coming = self._poisson(journey, name)
        busy = BusyTime(coming, work, team)
        patience = patience_of(coming, self.spec.channels)
        rate = sum(each.rate for each in coming)
        if patience > 0:
            self._check_order(coming, work)
        try:
            return _formula(rate, busy, agents, patience)
        except NoFormulaError:
            raise
        except ValueError as error:  # the formula's own: such as agents who cannot keep up
            raise NoFormulaError(str(error)) from None

    def exact(self, journey: str, name: str, label: str, formula: Formula) -> Iterator[tuple[Request, float]]:
        """What a formula says about measures: of contacts, where all queue here first, else of visits."""
        if self._is_first_queue(journey, name):
            coming = self._of_journey(journey).coming[name]
            channels = list(dict.fromkeys(each.kind.channel for each in coming))
            is_all = len(channels) == len(self.spec.channels)
            for filters in [{}] if is_all else [{"channel": channel} for channel in channels]:
                for measure, arguments, value in self._of_contacts(formula, channels):
                    yield request(measure, arguments=arguments, filters=filters), value
        elif not isinstance(formula, ErlangB):
            yield request("queue_wait.mean", filters={"step": label}), formula.mean_wait
        yield request("occupancy", filters={"team": self._team(journey, name)}), formula.occupancy

    def _of_contacts(
        self, formula: Formula, channels: Sequence[str]
    ) -> Iterator[tuple[str, Mapping[str, Argument], float]]:
        if isinstance(formula, ErlangB):
            yield "abandonment", {}, formula.blocked
            return
        yield "wait.mean", {}, formula.mean_wait
        if isinstance(formula, ErlangA):
            yield "asa", {}, formula.asa
            yield "abandonment", {}, formula.abandonment
        if not isinstance(formula, MG1):
            for target in self._targets(channels):
                yield "service_level", {"target": target}, formula.service_level(target)

    def _targets(self, channels: Sequence[str]) -> list[float]:
        """Targets of SLAs on the service level of all contacts, or of those of one of the channels."""
        own = {(), *((("channel", channel),) for channel in channels)}
        targets = set()
        for sla in self.scenario.slas.values():
            arguments = dict(sla.request.arguments)
            plain = arguments.get("definition") == "offered" and "calendar" not in arguments
            if sla.request.measure == "service_level" and plain and sla.request.filters in own:
                targets.add(float(arguments["target"]))
        return sorted(targets) or [USUAL_TARGET]

    # --- people --------------------------------------------------------------------------------------------

    def _team(self, journey: str, name: str) -> str:
        """The one team of the step, which has no other."""
        skill = self._skill(journey, name)
        able = [team for team, each in self.spec.teams.items() if skill in each.skills and each.is_staffed]
        if len(able) != 1:
            raise NoFormulaError(f"several teams serve it: {', '.join(able)}")
        team = self.spec.teams[able[0]]
        if team.agents is None:
            raise NoFormulaError(f"the team '{able[0]}' works {'a rota' if team.rota else 'shifts'}")
        if not is_constant(team.agents):
            raise NoFormulaError(f"the number of agents of the team '{able[0]}' changes")
        if team.absence or team.shrinkage:
            raise NoFormulaError(f"agents of the team '{able[0]}' may be away")
        for other, steps in self.spec.journeys.items():
            for step in steps:
                also = self._skill(other, step)
                if (other, step) != (journey, name) and also in team.skills:
                    raise NoFormulaError(f"the team '{able[0]}' also serves the step '{step}'")
        return able[0]

    def _skill(self, journey: str, name: str) -> str | None:
        work = self.spec.journeys[journey][name].work
        return (work.skill or name) if work else None

    # --- demand --------------------------------------------------------------------------------------------

    def _channels(self, journey: str) -> list[str]:
        """The channels that take a journey, those without any volume left out."""
        return [
            name
            for name, channel in self.spec.channels.items()
            if channel.journey == journey and channel.arrivals.volume != 0
        ]

    def _of_journey(self, journey: str) -> Streams:
        if journey not in self._streams:
            if self.spec.demand.day_to_day_cv > 0:
                raise NoFormulaError("days differ for all channels (demand.day_to_day_cv)")
            rates = {
                name: _constant_rate(name, self.spec.channels[name].arrivals)
                for name in self._channels(journey)
            }
            self._streams[journey] = streams(self.spec, journey, rates)
        return self._streams[journey]

    def _poisson(self, journey: str, name: str) -> tuple[Coming, ...]:
        """Who comes to the step, if they come as a Poisson stream."""
        steps = self.spec.journeys[journey]
        flow = self._of_journey(journey)
        coming = flow.coming.get(name, ())
        if not coming:
            raise NoFormulaError("nobody comes to it")
        before = flow.before(name)
        if name in before:
            raise NoFormulaError("contacts come back to it")
        for step in before:
            if step in flow.by_hour:
                raise NoFormulaError(f"times or routes of the step '{step}' before it depend on the hour")
            bot = steps[step].bot
            if bot is not None and self.spec.bots[bot].sessions is not None:
                raise NoFormulaError(f"the bot '{bot}' before it has a limited number of sessions")
            if steps[step].work is not None:
                self._check_output(journey, step)
        self._check_returns(flow)
        return coming

    def _check_output(self, journey: str, step: str) -> None:
        try:
            is_poisson = isinstance(self.formula(journey, step), ErlangC)
        except NoFormulaError:
            is_poisson = False
        if not is_poisson:
            raise NoFormulaError(f"what comes from the step '{step}' before it is no Poisson stream")

    def _check_returns(self, flow: Streams) -> None:
        recontact = self.spec.recontact
        if any(each.balk or each.lines is not None for each in self.spec.channels.values()):
            raise NoFormulaError("customers may not get into the queue (balk, lines)")
        retries = [each.on_abandon for each in self.spec.channels.values() if each.on_abandon]
        if any(each.at_most > 0 for each in retries):
            raise NoFormulaError("customers who gave up try again (on_abandon)")
        if recontact and recontact.at_most > 0 and recontact.channel:
            raise NoFormulaError("customers come back through other channels (recontact)")
        if recontact is None or recontact.at_most == 0:
            return
        for end, share in (
            ("unresolved", recontact.unresolved),
            ("falsely_resolved", recontact.falsely_resolved),
        ):
            # Whoever comes back, since a second contact may take another way than the first.
            if any(max(each.kind.at_hours(share)) > 0 for each in flow.coming.get(end, ())):
                raise NoFormulaError("contacts of the journey come back (recontact)")

    def _check_order(self, coming: Sequence[Coming], work: Work) -> None:
        """First come first served."""
        segments = {each.kind.segment for each in coming} & self.spec.segments.keys()
        priorities = {self.spec.segments[name].priority for name in segments}
        head_starts = {self.spec.segments[name].head_start for name in segments}
        if (work.priority is None and len(priorities) > 1) or len(head_starts) > 1:
            raise NoFormulaError("not first come first served: segments differ in priority or head start")
        if any(each.state.keeps_place for each in coming):
            raise NoFormulaError("not first come first served: the bot before it keeps places")

    def _is_first_queue(self, journey: str, name: str) -> bool:
        """Whether every contact of the journey that joins a queue for people joins this one first."""
        flow, steps = self._of_journey(journey), self.spec.journeys[journey]
        elsewhere = flow.reached(next(iter(steps)), without=name)
        return not any(steps[step].work for step in elsewhere & steps.keys())


def _formula(rate: float, busy: BusyTime, agents: int, patience: float) -> Formula:
    """The formula for contacts per second, served in the order in which they come."""
    if patience == 0:
        return ErlangB(rate, busy.mean, agents)
    if not busy.why_not_exponential:
        if patience == math.inf:
            return ErlangC(rate, busy.mean, agents)
        return ErlangA(rate, busy.mean, agents, patience)
    if patience < math.inf:
        raise NoFormulaError(f"{busy.why_not_exponential}, and customers give up")
    if agents > 1:
        raise NoFormulaError(f"{busy.why_not_exponential}, and there are several agents")
    return MG1(rate, busy.mean, busy.cv)


def _constant_rate(name: str, arrivals: Arrivals) -> float:
    """Cases per second, if their number in any time is Poisson with that rate."""
    hours, weekdays = arrivals.hour_shares(), arrivals.weekday_factors()
    by_hour = [hours.get(hour, 0.0) for hour in range(len(HOURS))]
    by_weekday = [weekdays.get(day, 1.0) for day in range(7)]
    changes = {
        "replays recorded arrivals": arrivals.trace is not None,
        "follows a forecast": arrivals.forecast is not None,
        "has a calendar": arrivals.calendar is not None,
        "has a volume that depends on the hour": bool(hours) and not are_same(by_hour),
        "has a volume that depends on the weekday": not are_same(by_weekday),
        "has a volume that depends on the date": bool(arrivals.by_date),
        "has days that differ (day_to_day_cv)": arrivals.day_to_day_cv > 0,
    }
    for what, is_so in changes.items():
        if is_so:
            raise NoFormulaError(f"the channel '{name}' {what}")
    return (arrivals.volume or 0.0) * by_weekday[0]
