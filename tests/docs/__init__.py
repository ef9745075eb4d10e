"""What the documentation shows is what happens: its examples run, its reference is that of the code."""
