"""Each file in testdata is wrong in one way; its first lines say what must be said, and of which line.

`# expect 12: path: message → remedy`: a fault in line 12 whose text holds these words. There must be as many
faults as expectations: one for each thing that is wrong, and nothing that only follows from it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.scenario.spec import NOT_BUILT_YET
from tests.cli.running import DAY, refused, sim, written

FILES = sorted((Path(__file__).parent / "testdata").glob("*.yaml"))


def expectations(path: Path) -> list[tuple[int, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"# expect (\d+): (.+)", line) for line in lines]
    return [(int(each[1]), each[2]) for each in found if each]


def blocks(message: str, path: Path) -> list[tuple[int, str]]:
    """Line and text (remedy after an arrow) of each fault of a file."""
    body = message.rsplit("\n", 2)[0]
    text = re.sub(r"\n +→ ", " → ", body)
    found = [re.fullmatch(re.escape(str(path)) + r":(\d+):(\d+): (.+)", line) for line in text.splitlines()]
    assert all(found), message
    return [(int(each[1]), each[3]) for each in found if each]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_each_fault_at_its_place(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    expected = expectations(path)
    assert expected, "a file of testdata must say what is expected"
    message = refused("validate", path)
    found = blocks(message, path)
    assert [line for line, _ in sorted(found)] == [line for line, _ in sorted(expected)], message
    for line, words in expected:
        assert any(words in text for at, text in found if at == line), f"{words}\nnot in\n{message}"
    assert list(tmp_path.iterdir()) == []


def test_the_message_ends_with_the_number_of_faults() -> None:
    path = next(path for path in FILES if path.stem == "everything_wrong_at_once")
    assert refused("validate", path).splitlines()[-1].startswith("7 faults;")


@pytest.mark.parametrize("command", ["validate", "resolve", "run", "compare", "check"])
def test_every_command_refuses_a_bad_file_in_the_same_words(command: str) -> None:
    path = next(path for path in FILES if path.stem == "unknown_journey")
    assert refused(command, path) == refused("validate", path)


@pytest.mark.parametrize("word", sorted(NOT_BUILT_YET))
def test_words_that_are_planned_but_not_built_are_refused_by_name(word: str, tmp_path: Path) -> None:
    path = written(tmp_path, DAY.replace("agents: 1,", f"agents: 1, {word}: 1,"))
    assert f"teams.desk.{word}: '{word}' is not built yet" in refused("validate", path)


@pytest.mark.parametrize("name", ["Küche", "前台", "zone-2", "a"])
def test_names_may_be_written_in_any_alphabet(name: str, tmp_path: Path) -> None:
    path = written(
        tmp_path, DAY.replace("  desk: {agents", f"  {name}: {{agents").replace("teams.desk", f"teams.{name}")
    )
    assert sim("validate", path).code == 0


def test_times_without_quotes_mean_what_they_say(tmp_path: Path) -> None:
    shift = "shifts:\n  early: {days: mon, hours: 8:30-16:00, breaks: {tea: 10:00+15m}}\n"
    text = DAY.replace("agents: 1,", "shifts: {early: 1},").replace(
        "teams.desk.agents", "teams.desk.shifts.early"
    )
    said = sim("resolve", written(tmp_path, text + shift))
    assert said.code == 0
    assert "8:30-16:00" in said.stdout
    assert "10:00+15m" in said.stdout
