"""The Python entry points: load a scenario, run it, compare variants, check its SLAs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

from sim.analysis import results
from sim.analysis.results import Check, Comparison, Study
from sim.catalogue import Request
from sim.experiment import run as run_plans
from sim.experiment.run import Progress
from sim.experiment.store import Store
from sim.plan import Plan, compile_plan
from sim.reporting import headline, kept
from sim.reporting.run_result import RunResult
from sim.scenario import Scenario

OpenStore = Callable[[Sequence[tuple[Plan, Sequence[Request]]]], Store]
"""Opens a store for these plans, each with what is measured: `Store.open` with a folder and options."""


def run(
    scenario: Scenario,
    replications: int | None = None,
    *,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    store: str | Path | None = None,
) -> RunResult:
    """Simulate a scenario and keep everything: measures, contacts, steps, agents.

    Args:
        scenario: from `sim.load`.
        replications: how many (default: the scenario's `run.replications`).
        seed: of the random numbers (default: the scenario's `run.seed`).
        workers: processes (default: one a core where the work is worth it); the result does not depend on it.
        progress: called with (done, in all) after each replication.
        store: a folder in which results and logs are kept as they finish. The same call takes from it what is
            there and simulates the rest; what is damaged is told as a warning, and simulated again.

    Raises:
        ScenarioError: replications or seed out of range, or a trace that cannot be used.
        StoreError: the store is of other inputs, damaged, or cannot be used.
        ReplicationError: a replication failed, through a fault of this program.

    Examples:
        >>> import sim
        >>> result = sim.run(sim.load("scenarios/after_sales.yaml"), replications=5)
        >>> result.measures("wait.mean by channel")
    """
    scenario = scenario.with_run(replications=replications, seed=seed)
    (study,) = studied(
        [scenario], headline.run_requests, workers, progress, _at(store, logs=True), keep_logs=True
    )
    if store is not None:
        kept.keep_run(Path(store), [study])
    return RunResult(study)


def compare(
    base: Scenario,
    *others: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    store: str | Path | None = None,
) -> Comparison:
    """Simulate scenarios with the same customers and compare each with the first, pair by pair.

    Every scenario runs with the base's replications and seed, so that replication i of one meets
    replication i of the other. `store` is as in `run`, without logs.

    Raises:
        ValueError: nothing to compare with.
        ScenarioError, StoreError, ReplicationError: as `run`.
    """
    if not others:
        raise ValueError("compare needs at least two scenarios: a base and another")
    found = compared([base, *others], replications, seed, workers, progress, _at(store))
    if store is not None:
        kept.keep_comparison(Path(store), found)
    return found


def check(
    scenario: Scenario,
    replications: int | None = None,
    *,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    store: str | Path | None = None,
) -> Check:
    """Judge the scenario's SLAs: each PASS, FAIL or UNDECIDED, with value, interval, target, margin.

    `store` is as in `run`, without logs.

    Raises:
        ScenarioError, StoreError, ReplicationError: as `run`.
    """
    scenario = scenario.with_run(replications=replications, seed=seed)
    (study,) = studied([scenario], headline.sla_requests, workers, progress, _at(store))
    if store is not None:
        kept.keep_checks(Path(store), [results.check(study)])
    return results.check(study)


def _at(folder: str | Path | None, *, logs: bool = False) -> OpenStore | None:
    if folder is None:
        return None
    return partial(Store.open, Path(folder), logs=logs, notice=partial(warnings.warn, stacklevel=2))


def studied(
    scenarios: Sequence[Scenario],
    requests: Callable[[Scenario], Iterable[Request]],
    workers: int | None = None,
    progress: Progress | None = None,
    open_store: OpenStore | None = None,
    *,
    keep_logs: bool = False,
) -> list[Study]:
    """Simulate scenarios, each with its own run settings; measure of each what `requests` asks."""
    plans = [(compile_plan(scenario), tuple(requests(scenario))) for scenario in scenarios]
    store = open_store(plans) if open_store else None
    studies: list[Study] = []
    for replications, alike in groupby(scenarios, lambda scenario: scenario.spec.run.replications):
        row = len(studies)
        together = list(alike)
        runs = run_plans(
            plans[row : row + len(together)],
            replications,
            workers=workers,
            keep_logs=keep_logs,
            progress=progress,
            store=store.from_row(row) if store else None,
        )
        studies += [Study(*each) for each in zip(together, runs, strict=True)]
    return studies


def _names(scenarios: Sequence[Scenario]) -> list[str]:
    """Names that tell scenarios apart: of the variant in one file, of the scenario in several."""
    files = {scenario.name for scenario in scenarios}
    if len(files) == 1:
        return [scenario.label for scenario in scenarios]
    return [
        scenario.name if scenario.variant_name is None else f"{scenario.name}, {scenario.label}"
        for scenario in scenarios
    ]


def compared(
    scenarios: Sequence[Scenario],
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    open_store: OpenStore | None = None,
    also: Sequence[Request] = (),
) -> Comparison:
    """Simulate scenarios with the first one's settings; `also` is measured beside what is compared."""
    base = scenarios[0].with_run(replications=replications, seed=seed)
    settings = {"replications": base.spec.run.replications, "seed": base.spec.run.seed}
    same = [base, *(other.with_run(**settings) for other in scenarios[1:])]
    shown = headline.compare_requests(same)

    def wanted(scenario: Scenario) -> tuple[Request, ...]:
        return (*shown, *headline.sla_requests(scenario), *also)

    studies = studied(same, wanted, workers, progress, open_store)
    named = zip(studies, _names(same), strict=True)
    return Comparison(tuple(replace(study, name=name) for study, name in named), shown)
