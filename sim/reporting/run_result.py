"""The result of `sim.run`, as a researcher handles it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from sim.analysis.results import Study
from sim.catalogue import Request, request
from sim.errors import ScenarioError
from sim.measures import log_frames
from sim.reporting import frames, headline
from sim.reporting.plots import Plots
from sim.scenario.measurable import obstacles
from sim.scenario.sla import parse_request

if TYPE_CHECKING:
    import pandas as pd


class RunResult:
    """Replications of a scenario: tables of what happened, measures with intervals, plots.

    Attributes:
        study: scenario and replications, for further analysis.
        plot: plots, each taking `ax=` and returning Axes.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.plot = Plots(self)

    @property
    def contacts(self) -> pd.DataFrame:
        """One row a contact of any replication; times in seconds from `time.start`."""
        return log_frames.contacts_frame(self.study.runs.plan, self.study.runs.logs)

    @property
    def steps(self) -> pd.DataFrame:
        """One row a step visit; times in seconds from `time.start`."""
        return log_frames.steps_frame(self.study.runs.plan, self.study.runs.logs)

    @property
    def agents(self) -> pd.DataFrame:
        """One row a stretch of an agent's time in one state."""
        return log_frames.agents_frame(self.study.runs.plan, self.study.runs.logs)

    def measures(self, *wanted: str, by: str | tuple[str, ...] = ()) -> pd.DataFrame:
        """Measures with intervals, tidy.

        Args:
            wanted: measures as SLAs write them, such as "service_level(60s) for channel=phone by hour";
                none: those of `sim run`.
            by: cut all of them by these dimensions as well ("channel", "team", "day", "interval", …).

        Returns:
            One row a cell: measure, the cut's columns, unit, value, low, high, level, replications; durations
            in seconds, shares as fractions, NaN for no data.

        Raises:
            ScenarioError: a text is not a measure, or the scenario does not have what it is about or is
                reckoned from.
            ValueError: a measure cannot be cut that way.
        """
        cuts = (by,) if isinstance(by, str) else by
        if wanted:
            requests = [self._cut(parse_request(text), cuts) for text in wanted]
        else:
            requests = [self._cut(each, cuts) for each in headline.overall_requests(self.study.scenario)]
        faults = [fault for each in requests for fault in obstacles(each, self.study.scenario.spec)]
        if faults:
            raise ScenarioError(faults)
        return frames.measures_frame(self.study.rows(requests))

    def summary(self) -> pd.DataFrame:
        """The measures that `sim run` prints."""
        return frames.measures_frame(
            self.study.rows(dict.fromkeys(headline.run_requests(self.study.scenario)))
        )

    @staticmethod
    def _cut(wanted: Request, by: tuple[str, ...]) -> Request:
        return request(
            wanted.measure,
            arguments=dict(wanted.arguments),
            filters=dict(wanted.filters),
            by=(*wanted.by, *(each for each in by if each not in wanted.by)),
        )

    def _repr_html_(self) -> str:
        runs = self.study.runs
        frame = self.summary().to_html(index=False, float_format="{:.4g}".format, na_rep="–")
        return (
            f"<p><b>{escape(runs.plan.names.scenario)}</b> · {escape(self.study.label)} · "
            f"{runs.replications} replications · seed {runs.plan.seed}</p>{frame}"
        )
