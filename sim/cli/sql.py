"""`sim sql`: what a store answers, as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.table import Table

from sim.reporting.query import Answer, answer, tables


def asked(folder: Path, query: str | None) -> Answer:
    """The answer to a query; without one, which tables there are."""
    return tables(folder) if query is None else answer(folder, query)


def as_records(found: Answer) -> list[dict[str, Any]]:
    """One object a row, for JSON."""
    return [
        {name: _plain(value) for name, value in zip(found.columns, row, strict=True)} for row in found.rows
    ]


def as_csv(found: Answer) -> Iterable[str]:
    """Lines of CSV; what is missing is empty."""
    for row in (found.columns, *found.rows):
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow([_in_csv(value) for value in row])
        yield text.getvalue()


def as_table(found: Answer) -> Table:
    """A table to look at: numbers on the right, with six digits; what is missing is a dash."""
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(found.columns):
        values = [row[number] for row in found.rows]
        numeric = all(isinstance(value, int | float | decimal.Decimal | None) for value in values)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in found.rows:
        table.add_row(*(_shown(value) for value in row))
    return table


def _shown(value: Any) -> str:
    plain = _plain(value)
    if plain is None:
        return "–"
    return f"{plain:.6g}" if isinstance(plain, float) else str(_in_csv(plain))


def _in_csv(value: Any) -> Any:
    plain = _plain(value)
    return str(plain).lower() if isinstance(plain, bool) else plain


def _plain(value: Any) -> Any:
    """A value of DuckDB as JSON and CSV have it: numbers, text, truth, lists, maps."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case decimal.Decimal():
            return float(value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case datetime.timedelta():
            return value.total_seconds()
        case _:
            return str(value)
