"""Simulating a scenario for a comparison with theory: intervals that must cover the exact values.

The compiled engine simulates, whose log is the reference engine's (`tests/equivalence`), so that there can be
millions of contacts. The intervals are at 99.99 %, since at 95 % one test in twenty would fail for no reason,
and must be narrow, or they would cover anything. Scenarios have one steady rate, a warm-up of many handle
times, and a run-out in which those who came last are served, so that no bias remains that could be seen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

import sim
from sim.analysis.interval import Estimate, estimate
from sim.analysis.results import Study
from sim.engine.choice import Engine
from sim.experiment import Execution, run
from sim.log import Log
from sim.plan import Plan, compile_plan
from sim.scenario.sla import parse_request

CONFIDENCE = 0.9999
WIDEST = 0.02
"""Half-width of an interval relative to the exact value, at most."""

Sums = Callable[[Plan, Log], tuple[float, float]]
"""Numerator and denominator of a measure that the catalogue does not have, from one log."""


@dataclass(frozen=True)
class Simulated:
    """Replications of a scenario, to be compared with theory."""

    study: Study

    def estimate(self, measure: str | Sums) -> Estimate:
        """A measure as SLAs write it, or sums over each log, with its 99.99 % interval."""
        if isinstance(measure, str):
            (row,) = self.study.rows([parse_request(measure)], CONFIDENCE)
            return row.estimate
        runs = self.study.runs
        return estimate(np.array([measure(runs.plan, log) for log in runs.logs]), CONFIDENCE)

    def cells(self, measure: str) -> list[tuple[str, Estimate]]:
        """A measure cut by one dimension: each cell's label and estimate."""
        rows = self.study.rows([parse_request(measure)], CONFIDENCE)
        return [(row.labels[0], row.estimate) for row in rows]

    def assert_covers(self, exact: Mapping[str, float], **own: tuple[Sums, float]) -> None:
        """Every interval covers its exact value and is narrow; all that do not are shown.

        exact: the value of each measure; own: sums over logs and their exact ratio, by a name.
        """
        compared = {name: (self.estimate(name), value) for name, value in exact.items()}
        compared |= {name: (self.estimate(sums), value) for name, (sums, value) in own.items()}
        assert_all_cover(compared)


def simulated(text: str, *measures: str, keep_logs: bool = False) -> Simulated:
    """Simulate a scenario given as YAML, with these measures taken as the replications run."""
    scenario = sim.loads(text)
    plan = compile_plan(scenario)
    requests = [parse_request(measure) for measure in measures]
    execution = Execution(engine=Engine.COMPILED)
    (runs,) = run([(plan, requests)], plan.replications, execution=execution, keep_logs=keep_logs)
    return Simulated(Study(scenario, runs))


def assert_covers(text: str, exact: Mapping[str, float]) -> None:
    """Simulate a scenario; every interval covers its exact value and is narrow."""
    simulated(text, *exact).assert_covers(exact)


def assert_all_cover(compared: Mapping[str, tuple[Estimate, float]]) -> None:
    """Each estimate's interval covers the value beside it, with a half-width of at most WIDEST of it."""
    lines = [_line(name, found, value) for name, (found, value) in compared.items()]
    table = "\n".join(lines)
    print(table)  # shown when a test fails, or with -s
    wrong = [line for line in lines if not line.endswith("ok")]
    assert not wrong, "\n" + table


def _line(name: str, found: Estimate, value: float) -> str:
    covered = found.low <= value <= found.high  # False without an interval
    width = found.half_width / abs(value)
    verdict = "ok" if covered and width <= WIDEST else "MISSED" if not covered else "TOO WIDE"
    return (
        f"{name:62} exact {value:11.6g}  simulated {found.value:11.6g}  "
        f"[{found.low:.6g}, {found.high:.6g}]  ±{width:.1%}  {verdict}"
    )
