"""A bank's call centre as recorded in 1999: the calibrated scenario stays near the record.

The figures recorded, Sunday to Thursday, are those of the log (Brown et al., JASA 100(469), 2005): of 20,766
calls past the voice-response unit. The tolerances say how near a calibration with one roster for all days is
meant to come; one agent more or fewer makes a greater difference.
"""

from __future__ import annotations

import csv
import datetime
import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.api import studied
from sim.engine.realise import realise
from sim.plan import compile_plan
from sim.scenario import Scenario
from sim.scenario.sla import parse_request

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "scenarios" / "anonymous_bank.yaml"

RECORDED = {"wait.mean": 43.2, "abandonment": 0.1295, "service_level(20s)": 0.518}
NEAR = {"wait.mean": 10.0, "abandonment": 0.03, "service_level(20s)": 0.08}
"""Seconds; shares."""

REASONS = {
    "PS": "banking",
    "NW": "prospect_info",
    "NE": "stock_trading",
    "TT": "call_back",
    "IN": "internet_help",
    "PE": "english",
}
SEGMENTS = ("prospect", "regular", "high")

START = datetime.datetime(1999, 2, 1)
DAYS = 18
FLOODS = {(2, 13), (2, 14), (13, 21), (13, 22), (13, 23)}
"""(day, hour) of the two incidents and of the hour after each."""


def log_of_calls() -> Path | None:
    """Where the log is, if it is here: named by SIM_BANK_LOG, or in the data beside the repository."""
    beside = ROOT.parent / "shared/data/anonymous_bank/contacts_1999-02-01_to_18.csv"
    if "SIM_BANK_LOG" in os.environ:
        return Path(os.environ["SIM_BANK_LOG"])
    return beside if beside.is_file() else None


with_log = pytest.mark.skipif(log_of_calls() is None, reason="SIM_BANK_LOG does not name the log of calls")


@cache
def measured(variant: str | None, replications: int) -> dict[str, float]:
    """Each recorded measure over a few replications of generated calls."""
    scenario = sim.load(SCENARIO, variant).with_run(replications=replications)
    requests = [parse_request(text) for text in RECORDED]
    study = studied([scenario], lambda _: requests)[0]
    values = [row.estimate.value for row in study.rows(requests)]
    return dict(zip(RECORDED, values, strict=True))


def test_the_scenario_and_its_variants_are_valid_without_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIM_BANK_LOG", raising=False)
    base = sim.load(SCENARIO)
    for name in base.variants:
        assert base.variant(name).label == name
    assert "replay" in base.variants


@pytest.mark.parametrize("measure", RECORDED)
def test_generated_calls_come_near_the_record(measure: str) -> None:
    value = measured(None, 5)[measure]
    assert value == pytest.approx(RECORDED[measure], abs=NEAR[measure])


def test_headcount_is_not_capacity() -> None:
    """Had all agents seen at work served all the time, waits would have been a fraction of those recorded."""
    value = measured("headcount", 2)
    assert value["wait.mean"] < RECORDED["wait.mean"] / 2
    assert value["abandonment"] < RECORDED["abandonment"] / 2
    assert value["service_level(20s)"] > RECORDED["service_level(20s)"] + 0.2


def test_an_agent_more_or_fewer_leaves_the_record() -> None:
    """The fit would be worth little if other staffing came as near."""
    more, fewer = measured("one_more", 2), measured("one_fewer", 2)
    assert more["wait.mean"] < RECORDED["wait.mean"] - NEAR["wait.mean"]
    assert fewer["wait.mean"] > RECORDED["wait.mean"] + NEAR["wait.mean"]


# --- with the log ------------------------------------------------------------------------------------------


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Scenario:
    monkeypatch.setenv("SIM_BANK_LOG", str(log_of_calls()))
    return sim.load(SCENARIO, "replay")


def usable_calls() -> Iterator[tuple[float, dict[str, str]]]:
    """The calls that got past the VRU, each with the moment at which it did, in seconds from START."""
    path = log_of_calls()
    assert path is not None
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            left_in_vru = row["outcome"] == "HANG" and row["queued"] == "0"
            if row["outcome"] != "PHANTOM" and float(row["vru_s"]) >= 0 and not left_in_vru:
                arrival = datetime.datetime.fromisoformat(row["arrival"])
                yield (arrival - START).total_seconds() + float(row["vru_s"]), row


def is_ordinary(time: float) -> bool:
    """Whether a moment lies in the working week, from seven, and not in a flood of calls."""
    day, hour = divmod(int(time // 3600), 24)
    weekday = (START + datetime.timedelta(days=day)).strftime("%a")
    return weekday not in ("Fri", "Sat") and hour >= 7 and (day, hour) not in FLOODS


@with_log
def test_a_replay_has_every_recorded_call_at_its_moment_with_its_reason(replay: Scenario) -> None:
    plan = compile_plan(replay)
    found = realise(plan, 0)
    recorded = Counter((time, REASONS[row["type"]]) for time, row in usable_calls())
    assert recorded.total() == 22_074  # as the data's description says
    assert (
        Counter(zip(found.time.tolist(), (plan.names.reasons[r] for r in found.reason), strict=True))
        == recorded
    )


@with_log
def test_a_replay_has_the_recorded_segment_of_each_call_that_waited(replay: Scenario) -> None:
    plan = compile_plan(replay)
    waited = [(time, row) for time, row in usable_calls() if row["queued"] == "1"]
    recorded = Counter((time, REASONS[row["type"]], SEGMENTS[int(row["priority"])]) for time, row in waited)
    found = realise(plan, 0)
    names = plan.names
    simulated = Counter(
        (time, names.reasons[reason], names.segments[segment])
        for time, reason, segment in zip(found.time.tolist(), found.reason, found.segment, strict=True)
    )
    assert recorded <= simulated


@with_log
def test_segments_that_are_not_recorded_are_drawn_given_the_reason(replay: Scenario) -> None:
    plan = compile_plan(replay)
    first, second = (realise(plan, replication) for replication in (0, 1))
    internet_help = first.reason == plan.names.reasons.index("internet_help")
    drawn = first.segment != second.segment
    assert np.array_equal(first.time, second.time)
    assert np.array_equal(first.reason, second.reason)
    assert 0 < drawn.mean() < 0.42  # 58 % of the calls waited, and so have a recorded segment
    assert not (drawn & internet_help).any()  # only prospects call for internet help


@with_log
def test_a_replay_of_ordinary_hours_comes_near_the_record(replay: Scenario) -> None:
    rows = [row for time, row in usable_calls() if is_ordinary(time)]
    recorded = {
        "wait.mean": np.mean([float(row["wait_s"]) for row in rows]),
        "abandonment": np.mean([row["outcome"] == "HANG" for row in rows]),
        "service_level(20s)": np.mean(
            [row["outcome"] == "AGENT" and float(row["wait_s"]) <= 20 for row in rows]
        ),
    }
    ordinary = [is_ordinary(hour * 3600.0) for hour in range(DAYS * 24)]
    requests = {text: parse_request(f"{text} by day, hour") for text in RECORDED}
    runs = studied([replay.with_run(replications=3)], lambda _: requests.values())[0].runs
    for text, request in requests.items():
        above, below = runs.measure(request)[0][:, ordinary].sum(axis=(0, 1))
        assert below == 3 * len(rows)
        assert above / below == pytest.approx(recorded[text], abs=NEAR[text])
