"""The values a planner writes: durations, shares, distributions, routes, and any of them `by` something.

Each type validates the text in the file and holds the resolved value (seconds, fractions). A map with the
key ``by`` gives a value for each name of a dimension::

    {by: reason, repair: 6m, else: {by: segment, core: 4m, else: 5m}}
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sim import units
from sim.errors import did_you_mean, shown

if TYPE_CHECKING:
    from sim.scenario.tabulate import QuantileTable

TOLERANCE = 0.00101
"""Shares may add up to 100 % within 0.1 points: people write 33.3 % three times."""

T = TypeVar("T")


def complain(message: str, remedy: str = "", at: tuple[str, ...] = ()) -> PydanticCustomError:
    """A fault of the value at hand, or of what is `at` a path inside it, in words for the planner."""
    return PydanticCustomError("planner", "{words}", {"words": message, "remedy": remedy, "at": at})


@dataclass
class Reading:
    """What goes along while the models read a file.

    models: which model read which map, by the map's id, so that an unknown key can be answered with the
    known ones; forgiving: leave out unknown keys and let others stand in for wrong values.
    """

    models: dict[int, type[Model]] = dataclass_field(default_factory=dict)
    forgiving: bool = False


class Model(BaseModel):
    """Base of everything in a scenario: frozen, and strict about its keys."""

    model_config = ConfigDict(
        defer_build=True,  # once, for the whole Spec, instead of anew for each model inside it
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _note_reading(cls, data: Any, info: ValidationInfo) -> Any:
        if isinstance(info.context, Reading) and isinstance(data, dict):
            info.context.models[id(data)] = cls
            if info.context.forgiving and cls.model_config.get("extra") == "forbid":
                return {key: value for key, value in data.items() if key in cls.model_fields}
        return data


def parsed(parse: Callable[[Any], T], stand_in: T) -> BeforeValidator:
    """A validator from a function such as those of `sim.units`, whose messages reach the planner as they are.

    stand_in: taken for a wrong value in a forgiving reading.
    """

    def validate(value: Any, info: ValidationInfo) -> T:
        try:
            return parse(value)
        except units.UnitError as error:
            if isinstance(info.context, Reading) and info.context.forgiving:
                return stand_in
            raise complain(error.message, error.remedy) from None

    return BeforeValidator(validate)


def _number(what: str, at_least: float, at_most: float, remedy: str) -> Callable[[Any], float]:
    """A parser of plain numbers, or percentages of 1, within bounds outside of which samplers break down."""

    def parse(value: Any) -> float:
        number = value
        if isinstance(value, str) and value.strip().endswith("%"):
            number = units.percentage(value)
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        if not is_number or not at_least <= number <= at_most:
            allowed = f"(allowed: {at_least:g} to {at_most:g}, such as 0.8 or 80%)"
            raise units.UnitError(f"{shown(value)} is not {what} {allowed}", remedy if is_number else "")
        return float(number)

    return parse


_cv = _number(
    "a coefficient of variation", 0.001, 20, "for times that do not vary, write the duration alone: 4m"
)
_shape = _number("the shape of a Weibull distribution", 0.1, 20, "1 is exponential")


def _positive(value: Any) -> float:
    seconds = units.duration(value)
    if seconds <= 0:
        raise units.UnitError(f"{shown(value)} is too short (allowed: longer than zero)")
    return seconds


def whole(at_least: int, at_most: int) -> BeforeValidator:
    """A validator of whole numbers within bounds."""

    def parse(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not at_least <= value <= at_most:
            words = f"{shown(value)} is not a whole number (allowed: {at_least:,} to {at_most:,})"
            is_quoted = isinstance(value, str) and re.fullmatch("[1-9][0-9]{0,8}", value)
            raise units.UnitError(words, f"write {value}, without quotes" if is_quoted else "")
        return value

    return parsed(parse, max(1, at_least))


def written(what: str, *examples: str, pattern: str | None = None) -> WithJsonSchema:
    """How a value stands in the file, for the JSON Schema that editors use."""
    schema: dict[str, Any] = {"type": "string", "description": what, "examples": list(examples)}
    return WithJsonSchema(schema if pattern is None else {**schema, "pattern": pattern})


_NUMBER_OR_PERCENT = WithJsonSchema(
    {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "%$"}], "examples": [0.8, "80%"]}
)
_UNITS = "(ms|s|m|min|h|d|w|[a-z]+)"
DURATION = written("a duration with units", "90s", "5m 30s", "8h", pattern=rf"^\s*([0-9.]+ ?{_UNITS}\s*)+$")
PERCENT = written("a percentage", "85%", pattern="^[0-9.]+ ?%$")

Duration = Annotated[float, parsed(units.duration, 60.0), DURATION]
PositiveDuration = Annotated[float, parsed(_positive, 60.0), DURATION]
Share = Annotated[float, parsed(units.share, 0.0), PERCENT]
Percentage = Annotated[float, parsed(units.percentage, 0.0), PERCENT]
Rate = Annotated[float, parsed(units.rate, 0.0), written("a rate", "900/day", "12/h", pattern="/|per")]
Cv = Annotated[float, parsed(_cv, 1.0), _NUMBER_OR_PERCENT]


# --- distributions -----------------------------------------------------------------------------------------


class Uniform(Model):
    """Equally likely between two durations."""

    min: Duration
    """The shortest."""
    max: PositiveDuration
    """The longest."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min >= self.max:
            raise complain("min must be below max")
        return self


class Triangular(Model):
    """Between two durations, most likely at `mode`."""

    min: Duration
    """The shortest."""
    mode: Duration
    """The most likely."""
    max: PositiveDuration
    """The longest."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not (self.min <= self.mode <= self.max and self.min < self.max):
            raise complain("min, mode and max must rise: min <= mode <= max, min < max")
        return self


class Exponential(Model):
    """Memoryless, given by its mean."""

    mean: PositiveDuration
    """The mean."""


class MeanCv(Model):
    """Gamma or lognormal, given by mean and coefficient of variation (standard deviation / mean)."""

    mean: PositiveDuration
    """The mean."""
    cv: Cv
    """Coefficient of variation: standard deviation / mean."""


class Weibull(Model):
    """Weibull, given by its mean and shape (below 1: many short ones; above 1: wear-out)."""

    mean: PositiveDuration
    """The mean."""
    shape: Annotated[float, parsed(_shape, 1.0), _NUMBER_OR_PERCENT]
    """Below 1: many short ones; above 1: few."""


class Empirical(Model):
    """Measured quantiles with straight lines between them: `quantiles: {0%: 1s, …, 100%: 9m}`."""

    quantiles: dict[str, Duration]
    """Durations by percent, from 0% to 100%."""

    @model_validator(mode="after")
    def _monotone(self) -> Self:
        points = self.points()
        if len(points) < 2 or points[0][0] != 0.0 or points[-1][0] != 1.0:
            raise complain("quantiles must begin at 0% and end at 100%")
        for (p, x), (q, y) in itertools.pairwise(points):
            if q <= p or y < x:
                raise complain(f"quantiles must rise: {q:.4g} after {p:.4g} goes from {x:g} s to {y:g} s")
        return self

    def points(self) -> tuple[tuple[float, float], ...]:
        """(probability, seconds), in the order of the file."""
        try:
            return tuple((units.share(p), x) for p, x in self.quantiles.items())
        except ValueError as error:
            raise complain(f"quantiles: {error}") from None


def _plain_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise units.UnitError(f"{shown(value)} is not a plain number (allowed: such as 1.5)")
    return float(value)


class Scipy(Model):
    """Any continuous family of scipy.stats on positive values, drawn from a table of its quantiles.

    Its shape parameters are plain numbers, by their names there: `{family: burr12, c: 2, d: 1.5, scale: 3m}`.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[float, parsed(_plain_number, 1.0)]]

    family: str
    """The name in scipy.stats."""
    scale: PositiveDuration
    """What the standard form is multiplied by."""
    loc: Duration = 0.0
    """What is added after that."""

    @model_validator(mode="after")
    def _can_be_tabulated(self) -> Self:
        from sim.scenario.tabulate import FamilyError

        try:
            self.table()
        except FamilyError as error:
            raise complain(error.message, error.remedy, error.at) from None
        return self

    def table(self) -> QuantileTable:
        """The table it is drawn from, with its errors."""
        from sim.scenario.tabulate import tabulated

        return tabulated(self.family, self.__pydantic_extra__ or {}, self.loc, self.scale)


class Distribution(Model):
    """A random duration: exactly one family. A plain duration is a constant."""

    constant: Duration | None = None
    """Always the same."""
    uniform: Uniform | None = None
    """Equally likely between two durations."""
    triangular: Triangular | None = None
    """Between two durations, most likely at the mode."""
    exponential: Exponential | None = None
    """Memoryless."""
    gamma: MeanCv | None = None
    """Gamma, by mean and cv."""
    lognormal: MeanCv | None = None
    """Lognormal, by mean and cv: usual for handle times."""
    weibull: Weibull | None = None
    """Weibull, by mean and shape."""
    empirical: Empirical | None = None
    """Measured quantiles."""
    scipy: Scipy | None = None
    """Any other family, by its name in scipy.stats."""

    @model_validator(mode="before")
    @classmethod
    def _plain_duration(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return data
        if data is None:
            raise complain("the value is missing (allowed: 5m, or such as {exponential: {mean: 3m}})")
        return {"constant": data}

    @model_validator(mode="after")
    def _one_family(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise complain(
                f"a distribution has exactly one family, not {' and '.join(given) or 'none'} "
                f"(families: {', '.join(type(self).model_fields)})"
            )
        return self

    @property
    def family(self) -> str:
        """The name of the family that is given."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def mean(self) -> float:
        """The mean in seconds."""
        given = getattr(self, self.family)
        match given:
            case Uniform():
                return (given.min + given.max) / 2
            case Triangular():
                return (given.min + given.mode + given.max) / 3
            case Exponential() | MeanCv() | Weibull():
                return given.mean
            case Empirical():
                points = given.points()
                return sum((q - p) * (x + y) / 2 for (p, x), (q, y) in itertools.pairwise(points))
            case Scipy():
                return given.table().mean
            case _:
                return float(given)


# --- values by something -----------------------------------------------------------------------------------

Dimension = Literal["reason", "segment", "channel", "team", "hour", "attempt"]


def kind_of(value: Any) -> str:
    """The tag of a plain value or of one `by` something."""
    return "<by>" if isinstance(value, ByMap) or (isinstance(value, Mapping) and "by" in value) else "<plain>"


class ByMap(BaseModel):
    """A value for each name of a dimension; `else` covers the names not listed."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    by: Annotated[Dimension, BeforeValidator(lambda value: _dimension(value))]

    @property
    def cases(self) -> Mapping[str, Any]:
        """The value for each name listed."""
        return self.__pydantic_extra__ or {}

    @property
    def otherwise(self) -> Any:
        """The value under `else`, or None."""
        return getattr(self, "else_", None)


def _dimension(value: Any) -> Any:
    allowed = Dimension.__args__  # type: ignore[attr-defined]  # the names inside the Literal
    if value not in allowed:
        message = f"{shown(value)} is not something a value can depend on (allowed: {', '.join(allowed)})"
        raise complain(message, did_you_mean(value, allowed) if isinstance(value, str) else "")
    return value


class ByShare(ByMap):
    """Shares by something."""

    __pydantic_extra__: dict[str, ShareValue]
    else_: ShareValue | None = Field(None, alias="else")


ShareValue = Annotated[
    Annotated[Share, Tag("<plain>")] | Annotated[ByShare, Tag("<by>")], Discriminator(kind_of)
]


class ByDistribution(ByMap):
    """Distributions by something."""

    __pydantic_extra__: dict[str, DistributionValue]
    else_: DistributionValue | None = Field(None, alias="else")


DistributionValue = Annotated[
    Annotated[Distribution, Tag("<plain>")] | Annotated[ByDistribution, Tag("<by>")], Discriminator(kind_of)
]


def _share_kind(value: Any) -> str:
    return "<rest>" if value == "rest" else kind_of(value)


RouteShare = Annotated[
    Annotated[Share, Tag("<plain>")]
    | Annotated[ByShare, Tag("<by>")]
    | Annotated[Literal["rest"], Tag("<rest>")],
    Discriminator(_share_kind),
]


class ByRoutes(ByMap):
    """Routes by something."""

    __pydantic_extra__: dict[str, Routes]
    else_: Routes | None = Field(None, alias="else")


def _routes_kind(value: Any) -> str:
    if isinstance(value, str):
        return "<to>"
    return "<by>" if kind_of(value) == "<by>" else "<shares>"


Routes = Annotated[
    Annotated[str, Tag("<to>")]
    | Annotated[dict[str, RouteShare], Tag("<shares>")]
    | Annotated[ByRoutes, Tag("<by>")],
    Discriminator(_routes_kind),
]
"""Where a contact goes next: a name, or a share for each name (one may be `rest`); either may be `by`."""


def by_reason_unless_said(value: Any) -> Any:
    """`{order_status: 85%, repair: 35%}` is short for the same map with `by: reason`."""
    if isinstance(value, dict) and "by" not in value:
        return {"by": "reason", **value}
    return value


ShareByReason = Annotated[ShareValue, BeforeValidator(by_reason_unless_said)]

for _model in (ByShare, ByDistribution, ByRoutes):
    _model.model_rebuild()


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every plain value inside a by-value with its key path below `value`."""
    if isinstance(value, ByMap):
        for name, case in value.cases.items():
            yield from leaves(case, (*path, name))
        if value.otherwise is not None:
            yield from leaves(value.otherwise, (*path, "else"))
    elif value is not None:
        yield path, value


def scipy_families(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Scipy]]:
    """Every family of scipy.stats inside a model or value, with its key path below `value`."""
    if isinstance(value, Scipy):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from scipy_families(getattr(value, name), (*path, field.alias or name))
        for name, part in (value.__pydantic_extra__ or {}).items():
            yield from scipy_families(part, (*path, name))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from scipy_families(part, (*path, str(name)))


def is_certain(share: float) -> bool:
    """Whether a share is 100 % up to rounding of what was written."""
    return math.isclose(share, 1.0, abs_tol=1e-9)
