"""The command line, `sim`. Heavy imports happen inside the commands, so that `--help` is quick."""

from sim.cli.main import main

__all__ = ["main"]
