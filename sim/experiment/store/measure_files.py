"""The files of the whole: measures as CSV and JSON, and their checksums, which are written last.

The checksums are in the form that `sha256sum --check` reads. While they are missing, the measures are not (or
no longer) those of a command that finished.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.errors import ExitCode, Fault, StoreError, shown
from sim.experiment.store.whole import write_bytes

CSV = "measures.csv"
JSON = "measures.json"
CHECKSUMS = "measures.sha256"


def write_measures(folder: Path, *, csv: str, json: str) -> None:
    """Write the measures of a command that has finished; files that say the same already are left alone.

    Raises:
        StoreError: they cannot be written.
    """
    texts = {CSV: csv.encode(), JSON: json.encode()}
    files = {**texts, CHECKSUMS: _checksums(texts)}
    try:
        if any(not _holds(folder / name, text) for name, text in files.items()):
            (folder / CHECKSUMS).unlink(missing_ok=True)
            for name, text in files.items():
                write_bytes(folder / name, text)
    except OSError as error:
        raise cannot_write(folder, error) from error


def measures_in(folder: Path) -> Path | None:
    """The CSV file; None where no command has finished.

    Raises:
        StoreError: the files were changed since they were written.
    """
    if not (folder / CHECKSUMS).exists():
        return None
    try:
        texts = {name: (folder / name).read_bytes() for name in (CSV, JSON)}
        whole = _holds(folder / CHECKSUMS, _checksums(texts))
    except OSError:
        whole = False
    if not whole:
        raise StoreError(
            Fault(
                f"{CSV} or {JSON} in {shown(str(folder))} is not as it was written",
                remedy="give the command that made the store again: it writes the measures anew",
            )
        )
    return folder / CSV


def replications_of(folder: Path) -> list[int]:
    """How many replications the measures that `measures_in` found are of, for each study."""
    record = json.loads((folder / JSON).read_text(encoding="utf-8"))
    studies: Sequence[Mapping[str, Any]] = record["studies"] if isinstance(record, dict) else record
    return [int(study["replications"]) for study in studies]


def cannot_write(folder: Path, error: Exception) -> StoreError:
    """What is said of a full disk, a folder without permission, and the like."""
    return StoreError(
        Fault(
            f"cannot write the store {shown(str(folder))}: {getattr(error, 'strerror', None) or error}",
            remedy="what was finished is kept there; once it can be written, the same command goes on",
        ),
        ExitCode.INVALID,
    )


def _checksums(texts: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in texts.items()).encode()


def _holds(path: Path, data: bytes) -> bool:
    """Whether a file is there and is of these bytes."""
    try:
        return path.read_bytes() == data
    except FileNotFoundError:
        return False
