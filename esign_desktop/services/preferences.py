"""What a person chose about the application itself. A value that can't be read counts as not chosen."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.cost import TIERS, Tier

if TYPE_CHECKING:
    from esign_desktop.store.settings import Settings

MAX_RECENTS: Final = 10

_LANGUAGES: Final = frozenset({"zh_CN", "en"})


class ThemeChoice(StrEnum):
    """Which palette; SYSTEM follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Preferences:
    """Typed reading and writing of settings. Blocks for the store, so it is for worker threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def language(self) -> str:
        """``zh_CN``, ``en``, or empty for the system's."""
        value = self._settings.get("language") or ""
        return value if value in _LANGUAGES else ""

    def set_language(self, language: str) -> None:
        self._settings.set("language", language if language in _LANGUAGES else "")

    @property
    def theme(self) -> ThemeChoice:
        value = self._settings.get("theme")
        return ThemeChoice(value) if value in set(ThemeChoice) else ThemeChoice.SYSTEM

    def set_theme(self, theme: ThemeChoice) -> None:
        self._settings.set("theme", theme.value)

    @property
    def tier_index(self) -> int:
        """Which of ``TIERS`` prices are estimated by."""
        value = self._settings.get("tier_index") or ""
        return int(value) if value.isascii() and value.isdigit() and int(value) < len(TIERS) else 0

    @property
    def tier(self) -> Tier:
        return TIERS[self.tier_index]

    def set_tier_index(self, index: int) -> None:
        self._settings.set("tier_index", str(index))

    @property
    def download_folder(self) -> Path | None:
        """Where signed files go; None if none was chosen."""
        value = self._settings.get("download_folder")
        return Path(value) if value else None

    def set_download_folder(self, folder: Path | None) -> None:
        self._settings.set("download_folder", str(folder) if folder else "")

    @property
    def window_geometry(self) -> bytes | None:
        """What the main window wrote about its own size and place."""
        try:
            return bytes.fromhex(self._settings.get("window_geometry") or "") or None
        except ValueError:
            return None

    def set_window_geometry(self, geometry: bytes) -> None:
        self._settings.set("window_geometry", geometry.hex())

    @property
    def recents(self) -> tuple[Path, ...]:
        """Files that were opened, the latest first."""
        try:
            values = json.loads(self._settings.get("recents") or "[]")
        except ValueError:
            return ()
        if not isinstance(values, list):
            return ()
        return tuple(Path(value) for value in values if isinstance(value, str) and value)[:MAX_RECENTS]

    def add_recent(self, path: Path) -> None:
        """Put a file in front of the others."""
        others = (one for one in self.recents if one != path)
        self._set_recents((path, *others))

    def forget_recent(self, path: Path) -> None:
        self._set_recents(tuple(one for one in self.recents if one != path))

    def _set_recents(self, paths: tuple[Path, ...]) -> None:
        self._settings.set("recents", json.dumps([str(path) for path in paths[:MAX_RECENTS]], ensure_ascii=False))
