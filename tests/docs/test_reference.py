"""The reference says what the code says."""

import re
import runpy
from pathlib import Path

import pytest

from sim.cli.init import templates
from sim.cli.main import app
from sim.errors import ExitCode
from sim.scenario.sla import parse_sla

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
MADE: dict[str, str] = runpy.run_path(str(REFERENCE.parent / "make_reference.py"))["pages"]()


@pytest.mark.parametrize("name", MADE)
def test_a_page_made_from_the_code_is_in_step_with_it(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == MADE[name], "run: python docs/make_reference.py"


def test_the_pages_name_every_key_and_link_to_sections_that_exist() -> None:
    for page in MADE.values():
        sections = {heading.lower().replace(" ", "-").replace(".", "") for heading in _headings(page)}
        links = set(re.findall(r"\(#([\w-]+)\)", page))
        assert links
        assert links <= sections
    for key in ("`attempts_to_human`", "`by_weekday`", "`keeps_place`", "`quantiles`", "`else`"):
        assert f"| {key} |" in MADE["language.md"].replace("*", "")


def _headings(page: str) -> list[str]:
    return re.findall(r"^## (.+)$", page, re.MULTILINE)


def test_the_slas_shown_as_examples_can_be_read() -> None:
    section = MADE["language.md"].split("## SLAs")[1].split("\n## ")[0]
    examples = re.findall(r"^    (.+)$", section, re.MULTILINE)
    assert len(examples) >= 5
    for example in examples:
        parse_sla(example)


def test_every_command_starter_and_exit_code_is_listed() -> None:
    page = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    commands = [command.callback.__name__ for command in app.registered_commands if command.callback]
    assert "compare" in commands
    for command in (*commands, *(str(group.name) for group in app.registered_groups)):
        assert f"| `sim {command}" in page
    for template in templates():
        assert f"`{template}`" in page
    for code in ExitCode:
        assert f"| {code.value} | `{code.name}` |" in page


def test_every_word_of_the_glossary_has_one_meaning_and_a_source_that_is_listed() -> None:
    page = (REFERENCE / "glossary.md").read_text(encoding="utf-8")
    rows = [row.strip("| ").split(" | ") for row in page.splitlines() if row.startswith("| ")][1:]
    assert len({word for word, _, _ in rows}) == len(rows) > 30
    listed = set(re.findall(r"^(\d+)\. ", page, re.MULTILINE))
    cited = {source.strip("[]") for _, _, source in rows}
    assert cited - {"own"} == listed
