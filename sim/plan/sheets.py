"""Tables that planners keep in files, CSV or a sheet of an Excel workbook, read as rows of texts.

Every reader of such files (`trace`, `forecast`, `rota`) gets the same care from here: what cannot be read is
told with its file and line, all bad rows are told up to a number, and the heading is checked first.
"""

from __future__ import annotations

import csv
import datetime
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from sim.errors import Fault, Place, ScenarioError, did_you_mean, shown
from sim.scenario import Scenario

MOST_FAULTS = 10
"""So many bad rows are shown; the rest are counted."""

EXCEL = (".xlsx", ".xlsm")


def file_path(file: str, folder: Path, what: str) -> Path:
    """Where a file lies: `$NAME` stands for an environment variable, other paths are beside the scenario.

    what: what the file holds, "the log to replay".

    Raises:
        ScenarioError: the variable is not set.
    """
    if file.startswith("$"):
        variable = file[1:]
        if not os.environ.get(variable):
            raise ScenarioError(
                Fault(
                    f"the environment variable {shown(variable)}, which names {what}, is not set",
                    remedy=f"set it to the path of the file: export {variable}=/path/to/file.csv",
                )
            )
        return Path(os.environ[variable])
    return folder / file


def unset_variable(scenario: Scenario) -> str:
    """The environment variable that a file of the scenario needs and that is not set; "" for none."""
    arrivals = [channel.arrivals for channel in scenario.spec.channels.values()]
    files = [given.file for each in arrivals for given in (each.trace, each.forecast) if given]
    files += [team.rota.file for team in scenario.spec.teams.values() if team.rota]
    return next((file[1:] for file in files if file.startswith("$") and not os.environ.get(file[1:])), "")


class Sheet:
    """A table as it is read: its heading, its rows, and all that is wrong with them."""

    def __init__(self, path: Path, lines: Iterator[tuple[int, list[str]]]) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self._lines = lines
        line, cells = next(lines, (1, []))
        self.heading = Place(str(path), line, 1)
        self.columns = tuple(cells)
        if not any(self.columns):
            raise ScenarioError(
                Fault("the file is empty", self.heading, remedy="begin it with the names of its columns")
            )
        if len(self.columns) == 1 and (other := next((s for s in ";\t|" if s in self.columns[0]), "")):
            message = f"the columns are divided by {shown(other)} (allowed: commas)"
            raise ScenarioError(Fault(message, self.heading, remedy="save the file as CSV with commas"))

    def place(self, line: int) -> Place:
        """A line of the file, in a workbook a row."""
        return Place(str(self.path), line, 1)

    def needs(self, columns: Iterable[str]) -> None:
        """Raise ScenarioError where one of these columns is missing or is there twice."""
        wanted = dict.fromkeys(columns)
        faults = [
            Fault(
                f"the file has no column {shown(column)}",
                self.heading,
                remedy=did_you_mean(column, self.columns),
            )
            for column in wanted
            if column not in self.columns
        ]
        faults += [
            Fault(f"the file has two columns {shown(column)}", self.heading, remedy="rename one of the two")
            for column in wanted
            if self.columns.count(column) > 1
        ]
        if faults:
            raise ScenarioError(faults)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line and cells of each row below the heading; rows of another length are noted as wrong."""
        while True:
            try:
                line, cells = next(self._lines)
            except StopIteration:
                return
            except ScenarioError as error:  # it cannot be read any further
                self.faults += error.faults
                return
            if len(cells) == len(self.columns):
                yield line, cells
            else:
                self.wrong(line, f"this row does not have the {len(self.columns)} columns of the heading")

    def wrong(self, line: int, message: str, remedy: str = "") -> None:
        """Note what is wrong with a row."""
        self.faults.append(Fault(message, self.place(line), remedy=remedy))

    def check(self) -> None:
        """Raise ScenarioError with all that was noted, cut to what a reader can take in."""
        faults = list(ScenarioError(self.faults).faults) if self.faults else []
        if len(faults) > MOST_FAULTS:
            more = Fault(
                f"this row and {len(faults) - MOST_FAULTS - 1} more are bad too", faults[MOST_FAULTS].place
            )
            faults[MOST_FAULTS:] = [more]
        if faults:
            raise ScenarioError(faults)


@contextmanager
def opened(path: Path, what: str, sheet: str | None = None) -> Iterator[Sheet]:
    """The table of a file, to be read while it is open; at the end what was noted is raised.

    what: what the file holds; sheet: the name of a sheet of a workbook, the first one without it.

    Raises:
        ScenarioError: the file cannot be read, or rows are wrong.
    """
    is_excel = path.suffix.lower() in EXCEL
    try:
        if not path.is_file():
            message = (
                f"{shown(str(path))} is a folder, not {what}"
                if path.is_dir()
                else f"there is no file {shown(str(path))}: {what} cannot be read"
            )
            raise ScenarioError(Fault(message, remedy="check the path"))
        if sheet is not None and not is_excel:
            message = f"{shown(str(path))} is no workbook, so it has no sheet {shown(sheet)}"
            raise ScenarioError(Fault(message, remedy="leave `sheet` out"))
        if is_excel:
            yield from _checked(Sheet(path, _lines_of_workbook(path, sheet)))
        else:
            with path.open(newline="", encoding="utf-8-sig") as file:
                yield from _checked(Sheet(path, _lines_of_csv(file, path)))
    except UnicodeDecodeError as error:
        raise ScenarioError(
            Fault(
                f"{shown(str(path))} is not UTF-8 text: it holds the byte 0x{error.object[error.start]:02x}",
                remedy='save the file as CSV with the encoding "UTF-8"',
            )
        ) from None
    except OSError as error:
        raise ScenarioError(Fault(f"{shown(str(path))} cannot be read: {error.strerror}")) from None


def _checked(sheet: Sheet) -> Iterator[Sheet]:
    yield sheet
    sheet.check()


def _lines_of_csv(file: Iterable[str], path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells; lines with nothing on them are left out."""
    reader = csv.reader(file, strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        place = Place(str(path), max(1, reader.line_num), 1)
        raise ScenarioError(
            Fault(f"from here on this is not CSV: {error}", place, remedy="check the quotes")
        ) from None


def _lines_of_workbook(path: Path, sheet: str | None) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells, as wide as the heading; rows with nothing in them are left out."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise ScenarioError(
            Fault(
                f"{shown(str(path))} is an Excel workbook, and openpyxl, which reads them, is not installed",
                remedy="pip install 'sim[excel]', or save the sheet as CSV",
            )
        ) from None
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError):
        raise ScenarioError(
            Fault(f"{shown(str(path))} is no Excel workbook", remedy="save it as .xlsx, or as CSV")
        ) from None
    try:
        if sheet is not None and sheet not in workbook.sheetnames:
            message = f"the workbook {shown(str(path))} has no sheet {shown(sheet)}"
            raise ScenarioError(Fault(message, remedy=did_you_mean(sheet, workbook.sheetnames)))
        rows = workbook[sheet or workbook.sheetnames[0]].iter_rows(values_only=True)
        width = 0
        for number, values in enumerate(rows, start=1):
            cells = [_text(value) for value in values]
            if any(cells):
                width = width or max(place for place, cell in enumerate(cells, start=1) if cell)
                while len(cells) > width and not cells[-1]:
                    cells.pop()
                yield number, cells + [""] * (width - len(cells))
    finally:
        workbook.close()


def _text(value: Any) -> str:
    """A cell of a workbook as it would stand in a CSV file."""
    match value:
        case None:
            return ""
        case datetime.datetime():
            is_date = value.time() == datetime.time()
            return value.date().isoformat() if is_date else value.isoformat(sep=" ", timespec="seconds")
        case datetime.time():
            return value.isoformat(timespec="minutes" if value.second == 0 else "seconds")
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
