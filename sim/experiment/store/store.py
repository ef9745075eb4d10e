"""The store that a run loads from and saves to: a folder with a manifest, and files for each replication."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.catalogue import Request
from sim.errors import ExitCode, Fault, StoreError, shown
from sim.experiment.replicate import Replication
from sim.experiment.store import tally_file
from sim.experiment.store.contents import (
    MANIFEST,
    TALLIES,
    cannot_read,
    manifest_in,
    no_store,
    tally_path,
)
from sim.experiment.store.inputs import Inputs
from sim.experiment.store.log_files import TABLES, is_whole, read_log, write_log
from sim.experiment.store.measure_files import cannot_write
from sim.experiment.store.tally_file import About, NotWholeError
from sim.experiment.store.whole import is_unfinished, tidy, write_bytes
from sim.plan import Plan

Plans = Sequence[tuple[Plan, Sequence[Request]]]
Notice = Callable[[str], None]


@dataclass(frozen=True)
class Store:
    """Results of replications in a folder.

    Two processes may write the same store: whichever file comes last, it is of the same bytes.

    folder: where; inputs: what the results are of; plans: the Plan of each row with what is measured;
    notice: told of each replication that is found damaged; first_row: what a run calls row 0.
    """

    folder: Path
    inputs: Inputs
    plans: tuple[tuple[Plan, tuple[Request, ...]], ...]
    notice: Notice
    first_row: int = 0

    @classmethod
    def open(cls, folder: Path, plans: Plans, *, logs: bool, notice: Notice) -> Store:
        """Make the folder and its manifest, or check that what is there is of the same inputs.

        Raises:
            StoreError: it is of other inputs, not a store, damaged (and is left alone), or cannot be written.
        """
        wanted = tuple((plan, tuple(dict.fromkeys(requests))) for plan, requests in plans)
        store = cls(folder, Inputs.of(wanted, logs=logs), wanted, notice)
        try:
            store._open()
        except OSError as error:
            raise cannot_write(folder, error) from error
        return store

    def from_row(self, row: int) -> Store:
        """The same store for a run that has only the plans from `row` on."""
        return replace(self, first_row=self.first_row + row)

    @property
    def keeps_logs(self) -> bool:
        """Whether logs are kept beside the tallies."""
        return self.inputs.logs

    def load(self, row: int, replication: int, *, log: bool = False) -> Replication | None:
        """A replication of the plan at `row`, with its log if asked; None where it is not there.

        One that is there but not whole is told to `notice`, and also None.

        Raises:
            StoreError: it cannot be read.
        """
        study = self.first_row + row
        path = tally_path(self.folder, study, replication)
        plan, requests = self.plans[study]
        try:
            data = path.read_bytes()
            about = tally_file.about_of(data)
            if (about.inputs, about.study, about.replication) != (self.inputs.digest, study, replication):
                raise NotWholeError("of another replication")
            if self.keeps_logs and not is_whole(self.folder, study, replication, about.logs):
                raise NotWholeError("without its log, or with a damaged one")
        except FileNotFoundError:
            return None
        except NotWholeError as error:
            self.notice(
                f"{path}: {error}; replication {replication} of "
                f"{self.inputs.studies[study].label} is simulated again"
            )
            return None
        except OSError as error:
            raise cannot_read(self.folder, error) from error
        found = tally_file.unpacked(data, requests)
        return replace(found, log=read_log(self.folder, study, plan, replication)) if log else found

    def holds(self, row: int, replication: int) -> bool:
        """Whether there is a file of a replication of the plan at `row`; it is not looked into."""
        return tally_path(self.folder, self.first_row + row, replication).exists()

    def save(self, row: int, result: Replication) -> None:
        """Keep a replication of the plan at `row`, whole or not at all; its log where logs are kept.

        Raises:
            StoreError: it cannot be written.
            ValueError: logs are kept, and this one is missing.
        """
        study = self.first_row + row
        plan, requests = self.plans[study]
        logs = {}
        if self.keeps_logs:
            if result.log is None:
                raise ValueError("this store keeps logs, and the result comes without one")
            logs = write_log(self.folder, study, plan, result.log)
        about = About(self.inputs.digest, study, result.replication, result.contacts, logs)
        try:
            write_bytes(
                tally_path(self.folder, study, result.replication),
                tally_file.packed(about, requests, result),
            )
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def _open(self) -> None:
        folder = self.folder
        if folder.exists() and not folder.is_dir():
            fault = Fault(f"{shown(str(folder))} is a file, not a folder", remedy="name another folder")
            raise StoreError(fault, ExitCode.INVALID)
        kept = manifest_in(folder)
        if kept is None and self._is_new():
            folder.mkdir(parents=True, exist_ok=True)
            write_bytes(folder / MANIFEST, self.inputs.to_text().encode())
            kept = self.inputs
        # The same command may just have begun on another process.
        kept = kept or manifest_in(folder)
        if kept is None:
            raise no_store(folder, "name a new or an empty folder")
        if kept != self.inputs:
            differences = "; ".join(kept.differences(self.inputs))
            raise StoreError(
                Fault(
                    f"the store {shown(str(folder))} is of other inputs: {differences}",
                    remedy="name another folder, or delete this one; nothing in it was changed",
                )
            )
        for part in ("", TALLIES, *(TABLES if self.keeps_logs else ())):
            (folder / part).mkdir(exist_ok=True)
            tidy(folder / part)

    def _is_new(self) -> bool:
        return not self.folder.exists() or all(is_unfinished(path) for path in self.folder.iterdir())
