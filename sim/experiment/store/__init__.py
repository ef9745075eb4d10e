"""Stores: the results of a command in a folder, so that the same command goes on where it stopped.

`store` is what a run loads from and saves to; `inputs` says what a store is of; `tally_file` and `log_files`
are the files of one replication; `measure_files` are those of the whole; `contents` reads a store without
its scenario; `whole` writes files whole or not at all.
"""

from sim.experiment.store.contents import Contents, contents
from sim.experiment.store.measure_files import write_measures
from sim.experiment.store.store import Store

__all__ = ["Contents", "Store", "contents", "write_measures"]
