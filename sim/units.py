"""Units a planner writes, and how results are written back.

Parsed: durations ("5m 30s"), rates ("900/day"), shares ("85%"), clock times ("08:00"), hours
("08:00-12:00, 13:00-17:00"), weekdays ("mon-fri"), breaks ("10:00+15m"), dates ("2026-03-02"), amounts of
money (12000) and prices ("28/h").
Every parser takes the value as it stands in the file (text, but also a bare number) and raises
`UnitError`, whose message shows that value and what is allowed. Inside the program times are
seconds, rates are per second, shares are fractions.
"""

import datetime
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Final

from sim.errors import nearest, shown

SECONDS: Final[Mapping[str, float]] = {
    "ms": 0.001,
    "s": 1.0,
    "min": 60.0,
    "h": 3_600.0,
    "d": 86_400.0,
    "w": 604_800.0,
}
"""Seconds in each unit that `format_duration` can write."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Short names of the ISO weekdays; the position is the number used everywhere (mon = 0)."""

DAY: Final = 86_400.0
"""Seconds in a day."""

YEAR: Final = 365 * DAY
"""Seconds in a year, for what is paid by the month or year; a month is a twelfth of it."""

PAY_PER: Final[Mapping[str, float]] = {"h": 3_600.0, "hour": 3_600.0}
"""What pay is given by: paid hours."""

RUNNING_PER: Final[Mapping[str, float]] = {
    "month": YEAR / 12,
    "year": YEAR,
    "week": 7 * DAY,
    "day": DAY,
}
"""What running costs are given by, in seconds."""

_QUANTITIES: Final = ("a duration", "a rate", "a share", "a percentage", "a price")
_LONGEST_DURATION: Final = Decimal(36_525 * 86_400)
_HIGHEST_PERCENTAGE: Final = Decimal(1_000_000)
_MOST_MONEY: Final = 1e12
_LONGEST_TEXT: Final = 200
_FIRST_YEAR, _LAST_YEAR = 1900, 2199

_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_QUANTITY = re.compile(rf"({_NUMBER})\s*([a-z]+)\s*")
_RATE = re.compile(rf"({_NUMBER})?\s*(?:/|per\b)\s*([a-z]+)")
_PRICE = re.compile(rf"({_NUMBER})\s*(?:/|per\b)\s*([a-z]+)")
_AMOUNT = re.compile(r"[^0-9.,-]*([0-9]{1,3}(?:[, ]?[0-9]{3})*(?:\.[0-9]+)?)[^0-9.,]*")
_PERCENT = re.compile(rf"({_NUMBER})\s*%")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")

_UNIT_WORDS: Final[Mapping[str, str]] = {
    word: unit
    for unit, words in {
        "ms": "ms millisecond milliseconds",
        "s": "s sec secs second seconds",
        "min": "m min mins minute minutes",
        "h": "h hr hrs hour hours",
        "d": "d day days",
        "w": "w week weeks",
    }.items()
    for word in words.split()
}
_EXACT_SECONDS: Final = {unit: Decimal(str(seconds)) for unit, seconds in SECONDS.items()}
_SHORT_UNIT: Final = {"min": "m"}

_DAY_NUMBERS: Final[Mapping[str, int]] = {
    **{name: number for number, name in enumerate(WEEKDAYS)},
    "monday": 0,
    "tuesday": 1,
    "wednesday": 2,
    "thursday": 3,
    "friday": 4,
    "saturday": 5,
    "sunday": 6,
}

_ALLOWED_DURATION = "a number with a unit, such as 90s, 5m 30s, 8h, 1d or 2w"
_ALLOWED_RATE = "a number per unit of time, such as 900/day, 12/h or 2/min"
_ALLOWED_CLOCK = "00:00 to 24:00"
_ALLOWED_HOURS = 'pieces from-to, such as "08:00-12:00, 13:00-17:00"'
_ALLOWED_WEEKDAYS = "mon, tue, wed, thu, fri, sat, sun, ranges such as mon-fri, or daily"
_ALLOWED_BREAK = "a clock time and a length, such as 10:00+15m"
_ALLOWED_DATE = f"year-month-day from {_FIRST_YEAR}-01-01 to {_LAST_YEAR}-12-31"


class UnitError(ValueError):
    """A value in the wrong unit or form.

    message: what is wrong, with the value as written and what is allowed.
    remedy: what to write instead; "" where that cannot be guessed.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(message, remedy)

    def __str__(self) -> str:
        return f"{self.message}; {self.remedy}" if self.remedy else self.message


def duration(value: object) -> float:
    """Seconds of a duration such as "90s", "5m 30s", "1.5h", "2 days" or "500ms".

    Units: ms, s, m or min, h, d, w, and their English words; each at most once, longest first.
    Raises UnitError for bare numbers, unknown units, negative times and more than 100 years.
    """
    text = _text(value, "a duration", _ALLOWED_DURATION, lambda n: f"write {n}s or {n}m")
    total, last = Decimal(0), math.inf
    end = 0
    while end < len(text) and (part := _QUANTITY.match(text, end)):
        unit = _unit(part[2], value, _ALLOWED_DURATION)
        if SECONDS[unit] >= last:
            raise UnitError(
                f"{shown(value)} mixes up its units (allowed: each unit once, longest first, such as 1h 30m)"
            )
        total, last, end = total + Decimal(part[1]) * _EXACT_SECONDS[unit], SECONDS[unit], part.end()
    if end and re.fullmatch(_NUMBER, text[end:]):
        raise UnitError(f"{shown(value)}: its last number needs a unit too (allowed: {_ALLOWED_DURATION})")
    if end == 0 or end < len(text):
        raise _misread(value, text, "a duration", _ALLOWED_DURATION)
    if total > _LONGEST_DURATION:
        raise UnitError(f"{shown(value)} is too long (allowed: up to 100 years, 36525d)")
    return float(total)


def rate(value: object) -> float:
    """Events per second of a rate such as "900/day", "12/h", "1.5 per min"; "/min" means one a minute.

    Raises UnitError for bare numbers, unknown units and negative rates.
    """
    text = _text(value, "a rate", _ALLOWED_RATE, lambda n: f"write {n}/day or {n}/h")
    found = _RATE.fullmatch(text)
    if not found:
        raise _misread(value, text, "a rate", _ALLOWED_RATE)
    unit = _unit(found[2], value, _ALLOWED_RATE)
    per_second = float(Decimal(found[1] or "1") / _EXACT_SECONDS[unit])
    if per_second > 1e9:
        raise UnitError(f"{shown(value)} is too high (allowed: up to a billion a second)")
    return per_second


def amount(value: object) -> float:
    """An amount of money, a plain number such as 12000. Raises UnitError for text and negative numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_MONEY:
        plain = _AMOUNT.fullmatch(value[:_LONGEST_TEXT]) if isinstance(value, str) else None
        raise UnitError(
            f"{shown(value)} is not an amount of money (allowed: a plain number, 0 to a million million)",
            f"write {re.sub('[, ]', '', plain[1])}" if plain else "",
        )
    return float(value)


def price(value: object, per: Mapping[str, float]) -> float:
    """Money for one of something, such as "28/h": the number, over the size of the unit as `per` has it.

    per: the units allowed, the usual one first, with their sizes. Raises UnitError for bare numbers, other
    units, currencies and negative numbers.
    """
    usual = next(iter(per))
    example = {"h": "28/h", "month": "300/month"}.get(usual, f"0.20/{usual}")
    allowed = f"money per {', '.join(per)}, such as {example}"
    text = _text(value, "a price", allowed, lambda number: f"write {number}/{usual}")
    found = _PRICE.fullmatch(text)
    if not found:
        money = re.fullmatch(rf"([^0-9.,/-]+)?\s*({_NUMBER})\s*([^0-9.,/-]+)?\s*/\s*([a-z]+)", text)
        remedy = f"write {money[2]}/{money[4]}; `currency:` names the currency" if money else ""
        raise _misread(value, text, "a price", allowed, remedy)
    if found[2] not in per:
        message = f"{shown(value)} is a price per something else (allowed: {allowed})"
        raise UnitError(message, f"work out what it is per {usual}")
    number = float(found[1])
    if number > _MOST_MONEY:
        raise UnitError(f"{shown(value)} is too much (allowed: up to a million million)")
    return number / per[found[2]]


def share(value: object) -> float:
    """Fraction of a share from "0%" to "100%": "85%" is 0.85. Raises UnitError, also for bare numbers."""
    return _percent(value, "a share", "0% to 100%", Decimal(100))


def percentage(value: object) -> float:
    """Fraction of a percentage without the limit of 100 %, such as a factor on volume: "112%" is 1.12.

    Raises UnitError for bare numbers, negative values and more than a million per cent.
    """
    return _percent(value, "a percentage", "0% or more, such as 112%", _HIGHEST_PERCENTAGE)


def _percent(value: object, what: str, allowed: str, highest: Decimal) -> float:
    text = _text(value, what, allowed, lambda n: _in_percent(n, highest))
    found = _PERCENT.fullmatch(text)
    if not found:
        raise _misread(value, text, what, allowed)
    per_cent = Decimal(found[1])
    if per_cent > highest:
        raise UnitError(f"{shown(value)} is more than {highest:,} % (allowed: {allowed})")
    return float(per_cent / 100)


def _in_percent(number: str, highest: Decimal) -> str:
    """A bare 0.85 may mean 85 %, and a bare 85 too: offer both where both are possible."""
    as_fraction = Decimal(number) * 100
    plain = f"{number}%"
    if "." in number and as_fraction <= highest:
        return f"write {as_fraction.normalize():f}%, or {plain} if that is meant"
    return f"write {plain}"


def clock(value: object) -> float:
    """Seconds of the day of a clock time from "00:00" to "24:00" (seconds optional: "08:00:30")."""
    text = _text(value, "a clock time", _ALLOWED_CLOCK, _clock_remedy)
    found = _CLOCK.fullmatch(text)
    if not found:
        raise _misread(value, text, "a clock time", _ALLOWED_CLOCK, _clock_remedy(text))
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > DAY:
        raise UnitError(f"{shown(value)} is not a time of the day (allowed: {_ALLOWED_CLOCK})")
    return float(seconds)


def _clock_remedy(text: str) -> str:
    """How a time written as 8, 8.30, 0830, 8h30 or 8:30 pm is written here; YAML reads 8.30 as 8.3."""
    found = re.fullmatch(r"([0-9]{1,2})(?:[.:h]([0-9]{1,2})|([0-9]{2}))?\s*(am|pm|a\.m\.|p\.m\.)?", text)
    if not found:
        return ""
    hour, minute = int(found[1]), int(found[3] or (found[2] or "00").ljust(2, "0"))
    if found[4]:
        hour = hour % 12 + (12 if found[4].startswith("p") else 0)
    return f'write "{hour:02d}:{minute:02d}"' if hour < 24 and minute < 60 else ""


def hours(value: object, *, overnight: bool = False) -> tuple[tuple[float, float], ...]:
    """Pieces (start, end) in seconds of the day of hours such as "08:00-12:00, 13:00-17:00", earliest first.

    With `overnight`, a piece whose end is before its start ends on the next day: "22:00-06:00" is
    (79200, 108000). Raises UnitError for empty, overlapping and (otherwise) backward pieces.
    """
    text = _text(value, "a span of hours", _ALLOWED_HOURS, _no_remedy)
    pieces = sorted(_piece(part.strip(), value, overnight) for part in text.split(","))
    for (_, end), (start, _) in pairwise(pieces):
        if start < end:
            raise UnitError(
                f"{shown(value)}: the piece from {format_clock(start)} begins before "
                f"{format_clock(end)}, the end of the one before (allowed: pieces that do not overlap)"
            )
    return tuple(pieces)


def _piece(text: str, value: object, overnight: bool) -> tuple[float, float]:
    ends = [part.strip() for part in re.split(r"-|\bto\b", text)]
    if len(ends) != 2 or not all(ends):
        raise UnitError(f"{shown(value)} is not a span of hours (allowed: {_ALLOWED_HOURS})")
    start, end = clock(ends[0]), clock(ends[1])
    if start in (DAY, end):
        raise UnitError(
            f"{_within(value, text)} has no length (allowed: {_ALLOWED_HOURS})",
            'write "00:00-24:00" for all day' if start == end else "",
        )
    if end < start:
        if overnight:
            return start, end + DAY
        before, after = f"{format_clock(start)}-24:00", f"00:00-{format_clock(end)}"
        remedy = f'write "{before}"' + (f' and, on the next day, "{after}"' if end else "")
        raise UnitError(
            f"{_within(value, text)} ends before it starts (allowed: {_ALLOWED_HOURS})",
            remedy,
        )
    return start, end


def weekdays(value: object) -> tuple[int, ...]:
    """Numbers (mon = 0), in ascending order, of days such as "mon-fri", "mon, wed", "fri-mon" or "daily".

    Full names ("monday") count too; a range may run over the end of the week.
    Raises UnitError for unknown names and for a day named twice.
    """
    text = _text(value, "a choice of weekdays", _ALLOWED_WEEKDAYS, _no_remedy)
    if text == "daily":
        return tuple(range(7))
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start = _weekday(first.strip(), value)
        end = _weekday(last.strip(), value) if dash else start
        if dash and start == end:
            raise UnitError(
                f"{_within(value, part.strip())} runs from a day to itself (allowed: {_ALLOWED_WEEKDAYS})",
                f"write {WEEKDAYS[start]} for the one day, daily for all seven",
            )
        days += [(start + i) % 7 for i in range((end - start) % 7 + 1)]
    for day in days:
        if days.count(day) > 1:
            raise UnitError(f"{shown(value)} names {WEEKDAYS[day]} twice (allowed: each day once)")
    return tuple(sorted(days))


def _weekday(name: str, value: object) -> int:
    if name in _DAY_NUMBERS:
        return _DAY_NUMBERS[name]
    if not name:
        raise UnitError(f"{shown(value)} leaves out a weekday (allowed: {_ALLOWED_WEEKDAYS})")
    best = None if "-" in name else nearest(name, WEEKDAYS) or nearest(name, _DAY_NUMBERS)
    message = f"{_within(value, name)} is not a weekday (allowed: {_ALLOWED_WEEKDAYS})"
    raise UnitError(message, f"write {best}" if best else "")


def break_(value: object) -> tuple[float, float]:
    """(start in seconds of the day, length in seconds) of a break such as "10:00+15m"."""
    text = _text(value, "a break", _ALLOWED_BREAK, _no_remedy)
    start_text, plus, length_text = text.partition("+")
    if not plus:
        raise UnitError(f"{shown(value)} is not a break (allowed: {_ALLOWED_BREAK})")
    start, length = clock(start_text.strip()), duration(length_text.strip())
    if start == DAY or not 0 < length < DAY:
        raise UnitError(
            f"{shown(value)} is not a break within a day "
            "(allowed: a start from 00:00 to 23:59 and a length above 0 and below 24h)"
        )
    return start, length


def date(value: object) -> datetime.date:
    """The day of a date such as "2026-03-02". Raises UnitError for other forms and unknown days."""
    text = _text(value, "a date", _ALLOWED_DATE, _no_remedy)
    found = _DATE.fullmatch(text)
    if not found:
        message = f"{shown(value)} is not a date (allowed: {_ALLOWED_DATE})"
        raise UnitError(message, "write the year first, such as 2026-03-02")
    year, month, day = (int(part) for part in found.groups())
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise UnitError(f"{shown(value)} is out of range (allowed: {_ALLOWED_DATE})")
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise UnitError(f"{shown(value)} is not in the calendar (allowed: {_ALLOWED_DATE})") from None


def _text(value: object, what: str, allowed: str, remedy: Callable[[str], str]) -> str:
    """The value as lower-case text, dashes made plain; a bare number is refused with a remedy of its own."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise UnitError(f"the value is missing (allowed: {allowed})")
    if isinstance(value, str):
        text = value[: _LONGEST_TEXT + 1].strip().lower().replace("–", "-").replace("−", "-")
        if len(text) <= _LONGEST_TEXT and not re.fullmatch(_NUMBER, text):
            return text
    else:
        text = shown(value)
    number = re.fullmatch(_NUMBER, text)
    why = ": it needs a unit" if number and what in _QUANTITIES else ""
    raise UnitError(f"{shown(value)} is not {what}{why} (allowed: {allowed})", remedy(text) if number else "")


def _no_remedy(_number: str) -> str:
    return ""


def _within(value: object, part: str) -> str:
    """The value, and the part of it that is meant where it is not the whole."""
    return shown(value) if shown(part) == shown(value) else f"{shown(value)}: {shown(part)}"


def _unit(word: str, value: object, allowed: str) -> str:
    if word in _UNIT_WORDS:
        return _UNIT_WORDS[word]
    best = nearest(word, _UNIT_WORDS)
    message = f"{shown(value)} has an unknown unit {shown(word)} (allowed: {allowed})"
    raise UnitError(message, f"did you mean {best}?" if best else "")


def _misread(value: object, text: str, what: str, allowed: str, remedy: str = "") -> UnitError:
    """The reason why text could not be read, with the slips that are easy to name."""
    if re.search(r"[0-9],[0-9]", text):
        plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", text).replace(",", ".")
        return UnitError(f"{shown(value)} has a comma in its number (allowed: {allowed})", f"write {plain}")
    if re.match(rf"-\s*{_NUMBER}", text):
        return UnitError(f"{shown(value)} is negative (allowed: {allowed})")
    return UnitError(f"{shown(value)} is not {what} (allowed: {allowed})", remedy)


def duration_unit(seconds: float) -> str:
    """The unit in which a duration reads best: s below 2 min, min below 2 h, h below a day, else d."""
    size = abs(seconds)
    if size < 120 or not math.isfinite(size):
        return "s"
    if size < 7_200:
        return "min"
    return "h" if size < DAY else "d"


def format_duration(seconds: float, unit: str | None = None) -> str:
    """A duration to three significant digits: 45 → "45 s", 252 → "4.2 min", 28440 → "7.9 h"; NaN → "no data".

    unit: one of `SECONDS`, to write several values alike; chosen by `duration_unit` if None.
    """
    unit = unit or duration_unit(seconds)
    if math.isnan(seconds):
        return "no data"
    return f"{_three_digits(seconds / SECONDS[unit])} {unit}"


def _three_digits(number: float) -> str:
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    if number == 0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(number))))
    text = f"{number:.{places}f}"
    plain = text.rstrip("0").rstrip(".") if "." in text else text
    return plain.replace("-", "−")


def format_share(fraction: float, digits: int = 1) -> str:
    """A fraction in per cent: 0.612 → "61.2 %"; NaN → "no data". digits: places after the point."""
    if math.isnan(fraction):
        return "no data"
    return f"{100 * fraction:.{digits}f} %".replace("-", "−")


def format_clock(seconds: float) -> str:
    """A time of the day: 28800 → "08:00", 28830 → "08:00:30"; a time of the next day goes on from 24:00."""
    whole = round(seconds)
    text = f"{whole // 3600:02d}:{whole // 60 % 60:02d}"
    return f"{text}:{whole % 60:02d}" if whole % 60 else text
