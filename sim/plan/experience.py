"""The models of experience in the Plan, for measures alone: see `sim.measures.experience` for their formulas.

What the scenario does not say is NaN, so that nothing reckoned from it can be taken for a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.scenario.spec import Spec

Floats = NDArray[np.float64]

EVENTS = ("wait", "transfer", "attempt", "repeat")
"""What can go wrong more than once, in the order of `csat_loses` and `ces_adds`."""

FAILURES = ("unresolved", "falsely_resolved", "abandoned", "gave_up", "balked", "blocked")
"""How a contact can end other than resolved, in the order of `csat_fails`."""


@dataclass(frozen=True, eq=False)
class Experience:
    """Parameters of the models."""

    wait_every: Floats  # [channel] seconds of felt wait to a unit; infinite: waits do not matter
    wait_expected: Floats  # [channel] seconds of felt wait taken for granted
    wait_felt: Floats  # [channel] felt wait / clock time
    csat_base: float  # satisfaction where nothing goes wrong
    csat_loses: Floats  # [event] share lost each time
    csat_fails: Floats  # [failure] share lost by a contact that ended so
    promoters: float  # satisfaction of promoters, at least
    detractors: float  # satisfaction of detractors, less than
    ces_adds: Floats  # [event] points added each time


def experience(spec: Spec) -> Experience:
    """The models of a scenario."""
    models = spec.experience
    waits = [models.waits.get(name) if models else None for name in spec.channels]
    csat, nps, ces = (getattr(models, name, None) for name in ("csat", "nps", "ces"))
    return Experience(
        wait_every=np.array([wait.every if wait else math.inf for wait in waits]),
        wait_expected=np.array([wait.expected if wait else 0.0 for wait in waits]),
        wait_felt=np.array([wait.felt if wait else 1.0 for wait in waits]),
        csat_base=csat.base if csat else math.nan,
        csat_loses=_values(csat.loses if csat else None, EVENTS),
        csat_fails=_values(csat.loses if csat else None, FAILURES),
        promoters=nps.promoters if nps else math.nan,
        detractors=nps.detractors if nps else math.nan,
        ces_adds=_values(ces.adds if ces else None, EVENTS),
    )


def _values(model: object | None, names: Iterable[str]) -> Floats:
    return np.array([math.nan if model is None else getattr(model, name) for name in names])
