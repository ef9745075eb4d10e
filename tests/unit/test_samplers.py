"""The samplers against scipy: moments and distribution functions, exactness, order and keys."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special, stats

from sim.randomness import (
    Family,
    mean_of,
    normal_quantile,
    open_uniform,
    sample,
    sample_row,
    samplers,
    seed_bits,
    stream_hash,
    uniforms,
    visit_draws,
)

N = 200_000
ALPHA = 1e-4
SEED = seed_bits(2**64 - 20260302)
STREAM = stream_hash("phone/answer")
# Cases as they are numbered: day * 2^40 + k * 2^8, the days of a warm-up included.
ENTITIES = (np.arange(N) % 10 - 3 << 40) + (np.arange(N) // 10 << 8)
NO_TABLE = np.empty(0)

# Three knots that are not used, then probabilities and values of six.
PROBABILITIES = np.array([0.0, 0.1, 0.35, 0.5, 0.9, 1.0])
VALUES = np.array([5.0, 20.0, 45.0, 60.0, 300.0, 1200.0])
TABLE = np.concatenate(([-1.0, -1.0, -1.0], PROBABILITIES, VALUES))

Params = tuple[float, float, float, float]
INVERTED: dict[str, tuple[Family, Params, Any]] = {
    "uniform": (Family.UNIFORM, (30.0, 90.0, 0.0, 0.0), stats.uniform(30.0, 60.0)),
    "uniform below zero": (Family.UNIFORM, (-4.0, -1.0, 0.0, 0.0), stats.uniform(-4.0, 3.0)),
    "triangular": (Family.TRIANGULAR, (60.0, 90.0, 240.0, 0.0), stats.triang(1 / 6, 60.0, 180.0)),
    "triangular, mode least": (Family.TRIANGULAR, (60.0, 60.0, 240.0, 0.0), stats.triang(0.0, 60.0, 180.0)),
    "triangular, mode greatest": (Family.TRIANGULAR, (0.0, 2.0, 2.0, 0.0), stats.triang(1.0, 0.0, 2.0)),
    "exponential": (Family.EXPONENTIAL, (180.0, 0.0, 0.0, 0.0), stats.expon(scale=180.0)),
    "lognormal": (Family.LOGNORMAL, (5.2, 0.7, 0.0, 0.0), stats.lognorm(0.7, scale=math.exp(5.2))),
    "Weibull, falling hazard": (
        Family.WEIBULL,
        (60.0, 0.7, 0.0, 0.0),
        stats.weibull_min(0.7, scale=60.0),
    ),
    "Weibull, rising hazard": (Family.WEIBULL, (60.0, 3.0, 0.0, 0.0), stats.weibull_min(3.0, scale=60.0)),
    "empirical": (
        Family.EMPIRICAL,
        (3.0, 6.0, 0.0, 0.0),
        stats.rv_histogram((np.diff(PROBABILITIES), VALUES), density=False),
    ),
}
GAMMAS: dict[str, tuple[Family, Params, Any]] = {
    f"gamma of shape {shape}": (Family.GAMMA, (shape, 30.0, 0.0, 0.0), stats.gamma(shape, scale=30.0))
    for shape in (0.2, 0.9, 1.0, 4.5, 100.0)
}
ALL = INVERTED | GAMMAS


def cases(of: dict[str, tuple[Family, Params, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("family", "params", "exact"), of.values(), ids=of.keys())


@numba.njit()
def compiled_loop(
    family: int,
    params: Params,
    table: NDArray[np.float64],
    seed: int,
    stream: int,
    home: int,
    entities: NDArray[np.int64],
) -> NDArray[np.float64]:
    p0, p1, p2, p3 = params
    drawn = np.empty(len(entities))
    for i, entity in enumerate(entities):
        u = uniforms(seed, stream, home // 4, 0, entity, 0)[home % 4]
        drawn[i] = sample(family, p0, p1, p2, p3, table, u, seed, stream, home, 0, entity, 0)
    return drawn


def draw(family: int, params: Params, home: int = 0, entities: Any = ENTITIES) -> NDArray[np.float64]:
    return np.asarray(compiled_loop(int(family), params, TABLE, SEED, STREAM, home, entities))


def at(family: int, params: Params, u: float, table: NDArray[np.float64] = TABLE) -> float:
    """The variate at one u, under an arbitrary key."""
    return sample(int(family), *params, table, u, SEED, STREAM, 0, 0, 256, 0)


@cases(ALL)
def test_a_familys_draws_have_its_mean_variance_and_distribution_function(
    family: Family, params: Params, exact: Any
) -> None:
    drawn = draw(family, params)
    mean, variance, kurtosis = (float(moment) for moment in exact.stats(moments="mvk"))
    z = stats.norm.isf(ALPHA / 2)
    assert abs(drawn.mean() - mean) < z * math.sqrt(variance / N)
    assert abs(drawn.var() - variance) < z * variance * math.sqrt((kurtosis + 2) / N)
    assert stats.kstest(drawn, exact.cdf).pvalue > ALPHA


@cases(ALL)
def test_the_exact_mean_is_the_one_of_scipy(family: Family, params: Params, exact: Any) -> None:
    assert mean_of(family, *params, TABLE) == pytest.approx(exact.mean(), rel=1e-12)


@cases(INVERTED)
def test_an_inverted_family_gives_the_quantile_of_its_uniform(
    family: Family, params: Params, exact: Any
) -> None:
    for u in (1e-9, 0.001, 0.05, 0.1, 0.4, 0.5, 0.75, 0.93, 0.999, 1 - 1e-9):
        assert at(family, params, u) == pytest.approx(exact.ppf(u), rel=1e-11)


@cases(INVERTED)
def test_an_inverted_family_never_falls_as_its_uniform_rises(
    family: Family, params: Params, exact: Any
) -> None:
    # a coarse grid, and fine ones round the joints of the normal quantile's and the other formulas
    fine = np.linspace(-1e-6, 1e-6, 2_001)
    joints = (0.075, 0.925, math.exp(-25.0), 1 / 6, *PROBABILITIES)
    us = np.unique(np.concatenate((np.linspace(0, 1, 10_001), *(joint + fine for joint in joints))))
    us = us[(us > 0.0) & (us < 1.0)]
    assert len(us) > 20_000
    drawn = [at(family, params, u) for u in us]
    assert (np.diff(drawn) >= 0.0).all()


@cases(INVERTED)
def test_the_extreme_uniforms_give_finite_variates_inside_the_support(
    family: Family, params: Params, exact: Any
) -> None:
    least, greatest = exact.support()
    lowest = at(family, params, open_uniform(np.uint64(0)))
    highest = at(family, params, open_uniform(np.uint64(2**64 - 1)))
    assert least <= lowest < highest <= greatest
    assert math.isfinite(highest)


@pytest.mark.parametrize(
    ("family", "params"),
    [
        (Family.CONSTANT, (7.5, 0.0, 0.0, 0.0)),
        (Family.UNIFORM, (7.5, 7.5, 0.0, 0.0)),
        (Family.TRIANGULAR, (7.5, 7.5, 7.5, 0.0)),
        (Family.EMPIRICAL, (0.0, 1.0, 0.0, 0.0)),
    ],
)
def test_a_distribution_of_one_value_gives_it_always(family: Family, params: Params) -> None:
    table = np.array([0.4, 7.5])
    assert {at(family, params, u, table) for u in (2.0**-54, 0.3, 0.4, 0.9, 1 - 2.0**-53)} == {7.5}
    assert mean_of(family, *params, table) == 7.5


def test_the_normal_quantile_agrees_with_scipy_to_13_digits() -> None:
    tail = np.concatenate((np.logspace(-300, -16, 300), np.logspace(math.log10(2.0**-54), -1, 3_000)))
    us = np.concatenate((tail, 1 - tail[tail > 1e-15], np.linspace(0.0005, 0.9995, 4_000), [0.075, 0.925]))
    us = np.concatenate((us, 0.5 + np.logspace(-12, -1, 200), 0.5 - np.logspace(-12, -1, 200)))
    quantiles = np.array([normal_quantile(u) for u in us])
    np.testing.assert_allclose(quantiles, special.ndtri(us), rtol=1e-13, atol=0.0)


def test_the_normal_quantile_is_odd_about_one_half() -> None:
    assert normal_quantile(0.5) == 0.0
    for u in (2.0**-30, 3 / 64, 0.125, 0.25, 0.4375):  # 1 - u is exact
        assert normal_quantile(1.0 - u) == -normal_quantile(u)


def test_the_empirical_quantile_function_is_exact_at_its_knots() -> None:
    params = (3.0, 6.0, 0.0, 0.0)
    for probability, value in zip(PROBABILITIES, VALUES, strict=True):
        assert at(Family.EMPIRICAL, params, probability) == value
    for left, right in itertools.pairwise(range(len(VALUES))):
        halfway = (PROBABILITIES[left] + PROBABILITIES[right]) / 2
        expected = (VALUES[left] + VALUES[right]) / 2
        assert at(Family.EMPIRICAL, params, halfway) == pytest.approx(expected, rel=1e-14)


def test_the_empirical_quantile_function_never_rounds_past_a_knot() -> None:
    # 1.9 + (7.7 - 1.9) is 7.700000000000001 in doubles
    table = np.array([0.31, 1.0, 1.9, 7.7])
    assert at(Family.EMPIRICAL, (0.0, 2.0, 0.0, 0.0), np.nextafter(1.0, 0.0), table) <= 7.7


def test_an_empirical_distribution_may_have_jumps_atoms_and_flat_ends() -> None:
    #       flat below 0.2, a jump at 0.4 from 20 to 50, the atom 50 up to 0.7, flat above 0.9
    table = np.array([0.2, 0.4, 0.4, 0.7, 0.9, 10.0, 20.0, 50.0, 50.0, 80.0])
    params = (0.0, 5.0, 0.0, 0.0)
    at_u = {
        0.01: 10.0,
        0.2: 10.0,
        0.3: 15.0,
        0.4: 50.0,
        0.55: 50.0,
        0.7: 50.0,
        0.8: 65.0,
        0.9: 80.0,
        0.99: 80.0,
    }
    assert {u: pytest.approx(at(Family.EMPIRICAL, params, u, table)) for u in at_u} == at_u
    assert at(Family.EMPIRICAL, params, np.nextafter(0.4, 0.0), table) == pytest.approx(20.0)
    # 0.2 x 10 + 0.2 x 15 + 0.3 x 50 + 0.2 x 65 + 0.1 x 80
    assert mean_of(Family.EMPIRICAL, *params, table) == pytest.approx(41.0)


def test_an_unknown_family_draws_no_number_and_has_no_mean() -> None:
    assert math.isnan(at(99, (1.0, 1.0, 1.0, 1.0), 0.5))
    with pytest.raises(ValueError, match="99 is not a valid Family"):
        mean_of(99, 1.0, 1.0, 1.0, 1.0, TABLE)


@cases(ALL)
def test_a_key_gives_the_same_variate_in_any_order_from_python_and_from_compiled_code(
    family: Family, params: Params, exact: Any
) -> None:
    entities = ENTITIES[:3_000]
    forward = draw(family, params, home=6, entities=entities)
    order = np.random.default_rng(4).permutation(len(entities))
    np.testing.assert_array_equal(draw(family, params, home=6, entities=entities[order]), forward[order])
    for i in order[:100]:
        entity = int(entities[i])
        u = uniforms(SEED, STREAM, 1, 0, entity, 0)[2]
        assert sample(int(family), *params, TABLE, u, SEED, STREAM, 6, 0, entity, 0) == forward[i]


# --- gamma, which draws more than the one uniform ---------------------------------------------------------


def gamma_by_numpy(shape: float, scale: float, entity: int, home: int) -> tuple[float, int]:
    """Marsaglia and Tsang's method written once more, on NumPy's Philox: the variate and its tries."""

    def numbers(block: int) -> NDArray[np.float64]:
        counter = block + (entity % 2**64 << 128) - 1
        words = np.random.Philox(
            counter=counter % 2**256, key=SEED % 2**64 | STREAM % 2**64 << 64
        ).random_raw(4)
        return ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    d = (shape + 1 if shape < 1 else shape) - 1 / 3
    first = numbers(home // 4)[home % 4]
    for attempt in itertools.count():
        extra = numbers((home + 1) * 2**16 + attempt)
        z = special.ndtri(first if attempt == 0 else extra[0])
        v = (1 + z / math.sqrt(9 * d)) ** 3
        if v > 0 and math.log(extra[1]) < z * z / 2 + d - d * v + d * math.log(v):
            return float(d * v * scale * (extra[2] ** (1 / shape) if shape < 1 else 1)), attempt + 1
    raise AssertionError


@pytest.mark.parametrize("shape", [0.2, 0.9, 1.0, 4.5, 100.0])
@pytest.mark.parametrize("home", [0, 5])
def test_gamma_draws_the_words_it_says_it_draws(shape: float, home: int) -> None:
    drawn = draw(Family.GAMMA, (shape, 30.0, 0.0, 0.0), home, ENTITIES[:500])
    expected = [gamma_by_numpy(shape, 30.0, int(entity), home) for entity in ENTITIES[:500]]
    np.testing.assert_allclose(drawn, [value for value, _ in expected], rtol=1e-11)
    if shape <= 1.0:  # rejections occur, so further tries are compared too
        assert max(tries for _, tries in expected) >= 2


@pytest.mark.parametrize("shape", [1.0, 4.5, 100.0])
def test_gamma_takes_the_normal_of_its_own_uniform_whenever_the_exact_rule_accepts_it(shape: float) -> None:
    drawn = draw(Family.GAMMA, (shape, 1.0, 0.0, 0.0))
    z = special.ndtri([uniforms(SEED, STREAM, 0, 0, int(entity), 0)[0] for entity in ENTITIES])
    u = np.array([uniforms(SEED, STREAM, 2**16, 0, int(entity), 0)[1] for entity in ENTITIES])
    d = shape - 1 / 3
    v = np.maximum(1 + z / math.sqrt(9 * d), 1e-300) ** 3
    with np.errstate(divide="ignore"):
        accepted = np.log(u) < z * z / 2 + d - d * v + d * np.log(v)
    np.testing.assert_array_equal(np.isclose(drawn, d * v, rtol=1e-11), accepted)
    assert accepted.mean() > 0.95  # in step with an inverted family in at least 19 draws of 20


Key = tuple[int, ...]
Uniforms = tuple[float, float, float, float]


def keys_drawn(
    monkeypatch: pytest.MonkeyPatch,
    homes: Sequence[int],
    answer: Callable[..., Uniforms] = uniforms,
) -> list[Key]:
    """The keys gamma asks for when it draws at these homes: its own code, run by Python, watched."""
    keys: list[Key] = []

    def watched(*key: int) -> Uniforms:
        keys.append(key)
        return answer(*key)

    compiled: Any = samplers
    with monkeypatch.context() as patch:
        patch.setattr(samplers, "uniforms", watched)
        patch.setattr(samplers, "_gamma", compiled._gamma.py_func)
        for home in homes:
            u = answer(SEED, STREAM, home // 4, 3, 512, 1)[home % 4]
            compiled.sample.py_func(
                Family.GAMMA, 0.9, 30.0, 0.0, 0.0, TABLE, u, SEED, STREAM, home, 3, 512, 1
            )
    return keys


def test_gammas_further_blocks_are_never_ordinary_ones_nor_those_of_another_home(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    homes = [*range(4_000), *range(2**16 - 400, 2**16)]
    keys = keys_drawn(monkeypatch, homes)
    assert len(keys) > len(homes)  # some needed a second try
    assert len(set(keys)) == len(keys)
    ordinary = {(SEED, STREAM, block, 3, 512, 1) for block in range(2**16 // 4)}
    assert ordinary.isdisjoint(keys)


def test_even_endless_rejections_never_reach_the_blocks_of_the_next_home(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lowest = 2.0**-54  # so low a normal that no gamma variate belongs to it
    keys = keys_drawn(monkeypatch, [0, 1, 2], lambda *key: (lowest, lowest, lowest, lowest))
    assert len(set(keys)) == len(keys) == 3 * 2**16


def test_gamma_of_a_parameter_that_is_not_a_number_is_not_a_number() -> None:
    for shape, scale in ((math.nan, 1.0), (1.0, math.nan), (math.nan, math.nan)):
        assert np.isnan(draw(Family.GAMMA, (shape, scale, 0.0, 0.0), entities=ENTITIES[:500])).all()


# --- what one visit draws ---------------------------------------------------------------------------------

FAMILIES = np.array([Family.GAMMA, Family.EMPIRICAL, Family.LOGNORMAL, Family.CONSTANT], np.int8)
ROWS: list[Params] = [
    (0.5, 90.0, 0.0, 0.0),  # below 1, so that the further block's words show in the value
    (3.0, 6.0, 0.0, 0.0),
    (5.2, 0.7, 0.0, 0.0),
    (45.0, 0.0, 0.0, 0.0),
]
PARAMS = np.array(ROWS)
VISIT = (SEED, STREAM, 2, -(5 << 40) + (77 << 8), 19)


@pytest.mark.parametrize(("time_row", "wrap_row"), [(0, 0), (0, 1), (2, 3), (1, -1), (-1, 0), (-1, -1)])
def test_a_visit_draws_time_wrap_up_next_and_spare_from_its_first_block(time_row: int, wrap_row: int) -> None:
    seed, stream, visit, entity, replication = VISIT
    u = uniforms(seed, stream, 0, visit, entity, replication)

    def expected(row: int, home: int) -> float:
        if row < 0:
            return 0.0
        return sample(
            int(FAMILIES[row]), *ROWS[row], TABLE, u[home], seed, stream, home, visit, entity, replication
        )

    drawn = visit_draws(FAMILIES, PARAMS, TABLE, time_row, wrap_row, *VISIT)
    assert drawn == (expected(time_row, 0), expected(wrap_row, 1), u[2], u[3])
    for row, home in ((time_row, 0), (wrap_row, 1)):
        alone = sample_row(
            FAMILIES, PARAMS, TABLE, row, u[home], seed, stream, home, visit, entity, replication
        )
        assert alone == drawn[home]


def test_a_visits_time_and_wrap_up_of_one_gamma_row_are_independent_draws() -> None:
    drawn = np.array(
        [visit_draws(FAMILIES, PARAMS, TABLE, 0, 0, SEED, STREAM, 0, n << 8, 0) for n in range(20_000)]
    )
    correlation = np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]
    assert abs(correlation) < stats.norm.isf(ALPHA / 2) / math.sqrt(len(drawn))
