"""Ctrl-C that is not lost.

Python drops an exception raised while an object is destroyed, and a replication destroys thousands of
generators as it ends: a KeyboardInterrupt that falls there would only be printed, and the run go on.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noticed_interrupts() -> Iterator[Callable[[], None]]:
    """Gives a function that raises KeyboardInterrupt if Ctrl-C (or SIGTERM, handled alike) has come before.

    Signals reach the main thread only; elsewhere the function does nothing.
    """
    noticed: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    handled = {number: handler for number, handler in previous.items() if callable(handler)}

    def notice(number: int, frame: FrameType | None) -> None:
        noticed.append(number)
        handled[signal.Signals(number)](number, frame)

    def raise_if_noticed() -> None:
        if noticed:
            raise KeyboardInterrupt

    for number in handled:
        signal.signal(number, notice)
    try:
        yield raise_if_noticed
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)
