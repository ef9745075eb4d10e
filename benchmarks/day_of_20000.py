"""Speed of the reference engine against a hand-written SimPy model of the same day, as ratios in one run.

    python benchmarks/day_of_20000.py [--rounds N]

Rounds are interleaved and medians taken, since machines differ and drift. Rates are contacts per CPU second
of one process, full log included.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from handwritten import STAFF, Day

from sim.engine.reference import run
from sim.plan import compile_plan
from sim.scenario import load, loads

SHORT = {"callers": 43, "chatters": 38, "writers": 27, "experts": 15}
"""Seventy per cent of the staff."""


def rate(simulate: Callable[[int], int], seed: int) -> float:
    """Contacts per CPU second."""
    begin = time.process_time()
    contacts = simulate(seed)
    return contacts / (time.process_time() - begin)


def main() -> None:
    """Print the table of rates and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    base = load(Path(__file__).with_name("day.yaml"))
    plans = {
        "with patience": compile_plan(base),
        "endless patience": compile_plan(base.variant("endless_patience")),
        "endless patience, 70 % staff": compile_plan(base.variant("endless_patience_short")),
    }
    ours = {
        name: (lambda seed, plan=plan: len(run(plan, seed).contacts))  # type: ignore[misc]
        for name, plan in plans.items()
    }
    by_hand: dict[str, Callable[[int], int]] = {
        "with patience": lambda seed: Day(seed).run(),
        "endless patience": lambda seed: Day(seed, patient=True).run(),
        "endless patience, 70 % staff": lambda seed: Day(seed, dict(SHORT), patient=True).run(),
    }
    assert {name: round(count * 0.7) for name, count in STAFF.items()} == SHORT
    for simulate in ours.values():
        simulate(0)  # compiles the samplers
    rates: dict[tuple[str, str], list[float]] = {}
    for number in range(rounds):
        for name in plans:
            for who, models in (("reference", ours), ("by hand", by_hand)):
                if who == "by hand" and "70 %" in name and number > 0:
                    continue  # its queue is re-sorted at each request: once is enough to see it
                rates.setdefault((who, name), []).append(rate(models[name], number))
    median = {key: statistics.median(values) for key, values in rates.items()}
    print(f"contacts per CPU second, medians of {rounds} interleaved rounds of about 20,000 contacts")
    for name in plans:
        mine, theirs = median["reference", name], median["by hand", name]
        print(f"{name:<30} reference {mine:>8,.0f}   by hand {theirs:>8,.0f}   ratio {mine / theirs:5.2f}")
    for who in ("reference", "by hand"):
        kept = median[who, "endless patience, 70 % staff"] / median[who, "endless patience"]
        print(f"{who}: keeps {kept:.0%} of its rate when staffing is cut to 70 %")
    text = Path(__file__).with_name("day.yaml").read_text(encoding="utf-8")
    for days in (1, 2, 4):
        plan = compile_plan(loads(text.replace("horizon: 1d", f"horizon: {days}d")))
        tracemalloc.start()
        contacts = len(run(plan, 1).contacts)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"peak memory of {contacts:>6,} contacts: {peak / contacts:,.0f} bytes a contact")


if __name__ == "__main__":
    main()
