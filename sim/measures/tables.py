"""`Tables`: the tables of `sim.catalogue`, as far as they are asked for.

A duration is made of a span, with all time or a calendar's open time only.
"""

from __future__ import annotations

import numpy as np

from sim.catalogue import Table
from sim.log import Log
from sim.measures import columns, prices
from sim.measures.derived import Column, Derived, Floats, PlanView, Rows, Span


class Tables:
    """The tables of one replication.

    Raises KeyError for a table, column or calendar that does not exist: a mistake in the catalogue or the
    caller, since names in scenarios are checked before.
    """

    def __init__(self, log: Log, plan: PlanView) -> None:
        self.plan = plan
        self._log = log
        self._tables: dict[Table, Derived] = {}
        self._durations: dict[tuple[Table, str, str], Floats] = {}

    def rows(self, table: Table) -> int:
        """Number of rows of a table."""
        return self._derived(table).rows

    def column(self, table: Table, name: str, calendar: str = "") -> Column:
        """One value per row; a duration in seconds, of the calendar's open time where one is named."""
        derived = self._derived(table)
        if derived.has_column(name):
            return derived[name]
        key = (table, name, calendar)
        if key not in self._durations:
            self._durations[key] = self._duration(derived.span(name), derived.rows, calendar)
        return self._durations[key]

    def span(self, table: Table) -> Span:
        """When each row of an integrated table (`sim.catalogue.INTEGRATED`) begins and ends."""
        return self._derived(table).span("span")

    def forget(self, table: Table) -> None:
        """Give back the memory of what was made of a table; what is asked for again is made again."""
        self._tables.pop(table, None)
        self._durations = {key: made for key, made in self._durations.items() if key[0] != table}

    def _derived(self, table: Table) -> Derived:
        if table not in self._tables:
            self._tables[table] = self._made(table)
        return self._tables[table]

    def _made(self, table: Table) -> Derived:
        log, end = self._log, self.plan.horizon + self.plan.run_out
        match table:
            case "contacts":
                return columns.of_contacts(log, self.plan, end)
            case "visits":
                return columns.of_visits(log.visits, self.plan, self._derived("contacts"), end)
            case "cases":
                return columns.of_cases(log.contacts, self._derived("contacts"), end)
            case "agents":
                return columns.of_agents(log, self.plan)
            case "presence":
                return columns.of_presence(log.contacts, self._derived("contacts"), end)
            case "window":
                return prices.of_window(self.plan)
        raise KeyError(table)

    def _duration(self, span: Span, rows: int, calendar: str) -> Floats:
        if calendar:
            length = self._open_until(span.end, calendar) - self._open_until(span.start, calendar)
        else:
            length = span.end - span.start
        return length if span.row is None else grouped_sum(span.row, length, rows)

    def _open_until(self, times: Floats, calendar: str) -> Floats:
        """Open seconds of the calendar up to each time, counted from its first opening."""
        plan = self.plan
        if calendar not in plan.names.calendars:
            raise KeyError(calendar)
        index = plan.names.calendars.index(calendar)
        pieces = slice(plan.calendar_offset[index], plan.calendar_offset[index + 1])
        start, end = plan.calendar_start[pieces], plan.calendar_end[pieces]
        if not len(start):
            return np.zeros_like(times)
        total = np.cumsum(end - start)
        edges = np.column_stack([start, end]).ravel()
        opened = np.column_stack([total - (end - start), total]).ravel()
        return np.interp(times, edges, opened)


def grouped_sum(at: Rows, amount: Floats, size: int) -> Floats:
    """Sum of the amounts that belong to each of 0, …, size - 1; added in the order of the rows."""
    return np.bincount(at, weights=amount, minlength=size).astype(np.float64)
