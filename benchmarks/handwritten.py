"""The day of `day.yaml` as one would write it by hand in SimPy: a process per contact, resources, timeouts.

    python benchmarks/handwritten.py [DAYS]

It logs one row a contact and one a step visit, but not what the agents do. Random numbers come from Python's
`random`, the fastest that is at hand for one draw at a time. Nobody has priority, so a `Resource` does: a
`PriorityResource` sorts its queue again at each request.
"""

from __future__ import annotations

import math
import random
import statistics
import sys
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

OPENS, CLOSES, DAY = 8 * 3600.0, 20 * 3600.0, 86_400.0
STAFF = {"callers": 62, "chatters": 54, "writers": 38, "experts": 22}
SHORT = {"callers": 43, "chatters": 38, "writers": 27, "experts": 15}
"""Seventy per cent of the staff."""

Events = Generator[simpy.Event, Any, None]


@dataclass
class Day:
    """One simulated day and its log."""

    seed: int
    staff: dict[str, int] = field(default_factory=lambda: dict(STAFF))
    patient: bool = False  # True: nobody gives up
    contacts: list[tuple[Any, ...]] = field(default_factory=list)
    visits: list[tuple[Any, ...]] = field(default_factory=list)

    def run(self) -> int:
        """Simulate the day; returns the number of contacts."""
        self.random = random.Random(self.seed)
        self.env = simpy.Environment()
        self.teams = {name: simpy.Resource(self.env, count) for name, count in self.staff.items()}
        self.arrived = 0
        self.env.process(self.arrivals("phone", 9000, self.phone))
        self.env.process(self.arrivals("chat", 7000, self.chat))
        self.env.process(self.arrivals("email", 4000, self.email))
        self.env.run(until=DAY)
        return self.arrived

    def lognormal(self, mean: float, cv: float) -> float:
        """A lognormal duration by mean and coefficient of variation."""
        variance = math.log(1 + cv * cv)
        return self.random.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))

    def arrivals(self, channel: str, volume: int, journey: Any) -> Events:
        """A Poisson process over the open hours."""
        yield self.env.timeout(OPENS)
        while True:
            yield self.env.timeout(self.random.expovariate(volume / (CLOSES - OPENS)))
            if self.env.now >= CLOSES:
                return
            self.arrived += 1
            self.env.process(self.contact(self.arrived, channel, journey))

    def contact(self, number: int, channel: str, journey: Any) -> Events:
        """One contact, from arrival to its fate."""
        arrival = self.env.now
        fate = yield from journey(number)
        self.contacts.append((number, channel, arrival, self.env.now, fate))

    def phone(self, number: int) -> Generator[simpy.Event, Any, str]:
        """Answered by a caller, some by an expert afterwards."""
        time = self.lognormal(240, 0.8)
        if not (yield from self.served(number, "answer", "callers", time, 30.0, 180.0)):
            return "abandoned"
        if self.random.random() < 0.15:
            time = self.random.gammavariate(0.7**-2, 600 * 0.7**2)
            if not (yield from self.served(number, "expert", "experts", time, 0.0, 180.0)):
                return "abandoned"
        return "resolved"

    def chat(self, number: int) -> Generator[simpy.Event, Any, str]:
        """Answered by a chatter."""
        served = yield from self.served(number, "reply", "chatters", self.lognormal(300, 0.8), 0.0, 120.0)
        return "resolved" if served else "abandoned"

    def email(self, number: int) -> Generator[simpy.Event, Any, str]:
        """Answered by a writer, whenever there is one."""
        yield from self.served(number, "write", "writers", self.lognormal(360, 0.6), 0.0, None)
        return "resolved"

    def served(
        self, number: int, step: str, team: str, time: float, wrap_up: float, patience: float | None
    ) -> Generator[simpy.Event, Any, bool]:
        """Queue, talk, and leave the agent to its wrap-up."""
        joined = self.env.now
        request = self.teams[team].request()
        if patience is None or self.patient:
            yield request
        else:
            yield request | self.env.timeout(self.random.expovariate(1 / patience))
            if not request.triggered:
                request.cancel()
                self.visits.append((number, step, joined, None, self.env.now, None, "abandoned"))
                return False
        started = self.env.now
        yield self.env.timeout(time)
        self.visits.append((number, step, joined, started, self.env.now, team, "done"))
        if wrap_up:
            self.env.process(self.wrap_up(team, request, wrap_up))
        else:
            self.teams[team].release(request)
        return True

    def wrap_up(self, team: str, request: simpy.resources.resource.Request, time: float) -> Events:
        """The agent works on without the customer."""
        yield self.env.timeout(time)
        self.teams[team].release(request)


def measures(day: Day) -> dict[tuple[str, str], float]:
    """What one would want to know of each step."""
    waits: dict[str, list[float]] = {}
    left: Counter[str] = Counter()
    for _, step, joined, started, ended, _, outcome in day.visits:
        waits.setdefault(step, []).append((ended if started is None else started) - joined)
        left[step] += outcome == "abandoned"
    means = {(step, "mean wait, s"): statistics.fmean(found) for step, found in waits.items()}
    return means | {(step, "abandoned"): left[step] / len(found) for step, found in waits.items()}


def main() -> None:
    """Simulate some days and print their measures, each with half a 95 % interval."""
    found: dict[tuple[str, str], list[float]] = {}
    for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 20):
        day = Day(seed)
        day.run()
        for name, value in measures(day).items():
            found.setdefault(name, []).append(value)
    for (step, what), values in sorted(found.items()):
        half = 1.96 * statistics.stdev(values) / math.sqrt(len(values))
        print(f"{step:<8}{what:<14}{statistics.fmean(values):10.4f} ±{half:.4f}")


if __name__ == "__main__":
    main()
