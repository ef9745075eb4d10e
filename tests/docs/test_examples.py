"""Every example of the documentation runs, page by page, and prints what the page shows."""

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.examples import Block, Reader, blocks, commands, matches

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
RUN = [name for name, text in TEXTS.items() if any(b.language in ("console", "python") for b in blocks(text))]
SKIPPED = [(name, block) for name, text in TEXTS.items() for block in blocks(text) if block.is_skipped]


def prepared(folder: Path, text: str) -> Path:
    """An empty folder made ready for a page: who reads of `scenarios/` is in the project's own folder."""
    if "scenarios/" in text:
        shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    return folder


@pytest.mark.parametrize("name", RUN)
def test_a_page_followed_word_by_word_shows_what_happens(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    reader = Reader(prepared(tmp_path, TEXTS[name]))
    for block in blocks(TEXTS[name]):
        reader.follow(block)


@pytest.mark.parametrize(("name", "block"), SKIPPED, ids=[f"{name}:{block.line}" for name, block in SKIPPED])
def test_a_block_that_is_not_run_says_why(name: str, block: Block) -> None:
    assert block.reason, f"{name}:{block.line}: say why after `console skip`"
    pytest.skip(f"not run: {block.reason}")


@pytest.mark.parametrize("name", TEXTS)
def test_links_to_other_files_lead_somewhere(name: str) -> None:
    folder = (ROOT / name).parent
    missing = [link for link in _links(TEXTS[name]) if not (folder / link).exists()]
    assert missing == []


def _links(text: str) -> list[str]:
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return [target.split("#")[0] for target in targets if not target.startswith(("http", "#", "mailto:"))]


# ------------------------------------------------------------------ the reader of examples, tried on its own


@pytest.mark.parametrize(
    ("shown", "actual", "same"),
    [
        ("one\ntwo", "one\ntwo\n", True),
        ("one", "one\ntwo\n", False),
        ("one\n…", "one\ntwo\nthree\n", True),
        ("…\nthree", "one\ntwo\nthree\n", True),
        ("…\nfour", "one\ntwo\nthree\n", False),
        ("one\n…\ntwo", "one\ntwo\n", True),
        ("wait … s", "wait 45 s\n", True),
        ("wait … s", "wait 45 min\n", False),
        ("wait … s", "wait 45\nor 6 s\n", False),
        ("a  b", "a     b\n", True),
        ("a  b", "a b\n", False),
        ("", "", True),
        ("", "something\n", False),
    ],
)
def test_shown_output_is_compared_line_by_line(shown: str, actual: str, same: bool) -> None:
    assert matches(shown, actual) is same


def test_a_wrong_output_and_a_failure_that_is_not_shown_are_found(tmp_path: Path) -> None:
    for text in ("$ echo yes\nno\n", "$ echo fault; exit 3\n…\n"):
        with pytest.raises(AssertionError):
            Reader(tmp_path).follow(Block("console", (), text, 1))


def test_commands_follow_each_other_in_one_folder(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    page = (
        "```yaml a/b.yaml\none: 1\ntwo: 2\n```\n"
        "- in a list\n  ```diff a/b.yaml\n   one: 1\n  -two: 2\n  +two: 3\n  ```\n"
        "```console\n$ cd a\n$ cat b.yaml\none: 1\ntwo: 3\n$ sh -c 'exit 4'; echo $?\n4\n```\n"
        "```python\nnumber = 5\n```\n```python\nassert number == 5\n```\n"
    )
    for block in blocks(page):
        reader.follow(block)
    assert reader.folder == tmp_path / "a"
    assert reader.names["number"] == 5


def test_places_of_blocks_and_commands_are_those_in_the_page() -> None:
    (block,) = blocks("# Title\n\n```console skip it takes long\n$ one\nout\n$ two\n```\n")
    assert (block.line, block.reason) == (3, "it takes long")
    assert [(command.text, command.shown, command.line) for command in commands(block)] == [
        ("one", "out", 4),
        ("two", "", 6),
    ]
