"""Questions to a store in SQL, answered by DuckDB, which is let at the store's files and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import Fault, ScenarioError, StoreError
from sim.experiment.store import Contents, contents
from sim.reporting.frames import LAST

if TYPE_CHECKING:
    import duckdb

NUMBERS = {**dict.fromkeys(LAST[1:], "DOUBLE"), "replications": "BIGINT"}
"""Columns of `measures` that are not text."""


@dataclass(frozen=True)
class Answer:
    """Rows of values, and the names of their columns, no two alike."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def answer(folder: Path, query: str) -> Answer:
    """What a query gives.

    Raises:
        StoreError: there is no store, or it is damaged.
        ScenarioError: the query is not one that can be answered; the fault has DuckDB's words.
    """
    import duckdb

    found = contents(folder)
    with _tables(found) as connection:
        try:
            statements = connection.extract_statements(query)
            if [each.type for each in statements] == [duckdb.StatementType.SELECT]:
                # COPY may hide in a WITH and would write over the store's files. DuckDB refuses it in a query
                # within a query, so that one which is planned as such reads and nothing else.
                connection.execute(f"EXPLAIN SELECT * FROM query({_quoted(query)})")
                return _fetched(connection.execute(statements[0]))
            problem = "a query is one statement that reads (allowed: SELECT, WITH, DESCRIBE, SUMMARIZE)"
        except duckdb.Error as error:
            # What follows shows the faulty place, but in the query around this one.
            problem = "the query cannot be answered: " + str(error).partition("\n\nLINE ")[0].strip()
        raise ScenarioError(Fault(problem, remedy=_remedy(connection, found)))


def tables(folder: Path) -> Answer:
    """The tables of a store with their rows and columns.

    Raises:
        StoreError: there is no store, or it is damaged.
    """
    with _tables(contents(folder)) as connection:
        names = _names(connection)
        counts = [connection.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in names]
        rows = [(name, count, ", ".join(names[name])) for name, count in zip(names, counts, strict=True)]
    return Answer(("table", "rows", "columns"), rows)


@contextmanager
def _tables(found: Contents) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with the store's tables; from then on it reads their files alone."""
    import duckdb

    # Sorting on disk would write there: what does not fit into memory is refused.
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        files = [str(path) for paths in found.logs.values() for path in paths]
        if found.measures:
            numbers = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in NUMBERS.items())
            measures = connection.read_csv(str(found.measures), header=True, all_varchar=True)
            measures.project(f"* REPLACE ({numbers})").to_table("measures")
        try:
            for table, paths in found.logs.items():
                connection.read_parquet([str(path) for path in paths]).to_view(table)
        except duckdb.Error as error:
            raise StoreError(Fault(f"the logs of this store cannot be read: {error}")) from error
        for setting in (
            f"allowed_paths = [{', '.join(_quoted(file) for file in files)}]",
            "enable_external_access = false",
            "python_enable_replacements = false",
            "lock_configuration = true",
        ):
            connection.execute(f"SET {setting}")
        yield connection


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _fetched(cursor: duckdb.DuckDBPyConnection) -> Answer:
    columns: list[str] = []
    for name in (column[0] for column in cursor.description or ()):
        # A query may give two columns one name, which a JSON object could not hold.
        alike = sum(each == name or each.startswith(f"{name}_") for each in columns)
        columns.append(f"{name}_{alike}" if name in columns else name)
    return Answer(tuple(columns), cursor.fetchall())


def _names(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of each table."""
    rows = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal "
        "ORDER BY table_name = 'measures' DESC, table_name, column_index"
    ).fetchall()
    found: dict[str, list[str]] = {}
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def _remedy(connection: duckdb.DuckDBPyConnection, found: Contents) -> str:
    names = "; ".join(f"{table} ({', '.join(columns)})" for table, columns in _names(connection).items())
    if not names:
        return "there are no tables yet: give the command that made the store again"
    hint = "" if found.logs else "; contacts, steps and agents are kept with --logs"
    return f"the tables are {names}{hint}"
