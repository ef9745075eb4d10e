"""What is shown unasked: the measures of a run, of a comparison, and of the interval table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sim.analysis import crosscheck
from sim.catalogue import Need, Request, lookup, request
from sim.scenario import Scenario
from sim.scenario.measurable import has_prices, meets, obstacles

CHANNEL_COLUMNS = ("contacts", "first_response.mean", "wait.mean", "abandonment", "handle_time.mean")
TEAM_COLUMNS = ("occupancy", "utilisation", "overtime")
CASE_ROWS = ("resolution", "fcr", "contacts_per_case", "time_to_resolution.mean", "backlog")
MONEY_ROWS = ("cost", "cost_per_contact", "cost_per_solved_case")
EXPERIENCE_ROWS: tuple[Need, ...] = ("csat", "nps", "ces")
BOT_ROWS = ("containment", "true_containment", "false_containment", "handoff", "automation")


def channel_requests() -> tuple[Request, ...]:
    """The columns of the table of channels."""
    return tuple(request(name, by=("channel",)) for name in CHANNEL_COLUMNS)


def team_requests() -> tuple[Request, ...]:
    """The columns of the table of teams."""
    return tuple(request(name, by=("team",)) for name in TEAM_COLUMNS)


def overall_requests(scenario: Scenario) -> tuple[Request, ...]:
    """One line each: cases, and what bots do where there are any."""
    bots = scenario.spec.bots
    names = (*CASE_ROWS, *(BOT_ROWS if bots else ()))
    if _queues_elsewhere(scenario):
        names = ("left_waiting", *names)
    names = (*_turned_away(scenario), *names)
    if any(bot.attempts_to_human > 1 for bot in bots.values()):
        names = (*names, "gave_up_in_bot")
    return tuple(request(name) for name in (*names, *_reckoned(scenario)))


def _reckoned(scenario: Scenario) -> tuple[str, ...]:
    """Opinion and money, as far as the scenario says what they are reckoned from."""
    models = tuple(name for name in EXPERIENCE_ROWS if meets(name, scenario.spec))
    return (*models, *(MONEY_ROWS if has_prices(scenario.spec) else ()))


def sla_requests(scenario: Scenario) -> tuple[Request, ...]:
    """What the SLAs are on."""
    return tuple(sla.request for sla in scenario.slas.values())


def run_requests(scenario: Scenario) -> tuple[Request, ...]:
    """All that `sim run` shows."""
    return (
        *channel_requests(),
        *team_requests(),
        *overall_requests(scenario),
        *sla_requests(scenario),
        *crosscheck.requests(scenario),
    )


def compare_requests(scenarios: Iterable[Scenario]) -> tuple[Request, ...]:
    """What `sim compare` shows: what the SLAs are on, then what else a redesign may move.

    A name that one of the scenarios does not have leaves the measure out, and so do several currencies.
    """
    scenarios = list(scenarios)
    wanted: dict[Request, None] = {}
    for scenario in scenarios:
        for sla in scenario.slas.values():
            wanted[replace(sla.request, by=())] = None
    for scenario in scenarios:
        wanted |= dict.fromkeys(_beside_slas(scenario))
    if len({scenario.spec.currency for scenario in scenarios}) > 1:
        wanted = {each: None for each in wanted if lookup(each.measure).unit != "money"}
    return tuple(each for each in wanted if all(_has(scenario, each) for scenario in scenarios))


def _beside_slas(scenario: Scenario) -> Iterator[Request]:
    channels = scenario.spec.channels
    for name, channel in channels.items():
        if channel.patience is not None:
            yield request("abandonment", filters={"channel": name} if len(channels) > 1 else {})
    if _queues_elsewhere(scenario):
        yield request("left_waiting")
    yield from map(request, _turned_away(scenario))
    yield from (request(name) for name in ("fcr", "resolution", "contacts_per_case"))
    if scenario.spec.bots:
        yield from (request(name) for name in ("automation", "false_containment"))
    if any(bot.attempts_to_human > 1 for bot in scenario.spec.bots.values()):
        yield request("gave_up_in_bot")
    for name in scenario.spec.teams:
        yield request("occupancy", filters={"team": name})
    yield from (request(name) for name in _reckoned(scenario) if name != "cost_per_contact")


def _turned_away(scenario: Scenario) -> Iterator[str]:
    """What happens only where customers may not get into a queue."""
    channels = scenario.spec.channels.values()
    if any(channel.balk for channel in channels):
        yield "balking"
    if any(channel.lines is not None for channel in channels):
        yield "blocking"


def _queues_elsewhere(scenario: Scenario) -> bool:
    """Whether patience can end where `abandonment` does not look: after the first answer, or at a bot."""
    spec = scenario.spec
    steps = [sum(step.work is not None for step in journey.values()) for journey in spec.journeys.values()]
    limited = any(bot.sessions is not None for bot in spec.bots.values())
    impatient = any(channel.patience is not None for channel in spec.channels.values())
    return impatient and (limited or max(steps) > 1)


def _has(scenario: Scenario, wanted: Request) -> bool:
    return not obstacles(wanted, scenario.spec)


def interval_requests() -> tuple[Request, ...]:
    """The interval table: demand and service by channel, people by team, for each interval of the day."""
    by_channel = ("contacts", "handle_time.mean", "asa", "wait.mean", "abandonment")
    return (
        *(request(name, by=("channel", "interval")) for name in by_channel),
        request("wait.quantile", arguments={"share": 0.9}, by=("channel", "interval")),
        *(
            request("service_level", arguments={"target": target}, by=("channel", "interval"))
            for target in (20.0, 60.0)
        ),
        *(request(name, by=("team", "interval")) for name in ("occupancy", "utilisation")),
    )
