"""The shipped after-sales desk: today as given and short of its targets, the upgrade within them."""

import math
from pathlib import Path

import pytest

import sim
from sim import units
from sim.analysis.gate import Verdict
from sim.analysis.interval import Estimate
from sim.analysis.investment import Payback
from sim.analysis.results import Check
from sim.catalogue import Request, request
from sim.errors import ExitCode
from sim.scenario import Scenario

FILE = Path(__file__).parents[2] / "scenarios" / "after_sales.yaml"
REPLICATIONS = 6
TOLERANCE = 0.05
"""What the simulated value may differ from a given or stated one beyond its interval."""

GIVEN_SATISFACTION = 0.80

GIVEN = {"phone": 90.0, "chat": 45.0, "email": 8 * 3600.0, "social": 5 * 3600.0}
"""First response today, seconds."""

FIRST_RESPONSES = [f"{channel} first response" for channel in GIVEN]

STATED = {
    name: request("first_response.mean", filters={"channel": name.split()[0]}) for name in FIRST_RESPONSES
}
STATED |= {
    "average first response": request("first_response.mean"),
    "solved at first contact": request("fcr"),
    "handled without a person": request("automation"),
    "satisfaction": request("csat"),
}
"""The rows of the table in the description that are simulated."""


@pytest.fixture(scope="module")
def desk() -> Scenario:
    return sim.load(FILE)


@pytest.fixture(scope="module")
def today(desk: Scenario) -> Check:
    return sim.check(desk, replications=REPLICATIONS)


@pytest.fixture(scope="module")
def upgrade(desk: Scenario) -> Check:
    return sim.check(desk.variant("upgrade"), replications=REPLICATIONS)


@pytest.fixture(scope="module")
def partial(desk: Scenario) -> sim.Comparison:
    """Today and the two redesigns of a part of the desk, with the same customers."""
    return sim.compare(desk, desk.variant("bot_first"), desk.variant("email_and_social"), replications=2)


@pytest.fixture(scope="module")
def priced(desk: Scenario) -> sim.Comparison:
    """Today and all redesigns; paid hours hardly vary, so that a few replications say what they cost."""
    return sim.compare(desk, *map(desk.variant, desk.variants), replications=REPLICATIONS)


def estimate(check: Check, what: Request) -> Estimate:
    return check.study.rows([what])[0].estimate


def agrees(found: Estimate, figure: float) -> bool:
    """Whether the interval reaches the figure or a value within the tolerance around it."""
    slack = TOLERANCE * figure
    return found.low <= figure + slack and found.high >= figure - slack


@pytest.mark.parametrize("channel", GIVEN)
def test_the_simulated_first_response_of_today_is_the_given_one(today: Check, channel: str):
    found = estimate(today, STATED[f"{channel} first response"])
    assert agrees(found, GIVEN[channel]), found
    assert found.half_width <= 2 * TOLERANCE * GIVEN[channel], (
        "an interval this wide would agree with anything"
    )


def test_the_simulated_satisfaction_of_today_is_the_given_one(today: Check):
    found = estimate(today, STATED["satisfaction"])
    assert agrees(found, GIVEN_SATISFACTION), found
    assert found.half_width <= 0.02


@pytest.mark.parametrize("name", [*FIRST_RESPONSES, "solved at first contact"])
def test_today_misses_the_target(today: Check, name: str):
    assert today.verdicts[name].verdict is Verdict.FAIL
    assert today.exit_code is ExitCode.SLA_FAILED


def test_the_upgrade_meets_every_target_that_counts(upgrade: Check):
    counting = {name: each.verdict for name, each in upgrade.verdicts.items() if each.sla.severity == "fail"}
    assert set(counting) >= {*FIRST_RESPONSES, "solved at first contact"}
    assert set(counting.values()) == {Verdict.PASS}, counting
    assert upgrade.exit_code is ExitCode.PASSED


def test_half_the_contacts_without_a_person_is_a_claim_that_the_upgrade_does_not_reach(upgrade: Check):
    result = upgrade.verdicts["half without a person"]
    assert (result.verdict, result.sla.severity) == (Verdict.FAIL, "warn")


def test_bots_in_front_of_phone_and_chat_leave_email_and_social_exactly_as_they_are(partial: sim.Comparison):
    before, bots = (study.rows(STATED.values()) for study in partial.studies[:2])
    values = {
        name: (a.estimate.value, b.estimate.value) for name, a, b in zip(STATED, before, bots, strict=True)
    }
    for name in ("phone first response", "chat first response"):
        assert values[name][1] < values[name][0]
    for name in ("email first response", "social first response"):
        assert values[name][1] == values[name][0]
    assert values["handled without a person"][1] > values["handled without a person"][0]


def test_windows_for_email_and_an_owner_for_social_leave_phone_and_chat_exactly_as_they_are(
    partial: sim.Comparison,
):
    before, after = (partial.studies[place].rows(STATED.values()) for place in (0, 2))
    values = {
        name: (a.estimate.value, b.estimate.value) for name, a, b in zip(STATED, before, after, strict=True)
    }
    for name in ("phone first response", "chat first response"):
        assert values[name][1] == values[name][0]
    for name in ("email first response", "social first response"):
        assert values[name][1] < values[name][0]


def table(desk: Scenario) -> dict[str, dict[str, str]]:
    """The table in the description: for each row what stands under each column's name."""
    lines = desk.spec.description.splitlines()
    head = next(place for place, line in enumerate(lines) if line.split()[:2] == ["given", "today"])
    columns = ("given", "claim", "today", *desk.variants)
    rows: dict[str, dict[str, str]] = {}
    for line in lines[head + 1 :]:
        if not line.strip():
            break
        name, figures = line[:25].strip(), [cell for cell in line[25:].split("  ") if cell.strip()]
        rows[name] = dict(zip(columns, map(str.strip, figures), strict=True))
    return rows


def figure(text: str) -> float:
    """A figure of the table: a share or a duration in seconds."""
    return units.share(text) if text.endswith("%") else units.duration(text)


def test_the_description_states_what_each_redesign_costs_and_the_claim(
    desk: Scenario, priced: sim.Comparison
):
    rows = table(desk)
    assert rows["cost against today"]["claim"] == "-10%"
    cost, per_solved_case = (
        [study.rows([request(name)])[0].estimate.value for study in priced.studies]
        for name in ("cost", "cost_per_solved_case")
    )
    for place, label in enumerate(["today", *desk.variants]):
        against_today = float(rows["cost against today"][label].removesuffix("%")) / 100
        assert math.isclose(cost[place] / cost[0] - 1, against_today, abs_tol=0.01), (label, cost)
        stated = float(rows["cost per solved case"][label])
        assert math.isclose(per_solved_case[place], stated, rel_tol=0.03), (label, per_solved_case)


def test_only_the_upgrade_pays_back_and_its_spending_is_within_a_tenth_of_the_budget(priced: sim.Comparison):
    found = {priced.studies[place].label: each for place, each in priced.investments.items()}
    assert {label: each.returns.finding for label, each in found.items() if each.returns} == {
        "bot_first": Payback.NEVER,
        "email_and_social": Payback.NEVER,
        "upgrade": Payback.PAYS_BACK,
    }
    upgrade = found["upgrade"]
    assert upgrade.returns is not None
    assert math.isclose(upgrade.returns.payback * 12, 4, rel_tol=0.05)
    assert upgrade.spending.total == 80_000
    assert not upgrade.spending.is_over


@pytest.mark.parametrize("name", STATED)
@pytest.mark.parametrize("label", ["today", "upgrade"])
def test_the_description_states_what_the_simulation_gives(
    desk: Scenario, today: Check, upgrade: Check, label: str, name: str
):
    stated = figure(table(desk)[name][label])
    assert agrees(estimate({"today": today, "upgrade": upgrade}[label], STATED[name]), stated)


def test_the_description_states_the_given_figures_and_the_targets(desk: Scenario):
    rows = table(desk)
    for channel, given in GIVEN.items():
        assert figure(rows[f"{channel} first response"]["given"]) == given
    for name in (*FIRST_RESPONSES, "average first response", "solved at first contact"):
        assert figure(rows[name]["claim"]) == desk.slas[name].target
    assert figure(rows["satisfaction"]["given"]) == GIVEN_SATISFACTION
    assert figure(rows["satisfaction"]["claim"]) == desk.slas["satisfaction"].target
    assert figure(rows["handled without a person"]["claim"]) == desk.slas["half without a person"].target


def paid_hours(scenario: Scenario) -> float:
    """Hours that the shifts of one week pay, breaks included."""
    spec = scenario.spec
    return sum(
        heads * len(spec.shifts[name].days) * (end - start) / 3600
        for team in spec.teams.values()
        for name, heads in team.shifts.items()
        for start, end in spec.shifts[name].hours
    )


def test_the_description_states_the_paid_hours_of_the_shifts(desk: Scenario):
    stated = {
        label: float(hours) for label, hours in table(desk)["paid hours a week"].items() if hours.isdigit()
    }
    assert list(stated) == ["today", *desk.variants]
    for label, hours in stated.items():
        scenario = desk if label == "today" else desk.variant(label)
        assert math.isclose(paid_hours(scenario), hours, abs_tol=0.5)


def test_the_upgrade_holds_all_that_the_two_partial_redesigns_change(desk: Scenario):
    variants = desk.base.data["variants"]
    for name in ("bot_first", "email_and_social"):
        for key, value in variants[name].items():
            held = variants["upgrade"][key]
            if key == "costs.one_off":  # the upgrade spends on training too
                held = {item: held[item] for item in value}
            assert held == value, key
