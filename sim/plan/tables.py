"""Building the Plan's tables: by-values become lookups into rows of distributions, shares and routes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.plan.plan import DIMENSIONS, NONE, End
from sim.randomness import Family
from sim.scenario.by import dimensions_of, pick, points, shares_of_routes
from sim.scenario.values import Distribution

ENDS = {"resolved": End.RESOLVED, "unresolved": End.UNRESOLVED, "falsely_resolved": End.FALSELY_RESOLVED}


@dataclass
class Tables:
    """Grows the rows and remembers where each value's rows begin."""

    names: Mapping[str, tuple[str, ...]]
    base: list[int] = field(default_factory=list)
    stride: list[list[int]] = field(default_factory=list)
    families: list[int] = field(default_factory=list)
    params: list[tuple[float, float, float, float]] = field(default_factory=list)
    quantiles: list[float] = field(default_factory=list)
    knots_at: dict[tuple[tuple[float, ...], tuple[float, ...]], int] = field(default_factory=dict)
    shares: list[float] = field(default_factory=list)
    route_start: list[int] = field(default_factory=lambda: [0])
    route_cumulative: list[float] = field(default_factory=list)
    route_target: list[int] = field(default_factory=list)

    def _lookup(self, value: Any, rows: int, add_row: Callable[[Any], None]) -> int:
        """A lookup whose rows begin at `rows`: one for each point of the dimensions `value` depends on."""
        strides = [0] * len(DIMENSIONS)
        step = 1
        for dimension in reversed(dimensions_of(value)):
            strides[DIMENSIONS.index(dimension)] = step
            step *= len(self.names[dimension])
        for point in points(value, self.names):
            add_row(pick(value, point))
        self.base.append(rows)
        self.stride.append(strides)
        return len(self.base) - 1

    def share(self, value: Any) -> int:
        """Lookup of a share."""
        return self._lookup(value, len(self.shares), self.shares.append)

    def distribution(self, value: Any) -> int:
        """Lookup of a distribution; NONE where the scenario gives none."""
        if value is None:
            return NONE
        return self._lookup(value, len(self.families), self._add_distribution)

    def _add_distribution(self, distribution: Distribution) -> None:
        family, params = self._parameters(distribution)
        self.families.append(int(family))
        p0, p1, p2, p3 = (*params, 0.0, 0.0, 0.0, 0.0)[:4]
        self.params.append((p0, p1, p2, p3))

    def _parameters(self, distribution: Distribution) -> tuple[Family, tuple[float, ...]]:
        """From a planner's mean and cv to the parameters that the samplers take."""
        d = distribution
        if d.uniform is not None:
            return Family.UNIFORM, (d.uniform.min, d.uniform.max)
        if d.triangular is not None:
            return Family.TRIANGULAR, (d.triangular.min, d.triangular.mode, d.triangular.max)
        if d.exponential is not None:
            return Family.EXPONENTIAL, (d.exponential.mean,)
        if d.gamma is not None:
            shape = d.gamma.cv**-2
            return Family.GAMMA, (shape, d.gamma.mean / shape)
        if d.lognormal is not None:
            variance = math.log1p(d.lognormal.cv**2)
            return Family.LOGNORMAL, (math.log(d.lognormal.mean) - variance / 2, math.sqrt(variance))
        if d.weibull is not None:
            scale = d.weibull.mean / math.gamma(1 + 1 / d.weibull.shape)
            return Family.WEIBULL, (scale, d.weibull.shape)
        if d.empirical is not None:
            probabilities, values = zip(*d.empirical.points(), strict=True)
            return self._knots(probabilities, values)
        if d.scipy is not None:
            table = d.scipy.table()
            return self._knots(table.probabilities, table.values)
        return Family.CONSTANT, (d.constant or 0.0,)

    def _knots(
        self, probabilities: tuple[float, ...], values: tuple[float, ...]
    ) -> tuple[Family, tuple[float, ...]]:
        """A quantile table; one that was there before is used again."""
        offset = self.knots_at.setdefault((probabilities, values), len(self.quantiles))
        if offset == len(self.quantiles):
            self.quantiles += [*probabilities, *values]
        return Family.EMPIRICAL, (float(offset), float(len(values)))

    def route(self, value: Any, steps: Mapping[str, int]) -> int:
        """Lookup of a route; `steps` gives the index of each step of the journey."""
        if value is None:
            return NONE

        def add_row(routes: Any) -> None:
            cumulative = 0.0
            shares = {target: share for target, share in shares_of_routes(routes).items() if share > 0}
            for target, share in shares.items():
                cumulative += share
                self.route_cumulative.append(cumulative)
                self.route_target.append(int(ENDS[target]) if target in ENDS else steps[target])
            self.route_cumulative[-1] = 1.0
            self.route_start.append(len(self.route_target))

        return self._lookup(value, len(self.route_start) - 1, add_row)
