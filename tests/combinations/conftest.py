"""The fixtures of the rooms, the program and the platform's description, for tests that need several of them."""

from __future__ import annotations

from tests.api.conftest import openapi
from tests.app.conftest import idle_children, lent_children, paths, start
from tests.ui.conftest import languages, shared_platform, speak, tasks
from tests.ui.prepare.conftest import desk

__all__ = [
    "desk",
    "idle_children",
    "languages",
    "lent_children",
    "openapi",
    "paths",
    "shared_platform",
    "speak",
    "start",
    "tasks",
]
