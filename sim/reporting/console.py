"""Tables for the terminal: a run, a comparison, a check. Built from results, printed by the commands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim import catalogue
from sim.analysis.compare import Difference, Finding
from sim.analysis.crosscheck import Compared, Misfit, compared, fits
from sim.analysis.gate import Judged, SlaResult, Verdict
from sim.analysis.investment import spending
from sim.analysis.results import Check, Comparison, Row, Study
from sim.catalogue import Request
from sim.experiment import Runs
from sim.measures.cuts import cells
from sim.reporting import headline, words
from sim.reporting.investments import caveat, investment_lines, spending_lines
from sim.units import DAY, format_duration, format_share

STYLES = {
    Finding.BETTER: "green",
    Finding.WORSE: "red",
    Finding.NOT_SETTLED: "yellow",
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.UNDECIDED: "yellow",
}


def heading(studies: Sequence[Study]) -> Text:
    """What was simulated: name, days, replications, contacts, seed."""
    runs = studies[0].runs
    plan = runs.plan
    contacts = sum(sum(study.runs.contacts) for study in studies) / sum(s.runs.replications for s in studies)
    days = round(plan.horizon / DAY, 2)
    span = {1.0: "day of", 7.0: "week from"}.get(days, f"{days:g} days from")
    parts = [
        plan.names.scenario,
        f"{span} {plan.start_date}",
        f"{_counted(runs)} of about {_three_digits(contacts):,} contacts",
        f"seed {plan.seed}",
    ]
    text = Text(" · ").join([Text(parts[0], style="bold"), *(Text(part) for part in parts[1:])])
    if plan.is_trace_driven:
        text.append("\nconditional on these arrivals: recorded arrivals are replayed, the rest is drawn")
    return text


def _counted(runs: Runs) -> str:
    if runs.only is not None:
        return f"replication {runs.only} alone,"
    return f"{runs.replications} replication{'s' if runs.replications > 1 else ''}"


def _three_digits(value: float) -> int:
    size = 10 ** max(0, math.floor(math.log10(max(value, 1))) - 2)
    return int(round(value / size) * size)


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="dim", pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, no_wrap=True, justify="left" if number == 0 else "right")
    return table


# --- run ---------------------------------------------------------------------------------------------------


def run_report(study: Study) -> RenderableType:
    """A run: channels, people, cases, and where the SLAs stand."""
    shown: list[RenderableType] = [heading([study]), ""]
    open_rows: list[Row] = []
    for dimension, requests in (
        ("channel", headline.channel_requests()),
        ("team", headline.team_requests()),
    ):
        table, rows = _cut_table(study, dimension, requests)
        open_rows += rows
        if table.row_count:
            shown += [table, ""]
    overall = _table("all contacts and cases", "")
    for row in study.rows(headline.overall_requests(study.scenario)):
        open_rows.append(row)
        overall.add_row(words.title(row.request, study.runs.plan.names.currency), _value(row))
    shown += [overall, ""]
    if spent := spending(study.scenario.spec.costs):
        shown += [*spending_lines(spent, study.runs.plan.names.currency), ""]
    if study.scenario.slas:
        shown += [_sla_standing(study), ""]
    shown += _where_a_formula_fits(study)
    shown += _footnotes(study, open_rows)
    return Group(*shown)


def _cut_table(study: Study, dimension: str, requests: Sequence[Request]) -> tuple[Table, list[Row]]:
    table = _table(dimension, *(words.title(request) for request in requests))
    rows = {(row.labels, row.request): row for row in study.rows(requests)}
    for labels in cells(study.runs.plan, requests[0]):
        shown = [
            words.NOTHING if _cannot_happen(study, request, labels[0]) else _value(rows[labels, request])
            for request in requests
        ]
        table.add_row(labels[0], *shown)
    return table, list(rows.values())


def _cannot_happen(study: Study, request: Request, name: str) -> bool:
    """Nobody abandons a channel without patience: "0 %" with an interval would be a strange way to say so."""
    return request.measure == "abandonment" and study.scenario.spec.channels[name].patience is None


def _value(row: Row) -> str:
    text = words.estimate(row.estimate, catalogue.lookup(row.request.measure).unit)
    return f"{text} *" if row.standing is not None else text


def _sla_standing(study: Study) -> Table:
    table = _table("SLA", "target", "value")
    for name, sla in study.scenario.slas.items():
        if sla.each:
            table.add_row(
                name, _target(sla.request, sla.comparison, sla.target), f"each {sla.each}: sim check"
            )
        else:
            row = study.rows([sla.request])[0]
            table.add_row(name, _target(sla.request, sla.comparison, sla.target), _value(row))
    return table


def _where_a_formula_fits(study: Study) -> list[RenderableType]:
    """Simulated beside exact values, step by step; nothing where no formula fits."""
    table = _table("where a formula fits", "simulated", "exact", "")
    table.columns[3].justify = "left"
    missed = False
    for fit in fits(study.scenario):
        if isinstance(fit, Misfit):
            continue
        table.add_row(f"{fit.step}: {fit.name}")
        for each in compared(study, fit):
            missed |= each.covers is False
            table.add_row(*_beside_exact(each), Text("not covered" if each.covers is False else "", "yellow"))
    notes = [Text(_not_covered(study.runs.plan.confidence), style="dim")] if missed else []
    return [table, *notes, ""] if table.row_count else []


def _beside_exact(each: Compared) -> tuple[str, str, str]:
    request, found = each.row.request, each.row.estimate
    unit = catalogue.lookup(request.measure).unit
    scale = words.scale_for(unit, found.value, each.exact)
    exact = words.number(each.exact / scale.size, words.decimals_for(found.half_width / scale.size))
    about = [*(name for dimension, name in request.filters if dimension == "channel"), words.title(request)]
    return f"  {', '.join(about)}", words.estimate(found, unit, scale), f"{exact} {scale.symbol}".rstrip()


def _not_covered(confidence: float) -> str:
    return (
        f"not covered: {100 * (1 - confidence):.3g} % of intervals miss by chance, those of one step often "
        "together.\n    If more replications do not help, make warm_up or run_out longer: exact values are "
        "those of the long run."
    )


def _target(request: Request, comparison: str, target: float) -> str:
    unit = catalogue.lookup(request.measure).unit
    match unit:
        case "share":
            text = format_share(target)
        case "duration":
            text = format_duration(target)
        case _:
            text = f"{target:,.15g}".replace("-", "−")
    return f"{comparison} {text}"


def _footnotes(study: Study, rows: Iterable[Row]) -> list[RenderableType]:
    confidence = format_share(study.runs.plan.confidence, 0)
    notes = [f"± half a {confidence} interval over replications; – no data"]
    if study.runs.replications == 1:
        remedy = "use -n 20" if study.runs.only is None else "leave out --only"
        notes = [f"one replication: no intervals; {remedy} for them"]
    open_rows = [row for row in rows if row.standing is not None]
    if open_rows:
        notes.append("* leaves out contacts still open at the end; counting them as they stand:")
        for row in open_rows:
            about = ", ".join((*row.labels, words.title(row.request)))
            unit = catalogue.lookup(row.request.measure).unit
            assert row.standing is not None
            notes.append(f"    {about}: {words.estimate(row.standing, unit)}")
    return [Text("\n".join(notes), style="dim")]


# --- compare -----------------------------------------------------------------------------------------------


def compare_report(comparison: Comparison, checks: Sequence[Check]) -> RenderableType:
    """Studies side by side, one table for each comparison with the base, and the SLAs each meets."""
    shown: list[RenderableType] = [heading(comparison.studies), ""]
    for place in range(1, len(comparison.studies)):
        shown += [_difference_table(comparison, place), ""]
    if comparison.investments:
        shown += [_investments(comparison), ""]
    shown += [_slas_met(checks), "", *_compare_footnotes(comparison)]
    return Group(*shown)


def _investments(comparison: Comparison) -> Table:
    """What each study spends at once and what that brings back, a line each."""
    table = _table("investments", "")
    table.columns[1].justify, table.columns[1].no_wrap = "left", False
    for place, found in comparison.investments.items():
        label = comparison.studies[place].label
        for line in investment_lines(found, comparison.base.runs.plan.names.currency):
            table.add_row(label, line)
            label = ""
    return table


def _difference_table(comparison: Comparison, place: int) -> Table:
    base, other = comparison.base, comparison.studies[place]
    table = _table("", base.label, other.label, "difference", "interval", "")
    table.columns[0].justify = table.columns[5].justify = "left"
    subjects = [words.subject(request) for request in comparison.requests]
    if any(subjects):
        subjects = [subject or "all" for subject in subjects]
    width = max(map(len, subjects))
    for request, subject in zip(comparison.requests, subjects, strict=True):
        unit = catalogue.lookup(request.measure).unit
        left, right = (study.rows([request])[0] for study in (base, other))
        found = comparison.differences[place, request]
        scale = words.scale_for(unit, left.estimate.value, right.estimate.value)
        table.add_row(
            f"{subject:<{width}}  {words.title(request, base.runs.plan.names.currency)}",
            words.estimate(left.estimate, unit, scale) + (" *" if left.standing else ""),
            words.estimate(right.estimate, unit, scale) + (" *" if right.standing else ""),
            *_difference(found, unit, scale),
            Text(str(found), style=STYLES.get(found.finding, "")),
        )
    return table


def _difference(found: Difference, unit: catalogue.Unit, scale: words.Scale) -> tuple[str, str]:
    """A difference and its interval; where every replication agrees the words beside it say all there is."""
    value, interval = words.difference(found.value, found.low, found.high, unit, scale)
    return value, "" if found.finding is Finding.IDENTICAL else interval


def _slas_met(checks: Sequence[Check]) -> RenderableType:
    """How many SLAs each study meets, and which it does not; warnings are counted apart."""
    table = _table("SLAs met", "", "not met", "warnings")
    for column in table.columns[2:]:
        column.justify, column.no_wrap, column.max_width = "left", False, 60
    for check in checks:
        missed: dict[str, list[str]] = {"fail": [], "warn": []}
        for name, result in check.verdicts.items():
            if result.verdict is not Verdict.PASS:
                unsure = " (undecided)" if result.verdict is Verdict.UNDECIDED else ""
                missed[result.sla.severity].append(name + unsure)
        judged = sum(result.sla.severity == "fail" for result in check.verdicts.values())
        met = f"{judged - len(missed['fail'])} of {judged}"
        table.add_row(check.study.label, met, ", ".join(missed["fail"]), ", ".join(missed["warn"]))
    return table if any(check.verdicts for check in checks) else Text("no SLAs in this file", style="dim")


def _compare_footnotes(comparison: Comparison) -> list[RenderableType]:
    confidence = format_share(comparison.base.runs.plan.confidence, 0)
    notes = [
        "Both see the same customers (common random numbers): differences are taken pair by pair.",
        f"Values ± half a {confidence} interval each; the {len(comparison.differences)} intervals of "
        f"differences hold all at once with {confidence} (Bonferroni).",
    ]
    if any(found.returns for found in comparison.investments.values()):
        notes.append(caveat(comparison.base.runs.plan.horizon))
    if any(row.standing for study in comparison.studies for row in study.rows(comparison.requests)):
        notes.append("* leaves out contacts still open at the end: sim run shows both bounds.")
    return [Text("\n".join(notes), style="dim")]


# --- check -------------------------------------------------------------------------------------------------


def check_report(check: Check) -> RenderableType:
    """The verdict on every SLA: target, value, interval, margin, replications."""
    table = _table("SLA", "", "target", "value", "interval", "margin", "n")
    table.columns[1].justify = "left"
    notes: list[str] = []
    for name, result in check.verdicts.items():
        label = name if result.sla.severity == "fail" else f"{name} (warning only)"
        unit = catalogue.lookup(result.sla.request.measure).unit
        table.add_row(
            label,
            Text(str(result.verdict), style=STYLES[result.verdict]),
            _target(result.sla.request, result.sla.comparison, result.sla.target),
            *_judged(result.shown, unit),
        )
        if len(result.cells) > 1:
            notes.append(_cell_note(check.study, name, result))
        elif result.reason:
            notes.append(f"{name}: {result.reason}")
    levels = [result.shown.estimate.level for result in check.verdicts.values() if result.shown]
    if levels:
        shown = " to ".join(dict.fromkeys(format_share(level, 2) for level in (min(levels), max(levels))))
        notes.append(f"intervals at {shown}, so that all verdicts hold at once")
    return Group(
        heading([check.study]),
        Text(f"variant: {check.study.label}", style="dim"),
        "",
        table,
        "",
        Text("\n".join(notes), style="dim"),
    )


def _judged(shown: Judged | None, unit: catalogue.Unit) -> tuple[str, str, str, str]:
    if shown is None:
        return words.NOTHING, "", "", "0"
    found = shown.estimate
    scale = words.scale_for(unit, found.value)
    half = found.half_width / scale.size
    decimals = words.decimals_for(half)
    symbol = "pp" if unit == "share" else scale.symbol
    interval = ""
    if found.has_interval:
        low, high = (words.number(x / scale.size, decimals) for x in (found.low, found.high))
        interval = f"[{low}, {high}]"
    margin = words.number(shown.margin / scale.size, decimals)
    margin = margin if margin.startswith(("−", words.NOTHING)) else f"+{margin}"
    value = f"{words.number(found.value / scale.size, decimals)} {scale.symbol}".rstrip()
    return value, interval, f"{margin} {symbol}".rstrip(), str(found.replications)


def _cell_note(study: Study, name: str, result: SlaResult) -> str:
    """Which cells of an "each" SLA fail or are undecided, the worst first."""
    labels = cells(study.runs.plan, result.sla.request)
    wrong = [each for each in result.cells if each.verdict is not Verdict.PASS]
    if not wrong:
        return f"{name}: all {len(result.cells)} cells pass; the one with the least margin is shown"
    wrong.sort(key=lambda each: (each.verdict is not Verdict.FAIL, each.margin))
    shown = ", ".join(f"{labels[each.cell][0]} {each.verdict}" for each in wrong[:5])
    more = f", … {len(wrong) - 5} more" if len(wrong) > 5 else ""
    return f"{name}: {len(wrong)} of {len(result.cells)} cells do not pass, worst first: {shown}{more}"
