"""What a check finds."""

from __future__ import annotations

Path = tuple[str, ...]

Finding = tuple[Path, str, str]
"""Key path, what is wrong, remedy."""
