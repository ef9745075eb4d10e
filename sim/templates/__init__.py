"""Starters for `sim init`: commented scenarios that run as they are."""
