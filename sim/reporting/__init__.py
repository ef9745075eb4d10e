"""Showing results: the same numbers as tables for people, JSON and CSV for programs, frames, plots.

`headline` chooses what is shown unasked; `words` names measures and writes numbers; `console` makes tables,
`records` JSON and CSV, `frames` DataFrames, `plots` pictures; `kept` is what a store says, `query` asks it.
"""
