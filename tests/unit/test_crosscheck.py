"""Which steps a formula describes exactly, and which only nearly: those must get none.

Expected values are those of `sim.queueing` (tested elsewhere) for arguments worked out by hand here.
"""

import copy
import io
import math
from typing import Any

import pytest
import yaml
from rich.console import Console
from scipy import stats

import sim
from sim.analysis.crosscheck import Fit, Misfit, compared, fits
from sim.analysis.laws import moments
from sim.queueing import MG1, ErlangA, ErlangB, ErlangC
from sim.reporting.console import run_report
from sim.reporting.records import run_record, to_json
from sim.scenario import Scenario
from sim.scenario.values import Distribution
from tests.oracle import exact

HOUR = 3600.0

BASE = """
name: one line
time: {start: 2026-03-02, horizon: 2d}
channels:
  phone: {arrivals: {volume: 2880/day}, patience: {exponential: {mean: 3m}}, journey: voice}
teams: {desk: {agents: 10, skills: {answer: 1}}}
journeys:
  voice: {answer: {work: {time: {exponential: {mean: 4m}}}, next: resolved}}
"""
"""Erlang A: 8 erlangs for 10 agents."""

ERLANG_A = ErlangA(120 / HOUR, 240.0, 10, 180.0)
ERLANG_C = ErlangC(120 / HOUR, 240.0, 10)

ENDLESS_PATIENCE = {"channels.phone.patience": None}
NO_PATIENCE = {"channels.phone.patience": "0s"}
ONE_AGENT = {**ENDLESS_PATIENCE, "teams.desk.agents": 1, "channels.phone.arrivals.volume": "10/h"}
WORK = "journeys.voice.answer.work"
EXPONENTIAL = {"work": {"time": {"exponential": {"mean": "4m"}}}, "next": "resolved"}
TWO_REASONS = {"reasons": {"short": {"share": "75%"}, "long": {"share": "25%"}}}


def by_reason(short: Any, long: Any) -> dict[str, Any]:
    return {"by": "reason", "short": short, "long": long}


def exponential(mean: str) -> dict[str, Any]:
    return {"exponential": {"mean": mean}}


def changed(*changes: dict[str, Any]) -> Scenario:
    """The base scenario with values put in by dotted key, in order; None takes a key out."""
    data = yaml.safe_load(BASE.replace("2026-03-02", "'2026-03-02'"))
    for key, value in (pair for change in changes for pair in change.items()):
        *path, last = key.split(".")
        here = data
        for part in path:
            here = here.setdefault(part, {})
        if value is None:
            here.pop(last, None)
        else:
            here[last] = copy.deepcopy(value)
    return sim.loads(yaml.dump(data, Dumper=_Plain, sort_keys=False))


class _Plain(yaml.SafeDumper):
    """Without aliases, so that a law used twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def fit_of(scenario: Scenario, step: str = "answer") -> Fit:
    found = next(each for each in fits(scenario) if each.step == step)
    assert isinstance(found, Fit), found
    return found


def reason(scenario: Scenario, step: str = "answer") -> str:
    found = next(each for each in fits(scenario) if each.step == step)
    assert isinstance(found, Misfit), found
    return found.reason


def values(fit: Fit) -> dict[str, float]:
    return {str(wanted): value for wanted, value in fit.exact}


# --------------------------------------------------------------------------------------------- what fits


def test_exponential_patience_and_handle_times_are_erlang_a() -> None:
    fit = fit_of(changed())
    assert fit.formula == ERLANG_A
    assert fit.name == "Erlang A, M/M/10+M"
    assert values(fit) == {
        "wait.mean": ERLANG_A.mean_wait,
        "asa": ERLANG_A.asa,
        "abandonment": ERLANG_A.abandonment,
        "service_level(20s)": ERLANG_A.service_level(20.0),
        "occupancy for team=desk": ERLANG_A.occupancy,
    }


def test_endless_patience_is_erlang_c() -> None:
    fit = fit_of(changed(ENDLESS_PATIENCE))
    assert fit.formula == ERLANG_C
    assert fit.name == "Erlang C, M/M/10"
    assert values(fit) == {
        "wait.mean": ERLANG_C.mean_wait,
        "service_level(20s)": ERLANG_C.service_level(20.0),
        "occupancy for team=desk": 0.8,
    }


def test_no_patience_at_all_is_erlang_b_whatever_the_law_and_order_of_service() -> None:
    fit = fit_of(
        changed(
            NO_PATIENCE,
            TWO_REASONS,
            {
                f"{WORK}.time": by_reason("2m", {"lognormal": {"mean": "6m", "cv": 1.3}}),
                f"{WORK}.wrap_up": "1m",
                "segments": {"vip": {"share": "10%", "priority": 1}, "other": {"share": "90%"}},
            },
        )
    )
    formula = ErlangB(120 / HOUR, 0.75 * 120 + 0.25 * 360 + 60, 10)
    assert fit.formula == formula
    assert fit.name == "Erlang B, M/G/10/10"
    assert values(fit) == {"abandonment": formula.blocked, "occupancy for team=desk": formula.occupancy}


def test_one_agent_and_a_constant_handle_time_are_m_d_1() -> None:
    fit = fit_of(changed(ONE_AGENT, {f"{WORK}.time": "4m"}))
    assert fit.formula == MG1(10 / HOUR, 240.0, 0.0)
    assert fit.name == "Pollaczek-Khinchine, M/D/1"
    # rho = 2/3: half the 480 s that exponential times would give
    assert values(fit) == pytest.approx({"wait.mean": 240.0, "occupancy for team=desk": 2 / 3})


def test_one_agent_and_handle_times_by_reason_with_wrap_up_are_m_g_1_with_the_moments_of_both() -> None:
    fit = fit_of(
        changed(
            ONE_AGENT,
            TWO_REASONS,
            {
                f"{WORK}.time": by_reason(exponential("2m"), "6m"),
                f"{WORK}.wrap_up": {"uniform": {"min": "0s", "max": "1m"}},
            },
        )
    )
    mean = 0.75 * 150 + 0.25 * 390
    variance = 0.75 * 120**2 + 60**2 / 12 + 0.75 * 0.25 * (390 - 150) ** 2
    assert isinstance(fit.formula, MG1)
    assert fit.formula.handle_time == pytest.approx(mean)
    assert fit.formula.cv == pytest.approx(math.sqrt(variance) / mean)
    assert fit.name == "Pollaczek-Khinchine, M/G/1"
    assert values(fit)["wait.mean"] == pytest.approx(
        MG1(10 / HOUR, mean, math.sqrt(variance) / mean).mean_wait
    )


@pytest.mark.parametrize(
    "changes",
    [
        {f"{WORK}.time": {"gamma": {"mean": "4m", "cv": 1}}},
        {f"{WORK}.time": {"weibull": {"mean": "4m", "shape": 1}}},
        {f"{WORK}.wrap_up": "0s"},
        {"channels.phone.arrivals.by_weekday": {"daily": "100%"}},
        {"channels.phone.arrivals": {"volume": "60/h", "by_weekday": {"daily": "200%"}}},
        {**TWO_REASONS, f"{WORK}.time": by_reason(exponential("4m"), exponential("240s"))},
        {"segments": {"a": {"share": "30%", "priority": 2}, "b": {"share": "70%", "priority": 2}}},
        {"segments": {"a": {"share": "30%", "priority": 1}, "b": {"share": "70%"}}, f"{WORK}.priority": 3},
        {"recontact": {"unresolved": "50%", "after": "1h"}},  # nobody ends unresolved
        {**TWO_REASONS, "recontact": {"unresolved": {"short": "0%", "long": "0%"}, "after": "1h"}},
        {"teams.spare": {"agents": 0, "skills": {"answer": 1}}},
    ],
)
def test_what_makes_no_difference_to_the_model_does_not_matter(changes: dict[str, Any]) -> None:
    assert fit_of(changed(changes)).formula == ERLANG_A


def test_channels_of_one_journey_are_one_poisson_stream() -> None:
    app = {"arrivals": {"volume": "30/h"}, "patience": exponential("180s"), "journey": "voice"}
    fit = fit_of(changed({"channels.app": app, "channels.phone.arrivals.volume": "90/h"}))
    assert fit.formula == ERLANG_A
    assert "wait.mean" in values(fit)


def test_where_other_contacts_queue_elsewhere_the_measures_are_those_of_the_channel() -> None:
    fit = fit_of(
        changed(
            {
                "channels.mail": {
                    "arrivals": {"volume": "900/day", "day_to_day_cv": "20%"},
                    "journey": "post",
                },
                "teams.back": {"shifts": {"day": 5}, "skills": {"write": 1}},
                "shifts": {"day": {"days": "daily", "hours": "08:00-16:00"}},
                "journeys.post": {"write": {"work": {"time": "9m"}, "next": "resolved"}},
            }
        )
    )
    assert fit.formula == ERLANG_A
    assert values(fit)["wait.mean for channel=phone"] == ERLANG_A.mean_wait
    assert "wait.mean" not in values(fit)


def test_targets_are_those_of_the_slas_on_these_contacts() -> None:
    scenario = changed(
        {
            "segments": {"core": {"share": "100%"}},
            "slas": {
                "fast": "service_level(60s) >= 80% for channel=phone",
                "each": "service_level(10s) >= 60% each hour",
                "answered only": "service_level(5s, definition=answered) >= 60%",
                "one segment": "service_level(6s) >= 60% for segment=core",
                "another": "wait.mean <= 7s",
            },
        }
    )
    targets = {name: value for name, value in values(fit_of(scenario)).items() if name.startswith("service")}
    assert targets == {
        "service_level(10s)": ERLANG_A.service_level(10.0),
        "service_level(60s)": ERLANG_A.service_level(60.0),
    }


BOT: dict[str, Any] = {
    "segments": {"keen": {"share": "60%"}, "shy": {"share": "40%", "accepts_bot": "50%"}},
    "bots": {
        "helper": {
            "time": {"lognormal": {"mean": "2m", "cv": 1}},
            "resolves": "40%",
            "falsely_resolves": "10%",
            "attempts_to_human": 3,
            "gives_up_per_attempt": "20%",
        }
    },
    "journeys.voice": {"greet": {"bot": "helper", "handoff": "answer"}, "answer": EXPONENTIAL},
}


def test_behind_an_unlimited_bot_the_stream_is_thinned() -> None:
    outcomes = exact.bot_outcomes(0.6 + 0.4 * 0.5, 0.4, 0.1, 3, 0.2)
    formula = fit_of(changed(BOT)).formula
    assert isinstance(formula, ErlangA)
    assert formula.arrival_rate == pytest.approx(120 / HOUR * (outcomes.declined + outcomes.handed_off))


def test_a_bot_that_everybody_accepts_shortens_the_exponential_time_of_all() -> None:
    formula = fit_of(
        changed(
            BOT,
            {
                "segments": None,
                "bots": {"helper": {**BOT["bots"]["helper"], "handoff": {"saves_handle_time": "25%"}}},
            },
        )
    ).formula
    assert isinstance(formula, ErlangA)
    assert formula.handle_time == pytest.approx(180.0)


def test_a_bot_that_some_decline_makes_handle_times_a_mixture() -> None:
    saving = {"bots": {"helper": {**BOT["bots"]["helper"], "handoff": {"saves_handle_time": "25%"}}}}
    assert "handle time is not the same for all" in reason(changed(BOT, saving))
    formula = fit_of(changed(BOT, saving, ONE_AGENT)).formula
    outcomes = exact.bot_outcomes(0.8, 0.4, 0.1, 3, 0.2)
    saved = outcomes.handed_off / (outcomes.handed_off + outcomes.declined)
    mean = saved * 180 + (1 - saved) * 240
    square = 2 * (saved * 180**2 + (1 - saved) * 240**2)
    assert isinstance(formula, MG1)
    assert formula.handle_time == pytest.approx(mean)
    assert formula.cv == pytest.approx(math.sqrt(square / mean**2 - 1))


def test_who_declines_one_bot_declines_the_next() -> None:
    # Half decline both bots, half go through both: 1/2 + 1/2 * 0.5 * 0.4, not two independent draws.
    bots = {name: {"time": "1m", "resolves": share} for name, share in (("one", "50%"), ("two", "60%"))}
    journey = {
        "greet": {"bot": "one", "handoff": "again"},
        "again": {"bot": "two", "handoff": "answer"},
        "answer": EXPONENTIAL,
    }
    formula = fit_of(
        changed(
            {
                "segments": {"all_of_them": {"share": "100%", "accepts_bot": "50%"}},
                "bots": bots,
                "journeys.voice": journey,
            }
        )
    ).formula
    assert formula.arrival_rate == pytest.approx(120 / HOUR * 0.6)


EXPERTS = {"teams.experts": {"agents": 6, "skills": {"fix": 1}}}


def test_after_choose_and_delay_each_of_two_queues_is_measured_by_its_visits() -> None:
    journey = {
        "which": {"choose": {"by": "reason", "short": "answer", "long": {"fix": "40%", "wait": "rest"}}},
        "wait": {"delay": {"time": "10m"}, "next": {"which": "50%", "answer": "50%"}},
        "answer": EXPONENTIAL,
        "fix": {"work": {"time": exponential("10m")}, "next": "resolved"},
    }
    scenario = changed(TWO_REASONS, ENDLESS_PATIENCE, EXPERTS, {"journeys.voice": journey})
    # of the long ones x = 1 + 0.6 * 0.5 x come to `which`, 0.4 x of them to `fix`
    to_fix = 0.25 * 0.4 / (1 - 0.3)
    fix = ErlangC(120 / HOUR * to_fix, 600.0, 6)
    answer = ErlangC(120 / HOUR * (1 - to_fix), 240.0, 10)
    assert values(fit_of(scenario, "fix")) == pytest.approx(
        {"queue_wait.mean for step=fix": fix.mean_wait, "occupancy for team=experts": fix.occupancy}
    )
    assert values(fit_of(scenario)) == pytest.approx(
        {"queue_wait.mean for step=answer": answer.mean_wait, "occupancy for team=desk": answer.occupancy}
    )


SECOND_STEP = {
    **EXPERTS,
    "journeys.voice": {
        "answer": {**EXPONENTIAL, "next": {"resolved": "75%", "fix": "25%"}},
        "fix": {"work": {"time": exponential("10m")}, "next": "resolved"},
    },
}


def test_what_leaves_erlang_c_comes_as_a_poisson_stream_to_the_next_step() -> None:
    scenario = changed(ENDLESS_PATIENCE, SECOND_STEP)
    fix = ErlangC(30 / HOUR, 600.0, 6)
    assert values(fit_of(scenario)).keys() == {"wait.mean", "service_level(20s)", "occupancy for team=desk"}
    assert values(fit_of(scenario, "fix")) == pytest.approx(
        {"queue_wait.mean for step=fix": fix.mean_wait, "occupancy for team=experts": fix.occupancy}
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},  # patience
        NO_PATIENCE,
        {**ENDLESS_PATIENCE, "journeys.voice.answer.work.wrap_up": "10s"},
        {**ENDLESS_PATIENCE, "journeys.voice.answer.work.time": "4m"},
    ],
)
def test_what_leaves_any_other_step_does_not(changes: dict[str, Any]) -> None:
    assert "'answer' before it is no Poisson stream" in reason(changed(SECOND_STEP, changes), "fix")


# --------------------------------------------------------------------------------------- what nearly fits


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        (
            "has a calendar",
            {"calendars": {"open": {"daily": "08:00-20:00"}}, "channels.phone.arrivals.calendar": "open"},
        ),
        ("depends on the weekday", {"channels.phone.arrivals.by_weekday": {"sat": "90%"}}),
        ("depends on the hour", {"channels.phone.arrivals.by_hour": {"08": "50%", "09": "50%"}}),
        ("day_to_day_cv", {"channels.phone.arrivals.day_to_day_cv": "1%"}),
        ("recorded arrivals", {"channels.phone.arrivals": {"trace": {"file": "calls.csv", "time": "time"}}}),
        ("patience is lognormal", {"channels.phone.patience": {"lognormal": {"mean": "3m", "cv": 1}}}),
        ("patience is constant", {"channels.phone.patience": "3m"}),
        (
            "patience is not the same for all",
            {**TWO_REASONS, "channels.phone.patience": by_reason(exponential("3m"), exponential("4m"))},
        ),
        (
            "patience is not the same for all",
            {**TWO_REASONS, "channels.phone.patience": by_reason("0s", exponential("3m"))},
        ),
        (
            "patience depends on the hour",
            {"channels.phone.patience": {"by": "hour", "08": exponential("1m"), "else": exponential("3m")}},
        ),
        (
            "patience is not the same for all",
            {"channels.app": {"arrivals": {"volume": "30/h"}, "journey": "voice"}},
        ),
        (
            "handle time is not exponential, and customers give up",
            {f"{WORK}.time": {"gamma": {"mean": "4m", "cv": 0.9}}},
        ),
        (
            "handle time is not exponential, and customers give up",
            {f"{WORK}.time": {"lognormal": {"mean": "4m", "cv": 1}}},
        ),
        ("there are several agents", {**ENDLESS_PATIENCE, f"{WORK}.time": "4m"}),
        ("there is wrap-up, and customers give up", {f"{WORK}.wrap_up": "1s"}),
        (
            "there is wrap-up, and there are several agents",
            {**ENDLESS_PATIENCE, f"{WORK}.wrap_up": exponential("1m")},
        ),
        (
            "handle time is not the same for all",
            {**TWO_REASONS, f"{WORK}.time": by_reason(exponential("4m"), exponential("5m"))},
        ),
        (
            "handle time depends on the hour",
            {f"{WORK}.time": {"by": "hour", "08": exponential("5m"), "else": exponential("4m")}},
        ),
        (
            "segments differ in priority",
            {"segments": {"a": {"share": "30%", "priority": 1}, "b": {"share": "70%"}}},
        ),
        ("head start", {"segments": {"a": {"share": "30%", "head_start": "1m"}, "b": {"share": "70%"}}}),
        ("several teams", {"teams.more": {"agents": 1, "skills": {"answer": 2}}}),
        (
            "works shifts",
            {
                "teams.desk": {"shifts": {"all": 10}, "skills": {"answer": 1}},
                "shifts": {"all": {"days": "daily", "hours": "00:00-24:00"}},
            },
        ),
        ("works a rota", {"teams.desk": {"rota": "rota.csv", "skills": {"answer": 1}}}),
        ("follows a forecast", {"channels.phone.arrivals": {"forecast": "forecast.csv"}}),
        ("may be away", {"teams.desk.absence": "5%"}),
        ("may be away", {"teams.desk.shrinkage": "5%"}),
        ("changes", {"teams.desk.agents": {"by": "hour", "08": 9, "else": 10}}),
        ("depends on the date", {"channels.phone.arrivals.by_date": {"2026-03-03": "50%"}}),
        ("days differ for all channels", {"demand": {"day_to_day_cv": "5%"}}),
        (
            "also serves the step 'fix'",
            {
                "teams.desk.skills.fix": 1,
                "journeys.voice.answer.next": {"fix": "1%", "resolved": "99%"},
                "journeys.voice.fix": {"work": {"time": "1m"}, "next": "resolved"},
            },
        ),
        ("contacts come back to it", {"journeys.voice.answer.next": {"answer": "1%", "resolved": "99%"}}),
        (
            "contacts come back to it",
            {
                "journeys.voice.answer.next": {"later": "1%", "resolved": "99%"},
                "journeys.voice.later": {"delay": {"time": "1d"}, "next": "answer"},
            },
        ),
        (
            "contacts of the journey come back (recontact)",
            {
                "journeys.voice.answer.next": {"unresolved": "1%", "resolved": "99%"},
                "recontact": {"unresolved": "1%", "after": "1h"},
            },
        ),
        ("10 agents cannot keep up", {**ENDLESS_PATIENCE, "channels.phone.arrivals.volume": "150/h"}),
        ("nobody comes", {"channels.phone.arrivals.volume": "0/h"}),
        (
            "table of quantiles",
            {**NO_PATIENCE, f"{WORK}.time": {"scipy": {"family": "gamma", "a": 2, "scale": "1m"}}},
        ),
    ],
)
def test_a_step_that_only_nearly_fits_gets_no_formula(why: str, changes: dict[str, Any]) -> None:
    assert why in reason(changed(changes))


def bot_with(**changes: Any) -> dict[str, Any]:
    return {"bots": {"helper": {**BOT["bots"]["helper"], **changes}}}


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("limited number of sessions", bot_with(sessions=1000)),
        ("the bot before it keeps places", bot_with(handoff={"keeps_place": True})),
        ("'greet' before it depend on the hour", bot_with(time={"by": "hour", "08": "1m", "else": "2m"})),
        (
            "'greet' before it depend on the hour",
            bot_with(resolves={"by": "hour", "08": "10%", "else": "40%"}),
        ),
        ("come back (recontact)", {"recontact": {"falsely_resolved": "10%", "after": "1h"}}),
    ],
)
def test_a_bot_before_the_step_can_spoil_the_stream_or_the_order(why: str, changes: dict[str, Any]) -> None:
    assert why in reason(changed(BOT, changes))


def test_recontacts_of_those_the_bot_keeps_count_too_since_they_may_decline_it_the_next_time() -> None:
    shares = bot_with(resolves="50%", falsely_resolves="50%")
    returning = {"recontact": {"falsely_resolved": "10%", "after": "1h"}}
    assert fit_of(changed(BOT, shares)).formula.arrival_rate == pytest.approx(120 / HOUR * 0.2)
    assert "come back (recontact)" in reason(changed(BOT, shares, returning))


@pytest.mark.parametrize("template", ["after_sales", "anonymous_bank"])
def test_a_service_with_opening_hours_fits_no_formula_and_every_step_says_why(template: str) -> None:
    found = fits(sim.load(f"scenarios/{template}.yaml"))
    assert found
    assert all(isinstance(each, Misfit) and each.reason for each in found)


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ({"uniform": {"min": "2s", "max": "8s"}}, stats.uniform(2, 6)),
        ({"triangular": {"min": "2s", "mode": "3s", "max": "12s"}}, stats.triang(0.1, 2, 10)),
        (exponential("9s"), stats.expon(scale=9)),
        ({"gamma": {"mean": "6s", "cv": 0.5}}, stats.gamma(4, scale=1.5)),
        (
            {"lognormal": {"mean": "6s", "cv": 0.5}},
            stats.lognorm(math.sqrt(math.log(1.25)), scale=6 / math.sqrt(1.25)),
        ),
        ({"weibull": {"mean": "6s", "shape": 2}}, stats.weibull_min(2, scale=6 / math.gamma(1.5))),
        ({"empirical": {"quantiles": {"0%": "1s", "100%": "5s"}}}, stats.uniform(1, 4)),
    ],
)
def test_moments_are_those_of_the_law(text: dict[str, Any], law: Any) -> None:
    assert moments(Distribution.model_validate(text)) == pytest.approx((law.mean(), law.var()))


def test_moments_of_laws_with_atoms() -> None:
    assert moments(Distribution.model_validate("7s")) == (7.0, 0.0)
    # Half of them 0, half uniform to 6 s: the mean square is half of 6² / 3.
    half = Distribution.model_validate({"empirical": {"quantiles": {"0%": "0s", "50%": "0s", "100%": "6s"}}})
    assert moments(half) == pytest.approx((1.5, 6 - 1.5**2))


# ---------------------------------------------------------------------------------- beside the simulation


def shown(study: Any) -> str:
    text = io.StringIO()
    Console(file=text, width=200).print(run_report(study))
    return text.getvalue()


def test_the_simulation_covers_the_exact_values_and_both_are_shown() -> None:
    scenario = changed(
        {
            "time": {"start": "2026-03-02", "horizon": "6h", "warm_up": "1h", "run_out": "30m"},
            "run": {"replications": 30, "seed": 11, "confidence": "99.99%"},
        }
    )
    study = sim.run(scenario).study
    each = compared(study, fit_of(scenario))
    assert [one.exact for one in each] == list(values(fit_of(scenario)).values())
    for one in each:
        assert one.covers, (str(one.row.request), one.row.estimate, one.exact)
    text = shown(study)
    assert "answer: Erlang A, M/M/10+M" in text
    assert f"{100 * ERLANG_A.abandonment:.0f}" in text.split("where a formula fits")[1]
    assert "not covered" not in text
    (record,) = run_record(study)["crosscheck"]
    assert record["formula"] == "Erlang A, M/M/10+M"
    assert record["arguments"] == {
        "arrival_rate_per_s": 120 / HOUR, "handle_time_s": 240.0, "agents": 10, "patience_s": 180.0,
    }  # fmt: skip
    assert {one["measure"]: one["exact"] for one in record["measures"]}["wait.mean"] == ERLANG_A.mean_wait
    assert all(one["covers"] for one in record["measures"])


def test_a_start_with_nobody_there_is_told_by_an_interval_that_does_not_cover() -> None:
    scenario = changed(
        ENDLESS_PATIENCE,
        {
            "time": {"start": "2026-03-02", "horizon": "10m", "run_out": "1h"},
            "run": {"replications": 40, "seed": 12},
        },
    )
    text = shown(sim.run(scenario).study)
    assert "not covered: 5 % of intervals miss by chance" in text
    assert "make warm_up" in text


def test_nothing_is_shown_where_no_formula_fits_and_the_record_says_why() -> None:
    scenario = changed({f"{WORK}.time": "4m", "time": {"start": "2026-03-02", "horizon": "10m"}})
    study = sim.run(scenario, replications=2).study
    assert "formula" not in shown(study)
    (record,) = run_record(study)["crosscheck"]
    assert record["formula"] is None
    assert "handle time is not exponential" in record["reason"]
    assert to_json(run_record(study))


def test_without_an_interval_nothing_is_said_of_covering() -> None:
    scenario = changed({"time": {"start": "2026-03-02", "horizon": "10m"}})
    study = sim.run(scenario, replications=1).study
    assert {one.covers for one in compared(study, fit_of(scenario))} == {None}
    assert "not covered" not in shown(study)
