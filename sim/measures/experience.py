"""What customers think of a contact, as far as it follows from what happened to it.

Satisfaction, a share of customers: the base, less the stated share for each thing that goes wrong,

    csat = base · (1 − loses.wait)^units · (1 − loses.transfer)^transfers · (1 − loses.attempt)^attempts
                · (1 − loses.repeat)^repeats · (1 − loses.<how it ended>)

with units = max(0, felt · queued − expected) / every. Effort, on a scale from 1 to 5:

    ces = min(5, 1 + adds.wait · units + adds.transfer · transfers + adds.attempt · attempts
                   + adds.repeat · repeats)

Recommendation: 100 for a contact whose satisfaction is at least that of promoters, -100 for one below that of
detractors, else 0. All three are expected values, functions of the log: nothing is drawn.

A product of shares is a generalised linear model with a logarithmic link. Reference: Wacholder, "Binomial
regression in GLIM: estimating risk ratios and risk differences", American Journal of Epidemiology 123(1),
1986.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from sim.log import CONTACT_BITS, Contacts, Fate, Outcome, Visits
from sim.measures.derived import Bools, Derived, Floats, Maker, PlanView
from sim.plan.experience import FAILURES
from sim.plan.plan import StepKind

MOST_EFFORT = 5.0
SAME = 1e-9
"""Satisfactions closer than this are the same: rounding makes nobody a detractor."""

ENDINGS: Mapping[Fate, str] = MappingProxyType(
    {
        Fate.OPEN: "unresolved",  # left out, unless asked for as they stand
        Fate.FALSELY_RESOLVED: "falsely_resolved",
        Fate.UNRESOLVED: "unresolved",
        Fate.ABANDONED: "abandoned",
        Fate.GAVE_UP_IN_BOT: "gave_up",
        Fate.BALKED: "balked",
        Fate.BLOCKED: "blocked",
    }
)
"""Which of `sim.plan.experience.FAILURES` each fate is; all but resolved."""


def of_contacts(contacts: Contacts, visits: Visits, plan: PlanView, end_of_time: float) -> dict[str, Maker]:
    """Columns of each contact: how often each thing went wrong (`events`), and what follows from it."""
    models = plan.experience

    def events(_: Derived) -> Floats:
        return _events(contacts, visits, plan, end_of_time)

    def csat(of: Derived) -> Floats:
        kept = np.prod((1 - models.csat_loses) ** of["events"], axis=1)
        left = np.ones(len(Fate))
        for fate, ending in ENDINGS.items():
            left[fate] = 1 - models.csat_fails[FAILURES.index(ending)]
        scored: Floats = models.csat_base * kept * left[contacts.fate]
        return scored

    def nps(of: Derived) -> Floats:
        promotes = of["csat"] >= models.promoters - SAME
        detracts = of["csat"] < models.detractors - SAME
        known = np.where(np.isnan(models.promoters), np.nan, 100.0)
        return known * (promotes.astype(np.float64) - detracts)

    def ces(of: Derived) -> Floats:
        return np.minimum(MOST_EFFORT, 1 + of["events"] @ models.ces_adds)

    return {"events": events, "csat": csat, "nps": nps, "ces": ces}


def _events(contacts: Contacts, visits: Visits, plan: PlanView, end_of_time: float) -> Floats:
    """How often each of `sim.plan.experience.EVENTS` came to each contact: [contact, event]."""
    channel = contacts.channel
    kind = plan.step_kind[visits.step]

    def total(which: Bools, amount: Floats) -> Floats:
        return np.bincount(visits.contact[which], weights=amount, minlength=len(contacts)).astype(np.float64)

    left = np.where(np.isnan(visits.started), visits.ended, visits.started)
    queueing = np.where(np.isnan(left), end_of_time, left) - visits.joined
    queues: Bools = (kind == StepKind.WORK) | (kind == StepKind.BOT)
    queued = total(queues, queueing[queues])
    waits = plan.experience
    beyond = np.maximum(0.0, waits.wait_felt[channel] * queued - waits.wait_expected[channel])
    human: Bools = (kind == StepKind.WORK) & (visits.outcome != Outcome.BALKED)
    handed_off: Bools = visits.outcome == Outcome.HANDED_OFF
    failed = (plan.bot_attempts[plan.step_bot[visits.step[handed_off]]] - 1).astype(np.float64)
    return np.column_stack(
        [
            beyond / waits.wait_every[channel],
            np.maximum(0.0, total(human, np.ones(np.count_nonzero(human))) - 1),
            total(handed_off, failed),
            (contacts.entity & (1 << CONTACT_BITS) - 1).astype(np.float64),
        ]
    )
