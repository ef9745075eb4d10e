"""Words and numbers: what a measure is called in a table, and how a value with its interval is written."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim import catalogue
from sim.analysis.interval import Estimate
from sim.catalogue import Argument, Request, Unit
from sim.units import format_duration

NOTHING = "–"
"""Stands for "no data"."""

_DURATIONS = (("s", 1.0, 120.0), ("min", 60.0, 7200.0), ("h", 3600.0, 172_800.0), ("d", 86_400.0, math.inf))


@dataclass(frozen=True)
class Scale:
    """A unit as shown: its symbol, and how many of the measure's own units it is."""

    symbol: str
    size: float


def scale_for(unit: Unit, *values: float) -> Scale:
    """The unit in which these values of one measure read best; durations by the largest of them."""
    if unit == "share":
        return Scale("%", 0.01)
    if unit != "duration":
        return Scale("", 1.0)
    largest = max((abs(value) for value in values if not math.isnan(value)), default=0.0)
    return next(Scale(symbol, size) for symbol, size, limit in _DURATIONS if largest < limit)


def title(request: Request, currency: str = "") -> str:
    """A measure in words, its arguments filled in: "answered within 60 s"; money with its currency."""
    measure = catalogue.lookup(request.measure)
    kinds = {parameter.name: parameter.kind for parameter in measure.parameters}
    texts = {name: _argument(kinds[name], value) for name, value in request.arguments}
    words = measure.title.format(**texts)
    if "calendar" in texts:
        words += f", open time of {texts['calendar']}"
    if measure.unit == "money" and currency:
        words += f", {currency}"
    return words


def _argument(kind: str, value: Argument) -> str:
    if isinstance(value, str):
        return value
    return f"{value * 100:.6g} %" if kind == "share" else format_duration(value)


def subject(request: Request) -> str:
    """What the measure is about: the names it is filtered on, or "" for everything."""
    return ", ".join(name for _, name in request.filters)


def decimals_for(half_width: float) -> int:
    """Decimals that an uncertainty is worth: its leading digit, and one more after a leading 1."""
    if not 0 < half_width < math.inf:
        return 1
    magnitude = math.floor(math.log10(half_width))
    leading = half_width / 10**magnitude
    return min(3, max(0, -magnitude + (1 if leading < 1.95 else 0)))


def number(value: float, decimals: int) -> str:
    """A plain number with thousands separated and a true minus sign; "–" for none."""
    if math.isnan(value):
        return NOTHING
    text = f"{abs(value):,.{decimals}f}"
    return f"−{text}" if value < 0 and float(text.replace(",", "")) != 0 else text


def estimate(found: Estimate, unit: Unit, scale: Scale | None = None) -> str:
    """A value with half its interval: "61.2 % ±1.1"; without interval the bare value.

    The same value in every replication has a bound on one side of it: "0 % (up to 14)".
    """
    if math.isnan(found.value):
        return NOTHING
    scale = scale or scale_for(unit, found.value)
    value = found.value / scale.size
    symbol = f" {scale.symbol}" if scale.symbol else ""
    if not found.has_interval:
        decimals = 0 if abs(value) >= 100 else 2 if unit in ("number", "money") else 1
        return f"{number(value, decimals)}{symbol}"
    half = found.half_width / scale.size
    decimals = decimals_for(half)
    if half > 0 and (found.low == found.value or found.high == found.value):
        words, bound = ("up to", found.high) if found.low == found.value else ("at least", found.low)
        return f"{number(value, decimals)}{symbol} ({words} {number(bound / scale.size, decimals)})"
    shown = number(half, decimals)
    if not float(shown.replace(",", "")):
        shown = f"<{number(10.0**-decimals, decimals)}"
    return f"{number(value, decimals)}{symbol} ±{shown}"


def difference(value: float, low: float, high: float, unit: Unit, scale: Scale) -> tuple[str, str]:
    """A difference and its interval as texts: ("+22.7 pp", "[+21.6, +23.8]")."""
    if math.isnan(value):
        return NOTHING, ""
    symbol = "pp" if unit == "share" else scale.symbol
    half = (high - low) / 2 / scale.size
    decimals = decimals_for(half) if half > 0 else 1

    def signed(x: float) -> str:
        text = number(x / scale.size, decimals)
        return text if text.startswith("−") or not text.strip("0.,") else f"+{text}"

    interval = "" if math.isnan(low) else f"[{signed(low)}, {signed(high)}]"
    return f"{signed(value)} {symbol}".rstrip(), interval
