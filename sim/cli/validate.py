"""`sim validate` and `sim resolve`: is the file right, and what does it say once a variant is merged in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from sim.errors import Fault, ScenarioError, dotted
from sim.plan import compile_plan
from sim.plan.sheets import unset_variable
from sim.scenario import Scenario, load
from sim.scenario.document import Document, KeyPath
from sim.scenario.values import scipy_families


def validated(files: Sequence[Path], variant: str | None) -> Iterator[str]:
    """A line for each good file; without a variant named, every variant of it is checked too.

    Raises:
        ScenarioError: every fault of every file.
    """
    faults: list[Fault] = []
    lines: list[str] = []
    for file in files:
        try:
            base = load(file)
            names = [variant] if variant is not None else [None, *base.variants]
        except ScenarioError as error:
            faults += error.faults
            continue
        notes: list[str] = []
        for name in names:
            try:
                scenario = base.variant(name) if name is not None else base
                if (unset := unset_variable(scenario)) and variant is None:
                    notes.append(f"{scenario.label} needs the environment variable {unset}: not checked")
                else:
                    compile_plan(scenario)
                notes += [note for note in tables_in(scenario) if note not in notes]
            except ScenarioError as error:
                faults += error.faults
        count = len(base.variants)
        also = f", with {count} variant{'s' if count > 1 else ''}" if count and variant is None else ""
        lines.append(f"{file}: valid{also}")
        lines += [f"  {note}" for note in notes]
    if faults:
        raise ScenarioError(faults)
    yield from lines


def tables_in(scenario: Scenario) -> list[str]:
    """How far the table of each family of scipy.stats is off."""
    return [
        f"{dotted(path)}: {each.family} as {each.table()}" for path, each in scipy_families(scenario.spec)
    ]


def resolved(file: Path, variant: str | None) -> str:
    """The merged scenario as YAML, each value with the place that it comes from; notes as comments below.

    Raises:
        ScenarioError: the scenario is not valid.
    """
    scenario: Scenario = load(file, variant)
    data = {key: value for key, value in scenario.document.data.items() if key != "variants"}
    lines = list(_lines(data, (), scenario.document))
    width = min(72, max(len(text) for text, _ in lines))
    merged = [f"{text:<{width}}  # {origin}" if origin else text for text, origin in lines]
    return "\n".join([*merged, *(f"# {note}" for note in tables_in(scenario))])


def _lines(value: Any, path: KeyPath, document: Document) -> Iterator[tuple[str, str]]:
    """Lines of YAML with the origin of the value on each, "" for a line that only opens a map."""
    indent = "  " * len(path)
    for key, part in value.items():
        here = (*path, key)
        name = _scalar(key)
        if isinstance(part, dict) and part:
            yield f"{indent}{name}:", ""
            yield from _lines(part, here, document)
        else:
            yield f"{indent}{name}: {_scalar(part)}", document.origin(here)


def _scalar(value: Any) -> str:
    """A value on one line of YAML."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**9)
    return text.strip().removesuffix("...").strip()
