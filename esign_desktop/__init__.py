"""Prepare, send and follow electronic-signature contracts from the desktop."""

from __future__ import annotations

__version__ = "0.2.0"
