"""A bank's call centre as recorded in February 1999, beside the same 18 days simulated.

    SIM_BANK_LOG=/path/to/contacts.csv python benchmarks/bank.py [-n N] [--workers W] [--figure PATH ...]

The recorded calls arrive again (`replay` of scenarios/anonymous_bank.yaml) and meet the fitted staffing.
Three measures - mean wait, share abandoned, share answered within 20 s - are printed overall, by hour and by
day: recorded, simulated with its 95 % interval, and the range in which 95 % of single simulated periods lie,
with which the one recorded period is to be compared. Recorded and simulated calls are counted alike: from the
moment they leave the voice-response unit (VRU), in the day and hour of that moment. Last come the agents: how
many were seen in each hour, how many of them served while somebody waited, and how many the scenario has.

`--figure bank.svg` draws the hours of the working week; the ending says how: .svg, .png.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import math
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.analysis.interval import Estimate, estimate, linearise, standard_error, student_quantile
from sim.api import studied
from sim.catalogue import lookup
from sim.plan import compile_plan
from sim.reporting import words
from sim.scenario import Scenario, load
from sim.scenario.sla import parse_request

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SCENARIO = Path(__file__).parents[1] / "scenarios" / "anonymous_bank.yaml"
VARIABLE = "SIM_BANK_LOG"

START, DAYS, HOURS = datetime.date(1999, 2, 1), 18, 24
DATES = [START + datetime.timedelta(days=day) for day in range(DAYS)]
OPEN_HOURS = range(7, 24)

MEASURES = tuple(parse_request(text) for text in ("wait.mean", "abandonment", "service_level(20s)"))
BY_DAY_AND_HOUR = tuple(
    parse_request(f"{measure} by day, hour") for measure in ("wait.mean", "abandonment", "service_level(20s)")
)

INCIDENTS = ((2, 13), (13, 21), (13, 22))
"""(day, hour): on 3 February at 13h 329 of 497 callers left inside the VRU, and half of the others in the
queue; on 14 February from 21h to 23h calls came at three to four times the usual rate, most of them ending
within 30 s."""

AFTERMATH = 1
"""So many hours after an incident are left out as well: a queue takes time to melt."""

STEP = 5.0
"""Seconds between two looks at who serves and who waits."""


def in_working_week() -> Bools:
    """Cells [day, hour] of Sunday to Thursday."""
    week = np.array([date.strftime("%a") not in ("Fri", "Sat") for date in DATES])
    return np.repeat(week[:, np.newaxis], HOURS, axis=1)


def ordinary() -> Bools:
    """Cells of the working week from 07:00 on without incidents."""
    cells = in_working_week()
    cells[:, : OPEN_HOURS.start] = False
    for day, hour in INCIDENTS:
        cells[day, hour : hour + 1 + AFTERMATH] = False
    return cells


# --- recorded ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """A recorded call that got past the VRU: times in seconds from START; `agent` "" where not recorded."""

    time: float
    wait: float
    answered: bool
    agent: str
    service: tuple[float, float]


def recorded_calls(path: Path) -> Iterator[Call]:
    """The usable calls of the log that did not leave inside the VRU."""
    midnight = datetime.datetime.combine(START, datetime.time())

    def seconds(text: str) -> float:
        return (datetime.datetime.fromisoformat(text) - midnight).total_seconds() if text else math.nan

    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            in_vru = float(row["vru_s"])
            left_in_vru = row["outcome"] == "HANG" and row["queued"] == "0"
            if row["outcome"] == "PHANTOM" or in_vru < 0 or left_in_vru:
                continue
            yield Call(
                time=seconds(row["arrival"]) + in_vru,
                wait=float(row["wait_s"]),
                answered=row["outcome"] == "AGENT",
                agent="" if row["server"] == "NO_SERVER" else row["server"],
                service=(seconds(row["service_start"]), seconds(row["service_end"])),
            )


def recorded_tallies(calls: Iterable[Call]) -> Floats:
    """Numerators and denominators of MEASURES: [measure, 1, day, hour, 2], like one replication."""
    tallies = np.zeros((len(MEASURES), 1, DAYS, HOURS, 2))
    for call in calls:
        day, second = divmod(call.time, 86_400)
        above = (call.wait, not call.answered, call.answered and call.wait <= 20)
        for measure, amount in enumerate(above):
            tallies[measure, 0, int(day), int(second // 3600)] += (amount, 1)
    return tallies


def agents_seen(calls: Iterable[Call]) -> Floats:
    """Distinct agents who began a service in each hour, mean over the days of the working week: [hour]."""
    seen: list[set[tuple[int, str]]] = [set() for _ in range(HOURS)]
    for call in calls:
        if call.agent and not math.isnan(call.service[0]):
            day, second = divmod(call.service[0], 86_400)
            if in_working_week()[int(day), 0]:
                seen[int(second // 3600)].add((int(day), call.agent))
    mean: Floats = np.array([len(each) for each in seen]) / in_working_week()[:, 0].sum()
    return mean


def waiting_and_serving(calls: Sequence[Call]) -> Floats:
    """How many callers wait and how many agents serve at each look: [day, hour, look, 2].

    The log counts waits in whole seconds: a call answered at once has not waited.
    """
    looks = np.arange(0, DAYS * 86_400, STEP)

    def present(spans: Iterable[tuple[float, float]]) -> NDArray[np.int64]:
        start, end = (np.sort(column) for column in np.array(list(spans)).T)
        return np.searchsorted(start, looks, "right") - np.searchsorted(end, looks, "right")

    waiting = present((call.time, call.time + call.wait) for call in calls if call.wait > 0)
    serving = present(call.service for call in calls if not math.isnan(call.service[0]))
    return np.stack([waiting, serving], axis=-1).astype(np.float64).reshape(DAYS, HOURS, -1, 2)


def serving_while_somebody_waits(seen: Floats) -> Floats:
    """Number of looks at which somebody waits, and the agents serving then, summed: [day, hour, 2]."""
    somebody = seen[..., 0] > 0
    return np.stack([somebody.sum(axis=2), np.where(somebody, seen[..., 1], 0).sum(axis=2)], axis=-1)


def serving_by_queue(seen: Floats, cells: Bools) -> list[tuple[str, float]]:
    """By length of the queue: how many more agents serve than on average in that hour of that day."""
    looks = [each[each[:, 0] > 0] for each in seen[cells]]
    waiting = np.concatenate([each[:, 0] for each in looks])
    more = np.concatenate([each[:, 1] - each[:, 1].mean() for each in looks if len(each)])
    lengths = {"1": (1, 1), "2": (2, 2), "3 to 4": (3, 4), "5 to 7": (5, 7), "8 or more": (8, math.inf)}
    return [(name, float(more[(waiting >= a) & (waiting <= b)].mean())) for name, (a, b) in lengths.items()]


# --- simulated ---------------------------------------------------------------------------------------------


def simulated_tallies(scenario: Scenario, replications: int | None, workers: int = 1) -> Floats:
    """Numerators and denominators of MEASURES: [measure, replication, day, hour, 2]."""
    scenario = scenario.with_run(replications=replications)
    runs = studied([scenario], lambda _: BY_DAY_AND_HOUR, workers)[0].runs
    parts = [runs.measure(request)[0] for request in BY_DAY_AND_HOUR]
    return np.stack(parts).reshape(len(MEASURES), runs.replications, DAYS, HOURS, 2)


def agents_on_shift(scenario: Scenario) -> Floats:
    """Agents on shift in each hour, mean over the days of the working week: [hour]."""
    plan = compile_plan(scenario)
    hours = np.arange(DAYS * HOURS) * 3600.0
    overlap = np.minimum.outer(plan.duty_end, hours + 3600) - np.maximum.outer(plan.duty_start, hours)
    on_shift = np.maximum(overlap, 0).sum(axis=0).reshape(DAYS, HOURS) / 3600
    mean: Floats = on_shift[in_working_week()[:, 0]].mean(axis=0)
    return mean


def over(tallies: Floats, cells: Bools) -> Floats:
    """Tallies [replication, 2] of one measure over some cells [day, hour]."""
    summed: Floats = tallies[:, cells].sum(axis=1)
    return summed


@dataclass(frozen=True)
class Beside:
    """One measure over some cells: recorded; simulated; where 95 % of single simulated periods lie."""

    calls: int
    recorded: float
    simulated: Estimate
    low: float
    high: float

    @property
    def is_inside(self) -> bool:
        """Whether the recorded period is one that the simulation might have given."""
        return self.low <= self.recorded <= self.high


def beside(measure: int, recorded: Floats, simulated: Floats, cells: Bools) -> Beside:
    """Recorded beside simulated; the range is a prediction interval for one more replication."""
    above, below = over(recorded[measure], cells)[0]
    tallies = over(simulated[measure], cells)
    bounds = lookup(MEASURES[measure].measure).bounds
    found = estimate(tallies, 0.95, bounds)
    n = len(tallies)
    half = student_quantile(0.95, n) * standard_error(linearise(tallies)[1]) * math.sqrt(n + 1)
    lowest, highest = bounds or (0.0, math.inf)
    value = above / below if below else math.nan
    return Beside(int(below), value, found, max(found.value - half, lowest), min(found.value + half, highest))


# --- shown -------------------------------------------------------------------------------------------------


def print_table(title: str, rows: Sequence[tuple[str, Bools]], recorded: Floats, simulated: Floats) -> None:
    """One line for each set of cells, three columns for each measure; * marks a record outside the range."""
    print(f"\n{title}")
    print(f"{'':24}{'calls':>7}" + "".join(f"   {words.title(measure):<43}" for measure in MEASURES).rstrip())
    print(" " * 31 + f"   {'recorded':<10}{'simulated':<16}{'single period':<17}" * len(MEASURES))
    for label, cells in rows:
        found = [beside(measure, recorded, simulated, cells) for measure in range(len(MEASURES))]
        line = f"{label:24}{found[0].calls:>7,}"
        for request, each in zip(MEASURES, found, strict=True):
            unit = lookup(request.measure).unit
            scale = words.scale_for(unit, 1.0)
            value = f"{each.recorded / scale.size:.1f} {scale.symbol}"
            span = f"{each.low / scale.size:.0f} to {each.high / scale.size:.0f} {scale.symbol}"
            mark = "" if each.is_inside else " *"
            line += f"   {value:<10}{words.estimate(each.simulated, unit, scale):<16}{span + mark:<17}"
        print(line.rstrip())


def print_agents(calls: Sequence[Call], seen_at: Floats, base: Scenario) -> None:
    """By hour of the working week: agents seen, agents who serve while somebody waits, agents simulated."""
    serving = serving_while_somebody_waits(seen_at)
    looks, total = np.moveaxis(serving[in_working_week()[:, 0]].sum(axis=0), -1, 0)
    seen, simulated = agents_seen(calls), agents_on_shift(base)
    print("\nAgents by hour, Sunday to Thursday")
    print(f"{'':10}{'seen':>6}{'serve while somebody waits':>30}{'simulated':>12}")
    for hour in OPEN_HOURS:
        mean = total[hour] / looks[hour]
        print(f"{hour:02d}:00     {seen[hour]:>6.1f}{mean:>30.1f}{simulated[hour]:>12.1f}")


def cells_where(days: Bools | None = None, hours: Bools | None = None) -> Bools:
    """The cells of some days and hours; None: all."""
    days = np.ones(DAYS, dtype=bool) if days is None else days
    hours = np.ones(HOURS, dtype=bool) if hours is None else hours
    return np.logical_and.outer(days, hours)


def overall_rows() -> list[tuple[str, Bools]]:
    """All days; the working week; its ordinary hours."""
    return [
        ("all 18 days", cells_where()),
        ("Sunday to Thursday", in_working_week()),
        ("ordinary hours of these", ordinary()),
        ("Fridays and Saturdays", ~in_working_week()),
    ]


def hour_rows() -> list[tuple[str, Bools]]:
    """The ordinary hours of the working week, one by one."""
    return [(f"{h:02d}:00", ordinary() & cells_where(hours=np.arange(HOURS) == h)) for h in OPEN_HOURS]


def day_rows() -> list[tuple[str, Bools]]:
    """Day by day, incidents included."""
    return [
        (f"{date:%a} {date.day:2} February", cells_where(days=np.arange(DAYS) == day))
        for day, date in enumerate(DATES)
    ]


def print_days(seen_at: Floats, recorded: Floats, simulated: Floats) -> None:
    """Whether days differ alike, and whether agents explain the rest: 09:00 to 18:00 of the working week."""
    serving = serving_while_somebody_waits(seen_at)
    hours = np.arange(HOURS)
    busy = ordinary() & cells_where(hours=(hours >= 9) & (hours < 18))
    days = [busy & cells_where(days=np.arange(DAYS) == day) for day in range(DAYS)]
    days = [cells for cells in days if cells.any()]
    waits = [beside(0, recorded, simulated, cells) for cells in days]
    actual, mean = np.array([[each.recorded, each.simulated.value] for each in waits]).T
    looks, total = np.array([serving[cells].sum(axis=0) for cells in days]).T
    agents = total / looks
    print("\nDays of the working week, 09:00 to 18:00")
    print(f"agents who serve while somebody waits: {agents.min():.1f} to {agents.max():.1f}")
    print(f"mean wait, correlation of recorded and simulated: {np.corrcoef(actual, mean)[0, 1]:.2f}")
    print(f"... of recorded less simulated and those agents: {np.corrcoef(actual - mean, agents)[0, 1]:.2f}")
    print("more agents serve than on average in the hour when so many wait:")
    print("   ".join(f"{name}: {more:+.2f}" for name, more in serving_by_queue(seen_at, busy)))


# --- drawn -------------------------------------------------------------------------------------------------

RECORDED, SIMULATED, HEADCOUNT = "#D55E00", "#0072B2", "#595959"
"""Of Okabe and Ito's palette; markers and line styles differ as well."""


def draw(paths: Sequence[Path], recorded: Floats, replayed: Floats, headcount: Floats) -> None:
    """Three panels by hour of the day."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "bank"  # the same bytes each time
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.6), layout="constrained")
    for measure, ax in enumerate(axes):
        _panel(ax, measure, recorded, replayed, headcount)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
    figure.suptitle(
        "A bank's call centre, 1 to 18 February 1999: ordinary hours, Sunday to Thursday "
        f"({replayed.shape[1]} replications)"
    )
    for path in paths:
        figure.savefig(path, dpi=120, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)


def _panel(ax: Axes, measure: int, recorded: Floats, replayed: Floats, headcount: Floats) -> None:
    scale = words.scale_for(lookup(MEASURES[measure].measure).unit, 1.0)
    rows = hour_rows()
    found = [beside(measure, recorded, replayed, cells) for _, cells in rows]
    other = [beside(measure, recorded, headcount, cells) for _, cells in rows]
    middle = np.array(OPEN_HOURS) + 0.5

    def scaled(values: Iterable[float]) -> Floats:
        return np.array(list(values)) / scale.size

    low, high = scaled(each.low for each in found), scaled(each.high for each in found)
    ax.fill_between(
        middle, low, high, color=SIMULATED, alpha=0.2, linewidth=0, label="95 % of single simulated periods"
    )
    mean = scaled(each.simulated.value for each in found)
    ax.plot(middle, mean, color=SIMULATED, label="simulated, the recorded calls")
    mean = scaled(each.simulated.value for each in other)
    ax.plot(middle, mean, color=HEADCOUNT, linestyle="--", label="simulated, headcount taken for capacity")
    actual = scaled(each.recorded for each in found)
    ax.plot(middle, actual, "o", color=RECORDED, markeredgecolor="white", markersize=7, label="recorded")
    title = words.title(MEASURES[measure])
    ax.set(title=f"{title} ({scale.symbol})", xlabel="hour of the day", xticks=range(7, 25), xlim=(7, 24))
    ax.set_ylim(0, 100 if title.startswith("answered") else None)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.3)


# --- the command -------------------------------------------------------------------------------------------


def main() -> None:
    """Simulate, print the tables, draw the figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", "--replications", type=int, help="of each variant (default: the scenario's)")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--figure", type=Path, nargs="+", help="write the figure here (.svg, .png)")
    asked = parser.parse_args()
    if not Path(os.environ.get(VARIABLE, "")).is_file():
        sys.exit(f"set {VARIABLE} to the path of the log of calls")
    calls = list(recorded_calls(Path(os.environ[VARIABLE])))
    recorded = recorded_tallies(calls)
    base = load(SCENARIO)

    def simulate(scenario: Scenario) -> Floats:
        return simulated_tallies(scenario, asked.replications, asked.workers)

    replayed, generated, headcount = map(simulate, (base.variant("replay"), base, base.variant("headcount")))
    print(f"{len(calls):,} recorded calls past the VRU; {replayed.shape[1]} replications")
    print("simulated ± half a 95 % interval of its mean; * recorded outside the range of single periods")
    print_table("Overall, the recorded calls", overall_rows(), recorded, replayed)
    week = [("Sunday to Thursday", in_working_week())]
    print_table("Overall, generated calls", week, recorded, generated)
    print_table("Overall, generated calls, headcount taken for capacity", week, recorded, headcount)
    print_table("By hour: ordinary hours, Sunday to Thursday", hour_rows(), recorded, replayed)
    print_table("By day, incidents included", day_rows(), recorded, replayed)
    seen_at = waiting_and_serving(calls)
    print_agents(calls, seen_at, base)
    print_days(seen_at, recorded, replayed)
    if asked.figure:
        draw(asked.figure, recorded, replayed, headcount)


if __name__ == "__main__":
    main()
