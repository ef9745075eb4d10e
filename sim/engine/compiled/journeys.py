"""A contact's way: it reaches a step, begins service there, and goes on when that ends.

A contact that is on the way to a step stands in `now.moving` and `now.step`; the loop lets it `enter`. So a
choice that is made at once, however often in a row, is one turn of the loop each time.
"""

from sim.compilation import inner
from sim.engine.compiled.agents import finish_talk
from sim.engine.compiled.bots import end_attempt, end_bot_time
from sim.engine.compiled.customers import come_back
from sim.engine.compiled.dispatch import grant, queue_of, request
from sim.engine.compiled.draws import CONTACT_BLOCK, NO_TEAM, contact_uniforms, draw_visit, next_step, row_of
from sim.engine.compiled.events import first_contact, plan_event
from sim.engine.compiled.lines import are_counted, call_in, hang_up
from sim.engine.compiled.model import long
from sim.engine.compiled.queues import leave
from sim.engine.compiled.world import NOBODY, STAY, Phase, World
from sim.engine.endings import ABANDONED, BALKED, BLOCKED, FATES
from sim.log import Fate, Outcome
from sim.plan import NONE, StepKind

BOT, WORK, DELAY = long(StepKind.BOT), long(StepKind.WORK), long(StepKind.DELAY)
COMING, AT_WORK, IN_DELAY, IN_BOT, AT_BARRIER, WAITING, ENDED = (
    long(Phase[name])
    for name in ("COMING", "AT_WORK", "IN_DELAY", "IN_BOT", "AT_BARRIER", "WAITING", "ENDED")
)
OUTCOME_OPEN, DONE, LEFT_QUEUE, DECLINED, BALKED_VISIT = (
    long(Outcome[name]) for name in ("OPEN", "DONE", "ABANDONED", "DECLINED", "BALKED")
)
RESOLVED, BLOCKED_FATE = long(Fate.RESOLVED), long(Fate.BLOCKED)

OWN_PRIORITY = long(NONE)
"""In a bot's queue a contact has its segment's priority."""

FATE_OF_END = tuple(long(FATES[-1 - place]) for place in range(len(FATES)))
"""Fates of the ends -1, -2, …"""


@inner
def arrive(world: World, contact: int) -> None:
    """The contact comes: it asks for a line where these are counted, else it begins its journey."""
    channel = world.contacts[contact].channel
    if are_counted(world, channel):
        call_in(world, contact)
    else:
        go_on(world, contact, world.channels[channel].entry)


@inner
def go_on(world: World, contact: int, step: int) -> None:
    """To the next step, or to an end: the loop lets the contact enter it."""
    if step != STAY:
        world.now[0].moving = contact
        world.now[0].step = step


@inner
def turn_away(world: World, contact: int) -> None:
    """The contact will not join its queue; or, where it is at no step yet, it has no line."""
    visit = world.contacts[contact].visit
    if visit == NOBODY:
        go_on(world, contact, BLOCKED)
    else:
        _end_visit(world, visit, BALKED_VISIT)
        go_on(world, contact, BALKED)


@inner
def _end(world: World, contact: int, end: int) -> None:
    """The contact ends; the customer may come back."""
    who = world.contacts[contact]
    who.end = world.now[0].time
    who.fate = FATE_OF_END[-1 - end]
    who.phase = ENDED
    if who.fate != BLOCKED_FATE and are_counted(world, who.channel):
        hang_up(world, who.channel)
    if who.fate != RESOLVED:
        come_back(world, contact)


@inner
def enter(world: World) -> None:
    """The contact on its way ends; or reaches its step: it queues, or begins at once, or declines a bot."""
    contact, step = world.now[0].moving, world.now[0].step
    world.now[0].step = STAY
    if step < 0:
        _end(world, contact, step)
        return
    _begin_visit(world, contact, step)
    here = world.model.steps[step]
    if here.kind == WORK:
        request(world, contact, step, here.priority)
    elif here.kind == BOT and _declines(world, contact):
        _end_visit(world, world.contacts[contact].visit, DECLINED)
        go_on(world, contact, here.handoff)
    elif here.kind == BOT and world.model.bots[here.bot].sessions >= 0:
        request(world, contact, len(world.model.steps) + here.bot, OWN_PRIORITY)
    else:
        grant(world, contact)


@inner
def _begin_visit(world: World, contact: int, step: int) -> None:
    number = world.now[0].visits
    world.now[0].visits = number + 1
    who, visit = world.contacts[contact], world.visits[number]
    before = who.visit
    visit.contact, visit.step, visit.before = contact, step, before
    visit.number = world.visits[before].number + 1 if before != NOBODY else 0
    visit.joined = world.now[0].time
    visit.started = visit.ended = visit.wrapped = float("nan")
    visit.agent = NOBODY
    visit.drawn = 0
    visit.outcome = OUTCOME_OPEN
    who.visit = number


@inner
def _declines(world: World, contact: int) -> bool:
    accepts = world.model.segments[world.contacts[contact].segment].accepts_bot
    if accepts >= 1.0:
        return False
    _, u, _, _ = contact_uniforms(world, contact, CONTACT_BLOCK)
    return u >= accepts


@inner
def start(world: World, contact: int) -> None:
    """Service begins: its time is drawn now, since it may depend on the hour and on who serves.

    Or, for one at no step yet, the journey begins: a line was free.
    """
    who, now = world.contacts[contact], world.now[0].time
    if who.visit == NOBODY:
        go_on(world, contact, world.channels[who.channel].entry)
        return
    visit = world.visits[who.visit]
    visit.started = now
    step = long(visit.step)
    here = world.model.steps[step]
    kind, team, time_lookup = here.kind, NO_TEAM, here.time
    if kind == WORK:
        visit.agent = who.agent
        team = world.agents[who.agent].team
    elif kind == BOT:
        time_lookup = world.model.bots[here.bot].time
    time_row = row_of(world, time_lookup, contact, now, team)
    wrap_row = row_of(world, here.wrap_up, contact, now, team)
    time, wrap_up, u_next, u_result = draw_visit(world, who.visit, time_row, wrap_row)
    who.u = u_result if kind == BOT else u_next
    if kind == WORK:
        who.wrap_up = wrap_up
        if who.time_saved != 0.0:
            time *= 1.0 - who.time_saved
            who.time_saved = 0.0
        who.phase = AT_WORK
    elif kind == BOT:
        who.phase = IN_BOT
    elif kind == DELAY:
        who.phase = IN_DELAY
    else:  # a choice is made at once
        _end_visit(world, who.visit, DONE)
        go_on(world, contact, next_step(world, contact, step))
        return
    plan_event(world, first_contact(world) + contact, now + time)


@inner
def act(world: World, contact: int) -> None:
    """What the contact was at is over: it goes on, or leaves the queue."""
    who = world.contacts[contact]
    if who.phase == COMING:
        arrive(world, contact)
        return
    step = long(world.visits[who.visit].step)
    after = STAY
    if who.phase == WAITING:
        leave(world, queue_of(world, contact))
        _end_visit(world, who.visit, LEFT_QUEUE)
        after = ABANDONED
    elif who.phase == AT_WORK:
        _end_talk(world, contact)
        after = next_step(world, contact, step)
    elif who.phase == IN_DELAY:
        _end_visit(world, who.visit, DONE)
        after = next_step(world, contact, step)
    elif who.phase == IN_BOT:
        after = end_bot_time(world, contact, world.model.steps[step].bot)
    elif who.phase == AT_BARRIER:
        after = end_attempt(world, contact, world.model.steps[step].bot)
    go_on(world, contact, after)


@inner
def _end_talk(world: World, contact: int) -> None:
    """The customer goes on while the agent wraps up."""
    who = world.contacts[contact]
    visit = world.visits[who.visit]
    visit.ended = world.now[0].time
    visit.outcome = DONE
    finish_talk(world, who.agent, who.visit, who.wrap_up)


@inner
def _end_visit(world: World, number: int, outcome: int) -> None:
    visit = world.visits[number]
    visit.ended = visit.wrapped = world.now[0].time
    visit.outcome = outcome
