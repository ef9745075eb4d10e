"""The verdict on an SLA: PASS, FAIL or UNDECIDED, from the tallies of the replications run so far.

PASS when the whole interval is on the good side of the target, FAIL when the whole interval is on the bad
side, else UNDECIDED; the interval is the one shown. With m SLAs looked at up to K times, each interval has
level 1 - alpha / (m K), so that the probability of any wrong verdict in all is at most alpha.

An SLA on each day, hour or interval passes when every cell passes at that level (to pass wrongly, the worst
cell must: an intersection-union test needs no correction) and fails when one cell fails at alpha over the
number of cells. Cells with no planned arrivals, or outside the SLA's hours, are not judged.

No data never passes: UNDECIDED. Where contacts still open at the end make two bounds, both must agree.

Reference: Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24, 1982
(intersection-union tests).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sim import catalogue
from sim.analysis.interval import Estimate, check_level
from sim.analysis.statistic import are_identical, estimate
from sim.errors import ExitCode
from sim.measures.sample import Tally
from sim.scenario.sla import Sla


class Verdict(StrEnum):
    """How an SLA ends."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True)
class Judged:
    """One value against the target.

    cell      its place in the request's cells (0 for an SLA that is not cut)
    estimate  value and interval, contacts open at the end left out
    standing  the same with them as they stand; None where that makes no difference
    margin    distance from the target, in the measure's unit, positive on the good side; of the worse of
              the two bounds; NaN: no data
    reason    why UNDECIDED; else ""
    """

    cell: int
    verdict: Verdict
    estimate: Estimate
    standing: Estimate | None
    margin: float
    reason: str


@dataclass(frozen=True)
class SlaResult:
    """The verdict on one SLA.

    shown   the value that stands for it: its only one, or the cell that decides (the worst of those that
            failed, else of the undecided, else of all); None: no cell was judged
    cells   every cell that was judged, in order
    reason  why UNDECIDED; else ""
    """

    sla: Sla
    verdict: Verdict
    shown: Judged | None
    cells: tuple[Judged, ...]
    reason: str


def judge(
    sla: Sla,
    tallies: Tally,
    *,
    standing: Tally | None = None,
    confidence: float = 0.95,
    slas: int = 1,
    looks: int = 1,
    judged: NDArray[np.bool_] | None = None,
) -> SlaResult:
    """The verdict on an SLA.

    tallies    of groups [replications, cells], of the SLA's request
    standing   the same with contacts open at the end as they stand, where they make a second bound
    slas, looks  how many SLAs are judged together, and how often at most
    judged     [cells], which cells count (planned arrivals, the SLA's hours); None: all
    """
    check_level(confidence)
    alpha = (1 - confidence) / (slas * looks)
    which = range(tallies.shape[1]) if judged is None else [int(cell) for cell in np.flatnonzero(judged)]
    cells = tuple(_judge_cell(sla, cell, tallies, standing, alpha, len(which)) for cell in which)
    if not cells:
        return SlaResult(sla, Verdict.UNDECIDED, None, (), "no cell with planned arrivals to judge")
    verdict = _together(each.verdict for each in cells)
    deciding = [each for each in cells if each.verdict is verdict]
    shown = min(deciding, key=lambda each: (math.isnan(each.margin), each.margin))
    reason = shown.reason
    if verdict is Verdict.UNDECIDED and len(cells) > 1:
        reason = f"{len(deciding)} of {len(cells)} undecided: {reason}"
    return SlaResult(sla, verdict, shown, cells, reason)


def exit_code(results: Iterable[SlaResult]) -> ExitCode:
    """What a check ends with: FAIL outranks UNDECIDED; SLAs of severity "warn" do not count."""
    verdicts = {result.verdict for result in results if result.sla.severity == "fail"}
    if Verdict.FAIL in verdicts:
        return ExitCode.SLA_FAILED
    return ExitCode.UNDECIDED if Verdict.UNDECIDED in verdicts else ExitCode.PASSED


def _together(verdicts: Iterable[Verdict]) -> Verdict:
    found = set(verdicts)
    if Verdict.FAIL in found:
        return Verdict.FAIL
    return Verdict.UNDECIDED if Verdict.UNDECIDED in found else Verdict.PASS


def _judge_cell(
    sla: Sla, cell: int, tallies: Tally, standing: Tally | None, alpha: float, cells: int
) -> Judged:
    verdict, shown, reason = _judge_value(sla, tallies[:, cell], alpha, cells)
    margin = _margin(sla, shown.value)
    if standing is None or are_identical(standing[:, cell], tallies[:, cell]):
        return Judged(cell, verdict, shown, None, margin, reason)
    other, second, other_reason = _judge_value(sla, standing[:, cell], alpha, cells)
    margin = float(np.fmin(margin, _margin(sla, second.value)))
    if verdict is not other:
        verdict = Verdict.UNDECIDED
        reason = "it turns on contacts still open at the end; a longer run_out would tell"
    return Judged(cell, verdict, shown, second, margin, reason or other_reason)


def _judge_value(sla: Sla, tallies: Tally, alpha: float, cells: int) -> tuple[Verdict, Estimate, str]:
    """One value, with the interval that its verdict rests on."""
    bounds = catalogue.lookup(sla.request.measure).bounds
    passing = estimate(tallies, 1 - alpha, bounds)
    if not passing.has_interval:
        return Verdict.UNDECIDED, passing, _why_no_interval(passing)
    if _is_met(sla, passing):
        return Verdict.PASS, passing, ""
    failing = estimate(tallies, 1 - alpha / cells, bounds)
    if _is_missed(sla, failing):
        return Verdict.FAIL, failing, ""
    return Verdict.UNDECIDED, failing, "the interval holds the target"


def _is_met(sla: Sla, value: Estimate) -> bool:
    return sla.met_by(value.low) and sla.met_by(value.high)


def _is_missed(sla: Sla, value: Estimate) -> bool:
    return not sla.met_by(value.low) and not sla.met_by(value.high)


def _why_no_interval(value: Estimate) -> str:
    match value.basis:
        case "no data":
            return "no data: nobody counted in any replication"
        case "one replication":
            return "one replication with data has no interval"
        case "too few values":
            return "too few values beyond the quantile to bound it"
        case "too many still open":
            return "too many are still open at the end to know the quantile; a longer run_out would tell"
    return "the same value in every replication, which bounds nothing"


def _margin(sla: Sla, value: float) -> float:
    return value - sla.target if sla.comparison in (">=", ">") else sla.target - value
