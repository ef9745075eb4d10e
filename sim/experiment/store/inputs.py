"""What the results in a store are of: everything that they depend on, and nothing else.

How many replications there are, on how many processes and on which engine they were simulated does not
matter: replication 7 is the same in all cases.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.catalogue import Request
from sim.compilation import SOURCES, digest_of
from sim.errors import shown
from sim.plan import Plan
from sim.scenario.naming import FILE_AS_WRITTEN
from sim.version import __version__

RESULTS_COME_FROM = (*SOURCES, "catalogue.py", "measures")
"""Sources of the package that make results of a Plan: others are another program, whatever its version."""

FORMAT = 1
"""Of the files in a store; raised by one when they change."""

TOLD_APART = ("seed", "replications")
"""Fields of a Plan outside its digest: the seed stands beside it, the number of replications may grow."""


@dataclass(frozen=True)
class StudyInputs:
    """One scenario with its variant, as simulated: `plan` is the digest of its Plan."""

    scenario: str
    variant: str
    seed: int
    plan: str
    measures: tuple[str, ...]

    @property
    def label(self) -> str:
        """Scenario and variant as messages name them."""
        return f"{shown(self.scenario)}, {self.variant}"


@dataclass(frozen=True)
class Inputs:
    """All that a command was given; `digest` tells two of them apart.

    version, sources: of the program that simulated and measured.
    """

    format: int
    version: str
    sources: str
    logs: bool
    studies: tuple[StudyInputs, ...]

    @classmethod
    def of(cls, plans: Sequence[tuple[Plan, Sequence[Request]]], *, logs: bool) -> Inputs:
        """Those of a run."""
        return cls(
            FORMAT,
            __version__,
            digest_of(RESULTS_COME_FROM),
            logs,
            tuple(
                StudyInputs(
                    plan.names.scenario,
                    plan.names.variant or FILE_AS_WRITTEN,
                    plan.seed,
                    plan_digest(plan),
                    tuple(str(request) for request in requests),
                )
                for plan, requests in plans
            ),
        )

    @classmethod
    def from_text(cls, text: str) -> Inputs:
        """Those that a manifest names.

        Raises:
            ValueError: the text is not as `to_text` wrote it.
        """
        try:
            record = json.loads(text)
            known = {field.name for field in dataclasses.fields(cls)}
            given = {name: value for name, value in record.items() if name in known}
            studies = [
                StudyInputs(**{**each, "measures": tuple(each["measures"])}) for each in given["studies"]
            ]
            inputs = cls(**{**given, "studies": tuple(studies)})
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("not a manifest") from error
        if inputs.to_text() != text:
            raise ValueError("not as it was written")
        return inputs

    def to_text(self) -> str:
        """The manifest."""
        return _json({**dataclasses.asdict(self), "digest": self.digest})

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return hashlib.sha256(_json(dataclasses.asdict(self)).encode()).hexdigest()

    def differences(self, other: Inputs) -> list[str]:
        """In which points a store's inputs differ from `other`, what a command is given; in plain words."""
        if self.format != other.format:
            return [f"its files are of format {self.format}, not {other.format}"]
        found = []
        if self.version != other.version:
            found.append(f"it was made by sim {self.version}, this is {other.version}")
        elif self.sources != other.sources:
            found.append(f"it was made by other sources of sim {self.version} than these")
        ours, theirs = ([study.label for study in each.studies] for each in (self, other))
        if ours != theirs:
            return [*found, f"it holds {'; '.join(ours)}, not {'; '.join(theirs)}"]
        for mine, asked in zip(self.studies, other.studies, strict=True):
            found += _changes(mine, asked)
        if self.logs != other.logs:
            found.append(f"it was made {'with' if self.logs else 'without'} logs (`--logs`)")
        return found


def _changes(kept: StudyInputs, asked: StudyInputs) -> Iterator[str]:
    if kept.seed != asked.seed:
        yield f"the seed of {kept.label} was {kept.seed}, not {asked.seed}"
    if kept.plan != asked.plan:
        yield f"the scenario {kept.label} has changed (plan {kept.plan[:12]}…, now {asked.plan[:12]}…)"
    more = [name for name in asked.measures if name not in kept.measures]
    fewer = [name for name in kept.measures if name not in asked.measures]
    for what, names in (("are new", more), ("are no longer asked for", fewer)):
        if names:
            first = f"{shown(names[0])}{', …' if len(names) > 1 else ''}"
            yield f"measures of {kept.label} {what}: {first}"
    if kept.measures != asked.measures and not more and not fewer:
        yield f"the measures of {kept.label} come in another order"


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plan_digest(plan: Plan) -> str:
    """SHA-256 of a Plan's fields, names included, but for those in `TOLD_APART`."""
    digest = hashlib.sha256()
    for field in dataclasses.fields(plan):
        if field.name not in TOLD_APART:
            digest.update(f"\n{field.name}=".encode())
            for part in _canonical(getattr(plan, field.name)):
                digest.update(part)
    return digest.hexdigest()


def _canonical(value: Any) -> Iterator[bytes]:
    """Bytes that two values have in common only if they are equal."""
    match value:
        case np.ndarray():
            ordered = np.asarray(value, dtype=value.dtype.newbyteorder("<"), order="C")
            yield f"{ordered.dtype.str}{ordered.shape}".encode()
            yield ordered.tobytes()
        case np.generic():
            yield from _canonical(value.item())
        case tuple():
            yield f"{len(value)}:".encode()
            for each in value:
                yield from _canonical(each)
        case bool() | int() | float() | str() | datetime.date():
            yield f"{value!r};".encode()
        case _ if dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                yield f"{field.name}=".encode()
                yield from _canonical(getattr(value, field.name))
        case _:
            raise TypeError(f"no canonical bytes are known for {type(value).__name__} in a Plan")
