"""Simulate service operations described in a YAML scenario, with honest uncertainty.

    import sim

    base = sim.load("scenarios/after_sales.yaml")
    result = sim.run(base, replications=20)
    comparison = sim.compare(base, base.variant("bot_first"))
    verdicts = sim.check(base)

The package is laid out as the way of a scenario through it; each stage imports only what stands before it:

    errors, units, catalogue   faults and exit codes; units in text; the measures as data
    queueing                   Erlang B, C, A and others, exactly
    scenario                   YAML → validated Scenario in the planner's words
    randomness                 random numbers as pure functions of a key
    plan                       Scenario → flat arrays, the only thing an engine sees
    log                        what an engine returns
    engine                     Plan → Log
    measures                   Log → sums, or values for quantiles, of each measure and cut
    experiment                 many replications, here or on an executor, perhaps kept in a store
    analysis                   intervals, paired differences, verdicts
    reporting                  tables, JSON, CSV, DataFrames, plots
    api, cli                   the functions below, and the command line

Names are imported on first use, so that `import sim` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.version import __version__

if TYPE_CHECKING:
    from sim.analysis.results import Check, Comparison
    from sim.api import check, compare, run
    from sim.errors import ExitCode, ScenarioError, StoreError
    from sim.reporting.run_result import RunResult
    from sim.scenario import Scenario, load, loads

_HOMES = {
    "Check": "sim.analysis.results",
    "Comparison": "sim.analysis.results",
    "ExitCode": "sim.errors",
    "RunResult": "sim.reporting.run_result",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.errors",
    "StoreError": "sim.errors",
    "check": "sim.api",
    "compare": "sim.api",
    "load": "sim.scenario",
    "loads": "sim.scenario",
    "run": "sim.api",
}

__all__ = [
    "Check", "Comparison", "ExitCode", "RunResult", "Scenario", "ScenarioError", "StoreError",
    "__version__", "check", "compare", "load", "loads", "run",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
