"""Experiments: many replications of one or more plans, here or on any `concurrent.futures` executor.

`replicate` is one replication, from plan to tallies; `stream` gives replications to an executor and survives
the death of its workers; `executors` and `cluster` are the executors; `run` does many and puts them in order.
"""

from sim.experiment.replicate import Job, Replication, ReplicationError, replicate
from sim.experiment.run import Execution, Interrupted, Runs, run

__all__ = ["Execution", "Interrupted", "Job", "Replication", "ReplicationError", "Runs", "replicate", "run"]
