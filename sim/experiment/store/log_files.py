"""The log of one replication as three Parquet files, written and read by DuckDB.

Columns are those of `sim.measures.log_frames`, with scenario and variant before them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment.store.measure_files import cannot_write
from sim.experiment.store.whole import write_whole
from sim.log import Log
from sim.measures.log_frames import FRAMES, log_of
from sim.plan import Plan
from sim.scenario.naming import FILE_AS_WRITTEN

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

TABLES = tuple(FRAMES)
"""The tables of a log; each has a folder of its own in a store."""


def log_path(folder: Path, table: str, study: int, replication: int) -> Path:
    """Where the file of a table is."""
    return folder / table / f"{study}-{replication:06d}.parquet"


def write_log(folder: Path, study: int, plan: Plan, log: Log) -> dict[str, str]:
    """Write the files of a log and return their SHA-256 by table.

    Raises:
        StoreError: they cannot be written.
    """
    import duckdb

    found: dict[str, str] = {}
    with _database().cursor() as connection:
        for table, frame in FRAMES.items():
            relation = connection.from_df(_told_apart(plan, frame(plan, [log])))

            def write(unfinished: Path, table: str = table, relation: Any = relation) -> None:
                relation.write_parquet(str(unfinished), compression="zstd")
                found[table] = sha256_of(unfinished)

            try:
                write_whole(log_path(folder, table, study, log.replication), write)
            except (OSError, duckdb.Error) as error:
                raise cannot_write(folder, error) from error
    return found


def read_log(folder: Path, study: int, plan: Plan, replication: int) -> Log:
    """The log in files that have been found whole."""
    tables: dict[str, Any] = {}
    with _database().cursor() as connection:
        for table in TABLES:
            path = log_path(folder, table, study, replication)
            tables[table] = connection.read_parquet(str(path)).fetchnumpy()
    return log_of(plan, replication, tables)


def is_whole(folder: Path, study: int, replication: int, digests: Mapping[str, str]) -> bool:
    """Whether the files of a log are there, as they were written."""
    try:
        return all(
            sha256_of(log_path(folder, table, study, replication)) == digests[table] for table in TABLES
        )
    except FileNotFoundError:
        return False


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One in memory for the process, since to open one takes as long as to write a log.

    One thread, so that the rows of a file come in the order of the log whatever their number.
    """
    import duckdb

    return duckdb.connect(config={"threads": 1})


def _told_apart(plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """With the names of scenario and variant in each row: a store may hold several."""
    import pandas as pd

    names = plan.names
    for name, value in (("variant", names.variant or FILE_AS_WRITTEN), ("scenario", names.scenario)):
        same = pd.Categorical.from_codes([0] * len(frame), categories=pd.Index([value]))
        frame.insert(0, name, pd.Series(same))
    return frame
