"""What a redesign costs at once, and when it has paid for itself.

The saving of a year is the difference in cost over the window, times the windows in a year: it takes every
week of a year for one like those simulated. With I invested beyond what the base invests, S saved in a year
and no discounting,

    payback = I / S                        never, where S is not above 0
    ROI     = (years · S - I) / I

I is known, S has the interval of the paired difference in cost, [L, H], which holds together with all others
of the comparison. Since both depend on S alone and in one direction, their intervals are those of S turned
over: payback [I / H, I / L], which is Fieller's interval for a numerator without error. Where L is not above
0 it has no upper end; whether the redesign ever pays back is then not settled.

Reference: Fieller, "Some problems in interval estimation", Journal of the Royal Statistical Society B 16(2),
1954; Horngren, Datar, Rajan, "Cost Accounting: A Managerial Emphasis", 15th ed. 2014, chapter 21 (payback).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sim.analysis.compare import Difference, Finding
from sim.analysis.interval import ROUNDING
from sim.scenario.costs import Costs
from sim.units import YEAR

TOLERATED = 0.10
"""Spending may pass the budget by this share before a warning: a given figure."""


class Payback(StrEnum):
    """What is known about when an investment has paid for itself."""

    PAYS_BACK = "pays back"
    NEVER = "never"
    NOT_SETTLED = "not settled"
    NO_INTERVAL = "no interval"
    NO_DATA = "no data"


@dataclass(frozen=True)
class Spending:
    """What a scenario spends at once.

    one_off: by name, in file order; budget: what may be spent, or None.
    """

    one_off: Mapping[str, float]
    budget: float | None

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self.one_off.values())

    @property
    def over(self) -> float:
        """What is spent beyond the budget as a share of it, negative below; NaN without a budget or of 0."""
        return (self.total - self.budget) / self.budget if self.budget else math.nan

    @property
    def is_over(self) -> bool:
        """Whether the budget is passed by more than 10 %."""
        if self.budget is None:
            return False
        return self.total > self.budget * (1 + TOLERATED) * (1 + ROUNDING)


@dataclass(frozen=True)
class Returns:
    """What an investment brings back; money of a year, times in years, ROI as a fraction.

    invested                    beyond what the base invests
    saving, saving_low, _high   of a year
    payback, payback_low, _high infinite: never; NaN: not known
    roi, roi_low, roi_high      over `years`
    level                       of the three intervals, which are one
    more                        replications that would settle it, as in `Difference`
    """

    invested: float
    years: int
    saving: float
    saving_low: float
    saving_high: float
    payback: float
    payback_low: float
    payback_high: float
    roi: float
    roi_low: float
    roi_high: float
    level: float
    finding: Payback
    more: int | None = None


@dataclass(frozen=True)
class Investment:
    """What a study spends at once and what that brings back; `why_not` says why that is not known."""

    spending: Spending
    returns: Returns | None = None
    why_not: str = ""


def spending(costs: Costs) -> Spending | None:
    """What a scenario spends at once; None where it says nothing of it."""
    return Spending(costs.one_off, costs.budget) if costs.one_off else None


def returns(invested: float, years: int, cost: Difference, horizon: float) -> Returns:
    """What an investment above 0 brings back, by the paired difference in cost over `horizon` seconds."""
    windows = YEAR / horizon
    saving, low, high = (-windows * value for value in (cost.value, cost.high, cost.low))
    if cost.finding is Finding.IDENTICAL:
        saving = low = high = 0.0
    return Returns(
        invested,
        years,
        saving,
        low,
        high,
        payback=_payback(invested, saving),
        payback_low=_payback(invested, high),
        payback_high=_payback(invested, low),
        roi=years * saving / invested - 1,
        roi_low=years * low / invested - 1,
        roi_high=years * high / invested - 1,
        level=cost.level,
        finding=_finding(saving, low, high),
        more=cost.more,
    )


def _payback(invested: float, saving: float) -> float:
    if math.isnan(saving):
        return math.nan
    return invested / saving if saving > 0 else math.inf


def _finding(saving: float, low: float, high: float) -> Payback:
    if math.isnan(saving):
        return Payback.NO_DATA
    if math.isnan(low):
        return Payback.NO_INTERVAL
    if low > 0:
        return Payback.PAYS_BACK
    return Payback.NEVER if high <= 0 else Payback.NOT_SETTLED
