"""Customers come, and come back when their need was not met."""

import math

from sim.compilation import inner
from sim.engine.compiled.draws import (
    CONTACT_BLOCK,
    NO_TEAM,
    RETURN_BLOCK,
    RETURN_DELAY_HOME,
    contact_time,
    contact_uniforms,
    row_of,
    share_of,
)
from sim.engine.compiled.events import arrivals, first_contact, plan_event
from sim.engine.compiled.model import long
from sim.engine.compiled.world import NOBODY, Phase, World
from sim.engine.endings import REOPENING_MEAN, UNSERVED
from sim.engine.realise import category
from sim.log import Fate

COMING = long(Phase.COMING)
OPEN, UNRESOLVED, FALSELY_RESOLVED = (
    long(fate) for fate in (Fate.OPEN, Fate.UNRESOLVED, Fate.FALSELY_RESOLVED)
)
ABANDONED, BALKED, BLOCKED = (long(fate) for fate in UNSERVED)


@inner
def plan_arrival(world: World, channel: int) -> None:
    """Plan the channel's next first contact, if there is one."""
    here = world.channels[channel]
    if here.next_arrival < here.last_arrival:
        plan_event(world, arrivals(world, channel), world.contacts[here.next_arrival].arrival)


@inner
def next_customer(world: World, channel: int) -> int:
    """The case's first contact that comes now."""
    contact = world.channels[channel].next_arrival
    world.channels[channel].next_arrival = contact + 1
    plan_arrival(world, channel)
    return contact


@inner
def _was_unserved(fate: int) -> bool:
    return fate in (ABANDONED, BALKED, BLOCKED)


@inner
def come_back(world: World, contact: int) -> None:
    """Perhaps the next contact of the case, some time later: a retry, or a recontact."""
    settings, who = world.settings, world.contacts[contact]
    here = world.channels[who.channel]
    if _was_unserved(who.fate):
        share, after, left = here.retry_share, here.retry_after, here.retry_at_most - who.retries
    elif who.fate == UNRESOLVED or who.fate == FALSELY_RESOLVED:
        unresolved = who.fate == UNRESOLVED
        share = settings.recontact_unresolved if unresolved else settings.recontact_falsely_resolved
        after, left = settings.recontact_after, settings.recontact_at_most - who.recontacts
    else:
        return
    if left <= 0:
        return
    now = world.now[0].time
    _, _, _, u_return = contact_uniforms(world, contact, CONTACT_BLOCK)
    if u_return >= share_of(world, share, contact, now):
        return
    u_delay, u_reopening, u_channel, _ = contact_uniforms(world, contact, RETURN_BLOCK)
    row = row_of(world, after, contact, now, NO_TEAM)
    time = now + contact_time(world, contact, row, u_delay, RETURN_DELAY_HOME)
    shares = world.model.retry_channel if _was_unserved(who.fate) else world.model.recontact_channel
    channel = long(category(shares[who.channel], u_channel))
    opening = _next_opening(world, channel, time)
    if opening > time:
        time = opening - REOPENING_MEAN * math.log1p(-u_reopening)
    if time < world.settings.end:
        _come_again(world, contact, channel, time)


@inner
def _next_opening(world: World, channel: int, time: float) -> float:
    """When the channel is next open: `time` itself if it is open then, infinity if never again."""
    openings = world.model.openings
    low, last = world.channels[channel].first_opening, world.channels[channel].last_opening
    high = last
    while low < high:
        middle = (low + high) >> 1
        if openings[middle].end > time:
            high = middle
        else:
            low = middle + 1
    return max(time, openings[low].start) if low < last else float("inf")


@inner
def _come_again(world: World, contact: int, channel: int, time: float) -> None:
    """The next contact of a case is on its way."""
    number = world.now[0].contacts
    world.now[0].contacts = number + 1
    before, again = world.contacts[contact], world.contacts[number]
    before.again = number
    again.entity = before.entity + 1
    again.origin, again.channel = before.origin, channel
    again.reason, again.segment = before.reason, before.segment
    again.arrival = time
    again.end = again.place = float("nan")
    again.time_saved = 0.0
    again.visit = again.again = NOBODY
    again.fate, again.phase = OPEN, COMING
    is_retry = 1 if _was_unserved(before.fate) else 0
    again.retries, again.recontacts = before.retries + is_retry, before.recontacts + 1 - is_retry
    plan_event(world, first_contact(world) + number, time)
