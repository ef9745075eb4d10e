"""The dispatcher: every admission to something limited, once per instant, after all changes of the instant.

Repeatedly the least eligible pair (contact, agent) under the key: priority (1 first), skill level (1
first), order time, agent available since, contact, agent. Within one queue and one team the key splits
into the least contact and the least agent, so each queue is a heap of contacts, each team a heap of idle
agents, and only their heads are compared.
"""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simpy.events import Event

from sim.engine.endings import ABANDONED, BALKED
from sim.engine.reference.clock import DISPATCH, Alarm, Clock
from sim.engine.reference.records import Contact

if TYPE_CHECKING:
    from sim.engine.reference.agents import Agent, Team

Entry = tuple[int, float, int, int, "Request"]


class Request(Event):
    """A contact waiting for an agent or a session; its value is what it got, or the end ABANDONED or BALKED.

    balks_at: who meets so many waiting does not join; None: joins in any case.
    """

    def __init__(
        self, clock: Clock, contact: Contact, queue: Queue, patience: float | None, balks_at: int | None
    ) -> None:
        super().__init__(clock)
        self.contact = contact
        self.queue = queue
        self.patience = patience
        self.balks_at = balks_at
        self.waiting = True
        self.place: tuple[int, float, int, int] = (0, 0.0, 0, 0)  # in the queue

    def __lt__(self, other: Request) -> bool:
        # Asked only where one contact joins one queue twice at one instant: the earlier request, which is
        # over, may stay in front.
        return False


class Queue:
    """Those who wait for one step, in a heap by (priority, order time, contact)."""

    def __init__(self) -> None:
        self.heap: list[Entry] = []
        self.waiting = 0

    def join(self, priority: int, order: float, request: Request) -> None:
        """Take the place that priority and order time give."""
        contact = request.contact
        request.place = priority, order, contact.origin, contact.entity
        heappush(self.heap, (*request.place, request))
        self.waiting += 1

    def head(self) -> Entry:
        """The first of those still waiting; those who left are dropped when they come to the front."""
        heap = self.heap
        while not heap[0][4].waiting:
            heappop(heap)
        return heap[0]

    def leave(self, request: Request) -> None:
        """Stop waiting: served or out of patience."""
        request.waiting = False
        self.waiting -= 1


class WorkQueue(Queue):
    """A queue for people: the teams that can serve it, with their skill levels."""

    def __init__(self, teams: list[tuple[int, Team]]) -> None:
        super().__init__()
        self.teams = teams


class SessionQueue(Queue):
    """A queue for the sessions of a bot, of which there are so many."""

    def __init__(self, free: int) -> None:
        super().__init__()
        self.free = free


class Lines:
    """A channel's lines: so many contacts at once."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.calling: list[tuple[int, int, Event]] = []  # since the last match

    def answer_calls(self) -> None:
        """In the order of contacts, while there are lines; the others are blocked."""
        for _, _, answer in sorted(self.calling, key=lambda each: each[:2]):
            is_free = self.free > 0
            self.free -= is_free
            answer.succeed(is_free)
        self.calling.clear()


class Dispatcher:
    """Matches those who wait with what is free."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.work_queues: list[WorkQueue] = []
        self.session_queues: list[SessionQueue] = []
        self.lines: list[Lines] = []
        self.joined: list[Request] = []  # since the last match
        self.called = False

    def call(self) -> None:
        """Something changed: match once all changes of this instant are applied."""
        if not self.called:
            self.called = True
            Alarm(self.clock, self.clock.now, self._match, DISPATCH)

    def call_in(self, contact: Contact, lines: Lines) -> Event:
        """Ask for a line; the event's value says whether one was free."""
        answer = Event(self.clock)
        lines.calling.append((contact.origin, contact.entity, answer))
        self.call()
        return answer

    def request(
        self,
        contact: Contact,
        queue: Queue,
        priority: int,
        order: float,
        patience: float | None,
        balks_at: int | None,
    ) -> Request:
        """Join a queue; the request is granted by the dispatcher or ends when patience (seconds) does."""
        request = Request(self.clock, contact, queue, patience, balks_at)
        queue.join(priority, order, request)
        self.joined.append(request)
        self.call()
        return request

    def release_session(self, queue: SessionQueue) -> None:
        """A bot session is free again."""
        queue.free += 1
        if queue.waiting:
            self.call()

    def _match(self, _: Event) -> None:
        self.called = False
        for lines in self.lines:
            lines.answer_calls()
        for sessions in self.session_queues:
            while sessions.waiting and sessions.free:
                request = sessions.head()[4]
                sessions.leave(request)
                sessions.free -= 1
                request.succeed(sessions)
        while pair := self._least_pair():
            request, agent = pair
            request.queue.leave(request)
            agent.take()
            request.succeed(agent)
        self._let_balk()
        # A patience timer begins only now: a joiner with zero patience is served if matched at once.
        for request in self.joined:
            if request.waiting and request.patience is not None:
                Alarm(self.clock, self.clock.now + request.patience, _Expiry(request))
        self.joined.clear()

    def _let_balk(self) -> None:
        """Who joined and still waits looks at the queue without those after it: one by one, in key order."""
        if all(each.balks_at is None for each in self.joined):
            return
        joined = sorted((each for each in self.joined if each.waiting), key=lambda each: each.place)
        undecided = Counter(each.queue for each in joined)
        for request in joined:
            queue = request.queue
            met = queue.waiting - undecided[queue]
            undecided[queue] -= 1
            if request.balks_at is not None and met >= request.balks_at:
                queue.leave(request)
                request.succeed(BALKED)

    def _least_pair(self) -> tuple[Request, Agent] | None:
        least = None
        for queue in self.work_queues:
            if not queue.waiting:
                continue
            for level, team in queue.teams:
                if not team.idle:
                    continue
                priority, order, origin, entity, request = queue.head()
                since, number, agent = team.first_idle()
                key = (priority, level, order, since, origin, entity, number)
                if least is None or key < least[0]:
                    least = key, request, agent
        return None if least is None else least[1:]


class _Expiry:
    """The end of a customer's patience: they leave, unless they were served before."""

    __slots__ = ("request",)

    def __init__(self, request: Request) -> None:
        self.request = request

    def __call__(self, _: Event) -> None:
        if self.request.waiting:
            self.request.queue.leave(self.request)
            self.request.succeed(ABANDONED)
