"""One thing changes, and the service answers in the direction it must; both values are shown on failure.

Customers are the same before and after (common random numbers), so that small runs show the difference, and
where the comparison holds for each customer it is made for each.
"""

from collections.abc import Callable
from copy import deepcopy

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

import sim
from sim.engine.compiled import run
from sim.log import Fate, Log, Outcome, State
from sim.plan import Plan, StepKind, compile_plan

REPLICATIONS = 3

DESK = """
name: a desk
time: {start: 2026-03-02, horizon: 1d, run_out: 6h}
run: {replications: 3, seed: 21}
segments:
  first: {share: 30%}
  second: {share: 70%}
reasons:
  order: {share: 60%}
  repair: {share: 40%}
channels:
  phone: {arrivals: {volume: 1200/day, by_hour: {"09": 30%, "10": 25%, "11": 25%, "15": 20%}}, journey: voice}
teams:
  desk: {shifts: {day: 12}, skills: {answer: 1}}
  help: {agents: 3, skills: {answer: 2}}
shifts:
  day: {days: daily, hours: "08:00-18:00"}
journeys:
  voice:
    answer:
      work: {time: {lognormal: {mean: 3m, cv: 0.9}}, wrap_up: 30s}
      next: {resolved: 80%, unresolved: 20%}
"""

WITH_BOT = {
    "bots.helper": {
        "time": {"lognormal": {"mean": "2m", "cv": 0.5}},
        "resolves": "40%",
        "falsely_resolves": "5%",
        "attempts_to_human": 2,
        "gives_up_per_attempt": "20%",
    },
    "journeys.voice": {
        "greet": {"bot": "helper", "handoff": "answer"},
        "answer": {
            "work": {"time": {"lognormal": {"mean": "3m", "cv": 0.9}}, "wrap_up": "30s"},
            "next": "resolved",
        },
    },
}

IMPATIENT = {"channels.phone.patience": {"exponential": {"mean": "2m"}}}
ONE_TEAM = {"teams.help": None}
SHORT_STAFFED = {**ONE_TEAM, "teams.desk.shifts.day": 9}
RETURNING = {"recontact": {"unresolved": "50%", "after": {"exponential": {"mean": "1h"}}}}


def logs_of(*changes: dict[str, object]) -> tuple[Plan, list[Log]]:
    """The logs of the desk with changes (dotted keys; None removes)."""
    data = yaml.safe_load(DESK)
    for path, value in (item for change in changes for item in change.items()):
        *parents, last = path.split(".")
        place = data
        for parent in parents:
            place = place.setdefault(parent, {})
        if value is None:
            del place[last]
        else:
            place[last] = deepcopy(value)  # a later change may reach into it
    data["time"]["start"] = str(data["time"]["start"])
    plan = compile_plan(sim.loads(yaml.safe_dump(data, sort_keys=False)))
    return plan, [run(plan, replication) for replication in range(REPLICATIONS)]


# --------------------------------------------------------------------------------- what is added up over logs

Amount = Callable[[Plan, Log], float]


def total_wait(plan: Plan, log: Log) -> float:
    """Time in queues for people, in seconds; who still waits has waited till the end."""
    visits = log.visits
    human = plan.step_kind[visits.step] == StepKind.WORK
    left = np.where(np.isnan(visits.started), visits.ended, visits.started)
    return float((np.where(np.isnan(left), plan.end, left) - visits.joined)[human].sum())


def wait_of(segment: int) -> Amount:
    """Mean wait of a segment."""

    def mean_wait(plan: Plan, log: Log) -> float:
        here = log.contacts.segment[log.visits.contact] == segment
        return float(np.nanmean((log.visits.started - log.visits.joined)[here]))

    return mean_wait


def session_wait(plan: Plan, log: Log) -> float:
    bot = plan.step_kind[log.visits.step] == StepKind.BOT
    return float(np.nansum((log.visits.started - log.visits.joined)[bot]))


def busy(plan: Plan, log: Log) -> float:
    working = np.isin(log.agents.state, (State.WORK, State.WRAP_UP))
    return float((log.agents.end - log.agents.start)[working].sum())


def paid(plan: Plan, log: Log) -> float:
    on_duty = log.agents.overtime == 0
    return float((log.agents.end - log.agents.start)[on_duty].sum())


def overtime(plan: Plan, log: Log) -> float:
    late = log.agents.overtime == 1
    return float((log.agents.end - log.agents.start)[late].sum())


def talk(plan: Plan, log: Log) -> float:
    human = plan.step_kind[log.visits.step] == StepKind.WORK
    return float(np.nanmean((log.visits.ended - log.visits.started)[human]))


def contacts(plan: Plan, log: Log) -> float:
    return float(len(log.contacts))


def ended(*fates: Fate) -> Amount:
    return lambda plan, log: float(np.isin(log.contacts.fate, fates).sum())


def visits_with(*outcomes: Outcome) -> Amount:
    return lambda plan, log: float(np.isin(log.visits.outcome, outcomes).sum())


def human_visits(plan: Plan, log: Log) -> float:
    return float((plan.step_kind[log.visits.step] == StepKind.WORK).sum())


def bot_time(plan: Plan, log: Log) -> float:
    bot = plan.step_kind[log.visits.step] == StepKind.BOT
    return float(np.nansum((log.visits.ended - log.visits.started)[bot]))


LESS, MORE, SAME = "less", "more", "the same"

LEVERS = [
    ("more agents", {}, {"teams.desk.shifts.day": 14}, total_wait, LESS),
    ("a team of helpers leaves", {}, ONE_TEAM, total_wait, MORE),
    ("longer handle times", {}, {"journeys.voice.answer.work.time.lognormal.mean": "4m"}, total_wait, MORE),
    ("a longer wrap-up delays others", {}, {"journeys.voice.answer.work.wrap_up": "2m"}, total_wait, MORE),
    ("a longer wrap-up keeps agents busy", {}, {"journeys.voice.answer.work.wrap_up": "2m"}, busy, MORE),
    ("a longer wrap-up is not talk", {}, {"journeys.voice.answer.work.wrap_up": "2m"}, talk, SAME),
    ("more volume", {}, {"channels.phone.arrivals.volume": "1500/day"}, total_wait, MORE),
    ("a break at the peak", {}, {"shifts.day.breaks": {"coffee": "10:00+30m"}}, total_wait, MORE),
    ("people who miss shifts", {}, {"teams.desk.absence": "20%"}, total_wait, MORE),
    ("more people who miss shifts", {"teams.desk.absence": "20%"}, {"teams.desk.absence": "40%"},
     total_wait, MORE),
    ("an absence is paid", {"teams.desk.absence": "30%"}, {"teams.desk.absence_paid": False}, paid, LESS),
    ("who is absent is not there, paid or not", {"teams.desk.absence": "30%"},
     {"teams.desk.absence_paid": False}, total_wait, SAME),
    ("people planned to be elsewhere", {}, {"teams.desk.shrinkage": "20%"}, total_wait, MORE),
    ("people planned to be elsewhere are paid", {}, {"teams.desk.shrinkage": "20%"}, paid, SAME),
    ("a second head at the peak", {"teams.help.agents": {"by": "hour", "09": 3, "else": 1}},
     {"teams.help.agents": {"by": "hour", "09": 3, "10": 4, "else": 1}}, total_wait, LESS),
    ("a shift that ends in the peak", ONE_TEAM, {"shifts.day.hours": "08:00-11:30"}, overtime, MORE),
    ("a shift that begins late", ONE_TEAM, {"shifts.day.hours": "09:30-18:00"}, total_wait, MORE),
    ("patience loses customers", SHORT_STAFFED, IMPATIENT, ended(Fate.ABANDONED), MORE),
    (
        "more patience",
        {**SHORT_STAFFED, **IMPATIENT},
        {"channels.phone.patience": {"exponential": {"mean": "6m"}}},
        ended(Fate.ABANDONED),
        LESS,
    ),
    (
        "more agents keep the impatient",
        {**SHORT_STAFFED, **IMPATIENT},
        {"teams.desk.shifts.day": 12},
        ended(Fate.ABANDONED),
        LESS,
    ),
    ("leaving shortens the queue for others", SHORT_STAFFED, IMPATIENT, total_wait, LESS),
    ("priority helps its segment", SHORT_STAFFED, {"segments.first.priority": 1}, wait_of(0), LESS),
    ("priority costs the others", SHORT_STAFFED, {"segments.first.priority": 1}, wait_of(1), MORE),
    ("a head start helps its segment", SHORT_STAFFED, {"segments.first.head_start": "5m"}, wait_of(0), LESS),
    ("a head start costs the others", SHORT_STAFFED, {"segments.first.head_start": "5m"}, wait_of(1), MORE),
    ("a head start for all changes nothing", SHORT_STAFFED,
     {"segments.first.head_start": "5m", "segments.second.head_start": "5m"}, total_wait, SAME),
    ("one priority for all changes nothing", SHORT_STAFFED,
     {"segments.first.priority": 2, "segments.second.priority": 2}, total_wait, SAME),
    ("recontacts", {}, RETURNING, contacts, MORE),
    ("more who come back", RETURNING, {"recontact.unresolved": "90%"}, contacts, MORE),
    ("a lower limit of recontacts", RETURNING, {"recontact.at_most": 1}, contacts, LESS),
    ("nobody allowed to come back", RETURNING, {"recontact.at_most": 0}, contacts, LESS),
    ("a bot takes work off people", {}, WITH_BOT, human_visits, LESS),
    ("a better bot", WITH_BOT, {"bots.helper.resolves": "60%"}, human_visits, LESS),
    ("a bot that says it is solved", WITH_BOT, {"bots.helper.falsely_resolves": "30%"},
     ended(Fate.FALSELY_RESOLVED), MORE),
    ("more attempts to reach a person take time", WITH_BOT, {"bots.helper.attempts_to_human": 4},
     bot_time, MORE),
    ("more attempts to reach a person lose customers", WITH_BOT, {"bots.helper.attempts_to_human": 4},
     visits_with(Outcome.GAVE_UP), MORE),
    ("one attempt is enough", WITH_BOT, {"bots.helper.attempts_to_human": 1},
     visits_with(Outcome.GAVE_UP), LESS),
    ("customers who decline the bot", WITH_BOT, {"segments.second.accepts_bot": "50%"}, human_visits, MORE),
    ("a bot with few sessions", WITH_BOT, {"bots.helper.sessions": 8}, session_wait, MORE),
    ("more sessions", {**WITH_BOT, "bots.helper.sessions": 8}, {"bots.helper.sessions": 10},
     session_wait, LESS),
    ("a bot that hands over what it knows", WITH_BOT, {"bots.helper.handoff": {"saves_handle_time": "25%"}},
     talk, LESS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "change", "amount", "direction"),
    [lever[1:] for lever in LEVERS],
    ids=[lever[0] for lever in LEVERS],
)
def test_a_lever_moves_the_service_in_its_direction(base, change, amount, direction):
    before, after = (
        sum(amount(plan, log) for log in logs) for plan, logs in (logs_of(base), logs_of(base, change))
    )
    holds = {LESS: after < before, MORE: after > before, SAME: abs(after - before) <= 1e-9 * before}[
        direction
    ]
    assert holds, f"{before:.6g} before, {after:.6g} after: expected {direction}"


# ----------------------------------------------------------------------------- the same customers, one by one


def by_entity(log: Log, column: NDArray[np.generic]) -> dict[int, float]:
    """A column of the contacts, by entity."""
    return dict(zip(log.contacts.entity.tolist(), column.tolist(), strict=True))


def served(log: Log) -> dict[int, tuple[float, float, float]]:
    """Wait, talk and wrap-up of each contact with a single, finished visit, in seconds."""
    visits = log.visits
    rows = zip(
        log.contacts.entity[visits.contact].tolist(),
        (visits.started - visits.joined).tolist(),
        (visits.ended - visits.started).tolist(),
        (visits.wrapped - visits.ended).tolist(),
        strict=True,
    )
    return {entity: rest for entity, *rest in rows if not np.isnan(rest).any()}


def test_an_agent_more_makes_nobody_wait_longer_where_all_are_served_in_order():
    _, fewer = logs_of(SHORT_STAFFED)
    _, more = logs_of(SHORT_STAFFED, {"teams.desk.shifts.day": 10})
    for log, other in zip(fewer, more, strict=True):
        before, after = served(log), served(other)
        longer = {entity: (before[entity][0], after[entity][0]) for entity in before
                  if after[entity][0] > before[entity][0] + 1e-6}  # fmt: skip
        assert not longer, f"waits before and after: {longer}"


def test_more_volume_keeps_every_customer_and_adds_some():
    _, base = logs_of()
    _, more = logs_of({"channels.phone.arrivals.volume": "1500/day"})
    for log, other in zip(base, more, strict=True):
        assert len(other.contacts) > len(log.contacts)
        for name in ("segment", "reason"):
            before, after = (by_entity(each, getattr(each.contacts, name)) for each in (log, other))
            assert before.items() <= after.items(), f"somebody has another {name}, or is gone"
        before, after = served(log), served(other)
        assert before.keys() <= after.keys()
        for entity, (_, talked, wrapped) in before.items():
            assert after[entity][1:] == pytest.approx([talked, wrapped], abs=1e-6)


def test_more_volume_keeps_every_customers_patience():
    # Who abandons in both waits as long in both: the whole of the same patience.
    _, base = logs_of(SHORT_STAFFED, IMPATIENT)
    _, more = logs_of(SHORT_STAFFED, IMPATIENT, {"channels.phone.arrivals.volume": "1500/day"})

    def waits(log: Log) -> dict[int, float]:
        abandoned = log.contacts.fate == Fate.ABANDONED
        return by_entity(log, np.where(abandoned, log.contacts.end - log.contacts.arrival, 0.0))

    for log, other in zip(base, more, strict=True):
        before, after = waits(log), waits(other)
        both = [entity for entity, patience in before.items() if patience and after[entity]]
        assert len(both) > 20
        assert [after[entity] for entity in both] == pytest.approx(
            [before[entity] for entity in both], abs=1e-6
        )


@pytest.mark.parametrize(
    "change",
    [
        {"teams.desk.shifts.day": 9},
        {"segments.first.priority": 1},
        {"shifts.day.breaks": {"lunch": "12:00+1h"}},
        {"recontact": {"unresolved": "50%", "after": "1h"}},
        IMPATIENT,
        WITH_BOT,
        {
            "channels.mail": {"arrivals": {"volume": "300/day"}, "journey": "post"},
            "journeys.post": {"write": {"work": {"time": "5m", "skill": "answer"}, "next": "resolved"}},
        },
    ],
    ids=["staffing", "priority", "breaks", "recontacts", "patience", "a bot", "another channel"],
)
def test_first_contacts_are_the_same_customers_whatever_the_service_does(change):
    _, base = logs_of()
    _, other = logs_of(change)
    for log, changed in zip(base, other, strict=True):
        first = (changed.contacts.origin == 0) & (changed.contacts.entity % 256 == 0)
        for name in ("entity", "arrival", "reason", "segment"):
            before, after = getattr(log.contacts, name), getattr(changed.contacts, name)[first]
            assert np.array_equal(before, after), f"{name} differs: {before[:5]} before, {after[:5]} after"


def test_days_vary_more_where_the_scenario_says_so():
    long = {"time": {"start": "2026-03-02", "horizon": "20d"}, "channels.phone.arrivals.volume": "300/day"}
    calm, varied = (
        [
            np.bincount((log.contacts.arrival // 86400).astype(int), minlength=20).std()
            for log in logs_of(long, {"channels.phone.arrivals.day_to_day_cv": cv})[1]
        ]
        for cv in ("0%", "25%")
    )
    assert max(calm) < 30 < 45 < min(varied), f"deviations of {calm} contacts a day, and {varied}"
