"""The measures, each defined once, as data.

A measure is a ratio of two sums over the rows of one table of the log (`sim.measures.tables` derives the
columns). `Terms` says which rows count and what each adds to the numerator and the denominator, in a small
language: column and parameter names, numbers, `&`, `|`, `~`, `<=`, `>`. Durations are compared to the
microsecond. Three denominators are not sums over rows: `per_replication` (1), `clock` (seconds of the window
that the cell covers) and `days` (calendar days of the window that the cell covers).

Or it is a quantile of a value that each row has: `Quantile` says which rows count, what the value is, and
which rows are still open. Or it is made of other measures, perhaps of other tables: `Combined` says which
numerators are added up above the line, and whose stands below.

Tables: `contacts` (those that arrive inside the window are `counted`), `visits` (of such contacts, to
steps), `cases` (whose first contact is counted), and three that are integrated over the window: `agents`
(agent time), `presence` (contacts from arrival to end) and `window` (one row: the window itself).

Contacts still open when the simulation ends (SEMANTICS, "Time and window"): against a target they count as
missed once older than it and are left out while younger. Where there is no target, `terms` leaves them out
and `standing` counts them as they stand (a mean: at their age so far); the two are shown as bounds. A
quantile treats them as a target does, itself being the target: so `wait.quantile(90%) <= 3m` and
`wait.share_over(3m) <= 10%` are one question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from sim.errors import did_you_mean, shown

Table = Literal["contacts", "visits", "cases", "agents", "presence", "window"]
Unit = Literal["share", "duration", "count", "number", "money"]
"""share: 0 to 1; duration: seconds; count: how many per replication; money: in the scenario's currency;
number: any other plain number."""
Need = Literal["prices", "csat", "nps", "ces"]
"""What a scenario may leave out, and some measures are reckoned from."""
Better = Literal["higher", "lower", "neither"]
Argument = float | str

PER_REPLICATION = "per_replication"
CLOCK = "clock"
DAYS = "days"

TIME_DIMENSIONS = ("day", "weekday", "hour", "interval")
"""When: of arrival for contacts and their visits, of the first arrival for cases, of the moment itself for
`agents`, `presence` and `window`. `hour` and `interval` are those of the day, pooled over days."""

ATTEMPTS = ("1", "2", "3", "4", "5+")
"""The names of the dimension `attempt`: a contact's place in its case."""

CONTACT_DIMENSIONS = ("channel", "segment", "reason", "attempt", *TIME_DIMENSIONS)
DIMENSIONS: Mapping[Table, tuple[str, ...]] = MappingProxyType(
    {
        "contacts": CONTACT_DIMENSIONS,
        "visits": ("step", "team", *CONTACT_DIMENSIONS),
        "cases": ("channel", "segment", "reason", *TIME_DIMENSIONS),  # channel: of the first contact
        "agents": ("team", *TIME_DIMENSIONS),
        "presence": CONTACT_DIMENSIONS,
        "window": TIME_DIMENSIONS,
    }
)

INTEGRATED: tuple[Table, ...] = ("agents", "presence", "window")
"""Tables whose rows are stretches of time, which count with what of them lies in the window."""


SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "GKM": "Gans, Koole, Mandelbaum, “Telephone call centers: tutorial, review, and research prospects”, "
        "Manufacturing & Service Operations Management 5(2), 2003",
        "JKR": "Jouini, Koole, Roubos, “Performance indicators for call centers with impatience”, IIE "
        "Transactions 45(3), 2013: the service-level definitions in use",
        "BL": "Buist, L'Ecuyer, “A Java library for simulating contact centers”, Winter Simulation "
        "Conference 2005",
        "C": "Cleveland, “Call Center Management on Fast Forward”: the trade's use of the words",
        "Little": "Little, “A proof for the queuing formula L = λW”, Operations Research 9(3), 1961",
        "HF": "Hyndman, Fan, “Sample quantiles in statistical packages”, The American Statistician 50(4), "
        "1996: definition 1, the inverse of the distribution function",
        "Horngren": "Horngren, Datar, Rajan, “Cost Accounting: A Managerial Emphasis”, 15th ed. 2014: cost "
        "objects and unit costs",
        "Reichheld": "Reichheld, “The one number you need to grow”, Harvard Business Review 81(12), 2003: "
        "promoters less detractors; that they are reckoned from satisfaction is our own",
        "DFT": "Dixon, Freeman, Toman, “Stop trying to delight your customers”, Harvard Business Review "
        "88(7/8), 2010: effort, on a scale from 1 to 5",
        "DH": "Davis, Heineke, “How disconfirmation, perception and actual waiting times impact customer "
        "satisfaction”, International Journal of Service Industry Management 9(1), 1998: felt against "
        "expected waits",
        "own": "defined here, because the trade's word has no agreed definition",
    }
)
"""What the keys in `Measure.source` stand for."""


@dataclass(frozen=True)
class Terms:
    """Who counts (`where`) and what each row adds above and below the line, as expressions."""

    where: str
    numerator: str
    denominator: str = "1"


@dataclass(frozen=True)
class Quantile:
    """Who counts (`where`), the value of each row, and which rows are still open: their value is their age.

    The quantile at the measure's parameter `share`, p, is the least value v among the rows that are not open
    at which (rows not open with a value of at most v) / (rows not open, and open rows older than v) reaches
    p. It is not known where there is no such value.
    """

    where: str
    value: str
    open: str


@dataclass(frozen=True)
class Combined:
    """Measures by name: their numerators added up, over the numerator of another (None: per replication).

    All are without arguments, and are cut and filtered alike: so only by time, which every table has.
    """

    above: tuple[str, ...]
    below: str | None = None


@dataclass(frozen=True)
class Parameter:
    """One argument of a measure.

    kind "duration" is held as seconds, "share" as a fraction, "choice" as one of `choices`, "calendar" as a
    calendar's name. `default` None: must be given, unless `optional`, which then leaves the argument out.
    """

    name: str
    kind: Literal["duration", "share", "choice", "calendar"]
    default: Argument | None = None
    optional: bool = False
    choices: tuple[str, ...] = ()

    @property
    def is_positional(self) -> bool:
        """Whether its value is written without its name, in the first place."""
        return self.kind in ("duration", "share")

    def text(self, value: Argument) -> str:
        """A value as it is written in a request."""
        if isinstance(value, str):
            return _quoted(value)
        return f"{value * 100:.12g}%" if self.kind == "share" else f"{value:.15g}s"


@dataclass(frozen=True)
class Measure:
    """One measure.

    title           what a report calls it; {parameter} stands for an argument's value
    table           of a combined measure, that of its denominator
    terms           the ratio, the quantile, or what it is combined of
    alternatives    other terms, under "parameter=value" or, for an optional one that is given, "parameter"
    source          keys of `SOURCES` in brackets: "[GKM] [C]"
    standing        terms that count contacts open at the end as they stand, where that can differ
    needs_run_out   a duration parameter that `run_out` must reach, else there is no data
    needs           what the scenario must say for it, which it may leave out
    scale           the least and the greatest value, where the unit does not say so
    """

    name: str
    title: str
    table: Table
    unit: Unit
    better: Better
    terms: Terms | Quantile | Combined
    definition: str
    source: str
    parameters: tuple[Parameter, ...] = ()
    standing: Terms | None = None
    alternatives: Mapping[str, Terms] = field(default_factory=dict)
    needs_run_out: str = ""
    needs: Need | None = None
    scale: tuple[float, float] | None = None

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What the measure can be cut by and filtered on."""
        return TIME_DIMENSIONS if isinstance(self.terms, Combined) else DIMENSIONS[self.table]

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The least and the greatest value a measure can take, where there are such: a share is in [0, 1]."""
        return (0.0, 1.0) if self.unit == "share" else self.scale

    def terms_for(self, arguments: Mapping[str, Argument]) -> Terms | Quantile | Combined:
        """The terms that these arguments choose; contacts open at the end left out."""
        for name, value in arguments.items():
            chosen = self.alternatives.get(f"{name}={value}") or self.alternatives.get(name)
            if chosen:
                return chosen
        return self.terms

    def standing_for(self, arguments: Mapping[str, Argument]) -> Terms | None:
        """The terms with contacts open at the end as they stand; None where they cannot differ."""
        return self.standing if self.terms_for(arguments) is self.terms else None


@dataclass(frozen=True)
class Request:
    """A measure with its arguments, on some rows, cut by some dimensions: what SLAs, commands, API ask for.

    arguments: (parameter, value) in the order of the catalogue, defaults filled in; durations in seconds.
    filters: (dimension, name), in alphabetical order; by: dimensions, in the order of the cells.
    """

    measure: str
    arguments: tuple[tuple[str, Argument], ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    by: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As `sim.scenario.sla.parse_request` reads it."""
        measure = MEASURES[self.measure]
        known = {p.name: p for p in measure.parameters}
        given = [
            f"{name}={known[name].text(value)}"
            for name, value in self.arguments
            if known[name].default != value
        ]
        if given and measure.parameters[0].is_positional:
            given[0] = given[0].removeprefix(f"{measure.parameters[0].name}=")
        text = self.measure + (f"({', '.join(given)})" if given else "")
        if self.filters:
            text += " for " + ", ".join(f"{dimension}={_quoted(name)}" for dimension, name in self.filters)
        return text + (" by " + ", ".join(self.by) if self.by else "")


def request(
    measure: str,
    *,
    arguments: Mapping[str, Argument] | None = None,
    filters: Mapping[str, str] | None = None,
    by: tuple[str, ...] = (),
) -> Request:
    """A Request in canonical form, so that equal questions are equal keys.

    Raises ValueError for an unknown measure, argument, choice or dimension, or a missing argument. Names of
    channels, teams and so on are not known here; `sim.scenario.sla.unknown_names` checks them.
    """
    definition = lookup(measure)
    filled = fill_arguments(definition, arguments or {})
    for dimension in (*(filters or {}), *by):
        if dimension not in definition.dimensions:
            meant = did_you_mean(dimension, definition.dimensions)
            raise ValueError(f"{measure} has no dimension {shown(dimension)}: {meant}{_of_parts(definition)}")
    return Request(measure, filled, tuple(sorted((filters or {}).items())), tuple(by))


def _of_parts(measure: Measure) -> str:
    """Of a combined measure, what its parts can be cut by beside time; "" of others."""
    if not isinstance(measure.terms, Combined):
        return ""
    cut = [
        f"{part} by {', '.join(d for d in MEASURES[part].dimensions if d not in TIME_DIMENSIONS)}"
        for part in measure.terms.above
        if set(MEASURES[part].dimensions) > set(TIME_DIMENSIONS)
    ]
    return f"; of its parts there are {', '.join(cut)}"


def lookup(name: str) -> Measure:
    """The measure of that name; ValueError with the nearest name when there is none."""
    if name not in MEASURES:
        short = re.fullmatch(r"(.+)\.(?:p([0-9.]+)|median)", name)
        if short and f"{short[1]}.quantile" in MEASURES:
            meant = f"write {short[1]}.quantile({short[2] or '50'}%)"
        else:
            meant = did_you_mean(name, MEASURES)
        raise ValueError(f"there is no measure {shown(name)}: {meant}")
    return MEASURES[name]


def fill_arguments(measure: Measure, given: Mapping[str, Argument]) -> tuple[tuple[str, Argument], ...]:
    """Arguments in catalogue order with defaults; ValueError for unknown, missing or impossible ones."""
    known = {p.name: p for p in measure.parameters}
    for name in given:
        if name not in known:
            takes = did_you_mean(name, known) if known else "it takes none"
            raise ValueError(f"{measure.name} has no argument {shown(name)}: {takes}")
    filled: list[tuple[str, Argument]] = []
    for name, parameter in known.items():
        value = given.get(name, parameter.default)
        if value is None:
            if parameter.optional:
                continue
            example = {"duration": "60s", "share": "90%"}.get(parameter.kind, "…")
            raise ValueError(f"{measure.name} needs its {name}: write {measure.name}({example})")
        if parameter.kind == "duration":
            value = _duration(measure, name, value)
        elif parameter.kind == "share":
            value = _share(measure, name, value)
        elif parameter.kind == "choice" and value not in parameter.choices:
            raise ValueError(
                f"{measure.name} has no {name} {shown(value)}: {did_you_mean(str(value), parameter.choices)}"
            )
        filled.append((name, value))
    return tuple(filled)


def _duration(measure: Measure, name: str, value: Argument) -> float:
    if isinstance(value, str) or not 0 <= value < float("inf"):
        raise ValueError(
            f"{measure.name}: {name} is {shown(value)}, not a number of seconds (allowed: 0 or more)"
        )
    return float(value)


def _share(measure: Measure, name: str, value: Argument) -> float:
    if isinstance(value, str) or not 0 < value < 1:
        raise ValueError(
            f"{measure.name}: {name} is {shown(value)} "
            "(allowed: a fraction above 0 and below 1; as text above 0% and below 100%)"
        )
    return float(value)


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w.+-]+", name) else f'"{name}"'


_SHARE = Parameter("share", "share")
_TARGET = Parameter("target", "duration")
_LIMIT = Parameter("limit", "duration")
_CALENDAR = Parameter("calendar", "calendar", optional=True)

# Offered contacts whose verdict against the target is known: all but those still waiting and younger.
_JUDGED = "counted & offered & ~(waiting & (wait <= target))"
_COSTS = ("cost.people", "cost.bots", "cost.contacts", "cost.running")
_BOT_SETTLED = "counted & bot_served & ~in_bot"

_ALL = (
    # How many
    Measure(
        "contacts",
        "contacts",
        "contacts",
        "count",
        "neither",
        Terms("counted", "1", PER_REPLICATION),
        "Contacts that arrive inside the window, retries and recontacts included, per replication.",
        "[GKM]",
    ),
    Measure(
        "offered",
        "contacts offered to people",
        "contacts",
        "count",
        "neither",
        Terms("counted & offered", "1", PER_REPLICATION),
        "Contacts that joined a queue for people, per replication; those contained by a bot, or that gave up "
        "in it, are outside.",
        "[GKM] [C]",
    ),
    Measure(
        "answered",
        "contacts answered by people",
        "contacts",
        "count",
        "neither",
        Terms("counted & answered", "1", PER_REPLICATION),
        "Contacts on which a person started to work, per replication.",
        "[GKM] [C]",
    ),
    Measure(
        "abandoned",
        "contacts abandoned",
        "contacts",
        "count",
        "lower",
        Terms("counted & abandoned", "1", PER_REPLICATION),
        "Offered contacts whose patience ended before a person answered, per replication.",
        "[GKM] [C]",
    ),
    Measure(
        "cases",
        "cases",
        "cases",
        "count",
        "neither",
        Terms("counted", "1", PER_REPLICATION),
        "Cases whose first contact arrives inside the window, per replication.",
        "[own]",
    ),
    Measure(
        "solved",
        "cases solved, number",
        "cases",
        "count",
        "higher",
        Terms("counted & resolved", "1", PER_REPLICATION),
        "Cases truly resolved by the end of the run-out whose first contact arrives inside the window, per "
        "replication.",
        "[own]",
    ),
    # How long customers wait
    Measure(
        "service_level",
        "answered within {target}",
        "contacts",
        "share",
        "higher",
        Terms(_JUDGED, "answered & (wait <= target)"),
        "Contacts answered within the target (wait at most the target) / contacts offered; `answered`: / "
        "contacts answered; `offered_excluding_short_abandons`: / contacts offered less those abandoned "
        "within `short`; `met_or_left_early`: those abandoned within the target are above the line too.",
        "[JKR]",
        parameters=(
            _TARGET,
            Parameter(
                "definition",
                "choice",
                "offered",
                choices=("offered", "answered", "offered_excluding_short_abandons", "met_or_left_early"),
            ),
            Parameter("short", "duration", 5.0),
            _CALENDAR,
        ),
        alternatives={
            "definition=answered": Terms("counted & answered", "wait <= target"),
            "definition=offered_excluding_short_abandons": Terms(
                f"{_JUDGED} & ~(abandoned & (wait <= short))", "answered & (wait <= target)"
            ),
            "definition=met_or_left_early": Terms(_JUDGED, "(answered | abandoned) & (wait <= target)"),
        },
    ),
    Measure(
        "wait.mean",
        "wait, mean",
        "contacts",
        "duration",
        "lower",
        Terms("counted & offered & ~waiting", "wait"),
        "Time in queues for people before the first answer, or until the customer left, summed over contacts "
        "offered / contacts offered.",
        "[GKM] [JKR]",
        parameters=(_CALENDAR,),
        standing=Terms("counted & offered", "wait"),
    ),
    Measure(
        "wait.quantile",
        "wait, {share} quantile",
        "contacts",
        "duration",
        "lower",
        Quantile("counted & offered", "wait", "waiting"),
        "The least wait w at which (contacts offered that waited at most w, answered or not / contacts "
        "offered) reaches the share; a contact still waiting at the end counts once older than w.",
        "[HF]",
        parameters=(_SHARE, _CALENDAR),
    ),
    Measure(
        "wait.share_over",
        "waiting longer than {limit}",
        "contacts",
        "share",
        "lower",
        Terms("counted & offered & ~(waiting & (wait <= limit))", "wait > limit"),
        "Contacts offered that waited longer than the limit, answered or not / contacts offered.",
        "[JKR]",
        parameters=(_LIMIT, _CALENDAR),
    ),
    Measure(
        "asa",
        "speed of answer, mean (ASA)",
        "contacts",
        "duration",
        "lower",
        Terms("counted & answered", "wait"),
        "Time in queues for people before the first answer, summed over contacts answered / contacts "
        "answered.",
        "[GKM] [C]",
        parameters=(_CALENDAR,),
        standing=Terms("counted & (answered | waiting)", "wait"),
    ),
    Measure(
        "abandonment",
        "abandoned",
        "contacts",
        "share",
        "lower",
        Terms("counted & offered & ~waiting", "abandoned"),
        "Contacts abandoned before the first answer / contacts offered.",
        "[GKM] [JKR]",
        standing=Terms("counted & offered", "abandoned"),
    ),
    Measure(
        "left_waiting",
        "left while waiting, any queue",
        "contacts",
        "share",
        "lower",
        Terms("counted & ~open", "left_waiting"),
        "Contacts whose patience ended in a queue, be it for a bot session, for the first answer or for a "
        "later step / contacts.",
        "[own]",
        standing=Terms("counted", "left_waiting"),
    ),
    Measure(
        "queue_wait.mean",
        "wait per queue, mean",
        "visits",
        "duration",
        "lower",
        Terms("counted & human & ~queueing", "queue_wait"),
        "Time in the queue of a work step, answered there or not, summed over visits / visits; a contact "
        "passed on to a second queue counts in each.",
        "[BL]",
        parameters=(_CALENDAR,),
        standing=Terms("counted & human", "queue_wait"),
    ),
    Measure(
        "first_response.mean",
        "first response, mean",
        "contacts",
        "duration",
        "lower",
        Terms("counted & responded", "first_response"),
        "Arrival to the first start of human work, or to the end of the bot step that contained the contact, "
        "summed over contacts that had a response / such contacts.",
        "[own]",
        parameters=(_CALENDAR,),
        standing=Terms("counted & (responded | awaiting_response)", "first_response"),
    ),
    Measure(
        "first_response.quantile",
        "first response, {share} quantile",
        "contacts",
        "duration",
        "lower",
        Quantile("counted & (responded | awaiting_response)", "first_response", "awaiting_response"),
        "The least time t at which (contacts whose first response came within t of arrival / contacts that "
        "had one) reaches the share; a contact still without one at the end counts once older than t.",
        "[HF]",
        parameters=(_SHARE, _CALENDAR),
    ),
    Measure(
        "first_response.within",
        "first response within {target}",
        "contacts",
        "share",
        "higher",
        Terms(
            "counted & ~(awaiting_response & (first_response <= target))",
            "responded & (first_response <= target)",
        ),
        "Contacts that had their first response within the target / all contacts.",
        "[own]",
        parameters=(_TARGET, _CALENDAR),
    ),
    Measure(
        "first_response.unanswered",
        "without any response",
        "contacts",
        "share",
        "lower",
        Terms("counted & ~awaiting_response", "~responded"),
        "Contacts that ended without a response from a person or a containing bot / all contacts.",
        "[own]",
        standing=Terms("counted", "~responded"),
    ),
    Measure(
        "human_response.mean",
        "human response, mean",
        "contacts",
        "duration",
        "lower",
        Terms("counted & answered", "human_response"),
        "Arrival to the first start of human work, time in the bot included, summed over contacts answered / "
        "contacts answered.",
        "[own]",
        parameters=(_CALENDAR,),
        standing=Terms("counted & (answered | waiting)", "human_response"),
    ),
    Measure(
        "human_response.quantile",
        "human response, {share} quantile",
        "contacts",
        "duration",
        "lower",
        Quantile("counted & (answered | waiting)", "human_response", "waiting"),
        "The least time t at which (contacts that a person answered within t of arrival / contacts "
        "answered) reaches the share; a contact still waiting at the end counts once older than t.",
        "[HF]",
        parameters=(_SHARE, _CALENDAR),
    ),
    Measure(
        "human_response.within",
        "human response within {target}",
        "contacts",
        "share",
        "higher",
        Terms(
            "counted & sought_person & ~(waiting & (human_response <= target))",
            "answered & (human_response <= target)",
        ),
        "Contacts answered by a person within the target from arrival / contacts that sought a person "
        "(joined a queue for people, or gave up in the bot on the way to one).",
        "[own]",
        parameters=(_TARGET, _CALENDAR),
    ),
    Measure(
        "human_response.unanswered",
        "never reached a person",
        "contacts",
        "share",
        "lower",
        Terms("counted & sought_person & ~waiting", "~answered"),
        "Contacts that ended without an answer from a person / contacts that sought one (joined a queue for "
        "people, or gave up in the bot on the way to one).",
        "[own]",
        standing=Terms("counted & sought_person", "~answered"),
    ),
    # What bots do
    Measure(
        "containment",
        "contained by the bot",
        "contacts",
        "share",
        "neither",
        Terms(_BOT_SETTLED, "contained"),
        "Contacts that ended in the bot as solved, truly or not, without a person / contacts that the bot "
        "served; to be read with its two parts.",
        "[own]",
        standing=Terms("counted & bot_served", "contained"),
    ),
    Measure(
        "true_containment",
        "truly solved by the bot",
        "contacts",
        "share",
        "higher",
        Terms(_BOT_SETTLED, "truly_contained"),
        "Contacts that the bot truly resolved / contacts that the bot served.",
        "[own]",
        standing=Terms("counted & bot_served", "truly_contained"),
    ),
    Measure(
        "false_containment",
        "only said to be solved by the bot",
        "contacts",
        "share",
        "lower",
        Terms(_BOT_SETTLED, "falsely_contained"),
        "Contacts that the bot closed as solved though they were not / contacts that the bot served.",
        "[own]",
        standing=Terms("counted & bot_served", "falsely_contained"),
    ),
    Measure(
        "handoff",
        "handed over by the bot",
        "contacts",
        "share",
        "neither",
        Terms(_BOT_SETTLED, "handed_off"),
        "Contacts that the bot handed over / contacts that the bot served; those who declined the bot were "
        "not served by it.",
        "[own]",
        standing=Terms("counted & bot_served", "handed_off"),
    ),
    Measure(
        "bot_use",
        "bot used by those who meet it",
        "contacts",
        "share",
        "neither",
        Terms("counted & bot_met", "bot_served"),
        "Contacts that let a bot try / contacts that came to one; others decline it, or wait for a session.",
        "[own]",
    ),
    Measure(
        "balking",
        "balked",
        "contacts",
        "share",
        "lower",
        Terms("counted", "balked"),
        "Contacts that would not join so long a queue / contacts; they are not offered, and shown beside it.",
        "[own]",
    ),
    Measure(
        "blocking",
        "blocked",
        "contacts",
        "share",
        "lower",
        Terms("counted", "blocked"),
        "Contacts that found no line free / contacts; they are not offered, and shown beside it.",
        "[own]",
    ),
    Measure(
        "gave_up_in_bot",
        "gave up in the bot",
        "contacts",
        "share",
        "lower",
        Terms(_BOT_SETTLED, "gave_up"),
        "Contacts that left the bot while trying to reach a person / contacts that the bot served.",
        "[own]",
        standing=Terms("counted & bot_served", "gave_up"),
    ),
    Measure(
        "automation",
        "handled without a person",
        "contacts",
        "share",
        "neither",
        Terms("counted & ~unsettled", "automated"),
        "Contacts that went through their journey to its end without joining a queue for people, solved or "
        "not / all contacts; those who abandoned or gave up were not handled.",
        "[own]",
        standing=Terms("counted", "automated"),
    ),
    # What people do
    Measure(
        "handle_time.mean",
        "handle time, mean (AHT)",
        "visits",
        "duration",
        "lower",
        Terms("counted & handled & ~in_service", "handle_time"),
        "Work plus wrap-up, summed over visits to work steps that an agent served / such visits; a contact "
        "passed on counts once per step, as an agent or team sees it.",
        "[C]",
        standing=Terms("counted & handled", "handle_time"),
    ),
    Measure(
        "handle_time.quantile",
        "handle time, {share} quantile",
        "visits",
        "duration",
        "lower",
        Quantile("counted & handled", "handle_time", "in_service"),
        "The least time t at which (visits to work steps whose work plus wrap-up took at most t / visits "
        "that an agent served) reaches the share; one still in service at the end counts once longer than t.",
        "[HF]",
        parameters=(_SHARE,),
    ),
    Measure(
        "occupancy",
        "occupancy",
        "agents",
        "share",
        "neither",
        Terms("available", "busy", "1"),
        "Agent time in work and wrap-up / agent time in work, wrap-up and idle (breaks and absence excluded, "
        "overtime included).",
        "[C]",
    ),
    Measure(
        "utilisation",
        "utilisation",
        "agents",
        "share",
        "neither",
        Terms("paid", "busy", "1"),
        "Agent time in work and wrap-up / paid agent time: the shift with its breaks, or missed and "
        "paid, and overtime.",
        "[C]",
    ),
    Measure(
        "overtime",
        "overtime per day",
        "agents",
        "duration",
        "lower",
        Terms("overtime", "1", DAYS),
        "Agent time past the end of the shift, summed over agents / calendar days of the window.",
        "[own]",
    ),
    Measure(
        "backlog",
        "backlog, mean",
        "presence",
        "number",
        "lower",
        Terms("present", "1", CLOCK),
        "Contacts that have arrived and not ended, averaged over the time of the window.",
        "[Little]",
    ),
    # Whether the need is met
    Measure(
        "resolution",
        "cases solved",
        "cases",
        "share",
        "higher",
        Terms("counted & ~open", "resolved"),
        "Cases truly resolved, at any contact / cases.",
        "[own]",
        standing=Terms("counted", "resolved"),
    ),
    Measure(
        "fcr",
        "cases solved first time",
        "cases",
        "share",
        "higher",
        Terms("counted & ~first_answer_pending", "resolved_first"),
        "Cases truly resolved at their first answered contact (a bot that contained it included) / cases, "
        "the never-answered included; `window`: as measured without knowing the truth, cases with an "
        "answered contact and no further contact within the window from its arrival / cases.",
        "[C]",
        parameters=(Parameter("window", "duration", optional=True),),
        standing=Terms("counted", "resolved_first"),
        alternatives={
            "window": Terms(
                "counted & (first_answered | ~open) & ~(repeat_unknown & (repeat_after <= window))",
                "first_answered & (repeat_after > window)",
            )
        },
        needs_run_out="window",
    ),
    Measure(
        "contacts_per_case",
        "contacts per case",
        "cases",
        "number",
        "neither",
        Terms("counted & ~open", "contacts"),
        "Contacts of a case up to the end of the run-out, summed over cases / cases.",
        "[own]",
        standing=Terms("counted", "contacts"),
    ),
    Measure(
        "time_to_resolution.mean",
        "time to resolution, mean",
        "cases",
        "duration",
        "lower",
        Terms("counted & resolved", "time_to_resolution"),
        "First arrival of the case to the end of the contact that truly resolved it, summed over cases "
        "resolved / cases resolved.",
        "[own]",
        parameters=(_CALENDAR,),
        standing=Terms("counted & (resolved | open)", "time_to_resolution"),
    ),
    Measure(
        "time_to_resolution.quantile",
        "time to resolution, {share} quantile",
        "cases",
        "duration",
        "lower",
        Quantile("counted & (resolved | open)", "time_to_resolution", "~resolved"),
        "The least time t at which (cases truly resolved within t of their first arrival / cases resolved) "
        "reaches the share; a case still open at the end counts once older than t.",
        "[HF]",
        parameters=(_SHARE, _CALENDAR),
    ),
    # What it costs
    Measure(
        "cost",
        "cost",
        "window",
        "money",
        "lower",
        Combined(_COSTS),
        "People, bots, contacts and running costs over the window (cost.people, cost.bots, cost.contacts and "
        "cost.running), added up, per replication.",
        "[Horngren]",
        needs="prices",
    ),
    Measure(
        "cost.people",
        "cost of people",
        "agents",
        "money",
        "lower",
        Terms("paid", "pay", PER_REPLICATION),
        "Paid agent time inside the window (the shift with its breaks, and overtime) at the price of the "
        "agent's team, overtime at its own price, per replication.",
        "[Horngren]",
        needs="prices",
    ),
    Measure(
        "cost.bots",
        "cost of bots",
        "contacts",
        "money",
        "lower",
        Terms("counted", "session_fees", PER_REPLICATION),
        "Bot sessions of contacts that arrive inside the window at the bot's price, per replication; who "
        "declined the bot, or left before a session began, costs nothing.",
        "[Horngren]",
        needs="prices",
    ),
    Measure(
        "cost.contacts",
        "cost of contacts",
        "contacts",
        "money",
        "lower",
        Terms("counted", "contact_fee", PER_REPLICATION),
        "Contacts that arrive inside the window at the price of their channel, people and bots apart, per "
        "replication.",
        "[Horngren]",
        needs="prices",
    ),
    Measure(
        "cost.running",
        "running costs",
        "window",
        "money",
        "lower",
        Terms("all", "running", PER_REPLICATION),
        "What is paid all the time, for the length of the window, per replication; a year is 365 days.",
        "[Horngren]",
        needs="prices",
    ),
    Measure(
        "cost_per_contact",
        "cost per contact",
        "contacts",
        "money",
        "lower",
        Combined(_COSTS, "contacts"),
        "The cost / contacts that arrive inside the window, retries and recontacts included.",
        "[Horngren]",
        needs="prices",
    ),
    Measure(
        "cost_per_case",
        "cost per case",
        "cases",
        "money",
        "lower",
        Combined(_COSTS, "cases"),
        "The cost / cases whose first contact arrives inside the window.",
        "[Horngren]",
        needs="prices",
    ),
    Measure(
        "cost_per_solved_case",
        "cost per solved case",
        "cases",
        "money",
        "lower",
        Combined(_COSTS, "solved"),
        "The cost / cases truly resolved by the end of the run-out whose first contact arrives inside the "
        "window; one that is still open then is not solved, so a short run-out makes it dear.",
        "[Horngren]",
        needs="prices",
    ),
    # What customers think of it
    Measure(
        "csat",
        "satisfaction (CSAT)",
        "contacts",
        "share",
        "higher",
        Terms("counted & ~open", "csat"),
        "Satisfaction expected of each contact by the scenario's `experience.csat`, summed over contacts / "
        "contacts; as they stand, those still open are unresolved.",
        "[DH] [own]",
        standing=Terms("counted", "csat"),
        needs="csat",
    ),
    Measure(
        "nps",
        "recommendation (NPS)",
        "contacts",
        "number",
        "higher",
        Terms("counted & ~open", "nps"),
        "Promoters less detractors, times 100, by the satisfaction expected of each contact and the "
        "thresholds of the scenario's `experience.nps` / contacts; from -100 to 100.",
        "[Reichheld]",
        standing=Terms("counted", "nps"),
        needs="nps",
        scale=(-100.0, 100.0),
    ),
    Measure(
        "ces",
        "effort (CES)",
        "contacts",
        "number",
        "lower",
        Terms("counted & ~open", "ces"),
        "Effort of each contact by the scenario's `experience.ces`, from 1 (none) to 5, summed over contacts "
        "/ contacts.",
        "[DFT] [own]",
        standing=Terms("counted", "ces"),
        needs="ces",
        scale=(1.0, 5.0),
    ),
)

MEASURES: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _ALL})
"""Every measure by name, in the order of reports."""
