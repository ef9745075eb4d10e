"""The kinds of steps: bot, work, delay, choose. Each is called with a contact and returns where it goes next.

A step is a generator of SimPy events; its return value is the next step's index, or one of the ends.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from simpy.events import Event

from sim.engine.endings import ABANDONED, BALKED, GAVE_UP
from sim.engine.reference.clock import Alarm
from sim.engine.reference.dispatcher import Queue
from sim.engine.reference.records import Contact, Visit
from sim.log import Outcome
from sim.plan import NONE, End, StepKind

if TYPE_CHECKING:
    from sim.engine.reference.world import World

Story = Generator[Event, Any, int]
Step = Callable[[Contact], Story]


UNMET = {ABANDONED: Outcome.ABANDONED, BALKED: Outcome.BALKED}
"""What a request may end with in place of an agent or a session."""


def steps_of(world: World) -> list[Step]:
    """The steps of the Plan, by index."""
    kinds: dict[StepKind, Callable[[World, int], Step]] = {
        StepKind.BOT: BotStep,
        StepKind.WORK: WorkStep,
        StepKind.DELAY: DelayStep,
        StepKind.CHOOSE: ChooseStep,
    }
    return [kinds[StepKind(kind)](world, step) for step, kind in enumerate(world.plan.step_kind)]


class _Step:
    """What all steps have: their index, their route, and the world around them."""

    def __init__(self, world: World, step: int) -> None:
        plan = world.plan
        self.world = world
        self.clock = world.clock
        self.draws = world.draws
        self.step = step
        self.route = int(plan.step_route[step])
        self.time = int(plan.step_time[step])
        self.patience: list[int] = plan.channel_patience.tolist()
        self.balk_line = [None if line == NONE else line for line in plan.channel_balk_line.tolist()]
        self.balk_share: list[int] = plan.channel_balk_share.tolist()

    def visit(self, contact: Contact) -> Visit:
        """Begin a visit in the log."""
        visit = Visit(contact, self.step, self.clock.now)
        self.world.visits.append(visit)
        return visit

    def queue_for(self, contact: Contact, queue: Queue, priority: int, visit: Visit) -> Event:
        """Join a queue now. Patience begins afresh; a place kept from before and a head start only order."""
        world, now = self.world, visit.joined
        lookup = self.patience[contact.channel]
        patience = None
        if lookup != NONE:
            row = self.draws.row(lookup, contact, now)
            patience = self.draws.contact_time(contact, row, contact.u_patience, home=0)
        balks_at = self.balk_line[contact.channel]
        if balks_at is not None and contact.u_balk >= self.draws.share(
            self.balk_share[contact.channel], contact, now
        ):
            balks_at = None
        if priority == NONE:
            priority = world.segment_priority[contact.segment]
        order = (now if contact.place is None else contact.place) - world.segment_head_start[contact.segment]
        contact.place = None
        return world.dispatcher.request(contact, queue, priority, order, patience, balks_at)


class WorkStep(_Step):
    """One agent with the skill, for the handle time; then a wrap-up without the customer."""

    def __init__(self, world: World, step: int) -> None:
        super().__init__(world, step)
        self.queue = world.work_queues[step]
        self.priority = int(world.plan.step_priority[step])
        self.wrap_up = int(world.plan.step_wrap_up[step])

    def __call__(self, contact: Contact) -> Story:
        """Queue, be served, and go on while the agent wraps up."""
        clock, draws = self.clock, self.draws
        visit = self.visit(contact)
        agent = yield self.queue_for(contact, self.queue, self.priority, visit)
        now = clock.now
        if isinstance(agent, int):
            visit.ended = visit.wrapped = now
            visit.outcome = UNMET[agent]
            return agent
        team = agent.team_number
        visit.started, visit.agent = now, agent.number
        time_row = draws.row(self.time, contact, now, team)
        wrap_row = draws.row(self.wrap_up, contact, now, team)
        time, wrap_up, u_next, _ = draws.visit(contact, self.step, time_row, wrap_row)
        if contact.time_saved:
            time *= 1.0 - contact.time_saved
            contact.time_saved = 0.0
        yield Alarm(clock, now + time)
        now = clock.now
        visit.ended, visit.outcome = now, Outcome.DONE
        if wrap_up > 0.0:
            agent.wrap_up(visit, now + wrap_up)
        else:
            agent.finish(visit)
        return draws.route(self.route, contact, now, u_next)


class DelayStep(_Step):
    """Time that needs nobody."""

    def __call__(self, contact: Contact) -> Story:
        """Wait out the delay."""
        visit = self.visit(contact)
        visit.started = visit.joined
        row = self.draws.row(self.time, contact, visit.joined)
        time, _, u_next, _ = self.draws.visit(contact, self.step, row)
        yield Alarm(self.clock, visit.joined + time)
        visit.ended = visit.wrapped = self.clock.now
        visit.outcome = Outcome.DONE
        return self.draws.route(self.route, contact, visit.ended, u_next)


class ChooseStep(_Step):
    """Which way, at once."""

    def __call__(self, contact: Contact) -> Story:
        """Choose the way of one contact."""
        visit = self.visit(contact)
        visit.started = visit.ended = visit.wrapped = visit.joined
        visit.outcome = Outcome.DONE
        _, _, u_next, _ = self.draws.visit(contact, self.step, NONE)
        yield from ()  # a generator like the others, though it never waits
        return self.draws.route(self.route, contact, visit.joined, u_next)


class BotStep(_Step):
    """Self-service: contains the contact, truly or falsely, or hands it over after so many attempts.

    One uniform decides: it truly resolves, or falsely resolves, or cannot. If it cannot, all attempts to
    reach a person but the last fail; each failed one costs a further bot time, after which the customer
    may give up. Who does not accept the bot is handed over at once, without bot time.
    """

    def __init__(self, world: World, step: int) -> None:
        super().__init__(world, step)
        plan = world.plan
        bot = int(plan.step_bot[step])
        self.handoff = int(plan.step_handoff[step])
        self.sessions = world.session_queues[bot]
        self.accepts: list[float] = plan.segment_accepts_bot.tolist()
        self.time = int(plan.bot_time[bot])
        self.resolves = int(plan.bot_resolves[bot])
        self.falsely_resolves = int(plan.bot_falsely_resolves[bot])
        self.gives_up = int(plan.bot_gives_up[bot])
        self.attempts = int(plan.bot_attempts[bot])
        self.saves = float(plan.bot_saves[bot])
        self.keeps_place = bool(plan.bot_keeps_place[bot])

    def __call__(self, contact: Contact) -> Story:
        """Decline, or take a session and see what comes of it."""
        visit = self.visit(contact)
        if contact.u_bot >= self.accepts[contact.segment]:
            self._end(visit, Outcome.DECLINED)
            return self.handoff
        if self.sessions is not None:
            granted = yield self.queue_for(contact, self.sessions, NONE, visit)
            if isinstance(granted, int):
                self._end(visit, UNMET[granted])
                return granted
        visit.started = now = self.clock.now
        row = self.draws.row(self.time, contact, now)
        time, _, _, u_result = self.draws.visit(contact, self.step, row)
        yield Alarm(self.clock, now + time)
        outcome = self._result(contact, u_result)
        if outcome == Outcome.HANDED_OFF:
            outcome = yield from self._reach_a_person(contact)
        if self.sessions is not None:
            self.world.dispatcher.release_session(self.sessions)
        self._end(visit, outcome)
        if outcome == Outcome.HANDED_OFF:
            contact.time_saved = self.saves
            contact.place = visit.joined if self.keeps_place else None
            return self.handoff
        return ENDS[outcome]

    def _result(self, contact: Contact, u: float) -> Outcome:
        now = self.clock.now
        resolves = self.draws.share(self.resolves, contact, now)
        if u < resolves:
            return Outcome.CONTAINED
        if u < resolves + self.draws.share(self.falsely_resolves, contact, now):
            return Outcome.FALSELY_CONTAINED
        return Outcome.HANDED_OFF

    def _reach_a_person(self, contact: Contact) -> Generator[Event, Any, Outcome]:
        for attempt in range(1, self.attempts):
            now = self.clock.now
            row = self.draws.row(self.time, contact, now)
            time, u = self.draws.attempt(contact, self.step, attempt, row)
            yield Alarm(self.clock, now + time)
            if u < self.draws.share(self.gives_up, contact, self.clock.now):
                return Outcome.GAVE_UP
        return Outcome.HANDED_OFF

    def _end(self, visit: Visit, outcome: Outcome) -> None:
        visit.ended = self.clock.now
        visit.wrapped = visit.ended
        visit.outcome = outcome


ENDS = {
    Outcome.CONTAINED: End.RESOLVED,
    Outcome.FALSELY_CONTAINED: End.FALSELY_RESOLVED,
    Outcome.GAVE_UP: GAVE_UP,
}
