"""Those who wait for one step or one bot: a pairing heap by (priority, order time, contact).

The heap's links lie in the contacts' own records, so that queues of any length need no room of their own.
Who loses patience only stops waiting, and is dropped when it comes to the front.

Reference: M. L. Fredman, R. Sedgewick, D. D. Sleator, R. E. Tarjan, "The pairing heap: a new form of
self-adjusting heap", Algorithmica 1, 1986, 111-129, doi:10.1007/BF01840439.
"""

from sim.compilation import inner
from sim.engine.compiled.model import long
from sim.engine.compiled.world import NOBODY, Phase, World

WAITING = long(Phase.WAITING)


@inner
def join(world: World, contact: int, queue: int) -> None:
    """Take the place that the contact's priority and order time give."""
    joiner = world.contacts[contact]
    joiner.child = joiner.sibling = NOBODY
    joiner.phase = WAITING
    world.queues[queue].root = _melded(world, world.queues[queue].root, contact)
    world.queues[queue].waiting += 1
    world.now[0].waiting += 1
    joiner.joined_before = world.now[0].joined
    world.now[0].joined = contact
    world.now[0].dispatch = 1


@inner
def leave(world: World, queue: int) -> None:
    """One waits no longer: served, or out of patience."""
    world.queues[queue].waiting -= 1
    world.now[0].waiting -= 1


@inner
def head(world: World, queue: int) -> int:
    """The first of those who wait; there must be one."""
    first = world.queues[queue].root
    while world.contacts[first].phase != WAITING:
        drop_head(world, queue)
        first = world.queues[queue].root
    return first


@inner
def drop_head(world: World, queue: int) -> None:
    """Take the front contact out of the heap: meld its children in pairs, then all from the back."""
    contacts = world.contacts
    pairs = NOBODY
    left = contacts[world.queues[queue].root].child
    while left >= 0:
        right = contacts[left].sibling
        if right < 0:
            contacts[left].sibling = pairs
            pairs = left
            break
        after = contacts[right].sibling
        pair = _melded(world, left, right)
        contacts[pair].sibling = pairs
        pairs = pair
        left = after
    root = NOBODY
    while pairs >= 0:
        after = contacts[pairs].sibling
        root = _melded(world, root, pairs)
        pairs = after
    world.queues[queue].root = root


@inner
def _melded(world: World, one: int, other: int) -> int:
    """The root of two heaps made one."""
    if one < 0:
        return other
    contacts = world.contacts
    if _comes_before(world, other, one):
        one, other = other, one
    contacts[other].sibling = contacts[one].child
    contacts[one].child = other
    return one


@inner
def take_least(world: World, first: int) -> int:
    """The least by (priority, order time, contact) of a list linked by `joined_before`, put at its front.

    first: the present front; there must be one.
    """
    contacts = world.contacts
    least, before_least = first, NOBODY
    before, contact = first, long(contacts[first].joined_before)
    while contact != NOBODY:
        if _comes_before(world, contact, least):
            least, before_least = contact, before
        before, contact = contact, long(contacts[contact].joined_before)
    if before_least != NOBODY:
        contacts[before_least].joined_before = contacts[least].joined_before
        contacts[least].joined_before = first
    return least


@inner
def _comes_before(world: World, one: int, other: int) -> bool:
    a, b = world.contacts[one], world.contacts[other]
    if a.priority != b.priority:
        return a.priority < b.priority
    if a.order != b.order:
        return a.order < b.order
    if a.origin != b.origin:
        return a.origin < b.origin
    return a.entity < b.entity
