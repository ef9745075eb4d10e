"""What a study gives back: a run, a comparison, a check. Numbers with intervals; no formatting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim import catalogue
from sim.analysis import gate
from sim.analysis.compare import Difference, Pair, differences
from sim.analysis.gate import SlaResult
from sim.analysis.interval import Estimate
from sim.analysis.investment import Investment, returns, spending
from sim.analysis.statistic import are_identical, estimate
from sim.catalogue import Request
from sim.errors import ExitCode
from sim.experiment import Runs
from sim.measures.cuts import begins_within, cells
from sim.measures.planned import has_planned_arrivals
from sim.plan import Plan
from sim.scenario import Scenario
from sim.scenario.sla import Sla


@dataclass(frozen=True)
class Row:
    """One cell of one measure: its labels (one for each dimension of `request.by`) and its estimate.

    standing: the estimate with contacts still open at the end counted as they stand, where that differs.
    """

    request: Request
    labels: tuple[str, ...]
    estimate: Estimate
    standing: Estimate | None


@dataclass(frozen=True)
class Study:
    """A scenario and its replications.

    name: what it is called among others that it is shown with; "": the variant's name, or "today".
    """

    scenario: Scenario
    runs: Runs
    name: str = ""

    @property
    def label(self) -> str:
        """What tables call it."""
        return self.name or self.scenario.label

    def rows(self, requests: Iterable[Request], confidence: float | None = None) -> list[Row]:
        """Every cell of the requests with its estimate at the confidence (default: the scenario's)."""
        return [row for request in requests for row in self._rows(request, confidence)]

    def _rows(self, request: Request, confidence: float | None) -> list[Row]:
        level = self.runs.plan.confidence if confidence is None else confidence
        bounds = catalogue.lookup(request.measure).bounds
        tallies, standing = self.runs.measure(request)
        rows = []
        for cell, labels in enumerate(cells(self.runs.plan, request)):
            other = None
            if standing is not None and not are_identical(standing[:, cell], tallies[:, cell]):
                other = estimate(standing[:, cell], level, bounds)
            rows.append(Row(request, labels, estimate(tallies[:, cell], level, bounds), other))
        return rows


@dataclass(frozen=True)
class Comparison:
    """Studies side by side; each but the first is compared with the first, replication by replication."""

    studies: tuple[Study, ...]
    requests: tuple[Request, ...]

    @property
    def base(self) -> Study:
        """What the others are compared with."""
        return self.studies[0]

    @cached_property
    def differences(self) -> Mapping[tuple[int, Request], Difference]:
        """The paired difference of each study (by its place) and request; intervals hold all at once."""
        keys = [(place, request) for place in range(1, len(self.studies)) for request in self.requests]
        pairs = []
        for place, request in keys:
            measure = catalogue.lookup(request.measure)
            base, other = (self.studies[at].runs.measure(request)[0][:, 0] for at in (0, place))
            pairs.append(Pair(base, other, measure.better, measure.bounds))
        found = differences(pairs, self.base.runs.plan.confidence)
        return dict(zip(keys, found, strict=True))

    @cached_property
    def investments(self) -> Mapping[int, Investment]:
        """What each study (by its place) that spends something at once gets back against the base."""
        found = {place: self._investment(place) for place in range(1, len(self.studies))}
        return {place: each for place, each in found.items() if each is not None}

    def _investment(self, place: int) -> Investment | None:
        base, other = (self.studies[at].scenario.spec for at in (0, place))
        spent, before = spending(other.costs), spending(base.costs)
        if spent is None:
            return None
        invested = spent.total - (before.total if before else 0.0)
        cost = self.differences.get((place, catalogue.request("cost")))
        if cost is None:
            return Investment(spent, why_not="the two have no prices, or not in the same currency")
        if base.time.horizon != other.time.horizon:
            return Investment(spent, why_not="the two are simulated for spans of different length")
        if invested <= 0:
            return Investment(spent, why_not=f"no more is invested than in {self.base.label}")
        return Investment(spent, returns(invested, other.costs.years, cost, base.time.horizon))


@dataclass(frozen=True)
class Check:
    """Verdicts on the SLAs of a study, by name."""

    study: Study
    verdicts: Mapping[str, SlaResult] = field(default_factory=dict)

    @property
    def exit_code(self) -> ExitCode:
        """What a check ends with: FAIL outranks UNDECIDED; warnings do not count."""
        return gate.exit_code(self.verdicts.values())


def check(study: Study) -> Check:
    """Judge every SLA of a study on the replications that it has (one look)."""
    plan = study.runs.plan
    slas = study.scenario.slas
    verdicts = {}
    for name, sla in slas.items():
        tallies, standing = study.runs.measure(sla.request)
        verdicts[name] = gate.judge(
            sla,
            tallies,
            standing=standing,
            confidence=plan.confidence,
            slas=len(slas),
            judged=_judged_cells(sla, plan),
        )
    return Check(study, verdicts)


def _judged_cells(sla: Sla, plan: Plan) -> NDArray[np.bool_]:
    """The cells of an SLA that count: inside its hours, and with planned arrivals."""
    judged = has_planned_arrivals(plan, sla.request)
    return judged if sla.each is None else judged & begins_within(plan, sla.each, sla.hours)


def worst_exit_code(checks: Sequence[Check]) -> ExitCode:
    """The exit code of several checks together: FAIL outranks UNDECIDED."""
    codes = [check.exit_code for check in checks]
    for code in (ExitCode.SLA_FAILED, ExitCode.UNDECIDED):
        if code in codes:
            return code
    return ExitCode.PASSED
