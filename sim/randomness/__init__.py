"""Random numbers as pure functions of a key: seed, stream, block, visit, entity, replication.
`philox` makes the uniforms, `samplers` turns them into times; both are called by every engine."""

from sim.randomness.philox import block, open_uniform, seed_bits, stream_hash, uniforms
from sim.randomness.samplers import Family, mean_of, normal_quantile, sample, sample_row, visit_draws

__all__ = [
    "Family",
    "block",
    "mean_of",
    "normal_quantile",
    "open_uniform",
    "sample",
    "sample_row",
    "seed_bits",
    "stream_hash",
    "uniforms",
    "visit_draws",
]
