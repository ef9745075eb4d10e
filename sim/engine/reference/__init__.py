"""The reference engine on SimPy: the semantics in executable form, one process per contact.

`clock` schedules at absolute times and dispatches once per instant; `dispatcher` matches those who wait
with agents and bot sessions; `agents` are people with shifts and breaks; `journey` is a contact's story;
`customers` come and come back; `records` is what is remembered and how it becomes the Log.
"""

from sim.engine.reference.world import run

__all__ = ["run"]
