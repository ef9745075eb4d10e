"""Scenarios drawn at random, small and full of ties: `scenarios`."""
