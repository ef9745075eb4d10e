"""The JSON Schema of a scenario file, made from the models: what editors complete and check while one writes.

It knows keys, types and units. What must hold between values, `sim validate` checks.
"""

from __future__ import annotations

import json
from typing import Any

from sim.scenario.spec import Spec

Schema = dict[str, Any]

_SLA: Schema = {
    "anyOf": [
        {"type": "string", "examples": ["service_level(60s) >= 80% for channel=phone"]},
        {
            "type": "object",
            "properties": {
                "expect": {"type": "string", "description": "What is expected."},
                "severity": {"enum": ["fail", "warn"], "description": "Whether missing it fails the check."},
            },
            "required": ["expect"],
            "additionalProperties": False,
        },
    ]
}


def scenario_schema() -> Schema:
    """The schema as plain data (JSON Schema 2020-12)."""
    schema: Schema = _tidy(Spec.model_json_schema(by_alias=True))
    definitions: Schema = schema["$defs"]
    _also(definitions["Distribution"], "DistributionMap", definitions, _duration(definitions))
    _also(definitions["TraceColumn"], "TraceColumnMap", definitions, {"type": "string"})
    _also(definitions["ByShare"], "ByShareMap", definitions, _by_reason(definitions["ByShare"]))
    schema["properties"]["slas"]["additionalProperties"] = _SLA
    # A file that extends another says only what differs, dotted keys included.
    required = schema.pop("required")
    schema |= {
        "if": {"required": ["extends"]},
        "then": {"patternProperties": {r"\.": True}},
        "else": {"required": required},
    }
    schema["additionalProperties"] = True
    schema["propertyNames"] = {"anyOf": [{"enum": list(schema["properties"])}, {"pattern": r"\."}]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sim scenario",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def schema_text() -> str:
    """The schema as JSON text, as `sim schema` prints it."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _also(definition: Schema, name: str, definitions: Schema, other: Schema) -> None:
    """Let a definition be written in another, shorter way as well."""
    definitions[name] = dict(definition)
    definition.clear()
    definition["anyOf"] = [other, {"$ref": f"#/$defs/{name}"}]


def _duration(definitions: Schema) -> Schema:
    """A plain duration, which is a constant distribution."""
    found: Schema = definitions["Exponential"]["properties"]["mean"]
    return {**found, "description": "always the same duration"}


def _by_reason(by_share: Schema) -> Schema:
    """A map without `by`: shares by reason."""
    return {
        "type": "object",
        "additionalProperties": by_share["additionalProperties"],
        "properties": {"by": False},
    }


def _tidy(part: Any) -> Any:
    """Without the titles that repeat keys, and without null, which only variants use, to remove something."""
    if isinstance(part, list):
        return [_tidy(each) for each in part]
    if not isinstance(part, dict):
        return part
    if "anyOf" in part and {"type": "null"} in part["anyOf"]:
        kept = [each for each in part["anyOf"] if each != {"type": "null"}]
        rest = {key: value for key, value in part.items() if key not in ("anyOf", "default")}
        return _tidy({**kept[0], **rest} if len(kept) == 1 else {**rest, "anyOf": kept})
    by_name = ("properties", "$defs")  # whose keys are names, "title" perhaps among them
    tidy = {
        key: {name: _tidy(each) for name, each in value.items()} if key in by_name else _tidy(value)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str))
    }
    if isinstance(tidy.get("default"), float):
        tidy["default"] = _as_written(tidy)
    return tidy


def _as_written(part: Schema) -> str | float:
    """A default that the models hold in seconds or as a fraction, in the unit that its examples have."""
    default: float = part["default"]
    ways = (part, *part.get("anyOf", ()), *part.get("oneOf", ()))
    examples = [str(each) for way in ways for each in way.get("examples", ())]
    if not examples:
        return default
    if examples[0].endswith("%"):
        return f"{100 * default:g}%"
    units = ((604_800.0, "w"), (86_400.0, "d"), (3_600.0, "h"), (60.0, "m"))
    size, unit = next(((s, u) for s, u in units if default and default % s == 0), (1.0, "s"))
    return f"{default / size:g}{unit}"
