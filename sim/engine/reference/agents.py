"""People: on and off shift, on breaks, at work. Each change of state closes a stretch of the agent log.

An agent starts no work off shift, on a break or absent. A break due during work starts when the work ends
and keeps its length; work and its wrap-up run past the end of a shift, as overtime, into an absence too.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from heapq import heappop, heappush

from simpy.events import Event

from sim.engine.reference.clock import Alarm, Clock
from sim.engine.reference.dispatcher import Dispatcher, WorkQueue
from sim.engine.reference.records import Visit
from sim.log import State

OFF = -1
Interval = tuple[int, float, float, int, int, int]
"""Agent, start, end, state, load, overtime."""
Duty = tuple[float, float, bool, Sequence[tuple[float, float]]]
"""Start, end, whether absent, breaks as (due, length)."""


class Team:
    """Agents with the same skills; the idle ones in a heap by (available since, number)."""

    def __init__(self) -> None:
        self.heap: list[tuple[float, int, Agent]] = []
        self.idle = 0
        self.queues: list[WorkQueue] = []  # that it can serve

    def is_wanted(self) -> bool:
        """Whether somebody waits for it."""
        return any(queue.waiting for queue in self.queues)

    def first_idle(self) -> tuple[float, int, Agent]:
        """Who has been available longest; entries of agents no longer idle since then are dropped."""
        heap = self.heap
        while True:
            since, _, agent = heap[0]
            if agent.state == State.AVAILABLE and agent.available_since == since:
                return heap[0]
            heappop(heap)


class Agent:
    """One person."""

    __slots__ = (
        "absent", "available_since", "break_until", "clock", "dispatcher", "log", "number", "on_shift",
        "overtime", "owed", "since", "state", "team", "team_number", "visit",
    )  # fmt: skip

    def __init__(
        self,
        number: int,
        team_number: int,
        team: Team,
        clock: Clock,
        dispatcher: Dispatcher,
        log: list[Interval],
    ) -> None:
        self.number = number
        self.team_number = team_number
        self.team = team
        self.clock = clock
        self.dispatcher = dispatcher
        self.log = log
        self.state = OFF
        self.since = clock.now
        self.on_shift = False
        self.absent = False  # from a shift that is paid all the same
        self.overtime = False  # whether the present stretch is after the end of the shift
        self.owed: list[float] = []  # breaks that are due and not begun: their lengths
        self.break_until = clock.now
        self.available_since = clock.now
        self.visit: Visit | None = None  # whose wrap-up is being done

    def timetable(self, duties: Sequence[Duty]) -> Generator[Event, None, None]:
        """The agent's shifts, one after the other."""
        for start, end, absent, breaks in duties:
            yield Alarm(self.clock, start)
            if absent:
                self.absent = True
                if self.state == OFF:
                    self._enter(State.ABSENT)
                yield Alarm(self.clock, end)
                self.absent = False
                if self.state == State.ABSENT:
                    self._enter(OFF)
                continue
            self.on_shift = True
            if self.state == OFF:
                self._become_free()
            else:
                self._enter(self.state)
            for due, length in breaks:
                yield Alarm(self.clock, due)
                self.owed.append(length)
                if self.state == State.AVAILABLE:
                    self._become_free()
            yield Alarm(self.clock, end)
            self.on_shift = False
            self.owed.clear()
            if self.state in (State.AVAILABLE, State.BREAK):
                self._enter(OFF)
            else:
                self._enter(self.state)

    def take(self) -> None:
        """Begin work: from here the agent is busy until `finish`."""
        self._enter(State.WORK)

    def wrap_up(self, visit: Visit, until: float) -> None:
        """Work on without the customer until a time, and then be free."""
        self.visit = visit
        self._enter(State.WRAP_UP)
        Alarm(self.clock, until, self._end_wrap_up)

    def finish(self, visit: Visit) -> None:
        """The work is done, wrap-up included."""
        visit.wrapped = self.clock.now
        self._become_free()

    def _end_wrap_up(self, _: Event) -> None:
        assert self.visit is not None
        self.finish(self.visit)

    def _become_free(self) -> None:
        """Nothing in hand: go home, take the next break that is due, or be available."""
        if not self.on_shift:
            self._enter(State.ABSENT if self.absent else OFF)
        elif self.owed:
            self._enter(State.BREAK)
            self.break_until = self.clock.now + self.owed.pop(0)
            Alarm(self.clock, self.break_until, self._end_break)
        else:
            self._enter(State.AVAILABLE)
            self.available_since = self.clock.now
            heappush(self.team.heap, (self.available_since, self.number, self))
            if self.team.is_wanted():
                self.dispatcher.call()

    def _end_break(self, _: Event) -> None:
        # The shift may have ended meanwhile, and another break begun in the next one.
        if self.state == State.BREAK and self.clock.now == self.break_until:
            self._become_free()

    def _enter(self, state: int) -> None:
        """Close the stretch in the present state and begin one in another."""
        now = self.clock.now
        self.close(now)
        if (state == State.AVAILABLE) != (self.state == State.AVAILABLE):
            self.team.idle += 1 if state == State.AVAILABLE else -1
        self.state = state
        self.since = now
        self.overtime = not self.on_shift and state != State.ABSENT

    def close(self, now: float) -> None:
        """Log the stretch since the last change, if it has a length."""
        if self.state != OFF and now > self.since:
            busy = self.state in (State.WORK, State.WRAP_UP)
            self.log.append((self.number, self.since, now, int(self.state), int(busy), int(self.overtime)))
