"""Intervals of quantiles: by hand, at their edges, in comparisons and verdicts, and how often they cover."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from sim.analysis.compare import Difference, Finding, Pair, differences
from sim.analysis.gate import Verdict, judge
from sim.analysis.interval import Estimate
from sim.analysis.statistic import estimate
from sim.measures.sample import Sample
from sim.scenario.sla import parse_sla

T2 = 4.302652729911275  # 97.5 % point of Student's t, 2 degrees of freedom: sqrt(2) * 0.95 / sqrt(1 - 0.95^2)


def sample(rows: list, share: float = 0.5, still_open: list | None = None) -> Sample:
    """Each replication's values; `still_open`: the ages of what has not ended, by replication."""
    ages = still_open or [[] for _ in rows]
    both = [[*values, *old] for values, old in zip(rows, ages, strict=True)]
    counts = [len(each) for each in both]
    is_open = np.concatenate(
        [np.arange(len(each)) >= len(ended) for each, ended in zip(both, rows, strict=True)]
    )
    group = np.repeat(np.arange(len(rows)), counts)
    return Sample.of(share, group, np.concatenate([*both, []]), is_open.astype(bool), len(rows))


def difference(base: Sample, other: Sample, better: str = "lower", confidence: float = 0.95) -> Difference:
    [found] = differences([Pair(base, other, better)], confidence)
    return found


# --- by hand

# A hundred values in each of three replications: 1, …, 100; ten more of those just below 50; ten less.
SPREAD = [
    [*range(1, 101)],
    [*range(1, 51), *range(41, 51), *range(61, 101)],  # 60 of 100 are at most 50
    [*range(1, 41), *range(51, 61), *range(51, 101)],  # 40 of 100
]


def test_the_interval_is_as_worked_out_by_hand():
    # Pooled, every value is there three times (41, …, 50 twice in the second replication, not in the third,
    # and 51, …, 60 the other way round): so the median is 50, which 150 of 300 do not exceed.
    # Shares at most 50: 0.5, 0.6, 0.4; residuals 0, 10, -10 over a mean of 100: standard deviation 0.1.
    # At 80 % t = 1.886 (2 degrees of freedom), and the share may lie 1.886 * 0.1 / sqrt 3 = 0.1089 lower.
    # Shares under 50: 0.49, 0.58, 0.40, standard deviation 0.09; they may lie 0.0980 higher. So the ends are
    # the quantiles at 0.5 - 0.0980 and 0.5 + 0.1089, of 300 values the 121st (120.6) and the 183rd (182.7).
    found = estimate(sample(SPREAD), 0.8)
    t = math.sqrt(2) * 0.8 / math.sqrt(1 - 0.8**2)
    assert t * 0.1 / math.sqrt(3) == pytest.approx(0.1089, abs=1e-4)
    assert found == Estimate(50, 41, 61, 0.8, 3, "student")


def test_a_higher_level_is_wider():
    wide, narrow = (estimate(sample(SPREAD), level) for level in (0.95, 0.8))
    assert T2 * 0.1 / math.sqrt(3) == pytest.approx(0.2484, abs=1e-4)
    assert T2 * 0.09 / math.sqrt(3) == pytest.approx(0.2236, abs=1e-4)
    assert (wide.low, wide.high) == (28, 75)  # the 83rd (82.9) and 225th (224.5) of 300
    assert wide.low < narrow.low < narrow.high < wide.high


def test_replications_in_which_nobody_counted_do_not_count():
    assert estimate(sample([*SPREAD, [], []])) == estimate(sample(SPREAD))


# --- at the edges


def test_no_data_is_neither_a_value_nor_an_interval():
    found = estimate(sample([[], []]))
    assert math.isnan(found.value)
    assert not found.has_interval
    assert (found.replications, found.basis) == (0, "no data")


def test_one_replication_has_a_value_and_no_interval():
    found = estimate(sample([[1, 2, 3]]))
    assert found.value == 2
    assert not found.has_interval
    assert found.basis == "one replication"


def test_an_interval_that_needs_more_than_all_values_is_not_known():
    # Shares at most the quantile: 10 of 10, 8 of 10, 9 of 10: standard deviation 0.1; half 0.248 beyond 0.9
    found = estimate(sample([[*range(10)], [*range(8), 20, 20], [*range(9), 20]], share=0.9))
    assert found.value == 9
    assert not found.has_interval
    assert found.basis == "too few values"


def test_below_the_least_value_there_is_only_zero():
    found = estimate(sample(SPREAD, share=0.02))
    assert found.low == 0


def test_too_many_still_open_leave_the_quantile_unknown():
    found = estimate(sample([[1.0], [2.0]], 0.9, still_open=[[600.0], [900.0]]))
    assert math.isnan(found.value)
    assert (found.replications, found.basis) == (2, "too many still open")


def test_those_still_open_and_older_raise_the_quantile_and_widen_its_interval_to_what_is_known():
    ended = [[*range(1, 91)], [*range(2, 92)], [*range(3, 93)]]
    plain = estimate(sample(ended, 0.8))
    censored = estimate(sample(ended, 0.8, still_open=[[500.0] * 10] * 3))
    # 0.8 of 270 is the 216th, 73 + 72 + 71; of 300 the 240th, 81 + 80 + 79
    assert (plain.value, censored.value) == (73, 81)
    assert plain.has_interval
    assert censored.has_interval
    beyond = estimate(sample(ended, 0.89, still_open=[[500.0] * 10] * 3))
    assert beyond.value == 90  # 267 = 90 + 89 + 88 of 300
    assert not beyond.has_interval  # its upper end lies among those that have not ended


@pytest.mark.parametrize(
    ("share", "interval"),
    [
        # 20 alike: with 95 % at most p = 1 - 0.05^(1/20) = 13.9 % of replications differ, so at least 86.1 %
        # of all values are the value seen, and at most 13.9 % lie below it.
        (0.5, (7, 7)),
        (0.86, (7, 7)),
        (0.87, None),  # the quantile may be among those that differ
        (0.13, (0, 7)),  # and here as well, but a duration is not below 0
    ],
)
def test_the_same_value_in_every_replication_is_not_certainty(share: float, interval: tuple | None):
    found = estimate(sample([[7.0] * 30] * 20, share))
    assert (found.value, found.basis) == (7, "same in every replication")
    assert ((found.low, found.high) if found.has_interval else None) == interval


# --- verdicts

MEDIAN = parse_sla("wait.quantile(50%) <= 60s")


def tallies(rows: list, share: float = 0.5, still_open: list | None = None) -> Sample:
    """As a run keeps them: of groups [replications, cells], here one cell."""
    one = sample(rows, share, still_open)
    return Sample(one.share, one.counts[:, np.newaxis], one.values, one.is_open)


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(0.7, Verdict.PASS), (1.0, Verdict.UNDECIDED), (3.0, Verdict.FAIL)],  # 20 to 53, 28 to 75, 84 to 225
)
def test_an_sla_on_a_quantile_is_judged_by_its_interval(factor: float, verdict: Verdict):
    rows = [[factor * value for value in row] for row in SPREAD]
    result = judge(MEDIAN, tallies(rows))
    assert result.verdict is verdict
    assert result.shown.estimate == estimate(sample(rows))
    assert result.shown.margin == pytest.approx(60 - 50 * factor)


@pytest.mark.parametrize(
    ("rows", "still_open", "reason"),
    [
        ([[], []], None, "no data"),
        ([[1.0]], None, "one replication"),
        ([[1.0], [2.0, 3.0], [0.0]], None, "too few values"),
        ([[1.0], [2.0]], [[600.0] * 2] * 2, "a longer run_out would tell"),
    ],
)
def test_a_quantile_without_an_interval_never_passes(rows: list, still_open: list | None, reason: str):
    result = judge(MEDIAN, tallies(rows, 0.5, still_open))
    assert result.verdict is Verdict.UNDECIDED
    assert reason in result.reason


def test_each_cell_of_a_quantile_is_judged_by_itself():
    each = parse_sla("wait.quantile(50%) <= 60s each day")
    good = [[0.5 * value for value in row] for row in SPREAD]
    bad = [[9.0 * value for value in row] for row in SPREAD]
    # Of groups [replications, cells]: the good cell and the bad one alternate
    counts = np.array([[len(g), len(b)] for g, b in zip(good, bad, strict=True)])
    values = np.concatenate([np.sort(row) for pair in zip(good, bad, strict=True) for row in pair])
    result = judge(each, Sample(0.5, counts, values, np.zeros(len(values), dtype=bool)))
    assert [cell.verdict for cell in result.cells] == [Verdict.PASS, Verdict.FAIL]
    assert result.shown.estimate.value == 450


# --- comparisons


def test_a_paired_difference_is_as_worked_out_by_hand():
    # Base as above: at 95 % the ends are 28 and 75, 0.2236 + 0.2484 of the share apart, so the density at 50
    # is 0.4720 / 47 = 0.01004. Influence: minus (0, 0.1, -0.1) / density. Other: the same, twice as long, so
    # that its value is 100 and its influence twice the base's. Difference 50, and it varies as the base does.
    found = difference(sample(SPREAD), sample([[2.0 * value for value in row] for row in SPREAD]))
    lower, upper = T2 * 0.09 / math.sqrt(3), T2 * 0.1 / math.sqrt(3)
    half = upper * (75 - 28) / (lower + upper)
    assert (found.base, found.other, found.value) == (50, 100, 50)
    assert (found.low, found.high) == pytest.approx((50 - half, 50 + half))
    assert found.finding is Finding.WORSE


def test_the_direction_of_the_measure_makes_the_verdict():
    longer = sample([[3.0 * value for value in row] for row in SPREAD])
    assert difference(longer, sample(SPREAD)).finding is Finding.BETTER
    assert difference(sample(SPREAD), longer).finding is Finding.WORSE


def test_the_same_quantile_in_every_replication_is_identical_and_only_then():
    half_zero = [[0.0] * 60 + [float(number + 1)] * 40 for number in range(3)]
    longer = [[2 * value for value in row] for row in half_zero]
    assert str(difference(sample(half_zero), sample(longer))) == "identical in every replication"
    # In the last replication the median of the other is 5, though that of all is 0 still
    uneven = [*longer[:2], [0.0] * 49 + [5.0] * 51]
    found = difference(sample(half_zero), sample(uneven))
    assert found.value == 0
    assert found.finding is Finding.NOT_SETTLED


def test_where_one_side_sits_on_a_shared_value_the_other_side_alone_varies():
    # The base's median is 0 in any case: 60 % have it, give or take 2 or 3. The other's varies as above.
    zeros = [[0.0] * count + [float(value) for value in range(1, 101 - count)] for count in (60, 62, 58)]
    base, other = sample(zeros), sample(SPREAD)
    assert (estimate(base).low, estimate(base).high) == (0, 0)
    found = difference(base, other)
    alone = difference(sample(SPREAD), sample([[2.0 * value for value in row] for row in SPREAD]))
    assert found.value == 50
    assert found.high - found.value == pytest.approx(alone.high - alone.value)


def test_where_both_sides_sit_on_shared_values_there_is_no_paired_interval():
    zeros = [[0.0] * 99 + [9.0], [0.0] * 98 + [9.0] * 2, [0.0] * 97 + [9.0] * 3]
    sixties = [[60.0 if value == 0 else 90.0 for value in row] for row in zeros]
    found = difference(sample(zeros), sample(sixties))
    assert found.value == 60
    assert math.isnan(found.low)
    assert str(found) == "not settled: so many share the value that its interval has no width"


def test_too_few_values_give_the_two_values_and_no_paired_interval():
    found = difference(sample([[1.0], [2.0], [3.0, 9.0]], 0.9), sample([[1.5], [2.5], [3.5, 9.5]], 0.9))
    assert (found.base, found.other) == (9.0, 9.5)
    assert math.isnan(found.low)
    assert str(found) == "not settled: too few values for an interval of the quantile"


def test_a_side_without_data_is_no_data():
    assert str(difference(sample([[1.0], [2.0]]), sample([[], []]))) == "no data"


# --- coverage

STUDIES, REPLICATIONS, CONTACTS, CV = 2_000, 20, 100, 0.1
BUSY = stats.gamma(CV**-2, scale=CV**2)
"""How busy a replication is: as many more contacts, and waits as much longer."""


def true_quantile(share: float, mean: float, at_once: float) -> float:
    """Of exponential waits of mean `mean` * busy, each contact counting once: E[busy (F - share)] = 0."""
    busy = BUSY.ppf((np.arange(20_000) + 0.5) / 20_000)

    def excess(v: float) -> float:
        below = at_once + (1 - at_once) * -np.expm1(-v / (mean * busy))
        return float(np.mean(busy * (below - share)))

    return float(optimize.brentq(excess, 1e-9, 50 * mean))


def studies(seed: int, at_once: float, count: int):
    """Waits of the base, and of the other: of 70 % of contacts 5/6 as long, of the others drawn anew."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        busy = random.gamma(CV**-2, CV**2, REPLICATIONS)
        contacts = random.poisson(CONTACTS * busy)
        scale = np.repeat(busy, contacts)
        size = len(scale)
        waits, again = (random.exponential(60 * scale) * (random.random(size) >= at_once) for _ in range(2))
        other = np.where(random.random(size) < 0.7, waits, again) * 5 / 6
        group = np.repeat(np.arange(REPLICATIONS), contacts)
        yield group, waits, other


def covers(covered: int, count: int) -> bool:
    """Within the 99.99 % interval of a binomial count around 95 %."""
    return abs(covered / count - 0.95) < 3.89 * math.sqrt(0.95 * 0.05 / count)


@pytest.mark.parametrize(("share", "at_once"), [(0.5, 0.0), (0.9, 0.0), (0.9, 0.6)])
def test_a_95_percent_interval_covers_the_true_quantile_in_95_percent_of_studies(share, at_once):
    truth = true_quantile(share, 60.0, at_once)
    covered = 0
    for group, waits, _ in studies(11, at_once, STUDIES):
        found = estimate(Sample.of(share, group, waits, np.zeros(len(waits), dtype=bool), REPLICATIONS))
        covered += found.low <= truth <= found.high
    assert covers(covered, STUDIES), covered / STUDIES


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_95_percent_paired_interval_covers_the_true_difference_of_quantiles(share: float):
    truth = true_quantile(share, 50.0, 0.0) - true_quantile(share, 60.0, 0.0)
    count = STUDIES // 2
    covered, widths, alone = 0, [], []
    for group, waits, other in studies(12, 0.0, count):
        nothing = np.zeros(len(waits), dtype=bool)
        pair = [Sample.of(share, group, values, nothing, REPLICATIONS) for values in (waits, other)]
        found = difference(*pair)
        covered += found.low <= truth <= found.high
        widths.append(found.high - found.low)
        alone.append(estimate(pair[0]).half_width * 2)
    assert covers(covered, count), covered / count
    assert np.mean(widths) < 0.7 * np.mean(alone)  # the same customers: narrower than even one side by itself
