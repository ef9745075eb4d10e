"""YAML text as data with places: what is read, what is refused, and what is said about it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import Fault, Place, ScenarioError
from sim.scenario.document import MAX_BYTES, MAX_DEPTH, MAX_FAULTS, MAX_VALUES, Document, KeyPath, parse, read


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as caught:
        parse(text, "x.yaml")
    return caught.value.faults


def only_fault(text: str) -> Fault:
    found = faults(text)
    assert len(found) == 1, [str(fault) for fault in found]
    return found[0]


def where(fault: Fault) -> tuple[int, int]:
    assert fault.place is not None
    return fault.place.line, fault.place.column


def file_fault(path: Path) -> Fault:
    with pytest.raises(ScenarioError) as caught:
        read(path)
    (fault,) = caught.value.faults
    return fault


def all_paths(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    yield path, value
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield from all_paths(child, (*path, key))


# --- values ---


@pytest.mark.parametrize(
    "text",
    [
        *["no", "yes", "on", "off", "y", "n", "No"],
        *["8:30", "08:30", "22:00", "2026-03-02"],
        *["010", "08", "08.30", "1_000", "0x1f", "0o7", "0b1"],
        *["+2", "x1.2", "1.2.3", "1e", "85%", "inf", "nan"],
    ],
)
def test_what_other_readers_of_yaml_turn_into_something_else_stays_text(text: str) -> None:
    assert parse(f"a: {text}\n", "x.yaml").data == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("~", None),
        ("", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-2", -2),
        ("18446744073709551615", 2**64 - 1),
        ("0.85", 0.85),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("-1.5E-3", -0.0015),
        ("'true'", "true"),
        ('"12"', "12"),
        ("one two", "one two"),
        ("{early: 08:00-16:00, late: 10:00+15m}", {"early": "08:00-16:00", "late": "10:00+15m"}),
        ("[]", []),
        ('"a\\tb\\n"', "a\tb\n"),
    ],
)
def test_null_truth_decimal_numbers_and_text_are_read(text: str, value: object) -> None:
    read_value = parse(f"a: {text}\n", "x.yaml").data["a"]
    assert read_value == value
    assert type(read_value) is type(value)


def test_keys_are_text_as_written() -> None:
    text = "08: 1\n1.50: 2\nno: 3\nnull: 4\n2026-03-02: 5\n50%: 6\n"
    assert list(parse(text, "x.yaml").data) == ["08", "1.50", "no", "null", "2026-03-02", "50%"]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    document = parse("\ufeffa:\r\n  b: 1\r\n", "x.yaml")
    assert document.data == {"a": {"b": 1}}
    assert document.place(("a", "b")) == Place("x.yaml", 2, 6)
    assert document.key_place(("a",)) == Place("x.yaml", 1, 1)


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8).filter("<<".__ne__)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["C", "Zl", "Zp"])),
)
TREES = st.recursive(
    SCALARS,
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(NAMES, below, max_size=4)),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(NAMES, TREES, max_size=5), st.sampled_from([None, 2]))
def test_json_is_read_as_it_is_and_every_value_is_found_at_its_place(
    data: dict[str, Any], indent: int | None
) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    document = parse(text, "x.json")
    assert document.data == data
    lines = text.split("\n")
    for path, value in all_paths(data):
        place = document.places[path]
        rest = lines[place.line - 1][place.column - 1 :]
        opening = json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict | list):
            opening = opening[0]
        assert rest.startswith(opening)
        if path and isinstance(path[-1], str):
            key_place = document.key_places[path]
            key = json.dumps(path[-1], ensure_ascii=False)
            assert lines[key_place.line - 1][key_place.column - 1 :].startswith(key)
    assert set(document.places) == {path for path, _ in all_paths(data)}


def test_a_path_without_a_place_has_that_of_its_nearest_ancestor() -> None:
    document = parse("a:\n  b: {c: 1}\n", "x.yaml")
    assert document.place(("a", "b", "missing", "deeper")) == Place("x.yaml", 2, 6)
    assert document.key_place(("a", "b", "missing")) == Place("x.yaml", 2, 6)
    assert document.place(("missing",)) == Place("x.yaml", 1, 1)


def test_a_value_of_the_file_comes_from_its_place() -> None:
    assert parse("a:\n  b: 6\n", "x.yaml").origin(("a", "b")) == "x.yaml:2:6"


# --- aliases ---


def test_an_alias_repeats_a_value_as_a_copy_whose_parts_were_written_at_the_anchor() -> None:
    document = parse("a: &a\n  x: [1, {y: 2}]\nb: *a\nc: [*a]\n", "x.yaml")
    assert document.data["b"] == document.data["c"][0] == {"x": [1, {"y": 2}]}
    assert document.data["b"] is not document.data["a"]
    assert document.data["b"]["x"] is not document.data["a"]["x"]
    assert document.place(("b",)) == Place("x.yaml", 3, 4)
    assert document.place(("b", "x", 1, "y")) == document.place(("a", "x", 1, "y")) == Place("x.yaml", 2, 14)
    assert document.key_place(("c", 0, "x")) == Place("x.yaml", 2, 3)
    assert set(document.places) == {path for path, _ in all_paths(document.data)}


def test_an_alias_within_a_repeated_value_is_repeated_too() -> None:
    document = parse("a: &a 5m\nb: &b {x: *a}\nc: {y: *b}\n", "x.yaml")
    assert document.data["c"] == {"y": {"x": "5m"}}
    assert document.place(("c", "y", "x")) == Place("x.yaml", 2, 11)


def test_an_alias_bomb_is_refused_at_the_alias_that_is_too_much() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    fault = only_fault("\n".join(lines))
    # a0 is 11 values, a1 is 111, a2 is 1,111, a3 is 11,111: nine times a3 goes over the limit
    assert where(fault)[0] == 5
    assert "the alias *a3 repeats 11,111 values: too many (allowed: 100,000 in all)" in fault.message


def test_aliases_cannot_nest_deeper_than_the_text_could() -> None:
    lines = ["a0: &a0 [1]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 100)]
    fault = only_fault("\n".join(lines))
    assert "nested too deep" in fault.message
    assert where(fault)[0] == MAX_DEPTH  # the top level counts as one


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &a [1, *a]", "the alias *a stands inside what it repeats"),
        ("a: *b", "no value is marked &b"),
        ("a: &x 1\nb: &x 2", "the mark &x is given twice; first in line 1, column 4"),
        ("a: &x y\n*x : 1", "the alias *x stands where a key belongs"),
    ],
)
def test_aliases_that_cannot_be_followed_are_refused(text: str, words: str) -> None:
    assert words in only_fault(text).message


def test_an_unknown_alias_is_answered_with_the_nearest() -> None:
    assert only_fault("a: &short 1\nb: *shrt").remedy == "did you mean 'short'?"


# --- what is refused ---


def test_a_key_given_twice_is_told_with_both_places() -> None:
    fault = only_fault("teams:\n  frontline:\n    mid: 4\n    mid: 6\n")
    assert str(fault) == (
        "x.yaml:4:5: teams.frontline.mid: the key 'mid' is given twice; first in line 3, column 5\n"
        "     → delete or rename one of the two"
    )


@pytest.mark.parametrize(
    ("text", "place", "path", "words"),
    [
        ("a: &a {x: 1}\nb: {<<: *a}", (2, 5), "b.<<", "merge keys (<<) are not allowed"),
        (
            "a: !!python/object/apply:os.system [ls]",
            (1, 4),
            "a",
            "'!!python/object/apply:os.system' is not allowed",
        ),
        ("a: !!str 08", (1, 4), "a", "the tag '!!str' is not allowed"),
        ("a: !foo {}", (1, 4), "a", "the tag '!foo' is not allowed"),
        ("!foo a: 1", (1, 1), "a", "the tag '!foo' is not allowed"),
        ("? [a]\n: 1", (1, 3), "", "a list stands where a key belongs"),
        ("{{x: 1}: 1}", (1, 2), "", "a map stands where a key belongs"),
        ("'': 1", (1, 1), "", "a key has no name"),
        ("a:\n  ' b': 1", (2, 3), "a. b", "a blank before or after it"),
        ("a:\n\u00a0\u00a0b: 1", (2, 1), "\\xa0\\xa0b", "the key '\\xa0\\xa0b' has"),
        ('"a\\nb": 1', (1, 1), "a\\nb", "a control character"),
        ("a: [1, .nan]", (1, 8), "a[2]", "'.nan' is not a number that can be used"),
        ("a: -.INF", (1, 4), "a", "'-.INF' is not a number that can be used"),
        ("a: 1e999", (1, 4), "a", "the number '1e999' is too long or too big"),
        ("a: 18446744073709551616", (1, 4), "a", "is too long or too big"),
        ("a: -9223372036854775809", (1, 4), "a", "is too long or too big"),
        ("a: 1" + "0" * 5000, (1, 4), "a", "is too long or too big"),
        ("a: 0." + "1" * 5000, (1, 4), "a", "is too long or too big"),
        ('a: "\\x1b[31m"', (1, 4), "a", "'\\x1b[31m' contains the control character '\\x1b'"),
        ("a: \x07", (1, 4), "", "the character '\\x07' is not allowed in YAML"),
        ("a: 1\nb: \ud800", (2, 4), "", "the character '\\ud800' is not allowed in YAML"),
        ("a: 1\n\ufeffb: 2", (2, 1), "", "the character '\\ufeff' is not allowed in YAML"),
        ("%YAML 1.1\n---\na: 1", (1, 1), "", "'%YAML' is not allowed here"),
        ("a: 1\n...\n%TAG ! x\n---\nb: 1", (3, 1), "", "'%TAG' is not allowed here"),
        ("a: 1\n---\nb: 2", (2, 1), "", "a second document begins here"),
        ("", (1, 1), "", "the file is empty"),
        ("# nothing but a comment\n", (1, 1), "", "the file is empty"),
        ("- a\n- b\n", (1, 1), "", "the top level is a list of 2 (allowed: a map"),
        ("hello", (1, 1), "", "the top level is 'hello'"),
    ],
)
def test_what_is_refused_is_told_with_its_place_and_path(
    text: str, place: tuple[int, int], path: str, words: str
) -> None:
    fault = only_fault(text)
    assert (where(fault), fault.path) == (place, path)
    assert words in fault.message


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    found = faults("a: 1\nb: !x 1\na: 2\nc: *d\ne: .inf\nf: {g: 'h}\n")
    assert [where(fault)[0] for fault in found] == [2, 3, 4, 5, 6]


def test_a_flood_of_faults_is_cut_short() -> None:
    found = faults("a: 1\n" * 1000)
    assert len(found) == MAX_FAULTS + 1
    assert found[-1].message == f"the rest of the file was not read after {MAX_FAULTS} faults"


@pytest.mark.parametrize(
    ("text", "place", "words", "remedy"),
    [
        ("a:\n\tb: 1\n", (2, 1), "indented with a tab", "write blanks instead"),
        ("a:\n  b: 1\n\tc: 2\n", (3, 1), "indented with a tab", "write blanks instead"),
        ("a:\n  b: 1\n  \tc: 2\n", (3, 3), "indented with a tab", "write blanks instead"),
        ("a: @home\n", (1, 4), "'@' cannot begin a value", "put the text in quotes"),
        ("a: %5\n", (1, 4), "'%' cannot begin a value", "put the text in quotes"),
        ("a: *bold*\n", (1, 4), "'*' cannot begin a value", "put the text in quotes"),
        ("a: note: b\n", (1, 8), "this ':' does not belong to a key", "in quotes"),
        ("a: 1\n  b: 2\n", (2, 4), "this ':' does not belong to a key", "indentation"),
        ("a: 1\nb\nc: 2\n", (2, 1), "this line has no ':' after its key", "write key: value"),
        ("a:\n    b: 1\n  c: 2\n", (3, 3), "indented differently", "alike"),
        ("a:\n  - 1\n - 2\n", (3, 2), "indented differently", "alike"),
        ("  a: 1\nb: 2\n", (2, 1), "indented differently", "alike"),
        ('a: "x" y\n', (1, 8), "'y' is left over after the value", "in quotes"),
        ("a: {b: 1, c: 2\nd: 3\n", (1, 4), "the bracket that opens here is not closed", "{key: value"),
        ("a: [1, 2", (1, 4), "the bracket that opens here is not closed", "add the closing"),
        ("a: {b: [1, 2}\n", (1, 8), "the bracket that opens here is not closed", "[value, value]"),
        ('a: "x\nb: 1\n', (1, 4), "the quote that opens here is not closed", "add the closing quote"),
        ('a: "C:\\quit"\n', (1, 7), "a backslash begins a special character", "single quotes"),
        ("a: - b\n", (1, 4), "an entry of a list", "a line of its own"),
        ("a: }\n", (1, 4), "'}' stands where a value belongs", "write a value"),
        ("a: |x\n", (1, 5), "after | or >", "on the next line"),
        ("a: !b!c 1\n", (1, 4), "tags are not allowed", "delete the tag"),
    ],
)
def test_broken_yaml_is_explained(text: str, place: tuple[int, int], words: str, remedy: str) -> None:
    fault = only_fault(text)
    assert where(fault) == place
    assert words in fault.message
    assert remedy in fault.remedy


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "- ? "])
def test_deep_nesting_is_refused_however_deep(opening: str) -> None:
    assert any("nested too deep" in fault.message for fault in faults(opening * 100_000))


def test_keys_of_keys_of_keys_are_refused_however_deep() -> None:
    assert all("stands where a key belongs" in fault.message for fault in faults("? " * 100_000)[:MAX_FAULTS])


def test_nesting_is_allowed_down_to_the_limit() -> None:
    levels = MAX_DEPTH - 1  # the top level is the first
    assert parse(f"a: {'[' * levels}{']' * levels}", "x.yaml").data["a"]
    assert "nested too deep" in only_fault(f"a: {'[' * (levels + 1)}{']' * (levels + 1)}").message


def test_values_are_allowed_up_to_the_limit() -> None:
    entries = MAX_VALUES - 2  # beside the top level and the list
    assert len(parse(f"a: [{'1,' * entries}]", "x.yaml").data["a"]) == entries
    assert "too many values" in only_fault(f"a: [{'1,' * (entries + 1)}]").message


def test_text_over_the_limit_is_refused() -> None:
    fault = only_fault("a: " + "x" * MAX_BYTES)
    assert "is too big" in fault.message
    assert "CSV" in fault.remedy


# --- files ---


def test_a_file_is_read_and_named_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("\ufeffname: Büro\r\n".encode())
    document = read(path)
    assert document.data == {"name": "Büro"}
    assert document.name == document.place(("name",)).file == str(path)


def test_a_missing_file_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "after_sales.yaml").touch()
    fault = file_fault(tmp_path / "after-sale.yaml")
    assert "there is no file" in fault.message
    assert fault.remedy == f"did you mean '{tmp_path / 'after_sales.yaml'}'?"
    assert fault.place is None


def test_a_missing_file_is_answered_with_those_beside_it_or_the_missing_folder(tmp_path: Path) -> None:
    assert file_fault(tmp_path / "bank.yaml").remedy == "check the path"
    (tmp_path / "after_sales.yml").touch()
    assert file_fault(tmp_path / "bank.yaml").remedy == "YAML files in that folder: after_sales.yml"
    assert "there is no folder" in file_fault(tmp_path / "nowhere" / "bank.yaml").remedy


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    assert "is a folder" in file_fault(tmp_path).message


def test_an_impossible_file_name_is_a_fault(tmp_path: Path) -> None:
    assert "cannot be read" in file_fault(tmp_path / ("x" * 5000)).message
    assert "cannot be read" in file_fault(tmp_path / "x\0y").message


def test_a_huge_file_is_refused_from_its_size_without_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the file was opened")

    monkeypatch.setattr(Path, "open", never)
    fault = file_fault(path)
    assert "is too big: 100.00 MB (allowed: up to 1.05 MB)" in fault.message


def test_an_endless_file_without_a_size_is_refused() -> None:
    endless = Path("/dev/zero")
    if not endless.exists():
        pytest.skip("this system has no /dev/zero")
    assert "is too big" in file_fault(endless).message


def test_a_file_in_another_encoding_is_refused_at_the_first_wrong_byte(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("name: desk\nowner: Büro\n".encode("latin-1"))
    fault = file_fault(path)
    assert where(fault) == (2, 9)
    assert "not UTF-8 text: it holds the byte 0xfc" in fault.message
    path.write_text("name: desk\n", encoding="utf-16")
    assert "UTF-16" in file_fault(path).message


# --- whatever comes ---

SIGNS = [*"ab01 \n\t\r:-?,[]{}#&*!|>'\"%@`<~.=\\é\ufeff\x07\ud800\u2028", "&a ", "*a", "a: ", "- ", "\n  "]


def parsed(text: str) -> Document | str:
    try:
        return parse(text, "x.yaml")
    except ScenarioError as error:
        return str(error)


@settings(deadline=None, max_examples=1500)
@given(st.lists(st.sampled_from(SIGNS)))
def test_any_heap_of_yaml_signs_is_read_or_refused(signs: list[str]) -> None:
    outcome = parsed("".join(signs))
    if isinstance(outcome, Document):
        assert set(outcome.places) == {path for path, _ in all_paths(outcome.data)}
    else:
        assert all(line.isprintable() for line in outcome.split("\n"))


@settings(deadline=None, max_examples=300)
@given(st.text(st.characters(codec=None)))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert parsed(text)


PIECES = ["  ", "- ", "a", "b", ": ", "\n", "&x ", "*x", "{", "}", "[", "]", ", ", "'", '"', "1", "#"]


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(PIECES)))
def test_the_parsers_in_c_and_in_python_read_the_same(pieces: list[str]) -> None:
    text = "".join(pieces)
    in_c = parsed(text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(yaml, "__with_libyaml__", False)
        in_python = parsed(text)
    if isinstance(in_c, Document) and isinstance(in_python, Document):
        # Where nothing stands, as after the colon of `{a: }`, the two put it before or after the blank.
        assert (in_c.data, in_c.key_places) == (in_python.data, in_python.key_places)


@settings(deadline=None, max_examples=300)
@given(content=st.binary())
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    try:
        outcome: object = read(path)
    except ScenarioError as error:
        outcome = error.faults
    assert outcome
