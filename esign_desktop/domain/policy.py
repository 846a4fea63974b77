"""What the person who manages a computer decides for all who work on it (``resources/policy.schema.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.cost import Tier
    from esign_desktop.domain.environment import EnvironmentKind

PREPARE_ROOM: Final = "prepare"
AUDIT_TO_SYSTEM: Final = "system"


class Policy(NamedTuple):
    """What is None, empty or false is everybody's own choice.

    ``address``, ``project_id`` and ``proxy_url`` are those of ``environment``; a proxy of "" is a direct connection.
    ``rooms`` are names of rooms, the counter among them. ``audit_to`` is where the head of the audit log's chain goes:
    ``system``, or ``udp://HOST:PORT`` and ``tcp://HOST:PORT`` of a log server.
    """

    environment: EnvironmentKind | None = None
    address: str = ""
    project_id: str = ""
    proxy_url: str | None = None
    language: str = ""
    download_folder: Path | None = None
    presets_folder: Path | None = None
    results: Path | None = None
    price: Tier | None = None
    rooms: frozenset[str] | None = None
    is_counter_only: bool = False
    pin_digits: int | None = None
    lock_after_minutes: int | None = None
    keep_hours: int | None = None
    log_level: str = ""
    needs_second_person: bool = False
    are_tellers_by_administrator: bool = False
    audit_to: str = ""

    def has_room(self, name: str) -> bool:
        """Whether a room is there; Prepare always is."""
        return self.rooms is None or name == PREPARE_ROOM or name in self.rooms


NO_POLICY: Final = Policy()
