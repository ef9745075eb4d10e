"""Keyed uniforms: Philox 4x64-10, bit for bit that of `numpy.random.Philox`.

A *block* is four 64-bit words, a pure function of a key and a counter:

    key     = (seed, stream)                          stream = `stream_hash(name)`
    counter = (block, visit, entity, replication)

so a number depends on what it is for and never on when, where or in which order it is drawn. All six
are int64 and stand for their two's-complement bits read as uint64. The block of counter c is what
`numpy.random.Philox(counter=c - 1, key=key).random_raw(4)` returns, c read as one 256-bit number,
least significant word first (NumPy increments the counter before each block).

Reference: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as
1, 2, 3", SC '11, 2011, doi:10.1145/2063384.2063405.
"""

import hashlib

import numpy as np

from sim.compilation import inlined
from sim.randomness.wide import high_word

# Every constant that meets a word is a uint64: Numba types int64 + uint64 as float64, which loses bits.
_ROUNDS = 10
_MULTIPLIER_0 = np.uint64(0xD2E7470EE14C6C93)
_MULTIPLIER_1 = np.uint64(0xCA5A826395121157)
_WEYL_0 = np.uint64(0x9E3779B97F4A7C15)  # golden ratio
_WEYL_1 = np.uint64(0xBB67AE8584CAA73B)  # sqrt(3) - 1

_SPARE_BITS = np.uint64(11)  # a word's bits beyond the 53 of a double
_SPACING = 2.0**-53
_LARGEST_BELOW_ONE = 1.0 - 2.0**-53


def stream_hash(name: str) -> int:
    """Return the key word of a stream's name, as int64.

    The first 8 bytes, little-endian, of the 64-byte BLAKE2b digest of the UTF-8 name (RFC 7693).
    """
    return int.from_bytes(hashlib.blake2b(name.encode()).digest()[:8], "little", signed=True)


def seed_bits(seed: int) -> int:
    """Return the int64 that has the bits of `seed`, a whole number in [0, 2^64).

    Raises ValueError for a seed outside that range.
    """
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed {seed} is out of range (allowed: 0 to {2**64 - 1})")
    return seed - 2**64 if seed >= 2**63 else seed


@inlined
def block(
    seed: int, stream: int, block_number: int, visit: int, entity: int, replication: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return the four random words of one key and counter.

    Arguments are int64 (see the module); the words are uint64, Python ints when called from Python.
    """
    key_0, key_1 = np.uint64(seed), np.uint64(stream)
    x0, x1, x2, x3 = np.uint64(block_number), np.uint64(visit), np.uint64(entity), np.uint64(replication)
    for _ in range(_ROUNDS):
        high_0, low_0 = high_word(_MULTIPLIER_0, x0), _MULTIPLIER_0 * x0
        high_1, low_1 = high_word(_MULTIPLIER_1, x2), _MULTIPLIER_1 * x2
        x0, x1, x2, x3 = high_1 ^ x1 ^ key_0, low_1, high_0 ^ x3 ^ key_1, low_0
        key_0 += _WEYL_0
        key_1 += _WEYL_1
    return x0, x1, x2, x3


@inlined
def open_uniform(word: np.uint64) -> float:
    """Return the word as a double strictly between 0 and 1: ((word >> 11) + 0.5) * 2^-53.

    Above one half that sum is rounded to an even multiple of 2^-53, and for the 2^11 words with the 53
    upper bits set it would round to 1.0; those give 1 - 2^-53, the largest double below 1.
    """
    # Through int64, which holds 53 bits and converts in one instruction; uint64 does not.
    u = (np.float64(np.int64(word >> _SPARE_BITS)) + 0.5) * _SPACING
    return u if u < 1.0 else _LARGEST_BELOW_ONE


@inlined
def uniforms(
    seed: int, stream: int, block_number: int, visit: int, entity: int, replication: int
) -> tuple[float, float, float, float]:
    """Return the four uniforms in (0, 1) of one key and counter; arguments as for `block`."""
    w0, w1, w2, w3 = block(seed, stream, block_number, visit, entity, replication)
    return open_uniform(w0), open_uniform(w1), open_uniform(w2), open_uniform(w3)
