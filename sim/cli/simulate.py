"""From files and options to studies: what `run`, `compare` and `check` do between reading and showing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from sim.analysis.results import Check, Comparison, Study, check
from sim.api import OpenStore, compared, studied
from sim.catalogue import Request
from sim.cli.session import Session
from sim.engine.choice import Engine
from sim.errors import Fault, ScenarioError
from sim.experiment import Execution
from sim.experiment.run import Progress
from sim.experiment.store import Store
from sim.plan import Plan
from sim.plan.sheets import unset_variable
from sim.reporting import headline
from sim.scenario import Scenario, load


def loaded(files: Sequence[Path], variant: str | None = None) -> list[Scenario]:
    """The scenarios of several files; ScenarioError with the faults of all of them."""
    scenarios: list[Scenario] = []
    faults: list[Fault] = []
    for file in files:
        try:
            scenarios.append(load(file, variant))
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    return scenarios


def execution_of(engine: Engine, workers: int | None, cluster: str | None) -> Execution:
    """How and where to simulate; ScenarioError for workers of this machine beside those of a cluster."""
    if cluster is not None and workers is not None:
        raise ScenarioError(
            Fault(
                f"'{workers}' is given beside --cluster, whose workers do the work",
                path="--workers",
                remedy="leave out one of the two",
            )
        )
    return Execution(engine, workers, cluster)


def store_opener(say: Session, folder: Path | None, logs: bool) -> OpenStore | None:
    """What opens the store of a command; None where it keeps nothing."""
    if folder is None:
        if logs:
            raise ScenarioError(
                Fault("logs are kept in a folder, and none is named", path="--logs", remedy="add -o DIR")
            )
        return None

    def opened(plans: Sequence[tuple[Plan, Sequence[Request]]]) -> Store:
        store = Store.open(folder, plans, logs=logs, notice=say.notice)
        say.store = folder
        return store

    return opened


def run_studies(
    scenarios: Sequence[Scenario],
    replications: int | None,
    seed: int | None,
    execution: Execution,
    progress: Progress,
    open_store: OpenStore | None,
    intervals: bool,
    only: int | None = None,
) -> list[Study]:
    """Simulate each scenario with its own settings, or those of the command line.

    only: of all replications the one of this number alone.
    """
    if only is not None and replications is not None:
        raise ScenarioError(
            Fault(
                f"'{only}' is one replication, and --replications asks for {replications}",
                path="--only",
                remedy="leave out --replications",
            )
        )
    scenarios = [scenario.with_run(replications=replications, seed=seed) for scenario in scenarios]

    def wanted(scenario: Scenario) -> tuple[Request, ...]:
        return (*headline.run_requests(scenario), *(headline.interval_requests() if intervals else ()))

    return studied(scenarios, wanted, execution, progress, open_store, only=only)


def side_by_side(files: Sequence[Path], base: str | None, variants: Sequence[str] | None) -> list[Scenario]:
    """What to compare, the base first.

    One file: the file as written (or the variant named as base) with the variants named, or all of them that
    can be simulated here.
    Several files: each as written, the first being the base.
    """
    if len(files) > 1:
        if variants or base is not None:
            raise ScenarioError(
                Fault(
                    "variants cannot be chosen for several files", remedy="compare the variants of one file"
                )
            )
        return loaded(files)
    first = load(files[0], base)
    if base is not None and base in (variants or ()):
        raise ScenarioError(
            Fault(
                f"the variant '{base}' is the base: comparing it with itself says nothing",
                remedy="name other variants",
            )
        )
    names = list(dict.fromkeys(variants or (name for name in first.variants if name != base)))
    if not variants:
        names = [name for name in names if not _lacks_variable(first.variant(name))]
    if not names and first.variants:
        raise ScenarioError(Fault(f"'{files[0]}' has no other variant to compare with", remedy="name it"))
    if not names:
        raise ScenarioError(
            Fault(
                f"'{files[0]}' has no variants to compare with",
                remedy="add `variants:` to the file, or name a second file",
            )
        )
    return [first, *(first.variant(name) for name in names)]


def _lacks_variable(scenario: Scenario) -> bool:
    """Whether a variant replays a log that nothing names here; it is then left out, and said so."""
    variable = unset_variable(scenario)
    if variable:
        typer.echo(f"left out: {scenario.label}, which needs the environment variable {variable}", err=True)
    return bool(variable)


def compare_studies(
    scenarios: Sequence[Scenario],
    replications: int | None,
    seed: int | None,
    execution: Execution,
    progress: Progress,
    open_store: OpenStore | None,
    intervals: bool,
) -> Comparison:
    """Simulate them with the same customers."""
    wanted = headline.interval_requests() if intervals else ()
    return compared(scenarios, replications, seed, execution, progress, open_store, wanted)


def check_studies(
    scenarios: Sequence[Scenario],
    replications: int | None,
    seed: int | None,
    execution: Execution,
    progress: Progress,
    open_store: OpenStore | None,
) -> list[Check]:
    """Judge the SLAs of each."""
    for scenario in scenarios:
        if not scenario.slas:
            raise ScenarioError(
                Fault(
                    f"'{scenario.document.name}' has no SLAs to check",
                    remedy="add `slas:`, such as `answered fast: service_level(60s) >= 80%`",
                )
            )
    scenarios = [scenario.with_run(replications=replications, seed=seed) for scenario in scenarios]
    studies = studied(scenarios, headline.sla_requests, execution, progress, open_store)
    return [check(study) for study in studies]
