"""One replication: what is there, and running it."""

from __future__ import annotations

import gc
import math
from bisect import bisect_right

from sim.engine.attendance import attend
from sim.engine.realise import realise
from sim.engine.reference.agents import Agent, Interval, Team
from sim.engine.reference.clock import Clock
from sim.engine.reference.customers import Returns, arrive
from sim.engine.reference.dispatcher import Dispatcher, Lines, SessionQueue, WorkQueue
from sim.engine.reference.draws import Draws
from sim.engine.reference.records import Contact, Visit, to_log
from sim.engine.reference.steps import Step, steps_of
from sim.log import Log
from sim.plan import Plan, StepKind


class World:
    """Everything the processes of one replication share."""

    def __init__(self, plan: Plan, replication: int) -> None:
        self.plan = plan
        self.end = plan.end
        self.clock = Clock(plan.begin)
        self.draws = Draws(plan, replication)
        self.dispatcher = Dispatcher(self.clock)
        self.contacts: list[Contact] = []
        self.visits: list[Visit] = []
        self.intervals: list[Interval] = []
        self.teams = [Team() for _ in plan.names.teams]
        self.agents = [
            Agent(number, team, self.teams[team], self.clock, self.dispatcher, self.intervals)
            for number, team in enumerate(plan.agent_team.tolist())
        ]
        self.work_queues: dict[int, WorkQueue] = {}
        for step, levels in enumerate(plan.skill_level.T.tolist()):
            if plan.step_kind[step] == StepKind.WORK:
                able = [(level, team) for level, team in zip(levels, self.teams, strict=True) if level > 0]
                self.work_queues[step] = queue = WorkQueue(able)
                for _, team in able:
                    team.queues.append(queue)
        self.session_queues = [
            SessionQueue(free) if free >= 0 else None for free in plan.bot_sessions.tolist()
        ]
        self.lines = [Lines(free) if free >= 0 else None for free in plan.channel_lines.tolist()]
        self.dispatcher.lines = [lines for lines in self.lines if lines is not None]
        self.dispatcher.work_queues = list(self.work_queues.values())
        self.dispatcher.session_queues = [queue for queue in self.session_queues if queue is not None]
        self.segment_priority: list[int] = plan.segment_priority.tolist()
        self.segment_head_start: list[float] = plan.segment_head_start.tolist()
        self.channel_entry: list[int] = plan.channel_entry.tolist()
        self.open_hours = [
            (plan.open_start[a:b].tolist(), plan.open_end[a:b].tolist())
            for a, b in zip(plan.open_offset, plan.open_offset[1:], strict=False)
        ]
        self.returns = Returns(plan)
        self.steps: list[Step] = steps_of(self)

    def next_opening(self, channel: int, time: float) -> float:
        """When the channel is next open: `time` itself if it is open then, infinity if never again."""
        start, end = self.open_hours[channel]
        span = bisect_right(end, time)
        return max(time, start[span]) if span < len(start) else math.inf


def run(plan: Plan, replication: int) -> Log:
    """Simulate one replication and return its log."""
    world = World(plan, replication)
    clock = world.clock
    attendance = attend(plan, replication)
    for number, agent in enumerate(world.agents):
        clock.process(agent.timetable(attendance.of_agent(number)))
    arrivals = realise(plan, replication)
    for channel in range(len(plan.channel_entry)):
        clock.process(arrive(world, arrivals, channel))
    # Hundreds of thousands of small records that all live to the end: collecting cycles among them only
    # costs time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        clock.run_until(plan.end)
        for agent in world.agents:
            agent.close(plan.end)
        return to_log(replication, world.contacts, world.visits, world.intervals)
    finally:
        if collecting:
            gc.enable()
