"""Who is there of those who are planned: how many on average, and who of them, whatever else changes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.engine.attendance import Attendance, attend
from sim.plan import Plan, compile_plan
from sim.scenario import loads

REPLICATIONS = 400
DAYS = 5
SHIFT = 'shifts: {early: {days: daily, hours: "08:00-16:00"}}'


def plan(people: str, more: str = "") -> Plan:
    """A desk with these people, for five days."""
    return compile_plan(
        loads(f"""
name: people
time: {{start: 2026-03-02, horizon: {DAYS}d}}
run: {{seed: 9}}
channels: {{phone: {{arrivals: {{volume: 10/day}}, journey: voice}}}}
teams: {{desk: {{{people}, skills: {{answer: 1}}}}}}
journeys: {{voice: {{answer: {{work: {{time: 4m}}, next: resolved}}}}}}
{more}
""")
    )


def there(attendance: Attendance, time: float) -> set[int]:
    """Agents on duty at a time."""
    return {
        agent
        for agent in range(len(attendance.offset) - 1)
        for start, end, absent, _ in attendance.of_agent(agent)
        if start <= time < end and not absent
    }


def at_nine(people: str, more: str = "") -> list[set[int]]:
    """Agents on duty at nine on each day of each replication."""
    found = plan(people, more)
    attendances = [attend(found, replication) for replication in range(REPLICATIONS)]
    return [there(each, 86_400.0 * day + 32_400.0) for each in attendances for day in range(DAYS)]


@pytest.mark.parametrize("people", ["shifts: {early: 10}", "agents: 10"])
def test_the_number_who_come_is_binomial(people: str) -> None:
    more = SHIFT if "early" in people else ""
    counts = np.array([len(each) for each in at_nine(f"{people}, absence: 20%", more)])
    came = stats.binom(10, 0.8)
    expected = np.array([came.cdf(5), *came.pmf([6, 7, 8, 9, 10])]) * len(counts)
    observed = [np.sum(counts <= 5), *(np.sum(counts == n) for n in (6, 7, 8, 9, 10))]
    assert stats.chisquare(observed, expected).pvalue > 1e-4, (observed, expected)


@pytest.mark.parametrize(("heads", "shrinkage"), [(10, 12), (3, 40), (1, 30), (7, 5)])
def test_shrinkage_leaves_its_share_on_average_and_never_more_than_one_head_beside_it(
    heads: int, shrinkage: int
) -> None:
    counts = np.array(
        [len(each) for each in at_nine(f"shifts: {{early: {heads}}}, shrinkage: {shrinkage}%", SHIFT)]
    )
    left = heads * (1 - shrinkage / 100)
    assert set(counts) == {int(left), int(left) + 1}
    chance = left - int(left)
    upper = int((counts == int(left) + 1).sum())
    assert stats.binomtest(upper, len(counts), chance).pvalue > 1e-4, (counts.mean(), left)


def test_a_whole_number_of_heads_after_shrinkage_is_that_number_on_every_day() -> None:
    assert {len(each) for each in at_nine("shifts: {early: 10}, shrinkage: 20%", SHIFT)} == {8}


def test_shrinkage_takes_its_share_of_every_hour_of_a_headcount() -> None:
    people = plan('agents: {by: hour, "08": 5, "09": 10, else: 0}, shrinkage: 20%')
    attendance = attend(people, 0)
    assert [len(there(attendance, hour * 3600.0)) for hour in (7, 8, 9, 10)] == [0, 4, 8, 0]


def test_with_more_absence_the_same_people_are_absent_and_some_more() -> None:
    some, more = (at_nine(f"shifts: {{early: 10}}, absence: {share}%", SHIFT) for share in (10, 30))
    assert all(a >= b for a, b in zip(some, more, strict=True))
    assert any(a > b for a, b in zip(some, more, strict=True))


def test_who_is_absent_does_not_depend_on_how_many_others_there_are() -> None:
    ten, twelve = (at_nine(f"shifts: {{early: {n}}}, absence: 30%", SHIFT) for n in (10, 12))
    assert ten == [each & set(range(10)) for each in twelve]


def test_absence_differs_from_day_to_day_and_from_replication_to_replication() -> None:
    days = at_nine("agents: 10, absence: 30%")
    assert len({frozenset(each) for each in days}) > 100


def test_without_absence_everybody_comes_and_days_join() -> None:
    attendance = attend(plan("agents: 2"), 3)
    assert [attendance.of_agent(agent) for agent in (0, 1)] == 2 * [[(0.0, DAYS * 86_400.0, False, [])]]
    all_day = 'shifts: {early: {days: daily, hours: "00:00-24:00", breaks: {tea: "10:00+15m"}}}'
    ((start, end, absent, breaks),) = attend(plan("shifts: {early: 1}", all_day), 0).of_agent(0)
    assert (start, end, absent) == (0.0, DAYS * 86_400.0, False)
    assert breaks == [(86_400.0 * day + 36_000.0, 900.0) for day in range(DAYS)]
