"""What each row of a table costs, by the Plan's prices."""

from __future__ import annotations

import numpy as np

from sim.log import Contacts, Outcome, Visits
from sim.measures.derived import Derived, Maker, PlanView, Span
from sim.plan.plan import NONE


def of_contacts(contacts: Contacts, visits: Visits, plan: PlanView) -> dict[str, Maker]:
    """Of each contact: its bot sessions, and the contact itself."""

    def session_fees(_: Derived) -> np.ndarray:
        bot = plan.step_bot[visits.step]
        served = (bot != NONE) & ~np.isnan(visits.started) & (visits.outcome != Outcome.DECLINED)
        fees = plan.prices.bot_session[bot[served]]
        return np.bincount(visits.contact[served], weights=fees, minlength=len(contacts))

    return {
        "session_fees": session_fees,
        "contact_fee": lambda _: plan.prices.channel_contact[contacts.channel],
    }


def of_agents(plan: PlanView) -> dict[str, Maker]:
    """Of each stretch of an agent's time: what a second of it costs where it is paid."""

    def pay(of: Derived) -> np.ndarray:
        prices = plan.prices
        return np.where(of["overtime"], prices.team_overtime_pay[of["team"]], prices.team_pay[of["team"]])

    return {"pay": pay}


def of_window(plan: PlanView) -> Derived:
    """The window itself, one row: what a second of it costs whatever happens."""
    return Derived(
        1,
        {
            "all": lambda _: np.ones(1, dtype=bool),
            "running": lambda _: np.array([plan.prices.running]),
        },
        {"span": lambda _: Span(np.zeros(1), np.array([plan.horizon]))},
    )
