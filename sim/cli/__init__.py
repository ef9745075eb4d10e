"""The command line: `sim` and `python -m sim`. Heavy imports happen inside the commands: `--help` is quick."""

from sim.cli.main import main

__all__ = ["main"]
