"""Engines: `run(plan, replication) -> Log`. They log what happens and measure nothing.

`realise` draws the first contacts and `attendance` who is there, for every engine; `reference` is the
definition of the semantics, in SimPy, and the place to extend them.
"""
