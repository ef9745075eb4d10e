"""A time-varying queue in which nobody waits, M_t/G/inf: the number present over the day."""

import math

import numpy as np
from scipy import special, stats

from tests.oracle import exact
from tests.oracle.simulate import CONFIDENCE, assert_all_cover, simulated

HOUR, DAY = 3600.0, 86400.0
SHARES = (1, 1, 1, 1, 2, 2, 3, 5, 8, 9, 8, 6, 5, 6, 7, 7, 6, 5, 4, 4, 3, 3, 2, 1)  # percent of the day
VOLUME = 900
MEAN, CV = 10 * HOUR, 1.0
STAY = f"{{mean: {MEAN}s, cv: {CV}}}"


def rate(time: float) -> float:
    """Arrivals per second; every day is like the others."""
    return VOLUME * SHARES[math.floor(time / HOUR) % 24] / 100 / HOUR


def lognormal_survival(age: float) -> float:
    sigma = math.sqrt(math.log1p(CV**2))
    return float(special.ndtr(-(math.log(age / MEAN) + sigma**2 / 2) / sigma)) if age > 0 else 1.0


def gamma_survival(age: float) -> float:
    return float(special.gammaincc(CV**-2, age / (MEAN * CV**2)))


SURVIVAL = {"lognormal": lognormal_survival, "gamma": gamma_survival}
HOURS = tuple(number * HOUR for number in range(48))


def present(family: str, time: float) -> float:
    """Mean number present; the simulation begins empty at time 0."""
    return exact.infinite_server_present(rate, SURVIVAL[family], 0.0, time, rate_jumps=HOURS)


def mean_present(family: str, hour: int) -> float:
    """Mean number present over an hour of the day, on average of the two days; its rate is constant."""
    nodes, weights = np.polynomial.legendre.leggauss(4)
    starts = hour * HOUR, DAY + hour * HOUR
    times = [start + (node + 1) / 2 * HOUR for start in starts for node in nodes]
    return float(
        sum(w * present(family, time) for w, time in zip([*weights, *weights], times, strict=True)) / 4
    )


def test_the_number_present_follows_the_day_as_theory_says():
    assert sum(SHARES) == 100
    by_hour = ", ".join(f'"{hour:02d}": {share}%' for hour, share in enumerate(SHARES))
    channels = "\n".join(
        f"  {family}: {{arrivals: {{volume: {VOLUME}/day, by_hour: {{{by_hour}}}}}, journey: {family}}}"
        for family in SURVIVAL
    )
    journeys = "\n".join(
        f"  {family}: {{{family}_stay: {{delay: {{time: {{{family}: {STAY}}}}}, next: resolved}}}}"
        for family in SURVIVAL
    )
    found = simulated(
        f"""
name: M_t/G/infinity
time: {{start: 2026-03-02, horizon: 2d, interval: 1h}}
run: {{replications: 291, seed: 106}}
channels:
{channels}
journeys:
{journeys}
""",
        *(f"backlog for channel={family} by interval" for family in SURVIVAL),
        keep_logs=True,
    )
    compared = {}
    for family in SURVIVAL:
        cells = found.cells(f"backlog for channel={family} by interval")
        assert len(cells) == 24
        for hour, (label, estimate) in enumerate(cells):
            compared[f"{family} present, {label}"] = estimate, mean_present(family, hour)
    assert_all_cover(compared)

    # At one moment the number present is Poisson: its variance is its mean.
    for channel, family in enumerate(SURVIVAL):
        mean = present(family, 10 * HOUR)
        counts = [_present_at(log, channel, 10 * HOUR) for log in found.study.runs.logs]
        low, high = stats.chi2.ppf([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], len(counts) - 1)
        ratio = np.var(counts, ddof=1) / mean * (len(counts) - 1)
        assert low <= ratio <= high, f"{family}: variance {np.var(counts, ddof=1)}, mean {mean}"


def _present_at(log, channel: int, time: float) -> int:
    contacts = log.contacts
    here = (contacts.channel == channel) & (contacts.arrival <= time)
    return int((here & ~(contacts.end <= time)).sum())
