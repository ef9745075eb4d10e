"""What the reference engine remembers, and how it becomes the Log's columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.log import AgentIntervals, Contacts, Fate, Log, Outcome, Visits

NAN = math.nan


class Contact:
    """One attempt of a customer: identity, attributes, and what it carries from step to step."""

    __slots__ = (
        "arrival", "been", "channel", "end", "entity", "fate", "number", "origin", "place", "point", "reason",
        "recontacts", "retries", "row", "segment", "time_saved", "u_balk", "u_bot", "u_patience", "u_return",
        "visits",
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
        self.u_patience, self.u_bot, self.u_balk, self.u_return = draws
        self.number = entity & 255
        self.point = reason, segment, channel
        self.recontacts = 0  # in the case so far
        self.retries = 0
        self.place: float | None = None  # joining time kept from before, for the next queue
        self.time_saved = 0.0  # share of the next handle time
        self.visits = 0
        self.row = -1  # in the log
        self.been: dict[int, int] = {}  # visits so far by step


class Visit:
    """One visit of a contact to a step."""

    __slots__ = (
        "agent", "contact", "ended", "joined", "number", "outcome", "started", "step", "visitor", "wrapped",
    )  # fmt: skip

    def __init__(self, contact: Contact, step: int, now: float) -> None:
        self.visitor = contact
        self.contact = -1  # row of the visitor in the log
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
    contact_columns = _columns(contacts, Contacts.DTYPES)
    contacts_in_order = np.lexsort((contact_columns["entity"], contact_columns["origin"]))
    for row, index in enumerate(contacts_in_order.tolist()):
        contacts[index].row = row
    for visit in visits:
        visit.contact = visit.visitor.row
    visit_columns = _columns(visits, Visits.DTYPES)
    visits_in_order = np.lexsort((visit_columns["number"], visit_columns["contact"]))
    agent, start, end, state, load, overtime = zip(*sorted(intervals), strict=True) if intervals else [()] * 6
    agent_columns = {
        "agent": agent,
        "state": state,
        "start": start,
        "end": end,
        "load": load,
        "overtime": overtime,
    }
    return Log(
        replication=replication,
        contacts=Contacts(**{name: column[contacts_in_order] for name, column in contact_columns.items()}),
        visits=Visits(**{name: column[visits_in_order] for name, column in visit_columns.items()}),
        agents=AgentIntervals(
            **{name: np.array(agent_columns[name], dtype) for name, dtype in AgentIntervals.DTYPES.items()}
        ),
    )


def _columns(records: Sequence[Any], dtypes: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """One array for each attribute of the records."""
    return {
        name: np.array([getattr(record, name) for record in records], dtype=dtype)
        for name, dtype in dtypes.items()
    }
