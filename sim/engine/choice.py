"""Which engine does the work. Both give the same log, to the last bit: the choice is one of time alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from sim.errors import did_you_mean, shown

if TYPE_CHECKING:
    from sim.log import Log
    from sim.plan import Plan

COMPILING_S = 20
"""Seconds: about what it takes to compile the engine, once per installation."""

REFERENCE_RATE = 40_000
"""Contacts per second that the reference engine simulates on one processor."""

COMPILING = f"compiling the engine, once per installation: about {COMPILING_S} s"

log = logging.getLogger("sim")


class Engine(StrEnum):
    """An engine, or whichever is done first."""

    AUTO = "auto"
    REFERENCE = "reference"
    COMPILED = "compiled"


def engine_named(name: str) -> Engine:
    """The engine of that name.

    Raises:
        ValueError: there is none.
    """
    if name not in set(Engine):
        raise ValueError(f"there is no engine {shown(name)}: {did_you_mean(name, Engine)}")
    return Engine(name)


def chosen(wanted: Engine, contacts: float, processors: int = 1) -> Engine:
    """The engine to use for so many contacts: for `auto` the compiled one, once it need not be compiled first
    or where compiling takes less time than all the work with the reference engine.
    """
    if wanted is not Engine.AUTO:
        return wanted
    from sim.engine import compiled

    if compiled.is_ready() or contacts > COMPILING_S * REFERENCE_RATE * processors:
        return Engine.COMPILED
    return Engine.REFERENCE


def prepare(engine: Engine, plan: Plan) -> None:
    """Compile the engine where that is still to be done, here and now, and say so in the log of `sim`.

    To be called before workers start, so that no two of them compile the same. Any plan will do.
    """
    if engine is Engine.COMPILED:
        from sim.engine import compiled

        if not compiled.is_ready():
            log.warning(COMPILING)
        compiled.prepare(plan)


def runner(engine: Engine) -> Callable[[Plan, int], Log]:
    """The function that simulates one replication of a plan."""
    if engine is Engine.COMPILED:
        from sim.engine import compiled

        return compiled.run
    from sim.engine import reference

    return reference.run
