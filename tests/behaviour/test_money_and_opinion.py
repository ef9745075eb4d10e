"""One thing changes, and cost or opinion answers in the direction it must; both values are shown."""

from collections.abc import Mapping

import pytest

import sim
from sim.scenario.sla import parse_request

DESK = """
name: a desk
time: {start: 2026-03-02, horizon: 1d, run_out: 6h}
run: {replications: 3, seed: 21}
channels:
  phone:
    arrivals: {volume: 600/day, by_hour: {"09": 30%, "10": 25%, "11": 25%, "15": 20%}}
    patience: {exponential: {mean: 4m}}
    journey: voice
    cost: 0.10/contact
bots:
  helper:
    {time: 1m, resolves: 30%, falsely_resolves: 5%, attempts_to_human: 2, gives_up_per_attempt: 10%,
     cost: 0.20/session}
teams:
  desk: {shifts: {day: 6}, skills: {answer: 1}, cost: 30/h}
  experts: {agents: 3, skills: {solve: 1}, cost: 50/h}
shifts:
  day: {days: daily, hours: "08:00-16:00"}
journeys:
  voice:
    greet: {bot: helper, handoff: answer}
    answer:
      work: {time: {lognormal: {mean: 4m, cv: 0.9}}, wrap_up: 30s}
      next: {resolved: 60%, solve: 20%, unresolved: rest}
    solve: {work: {time: 6m}, next: resolved}
recontact: {unresolved: 60%, falsely_resolved: 80%, after: {exponential: {mean: 1h}}}
costs: {running: {rent: 3000/month}}
experience:
  waits: {phone: {expected: 30s, every: 2m}}
  csat:
    base: 95%
    loses: {wait: 20%, transfer: 10%, attempt: 10%, repeat: 10%, unresolved: 50%, falsely_resolved: 50%,
            abandoned: 70%, gave_up: 80%}
  nps: {promoters: 85%, detractors: 60%}
  ces: {adds: {wait: 0.5, transfer: 1, attempt: 0.5, repeat: 1}}
variants:
  changed: {CHANGES}
"""


def both(changes: Mapping[str, str], *wanted: str) -> list[tuple[float, float]]:
    """Each measure before and after the changes, with the same customers."""
    listed = ", ".join(f"{path}: {value}" for path, value in changes.items())
    base = sim.loads(DESK.replace("{CHANGES}", f"{{{listed}}}"))
    requests = [parse_request(text) for text in wanted]
    studies = [sim.run(scenario).study for scenario in (base, base.variant("changed"))]
    before, after = ([row.estimate.value for row in study.rows(requests)] for study in studies)
    return list(zip(before, after, strict=True))


UP, DOWN, SAME = "up", "down", "same"


@pytest.mark.parametrize(
    ("changes", "measure", "direction"),
    [
        ({"teams.desk.cost": "33/h"}, "cost.people", UP),
        ({"teams.desk.cost": "33/h"}, "cost_per_solved_case", UP),
        ({"teams.desk.cost": "33/h"}, "cost.bots", SAME),
        ({"teams.desk.cost": "33/h"}, "csat", SAME),
        ({"teams.desk.overtime_cost": "90/h"}, "cost.people", UP),
        ({"teams.desk.overtime_cost": "30/h"}, "cost.people", SAME),
        ({"teams.desk.shifts.day": "9"}, "cost.people", UP),
        ({"teams.desk.shifts.day": "9"}, "csat", UP),
        ({"teams.desk.shifts.day": "9"}, "nps", UP),
        ({"teams.desk.shifts.day": "9"}, "ces", DOWN),
        ({"bots.helper.cost": "0.30/session"}, "cost.bots", UP),
        ({"bots.helper.cost": "0.30/session"}, "cost.people", SAME),
        ({"channels.phone.cost": "0.20/contact"}, "cost_per_contact", UP),
        ({"costs.running.rent": "x2"}, "cost.running", UP),
        ({"costs.running.rent": "x2"}, "cost.contacts", SAME),
        ({"channels.phone.arrivals.volume": "x1.5"}, "cost_per_contact", DOWN),
        ({"bots.helper.resolves": "60%"}, "cost_per_solved_case", DOWN),
        ({"bots.helper.attempts_to_human": "4"}, "csat", DOWN),
        ({"bots.helper.attempts_to_human": "4"}, "ces for attempt=1", UP),
        ({"journeys.voice.answer.next": "{resolved: 75%, solve: 5%, unresolved: rest}"}, "ces", DOWN),
        ({"journeys.voice.answer.next": "{resolved: 75%, solve: 5%, unresolved: rest}"}, "csat", UP),
        ({"journeys.voice.answer.next.resolved": "75%"}, "csat", UP),
        ({"recontact.unresolved": "90%"}, "ces", UP),
        ({"experience.waits.phone.felt": "150%"}, "csat", DOWN),
        ({"experience.waits.phone.felt": "50%"}, "csat", UP),
        ({"experience.waits.phone.expected": "5m"}, "ces", DOWN),
        ({"experience.csat.base": "80%"}, "csat", DOWN),
        ({"experience.nps.promoters": "90%"}, "nps", DOWN),
        ({"experience.nps.detractors": "70%"}, "nps", DOWN),
    ],
)
def test_cost_and_opinion_follow_the_lever(changes: dict[str, str], measure: str, direction: str) -> None:
    ((before, after),) = both(changes, measure)
    found = UP if after > before else DOWN if after < before else SAME
    assert found == direction, f"{measure}: {before} before, {after} after {changes}"


def test_the_parts_of_the_cost_add_up_to_the_whole() -> None:
    parts = ("cost.people", "cost.bots", "cost.contacts", "cost.running")
    (whole, _), *found = both({"teams.desk.cost": "33/h"}, "cost", *parts)
    assert sum(before for before, _ in found) == pytest.approx(whole)
    assert min(before for before, _ in found) > 0


def test_who_promotes_and_who_detracts_is_within_the_scale_and_so_is_effort() -> None:
    for before, after in both({"teams.desk.shifts.day": "1"}, "nps", "ces"):
        for value in (before, after):
            assert -100 <= value <= 100
    ((_, effort),) = both({"teams.desk.shifts.day": "1"}, "ces")
    assert 1 < effort <= 5
