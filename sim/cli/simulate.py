"""From files and options to studies: what `run`, `compare` and `check` do between reading and showing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from sim.analysis.results import Check, Comparison, Study
from sim.api import check, compared, studied
from sim.catalogue import Request
from sim.errors import Fault, ScenarioError
from sim.experiment.run import Progress
from sim.plan.trace import unset_variable
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


def run_studies(
    scenarios: Sequence[Scenario],
    replications: int | None,
    seed: int | None,
    workers: int | None,
    progress: Progress,
    intervals: bool,
) -> list[Study]:
    """Simulate each scenario with its own settings, or those of the command line."""
    scenarios = [scenario.with_run(replications=replications, seed=seed) for scenario in scenarios]

    def wanted(scenario: Scenario) -> tuple[Request, ...]:
        return (*headline.run_requests(scenario), *(headline.interval_requests() if intervals else ()))

    return [studied([scenario], wanted, workers, progress)[0] for scenario in scenarios]


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
    workers: int | None,
    progress: Progress,
    intervals: bool,
) -> Comparison:
    """Simulate them with the same customers."""
    wanted = headline.interval_requests() if intervals else ()
    return compared(scenarios, replications, seed, workers, progress, wanted)


def check_studies(
    scenarios: Sequence[Scenario],
    replications: int | None,
    seed: int | None,
    workers: int | None,
    progress: Progress,
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
    return [
        check(scenario, replications, seed=seed, workers=workers, progress=progress) for scenario in scenarios
    ]
