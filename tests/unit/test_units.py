"""Units: what a planner writes, what it means, and what is said when it means nothing."""

import datetime
import math
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import units
from sim.units import UnitError

PARSERS: list[Callable[[object], object]] = [
    units.duration,
    units.rate,
    units.share,
    units.percentage,
    units.clock,
    units.hours,
    lambda value: units.hours(value, overnight=True),
    units.weekdays,
    units.break_,
    units.date,
    lambda value: units.price(value, units.PAY_PER),
    lambda value: units.price(value, units.RUNNING_PER),
]


def refusal(parse: Callable[[object], object], value: object) -> UnitError:
    with pytest.raises(UnitError) as caught:
        parse(value)
    return caught.value


# --- durations ---


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("5m 30s", 330),
        ("5m30s", 330),
        ("8h", 8 * 3600),
        ("1d", 86_400),
        ("2w", 14 * 86_400),
        ("500ms", 0.5),
        ("1.5h", 5400),
        (".5 h", 1800),
        ("0.1s", 0.1),
        ("0s", 0),
        ("2 days 3 hours", 2 * 86_400 + 3 * 3600),
        ("4.2 min", 252),
        ("1H 30M", 5400),
        ("36525d", 36_525 * 86_400),
    ],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert units.duration(text) == seconds


@pytest.mark.parametrize("value", ["90", 90])
def test_a_bare_number_is_no_duration_and_the_remedy_adds_units(value: object) -> None:
    error = refusal(units.duration, value)
    assert "90" in error.message
    assert "needs a unit" in error.message
    assert error.remedy == "write 90s or 90m"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("5x", "'5x' has an unknown unit 'x'"),
        ("-5m", "'-5m' is negative"),
        ("5s 3h", "'5s 3h' mixes up its units"),
        ("5m 5m", "'5m 5m' mixes up its units"),
        ("1h30", "'1h30': its last number needs a unit too"),
        ("soon", "'soon' is not a duration"),
        ("36526d", "'36526d' is too long"),
        ("9" * 300 + "d", "is not a duration"),
        ("", "the value is missing"),
        (None, "the value is missing"),
        (True, "true is not a duration"),
        ({"mean": "5m"}, "a map (mean) is not a duration"),
        (["5m"], "a list of 1 is not a duration"),
        (-5, "-5 is not a duration"),
    ],
)
def test_what_is_no_duration_is_refused_with_what_is_allowed(value: object, words: str) -> None:
    message = refusal(units.duration, value).message
    assert words in message
    assert "(allowed: " in message


def test_a_number_too_long_to_be_written_out_is_refused() -> None:
    assert "a number of very many digits is not a duration" in refusal(units.duration, 10**5000).message


def test_a_decimal_comma_is_refused_with_a_point_in_the_remedy() -> None:
    assert refusal(units.duration, "1,5h").remedy == "write 1.5h"


def test_a_misspelt_unit_is_answered_with_the_nearest() -> None:
    assert refusal(units.duration, "5 minuts").remedy == "did you mean minutes?"


# --- rates ---


@pytest.mark.parametrize(
    ("text", "per_second"),
    [
        ("900/day", 900 / 86_400),
        ("12/h", 12 / 3600),
        ("12 / hour", 12 / 3600),
        ("12 per hour", 12 / 3600),
        ("/min", 1 / 60),
        ("/s", 1),
        ("70/week", 70 / 604_800),
        ("1.5/min", 1.5 / 60),
        ("0/day", 0),
    ],
)
def test_a_rate_is_read_per_second(text: str, per_second: float) -> None:
    assert units.rate(text) == per_second


@pytest.mark.parametrize(
    ("value", "words", "remedy"),
    [
        (900, "900 is not a rate: it needs a unit", "write 900/day or 900/h"),
        ("900", "'900' is not a rate: it needs a unit", "write 900/day or 900/h"),
        ("900/dya", "unknown unit 'dya'", "did you mean day?"),
        ("1,200/day", "a comma in its number", "write 1200/day"),
        ("-3/h", "'-3/h' is negative", ""),
        ("900 a day", "'900 a day' is not a rate", ""),
        ("1" + "0" * 20 + "/s", "is too high", ""),
    ],
)
def test_what_is_no_rate_is_refused(value: object, words: str, remedy: str) -> None:
    error = refusal(units.rate, value)
    assert words in error.message
    assert error.remedy == remedy


# --- shares and percentages ---


@given(st.integers(0, 10_000))
def test_a_share_in_hundredths_of_a_per_cent_is_the_nearest_number(hundredths: int) -> None:
    assert units.share(f"{hundredths // 100}.{hundredths % 100:02d}%") == hundredths / 10_000


def test_a_share_ends_at_100_per_cent_and_a_percentage_does_not() -> None:
    assert units.share("100%") == 1.0
    assert "'100.1%' is more than 100 %" in refusal(units.share, "100.1%").message
    assert units.percentage("112%") == 1.12
    assert units.percentage("0 %") == 0.0


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        (85, "write 85%"),
        ("85", "write 85%"),
        (1, "write 1%"),
        (0.85, "write 85%, or 0.85% if that is meant"),
        ("12.5", "write 12.5%"),
        ("8,5%", "write 8.5%"),
    ],
)
def test_a_share_without_its_sign_is_refused_with_what_was_probably_meant(value: object, remedy: str) -> None:
    assert refusal(units.share, value).remedy == remedy


def test_a_negative_share_is_refused() -> None:
    assert "'-3%' is negative (allowed: 0% to 100%)" in refusal(units.share, "-3%").message


# --- clock times and hours ---


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:00", 0), ("08:00", 28_800), ("8:30", 30_600), ("23:59:59", 86_399), ("24:00", 86_400)],
)
def test_a_clock_time_is_read_in_seconds_of_the_day(text: str, seconds: float) -> None:
    assert units.clock(text) == seconds


@pytest.mark.parametrize("text", ["25:00", "24:01", "08:60", "08:00:60", "-1:00", "08:00 h", "noon", ""])
def test_what_is_no_clock_time_is_refused(text: str) -> None:
    assert "(allowed: 00:00 to 24:00)" in refusal(units.clock, text).message


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        (8, 'write "08:00"'),
        (8.3, 'write "08:30"'),
        ("8.30", 'write "08:30"'),
        ("0830", 'write "08:30"'),
        ("8h30", 'write "08:30"'),
        ("8am", 'write "08:00"'),
        ("8:30 pm", 'write "20:30"'),
        ("12:15 am", 'write "00:15"'),
    ],
)
def test_other_ways_to_write_a_time_are_refused_with_the_right_way(value: object, remedy: str) -> None:
    assert refusal(units.clock, value).remedy == remedy


def test_hours_are_pieces_in_order_of_time() -> None:
    pieces = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
    assert units.hours("08:00-12:00, 13:00-17:00") == pieces
    assert units.hours("13:00–17:00,08:00 to 12:00") == pieces
    assert units.hours("00:00-24:00") == ((0, 86_400),)
    assert units.hours("08:00-12:00, 12:00-13:00") == ((28_800, 43_200), (43_200, 46_800))


def test_hours_over_midnight_need_to_be_allowed() -> None:
    assert units.hours("22:00-06:00", overnight=True) == ((79_200, 108_000),)
    error = refusal(units.hours, "22:00-06:00")
    assert "'22:00-06:00' ends before it starts" in error.message
    assert error.remedy == 'write "22:00-24:00" and, on the next day, "00:00-06:00"'
    assert refusal(units.hours, "22:00-00:00").remedy == 'write "22:00-24:00"'


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("08:00-08:00", "has no length"),
        ("08:00-12:00, 11:00-13:00", "the piece from 11:00 begins before 12:00"),
        ("08:00", "is not a span of hours"),
        ("08:00-", "is not a span of hours"),
        ("08:00-12:00-14:00", "is not a span of hours"),
        ("08:00-25:00", "'25:00' is not a time of the day"),
        ("closed", "'closed' is not a span of hours"),
        (8, "8 is not a span of hours"),
    ],
)
def test_what_is_no_span_of_hours_is_refused(value: object, words: str) -> None:
    assert words in refusal(units.hours, value).message


# --- days ---


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("mon,wed", (0, 2)),
        ("wed, mon", (0, 2)),
        ("daily", (0, 1, 2, 3, 4, 5, 6)),
        ("sat-sun", (5, 6)),
        ("fri-mon", (0, 4, 5, 6)),
        ("sun", (6,)),
        ("Monday - Wednesday, sat", (0, 1, 2, 5)),
    ],
)
def test_weekdays_are_numbered_from_monday(text: str, days: tuple[int, ...]) -> None:
    assert units.weekdays(text) == days


@pytest.mark.parametrize(
    ("value", "words", "remedy"),
    [
        ("tues", "'tues' is not a weekday", "write tue"),
        ("mon, fry", "'mon, fry': 'fry' is not a weekday", "write fri"),
        ("mon,", "leaves out a weekday", ""),
        ("mon-fri, wed", "names wed twice", ""),
        ("mon-mon", "runs from a day to itself", "write mon for the one day, daily for all seven"),
        ("mon-wed-fri", "is not a weekday", ""),
        (1, "1 is not a choice of weekdays", ""),
        (True, "true is not a choice of weekdays", ""),
    ],
)
def test_what_is_no_weekday_is_refused(value: object, words: str, remedy: str) -> None:
    error = refusal(units.weekdays, value)
    assert words in error.message
    assert error.remedy == remedy


def test_a_break_is_a_start_and_a_length() -> None:
    assert units.break_("10:00+15m") == (36_000, 900)
    assert units.break_("23:50 + 30m") == (85_800, 1800)


@pytest.mark.parametrize(
    "value", ["10:00", "10:00+15", "10:00+0s", "24:00+5m", "10:00+24h", "15m+10:00", 10, None]
)
def test_what_is_no_break_is_refused(value: object) -> None:
    assert "(allowed: " in refusal(units.break_, value).message


def test_a_date_is_year_month_day() -> None:
    assert units.date("2026-03-02") == datetime.date(2026, 3, 2)
    assert units.date("2028-02-29") == datetime.date(2028, 2, 29)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-02-30", "is not in the calendar"),
        ("02.03.2026", "is not a date"),
        ("2026-3-2", "is not a date"),
        ("1899-12-31", "is out of range"),
        ("2200-01-01", "is out of range"),
        (20260302, "20260302 is not a date"),
    ],
)
def test_what_is_no_date_is_refused(value: object, words: str) -> None:
    message = refusal(units.date, value).message
    assert words in message
    assert "from 1900-01-01 to 2199-12-31" in message


# --- all of them ---


@pytest.mark.parametrize("parse", PARSERS)
@given(
    st.one_of(
        st.text(st.characters(codec=None)),
        st.text("0123456789.,:;-+/%hmsdw amonfri"),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.none(),
        st.lists(st.integers()),
        st.dictionaries(st.just("a"), st.integers()),
    )
)
def test_any_value_is_read_or_refused_in_words_without_jargon(
    parse: Callable[[object], object], value: object
) -> None:
    refused = ""
    try:
        parse(value)
    except UnitError as error:
        refused = str(error)
    assert refused.isprintable()
    assert isinstance(value, str) or not re.search(r"int|str|dict|NoneType|float", refused)


def test_an_error_in_full_is_message_and_remedy() -> None:
    assert str(UnitError("'5' is wrong (allowed: 6)", "write 6")) == "'5' is wrong (allowed: 6); write 6"
    assert str(UnitError("'5' is wrong (allowed: 6)")) == "'5' is wrong (allowed: 6)"


# --- money ---


@pytest.mark.parametrize(
    ("text", "per_second"),
    [("36/h", 0.01), ("36 per hour", 0.01), ("0/h", 0.0), ("7.2 / h", 0.002)],
)
def test_pay_is_by_the_hour(text: str, per_second: float) -> None:
    assert units.price(text, units.PAY_PER) == pytest.approx(per_second)


@pytest.mark.parametrize(
    ("text", "a_year"),
    [("300/month", 3600), ("3600/year", 3600), ("10/day", 3650), ("7/week", 365)],
)
def test_running_costs_are_by_the_month_a_twelfth_of_365_days_or_another_span(
    text: str, a_year: float
) -> None:
    assert units.price(text, units.RUNNING_PER) * units.YEAR == pytest.approx(a_year)


def test_a_fee_is_for_one_of_something() -> None:
    assert units.price("0.20/session", {"session": 1.0}) == 0.2


@pytest.mark.parametrize(
    ("value", "message", "remedy"),
    [
        (28, "28 is not a price: it needs a unit", "write 28/h"),
        ("28", "'28' is not a price: it needs a unit", "write 28/h"),
        ("200/day", "'200/day' is a price per something else (allowed: money per h, hour", "work out"),
        ("-28/h", "'-28/h' is negative", ""),
        ("€28/h", "'€28/h' is not a price", "write 28/h; `currency:` names the currency"),
        ("28 EUR/h", "'28 EUR/h' is not a price", "write 28/h; `currency:` names the currency"),
        ("28,50/h", "'28,50/h' has a comma", "write 28.50/h"),
        ("2000000000000/h", "is too much", ""),
        (None, "the value is missing", ""),
    ],
)
def test_a_faulty_price_is_shown_beside_what_is_allowed(value: object, message: str, remedy: str) -> None:
    error = refusal(lambda given: units.price(given, units.PAY_PER), value)
    assert message in error.message
    assert error.remedy.startswith(remedy)
    assert bool(error.remedy) == bool(remedy)


@pytest.mark.parametrize(("value", "number"), [(12000, 12000.0), (0, 0.0), (0.5, 0.5)])
def test_an_amount_is_a_plain_number(value: object, number: float) -> None:
    assert units.amount(value) == number


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("12000", "write 12000"),
        ("12,000", "write 12000"),
        ("€ 1 200.50", "write 1200.50"),
        ("12000 EUR", "write 12000"),
        ("12,5", ""),  # 12.5 or 125?
        ("-5", ""),
        (-5, ""),
        (2e12, ""),
        (True, ""),
        (None, ""),
        ("much", ""),
    ],
)
def test_what_is_no_amount_is_refused_with_the_number_that_is_meant(value: object, remedy: str) -> None:
    error = refusal(units.amount, value)
    assert "is not an amount of money (allowed: a plain number" in error.message
    assert error.remedy == remedy


# --- written back ---


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.35, "0.35 s"),
        (45, "45 s"),
        (90, "90 s"),
        (252, "4.2 min"),
        (28_440, "7.9 h"),
        (112_320, "1.3 d"),
        (-14, "−14 s"),
        (12_345, "3.43 h"),
        (math.nan, "no data"),
        (math.inf, "∞ s"),
    ],
)
def test_a_duration_is_written_with_three_digits_in_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert units.format_duration(seconds) == text


def test_durations_can_be_written_in_one_unit() -> None:
    assert units.format_duration(360, "h") == "0.1 h"
    assert units.format_duration(36_000, "h") == "10 h"


@given(st.floats(1e-6, 1e9))
def test_a_duration_written_and_read_again_is_the_same_within_half_of_the_third_digit(seconds: float) -> None:
    assert units.duration(units.format_duration(seconds)) == pytest.approx(seconds, rel=0.0051)


def test_a_share_is_written_in_per_cent_with_one_place() -> None:
    assert units.format_share(0.612) == "61.2 %"
    assert units.format_share(0.8, 0) == "80 %"
    assert units.format_share(-0.052) == "−5.2 %"
    assert units.format_share(math.nan) == "no data"


def test_a_clock_time_is_written_as_it_is_read() -> None:
    assert units.format_clock(28_800) == "08:00"
    assert units.format_clock(28_830) == "08:00:30"
    assert units.format_clock(108_000) == "30:00"
