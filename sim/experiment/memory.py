"""Memory that goes back to the machine between big replications."""

from __future__ import annotations

import ctypes
import sys

BIG = 100_000
"""Contacts: a replication whose columns are large enough to matter."""


def give_back() -> None:
    """Hand memory that was freed back to the machine, where the C library can (glibc).

    It keeps what a thread has freed, in pieces, for that thread; after a big replication these are more than
    the next one can use, and memory would grow from one to the next.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
