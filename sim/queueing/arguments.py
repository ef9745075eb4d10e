"""What every formula asks of its arguments."""

import math
from operator import index


def check_positive(**values: float) -> None:
    """Raises ValueError for a value that is not a finite number above 0."""
    for name, value in values.items():
        if not 0 < value < math.inf:
            raise ValueError(f"{name} is {value!r} (allowed: above 0 and finite)")


def check_not_negative(**values: float) -> None:
    """Raises ValueError for a value that is not a finite number of 0 or more."""
    for name, value in values.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} is {value!r} (allowed: 0 or more and finite)")


def check_whole(**values: int) -> None:
    """Raises ValueError for a value that is not a whole number of 1 or more."""
    for name, value in values.items():
        try:
            whole = index(value)
        except TypeError:
            whole = 0
        if whole < 1:
            raise ValueError(f"{name} is {value!r} (allowed: whole numbers of 1 or more)")
