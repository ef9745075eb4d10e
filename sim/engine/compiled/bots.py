"""Bots: a session contains the contact, truly or falsely, or hands it over after so many attempts.

One uniform decides: it truly resolves, or falsely resolves, or cannot. If it cannot, all attempts to
reach a person but the last fail; each failed one costs a further bot time, after which the customer
may give up.
"""

from sim.compilation import inner
from sim.engine.compiled.draws import NO_TEAM, draw_attempt, row_of, share_of
from sim.engine.compiled.events import first_contact, plan_event
from sim.engine.compiled.model import long
from sim.engine.compiled.world import STAY, Phase, World
from sim.engine.endings import GAVE_UP
from sim.log import Outcome
from sim.plan import End

AT_BARRIER = long(Phase.AT_BARRIER)
CONTAINED, FALSELY_CONTAINED, HANDED_OFF, LEFT = (
    long(outcome)
    for outcome in (Outcome.CONTAINED, Outcome.FALSELY_CONTAINED, Outcome.HANDED_OFF, Outcome.GAVE_UP)
)
RESOLVED, FALSELY_RESOLVED = long(End.RESOLVED), long(End.FALSELY_RESOLVED)


@inner
def end_bot_time(world: World, contact: int, bot: int) -> int:
    """The bot has done what it can; returns where the contact goes: an end, a step, or STAY."""
    who, time = world.contacts[contact], world.now[0].time
    resolves = share_of(world, world.model.bots[bot].resolves, contact, time)
    if who.u < resolves:
        return _end_session(world, contact, bot, CONTAINED)
    if who.u < resolves + share_of(world, world.model.bots[bot].falsely_resolves, contact, time):
        return _end_session(world, contact, bot, FALSELY_CONTAINED)
    who.attempt = 0
    return _try_for_a_person(world, contact, bot)


@inner
def end_attempt(world: World, contact: int, bot: int) -> int:
    """An attempt to reach a person has failed; returns as `end_bot_time`."""
    who = world.contacts[contact]
    if who.u < share_of(world, world.model.bots[bot].gives_up, contact, world.now[0].time):
        return _end_session(world, contact, bot, LEFT)
    return _try_for_a_person(world, contact, bot)


@inner
def _try_for_a_person(world: World, contact: int, bot: int) -> int:
    """The next attempt to reach a person: the last hands over, the others cost a bot time."""
    machine, who, time = world.model.bots[bot], world.contacts[contact], world.now[0].time
    who.attempt += 1
    if who.attempt >= machine.attempts:
        return _end_session(world, contact, bot, HANDED_OFF)
    row = row_of(world, machine.time, contact, time, NO_TEAM)
    length, who.u = draw_attempt(world, who.visit, who.attempt, row)
    who.phase = AT_BARRIER
    plan_event(world, first_contact(world) + contact, time + length)
    return STAY


@inner
def _end_session(world: World, contact: int, bot: int, outcome: int) -> int:
    """The session is free again; returns where the contact goes."""
    machine, who = world.model.bots[bot], world.contacts[contact]
    visit = world.visits[who.visit]
    visit.ended = visit.wrapped = world.now[0].time
    visit.outcome = outcome
    if machine.sessions >= 0:
        world.queues[len(world.model.steps) + bot].free += 1
        world.now[0].dispatch = 1
    if outcome == CONTAINED:
        return RESOLVED
    if outcome == FALSELY_CONTAINED:
        return FALSELY_RESOLVED
    if outcome == LEFT:
        return GAVE_UP
    who.time_saved = machine.saves
    if machine.keeps_place:
        who.place = visit.joined
    return world.model.steps[visit.step].handoff
