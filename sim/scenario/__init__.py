"""The scenario language: YAML text → `Document` → validated, frozen `Scenario` in the planner's words.

`document` reads YAML with the place of every value; `merge` applies variants; `spec` and `values` are the
models; `by` evaluates values `by` something; `check` holds what must be true between values; `sla` is the
grammar of service level agreements.
"""

from sim.scenario.scenario import UNNAMED, Scenario, load, loads

__all__ = ["UNNAMED", "Scenario", "load", "loads"]
