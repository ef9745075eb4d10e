import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim.cli.init import templates
from sim.scenario.document import parse, read
from sim.scenario.schema import scenario_schema, schema_text

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("scenarios/*.yaml"), *ROOT.glob("sim/templates/*.yaml")])

GOOD = """
name: Desk
time: {start: 2026-03-02, horizon: 1d}
channels: {phone: {arrivals: {volume: 100/day}, patience: 3m, journey: voice}}
journeys:
  voice:
    answer: {work: {time: {by: hour, "08": 5m, else: {gamma: {mean: 5m, cv: 0.8}}}}, next: resolved}
teams: {front: {agents: 3, skills: {answer: 1}}}
"""


@pytest.fixture(scope="module")
def validator() -> Any:
    jsonschema.Draft202012Validator.check_schema(scenario_schema())
    return jsonschema.Draft202012Validator(scenario_schema())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_scenario_fits_the_schema(validator: Any, file: Path) -> None:
    faults = [
        f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(read(file).data)
    ]
    assert faults == []


def test_the_shipped_schema_is_that_of_the_models() -> None:
    shipped = (ROOT / "scenarios" / "scenario.schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(), "run: sim schema > scenarios/scenario.schema.json"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("volume", "volum"),
        ("100/day", "100"),
        ("agents: 3", "agents: three"),
        ("horizon: 1d", "horizon: 1"),
        ("gamma:", "gama:"),
        ("cv: 0.8", "cv: much"),
        ("by: hour", "by: hours"),
        ("start: 2026-03-02", "start: tomorrow"),
        ("journey: voice", "journeys: voice"),
        ("name: Desk", "named: Desk"),
        ("skills: {answer: 1}", "skill: {answer: 1}"),
    ],
)
def test_the_schema_flags_a_wrong_key_or_value(validator: Any, old: str, new: str) -> None:
    assert not list(validator.iter_errors(parse(GOOD, "good").data))
    assert old in GOOD
    assert list(validator.iter_errors(parse(GOOD.replace(old, new), "bad").data))


def test_a_file_that_extends_another_may_leave_things_out_and_use_dotted_keys(validator: Any) -> None:
    assert not list(validator.iter_errors({"extends": "base.yaml", "teams.front.agents": 4}))
    assert list(validator.iter_errors({"extends": "base.yaml", "team": {}}))


def test_every_key_is_described() -> None:
    missing = [
        f"{name}.{key}"
        for name, definition in scenario_schema()["$defs"].items()
        for key, value in definition.get("properties", {}).items()
        if isinstance(value, dict) and "description" not in value and key not in ("by", "else")
    ]
    assert missing == []


def test_every_template_says_what_it_is_about_and_names_the_schema() -> None:
    assert set(templates()) == {"phone_desk", "omnichannel", "bot_first", "counter"}
    assert all(about.endswith(".") for about in templates().values())
    for file in (ROOT / "sim" / "templates").glob("*.yaml"):
        assert file.read_text(encoding="utf-8").startswith(
            "# yaml-language-server: $schema=scenario.schema.json\n"
        )
    assert json.loads(schema_text())["title"] == "sim scenario"
