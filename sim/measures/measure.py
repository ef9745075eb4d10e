"""The one grouped sum that serves every measure and every cut.

`tally` evaluates the terms of a measure (`sim.catalogue.Terms`) over the rows of its table and adds them up
by cell. Contact, visit and case tables are summed over rows; `agents` and `presence` are integrated over the
window: each row counts with the time it spends in each cell.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import catalogue
from sim.catalogue import CLOCK, DAYS, PER_REPLICATION, TIME_DIMENSIONS, Measure, Request, Terms
from sim.measures.cuts import Codes, cells, code_of, labels, time_codes, time_edges
from sim.measures.tables import Bools, Floats, Tables, grouped_sum
from sim.units import DAY

TICK = 1e-6
"""Durations are compared to the microsecond: a wait of exactly the target, told apart only by the rounding of
clock times, is within it."""

_INTEGRATED = ("agents", "presence")


def tally(tables: Tables, request: Request, *, standing: bool = False) -> Floats:
    """Numerator and denominator of a measure in each cell of one replication: float64 [cells, 2].

    Cells are those of `sim.measures.cuts.cells`. A denominator of 0 means that nobody counted: no data.
    standing: count contacts open at the end as they stand, where the measure leaves them out otherwise
    (the second bound); the same as without it where the measure has no such terms.
    Raises ValueError for a filter on a name that the scenario does not have.
    """
    measure = catalogue.lookup(request.measure)
    arguments = dict(request.arguments)
    terms = measure.terms_for(arguments)
    if standing:
        terms = measure.standing_for(arguments) or terms
    needed = arguments.get(measure.needs_run_out, 0.0)
    if not isinstance(needed, str) and tables.plan.run_out < needed:
        return np.zeros((len(cells(tables.plan, request)), 2))
    columns = _Columns(tables, measure, request)
    if measure.table in _INTEGRATED:
        return _integrate(columns, terms)
    return _add_up(columns, terms)


def has_bounds(request: Request) -> bool:
    """Whether contacts open at the end make two bounds of this measure, so that both are to be shown."""
    return catalogue.lookup(request.measure).standing_for(dict(request.arguments)) is not None


class _Columns:
    """The columns of a request's table: expressions over them, and which rows and cells are asked for."""

    def __init__(self, tables: Tables, measure: Measure, request: Request) -> None:
        self.tables, self.table, self.request = tables, measure.table, request
        self.plan = tables.plan
        self.arguments = dict(request.arguments)
        self.calendar = str(self.arguments.get("calendar", ""))
        self.rows = tables.rows(measure.table)

    def named(self, name: str) -> Any:
        if name in self.arguments:
            return self.arguments[name]
        return self.tables.column(self.table, name, self.calendar)

    def value(self, expression: str) -> Floats:
        """An expression's value in each row."""
        return np.broadcast_to(evaluate(expression, self.named), self.rows).astype(np.float64)

    def mask(self, expression: str) -> Bools:
        return np.broadcast_to(evaluate(expression, self.named), self.rows).astype(bool)

    def codes(self, dimension: str) -> Codes:
        if dimension in TIME_DIMENSIONS:
            return time_codes(self.plan, dimension, self.tables.column(self.table, "moment"))
        return self.tables.column(self.table, dimension).astype(np.int64)

    def filtered(self, dimensions: Callable[[str], bool] = lambda _: True) -> Bools:
        """Rows that pass the filters on the dimensions asked for."""
        keep = np.ones(self.rows, dtype=bool)
        for dimension, name in self.request.filters:
            if dimensions(dimension):
                keep &= self.codes(dimension) == code_of(self.plan, dimension, name)
        return keep

    def sizes(self, dimensions: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(len(labels(self.plan, dimension)) for dimension in dimensions)


def _add_up(columns: _Columns, terms: Terms) -> Floats:
    by = columns.request.by
    sizes = columns.sizes(by)
    counted = columns.mask(terms.where) & columns.filtered()
    cell = np.zeros(columns.rows, dtype=np.int64)
    for dimension, size in zip(by, sizes, strict=True):
        code = columns.codes(dimension)
        counted &= (code >= 0) & (code < size)  # rows that have no such thing (no agent, no reason)
        cell = cell * size + code
    count = int(np.prod(sizes, dtype=np.int64))

    def summed(expression: str) -> Floats:
        return grouped_sum(cell[counted], columns.value(expression)[counted], count)

    if terms.denominator == PER_REPLICATION:
        return np.column_stack([summed(terms.numerator), np.ones(count)])
    return np.column_stack([summed(terms.numerator), summed(terms.denominator)])


def _integrate(columns: _Columns, terms: Terms) -> Floats:
    request, plan = columns.request, columns.plan
    asked = (*request.by, *(dimension for dimension, _ in request.filters))
    edges = time_edges(plan, asked)
    middle = (edges[1:] + edges[:-1]) / 2
    piece_kept = np.ones(len(middle), dtype=bool)
    for dimension, name in request.filters:
        if dimension in TIME_DIMENSIONS:
            piece_kept &= time_codes(plan, dimension, middle) == code_of(plan, dimension, name)

    # A group is a cell of the dimensions that rows have; a piece of the window has those of time.
    of_rows = tuple(dimension for dimension in request.by if dimension not in TIME_DIMENSIONS)
    group_sizes = columns.sizes(of_rows)
    groups = int(np.prod(group_sizes, dtype=np.int64))
    kept = columns.mask(terms.where) & columns.filtered(lambda dimension: dimension not in TIME_DIMENSIONS)
    group = np.zeros(columns.rows, dtype=np.int64)
    for dimension, size in zip(of_rows, group_sizes, strict=True):
        code = columns.codes(dimension)
        kept &= (code >= 0) & (code < size)
        group = group * size + code

    group_codes = dict(zip(of_rows, np.unravel_index(np.arange(groups), group_sizes), strict=True))
    cell = np.zeros((groups, len(middle)), dtype=np.int64)
    for dimension, size in zip(request.by, columns.sizes(request.by), strict=True):
        if dimension in group_codes:
            cell = cell * size + group_codes[dimension][:, np.newaxis]
        else:
            cell = cell * size + time_codes(plan, dimension, middle)
    count = len(cells(plan, request))
    span = columns.tables.span(columns.table)

    def summed(pieces: Floats) -> Floats:
        weights = np.broadcast_to(pieces, cell.shape)[:, piece_kept]
        return grouped_sum(cell[:, piece_kept].ravel(), weights.ravel(), count)

    def integral(expression: str) -> Floats:
        weight = columns.value(expression)[kept]
        return summed(time_in_pieces(span.start[kept], span.end[kept], weight, group[kept], groups, edges))

    if terms.denominator == CLOCK:
        below = summed(np.diff(edges))
    elif terms.denominator == DAYS:
        touched = np.stack(np.broadcast_arrays(cell, np.floor(middle / DAY).astype(np.int64)))
        pairs = np.unique(touched[:, :, piece_kept].reshape(2, -1), axis=1)
        below = np.bincount(pairs[0], minlength=count).astype(np.float64)
    else:
        below = integral(terms.denominator)
    return np.column_stack([integral(terms.numerator), below])


def time_in_pieces(
    start: Floats, end: Floats, weight: Floats, group: Codes, groups: int, edges: Floats
) -> Floats:
    """Weighted time that the stretches [start, end) spend in each piece between edges, by group.

    start, end, weight, group: one entry per stretch; edges: [pieces + 1], ascending; time outside the edges
    is not counted. Returns float64 [groups, pieces]. Work and memory grow with stretches plus pieces: what
    lies between a stretch's first and last piece is added at its two ends and carried along.
    """
    pieces = len(edges) - 1
    start, end = np.maximum(start, edges[0]), np.minimum(end, edges[-1])
    inside = end > start
    start, end, weight, group = start[inside], end[inside], weight[inside], group[inside]
    first = np.searchsorted(edges, start, side="right") - 1
    last = np.searchsorted(edges, end, side="left") - 1
    whole = first == last

    def added(which: Bools | slice, piece: Codes, amount: Floats) -> Floats:
        at = group[which] * pieces + piece[which]
        return grouped_sum(at, amount[which], groups * pieces).reshape(groups, pieces)

    time = added(whole, first, weight * (end - start))
    time += added(~whole, first, weight * (edges[first + 1] - start))
    time += added(~whole, last, weight * (end - edges[last]))
    between = added(~whole, np.minimum(first + 1, pieces - 1), weight) - added(~whole, last, weight)
    return time + np.cumsum(between, axis=1) * np.diff(edges)


@lru_cache(maxsize=256)
def _parsed(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body


def evaluate(expression: str, named: Callable[[str], Any]) -> NDArray[Any]:
    """Value of an expression of the catalogue's language; `named` gives columns and parameters.

    Raises ValueError for anything outside that language.
    """
    return np.asarray(_evaluate(_parsed(expression), named))


def _evaluate(node: ast.expr, named: Callable[[str], Any]) -> Any:
    match node:
        case ast.Name(id=name):
            return named(name)
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.Invert(), operand=inner):
            return ~_evaluate(inner, named)
        case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
            return _evaluate(left, named) & _evaluate(right, named)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _evaluate(left, named) | _evaluate(right, named)
        case ast.Compare(left=left, ops=[ast.LtE()], comparators=[right]):
            return _evaluate(left, named) <= _evaluate(right, named) + TICK
        case ast.Compare(left=left, ops=[ast.Gt()], comparators=[right]):
            return _evaluate(left, named) > _evaluate(right, named) + TICK
    raise ValueError(f"outside the language of the catalogue: {ast.unparse(node)}")
