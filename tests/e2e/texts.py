"""The application's own Chinese words, so that tests find things by what they are called in the code."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QTranslator

from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.text.i18n import CHINESE


@cache
def _translator() -> QTranslator:
    translator = QTranslator()
    assert translator.load(CHINESE, str(resource_path("i18n")))
    return translator


def chinese(context: str, source: str, **values: str | int) -> str:
    """Return the Chinese text of an English one, as it stands in a label: without the mark of a shortcut.

    ``n`` among the values stands for ``%n``.
    """
    count = int(values.pop("n", -1))
    text = _translator().translate(context, source, None, count)
    assert text, f"{context} says nothing like {source!r}"
    if count >= 0:
        text = text.replace("%n", str(count))
    return text.format(**values) if values else text.replace("&", "")
