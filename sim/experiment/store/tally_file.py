"""The tallies of one replication as a file: an .npz archive of plain arrays, with its own seal.

Its last 64 bytes, the archive's comment, are the SHA-256 of all bytes before them, so that any damage shows.
`numpy.load` opens it like any other .npz.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.catalogue import Request
from sim.experiment.replicate import Replication
from sim.measures.sample import Sample, Tally

SEAL = 64
"""Hexadecimal digits of a SHA-256."""

Arrays = dict[str, NDArray[Any]]


class NotWholeError(ValueError):
    """A file is damaged, cut short, or not the one that its name says."""


@dataclass(frozen=True)
class About:
    """What a file is of: the digest of the store's inputs, the study's place in them, the replication.

    contacts: see `Replication`; logs: the SHA-256 of each file of its log, by table, where logs are kept.
    """

    inputs: str
    study: int
    replication: int
    contacts: int
    logs: Mapping[str, str]


def packed(about: About, requests: Sequence[Request], result: Replication) -> bytes:
    """The bytes of the file; equal for equal results."""
    arrays: Arrays = {"about": np.frombuffer(json.dumps(asdict(about)).encode(), dtype=np.uint8)}
    for number, request in enumerate(requests):
        arrays |= _to_arrays(f"tally_{number}", result.tallies[request])
        if request in result.standing:
            arrays |= _to_arrays(f"standing_{number}", result.standing[request])
    return _sealed(arrays)


def about_of(data: bytes) -> About:
    """What a file is of.

    Raises:
        NotWholeError: it is not as it was written.
    """
    with _opened(data) as archive:
        return About(**json.loads(_read(archive, "about").tobytes()))


def unpacked(data: bytes, requests: Sequence[Request]) -> Replication:
    """The result in a file made of the same requests, without its log.

    Raises:
        NotWholeError: it is not as it was written.
    """
    with _opened(data) as archive:
        arrays = {name: _read(archive, name) for name in _names(archive)}
    about = About(**json.loads(arrays["about"].tobytes()))
    tallies = {request: _from_arrays(f"tally_{n}", arrays) for n, request in enumerate(requests)}
    standing = {request: _from_arrays(f"standing_{n}", arrays) for n, request in enumerate(requests)}
    return Replication(
        about.replication,
        {request: tally for request, tally in tallies.items() if tally is not None},
        {request: tally for request, tally in standing.items() if tally is not None},
        about.contacts,
        None,
    )


def _to_arrays(name: str, tally: Tally) -> Arrays:
    if not isinstance(tally, Sample):
        return {name: tally}
    return {
        f"{name}_share": np.array(tally.share),
        f"{name}_counts": tally.counts,
        f"{name}_values": tally.values,
        f"{name}_open": tally.is_open,
    }


def _from_arrays(name: str, arrays: Arrays) -> Tally | None:
    if name in arrays:
        return arrays[name]
    if f"{name}_share" not in arrays:
        return None
    share, counts, values, is_open = (
        arrays[f"{name}_{part}"] for part in ("share", "counts", "values", "open")
    )
    return Sample(float(share), counts, values, is_open)


def _sealed(arrays: Arrays) -> bytes:
    file = io.BytesIO()
    # Not numpy.savez: what it writes besides the arrays is its own affair and may change.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.create_system = 3  # the same on every system
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(array, order="C"), (1, 0), allow_pickle=False)
            archive.writestr(entry, content.getvalue())
        archive.comment = b" " * SEAL
    data = file.getvalue()[:-SEAL]
    return data + _seal(data)


def _opened(data: bytes) -> zipfile.ZipFile:
    if data[-SEAL:] != _seal(data[:-SEAL]):
        raise NotWholeError("damaged or cut short")
    return zipfile.ZipFile(io.BytesIO(data))


def _names(archive: zipfile.ZipFile) -> list[str]:
    return [name.removesuffix(".npy") for name in archive.namelist()]


def _read(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    content = io.BytesIO(archive.read(f"{name}.npy"))
    array: NDArray[Any] = np.lib.format.read_array(content, allow_pickle=False)
    return array


def _seal(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
