"""Quantiles and families of scipy.stats from a scenario file to tables, JSON, CSV, frames and verdicts."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import sim as package
from sim.measures.tables import Tables
from tests.cli.running import DAY, refused, sim, written

QUANTILES = DAY.replace(
    "slas:\n",
    "slas:\n"
    "  nine of ten: wait.quantile(90%) <= 3h for channel=phone\n"
    "  each hour: wait.quantile(50%) <= 5h for channel=phone each hour 10:00-12:00\n"
    "  short calls: handle_time.quantile(50%) <= 1m\n",
).replace("replications: 3", "replications: 10")
FAMILY = "{scipy: {family: burr12, c: 2, d: 1.5, scale: 3m}}"
TABLES = DAY.replace("{exponential: {mean: 10m}}\n    journey", f"{FAMILY}\n    journey")


@pytest.fixture
def day(tmp_path: Path) -> Path:
    return written(tmp_path, QUANTILES)


def test_check_judges_quantiles(day: Path) -> None:
    said = sim("check", day, "--json")
    assert said.code == 1
    (check,) = json.loads(said.stdout)
    verdicts = {sla["name"]: sla for sla in check["slas"]}
    assert verdicts["nine of ten"]["verdict"] == "PASS"
    assert verdicts["short calls"]["verdict"] == "FAIL"
    nine = verdicts["nine of ten"]
    assert (nine["measure"], nine["arguments"]) == ("wait.quantile", {"share": 0.9})
    assert 0 < nine["shown"]["low"] < nine["shown"]["value"] < nine["shown"]["high"] < nine["target"]
    assert nine["shown"]["basis"] == "student"
    assert nine["shown"]["counting_open_contacts"] is None
    assert [cell["cell"] for cell in verdicts["each hour"]["cells"]] == ["10", "11"]


def test_run_and_compare_show_quantiles_by_their_share(day: Path) -> None:
    assert "nine of ten" in sim("run", day).stdout
    compared = sim("compare", day, "-v", "two")
    line = next(line for line in compared.stdout.splitlines() if "wait, 90 % quantile" in line)
    assert line.endswith("better")
    (found,) = [
        each
        for each in json.loads(sim("compare", day, "-v", "two", "--json").stdout)["differences"]
        if each["measure"] == "wait.quantile" and each["arguments"] == {"share": 0.9}
    ]
    assert found["low"] < found["difference"] < found["high"] < 0
    assert found["difference"] == pytest.approx(found["other_value"] - found["base_value"])


def test_the_interval_table_has_a_quantile_of_the_wait(day: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    assert sim("run", day, "--csv", table).code == 0
    rows = [
        row for row in csv.DictReader(table.read_text().splitlines()) if row["measure"] == "wait.quantile"
    ]
    assert len(rows) == 48
    assert {row["arguments"] for row in rows} == {"share=0.9"}
    with_data = [row for row in rows if row["value"]]
    assert with_data
    assert all(
        float(row["low"]) <= float(row["value"]) <= float(row["high"]) for row in with_data if row["low"]
    )


def test_frames_hold_the_exact_quantile_of_all_replications() -> None:
    result = package.run(package.loads(QUANTILES), replications=5)
    frame = result.measures("wait.quantile(75%)", "wait.quantile(75%) for segment=vip", "wait.quantile(50%)")
    waits, vips = [], []
    plan = result.study.runs.plan
    for log in result.study.runs.logs:
        tables = Tables(log, plan)
        counts = tables.column("contacts", "counted") & tables.column("contacts", "offered")
        waits.append(tables.column("contacts", "wait")[counts])
        vips.append(tables.column("contacts", "wait")[counts & (tables.column("contacts", "segment") == 0)])
    pooled = np.concatenate(waits)
    expected = [
        np.quantile(pooled, 0.75, method="inverted_cdf"),
        np.quantile(np.concatenate(vips), 0.75, method="inverted_cdf"),
        np.quantile(pooled, 0.5, method="inverted_cdf"),
    ]
    assert frame["value"].tolist() == pytest.approx(expected, abs=1e-6)
    assert frame["measure"].tolist()[0] == "wait.quantile(75%)"
    by_segment = result.measures("wait.quantile(75%) by segment")
    assert by_segment.set_index("segment")["value"]["vip"] == pytest.approx(expected[1], abs=1e-6)


def test_a_quantile_of_nothing_is_an_error_of_the_file(tmp_path: Path) -> None:
    said = refused("validate", written(tmp_path, QUANTILES.replace("(90%)", "(0%)")))
    assert "slas.nine of ten" in said
    assert "above 0% and below 100%" in said


def test_validate_and_resolve_say_how_far_a_table_is_off(tmp_path: Path) -> None:
    file = written(tmp_path, TABLES)
    note = "channels.phone.patience.scipy: burr12 as a table of "
    lines = sim("validate", file).stdout.splitlines()
    assert [line.startswith(f"  {note}") for line in lines] == [False, True]  # once, not for each variant
    assert lines[1].endswith("% in the mean")
    assert sim("resolve", file).stdout.splitlines()[-1].startswith(f"# {note}")
    assert sim("run", file).code == 0
