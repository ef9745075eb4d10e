"""No two random numbers share a key: what makes common random numbers safe."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from sim.engine import realise as realising
from sim.engine.reference import draws, run
from sim.plan import compile_plan
from sim.randomness import uniforms, visit_draws
from sim.scenario import loads

BIG = """
name: Everything that draws
time: {start: 2026-03-02, horizon: 3d, warm_up: 1d, run_out: 1d}
run: {seed: 11}
demand: {day_to_day_cv: 10%}
calendars: {desk: {daily: "08:00-20:00"}}
segments: {few: {share: 20%, accepts_bot: 60%}, many: {share: 80%}}
reasons: {a: {share: 60%}, b: {share: 40%}}
channels:
  phone:
    arrivals: {volume: 1500/day, day_to_day_cv: 20%, calendar: desk}
    patience: {gamma: {mean: 4m, cv: 1}}
    journey: voice
  chat: {arrivals: {volume: 900/day, day_to_day_cv: 20%}, patience: 5m, journey: voice}
bots:
  helper: {sessions: 25, time: {gamma: {mean: 1m, cv: 1.5}}, resolves: 20%, falsely_resolves: 10%,
           attempts_to_human: 4, gives_up_per_attempt: 5%}
journeys:
  voice:
    greet: {bot: helper, handoff: sort}
    sort: {choose: {answer: 80%, pause: 20%}}
    pause: {delay: {time: {exponential: {mean: 3m}}}, next: answer}
    answer:
      work: {time: {gamma: {mean: 4m, cv: 0.9}}, wrap_up: {gamma: {mean: 30s, cv: 2}}}
      next: {resolved: 55%, answer: 15%, pause: 5%, unresolved: rest}
recontact: {unresolved: 80%, falsely_resolved: 90%, after: {gamma: {mean: 3h, cv: 1}}, at_most: 5}
teams:
  front: {agents: 24, skills: {answer: 1}, absence: 10%, shrinkage: 12%}
  back: {shifts: {early: 3, late: 2}, skills: {answer: 2}, absence: 10%, shrinkage: 12%}
shifts: {early: {days: daily, hours: "08:00-16:00"}, late: {days: daily, hours: "12:00-20:00"}}
"""


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[int, int, int, int]]:
    """How often each (stream, block, visit, entity) is drawn in one replication of the big scenario."""
    drawn: Counter[tuple[int, int, int, int]] = Counter()

    def recorded_uniforms(
        seed: int, stream: int, block: int, visit: int, entity: int, replication: int
    ) -> Any:
        drawn[stream, block, visit, entity] += 1
        return uniforms(seed, stream, block, visit, entity, replication)

    def recorded_visit(*arguments: Any) -> Any:
        stream, visit, entity = arguments[6], arguments[7], arguments[8]
        drawn[stream, 0, visit, entity] += 1
        return visit_draws(*arguments)

    monkeypatch.setattr(draws, "uniforms", recorded_uniforms)
    monkeypatch.setattr(draws, "visit_draws", recorded_visit)
    plan = compile_plan(loads(BIG))
    run(plan, 0)
    arrivals = realising.realise(plan, 0)
    for channel, entity in zip(arrivals.channel.tolist(), arrivals.entity.tolist(), strict=True):
        drawn[int(plan.stream_arrivals[channel]), 0, 0, entity] += 1
        drawn[int(plan.stream_case[channel]), 0, 0, entity] += 1
    for agent, number in enumerate(plan.agent_number.tolist()):
        team, shift = plan.agent_team[agent], plan.agent_shift[agent]
        of_agent = slice(plan.duty_offset[agent], plan.duty_offset[agent + 1])
        for day in plan.duty_day[of_agent].tolist():
            drawn[int(plan.stream_absence[team, shift]), 0, 0, (day << 40) + (number << 8)] += 1
            if number == 0:  # one draw for all who are on the shift
                drawn[int(plan.stream_shrinkage[team, shift]), 0, 0, day << 40] += 1
    return drawn


def test_no_two_draws_of_a_big_scenario_have_the_same_key(keys: Counter[tuple[int, int, int, int]]) -> None:
    assert len(keys) > 50_000
    repeated = [key for key, times in keys.items() if times > 1]
    assert repeated == []


def test_ordinary_blocks_stay_below_those_that_gamma_draws(keys: Counter[tuple[int, int, int, int]]) -> None:
    blocks = {block for _, block, _, _ in keys}
    assert {0, 1, 2, 3} <= blocks
    assert max(blocks) < 2**16 // 4


def test_streams_of_all_purposes_differ() -> None:
    plan = compile_plan(loads(BIG))
    streams = np.concatenate(
        [
            plan.stream_arrivals,
            plan.stream_day,
            np.array([plan.stream_shared_day]),
            plan.stream_case,
            plan.stream_contact,
            plan.stream_step.ravel(),
            plan.stream_absence.ravel(),
            plan.stream_shrinkage.ravel(),
        ]
    )
    assert len(np.unique(streams)) == len(streams)
