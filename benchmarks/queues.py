"""M/M/c queues, with patience or without, as one would write them in SimPy and in Ciw."""

from __future__ import annotations

import importlib.util
import math
import random
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import simpy


@dataclass(frozen=True)
class Queue:
    """An M/M/c+M queue; all means in seconds."""

    servers: int
    between_arrivals: float
    service: float
    patience: float = math.inf


M_M_1 = Queue(servers=1, between_arrivals=8.64, service=6.912)
M_M_50_M = Queue(servers=50, between_arrivals=8.64, service=432.0, patience=180.0)
"""The same as in m_m_1.yaml and m_m_50_m.yaml: 10,000 customers a day at loads of 0.8 and 1."""


def in_simpy(queue: Queue, customers: int, seed: int) -> int:
    """Simulate so many customers, one logged row for each; returns how many there are in the log."""
    draw = random.Random(seed).expovariate
    env = simpy.Environment()
    servers = simpy.Resource(env, queue.servers)
    log: list[tuple[int, float, float | None, float]] = []

    def customer(number: int) -> Generator[simpy.Event, Any, None]:
        arrival = env.now
        with servers.request() as request:
            if queue.patience == math.inf:
                yield request
            else:
                yield request | env.timeout(draw(1 / queue.patience))
                if not request.triggered:
                    log.append((number, arrival, None, env.now))
                    return
            started = env.now
            yield env.timeout(draw(1 / queue.service))
            log.append((number, arrival, started, env.now))

    def source() -> Generator[simpy.Event, Any, None]:
        for number in range(customers):
            yield env.timeout(draw(1 / queue.between_arrivals))
            env.process(customer(number))

    env.process(source())
    env.run()
    return len(log)


def has_ciw() -> bool:
    """Whether Ciw is installed."""
    return importlib.util.find_spec("ciw") is not None


def in_ciw(queue: Queue, customers: int, seed: int) -> int:
    """Simulate about so many customers; returns how many have come. Ciw logs a record for each visit."""
    import ciw

    exponential = ciw.dists.Exponential
    network = ciw.create_network(
        arrival_distributions=[exponential(1 / queue.between_arrivals)],
        service_distributions=[exponential(1 / queue.service)],
        number_of_servers=[queue.servers],
        reneging_time_distributions=[
            None if queue.patience == math.inf else exponential(1 / queue.patience),
        ],
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(customers * queue.between_arrivals)
    return int(simulation.nodes[0].number_of_individuals)
