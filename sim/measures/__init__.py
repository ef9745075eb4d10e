"""From logs to numbers: derived columns (`tables`), cuts (`cuts`), and one grouped sum (`measure`).

Every measure is a definition in `sim.catalogue`; nothing here knows one by name.
"""
