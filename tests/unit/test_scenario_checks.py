"""What must hold between the values of a scenario: what is refused, and what looks odd but is right."""

from __future__ import annotations

import pytest

from sim.errors import Fault, ScenarioError
from sim.scenario import Scenario, loads

DESK = """\
name: desk
time: {start: 2026-03-02, horizon: 1d}
calendars:
  office: {mon-fri: "08:00-18:00"}
segments:
  vip: {share: 10%}
  core: {share: 90%}
reasons:
  order: {share: 60%}
  repair: {share: 40%}
channels:
  phone: {arrivals: {volume: 100/day}, journey: voice}
bots:
  helper: {time: 1m, resolves: 40%}
teams:
  desk: {agents: 2, skills: {answer: 1}}
journeys:
  voice:
    greet: {bot: helper, handoff: answer}
    answer: {work: {time: 4m}, next: after}
    after: {choose: {resolved: 80%, unresolved: rest}}
"""
SHIFTS = "{shifts: {early: 2}, skills: {answer: 1}}\nshifts:\n  early: "


def desk(*edits: tuple[str, str]) -> Scenario:
    """The scenario with texts replaced, each of which must be there once."""
    text = DESK
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return loads(text)


def faults(*edits: tuple[str, str]) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as caught:
        desk(*edits)
    return caught.value.faults


def paths(*edits: tuple[str, str]) -> list[str]:
    return [fault.path for fault in faults(*edits)]


def shift(text: str) -> tuple[str, str]:
    """The team works a shift instead of being always there."""
    return "{agents: 2, skills: {answer: 1}}", SHIFTS + text


def routes(text: str) -> tuple[str, str]:
    """Where contacts go after the answer."""
    return "{choose: {resolved: 80%, unresolved: rest}}", text


# --- shares


def test_a_third_three_times_adds_up() -> None:
    thirds = "a: {share: 33.3%}\n  b: {share: 33.3%}\n  c: {share: 33.3%}"
    desk(("vip: {share: 10%}\n  core: {share: 90%}", thirds))


def test_two_tenths_of_a_point_too_much_do_not_add_up() -> None:
    assert paths(("core: {share: 90%}", "core: {share: 90.2%}")) == ["segments"]


def test_a_reason_may_have_its_own_share_in_one_segment() -> None:
    desk(("order: {share: 60%}", "order: {share: {by: segment, vip: 90%, else: 60%}}"))


def test_a_bot_may_resolve_everything_and_its_handoff_stays_a_step() -> None:
    desk(("resolves: 40%", "resolves: 100%"))


def test_a_bot_may_not_resolve_more_than_everything_for_any_reason() -> None:
    (fault,) = faults(("resolves: 40%", "resolves: {order: 40%, repair: 95%}, falsely_resolves: 10%"))
    assert "add up to 105.0 % for reason repair" in fault.message


def test_routes_are_added_up_at_every_point_that_they_depend_on() -> None:
    (fault,) = faults(routes("{choose: {resolved: {by: reason, order: 80%, else: 60%}, unresolved: 20%}}"))
    assert fault.path == "journeys.voice.after.choose"
    assert "80.0 %, not 100 %, for reason repair" in fault.message


# --- journeys


def test_going_back_with_a_share_ends_in_the_long_run() -> None:
    desk(routes("{choose: {answer: 90%, resolved: rest}}"))


def test_waiting_until_a_later_hour_is_no_endless_journey() -> None:
    wait = "{delay: {time: 30m}, next: after}"
    desk(routes(f'{{choose: {{by: hour, "09": resolved, "10": resolved, else: wait}}}}\n    wait: {wait}'))


def test_circling_in_no_time_at_one_hour_is_refused() -> None:
    (fault,) = faults(routes('{choose: {by: hour, "10": after, else: resolved}}'))
    assert "in no time" in fault.message


def test_a_delay_of_no_time_does_not_break_a_circle() -> None:
    wait = "{delay: {time: 0s}, next: after}"
    found = faults(routes(f'{{choose: {{by: hour, "10": wait, else: resolved}}}}\n    wait: {wait}'))
    assert all("in no time" in fault.message for fault in found)


def test_a_journey_that_ends_for_no_reason_is_told_without_naming_one() -> None:
    found = faults(routes("{choose: {by: reason, order: answer, repair: answer}}"))
    assert {fault.message for fault in found} == {"the journey never ends from here"}


def test_a_journey_that_does_not_end_for_one_segment_names_it() -> None:
    found = faults(routes("{choose: {by: segment, vip: answer, core: resolved}}"))
    assert {fault.message for fault in found} == {"the journey never ends from here for segment vip"}


def test_a_bot_on_the_way_round_that_resolves_some_lets_the_journey_end() -> None:
    desk(routes("{choose: greet}"))


def test_a_bot_that_a_segment_never_accepts_does_not_end_its_journey() -> None:
    found = faults(routes("{choose: greet}"), ("vip: {share: 10%}", "vip: {share: 10%, accepts_bot: 0%}"))
    message = "the journey never ends from here for segment vip and customers who decline the bot"
    assert {fault.message for fault in found} == {message}


def test_a_share_of_zero_is_no_way_out() -> None:
    assert "journeys.voice.after" in paths(routes("{choose: {answer: 100%, resolved: 0%}}"))


# --- queues


def test_a_shift_that_runs_from_the_day_before_into_the_horizon_serves() -> None:
    # The horizon is Monday 00:00 to 04:00; Sunday's night shift works in it.
    desk(("horizon: 1d", "horizon: 4h"), shift('{days: sun, hours: "22:00-06:00"}'))


@pytest.mark.parametrize(
    "text",
    [
        '{days: tue-sun, hours: "08:00-16:00"}',
        '{days: sat-sun, hours: "08:00-16:00", calendar: office}',
    ],
)
def test_a_shift_on_other_days_leaves_the_queue_unserved(text: str) -> None:
    assert "journeys.voice.answer" in paths(shift(text))


def test_a_shift_after_the_end_of_the_horizon_leaves_the_queue_unserved() -> None:
    found = paths(("horizon: 1d", "horizon: 8h"), shift('{days: mon, hours: "08:00-16:00"}'))
    assert found == ["journeys.voice.answer"]


def test_a_shift_that_is_closed_on_its_only_date_leaves_the_queue_unserved() -> None:
    closed = ('{mon-fri: "08:00-18:00"}', '{mon-fri: "08:00-18:00", closed: [2026-03-02]}')
    assert paths(closed, shift('{days: mon, hours: "08:00-16:00", calendar: office}')) == [
        "journeys.voice.answer"
    ]


def test_a_part_of_a_day_counts_as_a_day_of_the_horizon() -> None:
    # 1.3 days: the shift on Tuesday morning is inside.
    desk(("horizon: 1d", "horizon: 31h"), shift('{days: tue, hours: "04:00-12:00"}'))


# --- sizes


def test_a_year_of_20_000_contacts_a_day_fits() -> None:
    desk(("100/day", "20000/day"), ("horizon: 1d", "horizon: 365d"))


@pytest.mark.parametrize(
    ("edits", "path"),
    [
        ((("100/day", "30000000/day"),), "channels.phone.arrivals.volume"),
        ((("100/day}", "1000/day, by_weekday: {tue: 1000000%}}"), ("horizon: 1d", "horizon: 7d")),
         "channels.phone.arrivals.volume"),
        ((("horizon: 1d", "horizon: 7d, interval: 1s"),), "time.interval"),
        ((("agents: 2,", "agents: 100000,"), ("greet:", "greet:")), None),
    ],
    ids=["volume", "busiest weekday", "intervals", "agents at the limit"],
)  # fmt: skip
def test_what_would_not_fit_into_memory_is_refused(
    edits: tuple[tuple[str, str], ...], path: str | None
) -> None:
    if path is None:
        desk(*edits)
    else:
        assert paths(*edits) == [path]


def test_a_value_by_everything_at_once_is_refused_and_nothing_hangs() -> None:
    many = "\n".join(f"  n{number}: {{share: 1%}}" for number in range(100))
    deep = "{by: reason, else: {by: segment, else: {by: hour, else: 10%}}}"
    found = paths(
        ("  vip: {share: 10%}\n  core: {share: 90%}", many),
        ("  order: {share: 60%}\n  repair: {share: 40%}", many),
        ("resolves: 40%", f"resolves: {deep}"),
    )
    assert found == ["bots.helper.resolves"]


# --- all faults at once, and none that only follows


def test_wrong_values_and_unknown_names_are_told_together() -> None:
    found = paths(
        ("volume: 100/day", "volume: 100"), ("agents: 2", "agents: two"), ("next: after", "next: afer")
    )
    assert found == ["channels.phone.arrivals.volume", "teams.desk.agents", "journeys.voice.answer.next"]


def test_a_wrong_share_is_not_told_again_as_a_sum() -> None:
    assert paths(("core: {share: 90%}", "core: {share: 90}")) == ["segments.core.share"]


def test_a_misspelt_step_does_not_make_all_the_others_unreachable() -> None:
    assert paths(("handoff: answer", "handoff: anser")) == ["journeys.voice.greet.handoff"]


def test_a_misspelt_case_is_told_with_its_place_alone() -> None:
    assert paths(routes("{choose: {by: reason, ordr: resolved, else: unresolved}}")) == [
        "journeys.voice.after.choose.ordr"
    ]


def test_faults_of_variants_are_told_with_those_of_the_file() -> None:
    variants = "\nvariants:\n  more: {teams.desk.agents: many}\n  less: {teams.dsk.agents: 1}\n"
    found = faults(("agents: 2", "agents: two"), ("unresolved: rest}}\n", "unresolved: rest}}" + variants))
    assert [fault.path for fault in found] == [
        "teams.desk.agents",
        "teams.desk.agents",
        "variants.less.teams.dsk.agents",
    ]
    assert [" (in variant 'more')" in fault.message for fault in found] == [False, True, False]


def test_faults_stand_in_the_order_of_the_file() -> None:
    found = faults(("agents: 2", "agents: two"), ("vip: {share: 10%}", "vip: {share: 1}"), ("4m", "4"))
    lines = [fault.place.line for fault in found if fault.place]
    assert len(lines) == 3
    assert lines == sorted(lines)


# --- run settings from outside the file


@pytest.mark.parametrize("value", [0, -1, 1_000_001])
def test_replications_out_of_range_are_refused_without_a_place(value: int) -> None:
    with pytest.raises(ScenarioError) as caught:
        desk().with_run(replications=value)
    (fault,) = caught.value.faults
    assert (fault.place, fault.path) == (None, "replications")


@pytest.mark.parametrize("value", [-1, 2**64])
def test_a_seed_out_of_range_is_refused(value: int) -> None:
    # -1 is a number here: it must not be taken for "one less than in the file".
    with pytest.raises(ScenarioError):
        desk().with_run(seed=value)


def test_run_settings_change_a_copy() -> None:
    base = desk()
    changed = base.with_run(replications=5, seed=2**64 - 1)
    assert (changed.spec.run.replications, changed.spec.run.seed) == (5, 2**64 - 1)
    assert base.spec.run.replications == 20


def test_a_circle_that_only_those_who_decline_the_bot_go_round_is_refused() -> None:
    text = """
name: loop
time: {start: 2026-03-02, horizon: 1h}
segments: {shy: {share: 50%, accepts_bot: 50%}, keen: {share: 50%}}
channels: {chat: {arrivals: {volume: 20/h}, journey: text}}
bots: {helper: {time: 1m, resolves: 50%}}
teams: {desk: {agents: 1, skills: {answer: 1}}}
journeys:
  text:
    greet: {bot: helper, handoff: which}
    which: {choose: {by: segment, shy: greet, keen: answer}}
    answer: {work: {time: 1m}, next: resolved}
"""
    with pytest.raises(ScenarioError, match="never ends from here for segment shy and customers who decline"):
        loads(text)
    loads(text.replace("accepts_bot: 50%", "accepts_bot: 100%"))


@pytest.mark.parametrize("key", ["calendar: desk", 'by_hour: {"09": 100%}'])
def test_an_hourly_volume_is_refused_where_hours_differ(key: str) -> None:
    text = f"""
name: desk
time: {{start: 2026-03-02, horizon: 1d}}
calendars: {{desk: {{daily: "08:00-18:00"}}}}
channels: {{phone: {{arrivals: {{volume: 60/h, {key}}}, journey: voice}}}}
journeys: {{voice: {{answer: {{work: {{time: 5m}}, next: resolved}}}}}}
teams: {{front: {{agents: 3, skills: {{answer: 1}}}}}}
"""
    with pytest.raises(ScenarioError, match="a volume is that of a whole weekday"):
        loads(text)
    loads(text.replace(f", {key}", ""))


def test_a_day_whose_open_hours_have_no_share_of_the_volume_is_refused() -> None:
    text = """
name: desk
time: {start: 2026-03-02, horizon: 7d}
calendars: {desk: {mon-fri: "08:00-18:00", sat: "18:00-20:00"}}
channels: {phone: {arrivals: {volume: 60/day, calendar: desk, by_hour: {"09": 100%}}, journey: voice}}
journeys: {voice: {answer: {work: {time: 5m}, next: resolved}}}
teams: {front: {agents: 3, skills: {answer: 1}}}
"""
    with pytest.raises(ScenarioError, match="is open on sat has a share of the volume"):
        loads(text)
    loads(text.replace("by_hour", "by_weekday: {sat: 0%}, by_hour"))


# --- people without a shift, and people who are away


def people(text: str) -> tuple[str, str]:
    """The team has these people."""
    return "agents: 2,", text + ","


@pytest.mark.parametrize(
    "agents",
    [
        '{by: hour, "08": 4, "09": 9, else: 2}',
        '{by: hour, "08:00-12:30": 4, "13:00-18:00, 20:00-24:00": 9, else: 0}',
        "{by: weekday, mon-fri: 4, sat: 2, sun: 0}",
        '{by: weekday, sat-sun: 0, else: {by: hour, "08:00-18:00": 4, else: 0}}',
        '{by: hour, "08:00-18:00": {by: weekday, mon: 4, else: 3}, else: 0}',
        '{by: hour, "00:00-24:00": 4}',
    ],
)
def test_people_without_a_shift_may_come_by_hour_and_by_weekday(agents: str) -> None:
    desk(people(f"agents: {agents}"))


@pytest.mark.parametrize(
    ("text", "path", "words", "remedy"),
    [
        ('agents: {by: hour, "08": 4}', "agents", "nothing is said for 00:00-08:00, 09:00-24:00", "else: 0"),
        ("agents: {by: weekday, mon-fri: 4}", "agents", "nothing is said for sat, sun", "else: 0"),
        ('agents: {by: hour, "08": 4, "08:30-10:00": 5, else: 1}', "agents", "08:30 is given twice", "once"),
        ("agents: {by: weekday, mon-fri: 4, fri: 5, else: 1}", "agents", "given twice", "once"),
        ('agents: {by: hour, "24": 4, else: 1}', "agents.24", "is not a time of the day", ""),
        ('agents: {by: hour, "08:00-07:00": 4, else: 1}', "agents.08:00-07:00", "08:00-07:00", ""),
        ("agents: {by: weekday, mondai: 4, else: 1}", "agents.mondai", "'mondai'", "write mon"),
        ("agents: {by: reason, order: 4, else: 1}", "agents.by", "is not hour or weekday", ""),
        ('agents: {by: hour, "08": many, else: 1}', "agents.08", "is not a whole number", ""),
        ("agents: {by: hour, else: -1}", "agents.else", "is not a whole number", ""),
        ("agents: 2, absence: 6", "absence", "6 is not a share: it needs a unit", "6%"),
        ("agents: 2, absence: 100%", "absence", "nobody would ever be there", ""),
        ("agents: 2, shrinkage: 100%", "shrinkage", "nobody would ever be there", ""),
        ("agents: 2, shrinkage: 120%", "shrinkage", "120%", ""),
        ("agents: 2, absence_paid: no", "absence_paid", "is not true or false", "write false"),
    ],
)
def test_people_that_cannot_be_are_refused(text: str, path: str, words: str, remedy: str) -> None:
    (fault,) = faults(people(text))
    assert fault.path == f"teams.desk.{path}"
    assert words in fault.message, fault.message
    assert remedy in fault.remedy, fault.remedy


def test_a_queue_is_not_served_where_nobody_comes_inside_the_horizon() -> None:
    # 2026-03-02 is a Monday, and all that is simulated.
    assert paths(people("agents: {by: weekday, mon: 0, else: 4}")) == ["journeys.voice.answer"]


def test_a_headcount_may_not_be_too_large_together() -> None:
    (fault,) = faults(
        people('agents: {by: hour, "08": 90000, else: 1}'),
        ("journeys:", "  more: {agents: 20000, skills: {answer: 1}}\njourneys:"),
    )
    assert "there are 110,000 agents" in fault.message


# --- weeks and dates that differ


@pytest.mark.parametrize(
    ("more", "path", "words"),
    [
        (", every: 2w", "", "a shift of some weeks needs 'starting' too"),
        (", starting: 2026-03-02", "", "a shift of some weeks needs 'every' too"),
        (", every: 10d, starting: 2026-03-02", ".every", "'10d' is not a number of weeks"),
        (", every: 0w, starting: 2026-03-02", ".every", "'0w' is not a number of weeks"),
        (", every: 53w, starting: 2026-03-02", ".every", "'53w' is not a number of weeks"),
        (", every: 2, starting: 2026-03-02", ".every", "2 is not a duration"),
        (", every: 2w, starting: March", ".starting", "'March' is not a date"),
    ],
)
def test_weeks_that_cannot_be_are_refused(more: str, path: str, words: str) -> None:
    (fault,) = faults(shift(f'{{days: mon-sat, hours: "08:00-16:00"{more}}}'))
    assert fault.path == f"shifts.early{path}"
    assert words in fault.message


def test_a_queue_is_not_served_by_a_shift_of_other_weeks() -> None:
    # What is simulated, 2 March, lies in a week in between.
    other = '{days: daily, hours: "08:00-16:00", every: 2w, starting: 2026-03-09}'
    assert paths(shift(other)) == ["journeys.voice.answer"]
    desk(shift(other.replace("03-09", "03-16")))


OPEN = "{volume: 100/day"


@pytest.mark.parametrize(
    ("office", "arrivals", "path", "words"),
    [
        ('2026-03-02: "10:00-8:00"', "}", "calendars.office.2026-03-02", "10:00-8:00"),
        ('2026-02-30: "10:00-18:00"', "}", "calendars.office.2026-02-30", "is not in the calendar"),
        ('24.12.2026: "10:00-18:00"', "}", "calendars.office.24.12.2026", "is not a date"),
        ('2026-12-25: "10:00-18:00", closed: [2026-12-25]', "}", "calendars.office.2026-12-25", "closed"),
        ("closed: [2026-03-02]", ", calendar: office}", "channels.phone.arrivals.calendar", "is closed"),
        ("closed: [2026-12-25]", ", calendar: office, by_date: {2026-12-25: 40%}}",
         "channels.phone.arrivals.by_date.2026-12-25", "is closed on 2026-12-25"),
        ('2026-12-24: "08:00-10:00"', ', calendar: office, by_hour: {"10": 100%}}',
         "channels.phone.arrivals.by_hour", "is open on 2026-12-24 has a share"),
        ("closed: []", ", by_date: {2026-12: 40%}}", "channels.phone.arrivals.by_date.2026-12", "not a date"),
        ("closed: []", ", by_date: {2026-12-24: 40}}", "channels.phone.arrivals.by_date.2026-12-24", "40"),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_refused(office: str, arrivals: str, path: str, words: str) -> None:
    (fault,) = faults(
        ('office: {mon-fri: "08:00-18:00"}', f'office: {{mon-fri: "08:00-18:00", {office}}}'),
        ("{volume: 100/day}", "{volume: 100/day" + arrivals),
    )
    assert fault.path.replace("'", "") == path
    assert words in fault.message
