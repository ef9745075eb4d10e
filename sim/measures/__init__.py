"""From logs to numbers: derived `columns` (as `tables` asks for them), `cuts`, one grouped sum (`measure`),
or the values themselves for quantiles (`sample`). `log_frames` shows a log's own columns, with names.

Every measure is a definition in `sim.catalogue`; nothing here knows one by name.
"""
