"""What a store holds, as its own files say: for reading it without the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import ExitCode, Fault, StoreError, shown
from sim.experiment.store.inputs import Inputs
from sim.experiment.store.log_files import TABLES, is_whole, log_path
from sim.experiment.store.measure_files import measures_in, replications_of
from sim.experiment.store.tally_file import NotWholeError, about_of

MANIFEST = "manifest.json"
TALLIES = "tallies"


@dataclass(frozen=True)
class Contents:
    """measures: the CSV file, None where no command has finished; logs: the Parquet files of each table.

    Once a command has finished, logs are those of the replications that its measures are of.
    """

    measures: Path | None
    logs: Mapping[str, tuple[Path, ...]]


def contents(folder: Path) -> Contents:
    """Look into a store.

    Raises:
        StoreError: there is none, or one of its files is damaged.
    """
    inputs = manifest_in(folder)
    if inputs is None:
        raise no_store(folder, "name a folder that was made with `-o`")
    measures = measures_in(folder)
    studies = range(len(inputs.studies))
    counts = replications_of(folder) if measures else [None for _ in studies]
    logs: dict[str, list[Path]] = {table: [] for table in TABLES if inputs.logs}
    for study in studies if inputs.logs else ():
        for replication in _replications(folder, study, counts[study]):
            _check(folder, inputs, study, replication)
            for table, paths in logs.items():
                paths.append(log_path(folder, table, study, replication))
    return Contents(measures, {table: tuple(paths) for table, paths in logs.items() if paths})


def tally_path(folder: Path, study: int, replication: int) -> Path:
    """Where the tallies of a replication are."""
    return folder / TALLIES / f"{study}-{replication:06d}.npz"


def manifest_in(folder: Path) -> Inputs | None:
    """What a store is of; None where there is no manifest.

    Raises:
        StoreError: the manifest is damaged.
    """
    try:
        return Inputs.from_text((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise cannot_read(folder, error) from error
    except ValueError as error:
        raise StoreError(
            Fault(
                f"the manifest of the store {shown(str(folder))} is damaged: not as it was written",
                remedy="name another folder, or delete this one; nothing in it was changed",
            )
        ) from error


def no_store(folder: Path, remedy: str) -> StoreError:
    """What is said of a folder that is something else."""
    return StoreError(
        Fault(f"{shown(str(folder))} is not a store of results: no {MANIFEST} in it", remedy=remedy)
    )


def cannot_read(folder: Path, error: OSError) -> StoreError:
    """What is said of a store that may not be read."""
    message = f"cannot read the store {shown(str(folder))}: {error.strerror or error}"
    return StoreError(
        Fault(message, remedy="see to its permissions, or name another folder"), ExitCode.INVALID
    )


def _replications(folder: Path, study: int, count: int | None) -> list[int]:
    """The first `count`, or all that are there."""
    if count is not None:
        return list(range(count))
    return sorted(int(path.stem.partition("-")[2]) for path in (folder / TALLIES).glob(f"{study}-*.npz"))


def _check(folder: Path, inputs: Inputs, study: int, replication: int) -> None:
    path = tally_path(folder, study, replication)
    try:
        about = about_of(path.read_bytes())
        whole = (about.inputs, about.study, about.replication) == (inputs.digest, study, replication)
        whole = whole and is_whole(folder, study, replication, about.logs)
    except (FileNotFoundError, NotWholeError):
        whole = False
    if not whole:
        raise StoreError(
            Fault(
                f"{shown(str(path))} or its log is damaged",
                remedy="give the command that made the store again: it simulates that replication anew",
            )
        )
