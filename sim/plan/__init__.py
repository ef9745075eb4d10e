"""The Plan, flat arrays and index tables, and how a scenario becomes one.

`plan` says what the arrays mean; `compile` assembles them from `tables` (by-values), `demand` and `people`,
and from the `files` that a scenario names: a `trace`, a `forecast`, a `rota`, read as tables (`sheets`).
"""

from sim.plan.compile import compile_plan
from sim.plan.plan import DIMENSIONS, NONE, End, Floats, Ints, Longs, Names, Plan, StepKind

__all__ = [
    "DIMENSIONS", "NONE", "End", "Floats", "Ints", "Longs", "Names", "Plan", "StepKind", "compile_plan",
]  # fmt: skip
