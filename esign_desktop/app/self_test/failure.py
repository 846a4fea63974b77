"""What ends a self-test early."""

from __future__ import annotations


class SelfTestFailed(Exception):
    """A step did not come to what it has to come to. The text is for support, in English, without personal data."""
