"""From Scenario to Plan: every name becomes an index, every by-value a lookup, every calendar intervals."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from sim import units
from sim.plan.demand import day_pieces, forecast_pieces, open_intervals
from sim.plan.experience import experience
from sim.plan.files import Files, read_files
from sim.plan.people import agents
from sim.plan.plan import NONE, Floats, Ints, Longs, Names, Plan, StepKind
from sim.plan.prices import prices
from sim.plan.tables import Tables
from sim.randomness import stream_hash
from sim.scenario import Scenario
from sim.scenario.by import EVERYTHING, names_of, steps_of
from sim.scenario.checks import reason_shares
from sim.scenario.customers import SAME_CHANNEL, ReturnChannels
from sim.scenario.spec import Spec

STREAMS = ("arrivals", "day_factor", "case", "contact")
"""Names of a channel's own streams; a step's stream has the step's name, which may be none of these."""


def compile_plan(scenario: Scenario) -> Plan:
    """Flatten a validated scenario.

    Raises:
        ScenarioError: a file that it names cannot be used.
    """
    spec = scenario.spec
    names = names_of(spec)
    tables = Tables(names)
    steps = [(journey, step) for journey, members in spec.journeys.items() for step in members]
    step_index = {key: index for index, key in enumerate(steps)}
    files = read_files(scenario)
    begin, end = -spec.time.warm_up, spec.time.horizon + spec.time.run_out
    first_day = math.floor(begin / units.DAY)
    days = math.ceil(end / units.DAY) - first_day

    plan_steps = _steps(spec, tables, step_index)
    bots = _bots(spec, tables)
    channels = spec.channels.values()
    patience = _ints(tables.distribution(channel.patience) for channel in channels)
    return Plan(
        names=Names(
            scenario=spec.name,
            variant=scenario.variant_name or "",
            channels=names["channel"],
            reasons=names["reason"],
            segments=names["segment"],
            steps=steps_of(spec),
            teams=names["team"],
            shifts=tuple(spec.shifts),
            bots=tuple(spec.bots),
            calendars=tuple(spec.calendars),
            currency=spec.currency or "",
        ),
        seed=spec.run.seed,
        replications=spec.run.replications,
        confidence=spec.run.confidence,
        start_date=spec.time.start,
        warm_up=spec.time.warm_up,
        horizon=spec.time.horizon,
        run_out=spec.time.run_out,
        interval=spec.time.interval,
        first_day=first_day,
        days=days,
        channel_patience=patience,
        channel_lines=_ints(NONE if each.lines is None else each.lines for each in channels),
        channel_balk_line=_ints(each.balk.line if each.balk else NONE for each in channels),
        channel_balk_share=_ints(tables.share(each.balk.share) if each.balk else NONE for each in channels),
        **_returns(spec, tables),
        **plan_steps,
        **bots,
        **_streams(spec, steps),
        **_customers(spec),
        **_demand(spec, files, first_day, days),
        **_people(spec, files, begin, end, step_index),
        **_calendars(spec, first_day, days),
        attempts=len(names["attempt"]),
        lookup_base=_ints(tables.base),
        lookup_stride=np.array(tables.stride, dtype=np.int32).reshape(len(tables.base), -1),
        dist_family=np.array(tables.families, dtype=np.int8),
        dist_params=np.array(tables.params, dtype=np.float64).reshape(len(tables.families), 4),
        dist_table=_floats(tables.quantiles),
        shares=_floats(tables.shares),
        route_start=_ints(tables.route_start),
        route_cumulative=_floats(tables.route_cumulative),
        route_target=_ints(tables.route_target),
        prices=prices(spec),
        experience=experience(spec),
    )


def _ints(values: object) -> Ints:
    return np.array(list(values), dtype=np.int32)  # type: ignore[call-overload]


def _floats(values: object) -> Floats:
    return np.array(list(values), dtype=np.float64)  # type: ignore[call-overload]


def _offsets(lengths: Sequence[int]) -> Ints:
    return _ints([0, *accumulate(lengths)])


def _steps(spec: Spec, tables: Tables, index: dict[tuple[str, str], int]) -> dict[str, Any]:
    columns: dict[str, list[int]] = {
        key: [] for key in ("kind", "time", "wrap_up", "route", "priority", "bot", "handoff")
    }
    bot_index = {name: number for number, name in enumerate(spec.bots)}
    for journey, members in spec.journeys.items():
        here = {name: index[journey, name] for name in members}
        for step in members.values():
            timed = step.work or step.delay
            columns["kind"].append(StepKind[step.kind.upper()])
            columns["time"].append(tables.distribution(timed.time) if timed else NONE)
            columns["wrap_up"].append(tables.distribution(step.work.wrap_up) if step.work else NONE)
            columns["route"].append(tables.route(step.choose or step.next, here))
            columns["priority"].append((step.work.priority if step.work else None) or NONE)
            columns["bot"].append(bot_index[step.bot] if step.bot else NONE)
            columns["handoff"].append(here[step.handoff] if step.handoff else NONE)
    plan_columns = {f"step_{key}": _ints(values) for key, values in columns.items()}
    plan_columns["step_kind"] = plan_columns["step_kind"].astype(np.int8)
    return plan_columns


def _bots(spec: Spec, tables: Tables) -> dict[str, Any]:
    bots = list(spec.bots.values())
    return {
        "bot_sessions": _ints(NONE if bot.sessions is None else bot.sessions for bot in bots),
        "bot_time": _ints(tables.distribution(bot.time) for bot in bots),
        "bot_resolves": _ints(tables.share(bot.resolves) for bot in bots),
        "bot_falsely_resolves": _ints(tables.share(bot.falsely_resolves) for bot in bots),
        "bot_gives_up": _ints(tables.share(bot.gives_up_per_attempt) for bot in bots),
        "bot_attempts": _ints(bot.attempts_to_human for bot in bots),
        "bot_saves": _floats(bot.handoff.saves_handle_time for bot in bots),
        "bot_keeps_place": np.array([bot.handoff.keeps_place for bot in bots], dtype=np.bool_),
    }


def _streams(spec: Spec, steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Stream hashes. A step's stream is `<origin channel>/<step>`: a contact takes one journey only.

    What all channels share has no channel's name before the stroke.
    """

    def longs(values: list[Any]) -> Longs:
        return np.array(values, dtype=np.int64)

    names = tuple(spec.channels)
    arrivals, day, case, contact = (
        longs([stream_hash(f"{channel}/{purpose}") for channel in names]) for purpose in STREAMS
    )
    return {
        "stream_arrivals": arrivals,
        "stream_day": day,
        "stream_shared_day": stream_hash("/day_factor"),
        "stream_case": case,
        "stream_contact": contact,
        "stream_step": longs(
            [[stream_hash(f"{channel}/{step}") for _, step in steps] for channel in names]
        ).reshape(len(names), len(steps)),
    }


def _returns(spec: Spec, tables: Tables) -> dict[str, Any]:
    """Who comes back: after an end without solution, and after giving up."""
    recontact = spec.recontact
    retries = [channel.on_abandon for channel in spec.channels.values()]
    return {
        "recontact_unresolved": tables.share(recontact.unresolved) if recontact else NONE,
        "recontact_falsely_resolved": tables.share(recontact.falsely_resolved) if recontact else NONE,
        "recontact_after": tables.distribution(recontact.after) if recontact else NONE,
        "recontact_at_most": recontact.at_most if recontact else 0,
        "recontact_channel": _return_channels(
            spec, [recontact.channel if recontact else {} for _ in spec.channels]
        ),
        "retry_share": _ints(tables.share(each.retry) if each else NONE for each in retries),
        "retry_after": _ints(tables.distribution(each.after) if each else NONE for each in retries),
        "retry_at_most": _ints(each.at_most if each else 0 for each in retries),
        "retry_channel": _return_channels(spec, [each.channel if each else {} for each in retries]),
    }


def _return_channels(spec: Spec, chosen: Sequence[ReturnChannels]) -> Floats:
    """Cumulative shares of the channels through which customers of each channel come back."""
    names = list(spec.channels)
    shares = np.zeros((len(names), len(names)))
    for row, channels in enumerate(chosen):
        for name, share in (channels or {SAME_CHANNEL: 1.0}).items():
            shares[row, row if name == SAME_CHANNEL else names.index(name)] += share
    return np.stack([_cumulative(row) for row in shares.tolist()])


def _customers(spec: Spec) -> dict[str, Any]:
    segments = list(spec.segments.values())
    return {
        "segment_cumulative": _cumulative([s.share for s in segments] or [1.0]),
        "segment_priority": _ints([s.priority for s in segments] or [5]),
        "segment_head_start": _floats([s.head_start for s in segments] or [0.0]),
        "segment_accepts_bot": _floats([s.accepts_bot for s in segments] or [1.0]),
        "reason_cumulative": np.array(
            [reason_cumulative(spec, segment) for segment in spec.segments or (EVERYTHING,)]
        ),
    }


def _cumulative(shares: Sequence[float]) -> Floats:
    cumulative: Floats = np.cumsum(np.array(shares, dtype=np.float64))
    cumulative /= cumulative[-1]
    return cumulative


def reason_cumulative(spec: Spec, segment: str) -> Floats:
    """A segment's own shares hold; its other reasons share what is left in their usual proportions."""
    if not spec.reasons:
        return np.ones(1)
    shares, own = reason_shares(spec, segment)
    fixed = sum(shares[name] for name in own)
    others = sum(share for name, share in shares.items() if name not in own)
    scale = (1.0 - fixed) / others if others > 0 else 0.0
    return _cumulative([share if name in own else share * scale for name, share in shares.items()])


def _demand(spec: Spec, files: Files, first_day: int, days: int) -> dict[str, Any]:
    traces = [files.traces.get(name, []) for name in spec.channels]
    offsets = np.zeros((len(spec.channels), days + 1), dtype=np.int32)
    pieces: list[tuple[float, float, float]] = []
    opens: list[list[tuple[float, float]]] = []
    for row, (name, channel) in enumerate(spec.channels.items()):
        calendar = spec.calendars[channel.arrivals.calendar] if channel.arrivals.calendar else None
        opens.append(open_intervals(calendar, spec.time.start, first_day, days))
        offsets[row, 0] = len(pieces)
        for number in range(days):
            day = first_day + number
            date = spec.time.start + datetime.timedelta(days=day)
            if name in files.forecasts:
                pieces += forecast_pieces(files.forecasts[name].get(date, []), day * units.DAY)
            else:
                pieces += day_pieces(channel.arrivals, calendar, date, day * units.DAY)
            offsets[row, number + 1] = len(pieces)
    entry = {
        journey: sum(len(spec.journeys[before]) for before in list(spec.journeys)[:number])
        for number, journey in enumerate(spec.journeys)
    }
    return {
        "channel_entry": _ints(entry[channel.journey] for channel in spec.channels.values()),
        "shared_day_cv": spec.demand.day_to_day_cv,
        "channel_day_cv": _floats(channel.arrivals.day_to_day_cv for channel in spec.channels.values()),
        "piece_offset": offsets,
        "piece_start": _floats(start for start, _, _ in pieces),
        "piece_end": _floats(end for _, end, _ in pieces),
        "piece_volume": _floats(volume for _, _, volume in pieces),
        "trace_offset": _offsets([len(trace) for trace in traces]),
        "trace_time": _floats(arrival.time for trace in traces for arrival in trace),
        "trace_case": _ints(arrival.case for trace in traces for arrival in trace),
        "trace_reason": _ints(arrival.reason for trace in traces for arrival in trace),
        "trace_segment": _ints(arrival.segment for trace in traces for arrival in trace),
        "open_offset": _offsets([len(intervals) for intervals in opens]),
        "open_start": _floats(start for intervals in opens for start, _ in intervals),
        "open_end": _floats(end for intervals in opens for _, end in intervals),
    }


def _people(
    spec: Spec, files: Files, begin: float, end: float, index: dict[tuple[str, str], int]
) -> dict[str, Any]:
    people = agents(spec, files.rotas, begin, end)
    duties = [duty for agent in people for duty in agent.duties]
    levels = np.zeros((len(spec.teams), len(index)), dtype=np.int32)
    for row, team in enumerate(spec.teams.values()):
        for (journey, name), column in index.items():
            work = spec.journeys[journey][name].work
            if work is not None:
                levels[row, column] = team.skills.get(work.skill or name, 0)
    return {
        "skill_level": levels,
        "team_absence": _floats(team.absence for team in spec.teams.values()),
        "team_absence_paid": np.array([team.absence_paid for team in spec.teams.values()], dtype=np.bool_),
        "team_shrinkage": _floats(team.shrinkage for team in spec.teams.values()),
        **_attendance_streams(spec),
        "agent_team": _ints(agent.team for agent in people),
        "agent_shift": _ints(agent.shift for agent in people),
        "agent_number": _ints(agent.number for agent in people),
        "duty_offset": _offsets([len(agent.duties) for agent in people]),
        "duty_start": _floats(duty.start for duty in duties),
        "duty_end": _floats(duty.end for duty in duties),
        "break_offset": _offsets([len(duty.breaks) for duty in duties]),
        "duty_day": _ints(duty.day for duty in duties),
        "duty_heads": _ints(duty.heads for duty in duties),
        "break_due": _floats(due for duty in duties for due, _ in duty.breaks),
        "break_length": _floats(length for duty in duties for _, length in duty.breaks),
    }


def _attendance_streams(spec: Spec) -> dict[str, Any]:
    """Streams of each team and shift, `<team>/<shift>/absence`; people without one have `<team>//absence`."""
    return {
        f"stream_{purpose}": np.array(
            [
                [stream_hash(f"{team}/{shift}/{purpose}") for shift in (*spec.shifts, "")]
                for team in spec.teams
            ],
            dtype=np.int64,
        ).reshape(len(spec.teams), len(spec.shifts) + 1)
        for purpose in ("absence", "shrinkage")
    }


def _calendars(spec: Spec, first_day: int, days: int) -> dict[str, Any]:
    intervals = [
        open_intervals(calendar, spec.time.start, first_day, days) for calendar in spec.calendars.values()
    ]
    return {
        "calendar_offset": _offsets([len(each) for each in intervals]),
        "calendar_start": _floats(start for each in intervals for start, _ in each),
        "calendar_end": _floats(end for each in intervals for _, end in each),
    }
