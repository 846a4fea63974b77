"""The fixtures of the rooms and of the platform's description, for tests that need both."""

from __future__ import annotations

from tests.api.conftest import openapi
from tests.ui.conftest import languages, speak, tasks
from tests.ui.prepare.conftest import desk

__all__ = ["desk", "languages", "openapi", "speak", "tasks"]
