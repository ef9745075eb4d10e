"""Which cells have planned arrivals: an "each interval" SLA is not judged where nobody is meant to come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim import catalogue
from sim.catalogue import Request
from sim.measures.cuts import cells, code_of, time_codes, time_edges
from sim.measures.measure import time_in_pieces
from sim.plan import Plan


def has_planned_arrivals(plan: Plan, request: Request) -> NDArray[np.bool_]:
    """Whether a first contact may arrive in each cell of a request that is cut by one time dimension.

    Cells of measures that integrate over time (people, presence, running costs) always count, as does the
    only cell of a request that is not cut. Shape [cells].
    """
    count = len(cells(plan, request))
    if not request.by or catalogue.lookup(request.measure).table in catalogue.INTEGRATED:
        return np.ones(count, dtype=bool)
    filters = dict(request.filters)
    asked = [code_of(plan, "channel", filters["channel"])] if "channel" in filters else None
    planned = np.zeros(count)
    edges = time_edges(plan, request.by)
    cell = time_codes(plan, request.by[0], (edges[1:] + edges[:-1]) / 2)
    for channel in range(len(plan.names.channels)) if asked is None else asked:
        pieces = slice(plan.piece_offset[channel, 0], plan.piece_offset[channel, -1])
        start, end = plan.piece_start[pieces], plan.piece_end[pieces]
        rate = plan.piece_volume[pieces] / (end - start)
        group = np.zeros(len(start), dtype=np.int64)
        np.add.at(planned, cell, time_in_pieces(start, end, rate, group, 1, edges)[0])
        recorded = plan.trace_time[plan.trace_offset[channel] : plan.trace_offset[channel + 1]]
        recorded = recorded[(recorded >= 0) & (recorded < plan.horizon)]
        np.add.at(planned, time_codes(plan, request.by[0], recorded), 1.0)
    return planned > 0
