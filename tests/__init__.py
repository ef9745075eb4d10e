"""Tests by kind: unit, behaviour, oracle (theory), golden (by hand), equivalence (of engines), cli."""
