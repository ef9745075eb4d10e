"""The ratio interval: by hand, at its edges, and how often it covers the truth."""

import math

import numpy as np
import pytest

from sim.analysis.interval import Estimate, estimate, estimates

SHARE = (0.0, 1.0)
T2 = 4.302652729911275  # 97.5 % point of Student's t, 2 degrees of freedom: sqrt(2) * 0.95 / sqrt(1 - 0.95^2)


def tallies(*rows: tuple[float, float]) -> np.ndarray:
    return np.array(rows, dtype=float)


def test_the_value_is_the_ratio_of_sums_not_the_mean_of_ratios():
    # 10/10 and 0/90: 10 of 100, where the mean of ratios would be one half
    assert estimate(tallies((10, 10), (0, 90))).value == pytest.approx(0.1)


def test_the_interval_is_as_worked_out_by_hand():
    # R = 60/30 = 2. Residuals N - 2 D: 12 - 20 = -8, 20 - 20 = 0, 28 - 20 = 8; sum of squares 128.
    # se = sqrt(3/2 * 128) / 30 = sqrt(192) / 30
    found = estimate(tallies((12, 10), (20, 10), (28, 10)))
    half = T2 * math.sqrt(192) / 30
    assert (found.value, found.low, found.high) == pytest.approx((2, 2 - half, 2 + half))
    assert found.half_width == pytest.approx(half)
    assert (found.replications, found.basis, found.level) == (3, "student", 0.95)


def test_with_equal_denominators_it_is_students_interval_of_the_mean():
    # Ratios 1, 2, 3: mean 2, standard deviation 1
    found = estimate(tallies((7, 7), (14, 7), (21, 7)))
    assert found.high - found.value == pytest.approx(T2 / math.sqrt(3))


def test_unequal_denominators_weigh_replications_by_who_counted():
    # R = 9/12 = 0.75. Residuals: 3 - 3 = 0, 2 - 1.5 = 0.5, 4 - 4.5 = -0.5; se = sqrt(3/2 * 0.5) / 12
    found = estimate(tallies((3, 4), (2, 2), (4, 6)))
    assert found.value == pytest.approx(0.75)
    assert found.half_width == pytest.approx(T2 * math.sqrt(0.75) / 12)


def test_a_higher_level_is_wider():
    rows = tallies((12, 10), (20, 10), (28, 10))
    assert estimate(rows, 0.99).half_width > estimate(rows, 0.95).half_width


def test_a_share_stays_within_its_bounds():
    rows = tallies((99, 100), (100, 100), (96, 100))
    free, bounded = estimate(rows), estimate(rows, bounds=SHARE)
    assert free.high > 1
    assert bounded.high == 1
    assert bounded.low == free.low


def test_one_replication_has_a_value_and_no_interval():
    found = estimate(tallies((3, 4)), bounds=SHARE)
    assert found.value == 0.75
    assert not found.has_interval
    assert (found.replications, found.basis) == (1, "one replication")


@pytest.mark.parametrize("rows", [np.zeros((0, 2)), np.zeros((5, 2))])
def test_no_data_is_neither_a_value_nor_an_interval(rows: np.ndarray):
    found = estimate(rows, bounds=SHARE)
    assert math.isnan(found.value)
    assert not found.has_interval
    assert (found.replications, found.basis) == (0, "no data")


def test_replications_in_which_nobody_counted_do_not_count():
    rows = [(12, 10), (20, 10), (28, 10)]
    assert estimate(tallies(*rows, (0, 0), (0, 0))) == estimate(tallies(*rows))
    assert estimate(tallies((3, 4), (0, 0))).basis == "one replication"


@pytest.mark.parametrize("value", [0.0, 0.25, 1.0])
def test_the_same_share_in_every_replication_is_not_certainty(value: float):
    # Were the share of differing replications p above 1 - 0.05^(1/20) = 0.139, twenty alike would be rarer
    # than one in twenty; those that differ may be anywhere from 0 to 1.
    p = 1 - 0.05 ** (1 / 20)
    found = estimate(tallies(*[(value * d, d) for d in range(80, 100)]), bounds=SHARE)
    assert found.basis == "same in every replication"
    assert (found.low, found.high) == pytest.approx((value * (1 - p), value * (1 - p) + p))


def test_rounding_is_not_variation():
    # 0.1 * d / d is not 0.1 exactly in every replication
    rows = tallies(*[(0.1 * d, d) for d in (3, 7, 11, 13)])
    assert estimate(rows, bounds=SHARE).basis == "same in every replication"


def test_the_same_unbounded_value_in_every_replication_has_no_interval():
    found = estimate(tallies((0, 50), (0, 60), (0, 70)))
    assert found.value == 0
    assert not found.has_interval
    assert found.basis == "same in every replication"


def test_cells_are_estimated_one_by_one():
    rows = np.array([[[1, 2], [0, 0]], [[2, 2], [0, 0]], [[0, 2], [0, 0]]], dtype=float)
    first, second = estimates(rows, 0.9, SHARE)
    assert first == estimate(rows[:, 0], 0.9, SHARE)
    assert isinstance(first, Estimate)
    assert second.basis == "no data"


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_an_impossible_level_is_refused(level: float):
    with pytest.raises(ValueError, match="allowed: above 0 and below 1"):
        estimate(tallies((1, 2)), level)


def test_a_95_percent_interval_covers_the_true_ratio_in_95_percent_of_studies():
    # 4,000 studies of ten replications. Contacts of a replication: Poisson with a gamma mean (cv 20 %);
    # the busier the day, the fewer of them answered in time. The true ratio is E[N] / E[D], exactly.
    studies, replications = 4_000, 10
    random = np.random.default_rng(20260302)
    busy = random.gamma(25, 1 / 25, (studies, replications))
    contacts = random.poisson(400 * busy)
    answered = random.binomial(contacts, np.clip(1 - 0.2 * busy, 0, 1))
    # E[N] = 400 E[busy (1 - 0.2 busy)] = 400 (1 - 0.2 (1 + 1/25)), E[D] = 400
    truth = 1 - 0.2 * 1.04
    rows = np.stack([answered, contacts], axis=2).astype(float)
    covered = sum(
        found.low <= truth <= found.high for found in (estimate(study, bounds=SHARE) for study in rows)
    )
    # 99.99 % interval of a binomial count around 95 %: 3.89 standard deviations
    spread = 3.89 * math.sqrt(0.95 * 0.05 / studies)
    assert abs(covered / studies - 0.95) < spread
