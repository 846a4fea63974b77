"""What tests of windows share: workers that are stopped, and the language of the texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.text.i18n import ENGLISH, Languages
from tests.services.sandbox_platform import SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture(scope="module")
def shared_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxPlatform]:
    with SandboxPlatform(tmp_path_factory.mktemp("platform")) as platform:
        yield platform


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[TaskRunner]:
    """The application's workers, stopped at the end."""
    runner = TaskRunner()
    yield runner
    runner.stop()


@pytest.fixture(scope="session")
def languages(qapp: QApplication) -> Languages:
    """The translators of the one application that all tests share."""
    return Languages(qapp)


@pytest.fixture
def speak(languages: Languages) -> Iterator[Callable[[str], None]]:
    """Switches the language; English again afterwards, as when nothing is installed but with its plurals."""
    languages.use(ENGLISH)
    yield languages.use
    languages.use(ENGLISH)
