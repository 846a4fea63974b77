"""The rooms of the main window, in the order of the rail."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QCoreApplication


class RoomName(StrEnum):
    """A room; its value is the name of its icon too."""

    PREPARE = "prepare"
    TRACK = "track"
    BULK = "bulk"
    SETTINGS = "settings"


ROOM_KEYS: Final = {
    RoomName.PREPARE: "Ctrl+1",
    RoomName.TRACK: "Ctrl+2",
    RoomName.BULK: "Ctrl+3",
    RoomName.SETTINGS: "Ctrl+,",
}


def room_title(name: RoomName) -> str:
    """Name a room in the language of the window."""
    match name:
        case RoomName.PREPARE:
            return QCoreApplication.translate("Rooms", "Prepare")
        case RoomName.TRACK:
            return QCoreApplication.translate("Rooms", "Track")
        case RoomName.BULK:
            return QCoreApplication.translate("Rooms", "Bulk")
        case RoomName.SETTINGS:
            return QCoreApplication.translate("Rooms", "Settings")
