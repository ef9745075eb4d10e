"""The catalogue is well formed, and requests are canonical."""

import re
from itertools import chain

import pytest

from sim.catalogue import (
    DIMENSIONS,
    MEASURES,
    PER_REPLICATION,
    Combined,
    Measure,
    Terms,
    lookup,
    request,
)
from sim.scenario.sla import parse_request

EVERY_MEASURE = pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))


@EVERY_MEASURE
def test_a_measure_says_what_it_is_in_a_sentence_with_a_source(measure: Measure):
    assert re.fullmatch(r"[A-Z`].*\.", measure.definition)
    assert re.fullmatch(r"(\[\w+\] ?)+", measure.source)
    assert any(word in measure.definition for word in ("/", "averaged", "per replication"))


@EVERY_MEASURE
def test_a_title_names_only_parameters_of_its_measure(measure: Measure):
    names = {parameter.name for parameter in measure.parameters}
    assert set(re.findall(r"{(\w+)}", measure.title)) <= names


@EVERY_MEASURE
def test_alternatives_belong_to_a_choice_or_an_optional_parameter(measure: Measure):
    choices = {
        f"{p.name}={choice}" for p in measure.parameters for choice in p.choices if choice != p.default
    }
    optional = {p.name for p in measure.parameters if p.optional}
    assert set(measure.alternatives) <= choices | optional
    assert choices <= set(measure.alternatives)


@EVERY_MEASURE
def test_a_measure_can_be_cut_by_when_and_by_something_else(measure: Measure):
    assert {"day", "hour", "interval"} < set(measure.dimensions)
    assert set(measure.dimensions) <= set(DIMENSIONS[measure.table])


def test_a_combined_measure_is_cut_only_by_what_all_its_parts_can_be_cut_by():
    combined = [measure for measure in MEASURES.values() if isinstance(measure.terms, Combined)]
    assert {"cost", "cost_per_solved_case"} <= {measure.name for measure in combined}
    for measure in combined:
        terms = measure.terms
        assert isinstance(terms, Combined)
        for part in (*terms.above, *([terms.below] if terms.below else [])):
            assert isinstance(MEASURES[part].terms, Terms)
            assert MEASURES[part].terms.denominator == PER_REPLICATION
            assert not MEASURES[part].parameters
            assert set(measure.dimensions) <= set(MEASURES[part].dimensions)


def test_shares_and_scales_have_bounds_and_nothing_else_has():
    assert lookup("nps").bounds == (-100.0, 100.0)
    assert lookup("ces").bounds == (1.0, 5.0)
    assert lookup("cost_per_case").bounds is None
    assert lookup("service_level").bounds == (0.0, 1.0)
    assert lookup("wait.mean").bounds is None


def test_equal_questions_are_equal_requests_whatever_their_order_and_defaults():
    short = request(
        "service_level", arguments={"target": 60}, filters={"segment": "core", "channel": "phone"}
    )
    full = request(
        "service_level",
        arguments={"short": 5.0, "definition": "offered", "target": 60.0},
        filters={"channel": "phone", "segment": "core"},
    )
    assert short == full
    assert hash(short) == hash(full)
    assert short != request("service_level", arguments={"target": 61.0})


@pytest.mark.parametrize(
    "text",
    [
        "fcr",
        "fcr(604800s)",
        "service_level(60s)",
        "service_level(0.5s, definition=answered, calendar=desk) for channel=phone by day, interval",
        'asa(calendar="my desk") for segment="high, value" by channel',
        "wait.quantile(90%)",
        "time_to_resolution.quantile(99.9%, calendar=desk) by segment",
        "occupancy for weekday=mon by team, hour",
    ],
)
def test_a_request_reads_as_it_was_written(text: str):
    assert str(parse_request(text)) == text


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"measure": "servce_level"}, "no measure 'servce_level': did you mean 'service_level'"),
        ({"measure": "service_level"}, r"needs its target: write service_level\(60s\)"),
        ({"measure": "service_level", "arguments": {"target": "60s"}}, "'60s', not a number of seconds"),
        ({"measure": "service_level", "arguments": {"target": -1.0}}, "-1.0, not a number of seconds"),
        (
            {"measure": "service_level", "arguments": {"target": 1.0, "definition": "anwsered"}},
            "no definition 'anwsered': did you mean 'answered'",
        ),
        ({"measure": "fcr", "arguments": {"windw": 1.0}}, "no argument 'windw': did you mean 'window'"),
        ({"measure": "occupancy", "arguments": {"x": 1.0}}, "no argument 'x': it takes none"),
        ({"measure": "wait.quantile"}, r"needs its share: write wait.quantile\(90%\)"),
        (
            {"measure": "wait.quantile", "arguments": {"share": 1.0}},
            r"share is 1.0 \(allowed: a fraction above 0 and below 1",
        ),
        ({"measure": "wait.quantile", "arguments": {"share": 0.0}}, "share is 0.0"),
        ({"measure": "wait.quantile", "arguments": {"share": "90%"}}, "share is '90%'"),
        ({"measure": "wait.p90"}, r"no measure 'wait.p90': write wait.quantile\(90%\)"),
        ({"measure": "asa.p90"}, "no measure 'asa.p90': did you mean"),
        ({"measure": "fcr", "by": ("chanel",)}, "no dimension 'chanel': did you mean 'channel'"),
        ({"measure": "fcr", "filters": {"team": "x"}}, "fcr has no dimension 'team'"),
        (
            {"measure": "cost_per_contact", "filters": {"channel": "phone"}},
            "no dimension 'channel': known: day, weekday, hour, interval; "
            "of its parts there are cost.people by team, cost.bots by channel",
        ),
        ({"measure": "cost.people", "by": ("channel",)}, "cost.people has no dimension 'channel'"),
        ({"measure": "cost.running", "by": ("team",)}, "cost.running has no dimension 'team'"),
    ],
)
def test_an_impossible_request_is_refused_with_what_is_allowed(asked: dict, message: str):
    with pytest.raises(ValueError, match=message):
        request(**asked)


def test_the_measures_that_a_planner_asks_for_are_there():
    families = {name.split(".")[0] for name in MEASURES}
    assert families >= set(
        chain(
            (
                "service_level",
                "wait",
                "asa",
                "first_response",
                "human_response",
                "abandonment",
                "handle_time",
            ),
            ("occupancy", "utilisation", "overtime", "backlog", "resolution", "fcr", "contacts_per_case"),
            (
                "containment",
                "true_containment",
                "false_containment",
                "handoff",
                "gave_up_in_bot",
                "automation",
            ),
            ("offered", "contacts", "time_to_resolution"),
            ("cost", "cost_per_contact", "cost_per_case", "cost_per_solved_case", "csat", "nps", "ces"),
        )
    )
