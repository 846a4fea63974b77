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


@pytest.fixture
def languages(qapp: QApplication) -> Iterator[Languages]:
    """The translators of the one application that all tests share, removed at the end."""
    languages = Languages(qapp)
    yield languages
    languages.retire()


@pytest.fixture
def speak(languages: Languages) -> Callable[[str], None]:
    """Switches the language, which is English until then."""
    languages.use(ENGLISH)
    return languages.use
