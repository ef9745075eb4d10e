"""What there is in one replication: arrays of records, one record for each contact, visit, agent and so on.

A record holds all that belongs to one thing, so that looking at it touches one or two lines of the
processor's cache. `World` is handed to every compiled function; nothing in it is a Python object.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from sim.compilation import compiled
from sim.engine.attendance import Attendance, attend
from sim.engine.compiled.model import Floats, Longs, Model, Records, Settings, long, model_of, settings_of
from sim.engine.realise import Arrivals
from sim.plan import Ints, Plan

NOBODY = long(-1)
"""No contact, agent, visit or queue."""

OFF = long(-1)
"""An agent's state between shifts; the others are those of `sim.log.State`."""

STAY = long(-9)
"""In place of a next step: the contact stays where it is for now."""

FIRST_EVENT = 2
"""Room for so many new records must be there before each turn of the loop, beside one for each agent."""


class Phase(IntEnum):
    """What a contact is at, and so what its next event means."""

    COMING = 0  # arrives
    WAITING = 1  # runs out of patience
    GRANTED = 2  # got a line, or begins service, at this instant: no event
    AT_WORK = 3  # the talk with an agent ends
    IN_DELAY = 4  # the delay ends
    IN_BOT = 5  # the bot's time ends
    AT_BARRIER = 6  # one more bot time ends, spent on an attempt to reach a person
    LEAVING = 7  # blocked, or balks, at this instant: no event
    ENDED = 8  # no event


CONTACT = np.dtype(
    [
        ("entity", "i8"),
        ("visit", "i8"),  # the latest
        ("agent", "i8"),  # who serves it
        ("arrival", "f8"),
        ("end", "f8"),
        ("order", "f8"),  # order time in its queue
        ("place", "f8"),  # joining time kept from before, for the next queue; NaN: none
        ("time_saved", "f8"),  # share of the next handle time
        ("wrap_up", "f8"),  # of the work that goes on
        ("u", "f8"),  # the uniform that decides what comes after this visit
        ("origin", "i4"),
        ("channel", "i4"),
        ("reason", "i4"),
        ("segment", "i4"),
        ("priority", "i4"),  # in its queue
        ("child", "i4"),  # in its queue's heap
        ("sibling", "i4"),  # in its queue's heap; afterwards, among those granted
        (
            "joined_before",
            "i4",
        ),  # the next of those that joined or called since the last match, or leave
        ("again", "i4"),  # the next contact of the case
        ("attempt", "i4"),  # to reach a person
        ("retries", "i4"),  # in the case so far
        ("recontacts", "i4"),
        ("phase", "i1"),
        ("fate", "i1"),
    ],
    align=True,
)

VISIT = np.dtype(
    [
        ("joined", "f8"),
        ("started", "f8"),
        ("ended", "f8"),
        ("wrapped", "f8"),
        ("contact", "i4"),
        ("number", "i4"),
        ("step", "i4"),
        ("agent", "i4"),
        ("before", "i4"),  # the contact's visit before this one
        ("drawn", "i4"),  # how often this contact has drawn at this step, this visit included
        ("outcome", "i1"),
    ],
    align=True,
)

AGENT = np.dtype(
    [
        ("since", "f8"),  # when the present stretch began
        ("available_since", "f8"),
        ("visit", "i8"),  # whose wrap-up is being done
        ("team", "i8"),
        ("duty", "i8"),  # the present or next one
        ("last_duty", "i8"),  # where the agent's duties end
        ("due", "i8"),  # the next break of the duty that is not due yet
        ("owed", "i8"),  # the first break that is due and not begun; those before `due` are
        ("ahead", "i4"),  # neighbours among the idle of the team
        ("behind", "i4"),
        ("state", "i1"),
        ("on_shift", "i1"),
        ("absent", "i1"),  # from a shift that is paid all the same
        ("overtime", "i1"),  # whether the present stretch is after the end of the shift
    ],
    align=True,
)

TEAM = np.dtype([("first", "i8"), ("last", "i8")], align=True)
"""The idle agents of a team, in the order of (available since, number)."""

QUEUE = np.dtype([("root", "i8"), ("waiting", "i8"), ("free", "i8"), ("undecided", "i8")], align=True)
"""Those who wait for a step, or for a session of a bot, of which so many are free.

undecided: how many of those who wait have still to look at how long the queue is.
"""

STRETCH = np.dtype(
    [
        ("start", "f8"),
        ("end", "f8"),
        ("agent", "i4"),
        ("load", "i4"),
        ("state", "i1"),
        ("overtime", "i1"),
    ],
    align=True,
)
"""A stretch of an agent's time in one state."""

NOW = np.dtype(
    [
        ("time", "f8"),
        ("events", "i8"),  # how many there are, a gap included
        ("contacts", "i8"),
        ("visits", "i8"),
        ("stretches", "i8"),
        ("waiting", "i8"),  # contacts in all queues
        ("balks", "i1"),  # whether somebody who may balk has joined since the last match
        ("joined", "i8"),  # list of those that joined since the last match
        ("calling", "i8"),  # list of those that want a line, since the last match
        ("leaving", "i8"),  # list of those that are blocked or balk now
        ("granted", "i8"),  # list of those that got a line, or begin service, now
        ("moving", "i8"),  # who is on the way to a step, and to which
        ("step", "i8"),
        ("gap", "i1"),  # whether the first event is one that was taken
        ("dispatch", "i1"),  # whether something changed that the dispatcher must look at
    ],
    align=True,
)


EVENT = np.dtype([("time", "f8"), ("thing", "i8")])

CHANNEL = np.dtype(
    [
        ("entry", "i8"),  # first step
        ("patience", "i8"),  # lookup
        ("stream", "i8"),  # of its contacts
        ("first_opening", "i8"),
        ("last_opening", "i8"),
        ("next_arrival", "i8"),  # the contact that comes next
        ("last_arrival", "i8"),  # where the channel's first contacts end
        ("lines", "i8"),  # free ones; NOBODY: as many as there are contacts
        ("balk_line", "i8"),  # who meets so many waiting may not join; NOBODY: everybody joins
        ("balk_share", "i8"),  # lookup
        ("retry_share", "i8"),  # lookups, and how often at most
        ("retry_after", "i8"),
        ("retry_at_most", "i8"),
    ]
)


class World(NamedTuple):
    """Everything of one replication."""

    model: Model
    settings: Settings
    now: Records  # [1] NOW
    events: Records  # EVENT: the heap of events; see `events`
    event_place: Longs  # [thing] its place in the heap, NOBODY: no event
    contacts: Records  # CONTACT: first contacts in the log's order, then returns
    channels: Records  # CHANNEL
    visits: Records  # VISIT, in the order of joining
    agents: Records  # AGENT
    teams: Records  # TEAM
    queues: Records  # QUEUE: one for each step, then one for each bot
    stretches: Records  # STRETCH, in the order of their ends


def new_world(plan: Plan, replication: int, arrivals: Arrivals, room: int | None = None) -> World:
    """A replication before anything has happened; `room` is for visits and stretches at first."""
    attendance = attend(plan, replication)
    channels, agents, found = len(plan.channel_entry), len(plan.agent_team), len(arrivals.time)
    room = 2 * found + 64 if room is None else room
    contacts = _first_contacts(arrivals, spare=1 + (room // 8 if plan.returns_at_most else 0))
    things = 2 * agents + channels + len(contacts)
    now = np.zeros(1, dtype=NOW)
    now["time"], now["contacts"] = plan.begin, found
    now["joined"] = now["calling"] = now["leaving"] = now["granted"] = now["moving"] = NOBODY
    now["step"] = STAY
    queues = np.zeros(len(plan.step_kind) + len(plan.bot_sessions), dtype=QUEUE)
    queues["root"] = NOBODY
    queues["free"][len(plan.step_kind) :] = plan.bot_sessions
    teams = np.zeros(len(plan.skill_level), dtype=TEAM)
    teams["first"] = teams["last"] = NOBODY
    return World(
        model=model_of(plan, attendance),
        settings=settings_of(plan, replication),
        now=now,
        events=_no_events(things + 4),
        event_place=np.full(things, NOBODY, dtype=np.int64),
        contacts=contacts,
        channels=_channels(plan, arrivals),
        visits=np.empty(room, dtype=VISIT),
        agents=_agents(plan, attendance),
        teams=teams,
        queues=queues,
        stretches=np.empty(2 * room + 2 * agents, dtype=STRETCH),
    )


def _first_contacts(arrivals: Arrivals, spare: int) -> Records:
    """The contacts that open the cases, and so many empty records for those that come back."""
    found = len(arrivals.time)
    contacts = np.zeros(found + spare, dtype=CONTACT)
    _write_first_contacts(
        contacts, arrivals.channel, arrivals.entity, arrivals.time, arrivals.reason, arrivals.segment
    )
    return contacts


@compiled
def _write_first_contacts(
    contacts: Records, channel: Ints, entity: Longs, time: Floats, reason: Ints, segment: Ints
) -> None:
    for row in range(len(time)):
        contact = contacts[row]
        contact.entity, contact.arrival = entity[row], time[row]
        contact.origin = contact.channel = channel[row]
        contact.reason, contact.segment = reason[row], segment[row]
        contact.end = contact.place = np.nan
        contact.visit = contact.agent = contact.again = NOBODY


def _no_events(count: int) -> Records:
    """Room in the heap; what has no event comes after all that has."""
    events = np.zeros(count, dtype=EVENT)
    events["time"] = np.inf
    return events


def _channels(plan: Plan, arrivals: Arrivals) -> Records:
    channels = np.zeros(len(plan.channel_entry), dtype=CHANNEL)
    channels["entry"], channels["patience"] = plan.channel_entry, plan.channel_patience
    channels["stream"] = plan.stream_contact
    for name in ("retry_share", "retry_after", "retry_at_most"):
        channels[name] = getattr(plan, name)
    for name in ("lines", "balk_line", "balk_share"):
        channels[name] = getattr(plan, f"channel_{name}")
    channels["first_opening"], channels["last_opening"] = plan.open_offset[:-1], plan.open_offset[1:]
    channels["last_arrival"] = np.searchsorted(arrivals.channel, np.arange(len(channels)), side="right")
    channels["next_arrival"][1:] = channels["last_arrival"][:-1]
    return channels


def _agents(plan: Plan, attendance: Attendance) -> Records:
    agents = np.zeros(len(plan.agent_team), dtype=AGENT)
    agents["since"] = plan.begin
    agents["team"] = plan.agent_team
    agents["duty"], agents["last_duty"] = attendance.offset[:-1], attendance.offset[1:]
    agents["state"] = OFF
    agents["ahead"] = agents["behind"] = NOBODY
    return agents


def with_room(world: World) -> World:
    """The same world with more room for whatever is about to run out of it."""
    now = world.now[0]
    changed: dict[str, Any] = {}
    if is_full(len(world.visits), now["visits"], 1):
        changed["visits"] = _longer(world.visits)
    if is_full(len(world.stretches), now["stretches"], len(world.agents) + FIRST_EVENT):
        changed["stretches"] = _longer(world.stretches)
    if is_full(len(world.contacts), now["contacts"], 1):
        changed["contacts"] = _longer(world.contacts)
        more = len(changed["contacts"]) - len(world.contacts)
        changed["events"] = np.concatenate([world.events, _no_events(more)])
        changed["event_place"] = np.concatenate([world.event_place, np.full(more, NOBODY)])
    return world._replace(**changed)


def is_full(length: int, used: int, needed: int) -> bool:
    """Whether fewer than `needed` records are left."""
    return used + needed > length


def _longer(records: Records) -> Records:
    """Half as long again, and some more; memory that is not written to yet takes no room."""
    longer = np.zeros(len(records) + len(records) // 2 + 1024, dtype=records.dtype)
    longer[: len(records)] = records
    return longer
