"""The Python entry points: load a scenario, run it, compare variants, check its SLAs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sim.analysis import results
from sim.analysis.results import Check, Comparison, Study
from sim.catalogue import Request
from sim.experiment import run as run_plans
from sim.experiment.run import Progress
from sim.plan import compile_plan
from sim.reporting import headline
from sim.reporting.run_result import RunResult
from sim.scenario import Scenario


def run(
    scenario: Scenario,
    replications: int | None = None,
    *,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Simulate a scenario and keep everything: measures, contacts, steps, agents.

    Args:
        scenario: from `sim.load`.
        replications: how many (default: the scenario's `run.replications`).
        seed: of the random numbers (default: the scenario's `run.seed`).
        workers: processes (default: one a core where the work is worth it); the result does not depend on it.
        progress: called with (done, in all) after each replication.

    Raises:
        ScenarioError: replications or seed out of range, or a trace that cannot be used.
        ReplicationError: a replication failed, through a fault of this program.

    Examples:
        >>> import sim
        >>> result = sim.run(sim.load("scenarios/after_sales.yaml"), replications=5)
        >>> result.measures("wait.mean by channel")
    """
    scenario = scenario.with_run(replications=replications, seed=seed)
    return RunResult(studied([scenario], headline.run_requests, workers, progress, keep_logs=True)[0])


def compare(
    base: Scenario,
    *others: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Simulate scenarios with the same customers and compare each with the first, pair by pair.

    Every scenario runs with the base's replications and seed, so that replication i of one meets
    replication i of the other.

    Raises:
        ValueError: nothing to compare with.
        ScenarioError, ReplicationError: as `run`.
    """
    if not others:
        raise ValueError("compare needs at least two scenarios: a base and another")
    return compared([base, *others], replications, seed, workers, progress)


def check(
    scenario: Scenario,
    replications: int | None = None,
    *,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Check:
    """Judge the scenario's SLAs: each PASS, FAIL or UNDECIDED, with value, interval, target, margin.

    Raises:
        ScenarioError, ReplicationError: as `run`.
    """
    scenario = scenario.with_run(replications=replications, seed=seed)
    return results.check(studied([scenario], headline.sla_requests, workers, progress)[0])


def studied(
    scenarios: Sequence[Scenario],
    requests: Callable[[Scenario], Iterable[Request]],
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    keep_logs: bool = False,
) -> list[Study]:
    """Simulate scenarios that have the same run settings; measure of each what `requests` asks."""
    runs = run_plans(
        [(compile_plan(scenario), tuple(requests(scenario))) for scenario in scenarios],
        scenarios[0].spec.run.replications,
        workers=workers,
        keep_logs=keep_logs,
        progress=progress,
    )
    return [Study(*each) for each in zip(scenarios, runs, _names(scenarios), strict=True)]


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
    also: Sequence[Request] = (),
) -> Comparison:
    """Simulate scenarios with the first one's settings; `also` is measured beside what is compared."""
    base = scenarios[0].with_run(replications=replications, seed=seed)
    settings = {"replications": base.spec.run.replications, "seed": base.spec.run.seed}
    same = [base, *(other.with_run(**settings) for other in scenarios[1:])]
    shown = headline.compare_requests(same)

    def wanted(scenario: Scenario) -> tuple[Request, ...]:
        return (*shown, *headline.sla_requests(scenario), *also)

    return Comparison(tuple(studied(same, wanted, workers, progress)), shown)
