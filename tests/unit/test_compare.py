"""Paired differences: intervals, verdicts, and p-values against hand-worked numbers."""

import math

import numpy as np
import pytest

from sim.analysis.compare import Difference, Finding, Pair, differences, holm

SHARE = (0.0, 1.0)
T2 = 4.302652729911275  # 97.5 % point of Student's t, 2 degrees of freedom


def tallies(numerators, denominators=10.0) -> np.ndarray:
    above = np.asarray(numerators, dtype=float)
    return np.column_stack([above, np.broadcast_to(np.asarray(denominators, dtype=float), above.shape)])


def difference(base, other, better="higher", bounds=None, confidence=0.95) -> Difference:
    [found] = differences([Pair(base, other, better, bounds)], confidence)
    return found


def test_a_paired_difference_is_as_worked_out_by_hand():
    # Ratios 0.1 0.2 0.3 and 0.2 0.4 0.6: differences 0.1 0.2 0.3, mean 0.2, standard deviation 0.1.
    found = difference(tallies([1, 2, 3]), tallies([2, 4, 6]))
    half = T2 * 0.1 / math.sqrt(3)
    assert (found.base, found.other, found.value) == pytest.approx((0.2, 0.4, 0.2))
    assert (found.low, found.high) == pytest.approx((0.2 - half, 0.2 + half))
    # t = 0.2 / (0.1 / sqrt 3); with 2 degrees of freedom p = 1 - t / sqrt(2 + t^2)
    t = 2 * math.sqrt(3)
    assert found.p_value == pytest.approx(1 - t / math.sqrt(2 + t * t))


def test_a_difference_not_settled_says_how_many_more_replications_would_settle_it():
    # Three replications: half-width 0.248 > 0.2. Four: t(3) = 3.182, 3.182 * 0.1 / 2 = 0.159 < 0.2.
    found = difference(tallies([1, 2, 3]), tallies([2, 4, 6]))
    assert found.finding is Finding.NOT_SETTLED
    assert found.more == 1
    assert str(found) == "not settled: about 1 more replication"


@pytest.mark.parametrize(
    ("spread", "more", "words"),
    [
        # n replications settle it when t(n - 1) * spread < sqrt(n): with 2, t(17) = 2.110 and 4.220 < 4.243
        (2, 8, "not settled: about 8 more replications"),
        # t(386) = 1.9662 and 19.662 < 19.672; told in two digits
        (10, 377, "not settled: about 380 more replications"),
        (300, None, "not settled: more than 100,000 more replications"),  # (1.96 * 300)^2 = 346,000
    ],
)
def test_the_wider_the_spread_the_more_replications_it_takes(spread: float, more: int | None, words: str):
    # Ten differences of mean 1 and standard deviation `spread`: the squares add up to 9 spread^2
    noise = np.array([-1.0, 1.0] * 5) * math.sqrt(0.9) * spread
    found = difference(tallies(np.zeros(10), 1), tallies(1 + noise, 1))
    assert found.more == more
    assert str(found) == words


def test_common_random_numbers_settle_what_independent_runs_could_not():
    # Replications swing by 20, the other is always 1 to 1.2 higher.
    base = np.array([80.0, 120, 90, 110, 100])
    found = difference(tallies(base, 1), tallies(base + np.array([1, 1.2, 1.1, 1, 1.2]), 1))
    assert found.finding is Finding.BETTER
    assert 0.9 < found.low < found.high < 1.3


def test_a_ratio_is_compared_by_its_linearised_values():
    # base: R = 6/12; (N - R D) / mean D = (1 - 1, 2 - 2, 3 - 3) / 4 = 0. other: R = 9/12 = 0.75;
    # (2 - 1.5, 3 - 3, 4 - 4.5) / 4 = 0.125, 0, -0.125; standard deviation 0.125.
    found = difference(tallies([1, 2, 3], [2, 4, 6]), tallies([2, 3, 4], [2, 4, 6]))
    half = T2 * 0.125 / math.sqrt(3)
    assert found.value == pytest.approx(0.25)
    assert (found.low, found.high) == pytest.approx((0.25 - half, 0.25 + half))


@pytest.mark.parametrize(
    ("better", "up", "down"),
    [
        ("higher", Finding.BETTER, Finding.WORSE),
        ("lower", Finding.WORSE, Finding.BETTER),
        ("neither", Finding.HIGHER, Finding.LOWER),
    ],
)
def test_the_direction_of_the_measure_makes_the_verdict(better, up: Finding, down: Finding):
    low, high = tallies([10, 11, 12]), tallies([20, 21.5, 22])
    assert difference(low, high, better).finding is up
    assert difference(high, low, better).finding is down
    assert difference(low, high, better).more is None


def test_the_same_tallies_are_identical_and_never_called_the_same_otherwise():
    rows = tallies([1, 2, 3])
    found = difference(rows, rows.copy())
    assert str(found) == "identical in every replication"
    assert math.isnan(found.p_value)
    almost = difference(rows, tallies([1, 2, 3.001]))
    assert almost.finding is Finding.NOT_SETTLED


def test_equal_values_that_never_vary_are_identical_whoever_counted():
    found = difference(tallies([5, 6, 7], [5, 6, 7]), tallies([8, 8, 9], [8, 8, 9]), bounds=SHARE)
    assert found.finding is Finding.IDENTICAL


def test_a_difference_that_never_varies_is_bounded_for_a_share():
    # 0 % against 100 % in each of twenty replications: p = 1 - 0.05^(1/20) = 0.139 may differ, by up to 2
    nothing, everything = tallies(np.zeros(20)), tallies(np.full(20, 10.0))
    found = difference(nothing, everything, bounds=SHARE)
    p = 1 - 0.05 ** (1 / 20)
    assert (found.low, found.high) == pytest.approx((1 - 2 * p, 1))
    assert found.finding is Finding.BETTER
    small = difference(tallies(np.full(20, 9.0)), everything, bounds=SHARE)
    assert str(small).startswith("not settled: the same difference in every replication")


def test_a_difference_that_never_varies_is_not_settled_without_bounds():
    found = difference(tallies([1, 2, 3], 1), tallies([6, 7, 8], 1))
    assert found.value == 5
    assert math.isnan(found.low)
    assert found.finding is Finding.NOT_SETTLED
    assert "the same difference in every replication" in str(found)


def test_one_replication_settles_nothing():
    found = difference(tallies([1]), tallies([9]))
    assert str(found) == "not settled: one replication has no interval"


def test_a_side_without_data_is_no_data():
    found = difference(tallies([1, 2]), tallies([0, 0], 0))
    assert str(found) == "no data"
    assert math.isnan(found.value)


def test_replications_without_data_on_either_side_do_not_count():
    full = difference(tallies([1, 2, 3]), tallies([2, 4, 6]))
    sparse = difference(tallies([1, 0, 2, 3], [10, 0, 10, 10]), tallies([2, 0, 4, 6], [10, 0, 10, 10]))
    assert sparse == full


def test_intervals_allow_for_all_differences_shown_together():
    pair = Pair(tallies([1, 2, 3]), tallies([2, 4, 6]))
    [alone] = differences([pair], confidence=0.99)
    together = differences([pair] * 5, confidence=0.95)  # each at 1 - 0.05 / 5
    assert [each.level for each in together] == pytest.approx([0.99] * 5)
    assert [(each.low, each.high) for each in together] == [pytest.approx((alone.low, alone.high))] * 5
    assert all(each.p_holm == pytest.approx(5 * alone.p_value) for each in together)


def test_holms_p_values_are_as_worked_out_by_hand():
    # In order 0.005 0.01 0.03 0.04, times 4 3 2 1: 0.02 0.03 0.06 0.04, and none below the one before
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.5, 0.6]) == pytest.approx((1.0, 1.0))
    assert holm([]) == ()


def test_a_difference_without_a_p_value_counts_as_the_largest():
    first, missing, second = holm([0.01, math.nan, 0.02])
    assert (first, second) == pytest.approx((0.03, 0.04))
    assert math.isnan(missing)


def test_nothing_to_compare_is_no_difference_at_all():
    assert differences([]) == ()


def test_unequal_numbers_of_replications_are_refused():
    with pytest.raises(ValueError, match="3 replications cannot be paired with 2"):
        difference(tallies([1, 2, 3]), tallies([1, 2]))


def test_a_95_percent_paired_interval_covers_the_true_difference_in_95_percent_of_studies():
    # 4,000 studies of ten paired replications: the same busy days on both sides, true ratios 0.6 and 0.65.
    studies, replications = 4_000, 10
    random = np.random.default_rng(7)
    contacts = random.poisson(300 * random.gamma(25, 1 / 25, (studies, replications)))
    in_both = random.binomial(contacts, 0.6)
    more = random.binomial(contacts - in_both, 0.125)  # 0.6 + 0.4 * 0.125 = 0.65
    covered = 0
    for study in range(studies):
        found = difference(
            tallies(in_both[study], contacts[study]),
            tallies(in_both[study] + more[study], contacts[study]),
            bounds=SHARE,
        )
        covered += found.low <= 0.05 <= found.high
    # 99.99 % interval of a binomial count around 95 %
    assert abs(covered / studies - 0.95) < 3.89 * math.sqrt(0.95 * 0.05 / studies)
