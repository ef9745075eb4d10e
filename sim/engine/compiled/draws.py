"""Random numbers of contacts and visits, and values that depend on something: the Plan's lookups in use.

Numbers depend on their key alone, so each is drawn where it is needed and not kept: a block drawn twice is
the same block, and the patience of somebody who is served at once is never drawn.
"""

from sim.compilation import compiled, inner
from sim.engine.compiled.model import long
from sim.engine.compiled.world import NOBODY, World
from sim.log import CONTACT_BITS
from sim.plan import NONE
from sim.randomness import sample_row, uniforms, visit_draws

CONTACT_BLOCK, RETURN_BLOCK = long(0), long(1)
"""A contact's blocks: patience, bot acceptance, balking, return; and return delay, reopening."""

PATIENCE_HOME, RETURN_DELAY_HOME = long(0), long(4)
"""Words of those blocks that make durations, as `sim.randomness.sample` counts them."""

NO_VISIT = long(0)
"""A contact's own blocks belong to none of its visits."""

NUMBER_IN_CASE = (1 << CONTACT_BITS) - 1

NO_TEAM = long(0)
"""Where nobody serves: a lookup that depends on the team has its first team's row."""


@inner
def number_of(world: World, contact: int) -> int:
    """The contact's number in its case, from 0."""
    return world.contacts[contact].entity & NUMBER_IN_CASE


@inner
def row_of(world: World, lookup: int, contact: int, time: float, team: int) -> int:
    """The row that a lookup has for this contact, at this time, with this team."""
    if lookup < 0:
        return NONE
    model = world.model
    who = world.contacts[contact]
    stride = model.lookups[lookup]
    row = stride.base + stride.reason * who.reason + stride.segment * who.segment
    row += stride.channel * who.channel + stride.team * team
    if stride.hour != 0:
        row += stride.hour * (int(time // 3600.0) % 24)
    if stride.attempt != 0:
        row += stride.attempt * min(number_of(world, contact), world.settings.attempts - 1)
    return row


@inner
def share_of(world: World, lookup: int, contact: int, time: float) -> float:
    """A share that may depend on something."""
    return world.model.shares[row_of(world, lookup, contact, time, NO_TEAM)]


@inner
def next_step(world: World, contact: int, step: int) -> int:
    """Where the contact goes after a step: its uniform inverted in file order."""
    model = world.model
    row = row_of(world, model.steps[step].route, contact, world.now[0].time, NO_TEAM)
    u = world.contacts[contact].u
    at = model.route_start[row]
    last = model.route_start[row + 1] - 1
    while at < last and model.ways[at].cumulative <= u:
        at += 1
    return model.ways[at].target


@inner
def contact_uniforms(world: World, contact: int, block: int) -> tuple[float, float, float, float]:
    """The uniforms of a contact's own block."""
    who, settings = world.contacts[contact], world.settings
    stream = world.channels[who.origin].stream
    return _uniforms(settings.seed, stream, block, who.entity, settings.replication)


@compiled
def _uniforms(
    seed: int, stream: int, block: int, entity: int, replication: int
) -> tuple[float, float, float, float]:
    """A call rather than a copy of ten rounds at each of its callers."""
    return uniforms(seed, stream, block, NO_VISIT, entity, replication)


@inner
def contact_time(world: World, contact: int, row: int, u: float, home: int) -> float:
    """A duration whose uniform is word `home` of the contact's blocks."""
    model, settings, who = world.model, world.settings, world.contacts[contact]
    stream = world.channels[who.origin].stream
    return sample_row(
        model.dist_family, model.dist_params, model.dist_table, row, u,
        settings.seed, stream, home, NO_VISIT, who.entity, settings.replication,
    )  # fmt: skip  # distribution on one line, key on the next


@inner
def draw_visit(world: World, visit: int, time_row: int, wrap_row: int) -> tuple[float, float, float, float]:
    """The visit block: (time, wrap-up, uniform for next, spare uniform)."""
    model, settings = world.model, world.settings
    here = world.visits[visit]
    who = world.contacts[here.contact]
    number = _times_drawn_before(world, visit)
    here.drawn = number + 1
    stream = model.stream_step[who.origin, here.step]
    return visit_draws(
        model.dist_family, model.dist_params, model.dist_table, time_row, wrap_row,
        settings.seed, stream, number, who.entity, settings.replication,
    )  # fmt: skip


@inner
def _times_drawn_before(world: World, visit: int) -> int:
    """How often the contact has drawn at this step before: as its latest visit to the step says."""
    step = world.visits[visit].step
    before = long(world.visits[visit].before)
    while before != NOBODY and world.visits[before].step != step:
        before = long(world.visits[before].before)
    return long(world.visits[before].drawn) if before != NOBODY else long(0)


@inner
def draw_attempt(world: World, visit: int, block: int, time_row: int) -> tuple[float, float]:
    """A further block of the visit: (bot time, uniform) of an attempt to reach a person."""
    model, settings = world.model, world.settings
    here = world.visits[visit]
    who = world.contacts[here.contact]
    number = here.drawn - 1
    stream = model.stream_step[who.origin, here.step]
    u_time, u, _, _ = uniforms(settings.seed, stream, block, number, who.entity, settings.replication)
    time = sample_row(
        model.dist_family, model.dist_params, model.dist_table, time_row, u_time,
        settings.seed, stream, 4 * block, number, who.entity, settings.replication,
    )  # fmt: skip
    return time, u
