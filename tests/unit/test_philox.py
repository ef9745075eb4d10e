"""The keyed generator against NumPy's Philox, the published known answers, and the open interval."""

import hashlib
import itertools
from fractions import Fraction

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sim.randomness import block, open_uniform, seed_bits, stream_hash, uniforms

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
EXTREMES = (0, 1, -1, INT64_MIN, INT64_MAX)
WORD = 2**64
N = 200_000
ALPHA = 1e-4

# seed, stream, block, visit, entity, replication
Key = tuple[int, ...]
int64s = st.integers(INT64_MIN, INT64_MAX)


def words_of_numpy(key: Key) -> list[int]:
    """Four raw words of numpy.random.Philox set one before the counter, whose words wrap round together."""
    seed, stream, *counter = (field % WORD for field in key)
    before = sum(field << 64 * place for place, field in enumerate(counter)) - 1
    generator = np.random.Philox(counter=before % WORD**4, key=seed | stream << 64)
    return [int(word) for word in generator.random_raw(4)]


def signed(word: int) -> int:
    return int(np.uint64(word).astype(np.int64))


@numba.njit()
def uniforms_of_entities(seed: int, stream: int, entities: NDArray[np.int64]) -> NDArray[np.float64]:
    drawn = np.empty((len(entities), 4))
    for i in range(len(entities)):
        drawn[i] = uniforms(seed, stream, 0, 0, entities[i], 0)
    return drawn


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        (
            "0000000000000000 0000000000000000",
            "0000000000000000 0000000000000000 0000000000000000 0000000000000000",
            "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b",
        ),
        (
            "ffffffffffffffff ffffffffffffffff",
            "ffffffffffffffff ffffffffffffffff ffffffffffffffff ffffffffffffffff",
            "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0",
        ),
        (
            "452821e638d01377 be5466cf34e90c6c",
            "243f6a8885a308d3 13198a2e03707344 a4093822299f31d0 082efa98ec4e6c89",
            "a528f45403e61d95 38c72dbd566e9788 a5a1610e72fd18b5 57bd43b5e52b7fe6",
        ),
    ],
    ids=["zeros", "ones", "pi"],
)
def test_a_block_equals_the_known_answers_of_random123(key: str, counter: str, words: str) -> None:
    fields = [signed(int(word, 16)) for word in f"{key} {counter}".split()]
    assert [f"{word:016x}" for word in block(*fields)] == words.split()


@settings(max_examples=500, deadline=None)
@given(st.tuples(int64s, int64s, int64s, int64s, int64s, int64s))
def test_a_block_equals_numpys_philox_for_any_key_and_counter(key: Key) -> None:
    assert list(block(*key)) == words_of_numpy(key)


def test_a_block_equals_numpys_philox_at_the_ends_of_every_field() -> None:
    for counter in itertools.product(EXTREMES, repeat=4):
        key = (20260302, stream_hash("phone/case"), *counter)
        assert list(block(*key)) == words_of_numpy(key), key
    for seed, stream in itertools.product(EXTREMES, repeat=2):
        key = (seed, stream, 0, 0, 3 << 40, 0)
        assert list(block(*key)) == words_of_numpy(key), key


@pytest.mark.parametrize("seed", [2**63, 2**63 + 1, 2**64 - 1])
@pytest.mark.parametrize("day", [-1, -30])
def test_seeds_from_2_to_the_63_and_days_of_the_warm_up_have_their_own_bits(seed: int, day: int) -> None:
    key = (seed_bits(seed), stream_hash("phone/arrivals"), 0, 0, day * 2**40 + 7 * 2**8, 19)
    # words_of_numpy takes the seed as it is, without seed_bits
    assert list(block(*key)) == words_of_numpy((seed, *key[1:]))


def test_words_stay_64_bit_integers_inside_compiled_code() -> None:
    @numba.njit()
    def words(keys: NDArray[np.int64]) -> NDArray[np.uint64]:
        drawn = np.empty((len(keys), 4), np.uint64)
        for i in range(len(keys)):
            drawn[i] = block(keys[i, 0], keys[i, 1], keys[i, 2], keys[i, 3], keys[i, 4], keys[i, 5])
        return drawn

    keys = np.random.default_rng(1).integers(INT64_MIN, INT64_MAX, (200, 6), np.int64, endpoint=True)
    expected = [words_of_numpy(tuple(key)) for key in keys.tolist()]
    np.testing.assert_array_equal(words(keys), np.array(expected, np.uint64))


def test_a_change_of_any_one_field_or_a_swap_of_two_gives_another_block() -> None:
    key: Key = (1, 2, 3, 4, 5, 6)
    keys = {key}
    for i in range(6):
        keys |= {(*key[:i], key[i] ^ 1 << bit, *key[i + 1 :]) for bit in range(63)}
    for i, j in itertools.combinations(range(6), 2):
        swapped = list(key)
        swapped[i], swapped[j] = key[j], key[i]
        keys.add(tuple(swapped))
    assert len({tuple(block(*k)) for k in keys}) == len(keys)


def test_a_streams_key_word_is_the_start_of_its_blake2b_digest() -> None:
    # RFC 7693, appendix A: BLAKE2b-512("abc") = BA 80 A5 3F 98 1C 4D 0D 6A 27 …
    assert stream_hash("abc") == 0x0D4D1C983FA580BA
    for name in ("phone/arrivals", "e-mail/résumé", *(f"chat/step {n}" for n in range(50))):
        (expected,) = np.frombuffer(hashlib.blake2b(name.encode("utf-8"), digest_size=64).digest()[:8], "<i8")
        assert stream_hash(name) == expected


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range_is_refused_with_the_range(seed: int) -> None:
    with pytest.raises(ValueError, match=rf"{seed} is out of range \(allowed: 0 to 18446744073709551615\)"):
        seed_bits(seed)


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_seed_in_range_keeps_its_bits(seed: int) -> None:
    assert INT64_MIN <= seed_bits(seed) <= INT64_MAX
    assert seed_bits(seed) % WORD == seed


def test_a_word_becomes_its_upper_53_bits_plus_a_half_correctly_rounded() -> None:
    random = np.random.default_rng(2).integers(0, WORD - 1, 2_000, np.uint64, endpoint=True)
    edges = [0, 1, 2**11 - 1, 2**11, 2**62, 2**63 - 1, 2**63, 2**63 + 2**11, WORD - 2**12, WORD - 2**11 - 1]
    for word in [*edges, *random.tolist()]:
        assert open_uniform(np.uint64(word)) == float(Fraction(2 * (word >> 11) + 1, 2**54)), word


def test_uniforms_are_strictly_between_zero_and_one_for_the_extreme_words() -> None:
    assert open_uniform(np.uint64(0)) == 2.0**-54
    # 2^53 - 1/2 has 54 bits: the sum rounds up to 2^53, so without care this one would be 1.0
    for word in (WORD - 2**11, WORD - 1):
        assert open_uniform(np.uint64(word)) == np.nextafter(1.0, 0.0)


def test_the_four_uniforms_are_made_of_the_four_words() -> None:
    key = (seed_bits(2**64 - 59), stream_hash("chat/contact"), 1, 2, -(2**40) + 512, 3)
    assert uniforms(*key) == tuple(open_uniform(np.uint64(word)) for word in block(*key))


def test_a_key_gives_the_same_uniforms_in_any_order_from_python_and_from_compiled_code() -> None:
    stream = stream_hash("phone/case")
    entities = (np.arange(-500, 500) << 40) + (np.arange(1000) << 8)
    forward = uniforms_of_entities(7, stream, entities)
    order = np.random.default_rng(3).permutation(len(entities))
    np.testing.assert_array_equal(uniforms_of_entities(7, stream, entities[order]), forward[order])
    from_python = [uniforms(7, stream, 0, 0, int(entities[i]), 0) for i in order[:200]]
    np.testing.assert_array_equal(from_python, forward[order[:200]])


def test_uniforms_across_entities_are_uniform_and_uncorrelated() -> None:
    drawn = uniforms_of_entities(20260302, stream_hash("phone/contact"), np.arange(N) << 8)
    assert drawn.min() > 0.0
    assert drawn.max() < 1.0
    for column in drawn.T:
        assert stats.kstest(column, "uniform").pvalue > ALPHA
    # the words of a block, and those of the next entity's
    both = np.asarray(np.corrcoef(np.hstack((drawn[:-1], drawn[1:])), rowvar=False))
    off_diagonal = both[np.triu_indices(8, 1)]
    assert np.abs(off_diagonal).max() < stats.norm.isf(ALPHA / 2 / len(off_diagonal)) / np.sqrt(N)
