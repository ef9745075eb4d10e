"""Laws of patience and of handle times, as formulas ask for them: exponential or not, mean, variance."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.analysis.streams import Coming
from sim.scenario.customers import Channel
from sim.scenario.service import Work
from sim.scenario.values import (
    Distribution,
    Empirical,
    Exponential,
    MeanCv,
    Triangular,
    Uniform,
    Weibull,
)

SAME = 1e-9
"""Relative difference up to which times are the same: that of rounding."""


class NoFormulaError(ValueError):
    """What is not as a formula needs it."""


def are_same(values: Iterable[float]) -> bool:
    """Whether all values are one, but for rounding."""
    first, *others = values
    return all(math.isclose(value, first, rel_tol=SAME) for value in others)


def patience_of(coming: Sequence[Coming], channels: Mapping[str, Channel]) -> float:
    """The mean of exponential patience in seconds; 0: nobody waits; infinity: everybody does, for ever.

    Raises NoFormulaError where patience is something else, or not the same for all.
    """
    means = []
    for each in coming:
        law = _at_any_hour(each, channels[each.kind.channel].patience, "patience")
        mean = math.inf if law is None else 0.0 if law.constant == 0 else exponential_mean(law)
        if law is not None and mean is None:
            raise NoFormulaError(f"patience is {law.family}, not exponential")
        means.append(mean or 0.0)
    if not are_same(means):
        raise NoFormulaError("patience is not the same for all")
    return means[0]


@dataclass(frozen=True)
class _Part:
    """A part of the contacts that come to a step: its share, and how long an agent is busy with each."""

    share: float
    mean: float
    variance: float
    is_exponential: bool
    has_wrap_up: bool


class BusyTime:
    """How long an agent is busy with a contact, handle time and wrap-up, over all that come to a step.

    Raises NoFormulaError where that depends on the hour, or mean and variance are not known exactly.
    """

    def __init__(self, coming: Sequence[Coming], work: Work, team: str) -> None:
        total = sum(each.rate for each in coming)
        self._parts = []
        for each in coming:
            handle = _at_any_hour(each, work.time, "handle time", team)
            wrap_up = _at_any_hour(each, work.wrap_up, "wrap-up", team)
            assert handle is not None  # a work step has a handle time, whatever it depends on
            kept = 1 - each.state.saved
            (mean, variance), (wrap_mean, wrap_variance) = moments(handle), moments(wrap_up)
            self._parts.append(
                _Part(
                    share=each.rate / total,
                    mean=mean * kept + wrap_mean,
                    variance=variance * kept**2 + wrap_variance,
                    is_exponential=exponential_mean(handle) is not None,
                    has_wrap_up=wrap_up is not None and wrap_up.constant != 0,
                )
            )

    @cached_property
    def why_not_exponential(self) -> str:
        """Why it is not exponential with the same mean for all; "" where it is."""
        if any(part.has_wrap_up for part in self._parts):
            return "there is wrap-up"
        if not all(part.is_exponential for part in self._parts):
            return "handle time is not exponential"
        return "" if are_same(part.mean for part in self._parts) else "handle time is not the same for all"

    @cached_property
    def mean(self) -> float:
        """Seconds."""
        return sum(part.share * part.mean for part in self._parts)

    @cached_property
    def cv(self) -> float:
        """Standard deviation / mean; 0 where all that is left is rounding."""
        square = sum(part.share * (part.variance + part.mean**2) for part in self._parts)
        relative = square / self.mean**2 - 1 if self.mean else 0.0
        return math.sqrt(relative) if relative > SAME else 0.0


def _at_any_hour(coming: Coming, value: Any, what: str, team: str = "") -> Distribution | None:
    first, *others = coming.kind.at_hours(value, team)
    if any(other != first for other in others):
        raise NoFormulaError(f"{what} depends on the hour")
    law: Distribution | None = first
    return law


def exponential_mean(distribution: Distribution) -> float | None:
    """The mean in seconds of an exponential time, in whatever words it is given; None: it is no such time."""
    match getattr(distribution, distribution.family):
        case Exponential(mean=mean) | Weibull(mean=mean, shape=1):
            return mean
        case MeanCv(mean=mean, cv=1) if distribution.family == "gamma":
            return mean
    return None


def moments(distribution: Distribution | None) -> tuple[float, float]:
    """Mean (seconds) and variance (seconds squared), both 0 for None.

    Raises NoFormulaError for a family that is drawn from a table of quantiles: its mean is not quite its own.
    """
    if distribution is None:
        return 0.0, 0.0
    if distribution.family == "scipy":
        raise NoFormulaError("a time is drawn from a table of quantiles")
    return distribution.mean, _variance(getattr(distribution, distribution.family))


def _variance(law: Any) -> float:
    match law:
        case Uniform(min=a, max=b):
            return (b - a) ** 2 / 12
        case Triangular(min=a, mode=c, max=b):
            return (a * a + b * b + c * c - a * b - a * c - b * c) / 18
        case Exponential(mean=mean):
            return mean**2
        case MeanCv(mean=mean, cv=cv):
            return (mean * cv) ** 2
        case Weibull(mean=mean, shape=shape):
            return mean**2 * (math.gamma(1 + 2 / shape) / math.gamma(1 + 1 / shape) ** 2 - 1)
        case Empirical():
            pieces = list(itertools.pairwise(law.points()))
            mean = sum((q - p) * (x + y) / 2 for (p, x), (q, y) in pieces)
            return sum((q - p) * (x * x + x * y + y * y) / 3 for (p, x), (q, y) in pieces) - mean**2
    return 0.0  # a constant
