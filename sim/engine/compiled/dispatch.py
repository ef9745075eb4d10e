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
)
from sim.engine.compiled.events import cancel_event, first_contact, plan_event
from sim.engine.compiled.model import long
from sim.engine.compiled.queues import drop_head, head, join, leave
from sim.engine.compiled.world import NOBODY, Phase, World
from sim.plan import NONE

WAITING, GRANTED = long(Phase.WAITING), long(Phase.GRANTED)


@inner
def request(world: World, contact: int, queue: int, priority: int) -> None:
    """Join a queue now. A place kept from before and a head start only order."""
    who = world.contacts[contact]
    time = world.now[0].time if np.isnan(who.place) else who.place
    segment = world.model.segments[who.segment]
    who.order = time - segment.head_start
    who.priority = segment.priority if priority == NONE else priority
    who.place = np.nan
    join(world, contact, queue)


@inner
def grant(world: World, contact: int) -> None:
    """The contact begins service: it is handed on to the loop."""
    world.contacts[contact].phase = GRANTED
    world.contacts[contact].sibling = world.now[0].granted
    world.now[0].granted = contact


@inner
def next_granted(world: World) -> int:
    """One of those who begin service now; there must be one."""
    contact = world.now[0].granted
    world.now[0].granted = world.contacts[contact].sibling
    return contact


@inner
def match(world: World) -> None:
    """Match those who wait with what is free; then patience begins for those who joined and still wait."""
    world.now[0].dispatch = 0
    if world.now[0].waiting > 0:
        _match_sessions(world)
    while world.now[0].waiting > 0:
        contact, agent, queue = _least_pair(world)
        if contact == NOBODY:
            break
        _admit(world, contact, queue)
        world.contacts[contact].agent = agent
        take(world, agent)
    _start_patience(world)


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
def _start_patience(world: World) -> None:
    """A patience timer begins only now: a joiner with zero patience is served if matched at once."""
    now = world.now[0]
    contact = now.joined
    now.joined = NOBODY
    while contact != NOBODY:
        who = world.contacts[contact]
        lookup = world.channels[who.channel].patience
        if who.phase == WAITING and lookup != NONE:
            row = row_of(world, lookup, contact, now.time, NO_TEAM)
            u, _, _, _ = contact_uniforms(world, contact, CONTACT_BLOCK)
            time = contact_time(world, contact, row, u, PATIENCE_HOME)
            plan_event(world, first_contact(world) + contact, now.time + time)
        contact = long(who.joined_before)
