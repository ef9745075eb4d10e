"""The one grouped sum that serves every ratio and every cut, and the one grouping that serves every quantile.

`tally` evaluates the terms of a measure (`sim.catalogue.Terms`) over the rows of its table and adds them up
by cell. Contact, visit and case tables are summed over rows; those of `sim.catalogue.INTEGRATED` are
integrated over the window: each row counts with the time it spends in each cell. Of a quantile
(`sim.catalogue.Quantile`) the values themselves are kept, cell by cell. A combined measure is made of the
tallies of others.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import catalogue
from sim.catalogue import (
    CLOCK,
    DAYS,
    INTEGRATED,
    PER_REPLICATION,
    TIME_DIMENSIONS,
    Combined,
    Measure,
    Quantile,
    Request,
    Terms,
)
from sim.measures.cuts import Codes, cells, code_of, labels, time_codes, time_edges
from sim.measures.derived import Bools, Floats
from sim.measures.sample import Sample, Tally
from sim.measures.tables import Tables, grouped_sum
from sim.units import DAY

TICK = 1e-6
"""Durations are compared to the microsecond: a wait of exactly the target, told apart only by the rounding of
clock times, is within it."""

Filters = tuple[tuple[str, str], ...]


def tally(tables: Tables, request: Request, *, standing: bool = False) -> Tally:
    """A measure in each cell of one replication: numerator and denominator, float64 [cells, 2], or a Sample.

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
    if isinstance(terms, Combined):
        return _combine(tables, terms, request)
    columns = _Columns(tables, measure, request)
    if isinstance(terms, Quantile):
        return _collect(columns, terms, float(arguments["share"]))
    if measure.table in INTEGRATED:
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

    def value(self, expression: str, kept: Bools) -> NDArray[Any]:
        """An expression's value in each of the rows that are kept."""
        return np.broadcast_to(evaluate(expression, self.named), self.rows)[kept]

    def mask(self, expression: str) -> Bools:
        return np.broadcast_to(evaluate(expression, self.named), self.rows).astype(bool)

    def codes(self, dimension: str) -> NDArray[np.integer]:
        if dimension in TIME_DIMENSIONS:
            return time_codes(self.plan, dimension, self.tables.column(self.table, "moment"))
        return self.tables.column(self.table, dimension)

    def sizes(self, dimensions: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(len(labels(self.plan, dimension)) for dimension in dimensions)

    def kept(self, where: str, filters: Filters) -> Bools:
        """Rows that count and pass the filters."""
        keep = self.mask(where)
        for dimension, name in filters:
            keep = keep & (self.codes(dimension) == code_of(self.plan, dimension, name))
        return keep

    def grouped(self, dimensions: tuple[str, ...], keep: Bools) -> tuple[Bools, Codes]:
        """Which of the rows to keep have a place in all dimensions (an agent, a reason), and their cells."""
        codes = [self.codes(dimension) for dimension in dimensions]
        sizes = self.sizes(dimensions)
        for code, size in zip(codes, sizes, strict=True):
            keep = keep & (code >= 0) & (code < size)
        cell = np.zeros(np.count_nonzero(keep), dtype=np.int64)
        for code, size in zip(codes, sizes, strict=True):
            cell *= size
            cell += code[keep]
        return keep, cell


def _combine(tables: Tables, terms: Combined, request: Request) -> Floats:
    def numerator(name: str) -> Floats:
        found = tally(tables, replace(request, measure=name))
        assert not isinstance(found, Sample), f"{name} is no ratio"
        return found[:, 0]

    above = np.sum([numerator(name) for name in terms.above], axis=0)
    return np.column_stack([above, numerator(terms.below) if terms.below else np.ones(len(above))])


def _add_up(columns: _Columns, terms: Terms) -> Floats:
    count = len(cells(columns.plan, columns.request))
    kept = columns.kept(terms.where, columns.request.filters)
    counted, cell = columns.grouped(columns.request.by, kept)

    def summed(expression: str) -> Floats:
        if expression == "1":
            return np.bincount(cell, minlength=count).astype(np.float64)
        value = columns.value(expression, counted)
        if value.dtype == np.bool_:
            return np.bincount(cell[value], minlength=count).astype(np.float64)
        return grouped_sum(cell, value, count)

    above = summed(terms.numerator)
    below = np.ones(count) if terms.denominator == PER_REPLICATION else summed(terms.denominator)
    return np.column_stack([above, below])


def _collect(columns: _Columns, terms: Quantile, share: float) -> Sample:
    kept = columns.kept(terms.where, columns.request.filters)
    counted, cell = columns.grouped(columns.request.by, kept)
    value, is_open = columns.value(terms.value, counted).astype(np.float64), columns.mask(terms.open)[counted]
    return Sample.of(share, cell, value, is_open, len(cells(columns.plan, columns.request)))


def _integrate(columns: _Columns, terms: Terms) -> Floats:
    """Sums over groups (cells of the dimensions that rows have) and pieces of the window."""
    request, plan = columns.request, columns.plan
    of_rows = tuple(dimension for dimension in request.by if dimension not in TIME_DIMENSIONS)
    of_time = tuple(pair for pair in request.filters if pair[0] in TIME_DIMENSIONS)
    asked = (*request.by, *(dimension for dimension, _ in of_time))
    edges = time_edges(plan, (*asked, "day") if terms.denominator == DAYS else asked)
    middle = (edges[1:] + edges[:-1]) / 2
    kept_pieces = np.ones(len(middle), dtype=bool)
    for dimension, name in of_time:
        kept_pieces &= time_codes(plan, dimension, middle) == code_of(plan, dimension, name)

    of_others = tuple(pair for pair in request.filters if pair not in of_time)
    kept, group = columns.grouped(of_rows, columns.kept(terms.where, of_others))
    groups = math.prod(columns.sizes(of_rows))
    cell = _cell_of_pieces(columns, of_rows, groups, middle)[:, kept_pieces]
    count = len(cells(plan, request))
    span = columns.tables.span(columns.table)
    start, end = span.start[kept], span.end[kept]

    def summed(pieces: Floats) -> Floats:
        return grouped_sum(cell.ravel(), pieces[:, kept_pieces].ravel(), count)

    def integral(expression: str) -> Floats:
        weight = columns.value(expression, kept).astype(np.float64)
        return summed(time_in_pieces(start, end, weight, group, groups, edges))

    if terms.denominator == CLOCK:
        below = summed(np.tile(np.diff(edges), (groups, 1)))
    elif terms.denominator == DAYS:
        day = np.tile(np.floor(middle[kept_pieces] / DAY).astype(np.int64), groups)
        touched = np.unique(np.stack([cell.ravel(), day]), axis=1)
        below = grouped_sum(touched[0], np.ones(touched.shape[1]), count)
    elif terms.denominator == PER_REPLICATION:
        below = np.ones(count)
    else:
        below = integral(terms.denominator)
    return np.column_stack([integral(terms.numerator), below])


def _cell_of_pieces(columns: _Columns, of_rows: tuple[str, ...], groups: int, middle: Floats) -> Codes:
    """The cell of each group in each piece of the window: [groups, pieces]."""
    remaining = np.arange(groups)
    code_in_group: dict[str, Codes] = {}
    for dimension, size in zip(reversed(of_rows), reversed(columns.sizes(of_rows)), strict=True):
        remaining, code_in_group[dimension] = np.divmod(remaining, size)
    by = columns.request.by
    cell = np.zeros((groups, len(middle)), dtype=np.int64)
    for dimension, size in zip(by, columns.sizes(by), strict=True):
        if dimension in code_in_group:
            cell = cell * size + code_in_group[dimension][:, np.newaxis]
        else:
            cell = cell * size + time_codes(columns.plan, dimension, middle)
    return cell


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
    inside = (end > start) & (weight != 0)
    start, end, weight, group = start[inside], end[inside], weight[inside], group[inside]
    if pieces == 1:
        return grouped_sum(group, weight * (end - start), groups).reshape(groups, 1)
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
