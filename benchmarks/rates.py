"""Contacts per CPU second of one core: the day of 20,000 contacts, two queues, and from a day to a year.

Engines, SimPy and Ciw run in this process, the C++ loop in its own; each times itself on the CPU clock.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from event_loop import EventLoop, compiler
from handwritten import SHORT, Day
from queues import M_M_1, M_M_50_M, Queue, has_ciw, in_ciw, in_simpy
from rounds import Contender, cpu_rate, interleaved, median, ratio, table

from sim.engine import compiled, reference
from sim.log import Log
from sim.plan import Plan, compile_plan
from sim.scenario import Scenario, load

HERE = Path(__file__).parent

Engine = Callable[[Plan, int], Log]
ENGINES: dict[str, Engine] = {"reference": reference.run, "compiled": compiled.run}

SIMPY, CIW, CPP = "SimPy", "Ciw", "C++"

DAYS = {
    "as it is": (None, lambda seed: Day(seed)),
    "nobody gives up": ("endless_patience", lambda seed: Day(seed, patient=True)),
    "nobody gives up, 70 % of the staff": (
        "endless_patience_short",
        lambda seed: Day(seed, dict(SHORT), patient=True),
    ),
}
"""The day and its variants, in day.yaml and by hand."""

ENOUGH = 200_000
"""Contacts a round of those who need less than a second for them."""

FEWER = 100_000
"""Customers a round of those who need some ten microseconds for each."""

SPANS = {"a day": (None, 1), "a week": ("week", 7), "a month": ("month", 30), "a year": ("year", 365)}


def variant_of(scenario: Scenario, name: str | None) -> Scenario:
    """A variant; None: the file as written."""
    return scenario if name is None else scenario.variant(name)


def reference_rate(plan: Plan, replication: int) -> float:
    """Contacts per CPU second of the reference engine, log included."""
    return cpu_rate(lambda: len(reference.run(plan, replication).contacts))


def compiled_rate(plan: Plan, first: int, count: int) -> float:
    """Contacts per CPU second of the compiled engine over so many replications, logs included.

    One is simulated before, as the C++ loop does: it finds the memory cold.
    """
    compiled.run(plan, first)
    return cpu_rate(lambda: sum(len(compiled.run(plan, first + number).contacts) for number in range(count)))


@contextmanager
def workshop() -> Iterator[Path | None]:
    """A folder for the C++ program and its models; None where there is no compiler."""
    if compiler() is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def same_logs(plan: Plan, loop: EventLoop | None) -> None:
    """End this program unless all engines and the C++ loop log replication 0 of a plan to the same bytes."""
    logs = {name: engine(plan, 0).digest() for name, engine in ENGINES.items()}
    if loop is not None:
        logs[CPP] = loop.log(0).digest()
    if len(set(logs.values())) > 1:
        listed = "\n".join(f"  {name:<10} {digest}" for name, digest in logs.items())
        sys.exit(f"the logs of '{plan.names.scenario}' differ, so no ratio would mean anything:\n{listed}")


def the_day(rounds: int) -> str:
    """The day of 20,000 contacts, its variant without patience, and that with 70 % of the staff."""
    base = load(HERE / "day.yaml")
    rows, kept = [], {}
    with workshop() as folder:
        for label, (variant, by_hand) in DAYS.items():
            plan = compile_plan(variant_of(base, variant))
            loop = EventLoop(plan, folder) if folder else None
            same_logs(plan, loop)
            found = interleaved(_day_contenders(plan, by_hand, loop), rounds)
            kept[label] = found
            rows.append(
                [
                    label,
                    *(median(found, name) for name in (SIMPY, "reference", "compiled", CPP)),
                    ratio(found, "compiled", SIMPY),
                    ratio(found, "compiled", CPP),
                ]
            )
    _, all_there, short = kept.values()
    lost = {name: {"all": all_there[name], "short": short[name]} for name in short}
    return "\n\n".join(
        [
            table(
                [
                    "the day of 20,000 contacts, contacts per CPU second",
                    *(SIMPY, "reference", "compiled", CPP),
                    *("compiled / SimPy", "compiled / C++"),
                ],
                rows,
            ),
            table(
                ["rate at 70 % of the staff / rate with all", *lost],
                [["nobody gives up", *(ratio(each, "short", "all") for each in lost.values())]],
            ),
        ]
    )


def _day_contenders(
    plan: Plan, by_hand: Callable[[int], Day], loop: EventLoop | None
) -> dict[str, Contender]:
    count = round(ENOUGH / plan.expected_contacts)
    contenders: dict[str, Contender] = {
        SIMPY: lambda number: cpu_rate(lambda: by_hand(number).run()),
        "reference": lambda number: reference_rate(plan, number),
        "compiled": lambda number: compiled_rate(plan, number, count),
    }
    if loop is not None:
        contenders[CPP] = lambda number: loop.rate(number, count)
    return contenders


def queues(rounds: int) -> str:
    """M/M/1 and M/M/50+M, a million customers in ten replications and in one."""
    rows = []
    with workshop() as folder:
        for label, file, by_hand in (("M/M/1", "m_m_1", M_M_1), ("M/M/50+M", "m_m_50_m", M_M_50_M)):
            base = load(HERE / f"{file}.yaml")
            fewer, million = compile_plan(base.variant("fewer")), compile_plan(base)
            loop = EventLoop(fewer, folder) if folder else None
            same_logs(fewer, loop)
            found = interleaved(_queue_contenders(fewer, million, by_hand, folder), rounds)
            for how in ("10 × 100,000", "1,000,000"):
                mine, theirs = f"compiled, {how}", f"{CPP}, {how}"
                rows.append(
                    [
                        f"{label}, {how}",
                        *(median(found, name) for name in (SIMPY, CIW, "reference", mine, theirs)),
                        *(ratio(found, mine, other) for other in (SIMPY, CIW, theirs)),
                    ]
                )
    heading = ["customers per CPU second", SIMPY, CIW, "reference", "compiled", CPP]
    return table(heading + [f"compiled / {other}" for other in (SIMPY, CIW, CPP)], rows)


def _queue_contenders(
    fewer: Plan, million: Plan, by_hand: Queue, folder: Path | None
) -> dict[str, Contender]:
    contenders: dict[str, Contender] = {
        SIMPY: lambda number: cpu_rate(lambda: in_simpy(by_hand, FEWER, number)),
        "reference": lambda number: reference_rate(fewer, number),
        "compiled, 10 × 100,000": lambda number: compiled_rate(fewer, number, 10),
        "compiled, 1,000,000": lambda number: compiled_rate(million, number, 1),
    }
    if has_ciw():
        contenders[CIW] = lambda number: cpu_rate(lambda: in_ciw(by_hand, FEWER, number))
    if folder is not None:
        contenders[f"{CPP}, 10 × 100,000"] = lambda number: EventLoop(fewer, folder).rate(number, 10)
        contenders[f"{CPP}, 1,000,000"] = lambda number: EventLoop(million, folder).rate(number, 1)
    return contenders


def lengths(rounds: int) -> str:
    """CPU time of a contact in replications of a day, a week, a month and a year."""
    base = load(HERE / "year.yaml")
    plans = {
        label: (compile_plan(variant_of(base, name)), 730 // days) for label, (name, days) in SPANS.items()
    }
    found = interleaved({label: _time_of_a_contact(*each) for label, each in plans.items()}, rounds)
    heading = ["a desk with 2,000 contacts a day", *plans]
    micros = {label: [1e6 * seconds for seconds in values] for label, values in found.items()}
    return table(
        heading,
        [
            ["microseconds a contact", *(median(micros, label) for label in plans)],
            ["of those in a day", *(ratio(found, label, "a day") for label in plans)],
        ],
    )


def _time_of_a_contact(plan: Plan, count: int) -> Contender:
    return lambda number: 1 / compiled_rate(plan, number, count)
