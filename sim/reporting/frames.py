"""Measures as pandas DataFrames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sim import catalogue
from sim.analysis.results import Row, Study

if TYPE_CHECKING:
    import pandas as pd


LAST = ("unit", "value", "low", "high", "level", "replications")
"""Columns that come after those of the cut."""


def measures_frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Tidy: one row a cell, with measure, unit, the cut's columns, value, low, high, level, replications."""
    return _tidy([_record(row) for row in rows])


def studies_frame(studies: Sequence[Study]) -> pd.DataFrame:
    """The same for all that was measured in several studies, with scenario and variant before it."""
    return _tidy(
        [
            {
                "scenario": study.runs.plan.names.scenario,
                "variant": study.scenario.label,
                **_record(row),
            }
            for study in studies
            for row in study.rows(study.runs.tallies)
        ]
    )


def _record(row: Row) -> dict[str, Any]:
    return {
        "measure": str(row.request).split(" by ")[0],
        **dict(zip(row.request.by, row.labels, strict=True)),
        "unit": catalogue.lookup(row.request.measure).unit,
        "value": row.estimate.value,
        "low": row.estimate.low,
        "high": row.estimate.high,
        "level": row.estimate.level,
        "replications": row.estimate.replications,
    }


def _tidy(records: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame.from_records(records)
    return frame[[*(column for column in frame.columns if column not in LAST), *LAST]]
