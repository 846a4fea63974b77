"""The user's preferences for the application.

A stored value that cannot be read is treated as not set.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.cost import OWN_TIER_INDEX, TIERS, Tier, own_tier
from esign_desktop.domain.file_names import FolderLayout
from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.domain.placing.placement import MAX_SEAL_PT, MIN_SEAL_PT
from esign_desktop.domain.policy import NO_POLICY

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.domain.policy import Policy
    from esign_desktop.store.tables.settings import Settings

MAX_RECENTS: Final = 10
MAX_SEAL_SIZES: Final = 12
_MAX_DISMISSED: Final = 200

_LANGUAGES: Final = frozenset({"zh_CN", "en"})


class ThemeChoice(StrEnum):
    """The color palette of the application.

    SYSTEM follows the desktop. CONTRAST and CONTRAST_LIGHT are high-contrast palettes with a black and a white
    background.
    """

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"
    CONTRAST_LIGHT = "contrast_light"


TEXT_PERCENTS: Final = (100, 125, 150, 200)


@dataclass(frozen=True, slots=True)
class SealSize:
    """A seal width that the user has saved, in the unit in which it was entered: ``mm`` or ``pt``."""

    length: float
    unit: str

    @property
    def width_pt(self) -> float:
        return mm_to_pt(self.length) if self.unit == "mm" else self.length


class Preferences:
    """Typed access to the stored settings. Calls block on the store, so they must be made on worker threads.

    Values set by ``policy`` override the user's settings.
    """

    def __init__(self, settings: Settings, policy: Policy = NO_POLICY) -> None:
        self._settings = settings
        self.policy = policy

    @property
    def language(self) -> str:
        """The language of the application, ``zh_CN`` or ``en``, or an empty string for the system's language."""
        value = self.policy.language or self._settings.get("language") or ""
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
    def text_percent(self) -> int:
        """The text size in percent, one of ``TEXT_PERCENTS``, or 0 to follow the desktop."""
        value = self._settings.get("text_percent") or ""
        return int(value) if value in set(map(str, TEXT_PERCENTS)) else 0

    def set_text_percent(self, percent: int) -> None:
        self._settings.set("text_percent", str(percent))

    @property
    def is_still(self) -> bool:
        """Whether animations are off regardless of the desktop's setting."""
        return self._settings.get("motion") == "none"

    def set_still(self, *, is_wanted: bool) -> None:
        self._settings.set("motion", "none" if is_wanted else "")

    @property
    def tier_index(self) -> int:
        """The index in ``TIERS`` of the package used to estimate prices.

        The index is ``OWN_TIER_INDEX`` for a negotiated price.
        """
        if self.policy.price is not None:
            return OWN_TIER_INDEX
        value = self._settings.get("tier_index") or ""
        return int(value) if value.isascii() and value.isdigit() and int(value) <= OWN_TIER_INDEX else 0

    @property
    def tier(self) -> Tier:
        """The package used to estimate prices.

        If the negotiated price is selected but was not entered, this is the last package in ``TIERS``.
        """
        index = self.tier_index
        return TIERS[index] if index < OWN_TIER_INDEX else self.own_tier or TIERS[-1]

    @property
    def own_tier(self) -> Tier | None:
        """The package with the negotiated price, or None if no price was entered."""
        if self.policy.price is not None:
            return self.policy.price
        try:
            match json.loads(self._settings.get("own_tier") or "null"):
                case [int() as price_yuan, int() as contract_count]:
                    return own_tier(price_yuan, contract_count)
        except ValueError:
            pass
        return None

    def set_own_tier(self, tier: Tier | None) -> None:
        kept = [tier.price_yuan, tier.contract_count] if tier is not None else None
        self._settings.set("own_tier", json.dumps(kept))

    def set_tier_index(self, index: int) -> None:
        self._settings.set("tier_index", str(index))

    @property
    def download_folder(self) -> Path | None:
        """The folder into which signed files are downloaded, or None if none was chosen."""
        if self.policy.download_folder is not None:
            return self.policy.download_folder
        value = self._settings.get("download_folder")
        return Path(value) if value else None

    def set_download_folder(self, folder: Path | None) -> None:
        self._settings.set("download_folder", str(folder) if folder else "")

    @property
    def folder_layout(self) -> FolderLayout:
        """The subfolders into which signed files are saved."""
        value = self.policy.folder_layout or self._settings.get("folder_layout")
        return FolderLayout(value) if value in set(FolderLayout) else FolderLayout.CUSTOMER

    def set_folder_layout(self, layout: FolderLayout) -> None:
        self._settings.set("folder_layout", layout.value)

    @property
    def title_rule(self) -> str:
        """The rule for the titles of new contracts, or an empty string for the name of the first document."""
        return self.policy.title_rule or self._settings.get("title_rule") or ""

    def set_title_rule(self, rule: str) -> None:
        self._settings.set("title_rule", rule)

    @property
    def downloads_by_itself(self) -> bool:
        """Whether a contract's files are downloaded automatically as soon as all signers have signed."""
        return self._settings.get("downloads_by_itself") is not None

    @property
    def downloads_since_ms(self) -> int:
        """The earliest sending time of contracts that are downloaded automatically, in epoch milliseconds."""
        value = self._settings.get("downloads_by_itself") or ""
        return int(value) if value.isascii() and value.isdigit() else 0

    def set_downloads_by_itself(self, since_ms: int | None) -> None:
        """Turn on automatic downloads for contracts sent at ``since_ms`` or later. Pass None to turn them off.

        ``since_ms`` is in epoch milliseconds.
        """
        if since_ms is None:
            self._settings.delete("downloads_by_itself")
        else:
            self._settings.set("downloads_by_itself", str(since_ms))

    @property
    def notice_port(self) -> int | None:
        """The local port on which the platform's notices are received, or None if notices are not received."""
        value = self._settings.get("notice_port") or ""
        return int(value) if value.isascii() and value.isdigit() and 0 < int(value) < 65536 else None

    def set_notice_port(self, port: int | None) -> None:
        self._settings.set("notice_port", str(port) if port is not None else "")

    @property
    def track_columns(self) -> bytes | None:
        """The saved settings of the columns in the list of flows, or None if none are saved.

        The settings are the widths, order, visibility and sorting of the columns.
        """
        try:
            return bytes.fromhex(self._settings.get("track_list") or "") or None
        except ValueError:
            return None

    def set_track_columns(self, state: bytes) -> None:
        self._settings.set("track_list", state.hex())

    @property
    def customer_screen(self) -> str:
        return self._settings.get("customer_screen") or ""

    def set_customer_screen(self, identity: str) -> None:
        self._settings.set("customer_screen", identity)

    @property
    def first_steps(self) -> frozenset[str] | None:
        """The names of the beginner's hints that are still to be shown, or None if no hint has been shown yet."""
        value = self._settings.get("first_steps")
        return frozenset(value.split()) if value is not None else None

    def set_first_steps(self, names: Iterable[str]) -> None:
        self._settings.set("first_steps", " ".join(sorted(names)))

    @property
    def proposes_across(self) -> bool:
        """Whether the proposals for a contract include a cross-page seal."""
        return self._settings.get("proposes_across") != "no"

    def set_proposes_across(self, *, is_wanted: bool) -> None:
        self._settings.set("proposes_across", "yes" if is_wanted else "no")

    def dismissed_proposals(self, draft_id: DraftId) -> frozenset[str]:
        """Return the ids of a draft's documents and seals that the user has excluded from proposals."""
        return frozenset(self._all_dismissed_proposals().get(draft_id, ()))

    def set_dismissed_proposals(self, draft_id: DraftId, ids: Set[str], *, is_away: bool) -> None:
        """Exclude documents or seals of a draft from proposals, or include them again.

        The choice is stored only for the most recent drafts.
        """
        before = self.dismissed_proposals(draft_id)
        now = before | ids if is_away else before - ids
        if now != before:
            kept: dict[str, list[str]] = {draft_id: sorted(now)} if now else {}
            kept |= {other_id: ids for other_id, ids in self._all_dismissed_proposals().items() if other_id != draft_id}
            self._settings.set("put_away", json.dumps(dict(list(kept.items())[:_MAX_DISMISSED])))

    def _all_dismissed_proposals(self) -> dict[str, list[str]]:
        try:
            values = json.loads(self._settings.get("put_away") or "{}")
        except ValueError:
            return {}
        if not isinstance(values, dict):
            return {}
        return {draft_id: [str(each) for each in ids] for draft_id, ids in values.items() if isinstance(ids, list)}

    @property
    def view_place(self) -> str:
        """The saved position of the page view, or an empty string if none is saved."""
        return self._settings.get("view_place") or ""

    def set_view_place(self, words: str) -> None:
        self._settings.set("view_place", words)

    @property
    def recents(self) -> tuple[Path, ...]:
        try:
            values = json.loads(self._settings.get("recents") or "[]")
        except ValueError:
            return ()
        if not isinstance(values, list):
            return ()
        return tuple(Path(value) for value in values if isinstance(value, str) and value)[:MAX_RECENTS]

    def add_recent(self, path: Path) -> None:
        """Move a file to the front of the list of recent files, or add the file there if it is not in the list."""
        others = (other for other in self.recents if other != path)
        self._set_recents((path, *others))

    @property
    def seal_sizes(self) -> tuple[SealSize, ...]:
        """The seal widths that the user has saved, in the order in which they were added."""
        try:
            values = json.loads(self._settings.get("seal_sizes") or "[]")
        except ValueError:
            return ()
        sizes = [_seal_size(value) for value in values] if isinstance(values, list) else []
        return tuple(size for size in sizes if size is not None)[:MAX_SEAL_SIZES]

    def set_seal_sizes(self, sizes: tuple[SealSize, ...]) -> None:
        self._settings.set("seal_sizes", json.dumps([[size.length, size.unit] for size in sizes[-MAX_SEAL_SIZES:]]))

    def _set_recents(self, paths: tuple[Path, ...]) -> None:
        self._settings.set("recents", json.dumps([str(path) for path in paths[:MAX_RECENTS]], ensure_ascii=False))


def _seal_size(value: object) -> SealSize | None:
    match value:
        case [int() | float() as length, "mm" | "pt" as unit]:
            size = SealSize(float(length), unit)
            return size if MIN_SEAL_PT <= size.width_pt <= MAX_SEAL_PT else None
        case _:
            return None
