"""The columns and spans of each table: who was offered, answered, contained, and how long each thing took.

What had not happened when the simulation ended is counted up to that moment; other columns say so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.catalogue import ATTEMPTS
from sim.log import CONTACT_BITS, Contacts, Fate, Log, Outcome, State, Visits
from sim.measures import experience, prices
from sim.measures.derived import Bools, Column, Derived, Floats, PlanView, Rows, Span
from sim.plan.plan import StepKind


def of_contacts(log: Log, plan: PlanView, end_of_time: float) -> Derived:
    """Of each contact."""
    contacts, visits = log.contacts, log.visits
    rows = len(contacts)

    @cache
    def at_step(kind: StepKind) -> Bools:
        return _at_step(visits, plan, kind)

    def any_visit(which: Bools) -> Bools:
        found = np.zeros(rows, dtype=bool)
        found[visits.contact[which]] = True
        return found

    def earliest(which: Bools, time: Floats) -> Floats:
        found = np.full(rows, np.inf)
        np.minimum.at(found, visits.contact[which], time[which])
        return found

    def first_start() -> Floats:
        return earliest(at_step(StepKind.WORK) & ~np.isnan(visits.started), visits.started)

    @cache
    def contains() -> Bools:
        ends: Bools = (visits.outcome == Outcome.CONTAINED) | (visits.outcome == Outcome.FALSELY_CONTAINED)
        return at_step(StepKind.BOT) & ends

    @cache
    def served() -> Bools:
        accepted: Bools = visits.outcome != Outcome.DECLINED
        return at_step(StepKind.BOT) & ~np.isnan(visits.started) & accepted

    def went_through() -> Bools:
        return np.isin(contacts.fate, (Fate.RESOLVED, Fate.FALSELY_RESOLVED, Fate.UNRESOLVED))

    def end() -> Floats:
        return np.where(np.isnan(contacts.end), end_of_time, contacts.end)

    return Derived(
        rows,
        {
            "counted": lambda _: (contacts.arrival >= 0) & (contacts.arrival < plan.horizon),
            "offered": lambda _: any_visit(at_step(StepKind.WORK) & (visits.outcome != Outcome.BALKED)),
            "balked": lambda _: contacts.fate == Fate.BALKED,
            "blocked": lambda _: contacts.fate == Fate.BLOCKED,
            "first_start": lambda _: first_start(),
            "answered": lambda of: np.isfinite(of["first_start"]),
            "waiting": lambda of: of["offered"] & ~of["answered"] & of["open"],
            "abandoned": lambda of: of["offered"] & ~of["answered"] & of["left_waiting"],
            "left_waiting": lambda _: contacts.fate == Fate.ABANDONED,
            "responded_at": lambda of: np.minimum(of["first_start"], earliest(contains(), visits.ended)),
            "responded": lambda of: np.isfinite(of["responded_at"]),
            "awaiting_response": lambda of: of["open"] & ~of["responded"],
            "sought_person": lambda of: of["offered"] | of["gave_up"],
            "bot_met": lambda _: any_visit(at_step(StepKind.BOT)),
            "bot_served": lambda _: any_visit(served()),
            "in_bot": lambda _: any_visit(served() & (visits.outcome == Outcome.OPEN)),
            "contained": lambda of: any_visit(contains()) & ~of["offered"],
            "truly_contained": lambda of: of["contained"] & ~of["falsely_contained"],
            "falsely_contained": lambda of: (
                of["contained"]
                & any_visit(at_step(StepKind.BOT) & (visits.outcome == Outcome.FALSELY_CONTAINED))
            ),
            "handed_off": lambda _: any_visit(at_step(StepKind.BOT) & (visits.outcome == Outcome.HANDED_OFF)),
            "gave_up": lambda _: contacts.fate == Fate.GAVE_UP_IN_BOT,
            "automated": lambda of: went_through() & ~of["offered"],
            "unsettled": lambda of: of["open"] & ~of["offered"],
            "channel": lambda _: contacts.channel,
            "segment": lambda _: contacts.segment,
            "reason": lambda _: contacts.reason,
            "attempt": lambda _: np.minimum(contacts.entity & (1 << CONTACT_BITS) - 1, len(ATTEMPTS) - 1),
            "moment": lambda _: contacts.arrival,
            "open": lambda _: contacts.fate == Fate.OPEN,
            **prices.of_contacts(contacts, visits, plan),
            **experience.of_contacts(contacts, visits, plan, end_of_time),
        },
        {
            "wait": lambda of: _wait_before_answer(
                visits, at_step(StepKind.WORK), of["first_start"], end_of_time
            ),
            "first_response": lambda of: Span(
                contacts.arrival, np.where(of["responded"], of["responded_at"], end())
            ),
            "human_response": lambda of: Span(
                contacts.arrival, np.where(of["answered"], of["first_start"], end())
            ),
        },
    )


def _at_step(visits: Visits, plan: PlanView, kind: StepKind) -> Bools:
    is_of_kind: Bools = plan.step_kind == kind
    return is_of_kind[visits.step]


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


def of_visits(visits: Visits, plan: PlanView, contacts: Derived, end_of_time: float) -> Derived:
    """Of each visit to a step; what its contact has is taken from there."""

    def unfinished() -> Bools:
        return np.isnan(visits.ended) | np.isnan(visits.wrapped)

    def of_contact(name: str) -> Callable[[Derived], Column]:
        return lambda _: contacts[name][visits.contact]

    return Derived(
        len(visits),
        {
            "human": lambda _: _at_step(visits, plan, StepKind.WORK) & (visits.outcome != Outcome.BALKED),
            "handled": lambda of: of["human"] & ~np.isnan(visits.started),
            "in_service": lambda of: of["handled"] & unfinished(),
            "queueing": lambda of: of["human"] & np.isnan(visits.started) & np.isnan(visits.ended),
            "step": lambda _: visits.step,
            "team": lambda _: _team(plan, visits.agent),
            **{
                name: of_contact(name)
                for name in ("counted", "channel", "segment", "reason", "attempt", "moment")
            },
        },
        {
            "queue_wait": lambda _: Span(visits.joined, _left_queue(visits, end_of_time)),
            "handle_time": lambda _: Span(
                visits.started, np.where(unfinished(), end_of_time, visits.wrapped)
            ),
        },
    )


def _team(plan: PlanView, agent: NDArray[np.int32]) -> NDArray[np.int32]:
    """Each row's team; -1 where there is no agent."""
    return np.append(plan.agent_team, np.int32(-1))[agent]  # the last entry is that of agent -1


def of_cases(contacts: Contacts, derived: Derived, end_of_time: float) -> Derived:
    """Of each case: its contacts follow one another."""
    case = contacts.entity >> CONTACT_BITS
    new = np.ones(len(contacts), dtype=bool)
    new[1:] = (case[1:] != case[:-1]) | (contacts.origin[1:] != contacts.origin[:-1])
    first = np.flatnonzero(new)
    after = np.append(first[1:], len(contacts))

    def first_row(which: Bools) -> tuple[Bools, Rows]:
        """Whether a case has such a contact, and the row of its first (the case's first row if none)."""
        row = np.where(which, np.arange(len(contacts)), len(contacts))
        found = np.minimum.reduceat(row, first) if len(first) else first
        has = found < after
        return has, np.where(has, found, first)

    @cache
    def resolved() -> tuple[Bools, Rows]:
        return first_row(contacts.fate == Fate.RESOLVED)

    @cache
    def answered() -> tuple[Bools, Rows]:
        return first_row(derived["responded"])

    def first_answered_resolved() -> Column:
        has, row = answered()
        is_resolved: Bools = contacts.fate[row] == Fate.RESOLVED
        return has & is_resolved

    def first_answer_pending(is_open: Column) -> Column:
        has, row = answered()
        return np.where(has, derived["open"][row], is_open)

    def repeats() -> tuple[Bools, Bools, Rows]:
        has, row = answered()
        return has, has & (row + 1 < after), row

    def repeat_unknown() -> Column:
        has, repeated, _ = repeats()
        return has & ~repeated

    def time_to_resolution() -> Span:
        has, row = resolved()
        return Span(contacts.arrival[first], np.where(has, contacts.end[row], end_of_time))

    def repeat_after() -> Span:
        _, repeated, row = repeats()
        repeat = np.where(repeated, row + 1, first)
        return Span(contacts.arrival[row], np.where(repeated, contacts.arrival[repeat], end_of_time))

    def of_first(name: str) -> Callable[[Derived], Column]:
        return lambda _: derived[name][first]

    return Derived(
        len(first),
        {
            **{name: of_first(name) for name in ("counted", "channel", "segment", "reason", "moment")},
            "open": lambda _: first_row(derived["open"])[0],
            "contacts": lambda _: (after - first).astype(np.float64),
            "resolved": lambda _: resolved()[0],
            "first_answered": lambda _: answered()[0],
            "resolved_first": lambda _: first_answered_resolved(),
            "first_answer_pending": lambda of: first_answer_pending(of["open"]),
            "repeat_unknown": lambda _: repeat_unknown(),
        },
        {"time_to_resolution": lambda _: time_to_resolution(), "repeat_after": lambda _: repeat_after()},
    )


def of_agents(log: Log, plan: PlanView) -> Derived:
    """Of each stretch of an agent's time."""
    agents = log.agents
    return Derived(
        len(agents),
        {
            "paid": lambda _: np.ones(len(agents), dtype=bool),
            "available": lambda _: (agents.state != State.BREAK) & (agents.state != State.ABSENT),
            "busy": lambda _: (agents.state == State.WORK) | (agents.state == State.WRAP_UP),
            "overtime": lambda _: agents.overtime == 1,
            "team": lambda _: _team(plan, agents.agent),
            **prices.of_agents(plan),
        },
        {"span": lambda _: Span(agents.start, agents.end)},
    )


def of_presence(contacts: Contacts, derived: Derived, end_of_time: float) -> Derived:
    """Of each contact, from arrival to end."""

    def span() -> Span:
        return Span(contacts.arrival, np.where(np.isnan(contacts.end), end_of_time, contacts.end))

    return Derived(
        len(contacts),
        {
            "channel": lambda _: derived["channel"],
            "segment": lambda _: derived["segment"],
            "reason": lambda _: derived["reason"],
            "attempt": lambda _: derived["attempt"],
            "present": lambda _: np.ones(len(contacts), dtype=bool),
        },
        {"span": lambda _: span()},
    )
