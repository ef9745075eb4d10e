"""`sim init`: a commented scenario to start from, beside the schema that editors complete it with."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from sim.errors import Fault, ScenarioError, did_you_mean

SCHEMA_FILE = "scenario.schema.json"


def templates() -> dict[str, str]:
    """The starters by name, with what each is about (the second line of the file)."""
    found = sorted(
        (entry for entry in files("sim.templates").iterdir() if entry.name.endswith(".yaml")),
        key=lambda entry: entry.name,
    )
    return {
        entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8").splitlines()[1].lstrip("# ")
        for entry in found
    }


def started(template: str, folder: Path) -> Iterator[str]:
    """Write the starter and the schema into a folder, made if need be; nothing is overwritten.

    Raises:
        ScenarioError: there is no such template, or the files are there already or cannot be written.
    """
    known = templates()
    if template not in known:
        raise ScenarioError(Fault(f"there is no template '{template}'", remedy=did_you_mean(template, known)))
    scenario = folder / f"{template}.yaml"
    if scenario.exists():
        raise ScenarioError(Fault(f"'{scenario}' is there already", remedy="name another folder"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = (files("sim.templates") / f"{template}.yaml").read_text(encoding="utf-8")
        scenario.write_text(text, encoding="utf-8")
        from sim.scenario.schema import schema_text

        (folder / SCHEMA_FILE).write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise ScenarioError(
            Fault(f"cannot write into '{folder}': {error.strerror}", remedy="name another folder")
        ) from None
    yield f"wrote {scenario}: {known[template]}"
    yield f"next: sim validate {scenario}, then sim run {scenario}"
