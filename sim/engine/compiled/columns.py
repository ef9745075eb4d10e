"""From records to the Log: contacts by (origin, entity), visits by (contact, number), agents by start.

Nothing is sorted. First contacts stand in order from the start, and the contacts of a case follow one
another; the visits of a contact are numbered; an agent's stretches end one after the other. So each
record's row is known, and is written there once.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compilation import compiled
from sim.engine.compiled.model import Longs, Records, long
from sim.engine.compiled.world import NOBODY
from sim.log import AgentIntervals, Contacts, Log, Visits

ContactColumns, VisitColumns, AgentColumns = (
    namedtuple(name, table.DTYPES)  # Numba takes tuples of arrays by name; Log has their types
    for name, table in (
        ("ContactColumns", Contacts), ("VisitColumns", Visits), ("AgentColumns", AgentIntervals)
    )
)  # fmt: skip


def to_log(finished: dict[str, Any], first_contacts: int) -> Log:
    """The log of a finished replication, in which the cases' first contacts are the first records.

    finished: the fields of its World. Records are taken out of it as their table is written, so that
    the whole does not stand in memory twice.
    """
    now, agents = finished["now"][0], len(finished["agents"])
    del finished["events"], finished["event_place"]
    contacts = finished.pop("contacts")[: now["contacts"]]
    visits = finished.pop("visits")[: now["visits"]]
    stretches = finished.pop("stretches")[: now["stretches"]]
    of_contacts = ContactColumns(*_columns(Contacts, len(contacts)))
    row, first_visit = _write_contacts(contacts, visits, first_contacts, of_contacts)
    del contacts
    of_visits = VisitColumns(*_columns(Visits, len(visits)))
    _write_visits(visits, row, first_visit, of_visits)
    del visits, row, first_visit
    of_agents = AgentColumns(*_columns(AgentIntervals, len(stretches)))
    _write_agents(stretches, agents, of_agents)
    return Log(
        replication=int(finished["settings"].replication),
        contacts=Contacts(**dict(zip(Contacts.DTYPES, of_contacts, strict=True))),
        visits=Visits(**dict(zip(Visits.DTYPES, of_visits, strict=True))),
        agents=AgentIntervals(**dict(zip(AgentIntervals.DTYPES, of_agents, strict=True))),
    )


def _columns(table: type[Contacts | Visits | AgentIntervals], rows: int) -> Iterator[NDArray[Any]]:
    return (np.empty(rows, dtype) for dtype in table.DTYPES.values())


@compiled
def _write_contacts(contacts: Records, visits: Records, first_contacts: int, out: Any) -> tuple[Longs, Longs]:
    """Each first contact, then those that came of it; returns each record's row and its first visit's row."""
    row_of = np.empty(len(contacts), dtype=np.int64)
    first_visit = np.empty(len(contacts), dtype=np.int64)
    row = visit = 0
    for first in range(first_contacts):
        number = long(first)
        while number != NOBODY:
            contact = contacts[number]
            row_of[number] = row
            first_visit[number] = visit
            if contact.visit != NOBODY:
                visit += visits[contact.visit].number + 1
            out.origin[row], out.entity[row], out.channel[row] = (
                contact.origin,
                contact.entity,
                contact.channel,
            )
            out.reason[row], out.segment[row] = contact.reason, contact.segment
            out.arrival[row], out.end[row], out.fate[row] = contact.arrival, contact.end, contact.fate
            row += 1
            number = long(contact.again)
    return row_of, first_visit


@compiled
def _write_visits(visits: Records, row_of: Longs, first_visit: Longs, out: Any) -> None:
    """row_of, first_visit: of each contact's record, its row and the row of its first visit."""
    for number in range(len(visits)):
        visit = visits[number]
        row = first_visit[visit.contact] + visit.number
        out.contact[row], out.number[row], out.step[row] = row_of[visit.contact], visit.number, visit.step
        out.joined[row], out.started[row] = visit.joined, visit.started
        out.ended[row], out.wrapped[row] = visit.ended, visit.wrapped
        out.agent[row], out.outcome[row] = visit.agent, visit.outcome


@compiled
def _write_agents(stretches: Records, agents: int, out: Any) -> None:
    """One agent's stretches after another's."""
    row_of = np.zeros(agents + 1, dtype=np.int64)  # of each agent's next stretch
    for number in range(len(stretches)):
        row_of[stretches[number].agent + 1] += 1
    for agent in range(agents):
        row_of[agent + 1] += row_of[agent]
    for number in range(len(stretches)):
        stretch = stretches[number]
        row = row_of[stretch.agent]
        row_of[stretch.agent] = row + 1
        out.agent[row], out.state[row] = stretch.agent, stretch.state
        out.start[row], out.end[row] = stretch.start, stretch.end
        out.load[row], out.overtime[row] = stretch.load, stretch.overtime
