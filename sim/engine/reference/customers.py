"""Customers come, take their channel's journey, and come back when their need was not met."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simpy.events import Event

from sim.engine.endings import BLOCKED, FATES, REOPENING_MEAN, UNSERVED
from sim.engine.realise import Arrivals, category
from sim.engine.reference.clock import Alarm
from sim.engine.reference.records import Contact
from sim.log import Fate
from sim.plan import Floats, Plan

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


def journey(world: World, contact: Contact) -> Generator[Event, Any, None]:
    """One contact, from arrival through its channel's steps to its fate."""
    world.contacts.append(contact)
    lines = world.lines[contact.channel]
    has_line = lines is None or (yield world.dispatcher.call_in(contact, lines))
    step = world.channel_entry[contact.channel] if has_line else BLOCKED
    while step >= 0:
        step = yield from world.steps[step](contact)
    if lines is not None and has_line:
        lines.free += 1
    contact.end = world.clock.now
    contact.fate = FATES[step]
    if contact.fate != Fate.RESOLVED:
        come_back(world, contact)


def come_back(world: World, contact: Contact) -> None:
    """Perhaps the next contact of the case, some time later: a retry, or a recontact."""
    draws, now = world.draws, world.clock.now
    rule = world.returns.after(contact)
    if (
        rule is None
        or rule.so_far >= rule.at_most
        or contact.u_return >= draws.share(rule.share, contact, now)
    ):
        return
    u_delay, u_reopening, u_channel, _ = draws.contact(contact.origin, contact.entity, block=1)
    row = draws.row(rule.delay, contact, now)
    time = now + draws.contact_time(contact, row, u_delay, home=4)
    channel = category(rule.channels, u_channel)
    opening = world.next_opening(channel, time)
    if opening > time:
        time = opening + draws.exponential(REOPENING_MEAN, u_reopening)
    if time < world.end:
        Alarm(world.clock, time, lambda _: _return(world, contact, channel, time))


@dataclass(frozen=True)
class Return:
    """A way to come back: the lookups of share and delay, how often, and cumulative shares of channels."""

    share: int
    delay: int
    so_far: int
    at_most: int
    channels: Floats


class Returns:
    """After which ends customers may come back, and how."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.recontact_shares = {
            Fate.UNRESOLVED: plan.recontact_unresolved,
            Fate.FALSELY_RESOLVED: plan.recontact_falsely_resolved,
        }
        self.retry_share: list[int] = plan.retry_share.tolist()
        self.retry_after: list[int] = plan.retry_after.tolist()
        self.retry_at_most: list[int] = plan.retry_at_most.tolist()

    def after(self, contact: Contact) -> Return | None:
        """How this contact may be followed by another; None: not at all."""
        plan, channel = self.plan, contact.channel
        if contact.fate in UNSERVED and self.retry_at_most[channel]:
            return Return(
                self.retry_share[channel],
                self.retry_after[channel],
                contact.retries,
                self.retry_at_most[channel],
                plan.retry_channel[channel],
            )
        if contact.fate in self.recontact_shares and plan.recontact_at_most:
            return Return(
                self.recontact_shares[contact.fate],
                plan.recontact_after,
                contact.recontacts,
                plan.recontact_at_most,
                plan.recontact_channel[channel],
            )
        return None


def _return(world: World, before: Contact, channel: int, time: float) -> None:
    entity = before.entity + 1
    again = Contact(
        before.origin,
        entity,
        channel,
        before.reason,
        before.segment,
        time,
        world.draws.contact(before.origin, entity),
    )
    is_retry = before.fate in UNSERVED
    again.retries, again.recontacts = before.retries + is_retry, before.recontacts + (not is_retry)
    world.clock.process(journey(world, again))
