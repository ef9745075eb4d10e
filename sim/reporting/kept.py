"""What a store says at the end: the command's own record as JSON, and every measure in a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.analysis.results import Check, Comparison, Study
from sim.analysis.results import check as judge
from sim.experiment.store import write_measures
from sim.reporting import records
from sim.reporting.frames import studies_frame


def keep_run(folder: Path, studies: Sequence[Study]) -> None:
    """Of `sim run`. Raises StoreError where it cannot be written, as do the other two."""
    _keep(folder, studies, [records.run_record(study) for study in studies])


def keep_comparison(folder: Path, found: Comparison) -> None:
    """Of `sim compare`."""
    checks = [judge(study) for study in found.studies]
    _keep(folder, found.studies, records.compare_record(found, checks))


def keep_checks(folder: Path, checks: Sequence[Check]) -> None:
    """Of `sim check`."""
    _keep(folder, [each.study for each in checks], [records.check_record(each) for each in checks])


def _keep(folder: Path, studies: Sequence[Study], record: records.Record | list[records.Record]) -> None:
    table = studies_frame(studies).to_csv(index=False, lineterminator="\n")
    write_measures(folder, csv=table, json=records.to_json(record) + "\n")
