"""The simulator against theory: each file says in its name which oracle it asks.

`exact` holds the exact values; `test_exact_formulas` checks them, without the simulator.
"""
