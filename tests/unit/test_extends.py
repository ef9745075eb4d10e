from pathlib import Path

import pytest

from sim import ScenarioError, load
from sim.scenario.document import read

BASE = """
name: Desk
time: {start: 2026-03-02, horizon: 1d}
channels: {phone: {arrivals: {volume: 100/day}, journey: voice}}
journeys: {voice: {answer: {work: {time: 5m}, next: resolved}}}
teams: {front: {agents: 3, skills: {answer: 1}}}
variants: {more: {teams.front.agents: +2}}
"""


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "child.yaml"


def test_a_file_says_only_what_differs_from_the_one_it_extends(tmp_path: Path) -> None:
    child = written(
        tmp_path,
        base=BASE,
        child="extends: base.yaml\nname: Branch\nteams.front.agents: +1\n"
        "variants: {fewer: {teams.front.agents: 1}}",
    )
    scenario = load(child)
    assert scenario.name == "Branch"
    assert scenario.spec.teams["front"].agents == 4
    assert scenario.variants == ("more", "fewer")
    assert load(child, "more").spec.teams["front"].agents == 6


def test_each_value_knows_the_file_that_it_comes_from(tmp_path: Path) -> None:
    child = written(tmp_path, base=BASE, child="extends: base.yaml\nteams.front.agents: 9\n")
    document = load(child).document
    assert document.origin(("teams", "front", "agents")).endswith("child.yaml:2:21")
    assert document.origin(("channels", "phone", "journey")).endswith("base.yaml:4:58")


def test_files_may_extend_files_that_extend_files(tmp_path: Path) -> None:
    child = written(tmp_path, base=BASE, middle="extends: base.yaml\nname: M", child="extends: middle.yaml")
    assert load(child).name == "M"


def test_a_circle_is_refused_with_all_its_files(tmp_path: Path) -> None:
    child = written(tmp_path, middle="extends: child.yaml", child="extends: middle.yaml")
    with pytest.raises(ScenarioError, match=r"circle: child\.yaml → middle\.yaml → child\.yaml"):
        load(child)


def test_a_missing_parent_is_told_at_the_line_that_names_it(tmp_path: Path) -> None:
    child = written(tmp_path, base=BASE, child="name: x\nextends: bsae.yaml")
    with pytest.raises(ScenarioError) as caught:
        load(child)
    fault = caught.value.faults[0]
    assert fault.place is not None
    assert (fault.place.line, fault.path) == (2, "extends")
    assert "bsae.yaml" in fault.message


def test_a_fault_in_the_parent_is_told_at_its_place_there(tmp_path: Path) -> None:
    child = written(tmp_path, base=BASE.replace("5m", "5"), child="extends: base.yaml")
    with pytest.raises(ScenarioError) as caught:
        load(child)
    assert str(caught.value.faults[0].place).endswith("base.yaml:5:42")
    assert read(tmp_path / "base.yaml").data["name"] == "Desk"
