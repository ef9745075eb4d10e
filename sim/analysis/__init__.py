"""What replications say: intervals of ratios (`interval`) and of quantiles (`quantile`), both behind one door
(`statistic`); paired comparisons (`compare`), SLA verdicts (`gate`).
Exact values where a formula of queueing theory describes a step (`crosscheck`), judged by what comes to it
(`streams`) and how long things take (`laws`).

Pure functions over tallies of groups [replications, cells]; scipy is imported where it is used.
"""
