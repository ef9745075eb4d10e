"""`extends: other.yaml`: a scenario that says only what differs from another file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sim.errors import Fault, ScenarioError, shown
from sim.scenario.document import Document, read
from sim.scenario.merge import merge

KEY = "extends"


def extended(document: Document, folder: Path) -> Document:
    """The document laid over the file that it extends, and that over its own, and so on.

    Args:
        document: as read; one that extends nothing is returned as it is.
        folder: what file names are relative to.

    Raises:
        ScenarioError: a file is missing or not valid, or files extend each other in a circle.
    """
    return _extended(document, folder, (document.name,))


def _extended(document: Document, folder: Path, below: tuple[str, ...]) -> Document:
    if KEY not in document.data:
        return document
    name = document.data[KEY]
    place = document.place((KEY,))
    if not isinstance(name, str) or not name:
        message = f"{shown(name)} is not the name of a file"
        raise ScenarioError(Fault(message, place, KEY, "write `extends: other.yaml`"))
    path = folder / name
    if path.resolve() in [Path(each).resolve() for each in below]:
        circle = " → ".join(Path(each).name for each in (*below, str(path)))
        message = f"the files extend each other in a circle: {circle}"
        raise ScenarioError(Fault(message, place, KEY, "take one `extends` out"))
    try:
        parent = read(path)
    except ScenarioError as error:
        if path.is_file():
            raise
        raise ScenarioError([replace(fault, place=place, path=KEY) for fault in error.faults]) from None
    parent = _extended(parent, path.parent, (*below, str(path)))
    own = {key: value for key, value in document.data.items() if key != KEY}
    return merge(parent, own, (), "", written_in=document)
