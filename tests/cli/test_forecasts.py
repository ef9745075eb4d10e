"""Forecasts of expected cases by date and interval: what they mean, and what is told of bad ones."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

import sim as library
from sim.plan import Plan, compile_plan
from tests.cli.running import DAY, refused, sim, written

FORECAST = DAY.replace("{volume: 60/day}", "{forecast: forecast.csv}").replace(", run_out: 2h", "")
DESK = "calendars: {desk: {daily: '08:00-09:45'}}\n"
GOOD = "date,08:00,08:30,09:00,09:30\n2026-03-02,10,20,30.5,0\n"


def plan(folder: Path, content: str, text: str = FORECAST) -> Plan:
    (folder / "forecast.csv").write_text(content, encoding="utf-8")
    return compile_plan(library.load(written(folder, text)))


def pieces(plan: Plan) -> list[tuple[float, float, float]]:
    """Start and end in hours, and expected cases."""
    return [
        (round(float(start) / 3600, 6), round(float(end) / 3600, 6), round(float(volume), 6))
        for start, end, volume in zip(plan.piece_start, plan.piece_end, plan.piece_volume, strict=True)
    ]


def message(folder: Path, content: str, text: str = FORECAST) -> str:
    """The message on a forecast that must be refused; forecast.csv is written as F."""
    (folder / "forecast.csv").write_text(content, encoding="utf-8")
    return refused("validate", written(folder, text)).replace(str(folder / "forecast.csv"), "F")


def test_a_forecast_is_pieces_of_constant_rate(tmp_path: Path) -> None:
    assert pieces(plan(tmp_path, GOOD)) == [(8.0, 8.5, 10.0), (8.5, 9.0, 20.0), (9.0, 9.5, 30.5)]


def test_only_the_simulated_dates_are_taken_in_any_order(tmp_path: Path) -> None:
    content = "day,00:00,12:00\n2026-03-04,5,6\n2026-03-03,3,4\n2026-03-02,1,2\n2026-03-01,7,8\n"
    text = FORECAST.replace("horizon: 1d", "horizon: 1d, warm_up: 6h, run_out: 1h")
    assert pieces(plan(tmp_path, content, text)) == [
        (-24.0, -12.0, 7.0), (-12.0, 0.0, 8.0),
        (0.0, 12.0, 1.0), (12.0, 24.0, 2.0),
        (24.0, 36.0, 3.0), (36.0, 48.0, 4.0),
    ]  # fmt: skip


def test_the_number_of_an_interval_lies_on_its_open_part(tmp_path: Path) -> None:
    content = "date,07:30,08:30,09:30\n2026-03-02,4,8,6\n"
    text = DESK + FORECAST.replace("{forecast: forecast.csv}", "{forecast: forecast.csv, calendar: desk}")
    assert pieces(plan(tmp_path, content, text)) == [(8.0, 8.5, 4.0), (8.5, 9.5, 8.0), (9.5, 9.75, 6.0)]


def test_a_forecast_can_be_scaled_in_a_variant(tmp_path: Path) -> None:
    text = FORECAST.replace("{forecast: forecast.csv}", "{forecast: {file: forecast.csv}}").replace(
        "variants:", "variants:\n  more: {channels.phone.arrivals.forecast.scale: 120%}"
    )
    plan(tmp_path, GOOD, text)
    more = compile_plan(library.load(tmp_path / "day.yaml", "more"))
    assert more.piece_volume.tolist() == pytest.approx([12, 24, 36.6])


def test_the_arrivals_are_those_of_the_forecast(tmp_path: Path) -> None:
    content = "date,00:00,06:00,12:00,18:00\n2026-03-02,0,2000,500,0\n"
    text = FORECAST.replace("arrivals: {forecast", "arrivals: {day_to_day_cv: 10%, forecast")
    scenario = library.load(written(tmp_path, text))
    (tmp_path / "forecast.csv").write_text(content)
    contacts = library.run(scenario, replications=3).contacts
    hour = np.floor(contacts["arrival"] / 3600 / 6)
    counts = [int((hour == quarter).sum()) for quarter in range(4)]
    assert counts[0] == counts[3] == 0
    assert 3 < counts[1] / counts[2] < 5, counts


def test_a_workbook_says_the_same(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active.title = "notes"
    sheet = workbook.create_sheet("March")
    sheet.append(["date", *(datetime.time(8 + minutes // 60, minutes % 60) for minutes in (0, 30, 60, 90))])
    sheet.append([datetime.datetime(2026, 3, 2), 10, 20.0, 30.5, 0])
    workbook.save(tmp_path / "forecast.xlsx")
    text = FORECAST.replace("forecast: forecast.csv", "forecast: {file: forecast.xlsx, sheet: March}")
    found = compile_plan(library.load(written(tmp_path, text)))
    assert pieces(found) == pieces(plan(tmp_path, GOOD))


def test_a_workbook_is_refused_with_its_row_and_sheet(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active.append(["date", "08:00", "08:30"])
    workbook.active.append([datetime.date(2026, 3, 2), 10, None])
    workbook.save(tmp_path / "forecast.xlsx")
    text = FORECAST.replace("forecast.csv", "forecast.xlsx")
    said = refused("validate", written(tmp_path, text))
    assert "forecast.xlsx:2:1: at 08:30: the cell is empty\n     → write 0 where nobody is expected" in said
    text = FORECAST.replace("forecast: forecast.csv", "forecast: {file: forecast.xlsx, sheet: Sheed}")
    said = refused("validate", written(tmp_path, text))
    assert "has no sheet 'Sheed'\n     → did you mean 'Sheet'?" in said
    (tmp_path / "forecast.xlsx").write_text("date,08:00\n")
    text = FORECAST.replace("forecast.csv", "forecast.xlsx")
    assert "is no Excel workbook" in refused("validate", written(tmp_path, text))


def test_without_openpyxl_a_workbook_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    (tmp_path / "forecast.xlsx").write_text("")
    said = refused("validate", written(tmp_path, FORECAST.replace("forecast.csv", "forecast.xlsx")))
    assert "openpyxl, which reads them, is not installed\n     → pip install 'sim[excel]'" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "F:1:1: the file is empty"),
        ("date,08:00,08:30\n", "has no row for 2026-03-02, which is simulated"),
        (GOOD.replace("2026", "2025"), "has no row for 2026-03-02, which is simulated"),
        (GOOD.replace("20,", ","), "F:2:1: at 08:30: the cell is empty\n     → write 0"),
        (GOOD.replace("20,", "-20,"), "F:2:1: at 08:30: '-20' is negative (allowed: 0 to 1,000,000"),
        (GOOD.replace("20,", "many,"), "F:2:1: at 08:30: 'many' is not a number of cases"),
        (GOOD.replace("20,", "nan,"), "F:2:1: at 08:30: 'nan' is not a number of cases"),
        (GOOD.replace("20,", "1e300,"), "F:2:1: at 08:30: '1e300' is not a number of cases"),
        (GOOD + "2026-03-02,1,2,3,4\n", "F:3:1: 2026-03-02 is there already, in line 2"),
        (GOOD + "03/03/2026,1,2,3,4\n", "F:3:1: '03/03/2026' is not a date"),
        (GOOD + "2026-03-03,1,2,3\n", "F:3:1: this row does not have the 5 columns of the heading"),
        (GOOD.replace("09:30", "10:00"), "F:1:1: the intervals are not of one length: 60 min from 09:00 to"),
        (GOOD.replace("09:30", "08:30"), "F:1:1: 08:30 stands after 09:00\n     → put the times in their"),
        (GOOD.replace("09:30", "total"), "F:1:1: in the heading: 'total' is not a clock time"),
        ("date,08:00\n2026-03-02,4\n", "F:1:1: a forecast has a column of dates, and one for each interval"),
        ("date,12:00,20:00\n2026-03-02,4,4\n", "F:1:1: the interval from 20:00 would last beyond midnight"),
        (GOOD.replace(",", ";"), "F:1:1: the columns are divided by ';'"),
        ('date,08:00,08:30\n2026-03-02,1,"2\n', "this is not CSV"),
    ],
)
def test_a_bad_forecast_is_told_with_its_line(content: str, words: str, tmp_path: Path) -> None:
    assert words in message(tmp_path, content)


def test_cases_while_the_calendar_is_closed_are_refused(tmp_path: Path) -> None:
    text = DESK + FORECAST.replace("{forecast: forecast.csv}", "{forecast: forecast.csv, calendar: desk}")
    said = message(tmp_path, "date,07:00,08:00,09:00,10:00\n2026-03-02,0,1,1,5\n", text)
    assert "F:2:1: at 10:00: 5 expected while the calendar is closed" in said


def test_a_date_on_which_the_calendar_is_closed_need_not_be_there(tmp_path: Path) -> None:
    closed = DESK.replace("'08:00-09:45'", "'08:00-09:45', closed: [2026-03-03]")
    text = closed + FORECAST.replace("{forecast: forecast.csv}", "{forecast: forecast.csv, calendar: desk}")
    found = plan(tmp_path, GOOD, text.replace("horizon: 1d", "horizon: 2d"))
    assert len(pieces(found)) == 3


@pytest.mark.parametrize(
    ("arrivals", "words"),
    [
        ("{forecast: forecast.csv, volume: 60/day}", "arrivals have both a volume and a forecast"),
        ("{forecast: forecast.csv, by_weekday: {sat: 50%}}", "a forecast has its own days and hours"),
        ("{forecast: {file: forecast.csv, scale: 1.2}}", "scale: 1.2 is not a percentage"),
        ("{forecast: {file: forecast.csv, sheet: March}}", "is no workbook, so it has no sheet 'March'"),
        ("{forecast: missing.csv}", "there is no file"),
        ("{forecast: $SIM_TEST_FORECAST}", "today needs the environment variable SIM_TEST_FORECAST"),
    ],
)
def test_a_forecast_that_is_named_wrongly_is_told(arrivals: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "forecast.csv").write_text(GOOD)
    said = sim("validate", written(tmp_path, FORECAST.replace("{forecast: forecast.csv}", arrivals)))
    assert words in said.stdout + said.stderr


def test_too_many_cases_are_refused(tmp_path: Path) -> None:
    heads = ",".join(f"{hour:02d}:00" for hour in range(24))
    rows = "".join(f"2026-03-0{day},{','.join(['1000000'] * 24)}\n" for day in (2, 3))
    said = message(tmp_path, f"date,{heads}\n{rows}", FORECAST.replace("horizon: 1d", "horizon: 2d"))
    assert "one replication would have about 48,000,000 contacts (allowed: 20,000,000)" in said
