"""Experiments: many replications of one or more plans, here or on any `concurrent.futures` executor.

`replicate` is one replication, from plan to tallies; `run` does many and puts them in order.
"""

from sim.experiment.replicate import Replication, ReplicationError, Task, replicate
from sim.experiment.run import Interrupted, Runs, run

__all__ = ["Interrupted", "Replication", "ReplicationError", "Runs", "Task", "replicate", "run"]
