"""Payback, ROI and budget: by hand where the numbers are round, and by coverage where they are random."""

import math

import numpy as np
import pytest
from scipy.stats import binom

from sim.analysis.compare import Difference, Finding, Pair, differences
from sim.analysis.investment import Investment, Payback, Returns, Spending, returns, spending
from sim.reporting.investments import investment_lines, spending_lines
from sim.scenario.costs import Costs
from sim.units import DAY, YEAR

WEEK = 7 * DAY
UNKNOWN = math.nan


def cost(value: float, low: float, high: float, finding: Finding, more: int | None = None) -> Difference:
    """A paired difference in the cost of a window."""
    return Difference(0.0, value, value, low, high, 0.95, UNKNOWN, UNKNOWN, 20, finding, more)


def of_a_fifth_of_a_year(value: float, low: float, high: float, finding: Finding, **more) -> Returns:
    """Five windows make a year, 10,000 is invested, and three years are looked at."""
    return returns(10_000, 3, cost(value, low, high, finding, **more), YEAR / 5)


def test_saving_payback_and_return_are_as_worked_out_by_hand():
    # 1,000 less in each of five windows: 5,000 a year; 10,000 is back in 2 years; 15,000 in 3 years are 150 %
    found = of_a_fifth_of_a_year(-1000, -1250, -800, Finding.BETTER)
    assert (found.saving, found.saving_low, found.saving_high) == (5000, 4000, 6250)
    assert (found.payback, found.payback_low, found.payback_high) == (2.0, 1.6, 2.5)
    assert (found.roi, found.roi_low, found.roi_high) == pytest.approx((0.5, 0.2, 0.875))
    assert found.finding is Payback.PAYS_BACK
    assert found.level == 0.95


def test_a_redesign_that_costs_more_never_pays_back():
    found = of_a_fifth_of_a_year(1000, 800, 1250, Finding.WORSE)
    assert found.finding is Payback.NEVER
    assert (found.payback, found.payback_low, found.payback_high) == (math.inf,) * 3
    assert found.roi == pytest.approx(-2.5)


def test_a_saving_that_may_be_none_leaves_the_payback_open_to_above():
    found = of_a_fifth_of_a_year(-500, -1000, 0, Finding.NOT_SETTLED, more=30)
    assert found.finding is Payback.NOT_SETTLED
    assert (found.payback, found.payback_low, found.payback_high) == (4, 2, math.inf)
    assert found.more == 30


def test_the_same_cost_in_every_replication_is_no_saving():
    found = of_a_fifth_of_a_year(0, UNKNOWN, UNKNOWN, Finding.IDENTICAL)
    assert found.finding is Payback.NEVER
    assert (found.saving, found.roi) == (0, -1)


def test_without_an_interval_there_is_a_payback_and_none_around_it():
    found = of_a_fifth_of_a_year(-1000, UNKNOWN, UNKNOWN, Finding.NOT_SETTLED)
    assert found.finding is Payback.NO_INTERVAL
    assert found.payback == 2
    assert math.isnan(found.payback_low)
    assert math.isnan(found.payback_high)


def test_no_data_is_no_payback():
    found = of_a_fifth_of_a_year(UNKNOWN, UNKNOWN, UNKNOWN, Finding.NO_DATA)
    assert found.finding is Payback.NO_DATA
    assert math.isnan(found.payback)
    assert math.isnan(found.roi)


def test_the_interval_of_the_payback_covers_the_true_one_as_often_as_it_says():
    """The saving of a window is 200 on average, of standard deviation 100 over replications."""
    random = np.random.default_rng(11)
    seeds, replications, invested = 2000, 6, 40_000
    true = invested / (200 * YEAR / WEEK)
    covered = 0
    for _ in range(seeds):
        shared = random.normal(5000, 400, replications)
        saved = random.normal(200, 100, replications)
        base, other = (np.column_stack([sums, np.ones(replications)]) for sums in (shared, shared - saved))
        (difference,) = differences([Pair(base, other, "lower")])
        found = returns(invested, 3, difference, WEEK)
        covered += found.payback_low <= true <= found.payback_high
    low, high = binom.interval(0.9999, seeds, 0.95)
    assert low <= covered <= high, covered


@pytest.mark.parametrize(
    ("spent", "budget", "warned"),
    [
        (22_000, 20_000, False),
        (22_001, 20_000, True),
        (19_000, 20_000, False),
        (1, 0, True),
        (1, None, False),
    ],
)
def test_a_budget_passed_by_more_than_a_tenth_is_warned_of(spent: float, budget: float | None, warned: bool):
    found = Spending({"licence": spent}, budget)
    assert found.is_over is warned
    text = " ".join(line.plain for line in spending_lines(found, "EUR"))
    assert ("warning" in text) is warned


def test_a_tenth_over_the_budget_is_within_it_whatever_the_rounding():
    assert not Spending({"licence": 3.3, "training": 0}, 3.0).is_over  # 3.0 * 1.1 is 3.3000000000000003
    assert not Spending({"a": 0.1, "b": 0.2, "c": 0.03}, 0.3).is_over


def test_who_spends_nothing_has_no_spending():
    assert spending(Costs()) is None
    assert spending(Costs.model_validate({"one_off": {"licence": 5}, "budget": 9})) == Spending(
        {"licence": 5}, 9
    )


def said(found: Returns) -> list[str]:
    return [
        line.plain for line in investment_lines(Investment(Spending({"bot": 10_000}, None), found), "EUR")
    ]


def test_an_investment_is_told_in_words():
    assert said(of_a_fifth_of_a_year(-1000, -1240, -800, Finding.BETTER)) == [
        "spends 10,000 EUR at once (bot)",
        "saves 5,000 EUR a year [4,000, 6,200]",
        "pays back in 2.0 years [1.6, 2.5]",
        "return on investment (ROI) over 3 years: 50 % [20, 86]",
    ]


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        ((1000, 800, 1250, Finding.WORSE), "costs 5,000 EUR more a year"),
        ((1000, 800, 1250, Finding.WORSE), "never pays back"),
        ((-500, -1000, 0, Finding.NOT_SETTLED), "not settled; not before 2.0 years"),
        (
            (0, UNKNOWN, UNKNOWN, Finding.IDENTICAL),
            "saves nothing: the cost is identical",
        ),
        ((-1000, UNKNOWN, UNKNOWN, Finding.NOT_SETTLED), "saves 5,000 EUR a year (no interval)"),
        ((1000, UNKNOWN, UNKNOWN, Finding.NOT_SETTLED), "does not pay back, as far as can be told"),
        ((UNKNOWN, UNKNOWN, UNKNOWN, Finding.NO_DATA), "payback is not known: no data"),
    ],
)
def test_what_is_not_known_or_no_gain_is_told_as_such(difference, words):
    assert words in "\n".join(said(of_a_fifth_of_a_year(*difference)))
