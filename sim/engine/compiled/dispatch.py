"""The dispatcher: every admission to something limited, once per instant, after all changes of the instant.

Repeatedly the least eligible pair (contact, agent) under the key: priority (1 first), skill level (1
first), order time, agent available since, contact, agent. Within one queue and one team the key splits
into the least contact and the least agent, so only heads are compared.
"""

import numpy as np

from sim.compilation import inner
from sim.engine.compiled.agents import take
from sim.engine.compiled.draws import (
    CONTACT_BLOCK,
    NO_TEAM,
    PATIENCE_HOME,
    contact_time,
    contact_uniforms,
    row_of,
    share_of,
)
from sim.engine.compiled.events import cancel_event, first_contact, plan_event
from sim.engine.compiled.lines import next_call, take_line
from sim.engine.compiled.model import long
from sim.engine.compiled.queues import drop_head, head, join, leave, take_least
from sim.engine.compiled.world import NOBODY, Phase, World
from sim.plan import NONE, StepKind

WAITING, GRANTED, LEAVING = long(Phase.WAITING), long(Phase.GRANTED), long(Phase.LEAVING)
BOT = long(StepKind.BOT)


@inner
def request(world: World, contact: int, queue: int, priority: int) -> None:
    """Join a queue now. A place kept from before and a head start only order."""
    who = world.contacts[contact]
    time = world.now[0].time if np.isnan(who.place) else who.place
    segment = world.model.segments[who.segment]
    who.order = time - segment.head_start
    who.priority = segment.priority if priority == NONE else priority
    who.place = np.nan
    if world.channels[who.channel].balk_line != NOBODY:
        world.now[0].balks = 1
    join(world, contact, queue)


@inner
def grant(world: World, contact: int) -> None:
    """The contact got a line, or begins service: it is handed on to the loop."""
    world.contacts[contact].phase = GRANTED
    world.contacts[contact].sibling = world.now[0].granted
    world.now[0].granted = contact


@inner
def next_granted(world: World) -> int:
    """One of those who got a line or begin service now; there must be one."""
    contact = world.now[0].granted
    world.now[0].granted = world.contacts[contact].sibling
    return contact


@inner
def match(world: World) -> None:
    """Match those who wait with what is free; then who joined and still waits balks or grows impatient."""
    world.now[0].dispatch = 0
    while world.now[0].calling != NOBODY:
        _answer(world, next_call(world))
    if world.now[0].waiting > 0:
        _match_sessions(world)
    while world.now[0].waiting > 0:
        contact, agent, queue = _least_pair(world)
        if contact == NOBODY:
            break
        _admit(world, contact, queue)
        world.contacts[contact].agent = agent
        take(world, agent)
    _settle_joined(world)


@inner
def _match_sessions(world: World) -> None:
    steps = len(world.model.steps)
    for bot in range(len(world.model.bots)):
        sessions = world.queues[steps + bot]
        while sessions.waiting > 0 and sessions.free > 0:
            sessions.free -= 1
            _admit(world, head(world, steps + bot), steps + bot)


@inner
def _admit(world: World, contact: int, queue: int) -> None:
    """The queue's head is no longer waiting; a timer of its patience does not run off."""
    drop_head(world, queue)
    leave(world, queue)
    cancel_event(world, first_contact(world) + contact)
    grant(world, contact)


@inner
def _least_pair(world: World) -> tuple[int, int, int]:
    """Contact, agent and queue; NOBODY where nobody who waits meets anybody idle."""
    model, contacts, agents = world.model, world.contacts, world.agents
    contact, agent, at, level = NOBODY, NOBODY, NOBODY, 0
    for queue in range(len(model.steps)):
        if world.queues[queue].waiting == 0:
            continue
        first = NOBODY
        for team in range(len(world.teams)):
            idle, skill = world.teams[team].first, model.skill_level[team, queue]
            if skill == 0 or idle == NOBODY:
                continue
            if first == NOBODY:
                first = head(world, queue)
            if contact != NOBODY:
                a, b = contacts[first], contacts[contact]
                since, best = agents[idle].available_since, agents[agent].available_since
                if a.priority != b.priority:
                    less = a.priority < b.priority
                elif skill != level:
                    less = skill < level
                elif a.order != b.order:
                    less = a.order < b.order
                elif since != best:
                    less = since < best
                elif a.origin != b.origin:
                    less = a.origin < b.origin
                elif a.entity != b.entity:
                    less = a.entity < b.entity
                else:
                    less = idle < agent
                if not less:
                    continue
            contact, agent, at, level = first, idle, queue, skill
    return contact, agent, at


@inner
def _settle_joined(world: World) -> None:
    """Who joined and still waits balks or begins to be impatient: one by one, in key order where it matters.

    A patience timer begins only now: a joiner with zero patience is served if matched at once.
    """
    now = world.now[0]
    if now.balks:
        _count_undecided(world)
    while now.joined != NOBODY:
        contact = take_least(world, now.joined) if now.balks else long(now.joined)
        who = world.contacts[contact]
        now.joined = who.joined_before
        if who.phase == WAITING and now.balks and _balks(world, contact):
            leave(world, queue_of(world, contact))
            _turn_away(world, contact)
        elif who.phase == WAITING:
            _start_patience(world, contact)
    now.balks = 0


@inner
def _count_undecided(world: World) -> None:
    contact = long(world.now[0].joined)
    while contact != NOBODY:
        if world.contacts[contact].phase == WAITING:
            world.queues[queue_of(world, contact)].undecided += 1
        contact = long(world.contacts[contact].joined_before)


@inner
def _balks(world: World, contact: int) -> bool:
    """Whether the contact will not join a queue in which so many wait as do without those after it."""
    who, queue = world.contacts[contact], world.queues[queue_of(world, contact)]
    here = world.channels[who.channel]
    met = queue.waiting - queue.undecided
    queue.undecided -= 1
    if here.balk_line == NOBODY or met < here.balk_line:
        return False
    _, _, u, _ = contact_uniforms(world, contact, CONTACT_BLOCK)
    return u < share_of(world, here.balk_share, contact, world.now[0].time)


@inner
def _start_patience(world: World, contact: int) -> None:
    who, time = world.contacts[contact], world.now[0].time
    lookup = world.channels[who.channel].patience
    if lookup != NONE:
        row = row_of(world, lookup, contact, time, NO_TEAM)
        u, _, _, _ = contact_uniforms(world, contact, CONTACT_BLOCK)
        patience = contact_time(world, contact, row, u, PATIENCE_HOME)
        plan_event(world, first_contact(world) + contact, time + patience)


@inner
def _answer(world: World, contact: int) -> None:
    """The contact gets a line, or is blocked."""
    if take_line(world, world.contacts[contact].channel):
        grant(world, contact)
    else:
        _turn_away(world, contact)


@inner
def _turn_away(world: World, contact: int) -> None:
    """The contact ends at this instant, blocked or balking: it is handed on to the loop."""
    who = world.contacts[contact]
    who.phase = LEAVING
    who.joined_before = world.now[0].leaving
    world.now[0].leaving = contact


@inner
def next_leaving(world: World) -> int:
    """One of those who are turned away now; there must be one."""
    contact = long(world.now[0].leaving)
    world.now[0].leaving = world.contacts[contact].joined_before
    return contact


@inner
def queue_of(world: World, contact: int) -> int:
    """Where the contact waits: the queue of its step, or of the bot there."""
    step = world.visits[world.contacts[contact].visit].step
    here = world.model.steps[step]
    return len(world.model.steps) + here.bot if here.kind == BOT else long(step)
