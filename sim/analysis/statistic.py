"""The two statistics behind one door: a ratio of sums, or a quantile of values.

Whatever is estimated, compared or judged is one cell of a tally over replications, groups [replications]: an
array of numerators and denominators [replications, 2], or a Sample. What is known of it is asked for here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.analysis import interval, quantile
from sim.analysis.interval import Bounds, Estimate, Floats
from sim.measures.sample import Bools, Sample, Tally


@dataclass(frozen=True)
class Linear:
    """How a statistic varies over replications: as the mean of its influence values.

    value      NaN: no data
    influence  [replications], of mean zero; NaN: not known
    scale      the size of what the influence values are differences of: rounding is measured by it
    is_atom    a quantile at a value that so many rows share that its interval has no width: no influence
    """

    value: float
    influence: Floats
    scale: float
    is_atom: bool = False


def estimate(tally: Tally, level: float = 0.95, bounds: Bounds | None = None) -> Estimate:
    """Value and interval; `bounds`: the values that a ratio can take (`Measure.bounds`), or None."""
    if isinstance(tally, Sample):
        return quantile.estimate(tally, level)
    return interval.estimate(tally, level, bounds)


def linearise(tally: Tally) -> Linear:
    """Value and influence values."""
    if isinstance(tally, Sample):
        value, influence, scale = quantile.linearise(tally)
        return Linear(value, influence, scale, is_atom=scale == 0)
    if not tally[:, 1].sum() > 0:
        return Linear(math.nan, np.zeros(len(tally)), 0.0)
    return Linear(*interval.linearise(tally), interval.scale_of(tally))


def has_data(tally: Tally) -> Bools:
    """In which replications anybody counted: [replications]."""
    return tally.counts > 0 if isinstance(tally, Sample) else tally[:, 1] > 0


def are_identical(one: Tally, other: Tally) -> bool:
    """Whether both have the same sums, or the same quantile, in every replication and in all of them."""
    if not isinstance(one, Sample) or not isinstance(other, Sample):
        return not isinstance(one, Sample) and not isinstance(other, Sample) and np.array_equal(one, other)
    if one.quantile(one.share) != other.quantile(other.share):
        return False
    return np.array_equal(_by_replication(one), _by_replication(other), equal_nan=True)


def _by_replication(sample: Sample) -> Floats:
    return np.array([sample[[number]].quantile(sample.share) for number in range(len(sample))])
