"""Every measure on one small log whose numbers were worked out by hand.

The window is two days from Monday 2 March 2026, the run-out one hour, so the simulation ends on Wednesday at
01:00. The contacts, named by case and number (B1 is the second contact of case B):

    contact  channel  arrives    what happens                                           wait  fate
    W0       phone    Sun 23:50  waits 20 min, talk 10 min, wrap-up 1 min                     unresolved
    W1       phone    Mon 12:00  leaves the queue after 20 s                              20  abandoned
    A0       phone    Mon 09:00  waits 40 s, talk 4 min, wrap-up 1 min                    40  unresolved
    B0       phone    Mon 09:10  leaves the queue after 60 s                              60  abandoned
    B1       phone    Mon 09:31  served at once, 4 min; then 2 min in a second         0  resolved
                                 queue, 10 min, wrap-up 1 min
    C0       email    Mon 10:00  bot, 90 s: truly solved                                      resolved
    D0       email    Mon 10:30  bot, 120 s: only said to be solved                           falsely resolved
    D1       phone    Tue 11:00  waits 30 s, talk 5 min, wrap-up 1 min                    30  resolved
    E0       phone    Tue 08:00  bot 2 min, handed over, waits 100 s, talk to 08:10      100  resolved
    F0       phone    Tue 09:00  bot 3 min, gives up in it                                    gave up in bot
    F1       phone    Wed 00:10  in the run-out: served at once for 10 min                    resolved
    G0       email    Tue 23:59  declines the bot; still waiting at the end: 61 min     3660  open
    H0       phone    Tue 23:30  served at once; still in service at the end: 90 min       0  open
    I0       email    Tue 23:58  still in the bot at the end: 62 min                          open

W0 came in the warm-up and F1 in the run-out: neither is a contact of the window, so it has twelve. F1 still
belongs to case F. W1 came in the window, but its case began before, so there are nine cases, A to I.
"""

import datetime
import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from sim.catalogue import MEASURES, Measure, Request, request
from sim.log import AgentIntervals, Contacts, Fate, Log, Outcome, State, Visits
from sim.measures.cuts import begins_within, cells, labels
from sim.measures.experience import ENDINGS
from sim.measures.measure import evaluate, has_bounds, tally, time_in_pieces
from sim.measures.sample import Sample
from sim.measures.tables import Tables
from sim.plan.experience import FAILURES, Experience
from sim.plan.prices import Prices

HOUR = 3600.0
DAY = 24 * HOUR
NEVER = math.nan
PHONE, EMAIL = 0, 1
CORE, OTHER = 0, 1
ORDER, REPAIR = 0, 1
BOT, ANSWER, SECOND = 0, 1, 2
MON, TUE, WED = 0, 1, 2


@dataclass(frozen=True)
class FakeNames:
    channels: tuple[str, ...] = ("phone", "email")
    segments: tuple[str, ...] = ("core", "other")
    reasons: tuple[str, ...] = ("order", "repair")
    steps: tuple[str, ...] = ("assistant", "answer", "second")
    teams: tuple[str, ...] = ("frontline", "specialists")
    calendars: tuple[str, ...] = ("never", "desk")


PRICES = Prices(  # a paid hour costs 36 (frontline; in overtime 54) and 72 (specialists)
    team_pay=np.array([0.01, 0.02]),
    team_overtime_pay=np.array([0.015, 0.02]),
    bot_session=np.array([0.5]),
    channel_contact=np.array([0.1, 0.25]),
    running=1 / HOUR,
)

EXPERIENCE = Experience(  # by email waits do not matter
    wait_every=np.array([100.0, math.inf]),
    wait_expected=np.array([20.0, 0.0]),
    wait_felt=np.array([1.5, 1.0]),
    csat_base=0.9,
    csat_loses=np.array([0.2, 0.1, 0.05, 0.15]),  # wait, transfer, attempt, repeat
    csat_fails=np.array([0.5, 0.6, 0.7, 0.8, 0.3, 0.4]),  # in the order of `FAILURES`
    promoters=0.8,
    detractors=0.5,
    ces_adds=np.array([0.5, 1.0, 0.25, 1.0]),
)


@dataclass(frozen=True)
class FakePlan:
    names: FakeNames = FakeNames()
    start_date: datetime.date = datetime.date(2026, 3, 2)
    horizon: float = 2 * DAY
    run_out: float = HOUR
    interval: float = 1800.0
    step_kind: np.ndarray = field(default_factory=lambda: np.array([0, 1, 1], dtype=np.int8))
    step_bot: np.ndarray = field(default_factory=lambda: np.array([0, -1, -1], dtype=np.int32))
    bot_attempts: np.ndarray = field(default_factory=lambda: np.array([3], dtype=np.int32))
    prices: Prices = PRICES
    experience: Experience = EXPERIENCE
    agent_team: np.ndarray = field(default_factory=lambda: np.array([0, 0, 1], dtype=np.int32))
    calendar_offset: np.ndarray = field(default_factory=lambda: np.array([0, 0, 4], dtype=np.int32))
    calendar_start: np.ndarray = field(default_factory=lambda: np.arange(-1, 3) * DAY + 8 * HOUR)
    calendar_end: np.ndarray = field(default_factory=lambda: np.arange(-1, 3) * DAY + 20 * HOUR)


def at(day: int, hour: int, minute: int = 0, second: float = 0) -> float:
    return day * DAY + hour * HOUR + minute * 60 + second


def build_log(contacts: list[tuple], visits: list[tuple], agents: list[tuple] = ()) -> Log:
    """Rows as in the log's columns, but contacts begin with (origin, day, case of the day, number)."""
    rows = [(o, d * 2**40 + k * 2**8 + n, *rest) for o, d, k, n, *rest in contacts]
    return Log(0, _table(Contacts, rows), _table(Visits, visits), _table(AgentIntervals, list(agents)))


def _table(kind, rows):
    columns = list(zip(*rows, strict=True)) or [()] * len(kind.DTYPES)
    typed = zip(kind.DTYPES.items(), columns, strict=True)
    return kind(**{name: np.array(column, dtype=dtype) for (name, dtype), column in typed})


# origin, day, case of the day, number | channel, reason, segment, arrival, end, fate
CONTACTS = [
    (PHONE, -1, 0, 0, PHONE, ORDER, CORE, at(-1, 23, 50), at(MON, 0, 20), Fate.UNRESOLVED),  # 0 W0
    (PHONE, -1, 0, 1, PHONE, ORDER, CORE, at(MON, 12), at(MON, 12, 0, 20), Fate.ABANDONED),  # 1 W1
    (PHONE, MON, 0, 0, PHONE, ORDER, CORE, at(MON, 9), at(MON, 9, 4, 40), Fate.UNRESOLVED),  # 2 A0
    (PHONE, MON, 1, 0, PHONE, REPAIR, CORE, at(MON, 9, 10), at(MON, 9, 11), Fate.ABANDONED),  # 3 B0
    (PHONE, MON, 1, 1, PHONE, REPAIR, CORE, at(MON, 9, 31), at(MON, 9, 47), Fate.RESOLVED),  # 4 B1
    (PHONE, TUE, 0, 0, PHONE, REPAIR, OTHER, at(TUE, 8), at(TUE, 8, 10), Fate.RESOLVED),  # 5 E0
    (PHONE, TUE, 1, 0, PHONE, ORDER, CORE, at(TUE, 9), at(TUE, 9, 3), Fate.GAVE_UP_IN_BOT),  # 6 F0
    (PHONE, TUE, 1, 1, PHONE, ORDER, CORE, at(WED, 0, 10), at(WED, 0, 20), Fate.RESOLVED),  # 7 F1
    (PHONE, TUE, 2, 0, PHONE, ORDER, CORE, at(TUE, 23, 30), NEVER, Fate.OPEN),  # 8 H0
    (EMAIL, MON, 0, 0, EMAIL, ORDER, OTHER, at(MON, 10), at(MON, 10, 1, 30), Fate.RESOLVED),  # 9 C0
    (
        EMAIL,
        MON,
        1,
        0,
        EMAIL,
        REPAIR,
        OTHER,
        at(MON, 10, 30),
        at(MON, 10, 32),
        Fate.FALSELY_RESOLVED,
    ),  # 10 D0
    (EMAIL, MON, 1, 1, PHONE, REPAIR, OTHER, at(TUE, 11), at(TUE, 11, 5, 30), Fate.RESOLVED),  # 11 D1
    (EMAIL, TUE, 0, 0, EMAIL, ORDER, OTHER, at(TUE, 23, 58), NEVER, Fate.OPEN),  # 12 I0
    (EMAIL, TUE, 1, 0, EMAIL, ORDER, CORE, at(TUE, 23, 59), NEVER, Fate.OPEN),  # 13 G0
]

# contact, number, step, joined, started, ended, wrapped, agent, outcome
VISITS = [
    (0, 0, ANSWER, at(-1, 23, 50), at(MON, 0, 10), at(MON, 0, 20), at(MON, 0, 21), 0, Outcome.DONE),
    (1, 0, ANSWER, at(MON, 12), NEVER, at(MON, 12, 0, 20), at(MON, 12, 0, 20), -1, Outcome.ABANDONED),
    (2, 0, ANSWER, at(MON, 9), at(MON, 9, 0, 40), at(MON, 9, 4, 40), at(MON, 9, 5, 40), 0, Outcome.DONE),
    (3, 0, ANSWER, at(MON, 9, 10), NEVER, at(MON, 9, 11), at(MON, 9, 11), -1, Outcome.ABANDONED),
    (4, 0, ANSWER, at(MON, 9, 31), at(MON, 9, 31), at(MON, 9, 35), at(MON, 9, 35), 0, Outcome.DONE),
    (4, 1, SECOND, at(MON, 9, 35), at(MON, 9, 37), at(MON, 9, 47), at(MON, 9, 48), 2, Outcome.DONE),
    (5, 0, BOT, at(TUE, 8), at(TUE, 8), at(TUE, 8, 2), at(TUE, 8, 2), -1, Outcome.HANDED_OFF),
    (5, 1, ANSWER, at(TUE, 8, 2), at(TUE, 8, 3, 40), at(TUE, 8, 10), at(TUE, 8, 10), 1, Outcome.DONE),
    (6, 0, BOT, at(TUE, 9), at(TUE, 9), at(TUE, 9, 3), at(TUE, 9, 3), -1, Outcome.GAVE_UP),
    (7, 0, ANSWER, at(WED, 0, 10), at(WED, 0, 10), at(WED, 0, 20), at(WED, 0, 20), 1, Outcome.DONE),
    (8, 0, ANSWER, at(TUE, 23, 30), at(TUE, 23, 30), NEVER, NEVER, 2, Outcome.OPEN),
    (9, 0, BOT, at(MON, 10), at(MON, 10), at(MON, 10, 1, 30), at(MON, 10, 1, 30), -1, Outcome.CONTAINED),
    (
        10,
        0,
        BOT,
        at(MON, 10, 30),
        at(MON, 10, 30),
        at(MON, 10, 32),
        at(MON, 10, 32),
        -1,
        Outcome.FALSELY_CONTAINED,
    ),
    (11, 0, ANSWER, at(TUE, 11), at(TUE, 11, 0, 30), at(TUE, 11, 5, 30), at(TUE, 11, 6, 30), 1, Outcome.DONE),
    (12, 0, BOT, at(TUE, 23, 58), at(TUE, 23, 58), NEVER, NEVER, -1, Outcome.OPEN),
    (13, 0, BOT, at(TUE, 23, 59), NEVER, at(TUE, 23, 59), at(TUE, 23, 59), -1, Outcome.DECLINED),
    (13, 1, ANSWER, at(TUE, 23, 59), NEVER, NEVER, NEVER, -1, Outcome.OPEN),
]

# agent, state, start, end, load, overtime; round numbers, independent of the contacts above
AGENTS = [
    (0, State.WORK, at(-1, 23), at(MON, 1), 1, 0),  # one hour of it inside the window
    (0, State.AVAILABLE, at(MON, 8), at(MON, 12), 0, 0),
    (0, State.WORK, at(MON, 12), at(MON, 13, 30), 1, 0),
    (0, State.WRAP_UP, at(MON, 13, 30), at(MON, 14), 1, 0),
    (0, State.BREAK, at(MON, 14), at(MON, 15), 0, 0),
    (0, State.AVAILABLE, at(MON, 15), at(MON, 16), 0, 0),
    (0, State.WORK, at(MON, 16), at(MON, 17), 1, 1),  # past the end of the shift
    (2, State.WORK, at(TUE, 9, 15), at(TUE, 9, 45), 1, 0),
    (2, State.AVAILABLE, at(TUE, 9, 45), at(TUE, 10, 15), 0, 0),
    (2, State.WORK, at(TUE, 23, 30), at(WED, 1), 1, 0),  # half an hour of it inside the window
]

PLAN = FakePlan()
TABLES = Tables(build_log(CONTACTS, VISITS, AGENTS), PLAN)


def measured(measure: str, by: tuple[str, ...] = (), standing: bool = False, filters=None, **arguments):
    asked = request(measure, arguments=arguments, filters=filters, by=by)
    return [tuple(cell) for cell in tally(TABLES, asked, standing=standing).tolist()]


# By phone 100 s of felt wait beyond 20 s make a unit, and a wait feels half as long again:
# queued 40 s feel like 60 s, which are 40 s beyond what is expected, 0.4 units.
SCORES = {
    "W1": 0.9 * 0.8**0.1 * 0.85 * 0.3,  # 20 s; second contact; abandoned
    "A0": 0.9 * 0.8**0.4 * 0.5,  # 40 s; unresolved
    "B0": 0.9 * 0.8**0.7 * 0.3,  # 60 s; abandoned
    "B1": 0.9 * 0.8**1.6 * 0.9 * 0.85,  # 0 s and 120 s; passed on; second contact
    "C0": 0.9,
    "D0": 0.9 * 0.4,  # only said to be solved
    "D1": 0.9 * 0.8**0.25 * 0.85,  # 30 s; second contact
    "E0": 0.9 * 0.8**1.3 * 0.95**2,  # 100 s; two failed attempts to get past the bot
    "F0": 0.9 * 0.2,  # gave up
}
EFFORTS = {
    "W1": 1 + 0.05 + 1,
    "A0": 1 + 0.2,
    "B0": 1 + 0.35,
    "B1": 1 + 0.8 + 1 + 1,
    "C0": 1.0,
    "D0": 1.0,
    "D1": 1 + 0.125 + 1,
    "E0": 1 + 0.65 + 2 * 0.25,
    "F0": 1.0,
}

# measure, arguments, (numerator, denominator), the same with contacts open at the end as they stand
WHOLE_WINDOW = [
    ("contacts", {}, (12, 1), None),
    ("offered", {}, (8, 1), None),  # A0 B0 B1 D1 E0 G0 H0 W1
    ("answered", {}, (5, 1), None),  # A0 B1 D1 E0 H0
    ("abandoned", {}, (2, 1), None),  # B0 W1
    ("cases", {}, (9, 1), None),  # A to I
    ("solved", {}, (5, 1), None),  # B C D E F
    # Waits of the answered: 40, 0, 30, 100, 0. G0 has waited 3660 s, more than a minute: missed.
    ("service_level", {"target": 60.0}, (4, 8), None),
    ("service_level", {"target": 40.0}, (4, 8), None),  # A0 is exactly on the target: within
    ("service_level", {"target": 39.0}, (3, 8), None),
    ("service_level", {"target": 3659.0}, (5, 8), None),
    ("service_level", {"target": 3660.0}, (5, 7), None),  # G0 may still make it: left out
    ("service_level", {"target": 60.0, "definition": "answered"}, (4, 5), None),
    # Short abandons: W1 left after 20 s, B0 after 60 s; on the limit is within.
    ("service_level", {"target": 60.0, "definition": "offered_excluding_short_abandons"}, (4, 8), None),
    (
        "service_level",
        {"target": 60.0, "definition": "offered_excluding_short_abandons", "short": 20.0},
        (4, 7),
        None,
    ),
    (
        "service_level",
        {"target": 60.0, "definition": "offered_excluding_short_abandons", "short": 60.0},
        (4, 6),
        None,
    ),
    ("service_level", {"target": 60.0, "definition": "met_or_left_early"}, (6, 8), None),  # and B0, W1
    ("service_level", {"target": 59.0, "definition": "met_or_left_early"}, (5, 8), None),
    # 40 + 60 + 0 + 30 + 100 + 0 + 20 = 250 over seven; with G0 3910 over eight
    ("wait.mean", {}, (250, 7), (3910, 8)),
    ("wait.mean", {"calendar": "desk"}, (250, 7), (250, 8)),  # G0 waits while the desk is closed
    ("wait.mean", {"calendar": "never"}, (0, 7), (0, 8)),
    ("wait.share_over", {"limit": 60.0}, (2, 8), None),  # E0 G0; B0 is exactly on the limit: not over
    ("wait.share_over", {"limit": 7200.0}, (0, 7), None),
    ("asa", {}, (170, 5), (3830, 6)),
    ("abandonment", {}, (2, 7), (2, 8)),
    ("left_waiting", {}, (2, 9), (2, 12)),  # W1 B0; G0 H0 I0 are open
    # B1 waits in two queues: 0 and 120
    ("queue_wait.mean", {}, (370, 8), (4030, 9)),
    # A0 40, B1 0, C0 90, D0 120, D1 30, E0 220 (the bot that hands over has not responded), H0 0;
    # open without a response: G0 3660, I0 3720
    ("first_response.mean", {}, (500, 7), (7880, 9)),
    ("first_response.within", {"target": 90.0}, (5, 12), None),
    ("first_response.within", {"target": 3660.0}, (7, 11), None),  # G0 may still make it, I0 cannot
    ("first_response.unanswered", {}, (3, 10), (5, 12)),  # B0 F0 W1
    # A0 40, B1 0, D1 30, E0 220, H0 0; eight were offered, and F0 gave up on the way to a person
    ("human_response.mean", {}, (290, 5), (3950, 6)),
    ("human_response.within", {"target": 219.0}, (4, 9), None),
    ("human_response.within", {"target": 220.0}, (5, 9), None),
    ("human_response.unanswered", {}, (3, 8), (4, 9)),
    # The bot served C0 D0 E0 F0 I0; G0 declined it
    ("containment", {}, (2, 4), (2, 5)),
    ("true_containment", {}, (1, 4), (1, 5)),
    ("false_containment", {}, (1, 4), (1, 5)),
    ("handoff", {}, (1, 4), (1, 5)),
    ("gave_up_in_bot", {}, (1, 4), (1, 5)),
    ("bot_use", {}, (5, 6), None),  # G0 declined
    ("balking", {}, (0, 12), None),  # see test_who_balks_or_is_blocked_is_not_offered
    ("blocking", {}, (0, 12), None),
    ("automation", {}, (2, 11), (2, 12)),  # C0 D0; I0 is open
    # A0 300, B1 240 and 660, D1 360, E0 380; H0 is in service for 5400 so far
    ("handle_time.mean", {}, (1940, 5), (7340, 6)),
    # Agent 0: busy 1 + 1.5 + 0.5 + 1 h, idle 5 h, break 1 h; agent 2: busy 0.5 + 0.5 h, idle 0.5 h
    ("occupancy", {}, (5 * HOUR, 10.5 * HOUR), None),
    ("utilisation", {}, (5 * HOUR, 11.5 * HOUR), None),
    ("overtime", {}, (HOUR, 2), None),
    # Seconds inside the window: W0 1200, W1 20, A0 280, B0 60, B1 960, C0 90, D0 120 on Monday;
    # D1 330, E0 600, F0 180, G0 60, H0 1800, I0 120 on Tuesday
    ("backlog", {}, (5820, 2 * DAY), None),
    # Resolved: B C D E F; not: A; open: G H I
    ("resolution", {}, (5, 6), (5, 9)),
    ("fcr", {}, (4, 6), (4, 9)),  # B C E F; D was first answered by the bot, falsely
    ("contacts_per_case", {}, (9, 6), (12, 9)),
    # B 2220, C 90, D 88530, E 600, F 55200; open: G 3660, H 5400, I 3720
    ("time_to_resolution.mean", {}, (146_640, 5), (159_420, 8)),
    # D: 9.5 h on Monday and 3 h 5 min 30 s on Tuesday; F: Tuesday 09:00 to 20:00
    ("time_to_resolution.mean", {"calendar": "desk"}, (2220 + 90 + 45_330 + 600 + 39_600, 5), None),
    # Paid hours of agent 0: 9 and 1 of overtime; of agent 2: 1.5
    ("cost.people", {}, (9 * 36 + 54 + 1.5 * 72, 1), None),
    ("cost.bots", {}, (5 * 0.5, 1), None),  # sessions of C0 D0 E0 F0 I0; G0 declined
    ("cost.contacts", {}, (8 * 0.1 + 4 * 0.25, 1), None),
    ("cost.running", {}, (48, 1), None),
    ("cost", {}, (486 + 2.5 + 1.8 + 48, 1), None),
    ("cost_per_contact", {}, (538.3, 12), None),
    ("cost_per_case", {}, (538.3, 9), None),
    ("cost_per_solved_case", {}, (538.3, 5), None),
    # Below: SCORES, EFFORTS. Open contacts stand as unresolved, 0.9 less a half each
    ("csat", {}, (sum(SCORES.values()), 9), (sum(SCORES.values()) + 3 * 0.45, 12)),
    ("nps", {}, (100 * (1 - 6), 9), (100 * (1 - 6 - 3), 12)),  # C0 promotes; D1 and E0 are between
    ("ces", {}, (sum(EFFORTS.values()), 9), (sum(EFFORTS.values()) + 3, 12)),
]


@pytest.mark.parametrize(("measure", "arguments", "expected", "standing"), WHOLE_WINDOW)
def test_a_measure_of_the_whole_window_is_as_worked_out_by_hand(measure, arguments, expected, standing):
    assert measured(measure, **arguments) == [pytest.approx(expected)]
    if standing is not None:
        assert measured(measure, standing=True, **arguments) == [pytest.approx(standing)]


# measure, arguments, the values that ended, the ages of those still open at the end
VALUES = [
    # G0 still waits
    ("wait.quantile", {}, [0, 0, 20, 30, 40, 60, 100], [3660]),
    ("wait.quantile", {"calendar": "desk"}, [0, 0, 20, 30, 40, 60, 100], [0]),
    ("first_response.quantile", {}, [0, 0, 30, 40, 90, 120, 220], [3660, 3720]),  # G0 I0
    ("human_response.quantile", {}, [0, 0, 30, 40, 220], [3660]),
    ("handle_time.quantile", {}, [240, 300, 360, 380, 660], [5400]),  # H0 is in service
    ("time_to_resolution.quantile", {}, [90, 600, 2220, 55_200, 88_530], [3660, 3720, 5400]),  # G I H
    ("time_to_resolution.quantile", {"calendar": "desk"}, [90, 600, 2220, 39_600, 45_330], [0, 0, 0]),
]


def sampled(measure: str, share: float = 0.5, **asked) -> Sample:
    arguments = {"share": share, **asked.pop("arguments", {})}
    found = tally(TABLES, request(measure, arguments=arguments, **asked))
    assert isinstance(found, Sample)
    return found


@pytest.mark.parametrize(("measure", "arguments", "ended", "still_open"), VALUES)
def test_the_values_behind_a_quantile_are_as_worked_out_by_hand(measure, arguments, ended, still_open):
    found = sampled(measure, arguments=arguments)
    assert found.shape == (1,)
    assert found.values[~found.is_open].tolist() == ended
    assert found.values[found.is_open].tolist() == still_open


def test_quantiles_are_as_worked_out_by_hand():
    # Seven of the eight waits have ended; G0 is older than all of them, so that it counts below the line:
    # 0 is reached by 2/8, 20 by 3/8, 30 by 4/8, 40 by 5/8, 60 by 6/8, 100 by 7/8.
    waits = sampled("wait.quantile")
    assert [waits.quantile(p) for p in (0.01, 0.25, 0.26, 0.5, 0.51, 0.75, 0.875)] == [
        *(0, 0, 20, 30, 40, 60, 100),
    ]
    assert math.isnan(waits.quantile(0.88))  # G0's, which is longer than 3660 and not known
    # Resolved: 90, 600, 2220 of 8; then G, I and H are no older than 55,200 and are left out: 4/5, 5/5
    cases = sampled("time_to_resolution.quantile")
    assert [cases.quantile(p) for p in (0.125, 0.25, 0.375, 0.38, 0.8, 0.81)] == [
        *(90, 600, 2220, 55_200, 55_200, 88_530),
    ]


def test_the_values_of_a_quantile_fall_in_the_cells_of_its_cut():
    by_day = sampled("wait.quantile", by=("day",))
    assert by_day.counts.tolist() == [4, 4]
    assert by_day[0].values.tolist() == [0, 20, 40, 60]  # B1 W1 A0 B0
    assert by_day[1].values.tolist() == [0, 30, 100, 3660]  # H0 D1 E0 G0
    assert sampled("handle_time.quantile", by=("team",))[1].values.tolist() == [660, 5400]  # B1 H0
    assert sampled("wait.quantile", filters={"channel": "email"}).values.tolist() == [3660]


@pytest.mark.parametrize("limit", [0, 19.999, 20, 30, 59, 60, 61, 99, 100, 3659, 3660, 7200])
def test_a_quantile_and_the_share_over_a_limit_are_one_question(limit: float):
    over, offered = measured("wait.share_over", limit=float(limit))[0]
    within, known = sampled("wait.quantile").at_most(limit)[0]
    assert (offered - over, offered) == (within, known)


def test_every_measure_of_the_catalogue_was_worked_out_by_hand():
    assert {case[0] for case in (*WHOLE_WINDOW, *VALUES)} == set(MEASURES)


def needed(measure: Measure) -> dict[str, float]:
    """Some value for each argument that must be given."""
    values = {"duration": HOUR, "share": 0.5}
    return {p.name: values[p.kind] for p in measure.parameters if p.default is None and not p.optional}


NOTHING_RUNS = replace(PRICES, running=0.0)


def is_sum(measure: Measure) -> bool:
    """Whether there is a value without anybody who counts: how many, or how much in all."""
    return measure.unit == "count" or measure.name == "cost" or measure.name.startswith("cost.")


def sums(tables: Tables, asked: Request, standing: bool = False) -> list[float]:
    """Numerator and denominator; of a quantile how many values there are, twice."""
    found = tally(tables, asked, standing=standing)
    if isinstance(found, Sample):
        assert found.shape == (1,)
        return [len(found.values)] * 2
    return found[0].tolist()


def test_a_measure_without_a_second_bound_is_the_same_with_open_contacts_as_they_stand():
    assert not has_bounds(request("service_level", arguments={"target": 60.0}))
    assert has_bounds(request("wait.mean"))
    assert measured("service_level", standing=True, target=60.0) == [(4, 8)]


@pytest.mark.parametrize(
    ("measure", "by", "expected"),
    [
        ("offered", ("channel",), {"phone": (7, 1), "email": (1, 1)}),  # D1 came by phone, its case by email
        ("cases", ("channel",), {"phone": (5, 1), "email": (4, 1)}),
        ("offered", ("attempt",), {"1": (5, 1), "2": (3, 1), "3": (0, 1), "4": (0, 1), "5+": (0, 1)}),
        ("wait.mean", ("segment",), {"core": (120, 5), "other": (130, 2)}),
        ("wait.mean", ("reason",), {"order": (60, 3), "repair": (190, 4)}),
        ("wait.mean", ("day",), {"2026-03-02": (120, 4), "2026-03-03": (130, 3)}),
        ("queue_wait.mean", ("step",), {"assistant": (0, 0), "answer": (250, 7), "second": (120, 1)}),
        ("handle_time.mean", ("team",), {"frontline": (1280, 4), "specialists": (660, 1)}),
        ("occupancy", ("team",), {"frontline": (4 * HOUR, 9 * HOUR), "specialists": (HOUR, 1.5 * HOUR)}),
        ("occupancy", ("day",), {"2026-03-02": (4 * HOUR, 9 * HOUR), "2026-03-03": (HOUR, 1.5 * HOUR)}),
        ("overtime", ("day",), {"2026-03-02": (HOUR, 1), "2026-03-03": (0, 1)}),
        ("backlog", ("day",), {"2026-03-02": (2730, DAY), "2026-03-03": (3090, DAY)}),
        ("backlog", ("channel",), {"phone": (5430, 2 * DAY), "email": (390, 2 * DAY)}),
        ("cost.people", ("team",), {"frontline": (378, 1), "specialists": (108, 1)}),
        ("cost.bots", ("channel",), {"phone": (1, 1), "email": (1.5, 1)}),  # E0 F0; C0 D0 I0
        (
            "cost.contacts",
            ("attempt",),
            {"1": (1.5, 1), "2": (0.3, 1), "3": (0, 1), "4": (0, 1), "5+": (0, 1)},
        ),
        # Monday: people 378, two sessions 1, contacts 4 by phone and 2 by email 0.9, running 24
        ("cost", ("day",), {"2026-03-02": (403.9, 1), "2026-03-03": (134.4, 1)}),
        ("cost_per_contact", ("day",), {"2026-03-02": (403.9, 6), "2026-03-03": (134.4, 6)}),
        (
            "cost_per_solved_case",
            ("day",),
            {"2026-03-02": (403.9, 3), "2026-03-03": (134.4, 2)},
        ),  # B C D; E F
        ("csat", ("channel",), {"phone": (sum(SCORES.values()) - 1.26, 7), "email": (1.26, 2)}),
        ("nps", ("segment",), {"core": (-500, 5), "other": (0, 4)}),  # C0 less D0 among the others
    ],
)
def test_a_cut_has_all_its_cells_and_each_is_as_worked_out_by_hand(measure, by, expected):
    names = cells(PLAN, request(measure, by=by))
    assert dict(zip(names, measured(measure, by=by), strict=True)) == {
        (name,): pytest.approx(value) for name, value in expected.items()
    }


def test_a_score_can_be_worked_out_on_a_pocket_calculator():
    # E0: 0.9 · 0.748 · 0.903; it came on Tuesday at 8, alone in its hour
    assert measured("csat", by=("hour",))[8] == (pytest.approx(0.6077, abs=5e-5), 1)


def test_every_fate_but_resolved_is_a_failure_that_loses_its_own_share():
    assert set(ENDINGS) == set(Fate) - {Fate.RESOLVED}
    assert set(ENDINGS.values()) == set(FAILURES)
    expected = {
        Fate.OPEN: 0.45,
        Fate.RESOLVED: 0.9,
        Fate.FALSELY_RESOLVED: 0.36,
        Fate.UNRESOLVED: 0.45,
        Fate.ABANDONED: 0.27,
        Fate.GAVE_UP_IN_BOT: 0.18,
        Fate.BALKED: 0.63,
        Fate.BLOCKED: 0.54,
    }
    contacts = [
        (EMAIL, MON, case, 0, EMAIL, ORDER, CORE, at(MON, case), at(MON, case), fate)
        for case, fate in enumerate(expected)
    ]
    tables = Tables(build_log(contacts, []), PLAN)
    by_hour = tally(tables, request("csat", by=("hour",)), standing=True)
    assert by_hour[: len(expected), 0].tolist() == pytest.approx(list(expected.values()))


def test_effort_ends_at_five():
    heavy = replace(EXPERIENCE, ces_adds=np.array([0.0, 0.0, 0.0, 4.5]))
    tables = Tables(build_log(CONTACTS, VISITS, AGENTS), replace(PLAN, experience=heavy))
    by_attempt = tally(tables, request("ces", by=("attempt",)))
    assert by_attempt[:2].tolist() == [[6, 6], [15, 3]]  # W1 B1 D1 at 5, not at 5.5


def test_rounding_makes_nobody_a_detractor():
    just = replace(EXPERIENCE, csat_base=0.1 + 0.2 - 1e-15, promoters=0.3, detractors=0.3)
    tables = Tables(build_log(CONTACTS, VISITS), replace(PLAN, experience=just))
    assert tally(tables, request("nps", by=("hour",)))[10].tolist() == [0, 2]  # C0 promotes, D0 does not


def test_what_has_no_model_is_no_number():
    empty = replace(
        EXPERIENCE, csat_base=math.nan, promoters=math.nan, detractors=math.nan, ces_adds=np.full(4, math.nan)
    )
    tables = Tables(build_log(CONTACTS, VISITS), replace(PLAN, experience=empty))
    for measure in ("csat", "nps", "ces"):
        assert math.isnan(tally(tables, request(measure))[0, 0])


def cell_of(measure: str, by: tuple[str, ...], *names: str):
    return measured(measure, by=by)[cells(PLAN, request(measure, by=by)).index(names)]


def test_contacts_fall_in_the_interval_and_hour_of_their_arrival():
    assert cell_of("offered", ("interval",), "09:00") == (2, 1)  # A0 B0
    assert cell_of("offered", ("interval",), "09:30") == (1, 1)  # B1
    assert cell_of("contacts", ("hour",), "09") == (4, 1)  # A0 B0 B1 and F0 of the next day
    assert cell_of("contacts", ("weekday",), "tue") == (6, 1)
    assert cell_of("contacts", ("weekday",), "wed") == (0, 1)  # F1 is in the run-out


def test_the_last_dimension_of_a_cut_runs_fastest():
    # phone: Monday A0 B0 B1 W1, Tuesday D1 E0 H0; email: Tuesday G0
    assert measured("offered", by=("channel", "day")) == [(4, 1), (3, 1), (0, 1), (1, 1)]
    assert measured("offered", by=("day", "channel")) == [(4, 1), (0, 1), (3, 1), (1, 1)]


def test_agent_time_is_split_at_the_edges_of_intervals_and_hours():
    # Agent 2 works Tuesday 09:15 to 09:45 and is idle to 10:15; agent 0 is idle Monday 08:00 to 12:00.
    assert cell_of("occupancy", ("interval",), "09:00") == (900, 900 + 1800)
    assert cell_of("occupancy", ("interval",), "09:30") == (900, 1800 + 1800)
    assert cell_of("occupancy", ("hour",), "09") == (1800, 2700 + 3600)
    assert cell_of("occupancy", ("hour",), "14") == (0, 0)  # a break: no data
    assert cell_of("occupancy", ("hour", "team"), "09", "specialists") == (1800, 2700)
    assert cell_of("occupancy", ("team", "hour"), "frontline", "00") == (HOUR, HOUR)


def test_time_averages_of_an_hour_divide_by_the_time_of_all_its_days():
    assert cell_of("backlog", ("hour",), "09") == (280 + 60 + 960 + 180, 2 * HOUR)
    assert cell_of("backlog", ("weekday",), "tue") == (3090, DAY)
    assert cell_of("overtime", ("hour",), "16") == (HOUR, 2)


def test_filters_choose_rows_and_for_agent_time_moments():
    assert measured("offered", filters={"channel": "phone", "segment": "other"}) == [(2, 1)]  # D1 E0
    assert measured("occupancy", filters={"weekday": "tue"}) == [(HOUR, 1.5 * HOUR)]
    assert measured("occupancy", filters={"hour": "09", "team": "specialists"}) == [(1800, 2700)]
    assert measured("overtime", filters={"weekday": "mon"}) == [(HOUR, 1)]
    assert measured("backlog", filters={"weekday": "mon", "channel": "email"}) == [(210, DAY)]


def test_a_filter_on_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="there is no channel 'fone': did you mean 'phone'"):
        measured("offered", filters={"channel": "fone"})


@pytest.mark.parametrize(
    "by", [("hour",), ("interval",), ("day",), ("weekday",), ("team", "day", "interval")]
)
def test_cells_of_agent_time_add_up_to_the_whole(by):
    assert np.sum(measured("occupancy", by=by), axis=0) == pytest.approx(measured("occupancy")[0])


def test_an_interval_that_does_not_divide_the_day_starts_anew_each_midnight():
    plan = replace(PLAN, interval=10 * HOUR)
    tables = Tables(build_log(CONTACTS, VISITS, AGENTS), plan)
    asked = request("occupancy", by=("interval",))
    assert labels(plan, "interval") == ("00:00", "10:00", "20:00")
    # 00:00: agent 0 busy 1 h, idle 2 h; agent 2 busy 0.5 h, idle 0.25 h; 20:00: agent 2 busy 0.5 h
    assert tally(tables, asked).tolist() == [
        [1.5 * HOUR, 3.75 * HOUR],
        [3 * HOUR, 6.25 * HOUR],
        [0.5 * HOUR, 0.5 * HOUR],
    ]


def test_hours_of_an_sla_choose_the_cells_that_begin_within():
    chosen = begins_within(PLAN, "interval", ((9 * HOUR, 10 * HOUR), (23.5 * HOUR, 24 * HOUR)))
    assert [label for label, inside in zip(labels(PLAN, "interval"), chosen, strict=True) if inside] == [
        "09:00",
        "09:30",
        "23:30",
    ]
    assert begins_within(PLAN, "hour", ()).all()


EDGE_CONTACTS = [
    (PHONE, MON, case, 0, PHONE, ORDER, CORE, at(MON, 9), at(MON, 10), fate)
    for case, fate in enumerate(
        (Fate.RESOLVED, Fate.ABANDONED, Fate.RESOLVED, Fate.RESOLVED, Fate.ABANDONED, Fate.OPEN)
    )
]
EDGE_VISITS = [
    # 0 waits 10 s for work that takes no time, and 2 min in a second queue
    (0, 0, ANSWER, at(MON, 9), at(MON, 9, 0, 10), at(MON, 9, 0, 10), at(MON, 9, 0, 10), 0, Outcome.DONE),
    (0, 1, SECOND, at(MON, 9, 0, 10), at(MON, 9, 2, 10), at(MON, 9, 3), at(MON, 9, 3), 2, Outcome.DONE),
    # 1 is answered after 20 s and leaves the second queue
    (1, 0, ANSWER, at(MON, 9), at(MON, 9, 0, 20), at(MON, 9, 1), at(MON, 9, 1), 0, Outcome.DONE),
    (1, 1, SECOND, at(MON, 9, 1), NEVER, at(MON, 9, 5), NEVER, -1, Outcome.ABANDONED),
    # 2 is answered at once and then contained by a bot
    (2, 0, ANSWER, at(MON, 9), at(MON, 9), at(MON, 9, 1), at(MON, 9, 1), 0, Outcome.DONE),
    (2, 1, BOT, at(MON, 9, 1), at(MON, 9, 1), at(MON, 9, 2), at(MON, 9, 2), -1, Outcome.CONTAINED),
    # 3 declines the bot, which takes no time; the talk is over, the wrap-up is not
    (3, 0, BOT, at(MON, 9), at(MON, 9), at(MON, 9), at(MON, 9), -1, Outcome.DECLINED),
    (3, 1, ANSWER, at(MON, 9), at(MON, 9), at(MON, 9, 1), NEVER, 0, Outcome.DONE),
    # 4 leaves the queue
    (4, 0, ANSWER, at(MON, 9), NEVER, at(MON, 9, 1), NEVER, -1, Outcome.ABANDONED),
    # 5 went from one bot to the next, and is still there
    (5, 0, BOT, at(MON, 9), at(MON, 9), at(MON, 9, 1), at(MON, 9, 1), -1, Outcome.HANDED_OFF),
    (5, 1, BOT, at(MON, 9, 1), at(MON, 9, 1), NEVER, NEVER, -1, Outcome.OPEN),
]


def test_journeys_with_second_queues_and_late_bots_are_measured_as_worked_out_by_hand():
    tables = Tables(build_log(EDGE_CONTACTS, EDGE_VISITS), PLAN)

    def whole(measure: str) -> list[float]:
        return tally(tables, request(measure))[0].tolist()

    assert whole("asa") == [30, 4]  # 10, 20, 0, 0: second queues do not count
    assert whole("abandonment") == [1, 5]  # contact 1 was answered before it left
    assert whole("containment") == [0, 1]  # contact 2 ended in the bot, but a person had answered it
    assert whole("handle_time.mean") == [0 + 50 + 40 + 60, 4]  # not contact 3, still in wrap-up
    assert whole("queue_wait.mean") == [10 + 120 + 20 + 240 + 0 + 0 + 60, 7]


@pytest.mark.parametrize("days", [-2, 2])
@pytest.mark.parametrize(
    "name", [name for name, m in MEASURES.items() if m.table not in ("agents", "presence")]
)
def test_nobody_counts_who_arrived_in_the_warm_up_or_the_run_out(name: str, days: int):
    def moved(rows: list[tuple], columns: range) -> list[tuple]:
        return [tuple(v + days * DAY if i in columns else v for i, v in enumerate(row)) for row in rows]

    plan = replace(PLAN, run_out=3 * DAY, prices=NOTHING_RUNS)
    tables = Tables(build_log(moved(EDGE_CONTACTS, range(7, 9)), moved(EDGE_VISITS, range(3, 7))), plan)
    asked = request(name, arguments=needed(MEASURES[name]))
    for standing in (False, True):
        expected = [0, 1] if is_sum(MEASURES[name]) else [0, 0]
        assert sums(tables, asked, standing) == expected


def test_cases_of_two_channels_are_two_cases_though_their_entities_agree():
    contacts = [
        (origin, MON, 0, 0, origin, ORDER, CORE, at(MON, 9), at(MON, 10), Fate.RESOLVED)
        for origin in (PHONE, EMAIL)
    ]
    assert tally(Tables(build_log(contacts, []), PLAN), request("cases"))[0].tolist() == [2, 1]


def test_weekdays_are_those_of_the_calendar():
    plan = replace(PLAN, start_date=datetime.date(2026, 3, 8))  # a Sunday
    tables = Tables(build_log(CONTACTS, VISITS), plan)
    assert tally(tables, request("contacts", by=("weekday",)))[:, 0].tolist() == [6, 0, 0, 0, 0, 0, 6]


def test_fcr_within_a_window_counts_what_a_log_without_the_truth_would_show():
    # The window is an hour, the run-out two hours, so the simulation ends at 26:00.
    def answered(case: int, number: int, arrival: float) -> tuple:
        return case, number, arrival, arrival, arrival + 60, Fate.UNRESOLVED

    def abandoned(case: int, arrival: float) -> tuple:
        return case, 0, arrival, NEVER, arrival + 60, Fate.ABANDONED

    story = [
        answered(0, 0, at(MON, 9)),  # back after half an hour: no
        answered(0, 1, at(MON, 9, 30)),
        answered(1, 0, at(MON, 9)),  # back after exactly an hour: no
        answered(1, 1, at(MON, 10)),
        answered(2, 0, at(MON, 9)),  # back after 61 minutes: yes
        answered(2, 1, at(MON, 10, 1)),
        answered(3, 0, at(MON, 23)),  # not back: yes
        abandoned(4, at(MON, 23)),  # first answered half an hour before the end: not known
        answered(4, 1, at(TUE, 1, 30)),
        abandoned(5, at(MON, 9)),  # never answered: no
        (6, 0, at(MON, 23), NEVER, NEVER, Fate.OPEN),  # still waiting: not known
    ]
    contacts = [
        (PHONE, MON, case, number, PHONE, ORDER, CORE, arrival, ended, fate)
        for case, number, arrival, _, ended, fate in story
    ]
    visits = [
        (row, 0, ANSWER, arrival, started, ended, ended, -1, Outcome.DONE)
        for row, (_, _, arrival, started, ended, _) in enumerate(story)
    ]
    tables = Tables(build_log(contacts, visits), FakePlan(horizon=DAY, run_out=2 * HOUR))

    def fcr(window: float) -> list[float]:
        return tally(tables, request("fcr", arguments={"window": window}))[0].tolist()

    assert fcr(HOUR) == [2, 5]
    assert fcr(2 * HOUR + 1) == [0, 0]  # the run-out is too short to know: no data


def test_an_empty_log_has_no_data_in_any_ratio_and_counts_of_zero():
    tables = Tables(build_log([], []), replace(PLAN, prices=NOTHING_RUNS))
    for name, measure in MEASURES.items():
        numerator, denominator = sums(tables, request(name, arguments=needed(measure)))
        assert numerator == 0
        assert (denominator > 0) == (is_sum(measure) or name in ("backlog", "overtime"))


def test_what_is_paid_all_the_time_is_paid_whether_anybody_comes_or_not():
    tables = Tables(build_log([], []), PLAN)
    assert tally(tables, request("cost.running", by=("day",))).tolist() == [[24, 1], [24, 1]]
    assert tally(tables, request("cost"))[0].tolist() == [48, 1]
    assert tally(tables, request("cost_per_contact"))[0].tolist() == [48, 0]  # no contacts: no data


def test_a_reason_that_is_not_known_counts_in_the_whole_but_in_no_cell():
    contacts = [(*row[:5], -1, *row[6:]) for row in CONTACTS]
    tables = Tables(build_log(contacts, VISITS), PLAN)
    assert tally(tables, request("contacts"))[0].tolist() == [12, 1]
    assert tally(tables, request("contacts", by=("reason",)))[:, 0].tolist() == [0, 0]


def test_time_in_pieces_agrees_with_adding_up_each_stretch_by_itself():
    random = np.random.default_rng(1)
    edges = np.array([0.0, 1.0, 2.5, 2.75, 6.0, 10.0])
    start = np.round(random.uniform(-3, 12, 300) * 4) / 4  # many fall on edges
    end = start + np.round(random.exponential(3, 300) * 4) / 4
    weight = random.integers(0, 3, 300).astype(float)
    group = random.integers(0, 4, 300)
    expected = np.zeros((4, 5))
    for s, e, w, g in zip(start, end, weight, group, strict=True):
        for piece in range(5):
            expected[g, piece] += w * max(0.0, min(e, edges[piece + 1]) - max(s, edges[piece]))
    assert np.allclose(time_in_pieces(start, end, weight, group, 4, edges), expected, rtol=0, atol=1e-9)


def test_expressions_outside_the_language_of_the_catalogue_are_refused():
    with pytest.raises(ValueError, match="outside the language of the catalogue"):
        evaluate("__import__('os')", lambda _: 0)


def test_a_wait_that_misses_the_target_by_rounding_alone_is_within_it():
    joined, target = 3 * DAY, 20.1
    contacts = [(PHONE, 3, 0, 0, PHONE, ORDER, CORE, joined, joined + 90, Fate.RESOLVED)]
    visits = [(0, 0, ANSWER, joined, joined + target, joined + 90, joined + 90, 0, Outcome.DONE)]
    tables = Tables(build_log(contacts, visits), replace(PLAN, horizon=14 * DAY))
    assert (joined + target) - joined > target  # what the clock times say
    assert tally(tables, request("service_level", arguments={"target": target}))[0].tolist() == [1, 1]
    assert tally(tables, request("wait.share_over", arguments={"limit": target}))[0].tolist() == [0, 1]


def test_logs_with_the_same_rows_have_the_same_bytes_whatever_their_nans():
    log = build_log(CONTACTS, VISITS, AGENTS)
    end = log.contacts.end.copy()
    end[np.isnan(end)] = -np.nan
    again = replace(log, contacts=replace(log.contacts, end=end))
    assert again.digest() == log.digest()
    assert replace(log, replication=1).digest() != log.digest()
    later = replace(log.contacts, end=end + 1e-9)
    assert replace(log, contacts=later).digest() != log.digest()


def test_a_log_refuses_columns_of_the_wrong_type_or_length():
    contacts = build_log(CONTACTS, VISITS).contacts
    with pytest.raises(TypeError, match=r"Contacts\.fate is float64"):
        replace(contacts, fate=contacts.fate.astype(float))
    with pytest.raises(ValueError, match="unequal length"):
        replace(contacts, fate=contacts.fate[1:])


def test_who_balks_or_is_blocked_is_not_offered():
    # J0 is answered after a minute, J1 balks, J2 is blocked; J3 is answered at once and balks at the next
    # step.
    times = [at(MON, 9, minute) for minute in range(4)]
    fates = [Fate.RESOLVED, Fate.BALKED, Fate.BLOCKED, Fate.BALKED]
    ends = [at(MON, 9, 5), times[1], times[2], at(MON, 9, 6)]
    log = build_log(
        [
            (PHONE, MON, case, 0, PHONE, ORDER, CORE, times[case], ends[case], fates[case])
            for case in range(4)
        ],
        [
            (0, 0, ANSWER, times[0], times[0] + 60, ends[0], ends[0], 0, Outcome.DONE),
            (1, 0, ANSWER, times[1], NEVER, times[1], times[1], -1, Outcome.BALKED),
            (3, 0, ANSWER, times[3], times[3], ends[3], ends[3], 1, Outcome.DONE),
            (3, 1, SECOND, ends[3], NEVER, ends[3], ends[3], -1, Outcome.BALKED),
        ],
    )
    tables = Tables(log, FakePlan())
    expected = {
        "balking": (2, 4),
        "blocking": (1, 4),
        "offered": (2, 1),
        "wait.mean": (60, 2),
        "queue_wait.mean": (60, 2),
        "abandonment": (0, 2),
        "resolution": (1, 4),
    }
    for name, sums in expected.items():
        assert tally(tables, request(name))[0].tolist() == list(sums), name
