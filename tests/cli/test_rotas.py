"""Rotas from a file: who is there when, and what is told of bad ones."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

import sim as library
from sim.engine.attendance import attend
from sim.plan import Plan, compile_plan
from tests.cli.running import DAY, refused, written

ROTA = DAY.replace("desk: {agents: 1,", "desk: {rota: rota.csv,").replace(
    "teams.desk.agents: 2", "teams.desk: {rota: null, agents: 2}"
).replace("teams.desk.agents: 3", "teams.desk: {rota: null, agents: 3}")  # fmt: skip
GOOD = """\
date,agent,start,end
2026-03-02,Ann,08:00,12:00
2026-03-02,Bob,22:00,06:00
2026-03-02,Ann,13:00,16:30
2026-03-05,Cem,08:00,16:00
"""
TWO_TEAMS = "team,who,on,from,to\nFront,Ann,2026-03-02,08:00,12:00\nback,Bob,2026-03-02,09:00,17:00\n"
OF_TWO = "{file: rota.csv, team: team, agent: who, date: on, start: from, end: to, names: {Front: desk}}"
BACK = "  back: {agents: 1, skills: {answer: 2}}\n"


def plan(folder: Path, content: str, text: str = ROTA) -> Plan:
    (folder / "rota.csv").write_text(content, encoding="utf-8")
    return compile_plan(library.load(written(folder, text)))


def hours(plan: Plan) -> list[list[tuple[float, float]]]:
    """Each agent's duties in hours."""
    attendance = attend(plan, 0)
    return [
        [(start / 3600, end / 3600) for start, end, absent, _ in attendance.of_agent(agent) if not absent]
        for agent in range(len(plan.agent_team))
    ]


def message(folder: Path, content: str, text: str = ROTA) -> str:
    """The message on a rota that must be refused; rota.csv is written as R."""
    (folder / "rota.csv").write_text(content, encoding="utf-8")
    return refused("validate", written(folder, text)).replace(str(folder / "rota.csv"), "R")


def test_people_work_as_the_rota_says(tmp_path: Path) -> None:
    # Simulated is Monday to Tuesday 02:00; Cem is of the team, though not there on these days.
    assert hours(plan(tmp_path, GOOD)) == [[(8.0, 12.0), (13.0, 16.5)], [(22.0, 26.0)], []]


def test_shifts_that_adjoin_are_one(tmp_path: Path) -> None:
    assert hours(plan(tmp_path, GOOD.replace("13:00", "12:00"))) == [[(8.0, 16.5)], [(22.0, 26.0)], []]


def test_one_file_may_hold_several_teams(tmp_path: Path) -> None:
    text = ROTA.replace("rota: rota.csv", f"rota: {OF_TWO}").replace("journeys:", BACK + "journeys:")
    assert hours(plan(tmp_path, TWO_TEAMS, text))[0] == [(8.0, 12.0)]
    both = text.replace("back: {agents: 1", f"back: {{rota: {OF_TWO}")
    assert hours(plan(tmp_path, TWO_TEAMS, both)) == [[(8.0, 12.0)], [(9.0, 17.0)]]


def test_absence_is_drawn_for_each_person_and_date(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-0{day},{name},09:00,10:00\n" for day in range(1, 9) for name in "abcdefgh")
    text = ROTA.replace("rota: rota.csv", "absence: 40%, rota: rota.csv")
    week = plan(tmp_path, "date,agent,start,end\n" + rows, text.replace("horizon: 1d", "horizon: 7d"))
    there = [len(duties) for duties in hours(week)]
    assert len(there) == 8
    assert 20 < sum(there) < 48, there  # of 56, 33.6 on average, with a standard deviation of 3.7


def test_a_workbook_says_the_same(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active.append(["date", "agent", "start", "end"])
    for line in GOOD.splitlines()[1:]:
        date, agent, *times = line.split(",")
        clocks = [datetime.time.fromisoformat(time) for time in times]
        workbook.active.append([datetime.date.fromisoformat(date), agent, *clocks])
    workbook.save(tmp_path / "rota.xlsx")
    found = compile_plan(library.load(written(tmp_path, ROTA.replace("rota.csv", "rota.xlsx"))))
    assert hours(found) == hours(plan(tmp_path, GOOD))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "R:1:1: the file is empty"),
        (GOOD.replace("agent", "name"), "R:1:1: the file has no column 'agent'"),
        (GOOD.replace("start", "strat"), "R:1:1: the file has no column 'start'\n     → did you mean 'st"),
        (GOOD.replace("22:00", "25:00"), "R:3:1: '25:00' is not a time of the day"),
        (GOOD.replace("22:00", "ten"), "R:3:1: 'ten' is not a clock time"),
        (GOOD.replace("2026-03-05", "5.3.2026"), "R:5:1: '5.3.2026' is not a date"),
        (GOOD.replace("Bob", ""), "R:3:1: agent: the name is missing"),
        (GOOD.replace("22:00,06:00", "22:00,22:00"), "R:3:1: the shift ends when it starts, at 22:00"),
        (GOOD.replace("13:00", "11:30"), "R:4:1: this shift of 'Ann' overlaps that in line 2"),
        (GOOD + "2026-03-03,Bob,05:00,09:00\n", "R:6:1: this shift of 'Bob' overlaps that in line 3"),
        (GOOD + "2026-03-02,Ann,08:00,12:00\n", "R:6:1: this shift of 'Ann' overlaps that in line 2"),
        (GOOD + "2026-03-02,Ann\n", "R:6:1: this row does not have the 4 columns of the heading"),
        (
            GOOD.replace("2026", "2025"),
            "inside the simulated time: they are from 2025-03-02 to 2025-03-05",
        ),
        ("date,agent,start,end\n", "has no shift of the team 'desk'"),
    ],
)
def test_a_bad_rota_is_told_with_its_line(content: str, words: str, tmp_path: Path) -> None:
    assert words in message(tmp_path, content)


def test_a_long_shift_overlaps_all_that_begin_before_its_end(tmp_path: Path) -> None:
    content = "date,agent,start,end\n" + "".join(
        f"2026-03-02,Ann,{a},{b}\n" for a, b in (("08:00", "18:00"), ("09:00", "10:00"), ("11:00", "12:00"))
    )
    said = message(tmp_path, content)
    assert "R:3:1: this shift of 'Ann' overlaps that in line 2" in said
    assert "R:4:1: this shift of 'Ann' overlaps that in line 2" in said


def test_an_unknown_team_is_told_with_its_line_and_so_is_one_person_in_two_teams_at_once(
    tmp_path: Path,
) -> None:
    text = ROTA.replace("rota: rota.csv", f"rota: {OF_TWO}").replace("journeys:", BACK + "journeys:")
    said = message(tmp_path, TWO_TEAMS.replace("back", "bakc"), text)
    assert "R:3:1: team: there is no team 'bakc'\n     → did you mean 'back'?" in said
    said = message(tmp_path, TWO_TEAMS.replace("Bob", "Ann"), text)
    assert "R:3:1: this shift of 'Ann' overlaps that in line 2" in said
    wrong = text.replace("names: {Front: desk}", "names: {Front: dsek}")
    assert "teams.desk.rota.names.Front: there is no team 'dsek'" in message(tmp_path, TWO_TEAMS, wrong)


@pytest.mark.parametrize(
    ("team", "words"),
    [
        ("agents: 2, rota: rota.csv,", "a team has both agents (there without a shift) and a rota"),
        ("rota: rota.csv, shrinkage: 10%,", "a rota says who is there"),
        ("rota: missing.csv,", "there is no file"),
        ("rota: {fil: rota.csv},", "unknown key 'fil'"),
    ],
)
def test_a_rota_that_is_named_wrongly_is_told(team: str, words: str, tmp_path: Path) -> None:
    assert words in message(tmp_path, GOOD, ROTA.replace("rota: rota.csv,", team))
