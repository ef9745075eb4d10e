"""Pictures of a run. Every plot takes `ax=` and returns the Axes it drew on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim import catalogue
from sim.catalogue import request
from sim.log import Log
from sim.measures.cuts import labels
from sim.measures.tables import Tables
from sim.reporting import words
from sim.scenario.sla import parse_request

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.analysis.results import Study
    from sim.reporting.run_result import RunResult

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000")
"""Okabe and Ito's palette, told apart by colour-blind readers."""


class Plots:
    """The plots of one run."""

    def __init__(self, result: RunResult) -> None:
        self._study = result.study

    def wait_distribution(self, by: str = "channel", *, ax: Axes | None = None) -> Axes:
        """Share of offered contacts that wait longer than t, one line for each name of `by`.

        Waits are those before the first answer or before abandoning, over all replications.
        """
        ax = ax or _new_axes()
        runs = self._study.runs
        waits, codes = (
            np.concatenate(parts)
            for parts in zip(*(_offered_waits(log, self._study, by) for log in runs.logs), strict=True)
        )
        names = labels(runs.plan, by)
        scale = words.scale_for("duration", float(np.quantile(waits, 0.99)) if len(waits) else 0.0)
        for code, name in enumerate(names):
            mine = np.sort(waits[codes == code]) / scale.size
            if len(mine):
                above = 1 - np.arange(1, len(mine) + 1) / len(mine)
                ax.step(
                    mine,
                    100 * above,
                    where="post",
                    color=COLOURS[code % len(COLOURS)],
                    label=f"{name} (n = {len(mine):,})",
                )
        ax.set(xlabel=f"wait t ({scale.symbol})", ylabel="waiting longer than t (%)", ylim=(0, 100))
        ax.set_xlim(left=0)
        return _finished(ax)

    def by_interval(self, measure: str = "wait.mean", by: str = "channel", *, ax: Axes | None = None) -> Axes:
        """A measure over the intervals of the day with its interval, one line for each name of `by`."""
        ax = ax or _new_axes()
        asked = parse_request(measure)
        cut = request(
            asked.measure,
            arguments=dict(asked.arguments),
            filters=dict(asked.filters),
            by=(by, "interval"),
        )
        rows = self._study.rows([cut])
        unit = catalogue.lookup(cut.measure).unit
        scale = words.scale_for(unit, *(row.estimate.value for row in rows))
        hours = {label: number for number, label in enumerate(labels(self._study.runs.plan, "interval"))}
        for code, name in enumerate(labels(self._study.runs.plan, by)):
            mine = [row for row in rows if row.labels[0] == name]
            x = np.array([hours[row.labels[1]] for row in mine]) * self._study.runs.plan.interval / 3600
            value, low, high = (
                np.array([getattr(row.estimate, key) for row in mine]) / scale.size
                for key in ("value", "low", "high")
            )
            colour = COLOURS[code % len(COLOURS)]
            ax.step(x, value, where="post", color=colour, label=name)
            ax.fill_between(x, low, high, step="post", color=colour, alpha=0.2, linewidth=0)
        symbol = f" ({scale.symbol})" if scale.symbol else ""
        ax.set(xlabel="hour of the day", ylabel=words.title(cut) + symbol, xticks=range(0, 25, 2))
        ax.set_title(f"{self._study.runs.replications} replications", loc="right", fontsize="small")
        return _finished(ax)


def _offered_waits(log: Log, study: Study, by: str) -> tuple[np.ndarray, np.ndarray]:
    tables = Tables(log, study.runs.plan)
    offered = tables.column("contacts", "counted") & tables.column("contacts", "offered")
    return tables.column("contacts", "wait")[offered], tables.column("contacts", by)[offered]


def _new_axes() -> Axes:
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(7, 4), layout="constrained")[1]


def _finished(ax: Axes) -> Axes:
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.3)
    ax.legend(frameon=False)
    return ax
