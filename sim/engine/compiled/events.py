"""The event list: whatever acts by itself has at most one next event, in a heap by time.

A *thing* is a number: an agent's timetable, what an agent is busy with by itself (a wrap-up, a break), a
channel's next arrival, or a contact. Planning an event for a thing that has one moves it, which is how a
timer of patience turns into the end of a talk. Which of several events of one instant comes first does not
matter, since changes of one instant commute.

Each event of the heap has up to four below it, which halves the levels of a binary heap, and the records
after the last have the time infinity, so that nobody need ask whether there are four. References: D. B.
Johnson, "Priority queues with update and finding minimum spanning trees", Information Processing Letters 4
(3), 1975, 53-57, doi:10.1016/0020-0190(75)90001-0; A. LaMarca, R. E. Ladner, "The influence of caches on
the performance of heaps", ACM Journal of Experimental Algorithmics 1, 1996, doi:10.1145/235141.235145.
"""

import numpy as np

from sim.compilation import inner
from sim.engine.compiled.model import long
from sim.engine.compiled.world import NOBODY, World

FRONT = long(0)
"""The place of the first event."""

# Unsigned, as all places in the heap are inside `_settle`: Numba then need not look for negative indices.
ONE, TWO, THREE, FOUR = (np.uint64(number) for number in range(1, 5))


@inner
def timetable(agent: int) -> int:
    """The thing that is an agent's timetable."""
    return agent


@inner
def activity(world: World, agent: int) -> int:
    """The thing that is what an agent is busy with by itself."""
    return len(world.agents) + agent


@inner
def arrivals(world: World, channel: int) -> int:
    """The thing that is a channel's next arrival."""
    return 2 * len(world.agents) + channel


@inner
def first_contact(world: World) -> int:
    """The thing that is contact 0; the others follow."""
    return 2 * len(world.agents) + len(world.channels)


@inner
def plan_event(world: World, thing: int, time: float) -> None:
    """The thing acts at this time, and not when it was to act before."""
    now, place = world.now[0], world.event_place[thing]
    if place == NOBODY:
        if now.gap:
            now.gap = 0
            place = FRONT
        else:
            place = now.events
            now.events = place + 1
    _settle(world, place, time, thing)


@inner
def cancel_event(world: World, thing: int) -> None:
    """The thing does not act, for all that is known."""
    place = world.event_place[thing]
    if place != NOBODY:
        world.event_place[thing] = NOBODY
        _fill(world, place)


@inner
def next_event(world: World) -> float:
    """When the next thing acts; infinity if none does."""
    if world.now[0].gap:
        world.now[0].gap = 0
        _fill(world, FRONT)
    return world.events[0].time if world.now[0].events > 0 else np.inf


@inner
def take_event(world: World) -> int:
    """Remove the first event; returns what acts.

    The gap stays until the next look, since what has acted mostly plans an event, which then takes its
    place.
    """
    thing = world.events[0].thing
    world.event_place[thing] = NOBODY
    world.now[0].gap = 1
    return thing


@inner
def _fill(world: World, place: int) -> None:
    """Close the gap at a place with the last event."""
    last = world.now[0].events - 1
    world.now[0].events = last
    time, thing = world.events[last].time, world.events[last].thing
    world.events[last].time = np.inf
    if place != last:
        _settle(world, place, time, thing)


@inner
def _settle(world: World, place: int, time: float, thing: int) -> None:
    """Put an event where it belongs, beginning at a place whose own event is gone.

    The gap sinks to the bottom by the way of the earliest below it, and the event rises from there: most
    events belong near the bottom, and to choose the way takes no branch that a processor could guess
    wrongly.
    """
    events, size, gap = world.events, np.uint64(world.now[0].events), np.uint64(place)
    below = FOUR * gap + ONE
    while below < size:
        one = below + np.uint64(events[below + ONE].time < events[below].time)
        other = below + TWO + np.uint64(events[below + THREE].time < events[below + TWO].time)
        earliest = other if events[other].time < events[one].time else one
        _put(world, gap, events[earliest].time, events[earliest].thing)
        gap = earliest
        below = FOUR * gap + ONE
    while gap > np.uint64(0):
        above = (gap - ONE) // FOUR
        if events[above].time <= time:
            break
        _put(world, gap, events[above].time, events[above].thing)
        gap = above
    _put(world, gap, time, thing)


@inner
def _put(world: World, place: np.uint64, time: float, thing: int) -> None:
    world.events[place].time = time
    world.events[place].thing = thing
    world.event_place[thing] = np.int64(place)
