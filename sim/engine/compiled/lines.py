"""Lines: a channel has contacts at once up to their number; who finds none free is blocked.

A line is asked for on arrival, given by the dispatcher, and free again when the contact ends.
"""

from sim.compilation import inner
from sim.engine.compiled.model import long
from sim.engine.compiled.queues import take_least
from sim.engine.compiled.world import NOBODY, World


@inner
def are_counted(world: World, channel: int) -> bool:
    """Whether the channel has only so many."""
    return world.channels[channel].lines != NOBODY


@inner
def call_in(world: World, contact: int) -> None:
    """Ask for a line of the channel."""
    who, now = world.contacts[contact], world.now[0]
    who.priority, who.order = 0, 0.0  # calls of an instant are answered in the order of contacts
    who.joined_before = now.calling
    now.calling = contact
    now.dispatch = 1


@inner
def next_call(world: World) -> int:
    """The first of those who ask for a line, taken off their list; there must be one."""
    now = world.now[0]
    contact = take_least(world, now.calling)
    now.calling = long(world.contacts[contact].joined_before)
    return contact


@inner
def take_line(world: World, channel: int) -> bool:
    """Whether one was free; it is then taken."""
    here = world.channels[channel]
    if here.lines == 0:
        return False
    here.lines -= 1
    return True


@inner
def hang_up(world: World, channel: int) -> None:
    """A line is free again."""
    world.channels[channel].lines += 1
