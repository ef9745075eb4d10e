"""A rota: a file of who works when."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from sim.scenario.values import Model


class Rota(Model):
    """Shifts from a CSV file or an Excel workbook, one row a shift of one person.

    A shift that ends before it starts ends on the next day. People are told apart by their names.
    """

    file: str
    """The file, beside the scenario; $NAME stands for an environment variable."""
    sheet: str | None = None
    """The sheet of a workbook; without it, the first."""
    date: str = "date"
    """The column of dates, such as 2026-03-02."""
    agent: str = "agent"
    """The column of people's names."""
    start: str = "start"
    """The column of clock times at which shifts start, such as 08:00."""
    end: str = "end"
    """The column of clock times at which they end."""
    team: str | None = None
    """The column of teams, where the file has several; without it, everybody is of this team."""
    names: dict[str, str] = {}
    """What the file's teams are called in the scenario: {Service desk: frontline}."""

    @model_validator(mode="before")
    @classmethod
    def _plain_file(cls, data: Any) -> Any:
        return {"file": data} if isinstance(data, str) else data
