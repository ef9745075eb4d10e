"""Verdicts on SLAs: PASS, FAIL, UNDECIDED, and the exit code that they make."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.gate import SlaResult, Verdict, exit_code, judge
from sim.analysis.interval import estimate
from sim.errors import ExitCode
from sim.scenario.sla import parse_sla

FCR = parse_sla("fcr >= 80%")
WAIT = parse_sla("wait.mean <= 60s")
EACH = parse_sla("fcr >= 80% each hour")
T1 = 12.706204736174707  # 97.5 % point of Student's t, 1 degree of freedom: tan(0.475 pi)
T1_HALF_ALPHA = math.tan(math.pi * (0.9875 - 0.5))  # 98.75 % point: 25.45


def ratios(*replications) -> np.ndarray:
    """Tallies [replications, cells, 2] with denominators of 1; a scalar is a single cell."""
    above = np.array(replications, dtype=float).reshape(len(replications), -1)
    return np.stack([above, np.ones_like(above)], axis=2)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((0.90, 0.91), Verdict.PASS),  # 0.905 -+ 12.7 * 0.005: 0.841 to 0.969
        ((0.70, 0.71), Verdict.FAIL),  # 0.641 to 0.769
        ((0.80, 0.81), Verdict.UNDECIDED),  # 0.741 to 0.869
    ],
)
def test_the_side_of_the_target_on_which_the_interval_lies_is_the_verdict(values, verdict: Verdict):
    result = judge(FCR, ratios(*values))
    assert result.verdict is verdict
    assert result.shown.estimate == estimate(ratios(*values)[:, 0], 0.95, (0, 1))
    assert result.shown.margin == pytest.approx(sum(values) / 2 - 0.8)
    assert (result.reason == "") == (verdict is not Verdict.UNDECIDED)


@pytest.mark.parametrize(
    ("values", "verdict"), [((50, 51), Verdict.PASS), ((80, 81), Verdict.FAIL), ((60, 61), Verdict.UNDECIDED)]
)
def test_a_target_from_above_is_met_below_it(values, verdict: Verdict):
    result = judge(WAIT, ratios(*values))
    assert result.verdict is verdict
    assert result.shown.margin == pytest.approx(60 - sum(values) / 2)


def test_an_interval_that_touches_the_target_meets_at_least_but_not_more_than():
    # Without variation the bound of a share of 1 is [0.05^(1/2), 1]; the target is set on its lower end.
    rows = ratios(1, 1)
    edge = estimate(rows[:, 0], 0.95, (0, 1)).low
    assert judge(replace(FCR, target=edge), rows).verdict is Verdict.PASS
    assert judge(replace(FCR, target=edge, comparison=">"), rows).verdict is Verdict.UNDECIDED
    assert judge(replace(FCR, target=edge, comparison="<"), rows).verdict is Verdict.FAIL
    assert judge(replace(FCR, target=edge, comparison="<="), rows).verdict is Verdict.UNDECIDED


def test_no_data_never_passes():
    for sla in (FCR, WAIT, parse_sla("abandonment < 100%")):
        result = judge(sla, np.zeros((20, 1, 2)))
        assert result.verdict is Verdict.UNDECIDED
        assert "no data" in result.reason
        assert math.isnan(result.shown.margin)


def test_one_replication_never_passes():
    result = judge(FCR, ratios(1))
    assert result.verdict is Verdict.UNDECIDED
    assert "one replication" in result.reason


def test_the_same_share_in_every_replication_passes_only_within_its_bound():
    # 20 replications of 100 %: at least 0.05^(1/20) = 86.1 %
    rows = ratios(*[1] * 20)
    assert judge(replace(FCR, target=0.86), rows).verdict is Verdict.PASS
    assert judge(replace(FCR, target=0.87), rows).verdict is Verdict.UNDECIDED


def test_the_same_wait_in_every_replication_bounds_nothing():
    result = judge(WAIT, ratios(*[0] * 20))
    assert result.verdict is Verdict.UNDECIDED
    assert "the same value in every replication" in result.reason


def test_several_slas_and_looks_share_the_error():
    rows = ratios(0.90, 0.91)  # half-width 0.005 t: 0.064 at alpha, 0.127 at alpha / 2
    assert judge(FCR, rows).verdict is Verdict.PASS
    for shared in ({"slas": 2}, {"looks": 2}):
        result = judge(FCR, rows, **shared)
        assert result.verdict is Verdict.UNDECIDED
        assert result.shown.estimate.half_width == pytest.approx(0.005 * T1_HALF_ALPHA)
    assert judge(FCR, rows, slas=2, looks=3).shown.estimate.level == pytest.approx(1 - 0.05 / 6)


def test_an_sla_on_each_cell_passes_when_every_cell_passes_uncorrected():
    # Each cell 0.905 -+ 0.005 T1 = 0.841 passes at alpha, though not at alpha / 2 (0.778).
    result = judge(EACH, ratios((0.90, 0.90), (0.91, 0.91)))
    assert result.verdict is Verdict.PASS
    assert {cell.verdict for cell in result.cells} == {Verdict.PASS}
    assert result.shown.estimate.half_width == pytest.approx(0.005 * T1)


def test_an_sla_on_each_cell_fails_only_with_the_error_shared_over_the_cells():
    # 0.705 + 0.005 T1 = 0.769 fails alone; with two cells 0.705 + 0.005 * 25.5 = 0.832 does not.
    bad = (0.70, 0.71)
    assert judge(FCR, ratios(*bad)).verdict is Verdict.FAIL
    result = judge(EACH, ratios((0.90, bad[0]), (0.91, bad[1])))
    assert result.verdict is Verdict.UNDECIDED
    assert result.shown.cell == 1
    assert result.shown.estimate.half_width == pytest.approx(0.005 * T1_HALF_ALPHA)
    assert result.reason.startswith("1 of 2 undecided")


def test_one_failing_cell_fails_the_sla_and_the_worst_is_shown():
    # 0.505 and 0.405 fail by far at alpha / 3
    result = judge(EACH, ratios((0.90, 0.50, 0.40), (0.91, 0.51, 0.41)))
    assert result.verdict is Verdict.FAIL
    assert [cell.verdict for cell in result.cells] == [Verdict.PASS, Verdict.FAIL, Verdict.FAIL]
    assert result.shown.cell == 2
    assert result.shown.margin == pytest.approx(0.405 - 0.8)


def test_cells_without_planned_arrivals_are_not_judged_and_cost_no_error():
    rows = ratios((0.0, 0.70), (0.0, 0.71))
    result = judge(EACH, rows, judged=np.array([False, True]))
    assert [cell.cell for cell in result.cells] == [1]
    assert result.verdict is Verdict.FAIL  # at alpha, as if it were the only cell
    nothing = judge(EACH, rows, judged=np.array([False, False]))
    assert nothing.verdict is Verdict.UNDECIDED
    assert nothing.shown is None
    assert "no cell" in nothing.reason


def test_a_cell_with_planned_arrivals_but_no_data_keeps_the_sla_from_passing():
    rows = ratios((0.90, 0), (0.91, 0))
    rows[:, 1, 1] = 0
    result = judge(EACH, rows)
    assert result.verdict is Verdict.UNDECIDED
    assert "no data" in result.reason


def test_both_bounds_of_open_contacts_must_agree():
    short, long = ratios(50, 51), ratios(80, 81)
    assert judge(WAIT, short, standing=short).shown.standing is None
    torn = judge(WAIT, short, standing=long)
    assert torn.verdict is Verdict.UNDECIDED
    assert "contacts still open at the end" in torn.reason
    assert torn.shown.estimate.value == pytest.approx(50.5)
    assert torn.shown.standing.value == pytest.approx(80.5)
    assert torn.shown.margin == pytest.approx(60 - 80.5)
    assert judge(WAIT, short, standing=ratios(52, 53)).verdict is Verdict.PASS
    assert judge(WAIT, long, standing=ratios(90, 91)).verdict is Verdict.FAIL


def result(verdict: Verdict, severity: str = "fail") -> SlaResult:
    return SlaResult(replace(FCR, severity=severity), verdict, None, (), "")


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], ExitCode.PASSED),
        ([result(Verdict.PASS), result(Verdict.PASS)], ExitCode.PASSED),
        ([result(Verdict.PASS), result(Verdict.UNDECIDED)], ExitCode.UNDECIDED),
        ([result(Verdict.UNDECIDED), result(Verdict.FAIL)], ExitCode.SLA_FAILED),
        ([result(Verdict.FAIL, "warn"), result(Verdict.UNDECIDED, "warn")], ExitCode.PASSED),
        ([result(Verdict.FAIL, "warn"), result(Verdict.UNDECIDED)], ExitCode.UNDECIDED),
    ],
)
def test_failing_outranks_undecided_and_warnings_do_not_count(results: list[SlaResult], code: ExitCode):
    assert exit_code(results) is code


def test_a_scenario_on_its_target_is_wrongly_passed_or_failed_as_rarely_as_stated():
    # 2,000 checks of ten replications whose true value is the target: the verdict is wrong in alpha of them
    random = np.random.default_rng(3)
    rows = random.normal(60, 5, (2_000, 10, 1))
    tallies = np.stack([rows, np.ones_like(rows)], axis=3)
    wrong = sum(judge(WAIT, study).verdict is not Verdict.UNDECIDED for study in tallies)
    assert abs(wrong / 2_000 - 0.05) < 3.89 * math.sqrt(0.05 * 0.95 / 2_000)
