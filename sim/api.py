"""The Python entry points: load a scenario, run it, compare variants, check its SLAs."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

from sim.analysis import results
from sim.analysis.results import Check, Comparison, Study
from sim.catalogue import Request
from sim.engine.choice import engine_named
from sim.experiment import Execution, ReplicationError
from sim.experiment import run as run_plans
from sim.experiment.run import Progress
from sim.experiment.store import Store
from sim.plan import Plan, compile_plan
from sim.reporting import headline, kept
from sim.reporting.run_result import RunResult
from sim.scenario import UNNAMED, Scenario

OpenStore = Callable[[Sequence[tuple[Plan, Sequence[Request]]]], Store]
"""Opens a store for these plans, each with what is measured: `Store.open` with a folder and options."""


def run(
    scenario: Scenario,
    replications: int | None = None,
    *,
    seed: int | None = None,
    engine: str = "auto",
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    store: str | Path | None = None,
) -> RunResult:
    """Simulate a scenario and keep everything: measures, contacts, steps, agents.

    Args:
        scenario: from `sim.load`.
        replications: how many (default: the scenario's `run.replications`).
        seed: of the random numbers (default: the scenario's `run.seed`).
        engine: "compiled", "reference", or "auto", whichever is done first; both give the same numbers. That
            the engine is being compiled, once per installation, is said in the log named `sim`.
        workers: threads, or processes for the reference engine (default: one a core where the work is worth
            it, fewer where replications of hundreds of thousands of contacts would fill the memory).
        cluster: the address of a Dask scheduler, such as "tcp://10.0.0.5:8786", whose workers do it instead
            of this machine.
        progress: called with (done, in all) after each replication.
        store: a folder in which results and logs are kept as they finish. The same call takes from it what is
            there and simulates the rest; what is damaged is told as a warning, and simulated again.

    Raises:
        ScenarioError: replications or seed out of range, or a trace that cannot be used.
        StoreError: the store is of other inputs, damaged, or cannot be used.
        ValueError: there is no such engine.
        ReplicationError: a replication failed, through a fault of this program.
        ClusterError, ClusterLostError: the cluster cannot be used, or went away.
        WorkersLostError: processes died at the same replication again and again.

    The result does not depend on engine, workers or cluster.

    Examples:
        >>> import sim
        >>> result = sim.run(sim.load("scenarios/after_sales.yaml"), replications=5)
        >>> result.measures("wait.mean by channel")
    """
    scenario = scenario.with_run(replications=replications, seed=seed)
    execution = Execution(engine_named(engine), workers, cluster)
    (study,) = studied(
        [scenario], headline.run_requests, execution, progress, _at(store, logs=True), keep_logs=True
    )
    if store is not None:
        kept.keep_run(Path(store), [study])
    return RunResult(study)


def compare(
    base: Scenario,
    *others: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    store: str | Path | None = None,
) -> Comparison:
    """Simulate scenarios with the same customers and compare each with the first, pair by pair.

    Every scenario runs with the base's replications and seed, so that replication i of one meets
    replication i of the other. `store` is as in `run`, without logs. Where a scenario has `costs.one_off`,
    the result's `investments` say what it saves in a year and when it pays back (money in the scenario's
    currency, times in years).

    Raises:
        ValueError: nothing to compare with, or no such engine.
        ScenarioError, StoreError, ReplicationError and others: as `run`.
    """
    if not others:
        raise ValueError("compare needs at least two scenarios: a base and another")
    execution = Execution(engine_named(engine), workers, cluster)
    found = compared([base, *others], replications, seed, execution, progress, _at(store))
    if store is not None:
        kept.keep_comparison(Path(store), found)
    return found


def check(
    scenario: Scenario,
    replications: int | None = None,
    *,
    seed: int | None = None,
    engine: str = "auto",
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    store: str | Path | None = None,
) -> Check:
    """Judge the scenario's SLAs: each PASS, FAIL or UNDECIDED, with value, interval, target, margin.

    `store` is as in `run`, without logs.

    Raises:
        ScenarioError, StoreError, ReplicationError and others: as `run`.
    """
    scenario = scenario.with_run(replications=replications, seed=seed)
    execution = Execution(engine_named(engine), workers, cluster)
    (study,) = studied([scenario], headline.sla_requests, execution, progress, _at(store))
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
    execution: Execution | None = None,
    progress: Progress | None = None,
    open_store: OpenStore | None = None,
    *,
    only: int | None = None,
    keep_logs: bool = False,
) -> list[Study]:
    """Simulate scenarios, each with its own run settings; measure of each what `requests` asks."""
    plans = [(compile_plan(scenario), tuple(requests(scenario))) for scenario in scenarios]
    store = open_store(plans) if open_store else None
    studies: list[Study] = []
    for replications, alike in groupby(scenarios, lambda scenario: scenario.spec.run.replications):
        row = len(studies)
        together = list(alike)
        try:
            runs = run_plans(
                plans[row : row + len(together)],
                replications,
                only=only,
                execution=execution,
                keep_logs=keep_logs,
                progress=progress,
                store=store.from_row(row) if store else None,
            )
        except ReplicationError as error:
            error.remedy = _alone(together[error.row], error)
            raise
        studies += [Study(*each) for each in zip(together, runs, strict=True)]
    return studies


def _alone(scenario: Scenario, error: ReplicationError) -> str:
    """How to see a failed replication fail again, without the others; "" where no file has the scenario."""
    file = scenario.document.name
    if file == UNNAMED:
        return ""
    variant = ["--variant", scenario.variant_name] if scenario.variant_name is not None else []
    settings = ["--seed", scenario.spec.run.seed, "--engine", error.engine, "--only", error.replication]
    command = shlex.join(["sim", "run", file, *variant, *(str(each) for each in settings)])
    return f"to see it fail alone: {command}"


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
    execution: Execution | None = None,
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

    studies = studied(same, wanted, execution, progress, open_store)
    named = zip(studies, _names(same), strict=True)
    return Comparison(tuple(replace(study, name=name) for study, name in named), shown)
