"""The application's own Chinese words, so that tests find things by what they are called in the code."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from esign_desktop.ui.text.i18n import CHINESE, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def _table() -> Mapping[tuple[str, str], str | list[str]]:
    return read_table(CHINESE)


def chinese(context: str, source: str, **values: str | int) -> str:
    """Return the Chinese text of an English one, as it stands in a label: without the mark of a shortcut.

    ``n`` among the values stands for ``%n``.
    """
    entry = _table()[(context, source)]
    text = entry if isinstance(entry, str) else entry[-1]
    count = values.pop("n", None)
    if count is not None:
        text = text.replace("%n", str(count))
    return text.format(**values) if values else text.replace("&", "")
