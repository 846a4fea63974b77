"""The policy: settings that an administrator prescribes for all users of a computer (resources/policy.schema.json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.cost import Tier
    from esign_desktop.domain.environment import EnvironmentKind
    from esign_desktop.domain.file_names import FolderLayout

ROOMS_ALWAYS_AVAILABLE: Final = frozenset({"prepare", "presets"})
"""Contracts are prepared and saved as presets in Prepare, so a policy cannot exclude the list of the presets."""
AUDIT_TO_SYSTEM: Final = "system"


class Policy(NamedTuple):
    """An administrator's policy. A setting that is None, empty or False leaves the choice to the user.

    ``address``, ``project_id`` and ``proxy_url`` belong to ``environment``; an empty ``proxy_url`` means a direct
    connection. ``rooms`` lists the names of the available sections of the window, including the counter. ``audit_to``
    is the destination to which the latest hash of the audit log is sent: ``system`` for the operating system's log, or
    ``udp://HOST:PORT`` or ``tcp://HOST:PORT`` for a log server. ``preset_keys`` assigns function keys to the names of
    files in ``presets_folder``. If ``remembers_forms`` is False, contracts leave no forms. ``data_folder`` is the
    default data folder, and ``--data-dir`` accepts no other folder.
    """

    environment: EnvironmentKind | None = None
    address: str = ""
    project_id: str = ""
    proxy_url: str | None = None
    language: str = ""
    download_folder: Path | None = None
    presets_folder: Path | None = None
    preset_digests: frozenset[str] | None = None
    days_folder: Path | None = None
    results: Path | None = None
    price: Tier | None = None
    rooms: frozenset[str] | None = None
    is_counter_only: bool = False
    pin_digits: int | None = None
    pin_days: int | None = None
    lock_after_minutes: int | None = None
    keep_hours: int | None = None
    log_level: str = ""
    needs_second_person: bool = False
    are_tellers_by_administrator: bool = False
    needs_teller: bool = False
    data_folder: Path | None = None
    audit_to: str = ""
    preset_keys: tuple[tuple[int, str], ...] = ()
    remembers_forms: bool = True
    folder_layout: FolderLayout | None = None
    title_rule: str = ""

    def has_room(self, name: str) -> bool:
        """Return whether the policy makes this section of the window available.

        Prepare and Presets are always available.
        """
        return self.rooms is None or name in ROOMS_ALWAYS_AVAILABLE or name in self.rooms


NO_POLICY: Final = Policy()
