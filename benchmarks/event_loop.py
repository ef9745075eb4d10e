"""The C++ event loop of `event_loop.cpp`: compiled on the spot, fed from a Plan, its log read back.

It is a yardstick, not an engine: it knows channels, work steps, one team to a step and agents who are always
there. `write_model` refuses any Plan that needs more.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.log import AgentIntervals, Contacts, Log, Visits
from sim.plan import NONE, Plan, StepKind
from sim.randomness import Family

SOURCE = Path(__file__).with_name("event_loop.cpp")
FLAGS = ("-std=c++17", "-O2", "-ffp-contract=off")
"""Strict IEEE arithmetic like the engines': a fused multiply-add would round once where they round twice."""

FAMILIES = (Family.CONSTANT, Family.EXPONENTIAL, Family.GAMMA, Family.LOGNORMAL)


class UnsuitableError(ValueError):
    """The Plan has something that the C++ loop does not know."""


def compiler() -> str | None:
    """Where the C++ compiler is; None: there is none."""
    return shutil.which("c++")


class EventLoop:
    """The compiled program with the model of one Plan.

    Args:
        plan: what to simulate.
        folder: where the model goes, and the program unless one is there already.

    Raises:
        UnsuitableError: see `write_model`.
        subprocess.CalledProcessError: the compiler failed.
    """

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.program = folder / "event_loop"
        self.model = folder / f"{plan.names.scenario}-{plan.names.variant}".replace("/", "_")
        if not self.program.exists():
            subprocess.run([compiler() or "c++", *FLAGS, "-o", self.program, SOURCE], check=True)
        write_model(plan, self.model)

    def rate(self, first: int, count: int) -> float:
        """Contacts per CPU second of replications first .. first + count - 1, their logs included."""
        contacts, seconds = self._run(first, count).split()
        return int(contacts) / float(seconds)

    def log(self, replication: int) -> Log:
        """The log of one replication."""
        file = self.model.with_suffix(".log")
        self._run(replication, 1, file)
        return read_log(file, replication)

    def _run(self, first: int, count: int, *file: Path) -> str:
        words = [str(word) for word in (self.program, self.model, first, count, *file)]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def write_model(plan: Plan, path: Path) -> None:
    """Write the Plan's numbers in the order in which `read_model` of event_loop.cpp reads them.

    Raises:
        UnsuitableError: the Plan has a step that is not work or that a contact may see twice, a step with
            several teams or a team with several steps, agents who come and go, a value that depends on
            something, customers who come back, balking, lines, days that differ, a trace, priorities, a head
            start, or a family of distributions beyond FAMILIES.
    """
    _check(plan)
    path.write_text("\n".join(" ".join(map(repr, line)) for line in _lines(plan)) + "\n", encoding="ascii")


def _check(plan: Plan) -> None:
    able = plan.skill_level > 0
    agents = np.diff(plan.duty_offset)
    refused = {
        "steps other than work": (plan.step_kind != StepKind.WORK).any(),
        "a step with several teams": (able.sum(axis=0) != 1).any(),
        "a team with several steps": (able.sum(axis=1) > 1).any(),
        "agents who come and go": (agents != 1).any()
        or (plan.duty_start != plan.begin).any()
        or (plan.duty_end != plan.end).any()
        or len(plan.break_due),
        "a value that depends on something": plan.lookup_stride.any(),
        "customers who come back": plan.returns_at_most > 0,
        "queues that customers do not join": (plan.channel_balk_line != NONE).any(),
        "lines": (plan.channel_lines != NONE).any(),
        "days that differ": plan.channel_day_cv.any(),
        "a trace": plan.is_trace_driven,
        "priorities": len(np.unique(plan.segment_priority)) > 1 or (plan.step_priority != NONE).any(),
        "a head start": plan.segment_head_start.any(),
        "other distributions": not np.isin(plan.dist_family, FAMILIES).all(),
        "a step that a contact may see twice": any(
            0 <= target <= step for step in range(len(plan.step_kind)) for target in _route(plan, step)[1]
        ),
    }
    found = [what for what, is_there in refused.items() if is_there]
    if found:
        raise UnsuitableError(f"the C++ loop does not know {', '.join(found)}")


def _lines(plan: Plan) -> Iterator[Sequence[int | float]]:
    yield [plan.seed, float(plan.begin), float(plan.end), plan.first_day]
    yield _list(plan.segment_cumulative)
    yield [len(plan.reason_cumulative)]
    yield from map(_list, plan.reason_cumulative)
    yield [len(plan.channel_entry)]
    for channel, entry in enumerate(plan.channel_entry.tolist()):
        yield _unsigned(
            [plan.stream_arrivals[channel], plan.stream_case[channel], plan.stream_contact[channel]]
        )
        yield [len(plan.stream_step[channel]), *_unsigned(plan.stream_step[channel])]
        yield [entry]
        yield _distribution(plan, plan.channel_patience[channel])
        yield [plan.days]
        for day in range(plan.days):
            pieces = range(plan.piece_offset[channel, day], plan.piece_offset[channel, day + 1])
            yield [len(pieces)]
            for piece in pieces:
                yield [
                    float(column[piece]) for column in (plan.piece_start, plan.piece_end, plan.piece_volume)
                ]
    yield [len(plan.step_kind)]
    for step in range(len(plan.step_kind)):
        yield _distribution(plan, plan.step_time[step])
        yield _distribution(plan, plan.step_wrap_up[step])
        cumulative, target = _route(plan, step)
        yield _list(cumulative)
        yield _list(target)
        team = np.flatnonzero(plan.skill_level[:, step])[0]
        agents = np.flatnonzero(plan.agent_team == team)
        yield [int(agents[0]), len(agents)]


def _list(values: Sequence[Any] | np.ndarray[Any, Any]) -> list[Any]:
    """Their number and they."""
    return [len(values), *np.asarray(values).tolist()]


def _unsigned(hashes: Iterable[Any]) -> list[int]:
    return [int(each) % 2**64 for each in hashes]


def _distribution(plan: Plan, lookup: int) -> list[int | float]:
    if lookup == NONE:
        return [NONE, 0.0, 0.0]
    row = plan.lookup_base[lookup]
    return [int(plan.dist_family[row]), *plan.dist_params[row, :2].tolist()]


def _route(plan: Plan, step: int) -> tuple[list[float], list[int]]:
    """Cumulative shares but the last, and targets."""
    row = plan.lookup_base[plan.step_route[step]]
    first, last = plan.route_start[row], plan.route_start[row + 1]
    return plan.route_cumulative[first : last - 1].tolist(), plan.route_target[first:last].tolist()


def read_log(file: Path, replication: int) -> Log:
    """The log that the program wrote: of each table the number of rows, then its columns."""
    data = file.read_bytes()
    place = 0

    def take(dtype: str, count: int) -> np.ndarray[Any, Any]:
        nonlocal place
        column = np.frombuffer(data, dtype, count, place)
        place += column.nbytes
        return column

    tables: list[Any] = []
    for table in (Contacts, Visits, AgentIntervals):
        rows = int(take("<i8", 1)[0])
        tables.append(table(**{name: take(dtype, rows) for name, dtype in table.DTYPES.items()}))
    if place != len(data):
        raise ValueError(f"{file} has {len(data) - place} bytes too many")
    return Log(replication, *tables)
