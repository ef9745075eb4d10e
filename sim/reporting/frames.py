"""Results as pandas DataFrames, with names in place of indices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import catalogue
from sim.analysis.results import Row
from sim.log import Fate, Log, Outcome, State
from sim.plan import NONE, Plan

if TYPE_CHECKING:
    import pandas as pd


def measures_frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Tidy: one row a cell, with measure, unit, the cut's columns, value, low, high, level, replications."""
    import pandas as pd

    records: list[dict[str, Any]] = [
        {
            "measure": str(row.request).split(" by ")[0],
            **dict(zip(row.request.by, row.labels, strict=True)),
            "unit": catalogue.lookup(row.request.measure).unit,
            "value": row.estimate.value,
            "low": row.estimate.low,
            "high": row.estimate.high,
            "level": row.estimate.level,
            "replications": row.estimate.replications,
        }
        for row in rows
    ]
    frame = pd.DataFrame.from_records(records)
    last = ["unit", "value", "low", "high", "level", "replications"]
    return frame[[column for column in frame.columns if column not in last] + last]


def contacts_frame(plan: Plan, logs: Sequence[Log]) -> pd.DataFrame:
    """One row a contact: replication, case, number in the case, names, arrival and end (s), fate."""
    names = plan.names

    def columns(log: Log) -> dict[str, Any]:
        c = log.contacts
        return {
            "origin": _named(names.channels, c.origin),
            "case": c.entity >> 8,
            "number": (c.entity & 255) + 1,
            "channel": _named(names.channels, c.channel),
            "reason": _named(names.reasons, c.reason),
            "segment": _named(names.segments, c.segment),
            "arrival": c.arrival,
            "end": c.end,
            "fate": _named([fate.name.lower() for fate in Fate], c.fate),
            "counted": (c.arrival >= 0) & (c.arrival < plan.horizon),
        }

    return _stacked(logs, columns)


def steps_frame(plan: Plan, logs: Sequence[Log]) -> pd.DataFrame:
    """One row a step visit: contact (row in its replication's contacts), step, times (s), agent, outcome."""
    names = plan.names

    def columns(log: Log) -> dict[str, Any]:
        v = log.visits
        team = np.where(v.agent == NONE, NONE, plan.agent_team[v.agent]) if len(plan.agent_team) else v.agent
        return {
            "contact": v.contact,
            "number": v.number,
            "step": _named(names.steps, v.step),
            "joined": v.joined,
            "started": v.started,
            "ended": v.ended,
            "wrapped": v.wrapped,
            "team": _named(names.teams, team),
            "agent": v.agent,
            "outcome": _named([outcome.name.lower() for outcome in Outcome], v.outcome),
        }

    return _stacked(logs, columns)


def agents_frame(plan: Plan, logs: Sequence[Log]) -> pd.DataFrame:
    """One row a stretch of an agent's time: agent, team, state, start and end (s), load, overtime."""

    def columns(log: Log) -> dict[str, Any]:
        a = log.agents
        return {
            "agent": a.agent,
            "team": _named(plan.names.teams, plan.agent_team[a.agent]),
            "state": _named([state.name.lower() for state in State], a.state),
            "start": a.start,
            "end": a.end,
            "load": a.load,
            "overtime": a.overtime.astype(bool),
        }

    return _stacked(logs, columns)


def _stacked(logs: Sequence[Log], columns: Any) -> pd.DataFrame:
    import pandas as pd

    frames = [pd.DataFrame({"replication": log.replication, **columns(log)}) for log in logs]
    return pd.concat(frames, ignore_index=True)


def _named(names: Sequence[str], codes: NDArray[Any]) -> Any:
    """A categorical column; codes below zero are missing."""
    import pandas as pd

    return pd.Categorical.from_codes(np.maximum(codes, -1), categories=pd.Index(list(names)))
