"""The event loop: every instant in two phases, changes first and then one dispatch, until nothing changes."""

from sim.compilation import inner, loop
from sim.engine.compiled.agents import close_stretch, finish_activity, follow_timetable, plan_timetable
from sim.engine.compiled.customers import next_customer, plan_arrival
from sim.engine.compiled.dispatch import match, next_granted, next_leaving
from sim.engine.compiled.events import next_event, take_event
from sim.engine.compiled.journeys import act, arrive, enter, start, turn_away
from sim.engine.compiled.world import FIRST_EVENT, NOBODY, STAY, World


@loop
def begin(world: World) -> None:
    """Plan what comes by itself: first contacts and people's shifts."""
    for channel in range(len(world.channels)):
        plan_arrival(world, channel)
    for agent in range(len(world.agents)):
        plan_timetable(world, agent)


@loop
def advance(world: World) -> bool:
    """Go on to the end of the simulation, or until there is too little room for records: then False."""
    now, end = world.now[0], world.settings.end
    while _has_room(world):
        if now.step != STAY:
            enter(world)
            continue
        if now.leaving != NOBODY:
            turn_away(world, next_leaving(world))
            continue
        if now.granted != NOBODY:
            start(world, next_granted(world))
            continue
        time = next_event(world)
        if time <= now.time:
            _let_act(world, take_event(world))
        elif now.dispatch:
            match(world)
        elif time < end:
            now.time = time
        else:
            _close(world, end)
            return True
    return False


@inner
def _has_room(world: World) -> bool:
    """For all records that one turn of the loop may need."""
    now = world.now[0]
    return (
        now.visits < len(world.visits)
        and now.contacts < len(world.contacts)
        and now.stretches + len(world.agents) + FIRST_EVENT <= len(world.stretches)
    )


@inner
def _let_act(world: World, thing: int) -> None:
    agents, channels = len(world.agents), len(world.channels)
    if thing < agents:
        follow_timetable(world, thing)
    elif thing < 2 * agents:
        finish_activity(world, thing - agents)
    elif thing < 2 * agents + channels:
        channel = thing - 2 * agents
        arrive(world, next_customer(world, channel))
    else:
        act(world, thing - 2 * agents - channels)


@inner
def _close(world: World, end: float) -> None:
    """The simulation is over: what agents are at is logged up to here."""
    for agent in range(len(world.agents)):
        close_stretch(world, agent, end)
