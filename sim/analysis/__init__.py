"""What replications say: intervals of ratios (`interval`) and of quantiles (`quantile`), both behind one door
(`statistic`); paired comparisons (`compare`), SLA verdicts (`gate`).

Pure functions over tallies of groups [replications, cells]; scipy is imported where it is used.
"""
