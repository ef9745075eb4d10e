"""What a quantile is made of: every value, in place of the two sums that a ratio is made of.

A tally has the shape of its groups, [cells] for one replication and [replications, cells] for many. The tally
of a ratio is an array with one axis more, numerator and denominator; that of a quantile is a `Sample`. Both
are stacked, sliced and masked along the axes of the groups in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]

DECIMALS = 6
"""Values are held to the microsecond, as durations are compared (`sim.measures.measure.TICK`)."""

ROUNDING = 1e-12
"""Relative size of a shortfall that is the rounding of a share, not a missing row."""


@dataclass(frozen=True, eq=False)
class Sample:
    """The values of a quantile measure in each of its groups.

    share    which quantile is asked for, above 0 and below 1
    counts   how many values each group has: int64, of the shape of the groups
    values   all values, group after group (in C order), ascending in each
    is_open  for each value, whether it is the age of something not yet ended; among equal values those come
             first, since an open row leaves the reckoning once it is no older than the value asked about
    """

    share: float
    counts: Counts
    values: Floats
    is_open: Bools

    @classmethod
    def of(cls, share: float, group: Counts, value: Floats, is_open: Bools, groups: int) -> Sample:
        """From one row a value, in any order; `group` is its place among the groups."""
        rounded = np.round(value, DECIMALS)
        order = np.lexsort((~is_open, rounded, group))
        counts = np.bincount(group, minlength=groups).astype(np.int64)
        return cls(share, counts, rounded[order], is_open[order])

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the groups."""
        return self.counts.shape

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, key: Any) -> Sample:
        """Some of the groups, chosen as from an array of their shape."""
        chosen = np.arange(self.counts.size).reshape(self.shape)[key]
        ends = np.cumsum(self.counts.ravel())
        starts = ends - self.counts.ravel()
        rows = [np.arange(starts[group], ends[group]) for group in np.ravel(chosen)]
        at = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
        return Sample(self.share, self.counts[key], self.values[at], self.is_open[at])

    def at_most(self, value: float) -> Floats:
        """The share of values of at most `value`, as the tallies of a ratio: float64 [*groups, 2].

        Open rows are left out while no older than the value, and count below the line once older.
        """
        below = self.values <= value
        group = np.repeat(np.arange(self.counts.size), self.counts.ravel())

        def counted(which: Bools) -> Floats:
            found = np.bincount(group[which], minlength=self.counts.size)
            return found.reshape(self.shape).astype(np.float64)

        return np.stack([counted(below & ~self.is_open), counted(~below | ~self.is_open)], axis=-1)

    def quantile(self, share: float) -> float:
        """The least value that has ended at which the pooled share of `at_most` reaches `share`.

        NaN where none does: no values, a share above 1, or too many open rows older than all that ended.
        """
        values, above, below = self._pooled
        reached = np.flatnonzero(above >= share * below * (1 - ROUNDING))
        return float(values[reached[0]]) if len(reached) else float("nan")

    @cached_property
    def _pooled(self) -> tuple[Floats, Floats, Floats]:
        """All values that have ended, ascending; at each, numerator and denominator of the pooled share."""
        order = np.lexsort((~self.is_open, self.values))
        values, is_open = self.values[order], self.is_open[order]
        ended = ~is_open
        still_counted = np.count_nonzero(is_open) - np.cumsum(is_open)
        below = np.count_nonzero(ended) + still_counted
        return values[ended], np.arange(1.0, np.count_nonzero(ended) + 1), below[ended].astype(np.float64)


Tally = Floats | Sample
"""Sums of a ratio [*groups, 2], or the values of a quantile."""


def stacked(tallies: Sequence[Tally]) -> Tally:
    """Tallies of equal shape as one, with a new first axis; at least one, all of one kind."""
    samples = [tally for tally in tallies if isinstance(tally, Sample)]
    if not samples:
        return np.stack([tally for tally in tallies if not isinstance(tally, Sample)])
    return Sample(
        samples[0].share,
        np.stack([sample.counts for sample in samples]),
        np.concatenate([sample.values for sample in samples]),
        np.concatenate([sample.is_open for sample in samples]),
    )
