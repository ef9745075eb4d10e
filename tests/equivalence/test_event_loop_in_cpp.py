"""A third implementation, in C++ and by another road, agrees with both engines to the last bit.

It is the yardstick of the benchmarks and knows only part of the language: see benchmarks/event_loop.py.
"""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import yaml

import sim
from sim.engine import compiled, reference
from sim.log import Fate, Log
from sim.plan import Plan, compile_plan

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"


def _module(name: str) -> ModuleType:
    """A module of the benchmarks, which are scripts and not a package."""
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


event_loop = _module("event_loop")

needs_compiler = pytest.mark.skipif(event_loop.compiler() is None, reason="there is no C++ compiler here")


@pytest.fixture(scope="module")
def cpp_log(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Plan, int], Log]:
    """The log of a plan and replication, from the C++ loop."""
    folder = tmp_path_factory.mktemp("cpp")

    def run(plan: Plan, replication: int) -> Log:
        log: Log = event_loop.EventLoop(plan, folder).log(replication)
        return log

    return run


def _agree(cpp: Log, other: Log) -> None:
    for table in ("contacts", "visits", "agents"):
        columns = getattr(other, table).columns()
        for name, column in getattr(cpp, table).columns().items():
            assert column.tobytes() == columns[name].tobytes(), f"{table}.{name} differs"
    assert cpp.to_bytes() == other.to_bytes()


@needs_compiler
@pytest.mark.parametrize("variant", [None, "endless_patience", "endless_patience_short"])
def test_the_day_of_20000_contacts_has_the_same_log(
    variant: str | None, cpp_log: Callable[[Plan, int], Log]
) -> None:
    base = sim.load(BENCHMARKS / "day.yaml")
    plan = compile_plan(base if variant is None else base.variant(variant))
    log = cpp_log(plan, 3)
    _agree(log, reference.run(plan, 3))
    _agree(log, compiled.run(plan, 3))


FATES = set(Fate) - {Fate.GAVE_UP_IN_BOT, Fate.BALKED, Fate.BLOCKED}
"""What can become of a contact without bots, limits and lines."""

DESK = """
name: desk
time: {start: 2026-03-02, horizon: 3d, warm_up: 12h, run_out: 1h}
run: {replications: 1, seed: 18446744073709551615}
segments: {firm: {share: 30%}, home: {share: 70%}}
reasons: {question: {share: 60%}, complaint: {share: 30%}, praise: {share: 10%}}
calendars: {desk: {daily: "08:00-18:00"}}
channels:
  phone:
    arrivals:
      {volume: 300/day, calendar: desk, by_weekday: {tue: 30%}, by_hour: {"09": 50%, "13": 10%, "17": 40%}}
    patience: {lognormal: {mean: 5m, cv: 2}}
    journey: voice
  chat: {arrivals: {volume: 200/day}, patience: 2m, journey: typing}
  mail: {arrivals: {volume: 250/day}, journey: writing}      # more than its agent can do
journeys:
  voice:
    answer:
      work: {time: {gamma: {mean: 6m, cv: 1.7}}, wrap_up: {gamma: {mean: 1m, cv: 0.4}}}
      next: {ask: 40%, unresolved: 20%, falsely_resolved: 5%, resolved: rest}
    ask: {work: {time: 5m, wrap_up: 0s}, next: {resolved: 50%, sign: rest}}
    sign: {work: {time: {exponential: {mean: 2m}}}, next: resolved}
  typing:
    reply: {work: {time: {constant: 7m}, wrap_up: {lognormal: {mean: 90s, cv: 0.5}}}, next: resolved}
  writing:
    write: {work: {time: {lognormal: {mean: 9m, cv: 0.3}}}, next: resolved}
teams:
  callers: {agents: 3, skills: {answer: 1}}
  askers: {agents: 1, skills: {ask: 2}}
  signers: {agents: 1, skills: {sign: 1}}
  typists: {agents: 1, skills: {reply: 1}}
  writers: {agents: 1, skills: {write: 1}}
"""


@needs_compiler
@pytest.mark.parametrize("replication", range(5))
def test_a_desk_with_every_family_and_fate_has_the_same_log(
    replication: int, cpp_log: Callable[[Plan, int], Log]
) -> None:
    plan = compile_plan(sim.loads(DESK))
    log = cpp_log(plan, replication)
    _agree(log, reference.run(plan, replication))
    _agree(log, compiled.run(plan, replication))
    assert set(log.contacts.fate) == FATES, "the desk no longer tries all fates"


UNSUITABLE = {
    "steps other than work": {
        "journeys.voice.sign": {"delay": {"time": "1m"}, "next": "resolved"},
        "teams.signers": None,
    },
    "a step with several teams": {"teams.typists.skills": {"reply": 1, "sign": 1}},
    "a team with several steps": {"teams.signers": None, "teams.typists.skills": {"reply": 1, "sign": 1}},
    "agents who come and go": {
        "shifts": {"day": {"days": "daily", "hours": "08:00-18:00"}},
        "teams.typists": {"agents": None, "shifts": {"day": 2}},
    },
    "a value that depends on something": {
        "journeys.typing.reply.work.time": {"by": "reason", "praise": "1m", "else": "2m"}
    },
    "customers who come back": {"recontact": {"unresolved": "50%", "after": "1h", "at_most": 2}},
    "queues that customers do not join": {"channels.chat.balk": {"line": 3}},
    "lines": {"channels.chat.lines": 9},
    "days that differ": {"channels.chat.arrivals.day_to_day_cv": "10%"},
    "priorities": {"segments.firm.priority": 1},
    "a head start": {"segments.firm.head_start": "1m"},
    "other distributions": {"channels.chat.patience": {"uniform": {"min": "1m", "max": "2m"}}},
    "a step that a contact may see twice": {
        "journeys.voice.sign.next": {"answer": "10%", "resolved": "rest"}
    },
}


@pytest.mark.parametrize("what", UNSUITABLE)
def test_what_the_loop_does_not_know_is_refused_by_name(what: str, tmp_path: Path) -> None:
    desk = yaml.safe_load(DESK) | {"variants": {"other": UNSUITABLE[what]}}
    plan = compile_plan(sim.loads(yaml.safe_dump(desk, sort_keys=False)).variant("other"))
    with pytest.raises(event_loop.UnsuitableError, match=what):
        event_loop.write_model(plan, tmp_path / "model")
