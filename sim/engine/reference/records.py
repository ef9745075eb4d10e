"""What the reference engine remembers, and how it becomes the Log's columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.log import AgentIntervals, Contacts, Fate, Log, Outcome, Visits

NAN = math.nan


class Contact:
    """One attempt of a customer: identity, attributes, and what it carries from step to step."""

    __slots__ = (
        "arrival", "been", "channel", "end", "entity", "fate", "number", "origin", "place", "point", "reason",
        "segment", "time_saved", "u_bot", "u_patience", "u_return", "visits",
    )  # fmt: skip

    def __init__(
        self,
        origin: int,
        entity: int,
        channel: int,
        reason: int,
        segment: int,
        arrival: float,
        draws: tuple[float, float, float, float],
    ) -> None:
        self.origin = origin
        self.entity = entity
        self.channel = channel
        self.reason = reason
        self.segment = segment
        self.arrival = arrival
        self.end = NAN
        self.fate = Fate.OPEN
        self.u_patience, self.u_bot, _, self.u_return = draws
        self.number = entity & 255
        self.point = [reason, segment, channel, 0, 0, self.number]
        self.place: float | None = None  # joining time kept from before, for the next queue
        self.time_saved = 0.0  # share of the next handle time
        self.visits = 0
        self.been: dict[int, int] = {}  # visits so far by step


class Visit:
    """One visit of a contact to a step."""

    __slots__ = ("agent", "contact", "ended", "joined", "number", "outcome", "started", "step", "wrapped")

    def __init__(self, contact: Contact, step: int, now: float) -> None:
        self.contact = contact
        self.number = contact.visits
        self.step = step
        self.joined = now
        self.started = self.ended = self.wrapped = NAN
        self.agent = -1
        self.outcome = Outcome.OPEN
        contact.visits += 1


def to_log(
    replication: int,
    contacts: Sequence[Contact],
    visits: Sequence[Visit],
    intervals: Sequence[tuple[int, float, float, int, int, int]],
) -> Log:
    """Columns in the Log's order: contacts by (origin, entity), visits by (contact, number), agents by
    (agent, start)."""
    ordered = sorted(contacts, key=lambda contact: (contact.origin, contact.entity))
    row = {id(contact): index for index, contact in enumerate(ordered)}
    visit_rows = sorted((row[id(visit.contact)], visit.number, index) for index, visit in enumerate(visits))
    in_order = [visits[index] for _, _, index in visit_rows]

    def column(records: Sequence[Any], name: str, dtype: str) -> NDArray[Any]:
        return np.array([getattr(record, name) for record in records], dtype=dtype)

    stays = sorted(intervals)
    return Log(
        replication=replication,
        contacts=Contacts(**{name: column(ordered, name, dtype) for name, dtype in Contacts.DTYPES.items()}),
        visits=Visits(
            contact=np.array([contact for contact, _, _ in visit_rows], dtype="<i8"),
            **{
                name: column(in_order, name, dtype)
                for name, dtype in Visits.DTYPES.items()
                if name != "contact"
            },
        ),
        agents=AgentIntervals(
            agent=np.array([stay[0] for stay in stays], dtype="<i4"),
            start=np.array([stay[1] for stay in stays], dtype="<f8"),
            end=np.array([stay[2] for stay in stays], dtype="<f8"),
            state=np.array([stay[3] for stay in stays], dtype="i1"),
            load=np.array([stay[4] for stay in stays], dtype="<i4"),
            overtime=np.array([stay[5] for stay in stays], dtype="i1"),
        ),
    )
