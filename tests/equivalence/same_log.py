"""Whether two engines give the same log, and where they part if they do not."""

import numpy as np

from sim.engine import compiled, reference
from sim.log import Log
from sim.plan import Plan


def assert_engines_agree(plan: Plan, replication: int = 0, *, room: int | None = None) -> Log:
    """Both engines' logs of a replication are equal as bytes; returns the log."""
    wanted = reference.run(plan, replication)
    found = compiled.run(plan, replication, room=room)
    if found.to_bytes() != wanted.to_bytes():
        raise AssertionError(first_difference(wanted, found))
    return wanted


def first_difference(wanted: Log, found: Log) -> str:
    """The first column and row in which two logs differ, with the rows around it."""
    for table in ("contacts", "visits", "agents"):
        one, other = getattr(wanted, table), getattr(found, table)
        if len(one) != len(other):
            return f"{table}: {len(one)} rows in the reference engine, {len(other)} in the compiled one"
        for name, column in one.columns().items():
            differs = np.flatnonzero(
                ~np.equal(column, getattr(other, name)) & ~(_is_nan(column) & _is_nan(getattr(other, name)))
            )
            if len(differs):
                row = int(differs[0])
                return (
                    f"{table}.{name}, row {row} of {len(one)} ({len(differs)} rows differ)\n"
                    f"reference {_row(one, row)}\ncompiled  {_row(other, row)}"
                )
    return "the logs differ in their bytes and in no value"


def _is_nan(column):
    return np.isnan(column) if column.dtype.kind == "f" else np.zeros(len(column), dtype=bool)


def _row(table, row: int) -> dict[str, object]:
    return {name: column[row].item() for name, column in table.columns().items()}
