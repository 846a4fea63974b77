from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.cost import OWN_TIER_INDEX, TIERS, Tier
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.file_names import FolderLayout
from esign_desktop.domain.policy import Policy
from esign_desktop.services.preferences import MAX_RECENTS, Preferences, SealSize, ThemeChoice

if TYPE_CHECKING:
    from esign_desktop.store.tables.settings import Settings


@pytest.fixture
def preferences(settings: Settings) -> Preferences:
    return Preferences(settings)


def test_nothing_chosen_follows_the_system(preferences: Preferences) -> None:
    assert preferences.language == ""
    assert preferences.theme is ThemeChoice.SYSTEM
    assert preferences.tier == TIERS[0]
    assert preferences.download_folder is None
    assert preferences.view_place == ""
    assert preferences.recents == ()


def test_choices_are_kept(preferences: Preferences, settings: Settings) -> None:
    preferences.set_language("en")
    preferences.set_theme(ThemeChoice.DARK)
    preferences.set_tier_index(2)
    preferences.set_download_folder(Path("/files/已签"))
    preferences.set_view_place("page 3")

    kept = Preferences(settings)
    assert (kept.language, kept.theme, kept.tier_index) == ("en", ThemeChoice.DARK, 2)
    assert (kept.download_folder, kept.view_place) == (Path("/files/已签"), "page 3")
    kept.set_download_folder(None)
    assert kept.download_folder is None


def test_the_layout_of_folders_is_kept_unless_the_policy_sets_it(preferences: Preferences, settings: Settings) -> None:
    assert preferences.folder_layout is FolderLayout.CUSTOMER
    preferences.set_folder_layout(FolderLayout.MONTH)
    assert Preferences(settings).folder_layout is FolderLayout.MONTH
    policy = Policy(folder_layout=FolderLayout.FLAT)
    assert Preferences(settings, policy).folder_layout is FolderLayout.FLAT
    settings.set("folder_layout", "by weight")
    assert preferences.folder_layout is FolderLayout.CUSTOMER


def test_the_rule_for_titles_is_kept_unless_the_policy_sets_it(preferences: Preferences, settings: Settings) -> None:
    assert preferences.title_rule == ""
    preferences.set_title_rule("{合同} – {客户}")
    assert Preferences(settings).title_rule == "{合同} – {客户}"
    assert Preferences(settings, Policy(title_rule="{客户}")).title_rule == "{客户}"


def test_a_negotiated_price_counts_once_it_is_entered(preferences: Preferences, settings: Settings) -> None:
    preferences.set_tier_index(OWN_TIER_INDEX)
    assert preferences.tier == TIERS[-1]
    preferences.set_own_tier(Tier(500_000, 250_000))
    assert Preferences(settings).tier == Tier(500_000, 250_000)
    preferences.set_tier_index(0)
    assert preferences.tier == TIERS[0]
    assert preferences.own_tier == Tier(500_000, 250_000)


@pytest.mark.parametrize("kept", ["{", "[1]", "[0, 5]", "[5, 0]", "[5, -1]", '["5", 5]', "null"])
def test_a_price_that_can_be_none_is_not_taken(preferences: Preferences, settings: Settings, kept: str) -> None:
    preferences.set_tier_index(OWN_TIER_INDEX)
    settings.set("own_tier", kept)
    assert preferences.own_tier is None
    assert preferences.tier == TIERS[-1]


def test_file_opened_again_moves_to_the_front(preferences: Preferences) -> None:
    for name in ("a", "b", "a"):
        preferences.add_recent(Path(name))
    assert list(preferences.recents) == [Path("a"), Path("b")]


def test_only_the_latest_files_are_kept(preferences: Preferences) -> None:
    for number in range(MAX_RECENTS + 5):
        preferences.add_recent(Path(str(number)))
    assert len(preferences.recents) == MAX_RECENTS
    assert preferences.recents[0] == Path(str(MAX_RECENTS + 4))


@pytest.mark.parametrize("text", ["{", "{}", '[1, null, ""]', "\u0664"])
def test_unreadable_values_count_as_not_chosen(preferences: Preferences, settings: Settings, text: str) -> None:
    for key in ("language", "theme", "tier_index", "recents"):
        settings.set(key, text)
    assert (preferences.language, preferences.theme) == ("", ThemeChoice.SYSTEM)
    assert (preferences.tier_index, preferences.recents) == (0, ())


def test_language_that_does_not_exist_is_not_kept(preferences: Preferences) -> None:
    preferences.set_language("tlh")
    assert preferences.language == ""


def test_sizes_of_seals_are_kept_in_the_order_they_were_added(preferences: Preferences) -> None:
    sizes = (SealSize(38.5, "mm"), SealSize(120.0, "pt"))
    preferences.set_seal_sizes(sizes)
    assert preferences.seal_sizes == sizes


@pytest.mark.parametrize(
    "text", ["nonsense", "7", '[["a","mm"]]', "[[1,2,3]]", '[[1,"mm"]]', '[[40,"inch"]]', "[null]"]
)
def test_sizes_that_cannot_be_read_are_left_out(preferences: Preferences, settings: Settings, text: str) -> None:
    settings.set("seal_sizes", text)
    assert preferences.seal_sizes == ()


def test_what_is_put_away_is_kept_for_the_drafts_that_were_touched_last(
    preferences: Preferences, settings: Settings
) -> None:
    first, second = DraftId("first"), DraftId("second")
    one, other = DocumentId("one"), DocumentId("other")
    preferences.set_dismissed_proposals(first, {one, other}, is_away=True)
    preferences.set_dismissed_proposals(second, {one}, is_away=True)
    preferences.set_dismissed_proposals(first, {one}, is_away=False)
    assert [preferences.dismissed_proposals(draft) for draft in (first, second)] == [
        frozenset({other}),
        frozenset({one}),
    ]
    for number in range(200):
        preferences.set_dismissed_proposals(DraftId(str(number)), {one}, is_away=True)
    assert [preferences.dismissed_proposals(draft) for draft in (first, DraftId("0"))] == [
        frozenset(),
        frozenset({one}),
    ]
    for text in ("{", "[]", '{"0": 1}'):
        settings.set("put_away", text)
        assert preferences.dismissed_proposals(DraftId("0")) == frozenset()
