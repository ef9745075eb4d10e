"""What is derived from a log: columns and spans, each made when it is first asked for.

A *column* is one value per row of a table. A *span* is a stretch of time per row (or several), from which a
duration is made. A run asks for a few of them, and a log may have a million rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.plan.experience import Experience
from sim.plan.prices import Prices

Column = NDArray[Any]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class NamesView(Protocol):
    """The part of `Plan.names` that measures read."""

    @property
    def channels(self) -> tuple[str, ...]: ...  # noqa: D102 (as in Plan)
    @property
    def reasons(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def segments(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def steps(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def teams(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def calendars(self) -> tuple[str, ...]: ...  # noqa: D102


class PlanView(Protocol):
    """The part of the Plan that measures read; times in seconds from `time.start`."""

    @property
    def names(self) -> NamesView: ...  # noqa: D102 (as in Plan)
    @property
    def start_date(self) -> datetime.date: ...  # noqa: D102
    @property
    def horizon(self) -> float: ...  # noqa: D102
    @property
    def run_out(self) -> float: ...  # noqa: D102
    @property
    def interval(self) -> float: ...  # noqa: D102
    @property
    def step_kind(self) -> NDArray[np.int8]: ...  # noqa: D102
    @property
    def agent_team(self) -> NDArray[np.int32]: ...  # noqa: D102
    @property
    def step_bot(self) -> NDArray[np.int32]: ...  # noqa: D102
    @property
    def bot_attempts(self) -> NDArray[np.int32]: ...  # noqa: D102
    @property
    def prices(self) -> Prices: ...  # noqa: D102
    @property
    def experience(self) -> Experience: ...  # noqa: D102
    @property
    def calendar_offset(self) -> NDArray[np.int32]: ...  # noqa: D102
    @property
    def calendar_start(self) -> Floats: ...  # noqa: D102
    @property
    def calendar_end(self) -> Floats: ...  # noqa: D102


@dataclass(frozen=True)
class Span:
    """Stretches of time; `row` says to which row of the table each belongs, None: one per row, in order."""

    start: Floats
    end: Floats
    row: Rows | None = None


Maker = Callable[["Derived"], Column]
"""Makes a column, of others perhaps."""


class Derived:
    """The columns and spans of a table, each made when first asked for and kept from then on.

    What makes them is handed the whole, as some are made of others. It does not hold on to it: a circle of
    references would keep a log's columns in memory until Python looks for circles.
    """

    def __init__(
        self,
        rows: int,
        columns: Mapping[str, Maker],
        spans: Mapping[str, Callable[[Derived], Span]],
    ) -> None:
        self.rows = rows
        self._columns, self._spans = columns, spans
        self._made: dict[str, Column] = {}
        self._made_spans: dict[str, Span] = {}

    def has_column(self, name: str) -> bool:
        """Whether this is a column, not a duration to be made of a span."""
        return name in self._columns

    def __getitem__(self, name: str) -> Column:
        if name not in self._made:
            self._made[name] = self._columns[name](self)
        return self._made[name]

    def span(self, name: str) -> Span:
        """KeyError where there is none of that name."""
        if name not in self._made_spans:
            self._made_spans[name] = self._spans[name](self)
        return self._made_spans[name]
