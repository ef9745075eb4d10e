"""Relative values of a variant: `+2`, `-30s`, `x1.2` change what the base says instead of replacing it.

Sums keep the unit of the base (`+30s` to `5m` is `5m 30s` in seconds, `+5%` to `80%` is `85%`, `+100/day` to
`900/day` is `1000/day`); products scale every number of it (`x1.2` of `1m 40s` is `1.2m 48s`).
"""

import re
from decimal import Decimal
from typing import Any, Final

from sim import units
from sim.errors import shown

_RELATIVE: Final = re.compile(
    r"(?P<sign>[-+]) ?(?P<sum>[0-9.].*)|[×x*] ?(?P<factor>[0-9.]+%?)", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ONE_QUANTITY: Final = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit> ?[^0-9 ].*)?")


def is_relative(value: Any) -> bool:
    """Whether a value is written like +2, -2 or x1.2; no plain value of the language is below zero."""
    if isinstance(value, int | float):
        return value < 0
    return isinstance(value, str) and bool(_RELATIVE.fullmatch(value))


def changed(old: Any, change: Any) -> int | float | str:
    """What `change` makes of the value `old` of the base.

    Raises ValueError where the base has no number or quantity, the units do not go together, or the result
    is below zero.
    """
    found = _RELATIVE.fullmatch(str(change))
    is_number = isinstance(old, int | float) and not isinstance(old, bool)
    if found is None or not (is_number or (isinstance(old, str) and old[:1].isdigit())):
        raise ValueError(f"the base has {shown(old)} here, which is no number to change")
    try:
        if found["factor"]:
            return _scaled(old, _factor(found["factor"]))
        return _moved(old, found["sign"], found["sum"].strip())
    except ArithmeticError:
        raise ValueError("that cannot be computed") from None


def _factor(text: str) -> Decimal:
    return Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)


def _scaled(old: int | float | str, factor: Decimal) -> int | float | str:
    if isinstance(old, str):
        return _NUMBER.sub(lambda number: _plain(Decimal(number[0]) * factor), old)
    return _number(Decimal(str(old)) * factor, old)


def _moved(old: int | float | str, sign: str, amount: str) -> int | float | str:
    direction = Decimal(1 if sign == "+" else -1)
    change = _ONE_QUANTITY.fullmatch(amount)
    if not isinstance(old, str):
        if change is None or change["unit"]:
            raise ValueError(f"it has a unit, but the base has the plain number {old}")
        return _number(_not_negative(Decimal(str(old)) + direction * Decimal(change["number"])), old)
    base = _ONE_QUANTITY.fullmatch(old)
    if base and change and (base["unit"] or "").strip() == (change["unit"] or "").strip():
        total = Decimal(base["number"]) + direction * Decimal(change["number"])
        return f"{_plain(_not_negative(total))}{base['unit'] or ''}"
    try:
        seconds = [Decimal(str(units.duration(text))) for text in (old, amount)]
    except ValueError:
        raise ValueError(f"its unit is not that of the base, which has '{old}'") from None
    return f"{_plain(_not_negative(seconds[0] + direction * seconds[1]))}s"


def _not_negative(total: Decimal) -> Decimal:
    if total < 0:
        raise ValueError(f"the result would be {_plain(total)}, below zero")
    return total


def _number(total: Decimal, old: int | float) -> int | float:
    """Whole numbers stay whole; 4 people x1.25 are 5, x1.2 are none that the models accept."""
    return int(total) if isinstance(old, int) and total == total.to_integral_value() else float(total)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
