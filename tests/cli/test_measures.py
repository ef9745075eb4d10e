"""`sim measures`: every measure with title, unit, direction, arguments, dimensions, definition."""

import json
import re

import pytest

from sim.catalogue import MEASURES, SOURCES
from sim.cli.measures import WIDTH, example
from sim.scenario.sla import parse_request
from tests.cli.running import refused, sim

NAMES = list(MEASURES)


def listed() -> list[dict]:
    return json.loads(sim("measures", "--json").stdout)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_every_measure_is_listed_in_the_order_of_reports() -> None:
    said = sim("measures")
    assert said.code == 0
    starts = [line.split()[0] for line in said.stdout.splitlines() if re.match(r"[a-z]", line)]
    assert [start for start in starts if start in MEASURES] == [*NAMES, "contacts", "cases"]  # and two tables


def test_the_list_fits_a_page() -> None:
    assert max(map(len, sim("measures").stdout.splitlines())) <= WIDTH == 100


def test_a_measure_is_shown_with_its_definition_arguments_unit_and_direction() -> None:
    shown = sim("measures", "service_level").stdout
    assert "answered within 60s" in shown
    assert MEASURES["service_level"].definition in squeezed(shown)
    for argument in (
        "target, such as 60s",
        "definition=offered or answered",
        "short=5s",
        "[calendar, such as",
    ):
        assert argument in shown
    assert "share, of contacts, higher is better" in shown
    assert "channel, segment, reason, attempt, day, weekday, hour, interval" in shown


def test_a_family_is_listed_by_what_its_names_begin_with() -> None:
    shown = sim("measures", "wait").stdout
    assert re.findall(r"^wait\S*", shown, re.MULTILINE) == ["wait.mean", "wait.quantile", "wait.share_over"]
    assert "asa" not in shown


def test_a_measure_that_does_not_exist_ends_with_the_nearest_name() -> None:
    assert "did you mean 'service_level'" in refused("measures", "servce_level")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("wait.p90", "wait.quantile(90%)"),
        ("first_response.p99.5", "first_response.quantile(99.5%)"),
        ("handle_time.median", "handle_time.quantile(50%)"),
    ],
)
def test_the_short_names_of_quantiles_lead_to_the_one_spelling(asked: str, meant: str) -> None:
    assert f"write {meant}" in refused("measures", asked)


def test_json_holds_all_that_the_catalogue_says() -> None:
    found = {each["name"]: each for each in listed()}
    assert list(found) == NAMES
    quantile = found["wait.quantile"]
    assert (quantile["unit"], quantile["better"], quantile["table"]) == ("duration", "lower", "contacts")
    assert quantile["dimensions"] == list(MEASURES["wait.quantile"].dimensions)
    assert quantile["arguments"] == [
        {"name": "share", "kind": "share", "required": True, "default": None, "choices": []},
        {"name": "calendar", "kind": "calendar", "required": False, "default": None, "choices": []},
    ]
    definition = next(a for a in found["service_level"]["arguments"] if a["name"] == "definition")
    assert (definition["default"], definition["required"]) == ("offered", False)
    assert "met_or_left_early" in definition["choices"]
    assert all(each["definition"] == MEASURES[name].definition for name, each in found.items())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_to_be_written_can_be_read(name: str) -> None:
    assert parse_request(example(MEASURES[name])).measure == name


@pytest.mark.parametrize("name", NAMES)
def test_the_sources_of_a_measure_are_named_in_full(name: str) -> None:
    keys = re.findall(r"\[(\w+)\]", MEASURES[name].source)
    assert keys
    assert squeezed(SOURCES[keys[0]]) in squeezed(sim("measures", name).stdout)
