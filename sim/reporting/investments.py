"""What a redesign costs at once and when it has paid for itself, in words for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.text import Text

from sim.analysis.investment import Investment, Payback, Returns, Spending
from sim.reporting import words
from sim.units import DAY, YEAR, format_share

WEEK = 7 * DAY
CAVEAT = "A year is taken for {windows:.3g} times the span simulated; nothing is discounted."


def spending_lines(spent: Spending, currency: str) -> Iterator[Text]:
    """What is spent at once, and a warning where that is too much."""
    parts = [f"{name} {_money(amount)}" for name, amount in spent.one_off.items()]
    what = ", ".join(parts) if len(parts) > 1 else next(iter(spent.one_off))
    yield Text(f"spends {_money(spent.total, currency)} at once ({what})")
    if spent.budget is not None:
        over = f", {format_share(spent.over, 0)} over it" if spent.over > 0 else ""
        line = f"the budget is {_money(spent.budget, currency)}{over}"
        yield Text(f"warning: {line}", style="yellow") if spent.is_over else Text(line)


def investment_lines(found: Investment, currency: str) -> Iterator[Text]:
    """The same, and what it brings back."""
    yield from spending_lines(found.spending, currency)
    if found.returns is None:
        yield Text(f"payback is not known: {found.why_not}", style="dim")
    else:
        yield from (Text(line) for line in _returns(found.returns, currency))


def caveat(horizon: float) -> str:
    """What payback and ROI take for granted."""
    said = CAVEAT.format(windows=YEAR / horizon)
    if horizon % WEEK == 0:
        return said
    return f"{said}\n    The span is not in whole weeks: with a horizon of 7d weekends count as they are."


def _returns(found: Returns, currency: str) -> Iterator[str]:
    if found.finding is Payback.NO_DATA:
        yield "payback is not known: no data"
        return
    yield _saving(found, currency)
    match found.finding:
        case Payback.NEVER:
            yield "never pays back"
        case Payback.NOT_SETTLED:
            more = "" if found.more is None else f" (about {found.more:,} more replications)"
            yield f"whether it pays back is not settled{more}; not before {_time(found.payback_low)}"
        case Payback.NO_INTERVAL if math.isinf(found.payback):
            yield "does not pay back, as far as can be told without an interval"
        case _:
            unit, size = _unit(found.payback)
            times = (found.payback, found.payback_low, found.payback_high)
            value, *between = _rounded(*(time / size for time in times))
            yield f"pays back in {value} {unit}{_between(*between)}"
    years = f"{found.years} year{'s' if found.years > 1 else ''}"
    value, *between = _rounded(*(100 * each for each in (found.roi, found.roi_low, found.roi_high)))
    yield f"return on investment (ROI) over {years}: {value} %{_between(*between)}"


def _saving(found: Returns, currency: str) -> str:
    if found.saving == found.saving_low == found.saving_high == 0:
        return "saves nothing: the cost is identical in every replication"
    saves = found.saving >= 0
    ends = (found.saving_low, found.saving_high) if saves else (-found.saving_high, -found.saving_low)
    value, *between = _rounded(abs(found.saving), *ends)
    amount = f"{value} {currency}".rstrip()
    interval = " (no interval)" if found.finding is Payback.NO_INTERVAL else _between(*between)
    return (f"saves {amount} a year" if saves else f"costs {amount} more a year") + interval


def _between(low: str, high: str) -> str:
    return "" if words.NOTHING in (low, high) or low == high else f" [{low}, {high}]"


def _rounded(value: float, low: float, high: float) -> tuple[str, str, str]:
    """A value and the ends of its interval, in as many digits as the nearer end is worth."""
    near = min(high - value, value - low)
    if near > 0:
        places = words.decimals_for(near) if near < 10 else 1 - math.floor(math.log10(near))
    else:
        places = 1 if abs(value) < 100 else 0
    numbers = (each if math.isnan(each) else round(each, places) for each in (value, low, high))
    first, second, third = (words.number(each, max(0, places)) for each in numbers)
    return first, second, third


def _money(amount: float, currency: str = "") -> str:
    return f"{words.number(amount, 0 if amount == round(amount) else 2)} {currency}".rstrip()


def _time(years: float) -> str:
    unit, size = _unit(years)
    return f"{words.number(years / size, 1)} {unit}"


def _unit(years: float) -> tuple[str, float]:
    """The unit in which a payback reads best, and its length in years."""
    if years < 2 / 12:
        return "days", DAY / YEAR
    return ("months", 1 / 12) if years < 2 else ("years", 1.0)
