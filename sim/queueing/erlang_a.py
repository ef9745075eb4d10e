"""Erlang A: customers wait until they are answered or their patience ends.

The measures are integrals over the wait V that a customer of endless patience would be offered. Its density
is v(x) ~ exp(E(x)), E(x) = lambda (1 - exp(-theta x)) / theta - n mu x (Mandelbaum and Zeltyn 2007), with
arrival rate lambda, agents n, and mu, theta the inverses of mean handle time and mean patience. E is concave.
It is written here about the place x0 of its top, which is 0 below full load and log(lambda / (n mu)) / theta
above: with u = x - x0, E(x) - E(x0) = -gap u - lean (exp(-theta u) - 1 + theta u). Both terms are at most
0 where x >= 0, so that nothing overflows, and as many points do for any agents, load and patience.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from sim.queueing.arguments import check_not_negative, check_positive, check_whole
from sim.queueing.erlang_b import inverse_blocking

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

_NEGLIGIBLE = 45.0
"""Depth below the top of E at which the density is cut: exp(-45) is 3e-20."""

_NODES = 20
"""Gauss-Legendre nodes in each panel."""


@dataclass(frozen=True)
class ErlangA:
    """M/M/n+M, first come first served, in the long run; any load will do.

    arrival_rate    contacts per second, those who abandon included
    handle_time     mean, seconds, wrap-up included; exponential
    agents          always there
    patience        mean, seconds, that customers are ready to wait; exponential

    Raises ValueError for impossible arguments.

    References: Palm (1957), "Research on telephone traffic carried by full availability groups", Tele 1;
    Garnett, Mandelbaum, Reiman (2002), "Designing a call center with impatient customers", Manufacturing &
    Service Operations Management 4(3); Mandelbaum, Zeltyn (2007), "Service engineering in action: the
    Palm/Erlang-A queue, with applications to call centers", in "Advances in Services Innovations".
    """

    arrival_rate: float
    handle_time: float
    agents: int
    patience: float

    def __post_init__(self) -> None:
        check_positive(arrival_rate=self.arrival_rate, handle_time=self.handle_time, patience=self.patience)
        check_whole(agents=self.agents)

    @property
    def load(self) -> float:
        """Offered load in erlangs: arrival rate times handle time."""
        return self.arrival_rate * self.handle_time

    @cached_property
    def share_waiting(self) -> float:
        """Share of contacts that find no idle agent: P(V > 0)."""
        return self._offered.expectation(lambda x: x**0)

    @cached_property
    def abandonment(self) -> float:
        """Share of contacts that abandon: E[1 - exp(-theta V)]."""
        import numpy as np

        return self._offered.expectation(lambda x: -np.expm1(-x / self.patience))

    @property
    def mean_wait(self) -> float:
        """Mean wait of all, answered or not, seconds: abandonment times patience."""
        return self.abandonment * self.patience

    @cached_property
    def asa(self) -> float:
        """Mean wait of those answered, the ones answered at once included, seconds."""
        import numpy as np

        return self._offered.expectation(lambda x: x * np.exp(-x / self.patience)) / self._answered

    @property
    def mean_queue(self) -> float:
        """Mean number of contacts waiting, by Little's law."""
        return self.arrival_rate * self.mean_wait

    @property
    def occupancy(self) -> float:
        """Share of the agents' time that is busy: lambda P(answered) / (n mu)."""
        return min(1.0, self.load * self._answered / self.agents)

    def share_over(self, limit: float) -> float:
        """Share of contacts that wait longer than `limit` seconds, answered in the end or not."""
        check_not_negative(limit=limit)
        longer = self._offered.expectation(lambda x: x**0, since=limit)
        return math.exp(-limit / self.patience) * longer

    def service_level(self, target: float) -> float:
        """Contacts answered within `target` seconds / contacts offered."""
        check_not_negative(target=target)
        return min(1.0, self._offered.at_once + self._answered_later(upto=target))

    @cached_property
    def _answered(self) -> float:
        return self._offered.at_once + self._answered_later()

    def _answered_later(self, upto: float = math.inf) -> float:
        """Share of contacts that wait, but are answered within `upto` seconds."""
        import numpy as np

        return self._offered.expectation(lambda x: np.exp(-x / self.patience), upto=upto)

    @cached_property
    def _offered(self) -> _OfferedWait:
        return _OfferedWait(self)


class _OfferedWait:
    """The law of V: an atom at 0 and a density, held as edges of panels for Gauss-Legendre quadrature."""

    def __init__(self, queue: ErlangA) -> None:
        import numpy as np

        rho = queue.load / queue.agents
        excess = max(rho - 1, 0.0)
        self.rate = queue.agents / queue.handle_time
        self.patience = queue.patience
        self.top = queue.patience * math.log1p(excess)
        self.gap = max(1 - rho, 0.0) * self.rate
        self.lean = min(rho, 1.0) * self.rate * queue.patience
        self.edges = np.unique(np.concatenate([-_graded(self._left()), _graded(self._right())]))
        self.points, self.weights = np.polynomial.legendre.leggauss(_NODES)

        # P(V = 0) and P(V > 0) are as sum_{k<n} p_k / p_{n-1} to lambda times the integral of exp(E).
        below = inverse_blocking(queue.load, queue.agents - 1)
        height = self.rate * queue.patience * (excess - math.log1p(excess))  # E(x0), 0 below full load
        idle = below * math.exp(-height)
        self.scale = 1.0
        busy = queue.arrival_rate * self.expectation(lambda x: x**0)
        self.at_once = idle / (idle + busy) if idle < math.inf else 1.0
        self.scale = queue.arrival_rate / (idle + busy)

    def expectation(
        self, of: Callable[[Floats], Floats], since: float = 0.0, upto: float = math.inf
    ) -> float:
        """Integral of v(x) of(x) over since < x <= upto."""
        import numpy as np

        edges = np.clip(self.edges, since - self.top, upto - self.top)[:, None]
        half = (edges[1:] - edges[:-1]) / 2
        u = edges[:-1] + half * (self.points + 1)
        values = np.exp(-self._depth(u)) * of(u + self.top)
        return self.scale * float((half * self.weights * values).sum())

    def _depth(self, u: Floats) -> Floats:
        """E(x0) - E(x0 + u)."""
        import numpy as np

        v = u / self.patience
        depth: Floats = self.gap * u + self.lean * (np.expm1(-v) + v)
        return depth

    def _right(self) -> float:
        """A distance above the top at which the density is negligible."""
        return self._negligible_at(1.0)

    def _left(self) -> float:
        """The same below the top; 0 is the lowest wait."""
        return min(self.top, self._negligible_at(-1.0)) if self.top > 0 else 0.0

    def _negligible_at(self, side: float) -> float:
        """By doubling: at most twice as far as need be. The depth grows by at most `rate` above the top."""
        import numpy as np

        distance = 1 / self.rate
        while (side > 0 or distance < self.top) and self._depth(np.array(side * distance)) < _NEGLIGIBLE:
            distance *= 2
        return distance


def _graded(span: float) -> Floats:
    """Edges from 0 to `span`: evenly spaced for the bulk, ever finer towards 0 for what is far shorter."""
    import numpy as np

    return span * np.unique(np.concatenate([np.linspace(0, 1, 33), 2.0 ** -np.arange(6, 60)]))
