"""Dates in the Plan: shifts of some weeks, calendars and volumes of single dates."""

from __future__ import annotations

from sim.plan import Plan, compile_plan
from sim.scenario import loads

DAY, HOUR = 86_400.0, 3_600.0


def plan(
    *, days: int, arrivals: str = "volume: 240/day", shift: str = "days: daily", warm_up: str = "0d"
) -> Plan:
    """A desk with one shift from 08:00 to 16:00, from Monday 2 March 2026."""
    return compile_plan(
        loads(f"""
name: dates
time: {{start: 2026-03-02, horizon: {days}d, warm_up: {warm_up}}}
calendars: {{desk: {{mon-fri: "08:00-20:00", 2026-03-04: "09:00-12:00", 2026-03-07: "10:00-11:00",
                    closed: [2026-03-05]}}}}
channels: {{phone: {{arrivals: {{{arrivals}}}, journey: voice}}}}
teams: {{desk: {{shifts: {{early: 1}}, skills: {{answer: 1}}}}}}
shifts: {{early: {{hours: "08:00-16:00", {shift}}}}}
journeys: {{voice: {{answer: {{work: {{time: 4m}}, next: resolved}}}}}}
""")
    )


def worked(found: Plan) -> list[int]:
    """Days on which the shift is worked."""
    return [int(start // DAY) for start in found.duty_start]


def demand(found: Plan) -> dict[int, float]:
    """Expected cases of each day."""
    volumes: dict[int, float] = {}
    for start, volume in zip(found.piece_start.tolist(), found.piece_volume.tolist(), strict=True):
        volumes[int(start // DAY)] = volumes.get(int(start // DAY), 0.0) + volume
    return volumes


def test_a_shift_every_other_week_is_worked_in_the_week_of_its_date_and_the_second_after() -> None:
    # Wednesday 11 March names the week from Monday 9 March (days 7 to 13).
    found = plan(days=28, shift="days: sat-mon, every: 2w, starting: 2026-03-11")
    assert worked(found) == [7, 12, 13, 21, 26, 27]


def test_weeks_are_counted_back_from_the_date_too() -> None:
    found = plan(days=2, warm_up="16d", shift="days: mon, every: 2w, starting: 2026-06-08")
    assert worked(found) == [-14, 0]


def test_two_shifts_that_take_turns_are_one_of_every_week() -> None:
    turns = [
        set(worked(plan(days=42, shift=f"days: mon-fri, every: 3w, starting: 2026-03-{day:02d}")))
        for day in (2, 9, 16)
    ]
    assert sorted(day for turn in turns for day in turn) == worked(plan(days=42, shift="days: mon-fri"))
    assert worked(plan(days=14, shift="days: mon, every: 1w")) == [0, 7]


def test_a_date_has_its_own_share_of_the_volume_in_place_of_the_weekday() -> None:
    found = plan(
        days=4, arrivals="volume: 240/day, by_weekday: {tue: 50%}, by_date: {2026-03-03: 40%, 2026-03-04: 0%}"
    )
    assert demand(found) == {0: 240.0, 1: 96.0, 3: 240.0}


def test_a_calendar_may_have_other_hours_on_a_date_or_none() -> None:
    found = plan(days=7, arrivals="volume: 240/day, calendar: desk")
    spans = [
        (start / HOUR % 24, end / HOUR % 24)
        for start, end in zip(found.piece_start, found.piece_end, strict=True)
    ]
    days = (found.piece_start // DAY).astype(int).tolist()
    assert dict(zip(days, spans, strict=True)) == {
        0: (8, 20), 1: (8, 20), 2: (9, 12), 4: (8, 20), 5: (10, 11),
    }  # fmt: skip
    assert demand(found) == dict.fromkeys((0, 1, 2, 4, 5), 240.0)


def test_no_shift_starts_on_a_date_on_which_its_calendar_is_closed() -> None:
    assert worked(plan(days=7, shift="days: daily, calendar: desk")) == [0, 1, 2, 4, 5]
