"""The laws of `conservation` on scenarios of every feature, full of ties, drawn at random, and shipped."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import sim
from sim.engine.reference import run
from sim.log import Fate, State
from sim.plan import compile_plan
from sim.plan.sheets import unset_variable
from tests.behaviour.conservation import assert_conserved
from tests.equivalence.scenarios import Drawn, scenarios

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("**/*.yaml"))

EVERYTHING = """
name: every feature at once
time: {start: 2026-03-02, horizon: 3d, warm_up: 1d, run_out: 12h}
run: {replications: 1, seed: 11}
calendars:
  desk: {mon-fri: "08:00-12:00, 13:00-20:00", closed: [2026-03-03]}
segments:
  vip: {share: 10%, priority: 1, head_start: 60s}
  core: {share: 60%, priority: 3, accepts_bot: 80%}
  late: {share: 30%, priority: 3, head_start: 5m, accepts_bot: 50%}
reasons:
  order: {share: 60%}
  repair: {share: {by: segment, vip: 60%, else: 40%}}
channels:
  phone:
    arrivals:
      volume: 700/day
      by_hour: {"08": 10%, "09": 20%, "13": 70%}
      day_to_day_cv: 12%
      calendar: desk
    patience: {exponential: {mean: 4m}}
    lines: 40
    balk: {line: 15, share: {by: segment, late: 80%, else: 40%}}
    on_abandon: {retry: 60%, after: {exponential: {mean: 10m}}, at_most: 2, channel: {same: 80%, chat: 20%}}
    journey: voice
  chat:
    arrivals: {volume: 300/day}
    patience: {by: segment, vip: 0s, else: {uniform: {min: 0s, max: 5m}}}
    journey: voice
  email:
    arrivals: {volume: 200/day}
    journey: mail
bots:
  assistant:
    sessions: 4
    time: {lognormal: {mean: 90s, cv: 0.6}}
    resolves: {order: 50%, repair: 10%}
    falsely_resolves: 6%
    attempts_to_human: 3
    gives_up_per_attempt: 20%
    handoff: {saves_handle_time: 25%, keeps_place: true}
teams:
  frontline: {shifts: {early: 5, late: 5}, skills: {answer: 1, write: 2}, absence: 20%}
  night: {shifts: {night: 1}, skills: {write: 1, answer: 2}}
  back: {agents: 2, skills: {write: 1, fix: 1}}
shifts:
  early: {days: mon-sat, hours: "08:00-16:00", breaks: {coffee: "10:00+15m", lunch: "12:00+30m"}}
  late: {days: mon-sat, hours: "12:00-20:00", breaks: {lunch: "16:00+30m"}}
  night: {days: daily, hours: "20:00-04:00", breaks: {supper: "00:00+30m"}}
journeys:
  voice:
    greet: {bot: assistant, contained: end, handoff: answer}
    answer:
      work:
        time: {by: reason, order: {lognormal: {mean: 4m, cv: 0.8}}, else: {gamma: {mean: 6m, cv: 0.9}}}
        wrap_up: 45s
      next: {resolved: {by: reason, repair: 60%, else: 85%}, wait: 8%, unresolved: rest}
    wait: {delay: {time: 10m}, next: which}
    which: {choose: {by: segment, vip: fix, else: {fix: 50%, resolved: 50%}}}
    fix:
      work: {time: {gamma: {mean: 12m, cv: 0.7}}, priority: 2}
      next: {resolved: 80%, answer: 12%, unresolved: 8%}
  mail:
    write: {work: {time: {exponential: {mean: 5m}}, wrap_up: 1m}, next: {resolved: 80%, unresolved: 20%}}
recontact: {unresolved: 70%, falsely_resolved: 90%, after: {lognormal: {mean: 2h, cv: 1}}}
"""

OVERLOADED = """
name: an overloaded desk without patience
time: {start: 2026-03-02, horizon: 1d, run_out: 2h}
run: {replications: 1, seed: 3}
segments: {first: {share: 30%, priority: 1}, second: {share: 70%, priority: 2, head_start: 10m}}
channels:
  phone: {arrivals: {volume: 900/day}, journey: voice}
  mail: {arrivals: {volume: 200/day}, journey: post}
teams:
  both: {agents: 2, skills: {answer: 2, write: 1}}
  desk: {shifts: {day: 3}, skills: {answer: 1}}
shifts:
  day: {days: daily, hours: "08:00-16:00", breaks: {lunch: "12:00+45m", tea: "12:50+10m"}}
journeys:
  voice:
    answer:
      work: {time: {lognormal: {mean: 4m, cv: 1.2}}, wrap_up: {exponential: {mean: 30s}}}
      next: resolved
  post: {write: {work: {time: 9m}, next: resolved}}
"""

IDLE = """
name: more agents than work
time: {start: 2026-03-02, horizon: 1d}
run: {replications: 1, seed: 4}
channels: {phone: {arrivals: {volume: 60/day}, patience: 0s, journey: voice}}
teams: {desk: {agents: 30, skills: {answer: 1}}}
journeys: {voice: {answer: {work: {time: 1m}, next: resolved}}}
"""


@pytest.mark.parametrize("replication", [0, 1])
@pytest.mark.parametrize("text", [EVERYTHING, OVERLOADED, IDLE], ids=["everything", "overloaded", "idle"])
def test_nothing_disappears_and_nobody_idles_before_a_queue(text, replication):
    plan = compile_plan(sim.loads(text))
    log = run(plan, replication)
    assert_conserved(plan, log)


def test_the_scenario_of_every_feature_meets_every_fate_and_every_state():
    log = run(compile_plan(sim.loads(EVERYTHING)), 0)
    assert set(log.contacts.fate.tolist()) == set(Fate)
    assert set(log.agents.state.tolist()) == set(State)
    assert log.agents.overtime.any()
    assert (log.contacts.entity % 256 > 0).any()


def changed(table, row: int, **values):
    """A table of a log with other values in one row."""
    columns = {name: column.copy() for name, column in table.columns().items()}
    for name, value in values.items():
        columns[name][row] = value
    return type(table)(**columns)


def without(table, row: int):
    return type(table)(**{name: np.delete(column, row) for name, column in table.columns().items()})


TAMPERED = {
    "a contact is missing": lambda log: replace(log, contacts=without(log.contacts, 5)),
    "a visit is missing": lambda log: replace(log, visits=without(log.visits, 5)),
    "a fate is another": lambda log: replace(log, contacts=changed(log.contacts, 5, fate=Fate.ABANDONED)),
    "an end is later": lambda log: replace(
        log, contacts=changed(log.contacts, 5, end=log.contacts.end[5] + 1.0)
    ),
    "work begins later": lambda log: replace(
        log, visits=changed(log.visits, 5, started=log.visits.started[5] + 1.0)
    ),
    "another agent did it": lambda log: replace(
        log, visits=changed(log.visits, 5, agent=(log.visits.agent[5] + 1) % 5)
    ),
    "an agent's stretch is missing": lambda log: replace(log, agents=without(log.agents, 5)),
    "a stretch is overtime": lambda log: replace(log, agents=changed(log.agents, 5, overtime=1)),
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
def test_a_log_that_was_tampered_with_breaks_a_law(tamper):
    plan = compile_plan(sim.loads(OVERLOADED))
    log = run(plan, 0)
    with pytest.raises(AssertionError):
        assert_conserved(plan, tamper(log))


def every_minute_a_tie(folder: Path) -> sim.Scenario:
    """Arrivals, handle times, patience, breaks and shifts all on whole minutes."""
    minutes = np.random.default_rng(5).integers(7 * 60, 17 * 60, size=600)
    for name, own in {"phone": minutes[:350], "chat": minutes[350:]}.items():
        rows = [f"2026-03-02 {at // 60:02d}:{at % 60:02d}" for at in own]
        (folder / f"{name}.csv").write_text("\n".join(["at", *rows, ""]), encoding="utf-8")
    return sim.loads(
        """
name: ties
time: {start: 2026-03-02, horizon: 1d}
run: {replications: 1, seed: 8}
segments: {one: {share: 50%, priority: 3, accepts_bot: 60%}, two: {share: 50%, priority: 4, head_start: 2m}}
reasons: {short: {share: 40%}, long: {share: 40%}, none: {share: 20%}}
channels:
  phone:
    arrivals: {trace: {file: phone.csv, time: at}}
    patience: {by: reason, short: 0s, long: 3m, none: 7m}
    journey: voice
  chat:
    arrivals: {trace: {file: chat.csv, time: at}}
    patience: {by: segment, one: 5m, two: 2m}
    journey: text
bots:
  greeter: {sessions: 2, time: {by: reason, none: 0s, else: 2m}, resolves: 20%, falsely_resolves: 10%,
            attempts_to_human: 2, gives_up_per_attempt: 30%, handoff: {keeps_place: true}}
teams:
  front: {shifts: {day: 2}, skills: {answer: 1, fix: 2}}
  back: {agents: 1, skills: {answer: 2, fix: 1}}
shifts:
  day: {days: daily, hours: "08:00-16:00", breaks: {coffee: "10:00+15m", lunch: "12:00+30m"}}
journeys:
  voice:
    answer:
      work: {time: {by: reason, short: 2m, long: 5m, none: 0s}, wrap_up: {by: reason, long: 1m, else: 0s}}
      next: {resolved: 60%, fix: 20%, unresolved: 20%}
    fix: {work: {time: {by: team, front: 4m, else: 3m}}, next: {resolved: 80%, answer: 20%}}
  text:
    hello: {bot: greeter, handoff: pause}
    pause: {delay: {time: {by: reason, none: 0s, else: 1m}}, next: answer}
    answer: {work: {time: 3m, wrap_up: 1m}, next: resolved}
recontact: {unresolved: 100%, falsely_resolved: 100%, after: 10m, at_most: 2}
""",
        folder=folder,
    )


def test_the_laws_hold_where_everything_falls_on_whole_minutes(tmp_path):
    plan = compile_plan(every_minute_a_tie(tmp_path))
    log = run(plan, 0)
    assert_conserved(plan, log)
    moments = np.concatenate([log.contacts.arrival, log.visits.started, log.visits.ended])
    moments = moments[~np.isnan(moments)]
    assert (moments % 60 == 0).all()
    assert len(np.unique(moments)) < len(moments) / 3, "there are too few ties for this test to mean much"


@settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(drawn=scenarios())
def test_the_laws_hold_in_scenarios_drawn_at_random(tmp_path_factory, drawn: Drawn):
    plan = compile_plan(drawn.load(tmp_path_factory.mktemp("drawn")))
    assert_conserved(plan, run(plan, 0))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_laws_hold_in_shipped_scenarios(path):
    scenario = sim.load(path)
    if variable := unset_variable(scenario):
        pytest.skip(f"the environment variable {variable} is not set")
    plan = compile_plan(scenario)
    assert_conserved(plan, run(plan, 0))
