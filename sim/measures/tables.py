"""Columns derived from a log: who was offered, answered, contained, and how long each thing took.

`Tables` holds the five tables of `sim.catalogue`. A *column* is one value per row. A *span* is a stretch of
time per row (or several), from which a duration column is made, with all time or a calendar's open time only.
What had not happened when the simulation ended is counted up to that moment; other columns say so.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.catalogue import ATTEMPTS, Table
from sim.log import CONTACT_BITS, Contacts, Fate, Log, Outcome, State, Visits
from sim.plan.plan import StepKind

Column = NDArray[Any]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class NamesView(Protocol):
    """The part of `Plan.names` that measures read."""

    @property
    def channels(self) -> tuple[str, ...]: ...  # noqa: D102 (as in Plan)
    @property
    def reasons(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def segments(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def steps(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def teams(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def calendars(self) -> tuple[str, ...]: ...  # noqa: D102


class PlanView(Protocol):
    """The part of the Plan that measures read; times in seconds from `time.start`."""

    @property
    def names(self) -> NamesView: ...  # noqa: D102 (as in Plan)
    @property
    def start_date(self) -> datetime.date: ...  # noqa: D102
    @property
    def horizon(self) -> float: ...  # noqa: D102
    @property
    def run_out(self) -> float: ...  # noqa: D102
    @property
    def interval(self) -> float: ...  # noqa: D102
    @property
    def step_kind(self) -> NDArray[np.int8]: ...  # noqa: D102
    @property
    def agent_team(self) -> NDArray[np.int32]: ...  # noqa: D102
    @property
    def calendar_offset(self) -> NDArray[np.int32]: ...  # noqa: D102
    @property
    def calendar_start(self) -> Floats: ...  # noqa: D102
    @property
    def calendar_end(self) -> Floats: ...  # noqa: D102


@dataclass(frozen=True)
class Span:
    """Stretches of time; `row` says to which row of the table each belongs, None: one per row, in order."""

    start: Floats
    end: Floats
    row: Rows | None = None


@dataclass(frozen=True)
class _Derived:
    columns: dict[str, Column]
    spans: dict[str, Span]
    rows: int


def grouped_sum(at: Rows, amount: Floats, size: int) -> Floats:
    """Sum of the amounts that belong to each of 0, …, size - 1; added in the order of the rows."""
    return np.bincount(at, weights=amount, minlength=size).astype(np.float64)


class Tables:
    """The tables of one replication.

    Raises KeyError for a table, column or calendar that does not exist: a mistake in the catalogue or the
    caller, since names in scenarios are checked before.
    """

    def __init__(self, log: Log, plan: PlanView) -> None:
        self.plan = plan
        end = plan.horizon + plan.run_out
        contacts = _contacts(log, plan, end)
        self._tables: dict[str, _Derived] = {
            "contacts": contacts,
            "visits": _visits(log.visits, plan, contacts, end),
            "cases": _cases(log.contacts, contacts, end),
            "agents": _agents(log, plan),
            "presence": _presence(log.contacts, contacts, end),
        }
        self._durations: dict[tuple[str, str, str], Floats] = {}

    def rows(self, table: Table) -> int:
        """Number of rows of a table."""
        return self._tables[table].rows

    def column(self, table: Table, name: str, calendar: str = "") -> Column:
        """One value per row; a duration in seconds, of the calendar's open time where one is named."""
        derived = self._tables[table]
        if name in derived.columns:
            return derived.columns[name]
        key = (table, name, calendar)
        if key not in self._durations:
            self._durations[key] = self._duration(derived.spans[name], derived.rows, calendar)
        return self._durations[key]

    def span(self, table: Table) -> Span:
        """When each row of an integrated table (`agents`, `presence`) begins and ends."""
        return self._tables[table].spans["span"]

    def _duration(self, span: Span, rows: int, calendar: str) -> Floats:
        if calendar:
            length = self._open_until(span.end, calendar) - self._open_until(span.start, calendar)
        else:
            length = span.end - span.start
        return length if span.row is None else grouped_sum(span.row, length, rows)

    def _open_until(self, times: Floats, calendar: str) -> Floats:
        """Open seconds of the calendar up to each time, counted from its first opening."""
        plan = self.plan
        if calendar not in plan.names.calendars:
            raise KeyError(calendar)
        index = plan.names.calendars.index(calendar)
        pieces = slice(plan.calendar_offset[index], plan.calendar_offset[index + 1])
        start, end = plan.calendar_start[pieces], plan.calendar_end[pieces]
        if not len(start):
            return np.zeros_like(times)
        total = np.cumsum(end - start)
        edges = np.column_stack([start, end]).ravel()
        opened = np.column_stack([total - (end - start), total]).ravel()
        return np.interp(times, edges, opened)


def _contacts(log: Log, plan: PlanView, end_of_time: float) -> _Derived:
    contacts, visits = log.contacts, log.visits
    rows = len(contacts)
    kind = plan.step_kind[visits.step]
    human, bot = kind == StepKind.WORK, kind == StepKind.BOT
    started = ~np.isnan(visits.started)
    is_open = contacts.fate == Fate.OPEN
    end = np.where(np.isnan(contacts.end), end_of_time, contacts.end)

    def any_visit(which: Bools) -> Bools:
        return np.bincount(visits.contact[which], minlength=rows) > 0

    def earliest(which: Bools, time: Floats) -> Floats:
        found = np.full(rows, np.inf)
        np.minimum.at(found, visits.contact[which], time[which])
        return found

    offered = any_visit(human)
    first_start = earliest(human & started, visits.started)
    answered = np.isfinite(first_start)
    contains = bot & np.isin(visits.outcome, (Outcome.CONTAINED, Outcome.FALSELY_CONTAINED))
    responded_at = np.minimum(first_start, earliest(contains, visits.ended))
    responded = np.isfinite(responded_at)
    contained = any_visit(contains) & ~offered
    falsely = contained & any_visit(bot & (visits.outcome == Outcome.FALSELY_CONTAINED))
    served = bot & started & (visits.outcome != Outcome.DECLINED)
    gave_up = contacts.fate == Fate.GAVE_UP_IN_BOT
    went_through = np.isin(contacts.fate, (Fate.RESOLVED, Fate.FALSELY_RESOLVED, Fate.UNRESOLVED))
    columns: dict[str, Column] = {
        "counted": (contacts.arrival >= 0) & (contacts.arrival < plan.horizon),
        "offered": offered,
        "answered": answered,
        "waiting": offered & ~answered & is_open,
        "abandoned": offered & ~answered & (contacts.fate == Fate.ABANDONED),
        "left_waiting": contacts.fate == Fate.ABANDONED,
        "responded": responded,
        "awaiting_response": is_open & ~responded,
        "sought_person": offered | gave_up,
        "bot_served": any_visit(served),
        "in_bot": any_visit(served & (visits.outcome == Outcome.OPEN)),
        "contained": contained,
        "truly_contained": contained & ~falsely,
        "falsely_contained": falsely,
        "handed_off": any_visit(bot & (visits.outcome == Outcome.HANDED_OFF)),
        "gave_up": gave_up,
        "automated": went_through & ~offered,
        "unsettled": is_open & ~offered,
        "channel": contacts.channel,
        "segment": contacts.segment,
        "reason": contacts.reason,
        "attempt": np.minimum(contacts.entity & (1 << CONTACT_BITS) - 1, len(ATTEMPTS) - 1),
        "moment": contacts.arrival,
        "open": is_open,
    }
    spans = {
        "wait": _wait_before_answer(visits, human, first_start, end_of_time),
        "first_response": Span(contacts.arrival, np.where(responded, responded_at, end)),
        "human_response": Span(contacts.arrival, np.where(answered, first_start, end)),
    }
    return _Derived(columns, spans, rows)


def _left_queue(visits: Visits, end_of_time: float) -> Floats:
    """When each visit's queueing ended: served, left, or cut off by the end of the simulation."""
    left = np.where(np.isnan(visits.started), visits.ended, visits.started)
    return np.where(np.isnan(left), end_of_time, left)


def _wait_before_answer(visits: Visits, human: Bools, first_start: Floats, end_of_time: float) -> Span:
    answer = first_start[visits.contact]
    served_later = visits.started > answer  # False for NaN: never served
    counts = human & (visits.joined <= answer) & ~served_later
    left = _left_queue(visits, end_of_time)
    return Span(visits.joined[counts], left[counts], visits.contact[counts])


def _visits(visits: Visits, plan: PlanView, contacts: _Derived, end_of_time: float) -> _Derived:
    human = plan.step_kind[visits.step] == StepKind.WORK
    started = ~np.isnan(visits.started)
    unfinished = np.isnan(visits.ended) | np.isnan(visits.wrapped)
    columns: dict[str, Column] = {
        "human": human,
        "handled": human & started,
        "in_service": human & started & unfinished,
        "queueing": human & ~started & np.isnan(visits.ended),
        "step": visits.step,
        "team": _team(plan, visits.agent),
    }
    for name in ("counted", "channel", "segment", "reason", "attempt", "moment"):
        columns[name] = contacts.columns[name][visits.contact]
    spans = {
        "queue_wait": Span(visits.joined, _left_queue(visits, end_of_time)),
        "handle_time": Span(visits.started, np.where(unfinished, end_of_time, visits.wrapped)),
    }
    return _Derived(columns, spans, len(visits))


def _team(plan: PlanView, agent: NDArray[np.int32]) -> NDArray[np.int32]:
    """Each row's team; -1 where there is no agent."""
    if not len(plan.agent_team):
        return np.full(len(agent), -1, dtype=np.int32)
    return np.where(agent >= 0, plan.agent_team[agent], np.int32(-1))


def _cases(contacts: Contacts, derived: _Derived, end_of_time: float) -> _Derived:
    rows = np.arange(len(contacts))
    case = contacts.entity >> CONTACT_BITS
    new = np.ones(len(contacts), dtype=bool)
    new[1:] = (case[1:] != case[:-1]) | (contacts.origin[1:] != contacts.origin[:-1])
    first = np.flatnonzero(new)
    after = np.append(first[1:], len(contacts))

    def first_row(which: Bools) -> tuple[Bools, Rows]:
        """Whether a case has such a contact, and the row of its first (the case's first row if none)."""
        found = np.minimum.reduceat(np.where(which, rows, len(contacts)), first) if len(first) else first
        has = found < after
        return has, np.where(has, found, first)

    is_open, _ = first_row(derived.columns["open"])
    resolved, resolving = first_row(contacts.fate == Fate.RESOLVED)
    answered, answering = first_row(derived.columns["responded"])
    repeats = answered & (answering + 1 < after)
    repeat = np.where(repeats, answering + 1, first)
    repeated_at = np.where(repeats, contacts.arrival[repeat], end_of_time)
    columns: dict[str, Column] = {
        name: derived.columns[name][first] for name in ("counted", "channel", "segment", "reason", "moment")
    }
    columns |= {
        "open": is_open,
        "contacts": (after - first).astype(np.float64),
        "resolved": resolved,
        "first_answered": answered,
        "resolved_first": answered & (contacts.fate[answering] == Fate.RESOLVED),
        "first_answer_pending": np.where(answered, derived.columns["open"][answering], is_open),
        "repeat_unknown": answered & ~repeats,
    }
    spans = {
        "time_to_resolution": Span(
            contacts.arrival[first], np.where(resolved, contacts.end[resolving], end_of_time)
        ),
        "repeat_after": Span(contacts.arrival[answering], repeated_at),
    }
    return _Derived(columns, spans, len(first))


def _agents(log: Log, plan: PlanView) -> _Derived:
    agents = log.agents
    columns: dict[str, Column] = {
        "paid": np.ones(len(agents), dtype=bool),
        "available": agents.state != State.BREAK,
        "busy": np.isin(agents.state, (State.WORK, State.WRAP_UP)),
        "overtime": agents.overtime == 1,
        "team": _team(plan, agents.agent),
    }
    return _Derived(columns, {"span": Span(agents.start, agents.end)}, len(agents))


def _presence(contacts: Contacts, derived: _Derived, end_of_time: float) -> _Derived:
    end = np.where(np.isnan(contacts.end), end_of_time, contacts.end)
    columns: dict[str, Column] = {
        name: derived.columns[name] for name in ("channel", "segment", "reason", "attempt")
    }
    columns["present"] = np.ones(len(contacts), dtype=bool)
    return _Derived(columns, {"span": Span(contacts.arrival, end)}, len(contacts))
