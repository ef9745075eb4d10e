"""A quantile over independent replications: the pooled value, and its interval by Woodruff's method.

The value v is the quantile at share p of all values together. Its interval follows from the ratio that it
inverts, the share of values of at most v, which varies over replications as any ratio does
(`sim.analysis.interval`). If the true share at v may lie so far below that ratio, or so far above it, then
the true quantile lies between the quantiles at shares p - above and p + below. No density is needed. The
interval need not be symmetric, and does not go below 0: all values are durations.

What holds for ratios holds here: one replication has no interval, the same share in every replication is not
certainty (a bound on the share of replications that differ takes the place of Student's interval), and an end
that the values do not reach is not known, so that there is no interval.

Where two scenarios are compared, the quantile is linearised: v varies as -(share at most v) / density, where
the density at v is what the interval says it is, (above + below) / (high - low), at level `DENSITY_LEVEL`.

References: Woodruff, "Confidence intervals for medians and other position measures", Journal of the
American Statistical Association 47, 1952; Francisco, Fuller, "Quantile estimation with a complex survey
design", Annals of Statistics 19, 1991, and Särndal, Swensson, Wretman, "Model Assisted Survey Sampling",
1992, section 5.11 (the linear form; the standard error, hence the density, from the interval's width);
Sitter, Wu, "A note on Woodruff confidence intervals for quantiles", Statistics & Probability Letters 52, 2001
(how well they cover, better in the tails than testing each value).
"""

from __future__ import annotations

import math

import numpy as np

from sim.analysis import interval
from sim.analysis.interval import Basis, Estimate, Floats, check_level
from sim.measures.sample import Sample

DENSITY_LEVEL = 0.95
"""Level of the interval whose width gives the density: wide enough to hold many values, still near v."""


def estimate(sample: Sample, level: float = 0.95) -> Estimate:
    """Quantile and interval of a Sample of groups [replications], at its share."""
    check_level(level)
    value = sample.quantile(sample.share)
    if math.isnan(value):
        basis: Basis = "too many still open" if len(sample.values) else "no data"
        return Estimate(value, math.nan, math.nan, level, int(np.count_nonzero(sample.counts)), basis)
    tallies = _with_data(sample.at_most(value))
    n = len(tallies)
    if n == 1:
        return Estimate(value, math.nan, math.nan, level, 1, "one replication")
    below, above, basis = _reach(tallies, level)
    low, high = _ends(sample, below, above)
    if math.isnan(high):
        why: Basis = "too few values" if basis == "student" else basis
        return Estimate(value, math.nan, math.nan, level, n, why)
    return Estimate(value, low, high, level, n, basis)


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
    with_data = _with_data(tallies)
    if len(with_data) == 1:
        return value, unknown, math.nan
    below, above, _ = _reach(with_data, DENSITY_LEVEL)
    low, high = _ends(sample, below, above)
    slope = (high - low) / (below + above)
    _, influence = interval.linearise(tallies)
    return value, -slope * influence, slope * interval.scale_of(tallies)


def _with_data(tallies: Floats) -> Floats:
    return tallies[tallies[:, 1] > 0]


def _reach(tallies: Floats, level: float) -> tuple[float, float, Basis]:
    """How far below and above their ratio the true share may lie."""
    n = len(tallies)
    share, influence = interval.linearise(tallies)
    if interval.is_rounding(influence, interval.scale_of(tallies)):
        low, high = interval.bound_when_constant(share, n, level, (0.0, 1.0))
        return share - low, high - share, "same in every replication"
    half = interval.student_quantile(level, n) * interval.standard_error(influence)
    return half, half, "student"


def _ends(sample: Sample, below: float, above: float) -> tuple[float, float]:
    """The interval; high is NaN where the values do not reach so far."""
    at_least = sample.share - above
    return sample.quantile(at_least) if at_least > 0 else 0.0, sample.quantile(sample.share + below)
