"""The scenes by name, imported when they are played: the clock has to stand still before the application is read."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from esign_desktop.override import override

if TYPE_CHECKING:
    from tests.pictures.studio import Studio

SCENES: Final = {
    "beginning": "beginning",
    "prepare": "prepare",
    "proposals": "proposals",
    "filling": "filling",
    "placing": "placing",
    "reading": "reading",
    "contact_files": "contact_files",
    "presets": "presets",
    "templates": "templates",
    "sending": "sending",
    "reviewing": "reviewing",
    "doubts": "doubts",
    "track": "track",
    "bulk": "bulk",
    "contacts": "contacts",
    "settings": "settings",
    "shell": "shell",
    "counter": "counter",
    "package": "package",
    "customer": "customer",
}
"""Scene → its module in ``tests.pictures.scenes``, whose ``play`` takes the pictures."""


class _Programme(Mapping[str, "Callable[[Studio], None]"]):
    @override
    def __getitem__(self, name: str) -> Callable[[Studio], None]:
        play: Callable[[Studio], None] = importlib.import_module(f"tests.pictures.scenes.{SCENES[name]}").play
        return play

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(SCENES)

    @override
    def __len__(self) -> int:
        return len(SCENES)


PROGRAMME: Final = _Programme()
