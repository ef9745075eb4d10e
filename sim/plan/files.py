"""The files that a scenario names (recorded arrivals, forecasts, rotas), and all that is wrong with them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sim import units
from sim.errors import Fault, ScenarioError, dotted
from sim.plan import forecast as forecasts
from sim.plan import rota as rotas
from sim.plan import trace as traces
from sim.plan.demand import open_hours
from sim.plan.sheets import file_path
from sim.scenario import Scenario
from sim.scenario.by import names_of
from sim.scenario.checks import MOST_CONTACTS


@dataclass
class Files:
    """What the files hold, by the name of the channel or team; those without a file are left out."""

    traces: dict[str, list[traces.Arrival]] = field(default_factory=dict)
    forecasts: dict[str, forecasts.Grid] = field(default_factory=dict)
    rotas: dict[str, list[list[rotas.Span]]] = field(default_factory=dict)


def read_files(scenario: Scenario) -> Files:
    """Read every file of a scenario.

    Raises:
        ScenarioError: a file cannot be used; it holds what is wrong with all of them.
    """
    spec, files = scenario.spec, Files()
    start, span = spec.time.start, (-spec.time.warm_up, spec.time.horizon + spec.time.run_out)
    names = names_of(spec)
    reasons, segments = (
        {name: index for index, name in enumerate(names[kind])} for kind in ("reason", "segment")
    )
    faults: list[Fault] = []
    for name, channel in spec.channels.items():
        here = ("channels", name, "arrivals")
        if trace := channel.arrivals.trace:
            with _collecting(faults, scenario, (*here, "trace", "file")):
                path = file_path(trace.file, scenario.folder, traces.HOLDS)
                files.traces[name] = traces.read_trace(trace, path, start, span, reasons, segments)
        if forecast := channel.arrivals.forecast:
            with _collecting(faults, scenario, (*here, "forecast", "file")):
                path = file_path(forecast.file, scenario.folder, forecasts.HOLDS)
                calendar = spec.calendars[channel.arrivals.calendar] if channel.arrivals.calendar else None
                hours = {date: open_hours(calendar, date) for date in _dates(start, span)}
                files.forecasts[name] = forecasts.read_forecast(forecast, path, hours)
                _check_size(files.forecasts)
    for name, team in spec.teams.items():
        if rota := team.rota:
            with _collecting(faults, scenario, ("teams", name, "rota", "file")):
                path = file_path(rota.file, scenario.folder, rotas.HOLDS)
                files.rotas[name] = rotas.read_rota(rota, name, path, start, span, spec.teams)
    if faults:
        raise ScenarioError(faults)
    return files


@contextmanager
def _collecting(faults: list[Fault], scenario: Scenario, path: tuple[str, ...]) -> Iterator[None]:
    """Collect what is wrong with a file, at its key where the file has no place for it."""
    try:
        yield
    except ScenarioError as error:
        here = scenario.document.place(path)
        faults += [f if f.place else replace(f, place=here, path=dotted(path)) for f in error.faults]


def _dates(start: datetime.date, span: tuple[float, float]) -> Iterator[datetime.date]:
    """Every date that is simulated in part or whole."""
    for day in range(math.floor(span[0] / units.DAY), math.ceil(span[1] / units.DAY)):
        yield start + datetime.timedelta(days=day)


def _check_size(grids: dict[str, forecasts.Grid]) -> None:
    total = sum(cases for grid in grids.values() for pieces in grid.values() for _, _, cases in pieces)
    if total > MOST_CONTACTS:
        message = f"one replication would have about {total:,.0f} contacts (allowed: {MOST_CONTACTS:,})"
        raise ScenarioError(Fault(message, remedy="expect less, or simulate fewer days"))
