"""Simulated time: absolute, with every instant in two phases, changes first and then one dispatch."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
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

    def run_until(self, end: float) -> None:
        """Process all events before `end`: what `run` does, without a call of `step` for each event."""
        events = self._queue
        while events and events[0][0] < end:
            self._now, _, _, event = heappop(events)
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]  # SimPy's own mark
            for callback in callbacks:
                callback(event)
            if not event._ok:
                raise event._value


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
