"""The compiled engine's log is the reference engine's, byte for byte."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import sim
from sim.engine import reference
from sim.plan import compile_plan
from sim.plan.sheets import unset_variable
from tests.behaviour.test_conservation import EVERYTHING, IDLE, OVERLOADED, every_minute_a_tie
from tests.equivalence.same_log import assert_engines_agree, first_difference
from tests.equivalence.scenarios import Drawn, scenarios

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("**/*.yaml"))


def with_variants(paths: list[Path]) -> list[tuple[Path, str | None]]:
    return [(path, name) for path in paths for name in (None, *sim.load(path).variants)]


@pytest.mark.parametrize(
    ("path", "variant"),
    with_variants(SHIPPED),
    ids=lambda each: each.stem if isinstance(each, Path) else each,
)
def test_in_every_shipped_scenario_and_variant(path, variant):
    scenario = sim.load(path, variant)
    if variable := unset_variable(scenario):
        pytest.skip(f"the environment variable {variable} is not set")
    assert len(assert_engines_agree(compile_plan(scenario)).contacts) > 1000


@pytest.mark.parametrize("replication", [0, 1, 2**40])
@pytest.mark.parametrize("text", [EVERYTHING, OVERLOADED, IDLE], ids=["everything", "overloaded", "idle"])
def test_in_scenarios_of_every_feature_and_at_extremes_of_load(text, replication):
    assert_engines_agree(compile_plan(sim.loads(text)), replication)


def test_where_everything_falls_on_whole_minutes(tmp_path):
    assert_engines_agree(compile_plan(every_minute_a_tie(tmp_path)))


@settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(drawn=scenarios())
def test_in_scenarios_drawn_at_random_with_hardly_any_room_for_records(tmp_path_factory, drawn: Drawn):
    plan = compile_plan(drawn.load(tmp_path_factory.mktemp("drawn")))
    assert_engines_agree(plan, room=1)


ROUND_AND_ROUND = """
name: many visits of one contact, at one instant and later
time: {start: 2026-03-02, horizon: 1d}
run: {replications: 1, seed: 5}
channels: {phone: {arrivals: {volume: 40/day}, patience: {exponential: {mean: 2h}}, journey: voice}}
bots: {menu: {sessions: 1, time: 1m, resolves: 0%, attempts_to_human: 9, gives_up_per_attempt: 5%}}
teams: {desk: {agents: 1, skills: {answer: 1}}}
journeys:
  voice:
    spin: {choose: {spin: 97%, listen: rest}}
    listen: {bot: menu, handoff: answer}
    answer: {work: {time: {exponential: {mean: 1m}}}, next: {spin: 60%, answer: 30%, resolved: rest}}
"""


def test_where_a_contact_makes_hundreds_of_visits_most_of_them_at_one_instant():
    log = assert_engines_agree(compile_plan(sim.loads(ROUND_AND_ROUND)), room=1)
    assert log.visits.number.max() > 200
    assert np.count_nonzero(log.visits.started == log.visits.wrapped) > 0.8 * len(log.visits)


def test_where_nobody_comes_and_nobody_works():
    plan = compile_plan(sim.loads(IDLE.replace("60/day", "0.001/day")))
    log = assert_engines_agree(plan)
    assert len(log.contacts) == 0
    no_time = replace(plan, horizon=0.0, warm_up=0.0, run_out=0.0)
    assert len(assert_engines_agree(no_time).agents) == 0


def test_a_difference_is_told_with_its_table_column_and_row():
    plan = compile_plan(sim.loads(IDLE))
    log = reference.run(plan, 0)
    later = log.visits.ended.copy()
    later[7] += 1e-9
    other = replace(log, visits=replace(log.visits, ended=later))
    assert first_difference(log, other).startswith("visits.ended, row 7 of")
    fewer = replace(
        log, contacts=type(log.contacts)(**{n: c[:-1] for n, c in log.contacts.columns().items()})
    )
    assert "rows in the reference engine" in first_difference(log, fewer)
    assert np.isnan(log.contacts.end).any() or "no value" in first_difference(log, log)
