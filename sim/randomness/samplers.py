"""Random variates by key: one sampler for every engine, so that all engines draw the same bits.

Every family but gamma inverts the single uniform it is given: the variate rises with u, which keeps
scenarios that differ in a parameter in step (common random numbers). Gamma needs more than one uniform
and draws further blocks under the same key, numbered so that they meet no other block.
"""

import math
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.compilation import compiled, inlined
from sim.randomness.philox import uniforms


class Family(IntEnum):
    """Codes of the distribution families and the meaning of their parameters p0 .. p3; others are ignored."""

    CONSTANT = 0
    """p0 = the value."""
    UNIFORM = 1
    """p0 = least, p1 = greatest; p0 <= p1."""
    TRIANGULAR = 2
    """p0 = least, p1 = mode, p2 = greatest; p0 <= p1 <= p2."""
    EXPONENTIAL = 3
    """p0 = mean > 0."""
    GAMMA = 4
    """p0 = shape > 0, p1 = scale > 0; mean p0 * p1."""
    LOGNORMAL = 5
    """p0 = mean, p1 = standard deviation >= 0 of the logarithm."""
    WEIBULL = 6
    """p0 = scale > 0, p1 = shape > 0."""
    EMPIRICAL = 7
    """p0 = offset into the table, p1 = count of knots >= 1.

    A piecewise linear quantile function: table[offset : offset + count] are its probabilities, not
    decreasing, in [0, 1]; table[offset + count : offset + 2 * count] its values at them, not decreasing.
    Two knots of one probability make a jump, two of one value an atom; beyond the outer knots it is flat.
    """


# Coefficients of Wichura's PPND16, highest power first: for |u - 1/2| <= 0.425, and for the tails with
# r = sqrt(-log(tail probability)) up to 5 and above.
_CENTRE_TOP = (
    2509.0809287301226727,
    33430.575583588128105,
    67265.770927008700853,
    45921.953931549871457,
    13731.693765509461125,
    1971.5909503065514427,
    133.14166789178437745,
    3.3871328727963666080,
)
_CENTRE_BOTTOM = (
    5226.4952788528545610,
    28729.085735721942674,
    39307.895800092710610,
    21213.794301586595867,
    5394.1960214247511077,
    687.18700749205790830,
    42.313330701600911252,
    1.0,
)
_TAIL_TOP = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258,
    3.64784832476320460504,
    5.76949722146069140550,
    4.63033784615654529590,
    1.42343711074968357734,
)
_TAIL_BOTTOM = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940,
    2.05319162663775882187,
    1.0,
)
_FAR_TAIL_TOP = (
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    1.24266094738807843860e-3,
    2.65321895265761230930e-2,
    2.96560571828504891230e-1,
    1.78482653991729133580,
    5.46378491116411436990,
    6.65790464350110377720,
)
_FAR_TAIL_BOTTOM = (
    2.04426310338993978564e-15,
    1.42151175831644588870e-7,
    1.84631831751005468180e-5,
    7.86869131145613259100e-4,
    1.48753612908506148525e-2,
    1.36929880922735805310e-1,
    5.99832206555887937690e-1,
    1.0,
)

# Gamma's block numbers: (home + 1) * 2^16 + try. Ordinary blocks stay below 2^16 (a home is 4 * block +
# word), the tries of one home below the next one's.
_TRY_BITS = 16
_TRIES = 1 << _TRY_BITS


@compiled
def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    """Evaluate by Horner's rule, highest power first."""
    value = coefficients[0]
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value


@compiled
def normal_quantile(u: float) -> float:
    """Return the standard normal quantile of u in (0, 1), to about 1 part in 10^16.

    Reference: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
    Applied Statistics 37 (3), 1988, 477-484, doi:10.2307/2347330; its double-precision routine PPND16.
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _polynomial(_CENTRE_TOP, r) / _polynomial(_CENTRE_BOTTOM, r)
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        z = _polynomial(_TAIL_TOP, r - 1.6) / _polynomial(_TAIL_BOTTOM, r - 1.6)
    else:
        z = _polynomial(_FAR_TAIL_TOP, r - 5.0) / _polynomial(_FAR_TAIL_BOTTOM, r - 5.0)
    return -z if q < 0.0 else z


@compiled
def _triangular(least: float, mode: float, greatest: float, u: float) -> float:
    """Invert the triangular distribution function; all three may coincide."""
    width = greatest - least
    if u * width < mode - least:
        return least + math.sqrt(u * width * (mode - least))
    return greatest - math.sqrt((1.0 - u) * width * (greatest - mode))


@compiled
def _empirical(offset: int, count: int, table: NDArray[np.float64], u: float) -> float:
    """Evaluate a piecewise linear quantile function; exactly its values at its knots."""
    value: float = table[offset + count]
    if u < table[offset]:
        return value
    # Bisect to the last knot whose probability is at most u: its right neighbour's is greater, so the
    # segment between them is never of no width.
    left, right = offset, offset + count
    while right - left > 1:
        middle = (left + right) >> 1
        if table[middle] <= u:
            left = middle
        else:
            right = middle
    value = table[left + count]
    if right == offset + count:
        return value
    above: float = table[right + count]
    part: float = (u - table[left]) / (table[right] - table[left])
    return min(value + part * (above - value), above)  # rounding must not step over the next knot


@compiled
def _gamma(
    shape: float,
    scale: float,
    u: float,
    seed: int,
    stream: int,
    home: int,
    visit: int,
    entity: int,
    replication: int,
) -> float:
    """Draw a gamma variate by Marsaglia and Tsang's squeeze-accept method, its normal by inversion.

    Try t draws block (home + 1) * 2^16 + t: word 0 makes the normal, word 1 decides on acceptance, word 2
    serves the boost of a shape below 1. The first try makes its normal of u instead of word 0, so that in
    at least 19 draws of 20 the variate rises with u, as those of the inverted families do.

    Reference: G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM
    Transactions on Mathematical Software 26 (3), 2000, 363-372, doi:10.1145/358407.358414.
    """
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    first_block = (home + 1) << _TRY_BITS
    for attempt in range(_TRIES):
        u0, u1, u2, _ = uniforms(seed, stream, first_block + attempt, visit, entity, replication)
        z = normal_quantile(u if attempt == 0 else u0)
        root = 1.0 + c * z
        if root <= 0.0:
            continue
        v = root * root * root
        squared = z * z
        if u1 < 1.0 - 0.0331 * squared * squared or math.log(u1) < 0.5 * squared + d * (
            1.0 - v + math.log(v)
        ):
            boost = 1.0 if shape >= 1.0 else math.pow(u2, 1.0 / shape)
            return scale * d * v * boost
    return math.nan  # not reached: a try fails with probability below 0.05


@inlined
def sample(
    family: int,
    p0: float,
    p1: float,
    p2: float,
    p3: float,  # noqa: ARG001  # no family needs it yet; a plan's rows have four parameters
    table: NDArray[np.float64],
    u: float,
    seed: int,
    stream: int,
    home: int,
    visit: int,
    entity: int,
    replication: int,
) -> float:
    """Draw one variate of a family, from the uniform that belongs to it.

    family: code of `Family`, which says what p0 .. p3 mean; table: float64[:], the knots of all empirical
    distributions. u: the uniform of word `home % 4` of block `home // 4` under (seed, stream, visit,
    entity, replication), int64 as for `block`; only gamma uses these five and home, which must be below
    2^16. Parameters are trusted (they were checked with the scenario); an unknown code gives nan.
    """
    if family == Family.CONSTANT:
        return p0
    if family == Family.UNIFORM:
        return p0 + u * (p1 - p0)
    if family == Family.TRIANGULAR:
        return _triangular(p0, p1, p2, u)
    if family == Family.EXPONENTIAL:
        return -p0 * math.log1p(-u)
    if family == Family.GAMMA:
        return _gamma(p0, p1, u, seed, stream, home, visit, entity, replication)
    if family == Family.LOGNORMAL:
        return math.exp(p0 + p1 * normal_quantile(u))
    if family == Family.WEIBULL:
        return p0 * math.pow(-math.log1p(-u), 1.0 / p1)
    if family == Family.EMPIRICAL:
        return _empirical(int(p0), int(p1), table, u)
    return math.nan


@inlined
def sample_row(
    families: NDArray[np.int8],
    params: NDArray[np.float64],
    table: NDArray[np.float64],
    row: int,
    u: float,
    seed: int,
    stream: int,
    home: int,
    visit: int,
    entity: int,
    replication: int,
) -> float:
    """Draw from row `row` of the distributions families[n], params[n, 4], table; 0.0 where row is negative.

    The other arguments are those of `sample`.
    """
    if row < 0:
        return 0.0
    family = int(np.int64(families[row]))  # int8 here and int64 from Python would compile all twice
    p0, p1, p2, p3 = params[row, 0], params[row, 1], params[row, 2], params[row, 3]
    return sample(family, p0, p1, p2, p3, table, u, seed, stream, home, visit, entity, replication)


@inlined
def visit_draws(
    families: NDArray[np.int8],
    params: NDArray[np.float64],
    table: NDArray[np.float64],
    time_row: int,
    wrap_row: int,
    seed: int,
    stream: int,
    visit: int,
    entity: int,
    replication: int,
) -> tuple[float, float, float, float]:
    """Return all that one visit to a step draws: (time, wrap-up, uniform for next, spare uniform).

    They are words 0 to 3 of the visit's block 0; time and wrap-up come from the distributions in rows
    `time_row` and `wrap_row` (see `sample_row`; -1: none, 0.0), in the unit of their parameters.
    """
    # Not literals: for each literal number Numba would compile all that it is passed to once more.
    block, time_home, wrap_home = int(np.int64(0)), int(np.int64(0)), int(np.int64(1))
    u0, u1, u2, u3 = uniforms(seed, stream, block, visit, entity, replication)
    time = sample_row(
        families, params, table, time_row, u0, seed, stream, time_home, visit, entity, replication
    )
    wrap_up = sample_row(
        families, params, table, wrap_row, u1, seed, stream, wrap_home, visit, entity, replication
    )
    return time, wrap_up, u2, u3


def mean_of(
    family: int,
    p0: float,
    p1: float,
    p2: float,
    p3: float,  # noqa: ARG001  # as in `sample`
    table: NDArray[np.float64],
) -> float:
    """Return the exact mean of a distribution; arguments as for `sample`.

    Raises ValueError for an unknown family code.
    """
    match Family(family):
        case Family.CONSTANT | Family.EXPONENTIAL:
            return p0
        case Family.UNIFORM:
            return (p0 + p1) / 2.0
        case Family.TRIANGULAR:
            return (p0 + p1 + p2) / 3.0
        case Family.GAMMA:
            return p0 * p1
        case Family.LOGNORMAL:
            return math.exp(p0 + p1 * p1 / 2.0)
        case Family.WEIBULL:
            return p0 * math.gamma(1.0 + 1.0 / p1)
        case Family.EMPIRICAL:
            start, count = int(p0), int(p1)
            # The flat ends are segments too: from probability 0 to the first knot, from the last to 1.
            probabilities = np.concatenate(([0.0], table[start : start + count], [1.0]))
            values = np.pad(table[start + count : start + 2 * count], 1, mode="edge")
            return float(np.trapezoid(values, probabilities))
