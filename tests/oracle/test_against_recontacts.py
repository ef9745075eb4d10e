"""Customers who come back: geometric numbers of contacts, and when they return."""

import numpy as np

from sim.log import Log
from sim.plan import Plan
from tests.oracle.simulate import simulated

HOUR, DAY = 3600.0, 86400.0


def test_contacts_per_case_are_geometric_up_to_the_limit():
    # Agents are never short and handle times constant, so that a contact ends as it must. A share `again` of
    # contacts is followed by another: unresolved and coming back. Case i is still there with again^i.
    solved, returns, limit, after, handle_time = 0.6, 0.7, 3, 1800.0, 60.0
    again = (1 - solved) * returns
    still = [again**number for number in range(limit + 1)]
    times = [number * (after + handle_time) + handle_time for number in range(limit + 1)]
    measures = {
        "contacts_per_case": sum(still),
        "contacts": 12 * 100 * sum(still),
        "cases": 12 * 100,
        "resolution": solved * sum(still),
        "fcr": solved,
        "fcr(2h)": 1 - again,  # all repeats come within two hours
        "time_to_resolution.mean": float(np.dot(still, times)) / sum(still),
    }
    simulated(
        f"""
name: recontacts
time: {{start: 2026-03-02, horizon: 12h, warm_up: 2h, run_out: 2h}}
run: {{replications: 179, seed: 109}}
channels: {{phone: {{arrivals: {{volume: 100/h}}, journey: voice}}}}
teams: {{desk: {{agents: 40, skills: {{answer: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: {handle_time}s}}, next: {{resolved: {solved:.0%}, unresolved: rest}}}}}}
recontact: {{unresolved: {returns:.0%}, after: {after}s, at_most: {limit}}}
""",
        *measures,
    ).assert_covers(measures)


def after_opening(plan: Plan, log: Log) -> tuple[float, float]:
    """How long after 08:00 those came back who were due while the channel was closed, and how many."""
    contacts = log.contacts
    again = contacts.entity % 256 > 0
    return float((contacts.arrival[again] % DAY - 8 * HOUR).sum()), float(again.sum())


def test_a_return_due_while_closed_comes_half_an_hour_after_the_next_opening_on_average():
    # Contacts come from 08:00 to 18:30, all end unresolved and are due back 13 hours later, from 21:00 to
    # 07:30: always while closed.
    simulated(
        """
name: returns after closing
time: {start: 2026-03-02, horizon: 4d, run_out: 1d}
run: {replications: 80, seed: 110}
calendars: {desk: {daily: "08:00-18:30"}}
channels: {phone: {arrivals: {volume: 500/day, calendar: desk}, journey: voice}}
journeys: {voice: {look: {choose: unresolved}}}
recontact: {unresolved: 100%, after: 13h, at_most: 1}
""",
        keep_logs=True,
    ).assert_covers({}, return_after_opening=(after_opening, 1800.0))
