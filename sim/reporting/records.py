"""Results for programs: plain dictionaries for JSON and rows for CSV. No clock time, no machine, no path."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sim import catalogue
from sim.analysis.compare import Difference
from sim.analysis.crosscheck import Fit, Misfit, compared, fits
from sim.analysis.gate import Judged, SlaResult
from sim.analysis.interval import Estimate
from sim.analysis.investment import Investment, spending
from sim.analysis.results import Check, Comparison, Row, Study
from sim.catalogue import Request
from sim.measures.cuts import cells
from sim.reporting import headline

Record = dict[str, Any]

CSV_COLUMNS = (
    "scenario", "variant", "measure", "arguments", "dimension", "name", "interval", "unit",
    "value", "low", "high", "level", "replications",
)  # fmt: skip


def to_json(record: Record | list[Record]) -> str:
    """JSON text; numbers that are absent are null."""
    return json.dumps(_without_nan(record), indent=2, ensure_ascii=False, allow_nan=False)


def _without_nan(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(part) for part in value]
    return value


def study_record(study: Study) -> Record:
    """What was simulated."""
    plan = study.runs.plan
    return {
        "scenario": plan.names.scenario,
        "variant": study.scenario.variant_name,
        "start": plan.start_date.isoformat(),
        "horizon_s": plan.horizon,
        "seed": plan.seed,
        "replications": study.runs.replications,
        "only": study.runs.only,
        "confidence": plan.confidence,
        "conditional_on_recorded_arrivals": plan.is_trace_driven,
        "currency": plan.names.currency or None,
        "spending": spending_record(study),
    }


def spending_record(study: Study) -> Record | None:
    """What is spent at once, and whether that is too much for the budget; amounts in the currency."""
    spent = spending(study.scenario.spec.costs)
    if spent is None:
        return None
    return {
        "one_off": dict(spent.one_off),
        "total": spent.total,
        "budget": spent.budget,
        "over_budget": spent.over,
        "warning": spent.is_over,
    }


def run_record(study: Study) -> Record:
    """A run: every measure shown, each cell with value and interval; exact values where a formula fits."""
    rows = study.rows(dict.fromkeys(headline.run_requests(study.scenario)))
    return {
        **study_record(study),
        "measures": [row_record(row) for row in rows],
        "crosscheck": [fit_record(study, fit) for fit in fits(study.scenario)],
    }


def fit_record(study: Study, fit: Fit | Misfit) -> Record:
    """A work step: the formula that describes it, with arguments and exact values, or why none does."""
    if isinstance(fit, Misfit):
        return {"step": fit.step, "formula": None, "reason": fit.reason, "arguments": {}, "measures": []}
    return {
        "step": fit.step,
        "formula": fit.name,
        "reason": "",
        "arguments": {_WITH_UNIT.get(name, name): value for name, value in asdict(fit.formula).items()},
        "measures": [
            {**row_record(each.row), "exact": each.exact, "covers": each.covers}
            for each in compared(study, fit)
        ],
    }


_WITH_UNIT = {
    "arrival_rate": "arrival_rate_per_s",
    "handle_time": "handle_time_s",
    "patience": "patience_s",
}


def compare_record(comparison: Comparison, checks: Sequence[Check]) -> Record:
    """A comparison: values of each study, differences with the first, verdicts."""
    return {
        "studies": [
            {**study_record(study), "measures": [row_record(row) for row in study.rows(comparison.requests)]}
            for study in comparison.studies
        ],
        "differences": [
            {
                "base": comparison.base.label,
                "other": comparison.studies[place].label,
                **request_record(request),
                **difference_record(found),
            }
            for (place, request), found in comparison.differences.items()
        ],
        "investments": [
            {
                "base": comparison.base.label,
                "other": comparison.studies[place].label,
                **investment_record(found),
            }
            for place, found in comparison.investments.items()
        ],
        "slas": [check_record(check) for check in checks],
    }


def investment_record(found: Investment) -> Record:
    """What an investment brings back: money of a year, times in years, infinite ones (never) as null."""
    if found.returns is None:
        return {"finding": None, "why_not": found.why_not}
    return {**asdict(found.returns), "finding": str(found.returns.finding), "why_not": ""}


def check_record(check: Check) -> Record:
    """Verdicts on the SLAs of a study."""
    return {
        **study_record(check.study),
        "exit_code": int(check.exit_code),
        "slas": [sla_record(check.study, name, result) for name, result in check.verdicts.items()],
    }


def sla_record(study: Study, name: str, result: SlaResult) -> Record:
    """One verdict, with every cell that was judged."""
    labels = cells(study.runs.plan, result.sla.request)

    def judged(each: Judged) -> Record:
        return {
            "cell": labels[each.cell][0] if labels[each.cell] else None,
            "verdict": str(each.verdict),
            "margin": each.margin,
            **estimate_record(each.estimate),
            "counting_open_contacts": estimate_record(each.standing) if each.standing else None,
        }

    return {
        "name": name,
        "expect": result.sla.text,
        "severity": result.sla.severity,
        "verdict": str(result.verdict),
        "reason": result.reason,
        **request_record(result.sla.request),
        "comparison": result.sla.comparison,
        "target": result.sla.target,
        "shown": judged(result.shown) if result.shown else None,
        "cells": [judged(each) for each in result.cells],
    }


def request_record(request: Request) -> Record:
    """Which measure, with which arguments, on which contacts, in which unit."""
    return {
        "measure": request.measure,
        "arguments": dict(request.arguments),
        "filters": dict(request.filters),
        "unit": catalogue.lookup(request.measure).unit,
    }


def row_record(row: Row) -> Record:
    """One cell of a measure."""
    return {
        **request_record(row.request),
        "cell": dict(zip(row.request.by, row.labels, strict=True)),
        **estimate_record(row.estimate),
        "counting_open_contacts": estimate_record(row.standing) if row.standing else None,
    }


def estimate_record(found: Estimate) -> Record:
    """A value with its interval; durations in seconds, shares as fractions."""
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "level": found.level,
        "replications": found.replications,
        "basis": found.basis,
    }


def difference_record(found: Difference) -> Record:
    """A paired difference, other minus base."""
    return {
        "base_value": found.base,
        "other_value": found.other,
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "level": found.level,
        "p_value": found.p_value,
        "p_holm": found.p_holm,
        "finding": str(found.finding),
        "more_replications": found.more,
    }


def interval_csv(studies: Iterable[Study]) -> str:
    """The interval table as CSV text, one line for each measure, name and interval of the day."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for study in studies:
        for row in study.rows(headline.interval_requests()):
            found = row.estimate
            arguments = " ".join(f"{name}={value}" for name, value in row.request.arguments)
            numbers = (found.value, found.low, found.high)
            writer.writerow(
                [
                    study.runs.plan.names.scenario,
                    study.label,
                    row.request.measure,
                    arguments,
                    row.request.by[0],
                    *row.labels,
                    catalogue.lookup(row.request.measure).unit,
                    *("" if math.isnan(number) else repr(number) for number in numbers),
                    found.level,
                    found.replications,
                ]
            )
    return text.getvalue()
