"""Simulated time: absolute, with every instant in two phases, changes first and then one dispatch."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from typing import Any

import simpy
from simpy.events import NORMAL, Event

DISPATCH = NORMAL + 1
"""Event priority of the dispatcher: after all changes of the instant."""


class Clock(simpy.Environment):
    """A SimPy environment whose events are scheduled at absolute times.

    `timeout(t - now)` would miss 08:00 by rounding; so would SimPy's own `schedule`, which adds a delay to
    the time. Both the event list and its counter are SimPy's own.
    """

    def push(self, time: float, event: Event, priority: int = NORMAL) -> None:
        """Put a triggered event on the event list at an absolute time."""
        heappush(self._queue, (time, priority, next(self._eid), event))  # type: ignore[misc]

    def run_until(self, end: float) -> None:
        """Run all events before `end`."""
        stop = Event(self)
        stop._ok, stop._value = True, None
        self.push(end, stop, priority=-1)
        self.run(until=stop)


class Alarm(Event):
    """An event at an absolute time, for a process to wait for or with a function to call."""

    def __init__(
        self,
        clock: Clock,
        time: float,
        call: Callable[[Event], Any] | None = None,
        priority: int = NORMAL,
    ) -> None:
        # As simpy.Timeout does, without Event.__init__: most events of a run are alarms.
        self.env = clock
        self.callbacks = [] if call is None else [call]
        self._value = None
        self._ok = True
        self._defused = False
        heappush(clock._queue, (time, priority, next(clock._eid), self))  # type: ignore[misc]
