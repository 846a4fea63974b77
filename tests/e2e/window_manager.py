"""A window manager for a private display."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.virtual_display import VirtualDisplay


@contextmanager
def window_manager(display: VirtualDisplay) -> Iterator[None]:
    """Run Openbox, and wait until it manages windows: one that was there before it would have no keyboard."""
    if shutil.which("openbox") is None:
        pytest.fail("missing: apt-get install openbox")
    with subprocess.Popen(
        ["openbox", "--sm-disable", "--startup", "echo ready"],
        env=os.environ | display.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as manager:
        try:
            assert manager.stdout is not None
            assert manager.stdout.readline(), "Openbox has ended"
            yield
        finally:
            manager.terminate()
