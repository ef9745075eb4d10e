"""Draws the README's picture, docs/images/after_sales.svg: `python docs/make_pictures.py` (half a minute)."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

import sim
from sim.reporting.plots import COLOURS

ROOT = Path(__file__).parents[1]
MEASURE = "first_response.mean for channel=phone by interval"
TARGET_S = 60
TITLE = "After-sales desk: first response on the phone, by half-hour of the day"
SHOWN = (
    (None, "today: 35 people on a weekday", COLOURS[3], "-", (8.6, 152)),
    ("upgrade", "upgrade: bots in front, 25 people", COLOURS[0], "--", (8.6, 22)),
)
"""Variant, what it is called, its colour and line, and where (hour, seconds) its name is written."""


def draw() -> None:
    """Today's phone line beside the upgrade's, by half-hour of the day."""
    # Text stays text, and the same numbers give the same file.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "sim", "font.family": "sans-serif"})
    base = sim.load(ROOT / "scenarios" / "after_sales.yaml")
    figure, ax = plt.subplots(figsize=(8, 4), layout="constrained")
    for variant, label, colour, dashes, place in SHOWN:
        scenario = base if variant is None else base.variant(variant)
        _line(ax, sim.run(scenario).measures(MEASURE), colour, dashes)
        ax.text(*place, label, color=colour)
    ax.axhline(TARGET_S, color="0.35", linewidth=1, linestyle=":")
    ax.text(14.25, TARGET_S + 3, "target: 60 s", color="0.35", ha="center")
    ax.set_title(TITLE, loc="left", fontsize=12)
    ax.set(xlabel="hour of the day", ylabel="mean first response (s)", xlim=(8, 20), xticks=range(8, 21))
    ax.set_ylim(bottom=0)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", alpha=0.3)
    runs = base.spec.run
    weeks = f"{runs.confidence:.0%} intervals over {runs.replications} simulated weeks"
    note = f"Bands: {weeks}. The same callers in both."
    figure.supxlabel(note, fontsize=9, color="0.35", x=0.01, ha="left")
    figure.savefig(ROOT / "docs" / "images" / "after_sales.svg", metadata={"Date": None})


def _line(ax: Axes, rows: pd.DataFrame, colour: str, dashes: str) -> None:
    """One step line with its band, to the end of the last interval."""
    rows = rows.dropna(subset=["value"])
    hours = [int(clock[:2]) + int(clock[3:]) / 60 for clock in rows["interval"]]
    hours.append(2 * hours[-1] - hours[-2])
    value, low, high = ([*rows[name], rows[name].iloc[-1]] for name in ("value", "low", "high"))
    ax.step(hours, value, where="post", color=colour, linewidth=2, linestyle=dashes)
    ax.fill_between(hours, low, high, step="post", color=colour, alpha=0.2, linewidth=0)


if __name__ == "__main__":
    draw()
