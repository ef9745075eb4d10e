"""The values of a quantile measure: grouped, sliced, stacked, counted, and the quantile of them all."""

import math
import pickle

import numpy as np
import pytest

from sim.measures.sample import Sample, stacked


def sample(*groups: list[float], share: float = 0.5, still_open: tuple[list[float], ...] = ()) -> Sample:
    """One group a list of values that have ended; `still_open`: ages by group, of those that have not."""
    rows = [(group, value, False) for group, values in enumerate(groups) for value in values]
    rows += [(group, value, True) for group, values in enumerate(still_open) for value in values]
    group, value, is_open = (np.array(column) for column in zip(*rows, strict=True))
    return Sample.of(share, group.astype(np.int64), value.astype(float), is_open.astype(bool), len(groups))


def test_the_quantile_is_the_least_value_that_the_share_of_all_reaches():
    found = sample([3, 1], [2, 5, 4])
    assert [found.quantile(p) for p in (0.01, 0.2, 0.21, 0.5, 0.8, 0.81, 1.0)] == [1, 1, 2, 3, 4, 5, 5]
    assert math.isnan(found.quantile(1.01))


def test_the_quantile_is_that_of_numpys_inverse_of_the_distribution_function():
    random = np.random.default_rng(5)
    values = np.round(random.exponential(60, 999), 1)  # with ties
    found = sample(*np.split(values, 3))
    for share in random.uniform(0.001, 0.999, 50):
        assert found.quantile(share) == np.quantile(values, share, method="inverted_cdf")


@pytest.mark.parametrize("count", [7, 10, 29, 100, 1000])
def test_a_share_that_the_count_divides_is_not_missed_by_rounding(count: int):
    found = sample(list(range(1, count + 1)))
    assert [found.quantile(rank / count) for rank in range(1, count + 1)] == list(range(1, count + 1))


def test_the_share_at_most_a_value_is_counted_in_each_group():
    found = sample([1, 2, 2], [5])
    assert found.at_most(2).tolist() == [[3, 3], [0, 1]]
    assert found.at_most(1.99).tolist() == [[1, 3], [0, 1]]


def test_an_open_row_counts_below_the_line_once_it_is_older():
    found = sample([1, 3], still_open=([2],))
    assert [found.at_most(v)[0].tolist() for v in (0, 1, 1.9, 2, 3)] == [
        *([0, 3], [1, 3], [1, 3]),
        [1, 2],  # it may still end at 2: nobody knows
        [2, 2],
    ]


def test_an_open_row_as_old_as_a_value_is_left_out_of_the_share_at_it():
    found = sample([1, 3], still_open=([3, 1],))
    assert found.at_most(3).tolist() == [[2, 2]]
    assert found.quantile(1.0) == 3
    assert found.at_most(1).tolist() == [[1, 3]]
    assert found.quantile(0.34) == 3
    assert found.quantile(0.33) == 1


def test_the_quantile_agrees_with_the_share_at_most_each_value_whatever_is_open():
    random = np.random.default_rng(6)
    for _ in range(50):
        ended, ages = (random.integers(1, 12, random.integers(1, 15)).astype(float) for _ in range(2))
        found = sample(list(ended), still_open=(list(ages),))
        for share in random.uniform(0, 1, 10):
            reached = [v for v in np.unique(ended) if np.divide(*found.at_most(v)[0]) >= share]
            assert found.quantile(share) == (reached[0] if reached else pytest.approx(math.nan, nan_ok=True))


def test_the_quantile_is_not_known_where_too_many_are_open_and_older_than_all_that_ended():
    found = sample([10], still_open=([3600] * 9,))
    assert found.quantile(0.1) == 10
    assert math.isnan(found.quantile(0.11))


def test_nothing_has_no_quantile():
    nothing = sample([1], [2])[np.array([False, False])]
    assert len(nothing) == 0
    assert math.isnan(nothing.quantile(0.5))


def test_values_that_differ_by_rounding_alone_are_one():
    clock = 3 * 86_400.0
    found = sample([(clock + 20.1) - clock, 20.1])
    assert found.values.tolist() == [20.1, 20.1]


def test_many_replications_are_stacked_and_cut_like_an_array():
    first, second = sample([1, 2], []), sample([3], [4, 5])
    both = stacked([first, second])
    assert both.shape == (2, 2)
    assert both.counts.tolist() == [[2, 0], [1, 2]]
    assert both.values.tolist() == [1, 2, 3, 4, 5]
    assert (both[:, 0].counts.tolist(), both[:, 0].values.tolist()) == ([2, 1], [1, 2, 3])
    assert (both[:, 1].counts.tolist(), both[:, 1].values.tolist()) == ([0, 2], [4, 5])
    assert both[:, 1][np.array([False, True])].values.tolist() == [4, 5]
    assert both[:, 0][[1]].values.tolist() == [3]


def test_sums_are_stacked_as_arrays():
    one, two = np.ones((3, 2)), np.zeros((3, 2))
    assert np.array_equal(stacked([one, two]), np.stack([one, two]))


def test_values_come_back_from_another_process_as_they_were():
    found = sample([1, 3], [2], still_open=([2], []))
    assert found.quantile(0.5) == 2
    again = pickle.loads(pickle.dumps(found))
    assert (again.share, again.shape, again.quantile(0.5)) == (0.5, (2,), 2)
    assert np.array_equal(again.values, found.values)
    assert np.array_equal(again.is_open, found.is_open)
