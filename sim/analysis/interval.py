"""A measure over independent replications: one ratio, one interval.

The value is the ratio of sums, R = sum N / sum D, which estimates E[N] / E[D]: a replication with few
contacts weighs little. Its variance is that of the linearised ratio (delta method): with the residuals
e_i = N_i - R D_i, se = sqrt(n / (n - 1) * sum e_i^2) / sum D, and the interval is Student's with n - 1
degrees of freedom.

Replications in which nobody counted (N = D = 0) say nothing about the ratio: n is the number of those with
data.

When the ratio is the same in every replication the formula gives a width of zero, which is not certainty. If
the share of replications that differ at all were above p = 1 - alpha^(1/n), n alike in a row would have a
probability below alpha; so with confidence 1 - alpha at most a share p differs, and a measure that cannot
leave [a, b] lies within [v - p (v - a), v + p (b - v)] (taking replications to weigh alike). A measure
without such bounds has no interval then.

References: Cochran, "Sampling Techniques", 3rd ed. 1977, section 6.4 (variance of a ratio); Asmussen, Glynn,
"Stochastic Simulation", 2007, section III.3 (delta method).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bounds = tuple[float, float]
Basis = Literal[
    "student",
    "same in every replication",
    "one replication",
    "no data",
    "too few values",
    "too many still open",
]

ROUNDING = 1e-12
"""Relative size below which a residual is the rounding of a sum, not variation."""


@dataclass(frozen=True)
class Estimate:
    """A measure with its interval; numbers in the measure's unit.

    value         NaN: no data
    low, high     the interval, inside the measure's bounds; NaN: there is none
    level         confidence level of the interval
    replications  how many had data
    basis         where the interval comes from, or why there is none: "same in every replication" has an
                  interval for measures with bounds only; the last two are those of quantiles
    """

    value: float
    low: float
    high: float
    level: float
    replications: int
    basis: Basis

    @property
    def has_interval(self) -> bool:
        """Whether low and high are known."""
        return not math.isnan(self.low)

    @property
    def half_width(self) -> float:
        """Distance from the value to the farther end of the interval; NaN: there is no interval."""
        return max(self.high - self.value, self.value - self.low)


def estimate(tallies: Floats, level: float = 0.95, bounds: Bounds | None = None) -> Estimate:
    """Ratio and interval from tallies [replications, 2] of numerator and denominator.

    level: between 0 and 1. bounds: the values that the measure can take (`Measure.bounds`), or None.
    """
    check_level(level)
    with_data = tallies[tallies[:, 1] > 0]
    n = len(with_data)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, level, 0, "no data")
    value, influence = linearise(with_data)
    if n == 1:
        return Estimate(value, math.nan, math.nan, level, 1, "one replication")
    if is_rounding(influence, scale_of(with_data)):
        low, high = bound_when_constant(value, n, level, bounds)
        return Estimate(value, low, high, level, n, "same in every replication")
    half = student_quantile(level, n) * standard_error(influence)
    lowest, highest = bounds or (-math.inf, math.inf)
    return Estimate(value, max(value - half, lowest), min(value + half, highest), level, n, "student")


def estimates(tallies: Floats, level: float = 0.95, bounds: Bounds | None = None) -> tuple[Estimate, ...]:
    """`estimate` for each cell of tallies [replications, cells, 2]."""
    return tuple(estimate(tallies[:, cell], level, bounds) for cell in range(tallies.shape[1]))


def linearise(tallies: Floats) -> tuple[float, Floats]:
    """The ratio of sums and its influence values, (N_i - R D_i) / mean D: [replications], of mean zero.

    The ratio varies over replications as the mean of its influence values does. The sum of D must not be 0.
    """
    numerator, denominator = tallies[:, 0], tallies[:, 1]
    value = float(numerator.sum() / denominator.sum())
    return value, (numerator - value * denominator) / denominator.mean()


def scale_of(tallies: Floats) -> float:
    """The size of what influence values of tallies [replications, 2] are the differences of."""
    return float(np.abs(tallies[:, 0]).max() / tallies[:, 1].mean())


def is_rounding(influence: Floats, scale: float) -> bool:
    """Whether influence values are nothing but the rounding of sums of that scale."""
    return bool(np.all(np.abs(influence) <= ROUNDING * max(1.0, scale)))


def standard_error(influence: Floats) -> float:
    """Standard error of the mean of influence values, which have mean zero by construction."""
    n = len(influence)
    return math.sqrt(float(influence @ influence) / (n * (n - 1)))


def student_quantile(level: float, n: int) -> float:
    """Half-width of a two-sided Student interval in standard errors, n - 1 degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 1 - (1 - level) / 2))


def bound_when_constant(value: float, n: int, level: float, bounds: Bounds | None) -> tuple[float, float]:
    """Interval for a measure that was the same in all n replications; (NaN, NaN) without bounds."""
    if bounds is None:
        return math.nan, math.nan
    differing = 1 - (1 - level) ** (1 / n)
    lowest, highest = bounds
    return value - differing * (value - lowest), value + differing * (highest - value)


def check_level(level: float) -> None:
    """ValueError unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level of {level} is impossible (allowed: above 0 and below 1)")
