"""`sim measures`: what can be asked for in SLAs, in Python and in tables, from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.catalogue import DIMENSIONS, MEASURES, SOURCES, Measure, Parameter, lookup
from sim.errors import Fault, ScenarioError

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH = 100
"""Columns at most: lines of prose that are wider are hard to read."""

_EXAMPLES = {"target": "60s", "limit": "60s", "window": "7d", "share": "90%", "calendar": "desk"}
"""Of arguments without a default, by name."""


def found(name: str | None) -> tuple[Measure, ...]:
    """All measures, the one of that name, or those of a family (`wait` for wait.mean, wait.quantile, …).

    Raises:
        ScenarioError: there is none.
    """
    if name is None:
        return tuple(MEASURES.values())
    family = tuple(each for each in MEASURES.values() if each.name.split(".")[0] == name)
    if family and name not in MEASURES:
        return family
    try:
        return (lookup(name),)
    except ValueError as error:
        raise ScenarioError(Fault(str(error), remedy="sim measures lists them all")) from None


def report(measures: Sequence[Measure]) -> RenderableType:
    """A table of several measures, or all about one."""
    from rich.console import Group
    from rich.constrain import Constrain

    shown = [_card(measures[0])] if len(measures) == 1 else [_table(measures), "", _legend(measures)]
    return Constrain(Group(*shown), WIDTH)


def record(measure: Measure) -> dict[str, Any]:
    """A measure as plain data."""
    return {
        "name": measure.name,
        "title": _title(measure),
        "unit": measure.unit,
        "better": measure.better,
        "arguments": [
            {
                "name": parameter.name,
                "kind": parameter.kind,
                "required": _is_required(parameter),
                "default": parameter.default,
                "choices": list(parameter.choices),
            }
            for parameter in measure.parameters
        ],
        "table": measure.table,
        "needs": measure.needs,
        "dimensions": list(measure.dimensions),
        "definition": measure.definition,
        "sources": _sources(measure),
        "example": example(measure),
    }


def example(measure: Measure) -> str:
    """The measure as SLAs and `RunResult.measures` take it, with what must be said."""
    said = [_EXAMPLES[parameter.name] for parameter in measure.parameters if _is_required(parameter)]
    return measure.name + (f"({', '.join(said)})" if said else "")


def _table(measures: Sequence[Measure]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 1, 0), header_style="dim", pad_edge=False, expand=True)
    table.add_column("measure", max_width=27)
    table.add_column("unit", max_width=16)
    table.add_column("what it says", ratio=1)
    for measure in measures:
        name = Text(measure.name, style="bold")
        for parameter in measure.parameters:
            name.append(f"\n  {_argument(parameter)}", style="not bold dim")
        unit = Text(measure.unit)
        unit.append("".join(f"\n{line}" for line in _nature(measure)), style="dim")
        words = Text(f"{_title(measure)}\n")
        words.append(measure.definition, style="dim")
        table.add_row(name, unit, words)
    return table


def _legend(measures: Sequence[Measure]) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False, expand=True)
    table.add_column("of", no_wrap=True)
    table.add_column("dimensions: `for channel=phone`, `by team, hour`", ratio=1)
    for name in dict.fromkeys(measure.table for measure in measures):
        table.add_row(name, ", ".join(DIMENSIONS[name]))
    return table


def _card(measure: Measure) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    card = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False, expand=True)
    card.add_column(style="dim", no_wrap=True)
    card.add_column(ratio=1)
    card.add_row("measure", Text(measure.name, style="bold"))
    card.add_row("title", _title(measure))
    card.add_row("definition", Text(measure.definition))
    card.add_row("unit", ", ".join([measure.unit, *_nature(measure)]))
    arguments = [_argument(parameter) + _other_choices(parameter) for parameter in measure.parameters]
    card.add_row("arguments", Text("\n".join(arguments) or "none"))
    card.add_row("dimensions", ", ".join(measure.dimensions))
    card.add_row("sources", Text("\n".join(_sources(measure))))
    card.add_row("write", Text(example(measure)))
    return card


def _title(measure: Measure) -> str:
    """With examples of arguments filled in."""
    return measure.title.format(**{p.name: _EXAMPLES.get(p.name, p.name) for p in measure.parameters})


def _nature(measure: Measure) -> list[str]:
    """Of what it is measured, and which direction is better."""
    better = [] if measure.better == "neither" else [f"{measure.better} is better"]
    return [f"of {measure.table}", *better, *([f"needs {measure.needs}"] if measure.needs else [])]


def _sources(measure: Measure) -> list[str]:
    return [SOURCES[key] for key in re.findall(r"\[(\w+)\]", measure.source)]


def _is_required(parameter: Parameter) -> bool:
    return parameter.default is None and not parameter.optional


def _argument(parameter: Parameter) -> str:
    """An argument as it is written, with its default or an example."""
    if parameter.default is not None:
        return f"{parameter.name}={parameter.text(parameter.default)}"
    text = f"{parameter.name}, such as {_EXAMPLES[parameter.name]}"
    return f"[{text}]" if parameter.optional else text


def _other_choices(parameter: Parameter) -> str:
    others = [choice for choice in parameter.choices if choice != parameter.default]
    return f" or {', '.join(others)}" if others else ""
