"""Writes docs/reference/language.md and measures.md from the code: `python docs/make_reference.py`.

The keys of a scenario come from its JSON Schema, the measures from their catalogue; a test holds the pages in
step with both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.catalogue import DIMENSIONS, MEASURES
from sim.cli.measures import record
from sim.scenario.schema import scenario_schema

Schema = dict[str, Any]

FOLDER = Path(__file__).parent / "reference"
MADE = "<!-- Made by docs/make_reference.py: change the code, then run it. -->\n"

LANGUAGE = """\
# The language of scenarios: every key

A scenario is a YAML file of maps. Where a *name* stands, you choose it: of a channel, a team, a step. Keys in
**bold** must be there. Keys that are not listed are refused; `sim validate` says where, and which one was
probably meant.

## How values are written

| value | written as |
|---|---|
| duration | `90s`, `5m 30s`, `8h`, `1d`, `2w`, `500ms`; always with a unit |
| rate | `900/day`, `12/h`, `2/min`; always per something |
| percentage | `85%`; shares are always written in percent |
| price | `28/h`, `0.20/session`, `0.05/contact`, `300/month`; always per something, without the currency |
| amount of money | `12000`, a plain number |
| hours of the day | `"08:00-16:00"`, in quotes; several with commas |
| weekdays | `mon`, `mon-fri`, `mon,wed`, `sat-sun`, `daily` |
| date | `2026-03-02` |
| hour, as a key | `"08"`, in quotes |

Names are letters, digits, `_` and `-`. In variants, and in files that `extends` another, keys may have dots
(`teams.desk.shifts.early: 6`), `null` takes an entry out, and `+2`, `-30s`, `x1.2` change what is there: see
[compare staffing plans](../guides/compare_staffing_plans.md).

A duration that varies is a [distribution](#distribution). A share or a distribution may depend on something:

    time: {by: reason, repair: 12m, else: {lognormal: {mean: 4m, cv: 0.8}}}

"""

SLA = """\
## SLAs

Below `slas`, a name and what is expected, as text or as `{expect: …, severity: warn}`:

    service_level(60s) >= 80% for channel=phone
    first_response.mean <= 4h for channel=email, segment=core
    wait.quantile(90%) <= 3m
    service_level(60s) >= 70% for channel=phone each interval 09:00-18:00
    fcr >= 85%
    cost_per_solved_case <= 9.50

That is a [measure](measures.md) with its arguments in brackets; `>=`, `>`, `<=` or `<`; a target in the
measure's unit; after `for`, whom it is about (dimension = name); after `each`, that every `day`, `hour` or
`interval` must meet it, perhaps only within some hours.

"""

MEASURE_PAGE = """\
# Measures

What can be asked for in [SLAs](language.md#slas) and from Python. In the terminal: `sim measures`, and
`sim measures wait` for those whose name begins so.

Contacts that are still open when the simulation ends count as missed in a measure with a target once they are
older than it; a mean that they would bias is marked with `*` in reports, and both bounds are given. No data
is a value of its own, and never passes a check.

"""

UNITS = {
    "share": "share, 0 to 100 %",
    "duration": "duration (seconds in JSON, CSV and Python)",
    "count": "how many per replication",
    "number": "a plain number",
    "money": "money, in the scenario's currency",
}
NEEDS = {
    "prices": "prices: `cost` of every team and bot",
    "csat": "the scenario's `experience.csat`",
    "nps": "the scenario's `experience.csat` and `experience.nps`",
    "ces": "the scenario's `experience.ces`",
}
BETTER = {"higher": "higher is better", "lower": "lower is better", "neither": "neither is better"}
WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
}
USUAL = {"90s": "a duration", "85%": "a percentage"}
"""What the examples of a value stand for, by the first of them, where that is said above the tables."""
UNSAID = {"by": "What it depends on.", "else": "For every name that is not listed."}


def pages() -> dict[str, str]:
    """The text of each page by its file name."""
    return {"language.md": "".join(_language()), "measures.md": "".join(_measures())}


# ------------------------------------------------------------------------------------------- language.md


def _language() -> Iterator[str]:
    schema = scenario_schema()
    definitions = schema["$defs"]
    yield MADE + LANGUAGE
    yield "## The file\n\n"
    yield from _rows({**schema, "required": schema["else"]["required"]}, definitions)
    yield SLA
    for name in _in_order(schema, definitions):
        definition = definitions[name]
        about = definition.get("description", "")
        yield f"## {_title(name)}\n\n{_plain(about)}\n\n"
        yield from _rows(definition, definitions)


def _in_order(schema: Schema, definitions: Schema) -> list[str]:
    """The definitions with keys of their own, each after the first one that speaks of it."""
    found: dict[str, None] = {}

    def visit(part: Any) -> None:
        if isinstance(part, list):
            for each in part:
                visit(each)
        elif isinstance(part, dict):
            if "$ref" in part:
                name = part["$ref"].rsplit("/", 1)[1]
                if name not in found:
                    found[name] = None
                    visit(definitions[name])
            for key, each in part.items():
                if key != "$defs":
                    visit(each)

    visit(schema)
    return [name for name in found if "properties" in definitions[name]]


def _rows(definition: Schema, definitions: Schema) -> Iterator[str]:
    """The table of a map's keys."""
    required = definition.get("required", ())
    rows = []
    for key, value in definition["properties"].items():
        name = f"**`{key}`**" if key in required else f"`{key}`"
        about = value.get("description", UNSAID.get(key, ""))
        rows.append((name, _written(value, definitions), _default(value), about))
    other = definition.get("additionalProperties")
    if isinstance(other, dict):
        rows.append(("a name", _written(other, definitions), "", "For that name."))
    if any(default for _, _, default, _ in rows):
        yield "| key | written as | without it | what it is |\n|---|---|---|---|\n"
        yield from (_row(row) for row in rows)
    else:
        yield "| key | written as | what it is |\n|---|---|---|\n"
        yield from (_row((name, written, about)) for name, written, _, about in rows)
    yield "\n"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_plain(cell).replace("|", "\\|") for cell in cells) + " |\n"


def _written(value: Schema, definitions: Schema) -> str:
    """How a value stands in the file, in a few words."""
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[1]
        definition = definitions[name]
        if "properties" in definition:
            return f"[{_title(name).lower()}](#{_anchor(name)})"
        # Something that can be written in a short way as well: a duration, which is a distribution.
        ways = [way for way in definition["anyOf"] if way.get("type") != "object"]
        return _either(ways, definitions)
    if "examples" in value:
        first = value["examples"][0]
        return USUAL.get(first) or ", ".join(f"`{each}`" for each in value["examples"])
    for several in ("oneOf", "anyOf"):
        if several in value:
            return _either(value[several], definitions)
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return " or ".join(f"`{each}`" for each in value["enum"])
    kind = value.get("type")
    if kind == "object":
        inner = value.get("additionalProperties")
        if not isinstance(inner, dict):
            return "changes to the keys of this page" if "properties" not in value else _keys(value)
        return f"a map of names to: {_written(inner, definitions)}"
    if kind == "array":
        return f"a list of: {_written(value['items'], definitions)}"
    return " or ".join(WORDS[each] for each in ([kind] if isinstance(kind, str) else kind))


def _either(ways: list[Schema], definitions: Schema) -> str:
    return " or ".join(dict.fromkeys(_written(way, definitions) for way in ways))


def _keys(value: Schema) -> str:
    return "{" + ", ".join(f"`{key}`" for key in value["properties"]) + "}"


def _default(value: Schema) -> str:
    """The default as a planner would write it; the schema has it as the models hold it."""
    default = value.get("default")
    if default in (None, "", {}, []) or isinstance(default, dict):
        return ""
    text = str(default)
    if isinstance(default, bool):
        text = text.lower()
    elif isinstance(default, float):
        examples = [each for way in (value, *value.get("oneOf", ())) for each in way.get("examples", ())]
        if not examples:
            text = f"{default:g}"
        else:
            text = f"{100 * default:g}%" if examples[0].endswith("%") else _duration(default)
    return f"`{text}`"


def _duration(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def _title(name: str) -> str:
    """`ByShareMap` → "By share"."""
    words = re.findall("[A-Z][a-z]*", name.removesuffix("Map").replace("MeanCv", "MeanAndCv"))
    return " ".join([words[0], *(word.lower() for word in words[1:])])


def _anchor(name: str) -> str:
    return _title(name).lower().replace(" ", "-")


def _plain(text: str) -> str:
    """On one line, with braces and angle brackets safe."""
    return " ".join(text.split()).replace("<", "&lt;")


# ------------------------------------------------------------------------------------------- measures.md


def _measures() -> Iterator[str]:
    yield MADE + MEASURE_PAGE
    yield "| measure | what reports call it | unit | |\n|---|---|---|---|\n"
    for measure in MEASURES.values():
        found = record(measure)
        link = f"[`{measure.name}`](#{measure.name.replace('.', '')})"
        yield _row((link, found["title"], measure.unit, BETTER[measure.better]))
    yield "\n## What they can be asked of\n\n"
    yield "After `for` in an SLA (`for channel=phone`) and `by` in Python (`by channel, hour`):\n\n"
    yield "| measures of | dimensions |\n|---|---|\n"
    for table, dimensions in DIMENSIONS.items():
        yield _row((table, ", ".join(f"`{each}`" for each in dimensions)))
    yield "\nA time is that of arrival, of the first arrival of a case, or for `agents`, `presence` and\n"
    yield "`window` the moment itself. `hour` and `interval` are those of the day, over all days.\n"
    for measure in MEASURES.values():
        yield from _measure(record(measure))


def _measure(found: dict[str, Any]) -> Iterator[str]:
    yield f"\n## {found['name']}\n\n*{found['title']}*: {_plain(found['definition'])}\n\n"
    yield f"- Written as `{found['example']}`; unit: {UNITS[found['unit']]}; {BETTER[found['better']]}.\n"
    yield f"- A measure of {found['table']}.\n"
    if found["needs"]:
        yield f"- Needs {NEEDS[found['needs']]}.\n"
    if set(found["dimensions"]) != set(DIMENSIONS[found["table"]]):
        yield f"- Only by {', '.join(f'`{each}`' for each in found['dimensions'])}.\n"
    for argument in found["arguments"]:
        yield f"- Argument `{argument['name']}`: {_argument(argument)}.\n"
    yield from (f"- Source: {source}.\n" for source in found["sources"])


def _argument(argument: dict[str, Any]) -> str:
    words = {"duration": "a duration", "share": "a share", "calendar": "the name of a calendar"}
    text = words.get(argument["kind"]) or ", ".join(f"`{each}`" for each in argument["choices"])
    if argument["default"] is not None:
        default = argument["default"]
        return f"{text}; without it `{default if isinstance(default, str) else _duration(default)}`"
    return text if argument["required"] else f"{text}; may be left out"


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
