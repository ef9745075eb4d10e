"""How contacts end and come back, for every engine: what a journey's ends mean, and a rule for returns."""

from sim.log import Fate
from sim.plan import End

ABANDONED, GAVE_UP, BALKED, BLOCKED = -4, -5, -6, -7
"""Ends that no route leads to: patience ran out in a queue; left on the way from the bot to a person; would
not join so long a queue; no line was free."""

FATES = {
    int(End.RESOLVED): Fate.RESOLVED,
    int(End.UNRESOLVED): Fate.UNRESOLVED,
    int(End.FALSELY_RESOLVED): Fate.FALSELY_RESOLVED,
    ABANDONED: Fate.ABANDONED,
    GAVE_UP: Fate.GAVE_UP_IN_BOT,
    BALKED: Fate.BALKED,
    BLOCKED: Fate.BLOCKED,
}

UNSERVED = (Fate.ABANDONED, Fate.BALKED, Fate.BLOCKED)
"""Fates after which a customer may try again (`on_abandon`)."""

REOPENING_MEAN = 1800.0
"""A return that is due while the channel is closed comes this long after the next opening, on average."""
