"""Families of scipy.stats as quantile tables: how exact they are, the way into a Plan, what is refused."""

import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

import sim
from sim.errors import ScenarioError
from sim.plan import compile_plan
from sim.randomness import Family, mean_of, sample
from sim.scenario.tabulate import FamilyError, tabulated

SCENARIO = """\
name: tables
time: {{start: 2026-03-02, horizon: 1d}}
channels:
  phone: {{arrivals: {{volume: 100/day}}, patience: {patience}, journey: voice}}
teams: {{desk: {{agents: 1, skills: {{answer: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: {time}}}, next: resolved}}}}
variants: {{changed: {variant}}}
"""
BURR = "{scipy: {family: burr12, c: 2, d: 1.5, scale: 3m}}"


def loaded(time: str = "4m", patience: str = "3m", variant: str = "{}") -> sim.Scenario:
    return sim.loads(SCENARIO.format(time=time, patience=patience, variant=variant), name="s.yaml")


def refused(distribution: str) -> str:
    with pytest.raises(ScenarioError) as refusal:
        loaded(distribution)
    return str(refusal.value)


# --- how exact

FAMILIES = [
    ("burr12", {"c": 2, "d": 1.5}),
    ("gengamma", {"a": 2, "c": 0.7}),
    ("exponweib", {"a": 2, "c": 0.8}),
    ("invgauss", {"mu": 2}),
    ("lomax", {"c": 2.5}),  # no variance to speak of
    ("lognorm", {"s": 1.5}),
    ("beta", {"a": 0.5, "b": 0.5}),  # steep at both ends
    ("trapezoid", {"c": 0.2, "d": 0.8}),  # with kinks
    ("expon", {}),
]
EACH = pytest.mark.parametrize(("family", "shapes"), FAMILIES, ids=[name for name, _ in FAMILIES])


@EACH
def test_a_table_is_as_exact_as_it_says(family: str, shapes: dict):
    table = tabulated(family, shapes, 30.0, 180.0)
    exact = getattr(stats, family)(**shapes, loc=30.0, scale=180.0)
    random = np.random.default_rng(1)
    tails = 10 ** random.uniform(-8, math.log10(0.5), 2_000)
    drawn = np.interp(np.concatenate([tails, 1 - tails]), table.probabilities, table.values)
    quantiles = np.concatenate([exact.ppf(tails), exact.isf(1 - (1 - tails))])
    error = np.abs(drawn - quantiles) / np.maximum(exact.mean(), quantiles)
    assert error.max() <= 1.05 * table.quantile_error  # it was looked for at three places between knots
    assert table.quantile_error < 3e-4
    assert table.mean == pytest.approx(exact.mean())


@EACH
def test_the_error_of_the_mean_is_that_of_what_is_drawn(family: str, shapes: dict):
    table = tabulated(family, shapes, 0.0, 60.0)
    knots = np.array([*table.probabilities, *table.values])
    drawn = mean_of(Family.EMPIRICAL, 0.0, float(len(table.values)), 0.0, 0.0, knots)
    assert drawn / table.mean - 1 == pytest.approx(table.mean_error, abs=1e-9)
    assert abs(table.mean_error) < 2e-4


def test_knots_are_denser_towards_the_tails_and_reach_as_far_as_random_numbers_do():
    table = tabulated("burr12", {"c": 2, "d": 1.5}, 0.0, 180.0)
    probabilities = np.array(table.probabilities)
    gaps = np.diff(probabilities)
    assert probabilities[0] == 2.0**-53
    assert 1 - probabilities[-1] == 2.0**-53
    assert gaps[np.searchsorted(probabilities, 0.999)] < gaps[np.searchsorted(probabilities, 0.5)] / 20
    assert np.all(gaps > 0)
    assert np.all(np.diff(table.values) >= 0)


def test_a_table_says_how_far_it_is_off():
    table = tabulated("burr12", {"c": 2, "d": 1.5}, 0.0, 180.0)
    assert str(table).startswith(f"a table of {len(table.values)} quantiles, off between them by at most 0.0")
    assert str(table).endswith("% in the mean")


def test_many_draws_have_the_mean_and_the_tail_of_the_family():
    plan = compile_plan(loaded(BURR))
    (row,) = np.flatnonzero(plan.dist_family == Family.EMPIRICAL)
    parameters = [float(parameter) for parameter in plan.dist_params[row]]
    uniform = (np.arange(20_000) + 0.5) / 20_000
    key = (1, 2, 0, 0, 0, 0)
    drawn = np.array([sample(int(Family.EMPIRICAL), *parameters, plan.dist_table, u, *key) for u in uniform])
    exact = stats.burr12(2, 1.5, scale=180)
    assert stats.kstest(drawn, exact.cdf).statistic < 3e-4
    assert np.mean(drawn > exact.isf(0.01)) == pytest.approx(0.01, abs=1e-4)
    assert drawn.mean() == pytest.approx(exact.mean(), rel=0.01)


# --- the way into a Plan


def test_the_same_family_is_tabulated_once_however_often_it_is_used():
    once = compile_plan(loaded(BURR))
    by_hour = compile_plan(loaded(f'{{by: hour, "08": 3m, else: {BURR}}}', patience=BURR))
    assert np.count_nonzero(by_hour.dist_family == Family.EMPIRICAL) == 24
    assert np.array_equal(once.dist_table, by_hour.dist_table)


def test_another_family_in_a_variant_replaces_the_first_with_its_shape_parameters():
    time = "journeys.voice.answer.work.time"
    other = "{scipy: {family: gengamma, a: 2, c: 1.2, scale: 2m}}"
    changed = loaded(BURR, variant=f"{{{time}: {other}}}").variant("changed")
    assert changed.spec.journeys["voice"]["answer"].work.time.scipy.family == "gengamma"
    longer = loaded(BURR, variant=f"{{{time}.scipy.scale: 4m}}").variant("changed")
    assert longer.spec.journeys["voice"]["answer"].work.time.mean == pytest.approx(
        stats.burr12(2, 1.5, scale=240).mean()
    )
    native = loaded(BURR, variant=f"{{{time}: {{exponential: {{mean: 2m}}}}}}").variant("changed")
    assert native.spec.journeys["voice"]["answer"].work.time.scipy is None


def test_only_scenarios_that_use_it_pay_for_importing_scipy_stats():
    text = SCENARIO.format(time="4m", patience="3m", variant="{}")
    code = f"import sys, sim; sim.loads({text!r}); sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- refusals


@pytest.mark.parametrize(
    ("family", "shapes", "message"),
    [
        ("bur12", {}, "no continuous family 'bur12'"),
        ("poisson", {}, "no continuous family 'poisson'"),
        ("rv_continuous", {}, "no continuous family"),
        ("burr12", {"c": 2}, "burr12 needs its shape parameter d$"),
        ("burr12", {}, "burr12 needs its shape parameters c and d$"),
        ("burr12", {"c": 2, "d": 1, "e": 3}, "burr12 has no shape parameter 'e'"),
        ("expon", {"a": 1}, "expon has no shape parameter 'a'"),
        ("burr12", {"c": -2, "d": 1}, r"burr12, c = -2, d = 1: scipy\.stats does not allow"),
        ("norm", {}, "a duration cannot be negative, and this goes down to -inf s"),
        ("cosine", {}, r"a duration cannot be negative, and this goes down to -158\.496 s"),
        ("pareto", {"b": 1}, "pareto, b = 1: its mean is not finite"),
        ("halfcauchy", {}, "halfcauchy: its mean is not finite"),
        ("pareto", {"b": 1.1}, r"would miss its mean by 2\.9 % \(allowed: 1 %\)"),
        ("kstwo", {"n": 0}, r"kstwo, n = 0: scipy\.stats cannot compute it"),
        ("studentized_range", {"k": 3, "df": 10}, "takes minutes"),
    ],
)
def test_what_cannot_stand_for_a_duration_is_refused(family: str, shapes: dict, message: str):
    with pytest.raises(FamilyError, match=message):
        tabulated(family, {name: float(value) for name, value in shapes.items()}, 30.0, 60.0)


@pytest.mark.parametrize(
    ("distribution", "message", "remedy"),
    [
        ("{scipy: {family: bur12, scale: 3m}}", "scipy.family: scipy.stats has no continuous", "'burr12'"),
        ("{scipy: {family: expon, k: 1, scale: 3m}}", "time.scipy.k: expon has no shape", "takes none"),
        ("{scipy: {family: lomax, scale: 3m}}", "time.scipy: lomax needs its shape parameter c", "takes c,"),
        ("{scipy: {family: lomax, c: 2m, scale: 3m}}", "time.scipy.c: '2m' is not a plain number", ""),
        ("{scipy: {family: lomax, c: yes, scale: 3m}}", "time.scipy.c: 'yes' is not a plain number", ""),
        ("{scipy: {family: lomax, c: 3}}", "'scale' is missing", "scale: …"),
        ("{scipy: {family: lomax, c: 3, scale: 3}}", "time.scipy.scale: 3 is not a duration", "write 3s"),
        ("{scipy: {family: lomax, c: 3, scale: 0s}}", "time.scipy.scale: '0s' is too short", ""),
        ("{scipy: {family: 5, c: 3, scale: 3m}}", "time.scipy.family: 5 is not a text", ""),
        (BURR.replace("}}", "}, exponential: {mean: 1m}}"), "exactly one family", ""),
    ],
)
def test_a_wrong_family_in_a_file_is_told_with_place_and_remedy(distribution: str, message: str, remedy: str):
    said = refused(distribution)
    assert said.startswith("s.yaml:")
    assert message in said
    assert remedy in said
