"""Customers come, take their channel's journey, and come back when their need was not met."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy.events import Event

from sim.engine.endings import FATES, REOPENING_MEAN
from sim.engine.realise import Arrivals
from sim.engine.reference.clock import Alarm
from sim.engine.reference.records import Contact
from sim.log import Fate

if TYPE_CHECKING:
    from sim.engine.reference.world import World


def arrive(world: World, arrivals: Arrivals, channel: int) -> Generator[Event, None, None]:
    """The first contacts of a channel's cases, each at its time."""
    here = arrivals.channel == channel
    clock, contact = world.clock, world.draws.contact
    columns = (arrivals.time, arrivals.entity, arrivals.reason, arrivals.segment)
    for time, entity, reason, segment in zip(*(column[here].tolist() for column in columns), strict=True):
        yield Alarm(clock, time)
        draws = contact(channel, entity)
        clock.process(journey(world, Contact(channel, entity, channel, reason, segment, time, draws)))


def journey(world: World, contact: Contact) -> Generator[Event, None, None]:
    """One contact, from arrival through its channel's steps to its fate."""
    world.contacts.append(contact)
    step = world.channel_entry[contact.channel]
    while step >= 0:
        step = yield from world.steps[step](contact)
    contact.end = world.clock.now
    contact.fate = FATES[step]
    if contact.fate in (Fate.UNRESOLVED, Fate.FALSELY_RESOLVED):
        come_back(world, contact)


def come_back(world: World, contact: Contact) -> None:
    """Perhaps a recontact: the same case through the same channel, some time later."""
    plan, draws, now = world.plan, world.draws, world.clock.now
    if contact.number >= plan.recontact_at_most:
        return
    share = plan.recontact_unresolved if contact.fate == Fate.UNRESOLVED else plan.recontact_falsely_resolved
    if contact.u_return >= draws.share(share, contact, now):
        return
    u_delay, u_reopening, _, _ = draws.contact(contact.origin, contact.entity, block=1)
    row = draws.row(plan.recontact_after, contact, now)
    time = now + draws.contact_time(contact, row, u_delay, home=4)
    opening = world.next_opening(contact.channel, time)
    if opening > time:
        time = opening + draws.exponential(REOPENING_MEAN, u_reopening)
    if time < world.end:
        Alarm(world.clock, time, lambda _: _return(world, contact, time))


def _return(world: World, before: Contact, time: float) -> None:
    entity = before.entity + 1
    again = Contact(
        before.origin,
        entity,
        before.channel,
        before.reason,
        before.segment,
        time,
        world.draws.contact(before.origin, entity),
    )
    world.clock.process(journey(world, again))
