"""Interleaved rounds, medians and tables in Markdown: how everything here is measured and shown.

Machines differ and drift, so contenders take turns, round by round, and what counts is the ratio of two of
them in the same round.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Contender = Callable[[int], float]
"""Does its work of one round and returns a rate or a time."""

Found = Mapping[str, Sequence[float]]
"""What each contender found, round by round."""

MISSING = "–"


def interleaved(contenders: Mapping[str, Contender], rounds: int) -> dict[str, list[float]]:
    """Every contender once in every round."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, contender in contenders.items():
            gc.collect()  # nobody pays for what another has left behind
            found[name].append(contender(number))
    return found


def cpu_rate(simulate: Callable[[], int]) -> float:
    """Contacts per CPU second of this process."""
    begin = time.process_time()
    contacts = simulate()
    return contacts / (time.process_time() - begin)


def median(found: Found, name: str) -> str:
    """The median over rounds, three digits; a dash where there is none."""
    return number(statistics.median(found[name])) if name in found else MISSING


def ratio(found: Found, one: str, other: str) -> str:
    """The median over rounds of one contender's value divided by another's, and its range."""
    if one not in found or other not in found:
        return MISSING
    ratios = [a / b for a, b in zip(found[one], found[other], strict=True)]
    return f"**{number(statistics.median(ratios))}** ({number(min(ratios))} to {number(max(ratios))})"


def number(value: float) -> str:
    """Three digits, no exponent."""
    size = float(f"{value:.3g}")
    if size >= 100:
        return f"{size:,.0f}"
    return f"{size:.3g}"


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; the first column holds words, the others numbers."""
    lines = [heading, ["---", *["---:"] * (len(heading) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def put_into(page: Path, name: str, text: str) -> None:
    """Replace what stands in a page between <!-- name --> and <!-- end of name -->.

    Raises:
        ValueError: the page has no such place.
    """
    before, begin, rest = page.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- end of {name} -->")
    if not end:
        raise ValueError(f"{page} has no place for '{name}'")
    page.write_text(f"{before}{begin}{text}\n{end}{after}", encoding="utf-8")
