"""What must hold in every log: nothing disappears, nobody is in two places, no agent idles before a queue.

`assert_conserved` recomputes from the Plan and the visits what contacts, agents and queues must have done,
by other ways than the engine's (sorting and integrating instead of events), and compares. It looks at what is
true after each instant: of events of one instant it assumes only what the two phases promise.
"""

from collections import Counter
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.attendance import Attendance, attend
from sim.engine.realise import realise
from sim.log import CONTACT_BITS, Fate, Log, Outcome, State
from sim.plan import NONE, Plan, StepKind

Floats = NDArray[np.float64]
Stretch = tuple[float, float]

OUTCOMES = {
    StepKind.BOT: set(Outcome) - {Outcome.DONE},
    StepKind.WORK: {Outcome.OPEN, Outcome.DONE, Outcome.ABANDONED, Outcome.BALKED},
    StepKind.DELAY: {Outcome.OPEN, Outcome.DONE},
    StepKind.CHOOSE: {Outcome.DONE},
}
GOES_ON = {Outcome.DONE, Outcome.HANDED_OFF, Outcome.DECLINED}
LAST_FATES = {
    Outcome.OPEN: {Fate.OPEN},
    Outcome.DONE: {Fate.RESOLVED, Fate.UNRESOLVED, Fate.FALSELY_RESOLVED},
    Outcome.ABANDONED: {Fate.ABANDONED},
    Outcome.CONTAINED: {Fate.RESOLVED},
    Outcome.FALSELY_CONTAINED: {Fate.FALSELY_RESOLVED},
    Outcome.GAVE_UP: {Fate.GAVE_UP_IN_BOT},
    Outcome.BALKED: {Fate.BALKED},
}


def assert_conserved(plan: Plan, log: Log) -> None:
    """Every law below, on one log."""
    assert_every_contact_is_accounted_for(plan, log)
    assert_returns_follow_unmet_needs(plan, log)
    visits = visits_of(plan, log)
    assert_visits_are_contiguous(plan, log, visits)
    assert_agents_do_what_visits_and_shifts_say(plan, log, visits)
    assert_no_idle_agent_before_a_queue(plan, log, visits)
    assert_queues_are_served_in_order(plan, log, visits)
    assert_sessions_are_limited_and_used(plan, visits)
    assert_lines_are_limited_and_used(plan, log)
    assert_who_balks_met_a_queue(plan, log, visits)
    assert_littles_law(plan, log, visits)


# -------------------------------------------------------------------------------------------------- visits


class Visit(NamedTuple):
    """A row of the visits, with what the contact and the Plan say about it.

    left: when its queueing ended, or the end of the simulation. busy_until: when the agent or session was
    free again, or the end of the simulation. order: order time in the queue; queued: joined a queue at all.
    """

    contact: int
    identity: tuple[int, int]
    number: int
    step: int
    kind: StepKind
    joined: float
    started: float
    ended: float
    wrapped: float
    left: float
    talk_until: float
    busy_until: float
    agent: int
    outcome: Outcome
    priority: int
    order: float
    queued: bool

    @property
    def was_started(self) -> bool:
        return not np.isnan(self.started)


def visits_of(plan: Plan, log: Log) -> list[Visit]:
    """The visits in the log's order; a contact's place in a queue is worked out along its way."""
    contacts, columns = log.contacts, log.visits
    visits: list[Visit] = []
    place: float | None = None
    rows = zip(*(column.tolist() for column in columns.columns().values()), strict=True)
    for contact, number, step, joined, started, ended, wrapped, agent, outcome in rows:
        kind = StepKind(plan.step_kind[step])
        bot = int(plan.step_bot[step])
        segment = int(contacts.segment[contact])
        if number == 0:
            place = None
        queued = outcome != Outcome.BALKED and (
            kind == StepKind.WORK
            or (kind == StepKind.BOT and plan.bot_sessions[bot] != NONE and outcome != Outcome.DECLINED)
        )
        order = joined if place is None else place
        if queued:
            place = None
        if outcome == Outcome.HANDED_OFF:
            place = joined if plan.bot_keeps_place[bot] else None
        own = int(plan.step_priority[step]) if kind == StepKind.WORK else NONE
        left = ended if np.isnan(started) else started
        visits.append(
            Visit(
                contact=contact,
                identity=(int(contacts.origin[contact]), int(contacts.entity[contact])),
                number=number,
                step=step,
                kind=kind,
                joined=joined,
                started=started,
                ended=ended,
                wrapped=wrapped,
                left=_or_end(left, plan),
                talk_until=_or_end(ended, plan),
                busy_until=_or_end(wrapped, plan),
                agent=agent,
                outcome=Outcome(outcome),
                priority=int(plan.segment_priority[segment]) if own == NONE else own,
                order=order - float(plan.segment_head_start[segment]),
                queued=queued,
            )
        )
    return visits


def _or_end(time: float, plan: Plan) -> float:
    return plan.end if np.isnan(time) else time


# ------------------------------------------------------------------------------------------------- the laws


def assert_every_contact_is_accounted_for(plan: Plan, log: Log) -> None:
    """Contacts are those that were to come, each once, each with one fate; fates add up to arrivals."""
    contacts = log.contacts
    identity = list(zip(contacts.origin.tolist(), contacts.entity.tolist(), strict=True))
    assert identity == sorted(set(identity)), "contacts are not in order, or one is there twice"
    assert ((contacts.arrival >= plan.begin) & (contacts.arrival < plan.end)).all()

    due = realise(plan, log.replication)
    first = contacts.entity % 2**CONTACT_BITS == 0
    for name, came, expected in (
        ("channel", contacts.origin[first], due.channel),
        ("entity", contacts.entity[first], due.entity),
        ("time", contacts.arrival[first], due.time),
        ("reason", contacts.reason[first], due.reason),
        ("segment", contacts.segment[first], due.segment),
    ):
        assert np.array_equal(came, expected), f"first contacts differ in {name} from the arrivals drawn"

    fates = Counter(Fate(fate) for fate in contacts.fate.tolist())
    assert sum(fates.values()) == len(contacts)
    is_open = contacts.fate == Fate.OPEN
    assert np.array_equal(np.isnan(contacts.end), is_open), "a contact without an end is open, and no other"
    assert (contacts.end[~is_open] >= contacts.arrival[~is_open]).all()
    assert (contacts.end[~is_open] < plan.end).all()


def assert_returns_follow_unmet_needs(plan: Plan, log: Log) -> None:
    """A later contact of a case follows one whose need was not met, for the same reason, within limits."""
    contacts = log.contacts
    number = contacts.entity % 2**CONTACT_BITS
    again = np.flatnonzero(number > 0)
    before = again - 1
    assert (contacts.entity[before] == contacts.entity[again] - 1).all(), "a case skips a contact"
    for name in ("origin", "reason", "segment"):
        column = getattr(contacts, name)
        assert np.array_equal(column[before], column[again]), f"a case changed its {name}"
    assert (contacts.arrival[again] >= contacts.end[before]).all(), "came back before the end"
    retries, recontacts = Counter(), Counter()
    for row in again.tolist():
        case = contacts.origin[row], contacts.entity[row] >> CONTACT_BITS
        fate, came, comes = contacts.fate[row - 1], contacts.channel[row - 1], contacts.channel[row]
        if fate in (Fate.ABANDONED, Fate.BALKED, Fate.BLOCKED):
            retries[case] += 1
            assert retries[case] <= plan.retry_at_most[came], "tried again too often"
            ways = plan.retry_channel[came]
        else:
            assert fate in (Fate.UNRESOLVED, Fate.FALSELY_RESOLVED)
            recontacts[case] += 1
            assert recontacts[case] <= plan.recontact_at_most, "came back too often"
            ways = plan.recontact_channel[came]
        assert ways[comes] > (ways[comes - 1] if comes > 0 else 0.0), "came through a channel of no share"


def assert_lines_are_limited_and_used(plan: Plan, log: Log) -> None:
    """No more contacts at once than lines; and whoever is blocked finds all of them in use."""
    contacts = log.contacts
    for channel, lines in enumerate(plan.channel_lines.tolist()):
        here = contacts.channel == channel
        blocked = here & (contacts.fate == Fate.BLOCKED)
        if lines == NONE:
            assert not blocked.any()
            continue
        arrival = np.sort(contacts.arrival[here & ~blocked])
        end = np.sort(np.where(np.isnan(contacts.end), np.inf, contacts.end)[here & ~blocked])
        after_arrivals = np.searchsorted(arrival, arrival, side="right")
        assert (after_arrivals - np.searchsorted(end, arrival, side="right") <= lines).all()
        at = contacts.arrival[blocked]
        in_use = np.searchsorted(arrival, at, side="right") - np.searchsorted(end, at, side="left")
        assert (in_use >= lines).all(), "blocked while a line was free"


def assert_who_balks_met_a_queue(plan: Plan, log: Log, visits: list[Visit]) -> None:
    """Whoever balks meets as many waiting as it takes; those who leave at that instant may be among them."""
    for visit in visits:
        if visit.outcome != Outcome.BALKED:
            continue
        met = sum(
            other.queued
            and _same_queue(plan, visit, other)
            and other.joined <= visit.joined
            and other.left >= visit.joined
            for other in visits
        )
        line = plan.channel_balk_line[log.contacts.channel[visit.contact]]
        assert met >= line != NONE, f"{visit} balked at {met} waiting"


def _same_queue(plan: Plan, one: Visit, other: Visit) -> bool:
    """One step's queue, or that of one bot at several steps."""
    if one.kind == StepKind.BOT == other.kind:
        return bool(plan.step_bot[one.step] == plan.step_bot[other.step])
    return one.step == other.step


def assert_visits_are_contiguous(plan: Plan, log: Log, visits: list[Visit]) -> None:
    """A contact's visits begin at its arrival, follow each other without a gap, and end when it ends."""
    contacts = log.contacts
    by_contact: dict[int, list[Visit]] = {}
    for visit in visits:
        by_contact.setdefault(visit.contact, []).append(visit)
    blocked = np.flatnonzero(contacts.fate == Fate.BLOCKED).tolist()
    assert sorted([*by_contact, *blocked]) == list(range(len(contacts))), "a contact without a visit"
    assert (contacts.end[blocked] == contacts.arrival[blocked]).all()
    for row, own in by_contact.items():
        channel = contacts.channel[row]
        assert [visit.number for visit in own] == list(range(len(own)))
        assert own[0].joined == contacts.arrival[row]
        assert own[0].step == plan.channel_entry[channel]
        for visit, following in pairwise(own):
            assert visit.outcome in GOES_ON, f"{visit} is not the last visit"
            assert following.joined == visit.ended, f"{following} does not follow {visit}"
        for visit in own:
            _assert_times_rise(plan, visit)
            if visit.outcome in (Outcome.HANDED_OFF, Outcome.DECLINED):
                assert own[visit.number + 1].step == plan.step_handoff[visit.step]
        last, fate = own[-1], Fate(contacts.fate[row])
        assert fate in LAST_FATES[last.outcome], f"{fate!r} after {last}"
        assert np.array_equal([last.ended], [contacts.end[row]], equal_nan=True)


def _assert_times_rise(plan: Plan, visit: Visit) -> None:
    times = [t for t in (visit.joined, visit.started, visit.ended, visit.wrapped) if not np.isnan(t)]
    assert times == sorted(times), f"times of {visit} do not rise"
    assert plan.begin <= times[0] <= times[-1] < plan.end
    assert visit.outcome in OUTCOMES[visit.kind]
    assert np.isnan(visit.ended) == (visit.outcome == Outcome.OPEN)
    if visit.outcome in (Outcome.ABANDONED, Outcome.DECLINED, Outcome.BALKED):
        assert not visit.was_started
    elif visit.outcome != Outcome.OPEN:
        assert visit.was_started
    if visit.kind == StepKind.WORK:
        assert (visit.agent >= 0) == visit.was_started
        if visit.was_started:
            assert plan.skill_level[plan.agent_team[visit.agent], visit.step] > 0, "without the skill"
    else:
        assert visit.agent == -1
    if not visit.queued and visit.was_started:
        assert visit.started == visit.joined, f"{visit} waited for nothing"


def assert_agents_do_what_visits_and_shifts_say(plan: Plan, log: Log, visits: list[Visit]) -> None:
    """The agents' log is exactly what the visits and the duties make of it.

    One contact at a time; work begins on duty and never on a break; breaks begin when due, or when the work
    in hand ends, and keep their length up to the end of the duty; all other time on duty is available; time
    in work past the end of the duty, and no other, is overtime; a paid absence lasts through its duty, save
    for work begun before.
    """
    served: dict[int, list[Visit]] = {}
    for visit in visits:
        if visit.agent >= 0:
            served.setdefault(visit.agent, []).append(visit)
    rows = [
        (int(agent), State(state), start, end, int(load), bool(overtime))
        for agent, state, start, end, load, overtime in zip(
            *(getattr(log.agents, name).tolist() for name in log.agents.columns()), strict=True
        )
    ]
    assert rows == sorted(rows, key=lambda row: (row[0], row[2])), "the agents' log is not in order"
    logged: dict[int, list[tuple[State, float, float, int, bool]]] = {}
    for agent, *row in rows:
        assert row[1] < row[2], "a stretch without length"
        logged.setdefault(agent, []).append(tuple(row))
    attendance = attend(plan, log.replication)
    for agent in range(len(plan.agent_team)):
        assert _joined_available(logged.get(agent, [])) == _expected_stretches(
            attendance,
            agent,
            sorted(served.get(agent, []), key=lambda visit: (visit.started, visit.busy_until)),
        ), f"agent {agent}: logged on the left, from visits and duties on the right"


def _joined_available(
    stretches: list[tuple[State, float, float, int, bool]],
) -> list[tuple[State, float, float, int, bool]]:
    """With adjoining available stretches as one: service that took no time leaves no other trace."""
    joined: list[tuple[State, float, float, int, bool]] = []
    for state, start, end, load, overtime in stretches:
        if joined and state == joined[-1][0] == State.AVAILABLE and joined[-1][2] == start:
            start = joined.pop()[1]
        joined.append((state, start, end, load, overtime))
    return joined


def _expected_stretches(
    attendance: Attendance, agent: int, served: list[Visit]
) -> list[tuple[State, float, float, int, bool]]:
    for visit, following in pairwise(served):
        assert visit.busy_until <= following.started, f"agent {agent} serves {visit} and {following} at once"
    of_agent = attendance.of_agent(agent)
    duties = [(start, end, breaks) for start, end, absent, breaks in of_agent if not absent]
    busy = [
        (state, start, end)
        for visit in served
        for state, start, end in (
            (State.WORK, visit.started, visit.talk_until),
            (State.WRAP_UP, visit.talk_until, visit.busy_until),
        )
        if start < end
    ]
    edges = sorted({edge for start, end, _ in duties for edge in (start, end)})
    stretches: list[tuple[State, float, float, int, bool]] = []
    for state, start, end in busy:
        cuts = [start, *(edge for edge in edges if start < edge < end), end]
        for a, b in pairwise(cuts):
            on_duty = any(begin <= a < finish for begin, finish, _ in duties)
            stretches.append((state, a, b, 1, not on_duty))
    for begin, finish, breaks in duties:
        rests = _expected_breaks(served, finish, breaks)
        for visit in served:
            assert not any(a <= visit.started < b for a, b in rests), f"{visit} begins on a break of {agent}"
        stretches += [(State.BREAK, a, b, 0, False) for a, b in rests]
        taken = sorted([(a, b) for _, a, b, _, _ in stretches if a < finish and b > begin])
        free_from = begin
        for a, b in [*taken, (finish, finish)]:
            if a > free_from:
                stretches.append((State.AVAILABLE, free_from, a, 0, False))
            free_from = max(free_from, b)
    for visit in served:
        assert any(begin <= visit.started < finish for begin, finish, _ in duties), f"{visit} begins off duty"
    for begin, finish in ((start, end) for start, end, absent, _ in of_agent if absent):
        # Only work begun before can last into an absence.
        free_from = max([begin, *(visit.busy_until for visit in served if visit.started < begin)])
        if free_from < finish:
            stretches.append((State.ABSENT, free_from, finish, 0, False))
    return sorted(stretches, key=lambda stretch: stretch[1])


def _expected_breaks(served: list[Visit], finish: float, breaks: list[tuple[float, float]]) -> list[Stretch]:
    """When a duty's breaks are taken, given the work: each as soon as it is due and hands are free."""
    rests: list[Stretch] = []
    free_from = -np.inf
    for due, length in breaks:
        start = max(due, free_from)
        for visit in served:
            if visit.started < start < visit.busy_until:
                start = visit.busy_until
        if start >= finish:
            break
        free_from = start + length
        rests.append((start, min(free_from, finish)))
    return rests


def assert_no_idle_agent_before_a_queue(plan: Plan, log: Log, visits: list[Visit]) -> None:
    """A waiting contact and an available agent with the skill are never there together for any length of
    time: whoever can be served is served at once."""
    available = log.agents.state == State.AVAILABLE
    team_of_row = plan.agent_team[log.agents.agent]
    idle = {
        team: _union(
            list(
                zip(
                    log.agents.start[available & (team_of_row == team)].tolist(),
                    log.agents.end[available & (team_of_row == team)].tolist(),
                    strict=True,
                )
            )
        )
        for team in range(len(plan.names.teams))
    }
    for step in np.flatnonzero(plan.step_kind == StepKind.WORK).tolist():
        waiting = _union([(visit.joined, visit.left) for visit in visits if visit.step == step])
        for team in np.flatnonzero(plan.skill_level[:, step] > 0).tolist():
            both = _overlaps(waiting, idle[team])
            assert not both, (
                f"in {plan.names.teams[team]} somebody is idle while {plan.names.steps[step]} has a queue: "
                f"{both[:3]}"
            )


def _union(stretches: list[Stretch]) -> list[Stretch]:
    """Stretches of positive length, joined where they touch, in order."""
    union: list[Stretch] = []
    for start, end in sorted(stretches):
        if start == end:
            continue
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union


def _overlaps(some: list[Stretch], others: list[Stretch]) -> list[Stretch]:
    """Where two unions have a positive length in common."""
    found: list[Stretch] = []
    i = j = 0
    while i < len(some) and j < len(others):
        start, end = max(some[i][0], others[j][0]), min(some[i][1], others[j][1])
        if start < end:
            found.append((start, end))
        if some[i][1] < others[j][1]:
            i += 1
        else:
            j += 1
    return found


def assert_queues_are_served_in_order(plan: Plan, log: Log, visits: list[Visit]) -> None:
    """Whoever was served came before everyone who waited before and after that instant, under the key; and
    the agent before every agent who was available before and after it.

    Contacts and agents that changed at the very instant are left out: they may belong to a later round.
    """
    queued = [visit for visit in visits if visit.queued]
    if not queued:
        return
    step = np.array([visit.step for visit in queued])
    joined = np.array([visit.joined for visit in queued])
    left = np.array([visit.left for visit in queued])
    stretches = log.agents.state == State.AVAILABLE
    agent = log.agents.agent[stretches]
    since, until = log.agents.start[stretches], log.agents.end[stretches]
    for visit in queued:
        if not visit.was_started:
            continue
        now = visit.started
        still_waiting = np.flatnonzero((joined < now) & (left > now))
        if visit.kind == StepKind.BOT:
            same_bot = plan.step_bot[step[still_waiting]] == plan.step_bot[visit.step]
            for other in still_waiting[same_bot]:
                assert _bot_key(visit) < _bot_key(queued[other]), f"{visit} before {queued[other]}"
            continue
        skill = plan.skill_level[plan.agent_team[visit.agent]]
        for other in still_waiting[plan.step_kind[step[still_waiting]] == StepKind.WORK]:
            if skill[step[other]] > 0:
                assert _work_key(visit, skill) < _work_key(queued[other], skill), (
                    f"{visit} before {queued[other]}"
                )
        level = skill[visit.step]
        mine = since[(agent == visit.agent) & (until == now)]
        available_since = mine[-1] if len(mine) else now
        for other in np.flatnonzero((since < now) & (until > now)):
            other_level = plan.skill_level[plan.agent_team[agent[other]], visit.step]
            if other_level > 0:
                assert (level, available_since, visit.agent) < (other_level, since[other], agent[other]), (
                    f"{visit} by agent {visit.agent}, who was free after agent {agent[other]}"
                )


def _bot_key(visit: Visit) -> tuple[int, float, tuple[int, int]]:
    return visit.priority, visit.order, visit.identity


def _work_key(visit: Visit, skill: NDArray[np.int32]) -> tuple[int, int, float, tuple[int, int]]:
    return visit.priority, int(skill[visit.step]), visit.order, visit.identity


def assert_sessions_are_limited_and_used(plan: Plan, visits: list[Visit]) -> None:
    """A bot never has more sessions than it may, and none to spare while somebody waits for one."""
    for bot, limit in enumerate(plan.bot_sessions.tolist()):
        if limit == NONE:
            continue
        here = [visit for visit in visits if visit.queued and plan.step_bot[visit.step] == bot]
        started = [visit for visit in here if visit.was_started]
        changes: dict[float, list[int]] = {}
        for visit in started:
            changes.setdefault(visit.started, [0, 0])[0] += 1
            changes.setdefault(visit.talk_until, [0, 0])[0] -= 1
        for visit in here:
            changes.setdefault(visit.joined, [0, 0])[1] += 1
            changes.setdefault(visit.left, [0, 0])[1] -= 1
        busy = waiting = 0
        for time in sorted(changes):
            busy += changes[time][0]
            waiting += changes[time][1]
            assert 0 <= busy <= limit, f"{busy} sessions of {plan.names.bots[bot]} at {time}"
            assert waiting == 0 or busy == limit or time == plan.end, f"a session is free at {time}"


def assert_littles_law(plan: Plan, log: Log, visits: list[Visit]) -> None:
    """The number present, integrated from arrivals and ends, is the sum of all stays at steps; likewise in
    queues, and the agents' busy time is the sum of handle times."""
    contacts = log.contacts
    ends = np.where(np.isnan(contacts.end), plan.end, contacts.end)
    present, left_over = _integral(contacts.arrival, ends, plan.end)
    assert left_over == (contacts.fate == Fate.OPEN).sum()
    _assert_equal("present", present, sum(visit.talk_until - visit.joined for visit in visits))
    for step in range(len(plan.step_kind)):
        own = [visit for visit in visits if visit.step == step]
        length, _ = _integral(
            np.array([visit.joined for visit in own]), np.array([visit.left for visit in own]), plan.end
        )
        _assert_equal("queueing", length, sum(visit.left - visit.joined for visit in own))
    busy = np.isin(log.agents.state, (State.WORK, State.WRAP_UP))
    worked = (log.agents.end[busy] - log.agents.start[busy]).sum()
    handled = sum(visit.busy_until - visit.started for visit in visits if visit.agent >= 0)
    _assert_equal("busy", worked, handled)


def _integral(enter: Floats, leave: Floats, end: float) -> tuple[float, int]:
    """Integral of the number inside over time, and how many are inside just before the end."""
    times = np.unique(np.concatenate([enter, leave, [end]]))
    inside = np.searchsorted(np.sort(enter), times, "right") - np.searchsorted(np.sort(leave), times, "right")
    assert (inside >= 0).all()
    stays = np.diff(times)
    return float(inside[:-1] @ stays), int(inside[-2]) if len(times) > 1 else 0


def _assert_equal(what: str, integrated: float, summed: float) -> None:
    assert abs(integrated - summed) <= 1e-9 * max(1.0, abs(summed)), (
        f"{what}: {integrated} s integrated over time, {summed} s summed over stays"
    )
