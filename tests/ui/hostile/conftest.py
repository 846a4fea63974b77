"""One hostile text at a time, and a picture that nobody may open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QImage

from tests.tiers import daily
from tests.ui.hostile.file_watch import FileWatch, watched
from tests.ui.hostile.looking import MARK, look
from tests.ui.hostile.texts import DAILY, HOSTILE, hostile_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    Look = Callable[[QWidget], None]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "mark.png"
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(MARK)
    image.save(str(path))
    return path


@pytest.fixture
def watch(picture: Path) -> Iterator[FileWatch]:
    with watched(picture) as found:
        yield found


@pytest.fixture(params=daily(DAILY, ["at once", *sorted(HOSTILE)]))
def text(request: pytest.FixtureRequest, picture: Path) -> str:
    return hostile_text(request.param, picture)


@pytest.fixture
def look_in_both_languages(speak: Callable[[str], None], watch: FileWatch) -> Look:
    """Looks at a window in English and, after the language was changed under it, in Chinese."""

    def look_twice(window: QWidget) -> None:
        for language in ("zh_CN", "en"):
            speak(language)
            look(window, watch)

    return look_twice
