"""Prices in the Plan, for measures alone. What has none costs nothing: `sim.scenario.checks` finds gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.scenario.spec import Spec

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prices:
    """In the scenario's currency."""

    team_pay: Floats  # [team] per second of paid time
    team_overtime_pay: Floats  # [team] per second past the end of the shift
    bot_session: Floats  # [bot] per session
    channel_contact: Floats  # [channel] per contact
    running: float  # per second


def prices(spec: Spec) -> Prices:
    """The prices of a scenario."""
    teams, bots, channels = spec.teams.values(), spec.bots.values(), spec.channels.values()
    pay = [team.cost or 0.0 for team in teams]
    overtime = [team.cost or 0.0 if team.overtime_cost is None else team.overtime_cost for team in teams]
    return Prices(
        team_pay=np.array(pay, dtype=np.float64),
        team_overtime_pay=np.array(overtime, dtype=np.float64),
        bot_session=np.array([bot.cost or 0.0 for bot in bots], dtype=np.float64),
        channel_contact=np.array([channel.cost or 0.0 for channel in channels], dtype=np.float64),
        running=float(sum(spec.costs.running.values())),
    )
