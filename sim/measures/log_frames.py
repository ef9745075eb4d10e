"""The log as pandas DataFrames, with names in place of indices; and back.

Times are seconds from `time.start`; one that did not happen is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.log import CONTACT_BITS, AgentIntervals, Contacts, Fate, Log, Outcome, State, Visits
from sim.plan import NONE, Plan

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, Any]


def contacts_frame(plan: Plan, logs: Sequence[Log]) -> pd.DataFrame:
    """One row a contact: its row in the replication, case and place in it, names, times, fate.

    arrival_at is the arrival on the clock, to the microsecond.
    """
    names = plan.names
    start = np.datetime64(plan.start_date, "us")

    def columns(log: Log) -> Columns:
        c = log.contacts
        return {
            "contact": np.arange(len(c)),
            "origin": _named(names.channels, c.origin),
            "case": c.entity >> CONTACT_BITS,
            "number": (c.entity & (1 << CONTACT_BITS) - 1) + 1,
            "channel": _named(names.channels, c.channel),
            "reason": _named(names.reasons, c.reason),
            "segment": _named(names.segments, c.segment),
            "arrival_at": start + np.round(c.arrival * 1e6).astype("timedelta64[us]"),
            "arrival": c.arrival,
            "end": c.end,
            "fate": _named(_words(Fate), c.fate),
            "counted": (c.arrival >= 0) & (c.arrival < plan.horizon),
        }

    return _stacked(logs, columns)


def steps_frame(plan: Plan, logs: Sequence[Log]) -> pd.DataFrame:
    """One row a step visit: contact (row in its replication's contacts), step, times (s), agent, outcome."""
    names = plan.names

    def columns(log: Log) -> Columns:
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
            "outcome": _named(_words(Outcome), v.outcome),
        }

    return _stacked(logs, columns)


def agents_frame(plan: Plan, logs: Sequence[Log]) -> pd.DataFrame:
    """One row a stretch of an agent's time: agent, team, state, start and end (s), load, overtime."""

    def columns(log: Log) -> Columns:
        a = log.agents
        return {
            "agent": a.agent,
            "team": _named(plan.names.teams, plan.agent_team[a.agent]),
            "state": _named(_words(State), a.state),
            "start": a.start,
            "end": a.end,
            "load": a.load,
            "overtime": a.overtime.astype(bool),
        }

    return _stacked(logs, columns)


FRAMES: Mapping[str, Callable[[Plan, Sequence[Log]], pd.DataFrame]] = MappingProxyType(
    {"contacts": contacts_frame, "steps": steps_frame, "agents": agents_frame}
)
"""The tables of a log by the names that users know them by."""


def log_of(plan: Plan, replication: int, tables: Mapping[str, Columns]) -> Log:
    """The log whose tables, by their names in `FRAMES`, have these columns: what the frames were made of.

    A time that did not happen may be NaN or masked, and a name that is missing may be None.
    """
    names = plan.names
    contacts, steps, agents = tables["contacts"], tables["steps"], tables["agents"]
    case = contacts["case"] << CONTACT_BITS
    return Log(
        replication,
        Contacts(
            origin=_codes(names.channels, contacts["origin"]),
            entity=(case | (contacts["number"] - 1)).astype(np.int64),
            channel=_codes(names.channels, contacts["channel"]),
            reason=_codes(names.reasons, contacts["reason"]),
            segment=_codes(names.segments, contacts["segment"]),
            arrival=_times(contacts["arrival"]),
            end=_times(contacts["end"]),
            fate=_codes(_words(Fate), contacts["fate"]).astype(np.int8),
        ),
        Visits(
            contact=np.asarray(steps["contact"], np.int64),
            number=np.asarray(steps["number"], np.int32),
            step=_codes(names.steps, steps["step"]),
            joined=_times(steps["joined"]),
            started=_times(steps["started"]),
            ended=_times(steps["ended"]),
            wrapped=_times(steps["wrapped"]),
            agent=np.asarray(steps["agent"], np.int32),
            outcome=_codes(_words(Outcome), steps["outcome"]).astype(np.int8),
        ),
        AgentIntervals(
            agent=np.asarray(agents["agent"], np.int32),
            state=_codes(_words(State), agents["state"]).astype(np.int8),
            start=_times(agents["start"]),
            end=_times(agents["end"]),
            load=np.asarray(agents["load"], np.int32),
            overtime=np.asarray(agents["overtime"], np.int8),
        ),
    )


def _stacked(logs: Sequence[Log], columns: Callable[[Log], Columns]) -> pd.DataFrame:
    import pandas as pd

    frames = [pd.DataFrame({"replication": log.replication, **columns(log)}) for log in logs]
    return pd.concat(frames, ignore_index=True)


def _words(kind: type[IntEnum]) -> list[str]:
    """What `Fate`, `Outcome` and `State` are called in tables, by value."""
    return [each.name.lower() for each in kind]


def _named(names: Sequence[str], codes: NDArray[Any]) -> Any:
    """A categorical column; codes below zero are missing."""
    import pandas as pd

    return pd.Categorical.from_codes(np.maximum(codes, -1), categories=pd.Index(list(names)))


def _codes(names: Sequence[str], words: Any) -> NDArray[np.int32]:
    """The other way round."""
    import pandas as pd

    filled = words.filled(None) if isinstance(words, np.ma.MaskedArray) else words
    return pd.Index(list(names)).get_indexer(pd.Index(filled)).astype(np.int32)


def _times(column: Any) -> NDArray[np.float64]:
    filled = column.filled(np.nan) if isinstance(column, np.ma.MaskedArray) else column
    return np.asarray(filled, np.float64)
