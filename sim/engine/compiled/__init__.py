"""The compiled engine: the semantics of the reference engine over flat arrays, compiled with Numba.

It gives the same log to the last bit, at many times the speed. `world` is what there is, as arrays of
records; `events` when each thing acts next; `queues` who waits; `dispatch` matches them with what is free;
`agents` are people with shifts and breaks; `journeys` and `bots` are a contact's way; `customers` come and
come back; `draws` are the random numbers and the Plan's lookups; `loop` is the instant in two phases;
`columns` makes the log of it; `run` is one replication.
"""

from sim.engine.compiled.run import is_ready, prepare, run

__all__ = ["is_ready", "prepare", "run"]
