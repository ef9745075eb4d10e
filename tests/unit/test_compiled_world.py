"""The compiled engine's event list, queues and idle agents, against plain sorted lists."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.compilation import loop
from sim.engine.compiled import agents, events, queues
from sim.engine.compiled.world import NOBODY, Phase, new_world, with_room
from sim.engine.realise import realise
from sim.plan import compile_plan

TEXT = """
name: somebody to wait, somebody to work
time: {start: 2026-03-02, horizon: 1d}
run: {replications: 1, seed: 1}
channels: {phone: {arrivals: {volume: 200/day}, journey: voice}}
teams: {desk: {agents: 12, skills: {answer: 1}}}
journeys: {voice: {answer: {work: {time: 1m}, next: resolved}}}
"""

PLAN_EVENT, CANCEL, TAKE = range(3)
JOIN, GIVE_UP, SERVE = range(3)
ENDED = int(Phase.ENDED)

QUICKLY = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def plan():
    return compile_plan(sim.loads(TEXT))


def a_world(plan):
    return new_world(plan, 0, realise(plan, 0))


@loop
def follow_events(world, what, thing, time, found):
    """Does what is asked of the event list; found: at each take, when somebody acts and who."""
    for step in range(len(what)):
        if what[step] == PLAN_EVENT:
            events.plan_event(world, thing[step], time[step])
        elif what[step] == CANCEL:
            events.cancel_event(world, thing[step])
        else:
            found[step, 0] = events.next_event(world)
            if found[step, 0] < np.inf:
                found[step, 1] = events.take_event(world)


@QUICKLY
@given(
    steps=st.lists(
        st.tuples(st.sampled_from([0, 0, 0, 1, 2, 2]), st.integers(0, 40), st.integers(0, 25)), max_size=150
    )
)
def test_events_come_in_the_order_of_their_times_moved_and_cancelled_ones_too(plan, steps):
    world = a_world(plan)
    what, thing, time = np.array(steps, dtype=np.int64).reshape(len(steps), 3).T.copy()
    found = np.full((len(what), 2), np.nan)
    follow_events(world, what, thing, time.astype(np.float64), found)
    planned: dict[int, float] = {}
    for step, (action, who, when) in enumerate(steps):
        if action == PLAN_EVENT:
            planned[who] = when
        elif action == CANCEL:
            planned.pop(who, None)
        else:
            assert found[step, 0] == min(planned.values(), default=math.inf)
            if planned:  # among those of one time any may be first
                assert planned.pop(int(found[step, 1])) == found[step, 0]


@loop
def follow_queue(world, what, contact, priority, order, found):
    """Does what is asked of queue 0; found: for each step that serves, who is at its head."""
    for step in range(len(what)):
        who = world.contacts[contact[step]]
        if what[step] == JOIN:
            who.priority, who.order = priority[step], order[step]
            queues.join(world, contact[step], 0)
        elif what[step] == GIVE_UP:
            who.phase = ENDED
            queues.leave(world, 0)
        elif world.queues[0].waiting > 0:
            first = queues.head(world, 0)
            found[step] = first
            queues.drop_head(world, 0)
            queues.leave(world, 0)
            world.contacts[first].phase = ENDED


@QUICKLY
@given(draws=st.data())
def test_a_queue_serves_by_priority_then_order_time_then_contact(plan, draws):
    world = a_world(plan)
    steps, waiting, expected = [], {}, []
    for contact in range(draws.draw(st.integers(0, 60))):
        key = draws.draw(st.integers(1, 3)), float(draws.draw(st.integers(0, 4)))
        steps.append((JOIN, contact, *key))
        waiting[contact] = (*key, contact)
        expected.append(NOBODY)
        match draws.draw(st.sampled_from(["", "", "left", "served"])):
            case "left" if waiting:
                who = draws.draw(st.sampled_from(sorted(waiting)))
                steps.append((GIVE_UP, who, 0, 0.0))
                expected.append(NOBODY)
                del waiting[who]
            case "served" if waiting:
                who = min(waiting, key=waiting.__getitem__)
                steps.append((SERVE, 0, 0, 0.0))
                expected.append(who)
                del waiting[who]
    for who in sorted(waiting, key=waiting.__getitem__):
        steps.append((SERVE, 0, 0, 0.0))
        expected.append(who)
    columns = np.array(steps, dtype=np.float64).reshape(len(steps), 4).T
    found = np.full(len(steps), NOBODY)
    what, contact, priority = columns[:3].astype(np.int64)
    follow_queue(world, what, contact, priority, columns[3].copy(), found)
    assert found.tolist() == expected
    assert world.queues["waiting"][0] == 0


@loop
def follow_agents(world, time, agent, found):
    """At each time an agent is taken, or comes free if it was; found: the idle after each step, in order."""
    for step in range(len(time)):
        world.now[0].time = time[step]
        if world.agents[agent[step]].state == agents.AVAILABLE:
            agents.take(world, agent[step])
        else:
            world.agents[agent[step]].on_shift = 1
            agents.finish_activity(world, agent[step])
        idle = world.teams[0].first
        place = 0
        while idle != NOBODY:
            found[step, place] = idle
            idle = world.agents[idle].behind
            place += 1


@QUICKLY
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 11)), max_size=80))
def test_the_idle_stand_in_the_order_of_available_since_and_number(plan, steps):
    world = a_world(plan)
    time = np.cumsum([ahead for ahead, _ in steps], dtype=np.float64)
    found = np.full((len(steps), 13), NOBODY)
    follow_agents(world, time, np.array([who for _, who in steps], dtype=np.int64), found)
    since: dict[int, float] = {}
    for step, (_, who) in enumerate(steps):
        if since.pop(who, None) is None:
            since[who] = time[step]
        wanted = sorted(since, key=lambda agent: (since[agent], agent))
        assert found[step, : len(wanted) + 1].tolist() == [*wanted, NOBODY]


def test_a_world_without_room_grows_and_keeps_what_it_has(plan):
    world = new_world(plan, 0, realise(plan, 0), room=1)
    world.now["visits"] = len(world.visits)
    world.visits["step"] = 7
    grown = with_room(world)
    assert len(grown.visits) > len(world.visits)
    assert (grown.visits["step"][: len(world.visits)] == 7).all()
    assert len(grown.events) == len(world.events) + len(grown.contacts) - len(world.contacts)
    assert len(grown.event_place) == len(world.event_place) + len(grown.contacts) - len(world.contacts)
    assert np.isinf(grown.events["time"]).all()
