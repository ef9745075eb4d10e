"""People: on and off shift, on breaks, at work. Each change of state closes a stretch of the agent log.

An agent starts no work off shift, on a break or absent. A break due during work starts when the work ends
and keeps its length; work and its wrap-up run past the end of a shift, as overtime, into an absence too.
"""

from sim.compilation import inner
from sim.engine.compiled.events import activity, cancel_event, plan_event, timetable
from sim.engine.compiled.model import long
from sim.engine.compiled.world import NOBODY, OFF, World
from sim.log import State

AVAILABLE, WORK, WRAP_UP, BREAK, ABSENT = (
    long(state) for state in (State.AVAILABLE, State.WORK, State.WRAP_UP, State.BREAK, State.ABSENT)
)


@inner
def follow_timetable(world: World, agent: int) -> None:
    """The next thing of the agent's day happens: a shift or an absence begins or ends, or a break is due."""
    model, person = world.model, world.agents[agent]
    if person.absent:
        person.absent = 0
        person.duty += 1
        if person.state == ABSENT:
            _enter(world, agent, OFF)
    elif not person.on_shift and model.duties[person.duty].absent:
        person.absent = 1
        if person.state == OFF:
            _enter(world, agent, ABSENT)
    elif not person.on_shift:
        person.on_shift = 1
        person.due = person.owed = model.duties[person.duty].first_break
        if person.state == OFF:
            _become_free(world, agent)
        else:
            _enter(world, agent, long(person.state))
    elif person.due < model.duties[person.duty].last_break:
        person.due += 1
        if person.state == AVAILABLE:
            _become_free(world, agent)
    else:
        person.on_shift = 0
        person.owed = person.due
        person.duty += 1
        if person.state == BREAK:
            cancel_event(world, activity(world, agent))
        ends_now = person.state == AVAILABLE or person.state == BREAK
        _enter(world, agent, OFF if ends_now else long(person.state))
    plan_timetable(world, agent)


@inner
def plan_timetable(world: World, agent: int) -> None:
    """Plan the next thing of the agent's day, if there is one before all ends."""
    model, person = world.model, world.agents[agent]
    time = world.settings.end
    if person.on_shift:
        duty = model.duties[person.duty]
        time = model.breaks[person.due].due if person.due < duty.last_break else duty.end
    elif person.absent:
        time = model.duties[person.duty].end
    elif person.duty < person.last_duty:
        time = model.duties[person.duty].start
    if time < world.settings.end:
        plan_event(world, timetable(agent), time)


@inner
def take(world: World, agent: int) -> None:
    """Begin work: from here the agent is busy until `finish_work`."""
    _enter(world, agent, WORK)


@inner
def finish_talk(world: World, agent: int, visit: int, wrap_up: float) -> None:
    """Work on without the customer for so long, and then be free."""
    if wrap_up > 0.0:
        world.agents[agent].visit = visit
        _enter(world, agent, WRAP_UP)
        plan_event(world, activity(world, agent), world.now[0].time + wrap_up)
    else:
        world.visits[visit].wrapped = world.now[0].time
        _become_free(world, agent)


@inner
def finish_activity(world: World, agent: int) -> None:
    """The wrap-up or the break is over."""
    person = world.agents[agent]
    if person.state == WRAP_UP:
        world.visits[person.visit].wrapped = world.now[0].time
    _become_free(world, agent)


@inner
def _become_free(world: World, agent: int) -> None:
    """Nothing in hand: go home, take the next break that is due, or be available."""
    person = world.agents[agent]
    if not person.on_shift:
        _enter(world, agent, ABSENT if person.absent else OFF)
    elif person.owed < person.due:
        _enter(world, agent, BREAK)
        length = world.model.breaks[person.owed].length
        person.owed += 1
        plan_event(world, activity(world, agent), world.now[0].time + length)
    else:
        _enter(world, agent, AVAILABLE)
        world.now[0].dispatch = 1


@inner
def _enter(world: World, agent: int, state: int) -> None:
    """Close the stretch in the present state and begin one in another."""
    person, time = world.agents[agent], world.now[0].time
    close_stretch(world, agent, time)
    if person.state == AVAILABLE and state != AVAILABLE:
        _stop_idling(world, agent)
    elif person.state != AVAILABLE and state == AVAILABLE:
        person.available_since = time
        _start_idling(world, agent)
    person.state = state
    person.since = time
    person.overtime = 0 if person.on_shift or state == ABSENT else 1


@inner
def close_stretch(world: World, agent: int, time: float) -> None:
    """Log the stretch since the last change, if it has a length."""
    person = world.agents[agent]
    if person.state != OFF and time > person.since:
        stretch = world.stretches[world.now[0].stretches]
        stretch.agent = agent
        stretch.start = person.since
        stretch.end = time
        stretch.state = person.state
        stretch.load = 1 if person.state == WORK or person.state == WRAP_UP else 0
        stretch.overtime = person.overtime
        world.now[0].stretches += 1


@inner
def _start_idling(world: World, agent: int) -> None:
    """Join the idle of the team, who stand in the order of (available since, number)."""
    agents, person = world.agents, world.agents[agent]
    team = world.teams[person.team]
    ahead = team.last  # time goes on, so only those who came at this very instant may have to be passed
    while ahead != NOBODY and agents[ahead].available_since == person.available_since and ahead > agent:
        ahead = long(agents[ahead].ahead)
    behind = team.first if ahead == NOBODY else long(agents[ahead].behind)
    person.ahead, person.behind = ahead, behind
    if ahead == NOBODY:
        team.first = agent
    else:
        agents[ahead].behind = agent
    if behind == NOBODY:
        team.last = agent
    else:
        agents[behind].ahead = agent


@inner
def _stop_idling(world: World, agent: int) -> None:
    agents, person = world.agents, world.agents[agent]
    team = world.teams[person.team]
    if person.ahead == NOBODY:
        team.first = person.behind
    else:
        agents[person.ahead].behind = person.behind
    if person.behind == NOBODY:
        team.last = person.ahead
    else:
        agents[person.behind].ahead = person.ahead
