"""Exact logs of small days, worked out by hand from the binding rules of the semantics, ties included.

Every arrival comes from a CSV trace at a whole minute and every duration is constant, so each row follows
from the rules alone. A test states the scenario, why each thing happens, and the rows. Who is who: `phone0`
is the first case of the day in channel phone, `phone0.1` its second contact, `tue:phone0` the first case of
Tuesday. Times are of Monday 2 March 2026, unless the day stands before them; `-` is a time that did not
happen. Agents are numbered in file order; time off shift has no rows.
"""

import datetime
import math
from dataclasses import dataclass
from pathlib import Path

import pytest

import sim
from sim.log import Fate, Log, Outcome, State
from sim.plan import Plan, compile_plan
from tests.equivalence.same_log import assert_engines_agree

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Row = tuple[str, ...]


# ------------------------------------------------------------------------------ playing a day and reading it


@dataclass(frozen=True)
class Story:
    """A log in words."""

    contacts: list[Row]
    visits: list[Row]
    agents: list[Row]


def rows(table: str) -> list[Row]:
    """The rows of a table written below its heading."""
    return [tuple(line.split()) for line in table.strip().splitlines()[1:]]


class Player:
    """Plays scenarios on arrivals that are written into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, text: str, arrivals: dict[str, list[str]], time: str = "{start: 2026-03-02, horizon: 1d}"
    ) -> Story:
        """The story of a scenario; arrivals of each channel as "[day] HH:MM [reason=…] [segment=…]"."""
        return in_words(*self.log(text, arrivals, time))

    def log(
        self, text: str, arrivals: dict[str, list[str]], time: str = "{start: 2026-03-02, horizon: 1d}"
    ) -> tuple[Plan, Log]:
        """The log behind the story, the same from both engines."""
        for channel, came in arrivals.items():
            lines = ["at,reason,segment", *(self._line(each) for each in came), ""]
            (self.folder / f"{channel}.csv").write_text("\n".join(lines), encoding="utf-8")
        head = f"name: by hand\ntime: {time}\nrun: {{replications: 1, seed: 1}}\n"
        plan = compile_plan(sim.loads(head + text, folder=self.folder))
        return plan, assert_engines_agree(plan)

    @staticmethod
    def _line(words: str) -> str:
        """A line of the CSV; the day before Monday is `before`."""
        given = dict(word.split("=") for word in words.split() if "=" in word)
        *day, clock = [word for word in words.split() if "=" not in word]
        offset = -1 if day == ["before"] else DAYS.index(day[0]) if day else 0
        date = datetime.date(2026, 3, 2) + datetime.timedelta(days=offset)
        return f"{date} {clock},{given.get('reason', '')},{given.get('segment', '')}"


@pytest.fixture
def play(tmp_path: Path) -> Player:
    return Player(tmp_path)


def trace(channel: str) -> str:
    return f"trace: {{file: {channel}.csv, time: at, reason: reason, segment: segment}}"


def in_words(plan: Plan, log: Log) -> Story:
    contacts, visits, agents = log.contacts, log.visits, log.agents
    names = plan.names
    who = [
        _day(entity >> 40) + f"{names.channels[origin]}{entity >> 8 & 2**32 - 1}"
        + (f".{entity & 255}" if entity & 255 else "")
        for origin, entity in zip(contacts.origin.tolist(), contacts.entity.tolist(), strict=True)
    ]  # fmt: skip
    return Story(
        contacts=[
            (who[row], *_clocks(contacts.arrival[row], contacts.end[row]), Fate(fate).name.lower())
            for row, fate in enumerate(contacts.fate)
        ],
        visits=[
            (
                who[visits.contact[row]],
                names.steps[visits.step[row]],
                *_clocks(visits.joined[row], visits.started[row], visits.ended[row], visits.wrapped[row]),
                "-" if visits.agent[row] < 0 else str(visits.agent[row]),
                Outcome(outcome).name.lower(),
            )
            for row, outcome in enumerate(visits.outcome)
        ],
        agents=[
            (
                str(agents.agent[row]),
                *_clocks(agents.start[row], agents.end[row]),
                State(state).name.lower() + ("+overtime" if agents.overtime[row] else ""),
            )
            for row, state in enumerate(agents.state)
        ],
    )


def _day(day: int) -> str:
    return "" if day == 0 else "before:" if day == -1 else f"{DAYS[day]}:"


def _clocks(*times: float) -> tuple[str, ...]:
    return tuple(_clock(float(time)) for time in times)


def _clock(time: float) -> str:
    if math.isnan(time):
        return "-"
    assert time % 60 == 0, f"{time} s is not a whole minute"
    day, minute = divmod(round(time / 60), 24 * 60)
    return f"{_day(day)}{minute // 60:02d}:{minute % 60:02d}"


PHONE = f"channels: {{phone: {{arrivals: {{{trace('phone')}}}, journey: voice}}}}\n"
ONE_AGENT = "teams: {desk: {agents: 1, skills: {answer: 1}}}\n"


def phone(patience: str) -> str:
    return f"channels: {{phone: {{arrivals: {{{trace('phone')}}}, patience: {patience}, journey: voice}}}}\n"


def answer(time: str, more: str = "") -> str:
    return f"journeys: {{voice: {{answer: {{work: {{time: {time}{more}}}, next: resolved}}}}}}\n"


# ---------------------------------------------------------------------------------------------- instants


def test_whose_patience_ends_as_the_agent_becomes_free_has_left(play):
    # phone0 is served at once until 08:05. phone1 came at the same minute and waits; her 5 minutes end at
    # 08:05, as the agent becomes free: both are changes of that instant, so she has left before the match,
    # and phone2, with a minute of patience left, is served.
    story = play(phone("5m") + ONE_AGENT + answer("5m"), {"phone": ["08:00", "08:00", "08:01"]})
    assert story.contacts == rows("""
        who     arrival end    fate
        phone0  08:00   08:05  resolved
        phone1  08:00   08:05  abandoned
        phone2  08:01   08:10  resolved
    """)
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:05  08:05   0     done
        phone1  answer  08:00  -       08:05  08:05   -     abandoned
        phone2  answer  08:01  08:05   08:10  08:10   0     done
    """)
    assert story.agents == rows("""
        agent start  end        state
        0     00:00  08:00      available
        0     08:00  08:05      work
        0     08:05  08:10      work
        0     08:10  tue:00:00  available
    """)


def test_who_has_no_patience_is_served_if_matched_at_once(play):
    # phone0 finds the agent idle. phone1 does not: she leaves with a wait of zero. phone2 and phone3 arrive
    # as the agent becomes free: the match of that instant takes phone2, then phone3's patience ends.
    story = play(phone("0s") + ONE_AGENT + answer("5m"), {"phone": ["08:00", "08:02", "08:05", "08:05"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:05  08:05   0     done
        phone1  answer  08:02  -       08:02  08:02   -     abandoned
        phone2  answer  08:05  08:05   08:10  08:10   0     done
        phone3  answer  08:05  -       08:05  08:05   -     abandoned
    """)


def test_work_of_no_length_frees_the_agent_in_the_next_round_of_the_instant(play):
    # Both arrive at 08:00. Round 1: phone0 is matched, phone1 is not. Round 2: phone0's work ends and
    # phone1's patience of zero ends, both as changes: he has left. No stretch of work has a length.
    story = play(phone("0s") + ONE_AGENT + answer("0s"), {"phone": ["08:00", "08:00"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:00  08:00   0     done
        phone1  answer  08:00  -       08:00  08:00   -     abandoned
    """)
    assert story.agents == rows("""
        agent start  end        state
        0     00:00  08:00      available
        0     08:00  tue:00:00  available
    """)


def test_with_patience_all_who_arrive_together_are_served_at_once_by_work_of_no_length(play):
    story = play(phone("1m") + ONE_AGENT + answer("0s"), {"phone": ["08:00", "08:00", "08:00"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:00  08:00   0     done
        phone1  answer  08:00  08:00   08:00  08:00   0     done
        phone2  answer  08:00  08:00   08:00  08:00   0     done
    """)


def test_a_contact_can_join_the_same_queue_twice_in_one_instant(play):
    # Half of the visits lead back to the step, each a further round of the instant 08:00. How often is drawn
    # by each contact's key; that everything is over at 08:00 is not.
    text = PHONE + ONE_AGENT + (
        "journeys: {voice: {answer: {work: {time: 0s}, next: {answer: 50%, resolved: 50%}}}}\n"
    )  # fmt: skip
    story = play(text, {"phone": ["08:00"] * 20})
    assert [row[1:] for row in story.contacts] == [("08:00", "08:00", "resolved")] * 20
    assert {row[2:] for row in story.visits} == {("08:00", "08:00", "08:00", "08:00", "0", "done")}
    assert len(story.visits) > 20


# ------------------------------------------------------------------------------------------ dispatch order


def test_priority_goes_before_waiting_time_and_the_step_may_set_it(play):
    # The agent is busy until 08:10. Of those who wait then phone1 and phone2 are core, priority 3, phone3 is
    # vip, priority 1, and mail0, the last to come, has the step's priority 2 in place of his segment's 3. So
    # phone3, mail0, then phone1 and phone2 in order of time.
    text = f"""
segments: {{vip: {{share: 50%, priority: 1}}, core: {{share: 50%, priority: 3}}}}
channels:
  phone: {{arrivals: {{{trace("phone")}}}, journey: voice}}
  mail: {{arrivals: {{{trace("mail")}}}, journey: post}}
teams: {{desk: {{agents: 1, skills: {{answer: 1, write: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: 10m}}, next: resolved}}}}
  post: {{write: {{work: {{time: 10m, priority: 2}}, next: resolved}}}}
"""
    calls = ["08:00 segment=core", "08:02 segment=core", "08:03 segment=core", "08:04 segment=vip"]
    story = play(text, {"phone": calls, "mail": ["08:05 segment=core"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:10  08:10   0     done
        phone1  answer  08:02  08:30   08:40  08:40   0     done
        phone2  answer  08:03  08:40   08:50  08:50   0     done
        phone3  answer  08:04  08:10   08:20  08:20   0     done
        mail0   write   08:05  08:20   08:30  08:30   0     done
    """)


def test_priority_goes_before_the_skill_level(play):
    # As below, where level 1 is first, but phone1 is vip.
    text = f"""
segments: {{vip: {{share: 50%, priority: 1}}, core: {{share: 50%, priority: 3}}}}
channels:
  phone: {{arrivals: {{{trace("phone")}}}, journey: voice}}
  mail: {{arrivals: {{{trace("mail")}}}, journey: post}}
teams: {{desk: {{agents: 1, skills: {{answer: 2, write: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: 10m}}, next: resolved}}}}
  post: {{write: {{work: {{time: 10m}}, next: resolved}}}}
"""
    calls = {"phone": ["08:00 segment=core", "08:05 segment=vip"], "mail": ["08:01 segment=core"]}
    story = play(text, calls)
    assert [(row[0], row[3]) for row in story.visits] == [
        ("phone0", "08:00"), ("phone1", "08:10"), ("mail0", "08:20"),
    ]  # fmt: skip


def test_the_better_skill_level_goes_before_the_longer_wait(play):
    # The agent's level is 1 for write, 2 for answer. At 08:10 phone1 has waited since 08:01 and mail0 since
    # 08:05; priorities are equal, so level 1 is first.
    text = f"""
channels:
  phone: {{arrivals: {{{trace("phone")}}}, journey: voice}}
  mail: {{arrivals: {{{trace("mail")}}}, journey: post}}
teams: {{desk: {{agents: 1, skills: {{answer: 2, write: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: 10m}}, next: resolved}}}}
  post: {{write: {{work: {{time: 10m}}, next: resolved}}}}
"""
    story = play(text, {"phone": ["08:00", "08:01"], "mail": ["08:05"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:10  08:10   0     done
        phone1  answer  08:01  08:20   08:30  08:30   0     done
        mail0   write   08:05  08:10   08:20  08:20   0     done
    """)


def test_an_agent_with_the_better_skill_level_goes_before_one_who_was_available_longer(play):
    # Agent 0 (level 2) and agent 1 (level 1) are available since midnight: phone0 goes to agent 1 though 0 is
    # the lower number. phone1 at 08:01 finds only agent 0. At 08:20 agent 1 is available since 08:10, agent 0
    # since 08:11: level 1 again. At 08:40 agent 1 has been available since 08:30 and agent 0 for longer.
    text = PHONE + answer("10m") + (
        "teams: {help: {agents: 1, skills: {answer: 2}}, desk: {agents: 1, skills: {answer: 1}}}\n"
    )  # fmt: skip
    story = play(text, {"phone": ["08:00", "08:01", "08:20", "08:40"]})
    assert [(row[0], row[6]) for row in story.visits] == [
        ("phone0", "1"), ("phone1", "0"), ("phone2", "1"), ("phone3", "1"),
    ]  # fmt: skip


def test_the_least_pair_is_matched_first_even_where_another_matching_would_serve_more(play):
    # Agent 0 can write (level 2) and answer (level 1), agent 1 can only answer. Both become free at 08:10.
    # phone2 waits since 08:05, mail0 since 08:01. Least pair: level 1 before level 2, so phone2 before mail0;
    # its agents 0 and 1 are both available since 08:10: the lower number. mail0 waits on although agent 1 is
    # idle: he lacks the skill.
    text = f"""
channels:
  phone: {{arrivals: {{{trace("phone")}}}, journey: voice}}
  mail: {{arrivals: {{{trace("mail")}}}, journey: post}}
teams:
  both: {{agents: 1, skills: {{answer: 1, write: 2}}}}
  desk: {{agents: 1, skills: {{answer: 1}}}}
journeys:
  voice: {{answer: {{work: {{time: 10m}}, next: resolved}}}}
  post: {{write: {{work: {{time: 10m}}, next: resolved}}}}
"""
    story = play(text, {"phone": ["08:00", "08:00", "08:05"], "mail": ["08:01"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:10  08:10   0     done
        phone1  answer  08:00  08:00   08:10  08:10   1     done
        phone2  answer  08:05  08:10   08:20  08:20   0     done
        mail0   write   08:01  08:20   08:30  08:30   0     done
    """)


def test_the_longest_available_agent_is_first_and_the_lower_number_among_equals(play):
    # Available since midnight: 0, 1, 2. At 08:00 long0 -> 0 until 08:06; at 08:01 short -> 1 until 08:04.
    # Then 2 is the longest available (midnight), 1 since 08:04, 0 since 08:06.
    text = (
        "reasons: {short: {share: 50%}, long: {share: 50%}}\n"
        "teams: {desk: {agents: 3, skills: {answer: 1}}}\n"
    )
    story = play(
        PHONE + text + answer("{by: reason, short: 3m, long: 6m}"),
        {"phone": ["08:00 reason=long", "08:01 reason=short"] + ["08:10 reason=short"] * 3},
    )
    assert [(row[0], row[3], row[6]) for row in story.visits] == [
        ("phone0", "08:00", "0"),
        ("phone1", "08:01", "1"),
        ("phone2", "08:10", "2"),
        ("phone3", "08:10", "1"),
        ("phone4", "08:10", "0"),
    ]


def test_an_agent_back_from_a_break_is_available_since_its_end(play):
    # Agent 0 has a break until 08:30, agent 1 works a shift from 08:20: at 08:40 agent 1 has been available
    # longer. At 09:00 agent 0, since 08:30, before agent 1, since 08:50.
    text = """
teams:
  early: {shifts: {first: 1}, skills: {answer: 1}}
  late: {shifts: {second: 1}, skills: {answer: 1}}
shifts:
  first: {days: mon, hours: "08:00-12:00", breaks: {coffee: "08:15+15m"}}
  second: {days: mon, hours: "08:20-12:00"}
"""
    story = play(PHONE + text + answer("10m"), {"phone": ["08:40", "09:00"]})
    assert [(row[0], row[6]) for row in story.visits] == [("phone0", "1"), ("phone1", "0")]


def test_a_head_start_orders_and_nothing_else(play):
    # Equal priority; `old` counts 3 minutes ahead. Busy until 08:10. Order times: phone1 (new) 08:02; phone2
    # (old, 08:04) 08:01; phone3 (old, 08:05) 08:02, equal to phone1's, who has the lower number. So phone2,
    # phone1, phone3. Patience is 16 minutes from the real joining: phone2 would be gone at 08:20 and is
    # served at 08:10; phone3 has till 08:21, but is served at 08:30 at the earliest, so leaves at 08:21.
    text = """
segments: {new: {share: 50%, priority: 2}, old: {share: 50%, priority: 2, head_start: 3m}}
"""
    story = play(
        phone("{by: segment, new: 1h, old: 16m}") + text + ONE_AGENT + answer("10m"),
        {"phone": ["08:00 segment=new", "08:02 segment=new", "08:04 segment=old", "08:05 segment=old"]},
    )
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:10  08:10   0     done
        phone1  answer  08:02  08:20   08:30  08:30   0     done
        phone2  answer  08:04  08:10   08:20  08:20   0     done
        phone3  answer  08:05  -       08:21  08:21   -     abandoned
    """)


def test_those_who_arrive_together_are_served_by_channel_in_file_order_then_as_they_came(play):
    text = f"""
channels:
  phone: {{arrivals: {{{trace("phone")}}}, journey: voice}}
  chat: {{arrivals: {{{trace("chat")}}}, journey: voice}}
"""
    story = play(text + ONE_AGENT + answer("1m"), {"chat": ["08:00", "08:00"], "phone": ["08:00", "08:00"]})
    assert [(row[0], row[3]) for row in story.visits] == [
        ("phone0", "08:00"), ("phone1", "08:01"), ("chat0", "08:02"), ("chat1", "08:03"),
    ]  # fmt: skip


# -------------------------------------------------------------------------------------- shifts and breaks

SHIFT = """
teams: {desk: {shifts: {day: 1}, skills: {answer: 1}}}
shifts: {day: {days: mon, hours: "08:00-16:00", breaks: {coffee: "10:00+15m"}}}
"""


def test_a_break_due_during_work_starts_when_it_ends_and_keeps_its_length(play):
    # Work from 09:55 to 10:05; the break due at 10:00 lasts from 10:05 to 10:20; phone1 waits for its end.
    story = play(PHONE + SHIFT + answer("10m"), {"phone": ["09:55", "10:06"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  09:55  09:55   10:05  10:05   0     done
        phone1  answer  10:06  10:20   10:30  10:30   0     done
    """)
    assert story.agents == rows("""
        agent start  end    state
        0     08:00  09:55  available
        0     09:55  10:05  work
        0     10:05  10:20  break
        0     10:20  10:30  work
        0     10:30  16:00  available
    """)


def test_a_break_due_as_work_ends_comes_before_those_who_wait(play):
    story = play(PHONE + SHIFT + answer("10m"), {"phone": ["09:50", "09:55", "10:00"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  09:50  09:50   10:00  10:00   0     done
        phone1  answer  09:55  10:15   10:25  10:25   0     done
        phone2  answer  10:00  10:25   10:35  10:35   0     done
    """)


def test_a_break_waits_for_the_wrap_up_too(play):
    # 09:50 talk to 10:00, wrap-up to 10:02, break from 10:02 to 10:17.
    story = play(PHONE + SHIFT + answer("10m", ", wrap_up: 2m"), {"phone": ["09:50", "10:17"]})
    assert story.agents == rows("""
        agent start  end    state
        0     08:00  09:50  available
        0     09:50  10:00  work
        0     10:00  10:02  wrap_up
        0     10:02  10:17  break
        0     10:17  10:27  work
        0     10:27  10:29  wrap_up
        0     10:29  16:00  available
    """)


def test_breaks_that_are_both_due_follow_each_other(play):
    # Work from 09:55 to 10:20; coffee, due 10:00, then lunch, due 10:15, each at its length.
    text = """
teams: {desk: {shifts: {day: 1}, skills: {answer: 1}}}
shifts: {day: {days: mon, hours: "08:00-16:00", breaks: {lunch: "10:15+30m", coffee: "10:00+15m"}}}
"""
    story = play(PHONE + text + answer("25m"), {"phone": ["09:55"]})
    assert story.agents == rows("""
        agent start  end    state
        0     08:00  09:55  available
        0     09:55  10:20  work
        0     10:20  10:35  break
        0     10:35  11:05  break
        0     11:05  16:00  available
    """)


def test_a_delayed_break_ends_with_the_shift_and_is_no_overtime(play):
    # The break due at 11:30 begins at 11:45 and would last until 12:15; the shift ends at 12:00.
    text = """
teams: {desk: {shifts: {day: 1}, skills: {answer: 1}}}
shifts: {day: {days: mon, hours: "08:00-12:00", breaks: {pause: "11:30+30m"}}}
"""
    story = play(PHONE + text + answer("20m"), {"phone": ["11:25"]})
    assert story.agents == rows("""
        agent start  end    state
        0     08:00  11:25  available
        0     11:25  11:45  work
        0     11:45  12:00  break
    """)


def test_a_break_that_the_end_of_the_shift_overtakes_is_not_made_up_for(play):
    # The break due at 11:30 has not begun when the shift ends during work. On Tuesday there is Tuesday's
    # only.
    text = """
teams: {desk: {shifts: {day: 1}, skills: {answer: 1}}}
shifts: {day: {days: mon-tue, hours: "08:00-12:00", breaks: {pause: "11:30+15m"}}}
"""
    story = play(PHONE + text + answer("50m"), {"phone": ["11:25"]}, "{start: 2026-03-02, horizon: 2d}")
    assert story.agents == rows("""
        agent start      end        state
        0     08:00      11:25      available
        0     11:25      12:00      work
        0     12:00      12:15      work+overtime
        0     tue:08:00  tue:11:30  available
        0     tue:11:30  tue:11:45  break
        0     tue:11:45  tue:12:00  available
    """)


def test_a_break_due_as_the_shift_begins_comes_before_any_work(play):
    text = """
teams: {desk: {shifts: {day: 1}, skills: {answer: 1}}}
shifts: {day: {days: mon, hours: "08:00-12:00", breaks: {meeting: "08:00+10m"}}}
"""
    story = play(PHONE + text + answer("5m"), {"phone": ["07:55", "08:10"]})
    assert [(row[0], row[3]) for row in story.visits] == [("phone0", "08:10"), ("phone1", "08:15")]


def test_work_and_wrap_up_run_past_the_end_of_the_shift_as_overtime(play):
    # phone0: 15:58 to 16:08, wrap-up to 16:10: ten minutes of overtime. phone1, waiting since 15:59, is still
    # waiting at the end of the day: nobody begins work off shift.
    story = play(PHONE + SHIFT + answer("10m", ", wrap_up: 2m"), {"phone": ["15:58", "15:59"]})
    assert story.contacts == rows("""
        who     arrival end    fate
        phone0  15:58   16:08  resolved
        phone1  15:59   -      open
    """)
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  15:58  15:58   16:08  16:10   0     done
        phone1  answer  15:59  -       -      -       -     open
    """)
    assert story.agents == rows("""
        agent start  end    state
        0     08:00  10:00  available
        0     10:00  10:15  break
        0     10:15  15:58  available
        0     15:58  16:00  work
        0     16:00  16:08  work+overtime
        0     16:08  16:10  wrap_up+overtime
    """)


def test_a_wrap_up_that_begins_as_the_shift_ends_is_overtime_and_who_comes_then_is_too_late(play):
    # Talk from 15:50 to 16:00, wrap-up to 16:02. The shift begins at 08:00 inclusive, ends at 16:00
    # exclusive: phone0, waiting since 07:59, is served at 08:00; phone2 at 16:00 is not served any more.
    story = play(PHONE + SHIFT + answer("10m", ", wrap_up: 2m"), {"phone": ["07:59", "15:50", "16:00"]})
    assert [(row[0], row[3], row[7]) for row in story.visits] == [
        ("phone0", "08:00", "done"), ("phone1", "15:50", "done"), ("phone2", "-", "open"),
    ]  # fmt: skip
    assert story.agents[-2:] == rows("""
        agent start  end    state
        0     15:50  16:00  work
        0     16:00  16:02  wrap_up+overtime
    """)


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_starts(play):
    # Sunday's night shift, simulated from Monday 00:00, works until 06:00; Monday's from 22:00 to Tuesday
    # 06:00; Tuesday has none. The break at 02:00 is in both. phone1 comes after Sunday's shift and waits for
    # Monday's; phone2 runs into overtime on Tuesday; phone3 waits for ever.
    text = """
teams: {desk: {shifts: {night: 1}, skills: {answer: 1}}}
shifts: {night: {days: sun-mon, hours: "22:00-06:00", breaks: {supper: "02:00+30m"}}}
"""
    story = play(
        PHONE + text + answer("10m"),
        {"phone": ["02:10", "06:00", "tue 05:55", "tue 06:00"]},
        "{start: 2026-03-02, horizon: 2d}",
    )
    assert story.visits == rows("""
        who         step    joined     started    ended      wrapped    agent outcome
        phone0      answer  02:10      02:30      02:40      02:40      0     done
        phone1      answer  06:00      22:00      22:10      22:10      0     done
        tue:phone0  answer  tue:05:55  tue:05:55  tue:06:05  tue:06:05  0     done
        tue:phone1  answer  tue:06:00  -          -          -          -     open
    """)
    assert story.agents == rows("""
        agent start      end        state
        0     00:00      02:00      available
        0     02:00      02:30      break
        0     02:30      02:40      work
        0     02:40      06:00      available
        0     22:00      22:10      work
        0     22:10      tue:02:00  available
        0     tue:02:00  tue:02:30  break
        0     tue:02:30  tue:05:55  available
        0     tue:05:55  tue:06:00  work
        0     tue:06:00  tue:06:05  work+overtime
    """)


def test_work_that_lasts_into_the_next_shift_is_overtime_only_in_between(play):
    # The call of phone0 goes from 11:55 to 13:05, over the break between two shifts of one team's agents:
    # Agent 0 works 08:00-12:00 only; the next day's shift finds the agent still talking from 23:00 on.
    text = """
teams: {desk: {shifts: {short: 1}, skills: {answer: 1}}}
shifts: {short: {days: mon-tue, hours: "08:00-12:00"}}
"""
    story = play(PHONE + text + answer("21h"), {"phone": ["11:55"]}, "{start: 2026-03-02, horizon: 2d}")
    assert story.agents == rows("""
        agent start      end        state
        0     08:00      11:55      available
        0     11:55      12:00      work
        0     12:00      tue:08:00  work+overtime
        0     tue:08:00  tue:08:55  work
        0     tue:08:55  tue:12:00  available
    """)


# --------------------------------------------------------------------------------- beginning and end of time


def test_simulated_time_begins_with_the_warm_up_and_ends_with_the_run_out(play):
    # From Sunday 23:00 to Tuesday 00:10, the end excluded. Who came at 22:59 is Sunday's first case,
    # though before all that is simulated, so before:phone1 is at 23:50: served in the warm-up and into
    # the window. phone1's work would end at 00:10 exactly, which is not simulated any more: open, and
    # the agent's work is cut there. tue:phone0 came in the run-out and waits; nothing is known of who
    # comes at 00:10.
    story = play(
        PHONE + ONE_AGENT + answer("20m"),
        {"phone": ["before 22:59", "before 23:50", "23:20", "23:50", "tue 00:05", "tue 00:10"]},
        "{start: 2026-03-02, horizon: 1d, warm_up: 1h, run_out: 10m}",
    )
    assert story.contacts == rows("""
        who            arrival       end        fate
        before:phone1  before:23:50  00:10      resolved
        phone0         23:20         23:40      resolved
        phone1         23:50         -          open
        tue:phone0     tue:00:05     -          open
    """)
    assert story.visits == rows("""
        who            step    joined        started       ended  wrapped agent outcome
        before:phone1  answer  before:23:50  before:23:50  00:10  00:10   0     done
        phone0         answer  23:20         23:20         23:40  23:40   0     done
        phone1         answer  23:50         23:50         -      -       0     open
        tue:phone0     answer  tue:00:05     -             -      -       -     open
    """)
    assert story.agents == rows("""
        agent start         end           state
        0     before:23:00  before:23:50  available
        0     before:23:50  00:10         work
        0     00:10         23:20         available
        0     23:20         23:40         work
        0     23:40         23:50         available
        0     23:50         tue:00:10     work
    """)


def test_a_wrap_up_not_over_at_the_end_leaves_a_contact_that_has_ended(play):
    story = play(PHONE + ONE_AGENT + answer("5m", ", wrap_up: 10m"), {"phone": ["23:50"]})
    assert story.contacts == [("phone0", "23:50", "23:55", "resolved")]
    assert story.visits == [("phone0", "answer", "23:50", "23:50", "23:55", "-", "0", "done")]
    assert story.agents[-1] == ("0", "23:55", "tue:00:00", "wrap_up")


# --------------------------------------------------------------------------------------------------- bots

BOT = f"""
segments: {{willing: {{share: 50%}}, unwilling: {{share: 50%, accepts_bot: 0%}}}}
reasons: {{easy: {{share: 25%}}, hard: {{share: 25%}}, tiring: {{share: 25%}}, tricky: {{share: 25%}}}}
channels: {{chat: {{arrivals: {{{trace("chat")}}}, patience: 5m, journey: text}}}}
bots:
  helper:
    sessions: 1
    time: 2m
    resolves: {{easy: 100%, else: 0%}}
    falsely_resolves: {{tricky: 100%, else: 0%}}
    attempts_to_human: 2
    gives_up_per_attempt: {{tiring: 100%, else: 0%}}
teams: {{desk: {{agents: 1, skills: {{answer: 1}}}}}}
journeys:
  text:
    greet: {{bot: helper, contained: end, handoff: answer}}
    answer: {{work: {{time: 10m}}, next: resolved}}
"""


def test_a_bot_with_one_session_holds_it_through_failed_attempts_and_customers_lose_patience(play):
    # chat0 (hard): bot 08:00-08:02, the first attempt to reach a person fails and costs 2 more minutes;
    # handed over at 08:04. chat1 (tiring), waiting since 08:01, has the session from 08:04, fails one attempt
    # and gives up at 08:08. chat2, since 08:02, loses patience at 08:07. chat3 comes at 08:08 as the session
    # is freed: served and truly resolved, though chat4 was there at the same minute (and waits). chat4
    # (tricky) then is told it is solved. chat5 does not accept the bot: straight to the agent, who is busy
    # with chat0 until 08:14; his patience began on joining that queue.
    story = play(
        BOT,
        {
            "chat": [
                "08:00 segment=willing reason=hard",
                "08:01 segment=willing reason=tiring",
                "08:02 segment=willing reason=easy",
                "08:08 segment=willing reason=easy",
                "08:08 segment=willing reason=tricky",
                "08:10 segment=unwilling reason=easy",
            ]
        },
    )
    assert story.contacts == rows("""
        who    arrival end    fate
        chat0  08:00   08:14  resolved
        chat1  08:01   08:08  gave_up_in_bot
        chat2  08:02   08:07  abandoned
        chat3  08:08   08:10  resolved
        chat4  08:08   08:12  falsely_resolved
        chat5  08:10   08:24  resolved
    """)
    # A bot has no wrap-up: `wrapped` is the end.
    assert story.visits == rows("""
        who    step    joined started ended  wrapped agent outcome
        chat0  greet   08:00  08:00   08:04  08:04   -     handed_off
        chat0  answer  08:04  08:04   08:14  08:14   0     done
        chat1  greet   08:01  08:04   08:08  08:08   -     gave_up
        chat2  greet   08:02  -       08:07  08:07   -     abandoned
        chat3  greet   08:08  08:08   08:10  08:10   -     contained
        chat4  greet   08:08  08:10   08:12  08:12   -     falsely_contained
        chat5  greet   08:10  -       08:10  08:10   -     declined
        chat5  answer  08:10  08:14   08:24  08:24   0     done
    """)


def test_whose_patience_ends_as_the_session_becomes_free_has_left(play):
    # Two bot times each: chat0 holds the session from 08:00 to 08:04, chat1 to 08:08, when chat2's 5 minutes
    # are over.
    hard, easy = "segment=willing reason=hard", "segment=willing reason=easy"
    story = play(BOT, {"chat": [f"08:00 {hard}", f"08:00 {hard}", f"08:03 {easy}"]})
    assert [row for row in story.visits if row[1] == "greet"] == rows("""
        who    step   joined started ended  wrapped agent outcome
        chat0  greet  08:00  08:00   08:04  08:04   -     handed_off
        chat1  greet  08:00  08:04   08:08  08:08   -     handed_off
        chat2  greet  08:03  -       08:08  08:08   -     abandoned
    """)


def test_priority_and_head_start_order_the_queue_for_sessions_too(play):
    # Two minutes a session. At 08:02 three wait: chat1, order time 08:00; chat2, core with a head start,
    # 08:01 - 3 min = 07:58; chat3, vip, priority 1. So chat3, chat2, chat1.
    text = f"""
segments:
  vip: {{share: 30%, priority: 1}}
  core: {{share: 30%, priority: 2}}
  known: {{share: 40%, priority: 2, head_start: 3m}}
channels: {{chat: {{arrivals: {{{trace("chat")}}}, journey: text}}}}
bots: {{helper: {{sessions: 1, time: 2m, resolves: 100%}}}}
journeys:
  text: {{greet: {{bot: helper, handoff: answer}}, answer: {{work: {{time: 1m}}, next: resolved}}}}
"""
    came = ["08:00 segment=core", "08:00 segment=core", "08:01 segment=known", "08:01 segment=vip"]
    story = play(text + ONE_AGENT, {"chat": came})
    assert [(row[0], row[3]) for row in story.visits] == [
        ("chat0", "08:00"), ("chat1", "08:06"), ("chat2", "08:04"), ("chat3", "08:02"),
    ]  # fmt: skip


HANDOVER = f"""
channels:
  chat: {{arrivals: {{{trace("chat")}}}, patience: 9m, journey: text}}
  phone: {{arrivals: {{{trace("phone")}}}, journey: voice}}
bots:
  helper: {{time: 3m, resolves: 0%, handoff: {{saves_handle_time: 50%, keeps_place: KEEPS}}}}
teams: {{desk: {{agents: 1, skills: {{help: 1}}}}}}
journeys:
  text:
    greet: {{bot: helper, handoff: assist}}
    assist: {{work: {{time: 4m, skill: help}}, next: back}}
    back: {{work: {{time: 4m, skill: help}}, next: resolved}}
  voice:
    answer: {{work: {{time: 11m, skill: help}}, next: resolved}}
"""


def test_a_kept_place_backdates_the_order_but_not_the_wait_or_the_patience(play):
    # phone0 holds the agent from 08:00 to 08:11. chat0 is with the bot from 08:01 to 08:04 and joins the
    # queue for people at 08:04; phone1 joined the other queue at 08:03. Kept place: chat0's order time is
    # 08:01, so first at 08:11. Her 9 minutes run from 08:04 to 08:13 (from 08:01 she would have left at
    # 08:10). The bot saves half of her next handle time: 2 minutes; of that one only: the second takes 4, and
    # joins at 08:13, after phone1.
    story = play(HANDOVER.replace("KEEPS", "true"), {"phone": ["08:00", "08:03"], "chat": ["08:01"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        chat0   greet   08:01  08:01   08:04  08:04   -     handed_off
        chat0   assist  08:04  08:11   08:13  08:13   0     done
        chat0   back    08:13  -       08:22  08:22   -     abandoned
        phone0  answer  08:00  08:00   08:11  08:11   0     done
        phone1  answer  08:03  08:13   08:24  08:24   0     done
    """)


def test_a_handover_saves_time_in_the_next_work_only(play):
    # Half of 4 minutes in the first work, the whole 4 in the second.
    story = play(HANDOVER.replace("KEEPS", "true"), {"phone": ["09:00"], "chat": ["08:01"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        chat0   greet   08:01  08:01   08:04  08:04   -     handed_off
        chat0   assist  08:04  08:04   08:06  08:06   0     done
        chat0   back    08:06  08:06   08:10  08:10   0     done
        phone0  answer  09:00  09:00   09:11  09:11   0     done
    """)


def test_without_a_kept_place_the_order_is_that_of_joining(play):
    # As above, but chat0's order time is 08:04, after phone1's 08:03: at 08:11 phone1; chat0 leaves at 08:13.
    story = play(HANDOVER.replace("KEEPS", "false"), {"phone": ["08:00", "08:03"], "chat": ["08:01"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        chat0   greet   08:01  08:01   08:04  08:04   -     handed_off
        chat0   assist  08:04  -       08:13  08:13   -     abandoned
        phone0  answer  08:00  08:00   08:11  08:11   0     done
        phone1  answer  08:03  08:11   08:22  08:22   0     done
    """)


# ------------------------------------------------------------------------------- delay, choose, by something


def test_delays_hold_nobody_and_choices_take_no_time(play):
    # vip: answer 08:00-08:05, ten minutes of delay, chosen back to the desk: 08:15-08:20. core: answer
    # 08:05-08:10, delay to 08:20, chosen to the end.
    text = """
segments: {vip: {share: 50%}, core: {share: 50%}}
journeys:
  voice:
    answer: {work: {time: 5m}, next: pause}
    pause: {delay: {time: 10m}, next: which}
    which: {choose: {by: segment, vip: check, core: unresolved}}
    check: {work: {time: 5m, skill: answer}, next: resolved}
"""
    story = play(PHONE + ONE_AGENT + text, {"phone": ["08:00 segment=vip", "08:00 segment=core"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:05  08:05   0     done
        phone0  pause   08:05  08:05   08:15  08:15   -     done
        phone0  which   08:15  08:15   08:15  08:15   -     done
        phone0  check   08:15  08:15   08:20  08:20   0     done
        phone1  answer  08:00  08:05   08:10  08:10   0     done
        phone1  pause   08:10  08:10   08:20  08:20   -     done
        phone1  which   08:20  08:20   08:20  08:20   -     done
    """)
    assert [row[3] for row in story.contacts] == ["resolved", "unresolved"]


def test_handle_times_may_depend_on_the_team_and_on_the_hour_in_which_work_starts(play):
    # phone0 -> agent 0 (fast): 2 minutes; phone1 -> agent 1 (slow), hour 08: 5 minutes; phone2 comes at
    # 08:59, when both are free: agent 0 was so first; phone3 at 09:00 -> agent 1, hour 09: 7 minutes.
    text = """
teams: {fast: {agents: 1, skills: {answer: 1}}, slow: {agents: 1, skills: {answer: 1}}}
"""
    time = '{by: team, fast: 2m, slow: {by: hour, "09": 7m, else: 5m}}'
    story = play(PHONE + text + answer(time), {"phone": ["08:00", "08:00", "08:59", "09:00"]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:02  08:02   0     done
        phone1  answer  08:00  08:00   08:05  08:05   1     done
        phone2  answer  08:59  08:59   09:01  09:01   0     done
        phone3  answer  09:00  09:00   09:07  09:07   1     done
    """)


# ---------------------------------------------------------------------------------------------- recontacts

RETURNING = f"""
calendars: {{desk: {{daily: "08:00-12:00"}}}}
channels: {{phone: {{arrivals: {{{trace("phone")}, calendar: desk}}, journey: voice}}}}
teams: {{desk: {{agents: 2, skills: {{answer: 1}}}}}}
journeys: {{voice: {{answer: {{work: {{time: 10m}}, next: unresolved}}}}}}
recontact: {{unresolved: 100%, after: 1h, at_most: 2}}
"""


def test_who_was_not_helped_comes_back_as_the_same_case_until_the_limit(play):
    # 08:00 to 08:10; an hour later, 09:10 to 09:20; and again 10:20 to 10:30: the second recontact, the last.
    story = play(RETURNING, {"phone": ["08:00"]})
    assert story.contacts == rows("""
        who       arrival end    fate
        phone0    08:00   08:10  unresolved
        phone0.1  09:10   09:20  unresolved
        phone0.2  10:20   10:30  unresolved
    """)


def test_a_return_due_while_closed_comes_after_the_next_opening(play):
    # Opening hours are 08:00 to 12:00, the closing time excluded. phone0 is due at 11:59: open. phone1 is due
    # at 12:00: closed, so she comes on Tuesday after 08:00, a random while later (test_against_recontacts).
    _, log = play.log(RETURNING, {"phone": ["10:49", "10:50"]}, "{start: 2026-03-02, horizon: 2d}")
    contacts = log.contacts
    minutes = {
        (int(entity >> 8) % 2**32, int(entity & 255)): arrival / 60
        for entity, arrival in zip(contacts.entity, contacts.arrival, strict=True)
    }
    assert minutes[0, 0] == 10 * 60 + 49
    assert minutes[0, 1] == 11 * 60 + 59
    assert minutes[1, 0] == 10 * 60 + 50
    assert minutes[1, 1] > (24 + 8) * 60


def test_nobody_returns_after_the_end_of_simulated_time(play):
    # Due at midnight exactly, where the simulation ends.
    text = RETURNING.replace(", calendar: desk", "").replace('calendars: {desk: {daily: "08:00-12:00"}}', "")
    story = play(text, {"phone": ["22:50", "22:49"]})
    assert story.contacts == rows("""
        who       arrival end    fate
        phone0    22:49   22:59  unresolved
        phone0.1  23:59   -      open
        phone1    22:50   23:00  unresolved
    """)


TRYING_AGAIN = f"""
channels:
  phone:
    arrivals: {{{trace("phone")}}}
    patience: 5m
    on_abandon: {{retry: 100%, after: 20m, at_most: 2}}
    journey: voice
  chat: {{arrivals: {{{trace("chat")}}}, journey: text}}
teams: {{desk: {{agents: 1, skills: {{answer: 1}}}}, typing: {{agents: 1, skills: {{reply: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: 2h}}, next: unresolved}}}}
  text: {{reply: {{work: {{time: 3m}}, next: resolved}}}}
"""


def test_who_gave_up_waiting_tries_again_until_the_limit(play):
    # phone0 keeps the only agent until 10:00. phone1 waits five minutes at 08:00, 08:25 and 08:50.
    story = play(TRYING_AGAIN, {"phone": ["08:00", "08:00"], "chat": ["07:00"]})
    assert story.contacts == rows("""
        who       arrival end    fate
        phone0    08:00   10:00  unresolved
        phone1    08:00   08:05  abandoned
        phone1.1  08:25   08:30  abandoned
        phone1.2  08:50   08:55  abandoned
        chat0     07:00   07:03  resolved
    """)


def test_customers_come_back_through_another_channel_as_the_same_case(play):
    # phone1 gives up and writes instead; phone0, not helped, does so too. Both keep the names of their calls.
    text = TRYING_AGAIN.replace("at_most: 2}", "at_most: 2, channel: {chat: 100%}}")
    text += "recontact: {unresolved: 100%, after: 1h, channel: {chat: 100%}}"
    plan, log = play.log(text, {"phone": ["08:00", "08:00"], "chat": ["07:00"]})
    story = in_words(plan, log)
    assert story.contacts == rows("""
        who       arrival end    fate
        phone0    08:00   10:00  unresolved
        phone0.1  11:00   11:03  resolved
        phone1    08:00   08:05  abandoned
        phone1.1  08:25   08:28  resolved
        chat0     07:00   07:03  resolved
    """)
    assert [plan.names.channels[channel] for channel in log.contacts.channel] == [
        "phone", "chat", "phone", "chat", "chat"
    ]  # fmt: skip


def test_retries_and_recontacts_have_limits_of_their_own(play):
    # phone0 is not helped and comes back once, in vain again; phone1 gives up twice, and may try once.
    text = (
        TRYING_AGAIN.replace("at_most: 2}", "at_most: 1}")
        + "recontact: {unresolved: 100%, after: 30m, at_most: 1}"
    )
    story = play(text, {"phone": ["08:00", "08:00"], "chat": ["07:00"]})
    assert story.contacts == rows("""
        who       arrival end    fate
        phone0    08:00   10:00  unresolved
        phone0.1  10:30   12:30  unresolved
        phone1    08:00   08:05  abandoned
        phone1.1  08:25   08:30  abandoned
        chat0     07:00   07:03  resolved
    """)


# ------------------------------------------------------------------------------------------ balking and lines

SHORT_LINE = f"""
segments: {{first: {{share: 50%, priority: 1}}, second: {{share: 50%, priority: 2}}}}
channels:
  phone: {{arrivals: {{{trace("phone")}}}, balk: {{line: 2}}, journey: voice}}
teams: {{desk: {{agents: 1, skills: {{answer: 1}}}}}}
journeys: {{voice: {{answer: {{work: {{time: 10m}}, next: resolved}}}}}}
"""


def test_who_meets_as_many_as_the_line_allows_does_not_join(play):
    # phone0 is served; phone1 and phone2 meet none and one waiting; phone3 meets two and balks. At 08:10
    # phone1 is served, so that phone4 meets one.
    arrivals = ["08:00", "08:01", "08:02", "08:03", "08:10"]
    story = play(SHORT_LINE, {"phone": [f"{at} segment=first" for at in arrivals]})
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:00   08:10  08:10   0     done
        phone1  answer  08:01  08:10   08:20  08:20   0     done
        phone2  answer  08:02  08:20   08:30  08:30   0     done
        phone3  answer  08:03  -       08:03  08:03   -     balked
        phone4  answer  08:10  08:30   08:40  08:40   0     done
    """)


def test_who_joins_at_one_instant_looks_at_the_queue_in_the_order_of_service(play):
    # Four at once: phone1, of the first segment, is served. Of the others phone3 looks first, being of the
    # first segment too, then phone0; phone2 meets these two and balks.
    story = play(
        SHORT_LINE, {"phone": [f"08:00 segment={who}" for who in ("second", "first", "second", "first")]}
    )
    assert story.visits == rows("""
        who     step    joined started ended  wrapped agent outcome
        phone0  answer  08:00  08:20   08:30  08:30   0     done
        phone1  answer  08:00  08:00   08:10  08:10   0     done
        phone2  answer  08:00  -       08:00  08:00   -     balked
        phone3  answer  08:00  08:10   08:20  08:20   0     done
    """)


def test_who_finds_no_line_is_blocked_and_a_line_that_ends_at_the_instant_is_free(play):
    # Two lines. phone2 finds both in use; phone3 comes as phone0's call ends and has its line; phone4 is
    # blocked, for phone1 and phone3 have both.
    text = SHORT_LINE.replace("balk: {line: 2}", "lines: 2")
    story = play(
        text, {"phone": [f"{at} segment=first" for at in ("08:00", "08:01", "08:05", "08:10", "08:15")]}
    )
    assert story.contacts == rows("""
        who     arrival end    fate
        phone0  08:00   08:10  resolved
        phone1  08:01   08:20  resolved
        phone2  08:05   08:05  blocked
        phone3  08:10   08:30  resolved
        phone4  08:15   08:15  blocked
    """)


def test_who_was_blocked_or_balked_tries_again(play):
    # phone1 comes back at 08:11, when phone2 comes, and has the only line: of one instant's calls the earlier
    # customer's is answered first.
    text = SHORT_LINE.replace("balk: {line: 2}", "lines: 1, on_abandon: {retry: 100%, after: 4m, at_most: 1}")
    story = play(text, {"phone": ["08:00 segment=first", "08:07 segment=first", "08:11 segment=first"]})
    assert story.contacts == rows("""
        who       arrival end    fate
        phone0    08:00   08:10  resolved
        phone1    08:07   08:07  blocked
        phone1.1  08:11   08:21  resolved
        phone2    08:11   08:11  blocked
        phone2.1  08:15   08:15  blocked
    """)
