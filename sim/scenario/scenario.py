"""Scenario: a validated file with its variants, frozen. `load` is the way in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import Fault, ScenarioError, did_you_mean, dotted, shown
from sim.scenario import document as documents
from sim.scenario.checks import findings
from sim.scenario.document import Document, KeyPath
from sim.scenario.extends import extended
from sim.scenario.measurable import obstacles
from sim.scenario.merge import merge
from sim.scenario.sla import Sla, parse_entry
from sim.scenario.spec import Spec, unknown_key
from sim.scenario.values import Model, Reading

UNNAMED = "<text>"
"""What messages call a scenario that came from no file."""


@dataclass(frozen=True)
class Scenario:
    """A service as its planner described it, with one variant applied or none.

    Attributes:
        spec: the values, units resolved to seconds and fractions.
        document: the merged text behind `spec`, which knows the place of each value.
        base: the text as written, without any variant.
        variant_name: the variant applied, or None.
        folder: where the file lies; traces are named relative to it.
        slas: the service level agreements by name, in file order.
    """

    spec: Spec
    document: Document
    base: Document
    variant_name: str | None
    folder: Path
    slas: Mapping[str, Sla]

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.spec.name

    @property
    def label(self) -> str:
        """The variant's name, or "today" for the file as written."""
        return self.variant_name or "today"

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants in the file."""
        return tuple(self.base.data.get("variants") or {})

    def variant(self, name: str) -> Scenario:
        """The same scenario with a variant's changes applied to the file as written.

        Raises:
            ScenarioError: there is no such variant, or the changed scenario is not valid.
        """
        if name not in self.variants:
            raise ScenarioError(
                [
                    Fault(
                        f"there is no variant {shown(name)}",
                        place=self.base.place(("variants",)),
                        path="variants",
                        remedy=did_you_mean(name, self.variants) if self.variants else "this file has none",
                    )
                ]
            )
        patch = self.base.data["variants"][name]
        merged = merge(self.base, patch, ("variants", name), name)
        return _validated(merged, self.base, name, self.folder)

    def with_run(self, **changes: Any) -> Scenario:
        """The same scenario with other run settings (replications, seed, confidence).

        Raises:
            ScenarioError: a setting is out of its range.
        """
        given = {key: value for key, value in changes.items() if value is not None}
        # Not a merge: there -1 would mean one less than in the file.
        run = {**(self.document.data.get("run") or {}), **given}
        document = replace(self.document, data={**self.document.data, "run": run})
        spec, slas, faults = _examined(document)
        if spec is None or faults:
            raise ScenarioError(
                replace(fault, place=None, path=fault.path.removeprefix("run.")) for fault in faults
            )
        return replace(self, spec=spec, document=document, slas=slas)


def load(path: str | Path, variant: str | None = None) -> Scenario:
    """Read and validate a scenario file.

    Args:
        path: the YAML file.
        variant: the variant to apply, or None for the file as written.

    Raises:
        ScenarioError: the file cannot be read or is not valid; it holds every fault found.
    """
    folder = Path(path).parent
    return _opened(extended(documents.read(Path(path)), folder), folder, variant)


def loads(
    text: str, variant: str | None = None, *, name: str = UNNAMED, folder: Path | None = None
) -> Scenario:
    """Validate a scenario given as YAML text; `name` stands for the file in messages.

    Raises:
        ScenarioError: the text is not a valid scenario; it holds every fault found.
    """
    folder = folder or Path()
    return _opened(extended(documents.parse(text, name), folder), folder, variant)


def _opened(document: Document, folder: Path, variant: str | None) -> Scenario:
    try:
        base = _validated(document, document, None, folder)
    except ScenarioError as error:
        raise ScenarioError([*error.faults, *_faults_of_variants(document, set(error.faults))]) from None
    return base.variant(variant) if variant is not None else base


def _faults_of_variants(document: Document, known: Collection[Fault]) -> Iterator[Fault]:
    """What is wrong in the variants besides the faults `known` in the file that they change."""
    variants = document.data.get("variants")
    for name, patch in variants.items() if isinstance(variants, dict) else ():
        if not isinstance(patch, dict):
            continue
        try:
            _, _, faults = _examined(merge(document, patch, ("variants", name), name))
        except ScenarioError as error:
            faults = list(error.faults)
        yield from (_in_variant(fault, name) for fault in faults if fault not in known)


def _in_variant(fault: Fault, variant: str | None) -> Fault:
    """The fault with the name of the variant that has it, unless its key path says so."""
    if variant is None or fault.path.startswith("variants."):
        return fault
    return replace(fault, message=f"{fault.message} (in variant '{variant}')")


def _validated(document: Document, base: Document, variant: str | None, folder: Path) -> Scenario:
    spec, slas, faults = _examined(document)
    if spec is None or faults:
        raise ScenarioError(_in_variant(fault, variant) for fault in faults)
    return Scenario(spec, document, base, variant, folder, slas)


def _examined(document: Document) -> tuple[Spec | None, dict[str, Sla], list[Fault]]:
    """The models of a document and its SLAs, and all that is wrong with it.

    Where single values are wrong, others stand in for them, so that what must hold between the values is
    checked too; what is found near a wrong value is then not told, since it may only follow from it.
    """
    reading = Reading()
    wrong: list[tuple[KeyPath, Fault]] = []
    spec: Spec | None = None
    try:
        spec = Spec.model_validate(document.data, context=reading)
    except ValidationError as error:
        wrong = list(_explained(error, document, reading.models))
        if not any(path[:1] == ("time",) for path, _ in wrong):
            with suppress(ValidationError):
                spec = Spec.model_validate(document.data, context=Reading(forgiving=True))
    told = {path for path, _ in wrong}
    wrong += [(path, _nothing(path, document)) for path in _without_value(document.data) if path not in told]
    faults = [fault for _, fault in wrong]
    if spec is None:
        return None, {}, faults
    for path, message, remedy in findings(spec):
        if not any(_near(path, other) for other, _ in wrong):
            faults.append(Fault(message, document.place(path), dotted(path), remedy))
    slas: dict[str, Sla] = {}
    for name, entry in spec.slas.items():
        try:
            slas[name] = parse_entry(entry)
            sla_faults = obstacles(slas[name].request, spec)
        except ScenarioError as error:
            sla_faults = error.faults
        for fault in sla_faults:
            path = ("slas", name, *([fault.path] if fault.path else []))
            faults.append(replace(fault, place=document.place(path), path=dotted(path)))
    return spec, slas, faults


def _without_value(data: Mapping[str, Any], path: KeyPath = ()) -> Iterator[KeyPath]:
    """Keys with nothing after them: they would be taken as left out, which the planner may not have meant."""
    for key, value in data.items():
        here = (*path, key)
        if value is None and path != ("slas",):
            yield here
        elif isinstance(value, dict) and here != ("variants",):
            yield from _without_value(value, here)


def _nothing(path: KeyPath, document: Document) -> Fault:
    remedy = "write a value, or take the key out"
    return Fault("the value is missing", document.place(path), dotted(path), remedy)


def _near(path: KeyPath, other: KeyPath) -> bool:
    """Whether two key paths lead into the same team, channel and so on, or one leads to the other."""
    length = min(2, len(path), len(other))
    return path[:length] == other[:length]


def _explained(
    error: ValidationError, document: Document, known_models: Mapping[int, type[Model]]
) -> Iterator[tuple[KeyPath, Fault]]:
    """Pydantic's findings in a planner's words, each with its key path and at its place in the file."""
    for finding in error.errors(include_url=False):
        is_key = finding["loc"] and finding["loc"][-1] == "[key]"
        path = tuple(part for part in finding["loc"] if not re.fullmatch(r"<\w+>|\[key\]", str(part)))
        path = tuple("else" if part == "else_" else part for part in path)
        kind, value = finding["type"], finding["input"]
        remedy = ""
        if kind == "planner":
            message, remedy = finding["ctx"]["words"], finding["ctx"]["remedy"]
            path += finding["ctx"]["at"]
            if path[-1:] == ("constant",) and not isinstance(_at(document.data, path[:-1]), dict):
                path = path[:-1]  # a plain duration is read as {constant: duration}
        place = document.place(path)
        if kind == "extra_forbidden":
            model = known_models.get(id(_at(document.data, path[:-1])))
            message, remedy = (
                unknown_key(str(path[-1]), model) if model else (f"unknown key '{path[-1]}'", "")
            )
            place = document.key_place(path)
        elif kind == "missing":
            message = f"'{path[-1]}' is missing"
            remedy = f"add `{path[-1]}: …`"
            path = path[:-1]
            place = document.place(path)
        elif kind == "planner":
            if is_key or finding["ctx"]["at"]:
                place = document.key_place(path)
        elif kind == "too_short":
            message, remedy = "nothing is given here", "name at least one"
        else:
            message, remedy = _wrong_kind(value, kind, finding.get("ctx", {}))
        yield path, Fault(message, place, dotted(path), remedy)


_WANTED = {
    "string_type": "a text",
    "dict_type": "a map of names to values",
    "model_type": "a map of keys to values",
    "model_attributes_type": "a map of keys to values",
    "list_type": "a list",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
}


def _wrong_kind(value: Any, kind: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Message and remedy for a text where a map belongs, a number where a text belongs, and the like."""
    wanted = _WANTED.get(kind, "another kind of value")
    if kind == "literal_error":
        wanted = str(context["expected"]).replace("'", "")
    message = f"{shown(value)} is not {wanted}"
    if value is None:
        return f"the value is missing (allowed: {wanted})", "write a value, or take the key out"
    if kind == "string_type" and isinstance(value, int | float):
        return message, f'put it in quotes: "{shown(value)}"'
    if kind == "bool_type":
        word = str(value).lower()
        meant = "true" if word in ("yes", "on", "true", "1") else "false"
        return message, f"write {meant}, without quotes" if word in _TRUTHS else ""
    if kind == "list_type" and isinstance(value, str):
        return message, f"write [{value}]"
    return message, ""


_TRUTHS = ("yes", "no", "on", "off", "true", "false", "1", "0")


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data
