"""The language of SLAs: what it accepts, and what it says to what it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.catalogue import request
from sim.errors import ScenarioError
from sim.scenario.sla import Sla, parse_entry, parse_request, parse_sla, unknown_names

HOUR = 3600.0


def faults(parse, text: object) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as caught:
        parse(text)
    return [(fault.message, fault.remedy) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fcr >= 85%", Sla("fcr >= 85%", request("fcr"), ">=", 0.85)),
        (
            "service_level(60s)>=80% for channel=phone",
            Sla(
                "service_level(60s)>=80% for channel=phone",
                request("service_level", arguments={"target": 60.0}, filters={"channel": "phone"}),
                ">=",
                0.8,
            ),
        ),
        (
            "  first_response.mean <= 4h 30m for channel=email, segment='high, value'  ",
            Sla(
                "first_response.mean <= 4h 30m for channel=email, segment='high, value'",
                request("first_response.mean", filters={"channel": "email", "segment": "high, value"}),
                "<=",
                4.5 * HOUR,
            ),
        ),
        (
            "occupancy < 90.5% for team=front line each day",
            Sla(
                "occupancy < 90.5% for team=front line each day",
                request("occupancy", filters={"team": "front line"}, by=("day",)),
                "<",
                0.905,
            ),
        ),
        (
            "service_level(20s, definition=met_or_left_early, short=2s, calendar=desk) > 70% "
            "each interval 09:00-12:00, 13:00-18:00",
            Sla(
                "service_level(20s, definition=met_or_left_early, short=2s, calendar=desk) > 70% "
                "each interval 09:00-12:00, 13:00-18:00",
                request(
                    "service_level",
                    arguments={
                        "target": 20.0,
                        "definition": "met_or_left_early",
                        "short": 2.0,
                        "calendar": "desk",
                    },
                    by=("interval",),
                ),
                ">",
                0.7,
                hours=((9 * HOUR, 12 * HOUR), (13 * HOUR, 18 * HOUR)),
            ),
        ),
        (
            "wait.quantile(90%, calendar=desk) <= 3m for channel=phone each hour",
            Sla(
                "wait.quantile(90%, calendar=desk) <= 3m for channel=phone each hour",
                request(
                    "wait.quantile",
                    arguments={"share": 0.9, "calendar": "desk"},
                    filters={"channel": "phone"},
                    by=("hour",),
                ),
                "<=",
                180.0,
            ),
        ),
        ("backlog <= 12.5", Sla("backlog <= 12.5", request("backlog"), "<=", 12.5)),
        (
            "offered >= 100 each hour",
            Sla("offered >= 100 each hour", request("offered", by=("hour",)), ">=", 100),
        ),
    ],
)
def test_an_sla_is_read_as_written(text: str, expected: Sla):
    assert parse_sla(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("", "a measure is expected, not the end", "begin with one, such as fcr >= 85%"),
        (">= 85%", "a measure is expected, not '>='", "begin with one, such as fcr >= 85%"),
        ("servce_level(60s) >= 80%", "no measure 'servce_level': did you mean 'service_level'?", ""),
        ("fcr", "the comparison is missing (allowed: >=, >, <=, <)", ""),
        ("fcr => 85%", "'=>' is not a comparison (allowed: >=, >, <=, <)", ""),
        ("fcr = 85%", "'=' is not a comparison", ""),
        ("fcr 85%", "'85%' is not a comparison", ""),
        ("fcr >=", "the target is missing", "write one such as 80%"),
        ("fcr >= 85", "'85' is not a share", "write 85%"),
        ("fcr >= 4h", "'4h' is not a share", ""),
        ("fcr >= 110%", "'110%' is more than 100 %", ""),
        ("wait.mean <= 80%", "'80%' is not a duration", ""),
        ("wait.mean <= 80", "'80' is not a duration", "write 80s or 80m"),
        ("backlog <= 80%", "'80%' is not a plain number", ""),
        ("backlog <= -1", "'-1' is not a plain number", ""),
        ("service_level >= 80%", "service_level needs its target: write service_level(60s)", ""),
        ("service_level(60) >= 80%", "'60' is not a duration", "write 60s or 60m"),
        ("service_level(60s, 5s) >= 80%", "has no definition '5s'", ""),
        ("wait.quantile <= 3m", "wait.quantile needs its share: write wait.quantile(90%)", ""),
        ("wait.quantile(90) <= 3m", "'90' is not a share", "write 90%"),
        ("wait.quantile(100%) <= 3m", "(allowed: a fraction above 0 and below 1; ", ""),
        ("wait.quantile(90%) <= 90%", "'90%' is not a duration", ""),
        ("wait.p90 <= 3m", "there is no measure 'wait.p90': write wait.quantile(90%)", ""),
        ("service_level(60s, taget=5s) >= 80%", "no argument 'taget': did you mean 'target'?", ""),
        ("service_level(60s, target=5s) >= 80%", "the argument target is given twice", ""),
        ("fcr(1d, 2d) >= 80%", "'2d' is one argument too many for fcr", ""),
        ("service_level(60s >= 80%", "a comma or closing bracket is expected, not '>='", ""),
        ("service_level(,) >= 80%", "an argument is expected, not ','", ""),
        ("service_level(60s", "a comma or closing bracket is expected, not the end", ""),
        ("fcr >= 85% for", "dimension=name is expected, not the end", ""),
        ("fcr >= 85% for phone", "dimension=name is expected, not 'phone'", ""),
        ("fcr >= 85% for channel=", "a name is expected after channel=, not the end", ""),
        ("fcr >= 85% for chanel=phone", "no dimension 'chanel': did you mean 'channel'?", ""),
        ("fcr >= 85% for team=frontline", "fcr has no dimension 'team'", ""),
        ("fcr >= 85% for channel=a, channel=b", "channel is given twice (a and b)", "write an SLA for each"),
        ("fcr >= 85% for channel='a", "the quote ' has no partner", ""),
        ("fcr >= 85% for day=2026-03-02", "day is not for filtering", "write each day or by day"),
        ("fcr >= 85% for weekday=monday", "'monday' is not a name of weekday (allowed: mon, tue,", ""),
        ("fcr >= 85% for hour=8", "'8' is not a name of hour (allowed: 00, 01,", ""),
        ("fcr >= 85% each week", "'week' is not a period after each (allowed: day, hour, interval)", ""),
        ("fcr >= 85% each", "the end is not a period after each", ""),
        (
            "fcr >= 85% each day 09:00-17:00",
            "'09:00-17:00' is out of place",
            "give hours after each interval",
        ),
        ("fcr >= 85% each hour 09:00-", "'09:00-'", ""),
        ("fcr >= 85% each hour 17:00-09:00", "17:00-09:00", ""),
        ("fcr >= 85% of cases", "'85% of cases' is not a share", ""),
        ("fcr >= 85% for channel=a)", "')' is out of place", ""),
        ("x" * 2000, "is too long (allowed: 1000 characters)", ""),
    ],
)
def test_a_faulty_sla_is_shown_beside_what_is_allowed(text: str, message: str, remedy: str):
    [(told, how)] = faults(parse_sla, text)
    assert message in told
    assert how.startswith(remedy)


def test_all_faults_of_an_sla_are_told_at_once():
    told = faults(parse_sla, "service_level(60) >= 80 for chanel=phone each day 09:00-10:00")
    assert len(told) == 3  # the target, the argument (it hides the dimension), the hours


def test_an_entry_may_carry_a_severity():
    assert parse_entry("fcr >= 85%").severity == "fail"
    assert parse_entry({"expect": "fcr >= 85%"}) == parse_sla("fcr >= 85%")
    assert parse_entry({"expect": "fcr >= 85%", "severity": "warn"}).severity == "warn"


def test_a_faulty_entry_tells_all_its_faults_with_their_paths():
    with pytest.raises(ScenarioError) as caught:
        parse_entry({"expct": "fcr >= 85%", "severity": "warning", "expect": "fcr"})
    assert {fault.path for fault in caught.value.faults} == {"expct", "severity", "expect"}
    assert "did you mean 'expect'?" in str(caught.value)


@pytest.mark.parametrize("entry", [3, None, ["fcr >= 85%"], {}, {"expect": 3}])
def test_what_is_not_an_sla_is_refused(entry: object):
    [(_, remedy)] = faults(parse_entry, entry)
    assert "service_level(60s) >= 80%" in remedy


def test_names_that_the_scenario_lacks_are_told_with_the_nearest():
    known = {"channel": ("phone", "email"), "segment": ("core",), "calendar": ("desk",)}
    asked = parse_request("wait.mean(calendar=dsk) for channel=fone, segment=core, weekday=mon")
    assert [(fault.message, fault.remedy) for fault in unknown_names(asked, known)] == [
        ("there is no channel 'fone'", "did you mean 'phone'?"),
        ("there is no calendar 'dsk'", "did you mean 'desk'?"),
    ]
    assert unknown_names(parse_request("wait.mean for channel=phone"), known) == ()


def test_a_request_may_be_cut_by_several_dimensions_but_not_twice_by_one():
    assert parse_request("asa by channel, day").by == ("channel", "day")
    assert "given twice" in faults(parse_request, "asa by day, day")[0][0]
    assert "name of a dimension is expected" in faults(parse_request, "asa by")[0][0]
    assert "out of place" in faults(parse_request, "asa >= 3s")[0][0]


@pytest.mark.parametrize(
    ("comparison", "below", "at", "above"),
    [
        (">=", False, True, True),
        (">", False, False, True),
        ("<=", True, True, False),
        ("<", True, False, False),
    ],
)
def test_a_comparison_means_what_it_says(comparison: str, below: bool, at: bool, above: bool):
    sla = parse_sla(f"fcr {comparison} 50%")
    assert [sla.met_by(value) for value in (0.49, 0.5, 0.51)] == [below, at, above]


@given(st.text(max_size=60) | st.text(alphabet="fcr()>=<%,'\" 8foreachdynl=1s", max_size=60))
def test_any_text_is_an_sla_or_a_fault(text: str):
    try:
        parsed = parse_sla(text)
    except ScenarioError:
        return
    assert parse_sla(parsed.text) == parsed
