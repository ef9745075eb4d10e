"""Two scenarios under common random numbers: paired differences and what may be said about them.

Replication i of both meets the same customers, so their results go up and down together, and the difference
is far better known than either. Its standard error is that of the differences of influence values
(`sim.analysis.statistic.linearise`), replication by replication; never that of two independent results.
A quantile whose density is not known has no such difference: the two values are shown without an interval.

Among m differences shown together the intervals are those of Bonferroni (level 1 - alpha / m each) and the
p-values those of Holm, so that with probability 1 - alpha all of them are right. A verdict follows the
interval. "Same" is never a verdict: a difference not seen is not an absence of difference.

References: Law, "Simulation Modeling and Analysis", 5th ed. 2015, sections 10.2 and 11.2; Holm, "A simple
sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from sim.analysis.interval import (
    ROUNDING,
    Bounds,
    bound_when_constant,
    check_level,
    is_rounding,
    standard_error,
    student_quantile,
)
from sim.analysis.statistic import are_identical, has_data, linearise
from sim.catalogue import Better
from sim.measures.sample import Tally

FAR = 100_000
"""Replications beyond which "how many more" is not counted."""


class Finding(StrEnum):
    """What a paired difference says."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"  # settled, for a measure that is neither better high nor better low
    LOWER = "lower"
    NOT_SETTLED = "not settled"
    IDENTICAL = "identical in every replication"
    NO_DATA = "no data"


@dataclass(frozen=True)
class Pair:
    """The tallies of one measure (in one cell) in two scenarios.

    base, other: of groups [replications], the same replications in the same order. better: as in the
    catalogue. bounds: the values that the measure can take (`Measure.bounds`), or None.
    """

    base: Tally
    other: Tally
    better: Better = "neither"
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Difference:
    """Other minus base; numbers in the measure's unit, NaN where unknown.

    base, other   the two values
    value         their difference
    low, high     its interval at `level`, which allows for all differences shown together
    p_value       of "no difference", by itself; p_holm: adjusted for all differences shown together
    replications  pairs with data on either side
    more          replications still needed for an interval of this level to leave out zero, should the
                  difference and its spread stay as seen; None: settled, or beyond counting
    note          why there is no interval; "" where there is one
    """

    base: float
    other: float
    value: float
    low: float
    high: float
    level: float
    p_value: float
    p_holm: float
    replications: int
    finding: Finding
    more: int | None = None
    note: str = ""

    def __str__(self) -> str:
        """The verdict in words."""
        if self.finding is not Finding.NOT_SETTLED:
            return self.finding.value
        if self.note:
            return f"{self.finding.value}: {self.note}"
        if self.more is None:
            return f"{self.finding.value}: more than {FAR:,} more replications"
        noun = "replication" if self.more == 1 else "replications"
        return f"{self.finding.value}: about {_rounded(self.more):,} more {noun}"


def differences(pairs: Sequence[Pair], confidence: float = 0.95) -> tuple[Difference, ...]:
    """The paired differences that are shown together, each with its verdict.

    confidence: probability that all intervals hold at once. Raises ValueError where the two sides of a pair
    have different numbers of replications.
    """
    check_level(confidence)
    if not pairs:
        return ()
    level = 1 - (1 - confidence) / len(pairs)
    found = [_difference(pair, level) for pair in pairs]
    adjusted = holm([each.p_value for each in found])
    return tuple(replace(each, p_holm=p) for each, p in zip(found, adjusted, strict=True))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's adjusted p-values, in the order given; those that are NaN count as the largest and stay NaN."""
    m = len(p_values)
    order = sorted(range(m), key=lambda i: (math.isnan(p_values[i]), p_values[i]))
    adjusted = [math.nan] * m
    largest = 0.0
    for rank, i in enumerate(order):
        if not math.isnan(p_values[i]):
            largest = max(largest, min(1.0, (m - rank) * p_values[i]))
            adjusted[i] = largest
    return tuple(adjusted)


def _difference(pair: Pair, level: float) -> Difference:
    if len(pair.base) != len(pair.other):
        raise ValueError(f"{len(pair.base)} replications cannot be paired with {len(pair.other)}")
    with_data = has_data(pair.base) | has_data(pair.other)
    base, other = pair.base[with_data], pair.other[with_data]
    n = len(base)
    first, second = linearise(base), linearise(other)
    plain = Difference(
        base=first.value,
        other=second.value,
        value=second.value - first.value,
        low=math.nan,
        high=math.nan,
        level=level,
        p_value=math.nan,
        p_holm=math.nan,
        replications=n,
        finding=Finding.NOT_SETTLED,
    )
    if math.isnan(plain.value):
        return replace(plain, finding=Finding.NO_DATA)
    if are_identical(base, other):
        return replace(plain, finding=Finding.IDENTICAL)
    if n == 1:
        return replace(plain, note="one replication has no interval")
    spread = second.influence - first.influence
    if np.isnan(spread).any():
        return replace(plain, note="too few values for an interval of the quantile")
    if is_rounding(spread, max(first.scale, second.scale)):
        if first.is_atom or second.is_atom:
            return replace(plain, note="so many share the value that its interval has no width")
        return _constant(plain, pair)
    error = standard_error(spread)
    half = student_quantile(level, n) * error
    settled = replace(
        plain,
        low=plain.value - half,
        high=plain.value + half,
        p_value=_p_value(plain.value / error, n),
        more=_more(abs(plain.value) / (error * math.sqrt(n)), level, n),
    )
    return _judged(settled, pair)


def _constant(plain: Difference, pair: Pair) -> Difference:
    """The same difference in every replication: not certainty (see `sim.analysis.interval`)."""
    bounds = None
    if pair.bounds is not None:
        width = pair.bounds[1] - pair.bounds[0]
        bounds = (-width, width)
    low, high = bound_when_constant(plain.value, plain.replications, plain.level, bounds)
    bounded = replace(plain, low=low, high=high)
    if abs(plain.value) <= ROUNDING * max(1.0, abs(plain.base)):
        return replace(bounded, value=0.0, finding=Finding.IDENTICAL)
    judged = _judged(bounded, pair)
    if judged.finding is Finding.NOT_SETTLED:
        return replace(judged, note="the same difference in every replication, too few to bound it")
    return judged


def _judged(difference: Difference, pair: Pair) -> Difference:
    """With the finding that the interval allows."""
    if difference.low > 0:
        finding = {"higher": Finding.BETTER, "lower": Finding.WORSE, "neither": Finding.HIGHER}[pair.better]
    elif difference.high < 0:
        finding = {"higher": Finding.WORSE, "lower": Finding.BETTER, "neither": Finding.LOWER}[pair.better]
    else:
        return difference
    return replace(difference, finding=finding, more=None)


def _p_value(t: float, n: int) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(n - 1, -abs(t)))


def _more(effect: float, level: float, n: int) -> int | None:
    """Replications beyond n until the half-width is below a difference of `effect` standard deviations."""

    def settles(count: int) -> bool:
        return student_quantile(level, count) < effect * math.sqrt(count)

    enough = n
    while not settles(enough):
        enough *= 2
        if enough > 2 * FAR:
            return None
    low, high = enough // 2, enough
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if settles(middle) else (middle, high)
    return max(1, high - n) if high - n <= FAR else None


def _rounded(count: int) -> int:
    """Rounded up to what "about" can carry: tens below 100, else two digits; small counts as they are."""
    if count < 10:
        return count
    step = max(10, int(10 ** (len(str(count)) - 2)))
    return -(-count // step) * step
