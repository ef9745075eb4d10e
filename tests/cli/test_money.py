"""Costs and investments as a planner meets them: in tables, in JSON, refused where nothing has a price."""

import json
from pathlib import Path

import pytest

import sim as package
from sim.errors import ScenarioError
from tests.cli.running import DAY, refused, sim, written

PRICED = (
    DAY.replace("agents: 1,", "agents: 1, cost: 30/h,")
    .replace(
        "  two: {teams.desk.agents: 2}\n  three: {teams.desk.agents: 3}\n",
        "  cheaper: {teams.desk.cost: 20/h, costs.one_off: {tool: 1000, course: 460}, costs.budget: 1300}\n"
        "  dearer: {teams.desk.agents: 2, costs.one_off: {desk: 500}}\n",
    )
    .replace("slas:", "currency: EUR\ncosts: {running: {rent: 365/year}}\nslas:")
)
"""One agent, always there: 24 paid hours a day at 30, and a rent of 1 a day; no overtime and no bots."""


def priced(folder: Path, *changes: tuple[str, str]) -> Path:
    text = PRICED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return written(folder, text)


def test_a_run_shows_the_cost_with_its_currency(tmp_path: Path) -> None:
    said = sim("run", priced(tmp_path)).stdout
    assert "cost, EUR" in said
    assert "721" in said.split("cost, EUR")[1].splitlines()[0]  # 24 · 30 + 1
    assert "cost per solved case, EUR" in said
    assert "spends" not in said


def test_without_prices_nothing_is_said_of_money_and_nothing_of_opinion(tmp_path: Path) -> None:
    for command in ("run", "compare"):
        said = sim(command, written(tmp_path)).stdout
        assert "cases solved" in said
        assert "cost" not in said
        assert "satisfaction" not in said
        assert "investments" not in said


def test_a_comparison_tells_saving_payback_and_return_of_each_investment(tmp_path: Path) -> None:
    said = sim("compare", priced(tmp_path), "-n", "3").stdout
    # 24 · 10 less a day: 87,600 a year; 1,460 is back in 1,460 / 240 days
    assert "spends 1,460 EUR at once (tool 1,000, course 460)" in said
    assert "warning: the budget is 1,300 EUR, 12 % over it" in said
    assert "saves 87,600 EUR a year (no interval)" in said
    assert "pays back in 6.1 days" in said
    assert "spends 500 EUR at once (desk)" in said
    assert "costs 262,800 EUR more a year" in said
    assert "A year is taken for 365 times the span simulated; nothing is discounted." in said
    assert "not in whole weeks: with a horizon of 7d" in said


def test_json_holds_the_same_in_fields(tmp_path: Path) -> None:
    record = json.loads(sim("compare", priced(tmp_path), "-n", "3", "--json").stdout)
    cheaper, dearer = record["investments"]
    assert (cheaper["base"], cheaper["other"]) == ("today", "cheaper")
    assert cheaper["saving"] == pytest.approx(87_600)
    assert cheaper["payback"] == pytest.approx(1460 / 87_600)
    assert cheaper["roi"] == pytest.approx((3 * 87_600 - 1460) / 1460)
    assert cheaper["saving_low"] is None
    assert dearer["payback"] is None
    assert dearer["saving"] == pytest.approx(-262_800)
    studies = record["studies"]
    assert [study["currency"] for study in studies] == ["EUR"] * 3
    assert studies[0]["spending"] is None
    assert studies[1]["spending"] == {
        "one_off": {"tool": 1000, "course": 460},
        "total": 1460,
        "budget": 1300,
        "over_budget": pytest.approx(160 / 1300),
        "warning": True,
    }


def test_a_run_of_a_redesign_tells_what_it_spends(tmp_path: Path) -> None:
    said = sim("run", priced(tmp_path), "--variant", "cheaper").stdout
    assert "warning: the budget is 1,300 EUR, 12 % over it" in said


def test_payback_against_a_base_that_invests_too_counts_what_is_spent_beyond_it(tmp_path: Path) -> None:
    record = json.loads(
        sim("compare", priced(tmp_path), "--base", "dearer", "-v", "cheaper", "-n", "2", "--json").stdout
    )
    (found,) = record["investments"]
    assert found["invested"] == 1460 - 500
    back = sim("compare", priced(tmp_path), "--base", "cheaper", "-v", "dearer", "-n", "2").stdout
    assert "payback is not known: no more is invested than in cheaper" in back


def test_costs_in_two_currencies_are_not_compared(tmp_path: Path) -> None:
    swiss = written(tmp_path, PRICED.replace("EUR", "CHF").replace("small desk", "other desk"), "swiss.yaml")
    said = sim("compare", priced(tmp_path), swiss, "-n", "2").stdout
    assert "cases solved" in said
    assert "cost" not in said


def test_an_sla_on_cost_is_judged_in_the_currency(tmp_path: Path) -> None:
    path = priced(tmp_path, ("service_level(60s) >= 0% for channel=phone", "cost <= 721.5"))
    said = sim("run", path)
    assert "<= 721.5" in said.stdout
    assert said.code == 0


def test_python_refuses_a_measure_of_costs_that_are_not_given(tmp_path: Path) -> None:
    result = package.run(package.load(written(tmp_path)), replications=2)
    with pytest.raises(ScenarioError, match="cost_per_case needs prices, and this scenario has none"):
        result.measures("cost_per_case")
    with pytest.raises(ScenarioError, match=r"nps needs experience\.nps, and this scenario has none"):
        result.measures("nps by channel")


def test_python_gives_costs_by_team_and_opinion_by_channel(tmp_path: Path) -> None:
    path = priced(tmp_path, ("slas:", "experience: {csat: {base: 90%}, ces: {adds: {repeat: 1}}}\nslas:"))
    result = package.run(package.load(path), replications=2)
    people = result.measures("cost.people by team")
    assert people[["team", "unit"]].values.tolist() == [["desk", "money"]]
    assert people["value"].tolist() == pytest.approx([720])
    frame = result.measures("csat", "ces", by="channel")
    assert frame["value"].tolist() == pytest.approx([0.9, 1.0])


def test_a_price_may_be_changed_by_a_factor_in_a_variant(tmp_path: Path) -> None:
    path = priced(tmp_path, ("teams.desk.cost: 20/h", "teams.desk.cost: x1.1"))
    assert "33/h" in sim("resolve", path, "--variant", "cheaper").stdout


def test_a_variant_that_adds_a_bot_without_a_price_is_refused(tmp_path: Path) -> None:
    variant = """
  with_bot:
    bots: {helper: {time: 1m, resolves: 50%}}
    journeys.chat:
      greet: {bot: helper, handoff: answer}
      answer: {work: {time: 5m}, next: resolved}
    channels.phone.journey: chat
    journeys.voice: null
"""
    said = refused("validate", written(tmp_path, PRICED.rstrip() + variant))
    assert "bots.helper: it has no cost, though other costs are given" in said
    assert "add such as `cost: 0.20/session`" in said
