"""A recorded log to replay that is missing, unreadable or has bad rows."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from sim.plan import compile_plan
from sim.scenario import load
from tests.cli.running import DAY, refused, sim, written

TRACE = DAY.replace(
    "{volume: 60/day}", "{trace: {file: log.csv, time: at, reason: {column: why, names: {ORD: order}}}}"
).replace("channels:\n", "reasons:\n  order: {share: 60%}\n  repair: {share: 40%}\nchannels:\n")
GOOD = "at,why\n2026-03-02 08:00:00,ORD\n2026-03-02 08:00:10,repair\n"


def replay(tmp_path: Path, log: str | bytes, trace: str = TRACE) -> str:
    """The message on a log that must be refused; log.csv is written as L."""
    content = log.encode() if isinstance(log, str) else log
    (tmp_path / "log.csv").write_bytes(content)
    message = refused("run", written(tmp_path, trace))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["day.yaml", "log.csv"]
    return message.replace(str(tmp_path / "log.csv"), "L")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_good_log_is_replayed(encoding: str, line_end: str, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(GOOD.replace("\n", line_end).encode(encoding))
    said = sim("run", written(tmp_path, TRACE))
    assert (said.code, said.stderr) == (0, "")
    assert "conditional on these arrivals" in said.stdout


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2026-03-02 08:00:00", "this row does not have the 2 columns of the heading"),
        ("2026-03-02 08:00:00,ORD,3", "this row does not have the 2 columns of the heading"),
        ("eight o'clock,ORD", '"eight o\'clock" is not a time (allowed: 2026-03-02 08:15:30)'),
        (",ORD", "'' is not a time"),
        ("2026-03-02T08:00:00Z,ORD", "'2026-03-02T08:00:00Z' has a time zone"),
        ("2026-03-02 08:00:00,repare", "why: 'repare' is no name of the scenario (did you mean 'repair'?)"),
        ("2026-03-02 08:00:00,\x1b[31mred", "why: '\\x1b[31mred' is no name of the scenario"),
    ],
    ids=["short", "long", "no time", "empty time", "time zone", "unknown reason", "escape"],
)
def test_a_bad_row_is_told_with_its_line(row: str, words: str, tmp_path: Path) -> None:
    assert f"L:3:1: {words}" in replay(tmp_path, f"at,why\n2026-03-02 08:00:00,ORD\n{row}\n")


def test_all_bad_rows_are_told_up_to_a_number(tmp_path: Path) -> None:
    message = replay(tmp_path, "at,why\n" + "x,ORD\n" * 50)
    assert message.count("'x' is not a time") == 10
    assert "L:12:1: this row and 39 more are bad too" in message


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("", "L:1:1: the file is empty"),
        ("at,why\n", "has no rows below its heading"),
        (GOOD.replace("at,", "att,"), "L:1:1: the file has no column 'at'\n     → did you mean 'att'?"),
        (GOOD.replace(",", ";"), "L:1:1: the columns are divided by ';' (allowed: commas)"),
        (GOOD.replace("at,why", "at,why,why"), "L:1:1: the file has two columns 'why'"),
        (GOOD.replace("2026", "2025"), "they run from 2025-03-02 08:00 to 2025-03-02 08:00"),
        (GOOD.replace("ORD", "Ördér").encode("latin-1"), "is not UTF-8 text: it holds the byte 0xd6"),
        (GOOD.encode("utf-16"), "is not UTF-8 text: it holds the byte 0xff"),
        ('at,why\n"2026-03-02 08:00:00,ORD\n', "this is not CSV"),
    ],
    ids=[
        "empty",
        "no rows",
        "no column",
        "semicolons",
        "column twice",
        "other year",
        "latin-1",
        "utf-16",
        "quote",
    ],
)
def test_a_log_that_cannot_be_replayed_is_refused(log: str | bytes, words: str, tmp_path: Path) -> None:
    assert words in replay(tmp_path, log)


@pytest.mark.parametrize("number", ["nan", "inf", "1e400", "many", ""])
def test_a_number_that_is_none_is_a_bad_row(number: str, tmp_path: Path) -> None:
    log = f"at,why,wait\n2026-03-02 08:00:00,ORD,{number}\n"
    message = replay(tmp_path, log, TRACE.replace("time: at,", "time: at, plus: wait,"))
    assert f"L:2:1: wait: '{number}' is not a number that can be used" in message


def test_a_folder_is_not_a_log(tmp_path: Path) -> None:
    assert "is a folder, not the log to replay" in refused(
        "run", written(tmp_path, TRACE.replace("log.csv", "."))
    )


def test_a_path_that_no_system_takes_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused("run", written(tmp_path, TRACE.replace("log.csv", "x" * 5_000)))


def test_an_unset_variable_stops_a_run_and_is_noted_by_validate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIM_TEST_LOG", raising=False)
    path = written(tmp_path, TRACE.replace("log.csv", "$SIM_TEST_LOG"))
    message = refused("run", path)
    assert "the environment variable 'SIM_TEST_LOG', which names the log to replay, is not set" in message
    assert "export SIM_TEST_LOG=" in message
    said = sim("validate", path)
    assert said.code == 0
    assert "today needs the environment variable SIM_TEST_LOG: not checked" in said.stdout


def test_a_variable_names_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere.csv").write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("SIM_TEST_LOG", str(tmp_path / "elsewhere.csv"))
    assert sim("run", written(tmp_path, TRACE.replace("log.csv", "$SIM_TEST_LOG"))).code == 0


def test_a_workbook_may_be_replayed(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active.append(["at", "why"])
    workbook.active.append([datetime.datetime(2026, 3, 2), "ORD"])
    workbook.active.append([datetime.datetime(2026, 3, 2, 8, 0, 10), None])
    workbook.save(tmp_path / "log.xlsx")
    plan = compile_plan(load(written(tmp_path, TRACE.replace("log.csv", "log.xlsx"))))
    assert plan.trace_time.tolist() == [0.0, 28_810.0]
    assert plan.trace_reason.tolist() == [0, -1]
