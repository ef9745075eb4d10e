"""Exact logs of days on which people are absent or planned to be elsewhere, worked out by hand.

Who is absent is drawn by key: `drawn` computes the uniforms with NumPy's own Philox, and each test says which
it relies on. The rest is as in `test_traces_by_hand`: seed 1, recorded arrivals, constant durations.
"""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from tests.golden.test_traces_by_hand import PHONE, Player, answer, rows

MON, TUE, WED = 0, 1, 2
TWO_DAYS, THREE_DAYS = (f"{{start: 2026-03-02, horizon: {days}d}}" for days in (2, 3))


@pytest.fixture
def play(tmp_path: Path) -> Player:
    return Player(tmp_path)


def drawn(stream: str, day: int, agent: int = 0) -> float:
    """The uniform of a date and an agent, with seed 1 in replication 0."""
    key = [1, int.from_bytes(hashlib.blake2b(stream.encode()).digest()[:8], "little")]
    counter = ((day << 40) + (agent << 8)) << 128
    words = np.random.Philox(counter=counter - 1 if counter else 2**256 - 1, key=np.array(key, "u8"))
    return ((int(words.random_raw(1)[0]) >> 11) + 0.5) * 2.0**-53


def test_who_works_into_an_absence_finishes_and_is_absent_then(play):
    # A day and a night, three times over; absent on Wednesday only. Monday and Tuesday are one duty. The call
    # of 23:50 ends at 00:20, after the end of Tuesday's duty: overtime. Then the agent is absent, and who
    # comes at 00:10 is not served.
    assert [drawn("desk/early/absence", day) < 0.5 for day in (MON, TUE, WED)] == [False, False, True]
    text = """
teams: {desk: {shifts: {early: 1}, skills: {answer: 1}, absence: 50%}}
shifts: {early: {days: mon-wed, hours: "00:00-24:00", breaks: {tea: "10:00+15m"}}}
"""
    story = play(PHONE + text + answer("30m"), {"phone": ["tue 23:50", "wed 00:10"]}, THREE_DAYS)
    assert story.visits == rows("""
        who         step    joined     started    ended      wrapped    agent outcome
        tue:phone0  answer  tue:23:50  tue:23:50  wed:00:20  wed:00:20  0     done
        wed:phone0  answer  wed:00:10  -          -          -          -     open
    """)
    assert story.agents == rows("""
        agent start      end        state
        0     00:00      10:00      available
        0     10:00      10:15      break
        0     10:15      tue:10:00  available
        0     tue:10:00  tue:10:15  break
        0     tue:10:15  tue:23:50  available
        0     tue:23:50  wed:00:00  work
        0     wed:00:00  wed:00:20  work+overtime
        0     wed:00:20  thu:00:00  absent
    """)


def test_an_absence_that_is_not_paid_leaves_no_trace(play):
    text = """
teams: {desk: {shifts: {early: 1}, skills: {answer: 1}, absence: 50%, absence_paid: false}}
shifts: {early: {days: mon-wed, hours: "08:00-16:00"}}
"""
    story = play(PHONE + text + answer("30m"), {"phone": ["tue 15:50", "wed 00:10"]}, THREE_DAYS)
    assert story.agents == rows("""
        agent start      end        state
        0     08:00      16:00      available
        0     tue:08:00  tue:15:50  available
        0     tue:15:50  tue:16:00  work
        0     tue:16:00  tue:16:20  work+overtime
    """)


def test_work_over_a_whole_absence_is_overtime_until_the_next_duty(play):
    # Absent on Tuesday; the call of Monday 15:00 lasts to Wednesday 09:00.
    assert [drawn("desk/all/absence", day) < 0.15 for day in (MON, TUE)] == [False, True]
    text = """
teams: {desk: {shifts: {all: 1}, skills: {answer: 1}, absence: 15%}}
shifts: {all: {days: mon-tue, hours: "08:00-16:00"}}
"""
    story = play(PHONE + text + answer("42h"), {"phone": ["15:00"]}, THREE_DAYS)
    assert story.agents == rows("""
        agent start      end        state
        0     08:00      15:00      available
        0     15:00      16:00      work
        0     16:00      wed:09:00  work+overtime
    """)


def test_a_headcount_by_hour_brings_the_second_head_for_the_hours_that_need_two(play):
    # Agent 0 is there from 08:00 to 14:00 without a gap, agent 1 from 09:00 to 12:30. Two calls at 12:25:
    # the first goes to agent 0, available for longer; that of agent 1 ends in overtime. The third caller, at
    # 12:31, waits for agent 0.
    text = """
teams:
  desk: {agents: {by: hour, "08": 1, "09:00-12:30": 2, "12:30-14:00": 1, else: 0}, skills: {answer: 1}}
"""
    story = play(PHONE + text + answer("10m"), {"phone": ["07:59", "12:25", "12:25", "12:31"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  07:59  08:00   08:10  08:10   0     done
        phone1  answer  12:25  12:25   12:35  12:35   0     done
        phone2  answer  12:25  12:25   12:35  12:35   1     done
        phone3  answer  12:31  12:35   12:45  12:45   0     done
    """)
    assert story.agents == rows("""
        agent start  end    state
        0     08:00  08:10  work
        0     08:10  12:25  available
        0     12:25  12:35  work
        0     12:35  12:45  work
        0     12:45  14:00  available
        1     09:00  12:25  available
        1     12:25  12:30  work
        1     12:30  12:35  work+overtime
    """)


def test_a_headcount_by_weekday_and_hour_joins_over_midnight(play):
    text = """
teams:
  desk:
    agents:
      by: weekday
      mon: {by: hour, "20:00-24:00": 1, else: 0}
      tue: {by: hour, "00:00-02:30": 1, else: 0}
      else: 0
    skills: {answer: 1}
"""
    story = play(PHONE + text + answer("10m"), {"phone": ["19:00"]}, TWO_DAYS)
    assert story.agents == rows("""
        agent start  end        state
        0     20:00  20:10      work
        0     20:10  tue:02:30  available
    """)


def test_without_a_shift_one_draw_is_for_the_whole_date(play):
    # Absent on Monday, in the morning and in the evening; there on Tuesday, both times.
    assert [drawn("desk//absence", day) < 0.1 for day in (MON, TUE)] == [True, False]
    text = """
teams: {desk: {agents: {by: hour, "08": 1, "20": 1, else: 0}, skills: {answer: 1}, absence: 10%}}
"""
    story = play(PHONE + text + answer("10m"), {"phone": ["08:00"]}, TWO_DAYS)
    assert story.agents == rows("""
        agent start      end        state
        0     08:00      09:00      absent
        0     20:00      21:00      absent
        0     tue:08:00  tue:08:10  work
        0     tue:08:10  tue:09:00  available
        0     tue:20:00  tue:21:00  available
    """)


def test_of_one_point_eight_heads_there_are_two_on_one_day_and_one_on_the_other(play):
    # Three heads less 40 % are 1.8: with u from 0.2 on there are two, else one; the last ones are elsewhere.
    assert drawn("desk/day/shrinkage", MON) > 0.2 > drawn("desk/day/shrinkage", TUE)
    text = """
teams: {desk: {shifts: {day: 3}, skills: {answer: 1}, shrinkage: 40%}}
shifts: {day: {days: daily, hours: "08:00-16:00"}}
"""
    story = play(PHONE + text + answer("10m"), {"phone": ["08:00"]}, TWO_DAYS)
    assert story.agents == rows("""
        agent start      end        state
        0     08:00      08:10      work
        0     08:10      16:00      available
        0     tue:08:00  tue:16:00  available
        1     08:00      16:00      available
        1     tue:08:00  tue:16:00  absent
        2     08:00      16:00      absent
        2     tue:08:00  tue:16:00  absent
    """)
