"""One replication by the compiled engine."""

from __future__ import annotations

from dataclasses import replace

from sim.compilation import machine_code_folder
from sim.engine.compiled.columns import to_log
from sim.engine.compiled.loop import advance, begin
from sim.engine.compiled.world import new_world, with_room
from sim.engine.realise import realise
from sim.log import Log
from sim.plan import Plan


def run(plan: Plan, replication: int, *, room: int | None = None) -> Log:
    """Simulate one replication and return its log.

    room: for so many visits, and stretches of agents' time, there is room at first; more is made as needed.
    """
    arrivals = realise(plan, replication)
    world = new_world(plan, replication, arrivals, room)
    first_contacts = len(arrivals.time)
    del arrivals  # all that the world needs of them has been copied
    begin(world)
    while not advance(world):
        world = with_room(world)
    finished = world._asdict()
    del world
    return to_log(finished, first_contacts)


def is_ready() -> bool:
    """Whether the machine code is at hand; if not, the first run compiles it, which takes a while."""
    return any(machine_code_folder().rglob("loop.advance-*.nbc"))


def prepare(plan: Plan) -> None:
    """Compile the engine, or load it, by simulating no time at all of any plan."""
    run(replace(plan, warm_up=0.0, horizon=0.0, run_out=0.0), 0)
