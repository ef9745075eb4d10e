"""What replications say: intervals (`interval`), paired comparisons (`compare`), SLA verdicts (`gate`).

Pure functions over arrays of tallies, [replications, cells, 2]; scipy is imported where it is used.
"""
