"""A quantile over independent replications: the pooled value, and its interval by Woodruff's method.

The value v is the quantile at share p of all values together. Its interval follows from the ratio that it
inverts, the share of values of at most v, which varies over replications as any ratio does
(`sim.analysis.interval`). If the true share may lie so far below that ratio, or so far above it, then the
true quantile lies between the quantiles at shares p - above and p + below. (`above` is taken from the share
of values under v: that is the same but where many share the value v.) No density is needed. The interval
need not be symmetric, and does not go below 0: all values are durations.

What holds for ratios holds here: one replication has no interval, the same share in every replication is not
certainty (a bound on the share of replications that differ takes the place of Student's interval), and an end
that the values do not reach is not known, so that there is no interval.

Where two scenarios are compared, the quantile is linearised: v varies as -(share at most v) / density, where
the density at v is what the interval says it is, (above + below) / (high - low), at level `DENSITY_LEVEL`. A
side on which the share is the same in every replication says nothing about density and is left out.

References: Woodruff, "Confidence intervals for medians and other position measures", Journal of the
American Statistical Association 47, 1952; Francisco, Fuller, "Quantile estimation with a complex survey
design", Annals of Statistics 19, 1991, and Särndal, Swensson, Wretman, "Model Assisted Survey Sampling",
1992, section 5.11 (the linear form; the standard error, hence the density, from the interval's width);
Sitter, Wu, "A note on Woodruff confidence intervals for quantiles", Statistics & Probability Letters 52, 2001
(how well they cover, also in the tails).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.analysis import interval
from sim.analysis.interval import Basis, Estimate, Floats, check_level
from sim.measures.sample import Sample

DENSITY_LEVEL = 0.95
"""Level of the interval whose width gives the density: wide enough to hold many values, still near v."""


class Margins(NamedTuple):
    """How far below and above its ratio a true share may lie, and how this is known."""

    below: float
    above: float
    basis: Basis


def estimate(sample: Sample, level: float = 0.95) -> Estimate:
    """Quantile and interval of a Sample of groups [replications], at its share."""
    check_level(level)
    value = sample.quantile(sample.share)
    if math.isnan(value):
        basis: Basis = "too many still open" if len(sample.values) else "no data"
        return Estimate(value, math.nan, math.nan, level, int(np.count_nonzero(sample.counts)), basis)
    n = len(_with_data(sample.at_most(value)))
    if n == 1:
        return Estimate(value, math.nan, math.nan, level, 1, "one replication")
    at_most, under = _margins(sample, value, level)
    low, high = _ends(sample, at_most, under)
    if math.isnan(high):
        why: Basis = "too few values" if at_most.basis == "student" else at_most.basis
        return Estimate(value, math.nan, math.nan, level, n, why)
    return Estimate(value, low, high, level, n, at_most.basis)


def linearise(sample: Sample) -> tuple[float, Floats, float]:
    """Quantile, influence values [replications] of mean zero, and the scale of what these are differences of.

    Influence values are NaN where the density is not known (one replication, too few values) and 0 where the
    interval has no width: so many rows share the value that it stays where it is.
    """
    value = sample.quantile(sample.share)
    unknown = np.full(len(sample), math.nan)
    if math.isnan(value):
        return value, unknown, math.nan
    tallies = sample.at_most(value)
    if len(_with_data(tallies)) == 1:
        return value, unknown, math.nan
    slope = _slope(sample, value)
    _, influence = interval.linearise(tallies)
    return value, -slope * influence, slope * interval.scale_of(tallies)


def _slope(sample: Sample, value: float) -> float:
    """1 / density at the quantile, on the sides on which shares vary; NaN where not known."""
    at_most, under = _margins(sample, value, DENSITY_LEVEL)
    low, high = _ends(sample, at_most, under)
    if math.isnan(high):
        return high
    length = margin = 0.0
    if at_most.basis == "student":
        length, margin = high - value, at_most.below
    if under.basis == "student":
        length, margin = length + value - low, margin + under.above
    if margin:
        return length / margin
    return 0.0 if low == high else math.nan


def _with_data(tallies: Floats) -> Floats:
    return tallies[tallies[:, 1] > 0]


def _margins(sample: Sample, value: float, level: float) -> tuple[Margins, Margins]:
    """Of the share of values of at most `value`, and of the share under it."""
    just_under = math.nextafter(value, -math.inf)
    at_most, under = (_with_data(sample.at_most(v)) for v in (value, just_under))
    return _margin(at_most, level), _margin(under, level)


def _margin(tallies: Floats, level: float) -> Margins:
    n = len(tallies)
    share, influence = interval.linearise(tallies)
    if interval.is_rounding(influence, interval.scale_of(tallies)):
        low, high = interval.bound_when_constant(share, n, level, (0.0, 1.0))
        return Margins(share - low, high - share, "same in every replication")
    half = interval.student_quantile(level, n) * interval.standard_error(influence)
    return Margins(half, half, "student")


def _ends(sample: Sample, at_most: Margins, under: Margins) -> tuple[float, float]:
    """The interval; high is NaN where the values do not reach so far."""
    lower, upper = sample.share - under.above, sample.share + at_most.below
    return sample.quantile(lower) if lower > 0 else 0.0, sample.quantile(upper)
