"""Who comes to each step of a journey, how often, and on which ways: what formulas ask about demand.

Contacts of one kind (channel, segment, reason, whether they accept bots) face the same chances at every step,
so that for each kind the journey is a Markov chain with an end; the expected visits of a contact solve
x = e + P' x, with e the first step and P the shares from state to state. A state is a step together with what
a bot's handover gave the contact on its way to the next queue. Abandonment is left out: nothing here is asked
about what lies behind a queue in which customers give up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.plan.compile import reason_cumulative
from sim.scenario.by import EVERYTHING, HOURS, dimensions_of, pick, shares_of_routes
from sim.scenario.service import Bot, Step
from sim.scenario.spec import Spec


@dataclass(frozen=True)
class Kind:
    """Contacts that are alike; rate: how many begin per second (recontacts not among them)."""

    channel: str
    segment: str
    reason: str
    accepts_bot: bool
    rate: float

    def at_hours(self, value: Any, team: str = "") -> list[Any]:
        """What a value is for the first contact of such a case: once, or for each hour where that matters."""
        point = {
            "channel": self.channel,
            "segment": self.segment,
            "reason": self.reason,
            "team": team,
            "attempt": "1",
        }
        hours = HOURS if "hour" in dimensions_of(value) else HOURS[:1]
        return [pick(value, {**point, "hour": hour}) for hour in hours]


class State(NamedTuple):
    """On joining a step: the share of the next handle time saved, and whether a place is kept from before."""

    step: str
    saved: float = 0.0
    keeps_place: bool = False


@dataclass(frozen=True)
class Coming:
    """Contacts of one kind that join a step in one state: how many per second."""

    kind: Kind
    state: State
    rate: float


@dataclass(frozen=True)
class Streams:
    """What comes to the steps and ends of a journey.

    coming    who joins each step or end that anybody comes to
    leads_to  for each such step the steps and ends to which some of them go
    by_hour   steps whose times or routes depend on the hour; the rates behind them are those of a mean hour
    """

    coming: Mapping[str, tuple[Coming, ...]]
    leads_to: Mapping[str, frozenset[str]]
    by_hour: frozenset[str]

    def before(self, step: str) -> list[str]:
        """The steps on the ways to a step; the step itself if contacts come back to it."""
        found = [name for name, targets in self.leads_to.items() if step in targets]
        for behind in found:
            found += [name for name, to in self.leads_to.items() if behind in to and name not in found]
        return found

    def reached(self, first: str, without: str) -> set[str]:
        """The steps and ends that can be reached from a step by ways that avoid another one."""
        found = [name for name in (first,) if name != without]
        for name in found:
            found += [to for to in self.leads_to.get(name, ()) if to != without and to not in found]
        return set(found)


def streams(spec: Spec, journey: str, rates: Mapping[str, float]) -> Streams:
    """The streams through a journey; rates: of the cases of each channel that takes it, per second."""
    chain = _Chain(spec, journey)
    coming: dict[str, list[Coming]] = {}
    for channel, rate in rates.items():
        for kind in _kinds(spec, channel, rate, chain.has_bots):
            for state, visits in chain.visits(kind).items():
                coming.setdefault(state.step, []).append(Coming(kind, state, kind.rate * visits))
    return Streams(
        {name: tuple(each) for name, each in coming.items()},
        {name: frozenset(targets) for name, targets in chain.leads_to.items()},
        frozenset(chain.by_hour),
    )


def _kinds(spec: Spec, channel: str, rate: float, has_bots: bool) -> Iterator[Kind]:
    total = sum(segment.share for segment in spec.segments.values())
    for segment in spec.segments or (EVERYTHING,):
        known = spec.segments.get(segment)
        share = known.share / total if known else 1.0
        accepts = known.accepts_bot if known and has_bots else 1.0
        reasons = np.diff(reason_cumulative(spec, segment), prepend=0.0).tolist()
        for reason, of_segment in zip(spec.reasons or (EVERYTHING,), reasons, strict=True):
            for accepts_bot, part in ((True, accepts), (False, 1.0 - accepts)):
                if (weight := rate * share * of_segment * part) > 0:
                    yield Kind(channel, segment, reason, accepts_bot, weight)


class _Chain:
    """The journey as a Markov chain for one kind after the other; notes what it meets."""

    def __init__(self, spec: Spec, journey: str) -> None:
        self.spec = spec
        self.steps = spec.journeys[journey]
        self.has_bots = any(step.bot is not None for step in self.steps.values())
        self.leads_to: dict[str, set[str]] = {}
        self.by_hour: set[str] = set()

    def visits(self, kind: Kind) -> dict[State, float]:
        """Expected visits of one contact to each state, ends included."""
        states = [State(next(iter(self.steps)))]
        known = {states[0]: 0}
        moves: list[tuple[int, int, float]] = []
        for number, state in enumerate(states):
            for target, share in self._moves(kind, state):
                if share <= 0:
                    continue
                if target not in known:
                    known[target] = len(states)
                    states.append(target)
                moves.append((number, known[target], share))
                self.leads_to.setdefault(state.step, set()).add(target.step)
        matrix = np.eye(len(states))
        for at, to, share in moves:
            matrix[to, at] -= share
        # Every journey of a valid scenario ends, so that the matrix has an inverse.
        found = np.linalg.solve(matrix, np.eye(len(states))[0])
        return dict(zip(states, found.tolist(), strict=True))

    def _moves(self, kind: Kind, state: State) -> Iterator[tuple[State, float]]:
        step = self.steps.get(state.step)
        if step is None:  # an end
            return
        if step.bot is not None:
            yield from self._bot_moves(kind, state, step, self.spec.bots[step.bot])
            return
        timed = step.work or step.delay
        if timed is not None:
            self._at_hours(kind, state.step, timed.time)
        carried = State("") if step.work is not None else state
        each = self._at_hours(kind, state.step, step.choose or step.next)
        for routes in each:
            for target, share in _exact_shares(routes).items():
                yield carried._replace(step=target), share / len(each)

    def _bot_moves(self, kind: Kind, state: State, step: Step, bot: Bot) -> Iterator[tuple[State, float]]:
        handoff = step.handoff or ""
        if not kind.accepts_bot:
            yield state._replace(step=handoff), 1.0
            return
        self._at_hours(kind, state.step, bot.time)
        resolves, false, gives_up = (
            float(np.mean(self._at_hours(kind, state.step, share)))
            for share in (bot.resolves, bot.falsely_resolves, bot.gives_up_per_attempt)
        )
        false = min(false, 1.0 - resolves)
        stays = (1.0 - gives_up) ** (bot.attempts_to_human - 1)
        handed_over = max(0.0, 1.0 - resolves - false) * stays
        yield State("resolved"), resolves
        yield State("falsely_resolved"), false
        yield State(handoff, bot.handoff.saves_handle_time, bot.handoff.keeps_place), handed_over

    def _at_hours(self, kind: Kind, step: str, value: Any) -> list[Any]:
        found = kind.at_hours(value)
        if any(each != found[0] for each in found):
            self.by_hour.add(step)
        return found


def _exact_shares(routes: Any) -> dict[str, float]:
    """Shares as they are drawn: what the shares of a file miss to 100 % belongs to the last one."""
    shares = {target: share for target, share in shares_of_routes(routes).items() if share > 0}
    last = next(reversed(shares))
    return shares | {last: shares[last] + 1.0 - sum(shares.values())}
