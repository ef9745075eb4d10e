"""Distribution families of scipy.stats, drawn from through a table of their quantiles.

Engines know few families by heart. Any other continuous one is tabulated: its quantile function Q at knots,
straight lines between them. Knots lie at probabilities 2^-k and 1 - 2^-k, hence the denser the nearer to an
end, and with k the closer together the more Q bends. The last are at 2^-53, as far as a uniform random number
goes. What the table misses is measured, and a family that it would misrepresent is refused.

scipy.stats takes more than a second to import, so that only scenarios that need it pay for it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import did_you_mean, shown

if TYPE_CHECKING:
    from scipy.stats import rv_continuous

Floats = NDArray[np.float64]

TOLERANCE = 2e-4
"""Error of a quantile, relative to it or to the mean if that is larger, above which knots are added."""
LARGEST_MEAN_ERROR = 0.01
"""Relative error of the mean beyond which a family is refused."""
_OCTAVES = 52.0  # the last knots lie at 2^-(1 + octaves) from either end
_SEEN_OCTAVES = 29.0  # beyond one draw in a billion the first knots are enough, and errors are not looked at
_FIRST_SPACING = 0.5
_HALVINGS = 7
_TOO_SLOW = ("studentized_range", "levy_stable")  # minutes for one table


class FamilyError(ValueError):
    """What is wrong with a family and its parameters; `at` is the path of the value inside the map."""

    def __init__(self, message: str, remedy: str = "", at: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message, self.remedy, self.at = message, remedy, at


@dataclass(frozen=True)
class QuantileTable:
    """A quantile function as knots: values (seconds) at probabilities, both ascending.

    mean            the exact mean, in seconds
    quantile_error  largest error found between knots, up to one in a billion at either end, relative to the
                    quantile, or to the mean where that is larger
    mean_error      relative error of the table's mean, positive if it is too large
    """

    probabilities: tuple[float, ...]
    values: tuple[float, ...]
    mean: float
    quantile_error: float
    mean_error: float

    def __str__(self) -> str:
        return (
            f"a table of {len(self.values)} quantiles, off between them by at most "
            f"{_percent(self.quantile_error)} (of the quantile, or of the mean if that is larger), and by "
            f"{_percent(abs(self.mean_error))} in the mean"
        )


def tabulated(family: str, shapes: Mapping[str, float], loc: float, scale: float) -> QuantileTable:
    """The table of a family with its shape parameters; loc and scale in seconds.

    Raises:
        FamilyError: there is no such family, its shape parameters are not these or not allowed, it can be
            negative, its mean is not finite, or a table would miss its mean.
    """
    return _tabulated(family, tuple(sorted(shapes.items())), loc, scale)


@lru_cache(maxsize=256)
def _tabulated(family: str, shapes: tuple[tuple[str, float], ...], loc: float, scale: float) -> QuantileTable:
    said = ", ".join([family, *(f"{name} = {value:g}" for name, value in shapes)])
    with _computing(said):
        frozen = _frozen(family, dict(shapes), loc, scale)
        mean = _checked_mean(frozen, said)
        at, value = _knots(frozen, mean)
        quantile_error = _largest_error(frozen, at, value, mean)
    if not np.isfinite(value).all():
        raise FamilyError(f"{said}: scipy.stats cannot compute its quantiles")
    probability = _probability(at)
    with_ends = np.pad(value, 1, mode="edge"), np.concatenate(([0.0], probability, [1.0]))
    mean_error = float(np.trapezoid(*with_ends)) / mean - 1
    if abs(mean_error) > LARGEST_MEAN_ERROR:
        raise FamilyError(
            f"{said}: a table of its quantiles would miss its mean by {_percent(abs(mean_error))} "
            f"(allowed: {_percent(LARGEST_MEAN_ERROR)})",
            "choose shape parameters with a lighter tail",
        )
    return QuantileTable(tuple(probability.tolist()), tuple(value.tolist()), mean, quantile_error, mean_error)


def _frozen(family: str, shapes: Mapping[str, float], loc: float, scale: float) -> Any:
    distribution = _family(family)
    needed = [name.strip() for name in (distribution.shapes or "").split(",") if name.strip()]
    takes = f"{family} takes {', '.join(needed) or 'none'}, besides loc and scale"
    for name in shapes:
        if name not in needed:
            raise FamilyError(f"{family} has no shape parameter {shown(name)}", takes, (name,))
    missing = [name for name in needed if name not in shapes]
    if missing:
        noun = "parameter" if len(missing) == 1 else "parameters"
        raise FamilyError(f"{family} needs its shape {noun} {' and '.join(missing)}", takes)
    return distribution(**shapes, loc=loc, scale=scale)


def _checked_mean(frozen: Any, said: str) -> float:
    """The mean, of what may stand for a duration."""
    least = float(frozen.support()[0])
    if math.isnan(least):
        raise FamilyError(f"{said}: scipy.stats does not allow these shape parameters")
    if least < 0:
        raise FamilyError(
            f"{said}: a duration cannot be negative, and this goes down to {least:g} s",
            "choose a family on positive values, or a larger loc",
        )
    mean = float(frozen.mean())
    if not 0 < mean < math.inf:
        raise FamilyError(f"{said}: its mean is not finite", "choose shape parameters with a lighter tail")
    return mean


def _family(name: str) -> rv_continuous:
    if name in _TOO_SLOW:
        raise FamilyError(f"{name} takes minutes to tabulate", "choose another family", ("family",))
    from scipy import stats

    known = {key: each for key, each in vars(stats).items() if isinstance(each, stats.rv_continuous)}
    if name not in known:
        raise FamilyError(
            f"scipy.stats has no continuous family {shown(name)}", did_you_mean(name, known), ("family",)
        )
    return known[name]


def _tail(at: Floats) -> Floats:
    """Probability beyond the knot at `at` octaves from the middle, below 0 on the lower side.

    As exact as the probability itself can be: 1 - tail loses no digit.
    """
    tail = np.exp2(-(1 + np.abs(at)))
    exact: Floats = np.where(at > 0, 1 - (1 - tail), tail)
    return exact


def _probability(at: Floats) -> Floats:
    """Probability up to the knot at `at`."""
    found: Floats = np.where(at > 0, 1 - _tail(at), _tail(at))
    return found


def _quantiles(frozen: Any, at: Floats) -> Floats:
    """Q there; on the upper side from the tail, which has the digits that the probability has lost."""
    found = np.empty(len(at))
    found[at <= 0] = frozen.ppf(_tail(at[at <= 0]))
    found[at > 0] = frozen.isf(_tail(at[at > 0]))
    return found


def _knots(frozen: Any, mean: float) -> tuple[Floats, Floats]:
    """Places in octaves and values of the knots."""
    at = np.arange(-_OCTAVES, _OCTAVES + _FIRST_SPACING, _FIRST_SPACING)
    value = _quantiles(frozen, at)
    begin, end, begin_value, end_value = at[:-1], at[1:], value[:-1], value[1:]
    for _ in range(_HALVINGS):
        middle = (begin + end) / 2
        middle_value = _quantiles(frozen, middle)
        error = _error(middle, middle_value, (begin, end), (begin_value, end_value), mean)
        bent = (error > TOLERANCE) & (np.abs(middle) < _SEEN_OCTAVES)
        begin, middle, end = begin[bent], middle[bent], end[bent]
        begin_value, middle_value, end_value = begin_value[bent], middle_value[bent], end_value[bent]
        at, value = np.append(at, middle), np.append(value, middle_value)
        begin, end = np.append(begin, middle), np.append(middle, end)
        begin_value, end_value = np.append(begin_value, middle_value), np.append(middle_value, end_value)
    order = np.argsort(at)
    at, value = at[order], value[order]
    apart = np.diff(_probability(at), prepend=-1.0) > 0  # the last upper ones fall on one number
    # Solvers' noise in the last digits must not make a quantile function fall.
    return at[apart], np.maximum.accumulate(value[apart])


def _largest_error(frozen: Any, at: Floats, value: Floats, mean: float) -> float:
    """The largest error found at three places between any two knots."""
    seen = np.flatnonzero((np.abs(at[:-1]) < _SEEN_OCTAVES) & (np.abs(at[1:]) < _SEEN_OCTAVES))
    ends, values = (at[seen], at[seen + 1]), (value[seen], value[seen + 1])
    largest = 0.0
    for part in (0.25, 0.5, 0.75):
        here = ends[0] + part * (ends[1] - ends[0])
        largest = max(largest, float(_error(here, _quantiles(frozen, here), ends, values, mean).max()))
    return largest


def _error(
    at: Floats, exact: Floats, ends: tuple[Floats, Floats], values: tuple[Floats, Floats], mean: float
) -> Floats:
    """How far the straight lines between knots are off, relative to the quantile, or the mean if larger."""
    side = np.where(ends[0] >= 0, -1.0, 1.0)  # on the upper side tails shrink; nothing spans the middle
    begin, here, end = (side * _tail(place) for place in (ends[0], at, ends[1]))
    line = values[0] + (values[1] - values[0]) * (here - begin) / (end - begin)
    error: Floats = np.abs(line - exact) / np.maximum(mean, exact)
    return error


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share > 1e-9 else "0 %"


@contextmanager
def _computing(said: str) -> Iterator[None]:
    """scipy.stats warns of what is checked here, such as overflow in far tails; if it fails, so does this."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            yield
        except FamilyError:
            raise
        except (ArithmeticError, ValueError, RuntimeError) as error:
            raise FamilyError(f"{said}: scipy.stats cannot compute it ({error})") from None
