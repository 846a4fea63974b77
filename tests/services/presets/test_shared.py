"""Presets of a folder that a policy names."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from esign_desktop.domain.account import Person
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.preset.edits import RoleKind, add_role
from esign_desktop.domain.preset.preset import with_staff
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.services.file_digest import sha256_of_file
from esign_desktop.services.presets.shared import SharedPresets
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.counter.frame import PresetKeys
from tests.raised import raises_code
from tests.services.counter_desk import CounterDesk
from tests.services.presets.test_exchange import damaged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.sandbox_platform import SandboxPlatform


@pytest.fixture
def desks(tmp_path: Path, platform: SandboxPlatform) -> Iterator[tuple[CounterDesk, CounterDesk]]:
    head_office, branch = (CounterDesk(tmp_path / name, platform.environment) for name in ("office", "branch"))
    yield head_office, branch
    head_office.close()
    branch.close()


def shared_in(desk: CounterDesk, folder: Path) -> SharedPresets:
    return SharedPresets(folder, desk.presets, Settings(desk.database))


def lay(desk: CounterDesk, preset: Preset, folder: Path, moment_s: int) -> Path:
    path = folder / "loan.esignpreset"
    desk.presets.export(preset.id, path)
    os.utime(path, (moment_s, moment_s))
    return path


def test_everybody_has_the_folders_presets_and_nobody_changes_them(
    desks: tuple[CounterDesk, CounterDesk], tmp_path: Path
) -> None:
    office, branch = desks
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "broken.esignpreset").write_bytes(b"no archive")
    preset = office.make_preset(tmp_path)
    path = lay(office, preset, folder, 1_000)
    shared = shared_in(branch, folder)
    assert shared.refresh() == 1
    (taken,) = branch.presets.list()
    assert (taken.id, taken.name) == (preset.id, preset.name)
    with pytest.raises(InputError, match=r"policy\.fixed"):
        branch.presets.save(replace(taken, name="another name"))
    with pytest.raises(InputError, match=r"policy\.fixed"):
        branch.presets.delete(taken.id)
    branch.presets.assign_key(taken.id, 3)
    assert shared.refresh() == 0

    office.presets.save(replace(preset, name="another name"))
    lay(office, office.presets.get(preset.id), folder, 2_000)
    assert shared_in(branch, folder).refresh() == 1
    (taken,) = branch.presets.list()
    assert (taken.name, taken.function_key) == ("another name", 3)

    other = folder / "other.esignpreset"
    other.write_bytes(b"no archive")
    path.unlink()
    assert shared.refresh() == 1
    assert branch.presets.list() == ()


def test_presets_of_the_folder_are_on_the_keys_that_the_policy_names(
    desks: tuple[CounterDesk, CounterDesk], tmp_path: Path
) -> None:
    office, branch = desks
    folder = tmp_path / "shared"
    folder.mkdir()
    own = branch.make_preset(tmp_path / "own", name="own")
    branch.presets.assign_key(own.id, 2)
    preset = office.make_preset(tmp_path)
    lay(office, preset, folder, 1_000)
    keys = ((2, "loan.esignpreset"), (4, "missing.esignpreset"))
    shared = SharedPresets(folder, branch.presets, Settings(branch.database), keys)
    assert shared.refresh() == 2
    assert {one.name: one.function_key for one in branch.presets.list()} == {preset.name: 2, "own": None}
    for preset_id, key in ((own.id, 2), (preset.id, None), (preset.id, 5)):
        with pytest.raises(InputError, match=r"policy\.fixed"):
            branch.presets.assign_key(preset_id, key)
    branch.presets.assign_key(own.id, 3)
    assert shared.refresh() == 0


def test_one_damaged_file_keeps_no_others_away(desks: tuple[CounterDesk, CounterDesk], tmp_path: Path) -> None:
    head_office, branch = desks
    preset = head_office.make_preset(tmp_path / "form")
    folder = tmp_path / "share"
    folder.mkdir(exist_ok=True)
    head_office.presets.export(preset.id, folder / "b.esignpreset")
    damaged(folder / "a.esignpreset")
    assert shared_in(branch, folder).refresh() == 1
    assert [one.name for one in branch.presets.list()] == [preset.name]


def test_a_share_that_is_away_takes_nothing_with_it(desks: tuple[CounterDesk, CounterDesk], tmp_path: Path) -> None:
    office, branch = desks
    folder = tmp_path / "shared"
    folder.mkdir()
    lay(office, office.make_preset(tmp_path), folder, 1_000)
    shared = shared_in(branch, folder)
    shared.refresh()
    folder.rename(tmp_path / "away")
    with pytest.raises(StoreError):
        shared.refresh()
    assert len(branch.presets.list()) == 1


def test_an_unmounted_share_that_reads_as_an_empty_folder_takes_no_key_and_no_staff(
    desks: tuple[CounterDesk, CounterDesk], tmp_path: Path
) -> None:
    office, branch = desks
    folder = tmp_path / "shared"
    folder.mkdir()
    path = lay(office, office.make_preset(tmp_path), folder, 1_000)
    shared = shared_in(branch, folder)
    shared.refresh()
    (taken,) = branch.presets.list()
    branch.presets.assign_key(taken.id, 3)
    path.unlink()
    with raises_code(StoreError, "presets.folder_empty"):
        shared.refresh()
    assert branch.presets.on_key(3) == replace(taken, function_key=3)


def test_a_shared_preset_never_replaces_one_that_was_made_here(
    desks: tuple[CounterDesk, CounterDesk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, branch = desks
    folder = tmp_path / "shared"
    folder.mkdir()
    mine = branch.make_preset(tmp_path)
    branch.presets.assign_key(mine.id, 2)
    mine = branch.presets.get(mine.id)
    # A file with the id of the counter's own preset, and another return address.
    options = replace(mine.options, redirect_url="https://elsewhere.example/taken")
    branch.presets.export(mine.id, tmp_path / "mine.esignpreset")
    imports = office.presets.imports
    theirs = imports.take_in(imports.look_into(tmp_path / "mine.esignpreset"))
    office.presets.save(replace(theirs, options=options))
    lay(office, office.presets.get(theirs.id), folder, 1_000)
    assert theirs.id == mine.id
    notes: list[tuple[str, str]] = []
    monkeypatch.setattr(branch.presets, "_note", lambda action, title: notes.append((action.value, title)))
    shared = shared_in(branch, folder)
    assert shared.refresh() == 1

    assert branch.presets.on_key(2) == mine
    (added,) = (preset for preset in branch.presets.list() if preset.id != mine.id)
    assert shared.has(added.id)
    assert not shared.has(mine.id)
    assert added.options.redirect_url == options.redirect_url
    assert [action for action, _title in notes] == ["preset_shared"]
    assert notes[0][1].startswith(added.name)

    # Changed once more, the same copy follows.
    office.presets.save(replace(office.presets.get(theirs.id), name="another name"))
    lay(office, office.presets.get(theirs.id), folder, 2_000)
    assert shared.refresh() == 1
    assert {preset.id: preset.name for preset in branch.presets.list()} == {
        mine.id: mine.name,
        added.id: "another name",
    }


def test_a_branch_gives_a_shared_preset_its_own_staff(desks: tuple[CounterDesk, CounterDesk], tmp_path: Path) -> None:
    office, branch = desks
    folder = tmp_path / "shared"
    folder.mkdir()
    preset = add_role(office.make_preset(tmp_path), RoleKind.STAFF)
    office.presets.save(preset)
    lay(office, office.presets.get(preset.id), folder, 1_000)
    shared = shared_in(branch, folder)
    shared.refresh()
    (taken,) = branch.presets.list()
    role = taken.signers[-1]
    clerk = Person("示例柜员", "110101199003072818", mobile="13800000001")
    branch.presets.save(with_staff(taken, role.id, clerk))
    (saved,) = branch.presets.list()
    assert isinstance(saved.signers[-1], PersonSigner)
    assert saved.signers[-1].person.name == "示例柜员"

    office.presets.save(replace(office.presets.get(preset.id), name="another name"))
    lay(office, office.presets.get(preset.id), folder, 2_000)
    assert shared.refresh() == 1
    (renewed,) = branch.presets.list()
    assert (renewed.name, renewed.signers[-1]) == ("another name", saved.signers[-1])


def test_pdfs_of_a_preset_that_cannot_be_read_are_not_swept(
    desks: tuple[CounterDesk, CounterDesk], tmp_path: Path
) -> None:
    _office, branch = desks
    preset = branch.make_preset(tmp_path)
    pdfs = branch.presets.paths_of(preset)
    (body,) = branch.database.query("SELECT body FROM presets")[0]
    branch.database.execute("UPDATE presets SET body = '{}'")
    branch.presets.sweep()
    branch.database.execute("UPDATE presets SET body = ?", (body,))
    assert pdfs
    assert all(path.is_file() for path in pdfs)


def test_only_files_with_a_digest_of_the_policy_count(desks: tuple[CounterDesk, CounterDesk], tmp_path: Path) -> None:
    office, branch = desks
    folder = tmp_path / "shared"
    folder.mkdir()
    path = lay(office, office.make_preset(tmp_path), folder, 1_000)
    allowed = frozenset({sha256_of_file(path)})
    shared = SharedPresets(folder, branch.presets, Settings(branch.database), digests=allowed)
    assert shared.refresh() == 1
    (taken,) = branch.presets.list()

    office.presets.save(replace(office.presets.get(taken.id), name="another name"))
    lay(office, office.presets.get(taken.id), folder, 2_000)
    assert shared.refresh() == 0
    assert branch.presets.list() == (taken,)


def test_a_key_tells_that_head_office_changed_its_preset_until_it_is_used(
    desks: tuple[CounterDesk, CounterDesk], tmp_path: Path, qapp: QApplication
) -> None:
    office, branch = desks
    folder = tmp_path / "shared"
    folder.mkdir()
    preset = office.make_preset(tmp_path)
    lay(office, preset, folder, 1_000)
    shared = shared_in(branch, folder)
    shared.refresh()
    branch.presets.assign_key(preset.id, 2)
    assert branch.presets.changed_by_office() == frozenset()

    office.presets.save(replace(office.presets.get(preset.id), name="another name"))
    lay(office, office.presets.get(preset.id), folder, 2_000)
    shared.refresh()
    assert shared_in(branch, folder).changed() == {preset.id}
    keys = PresetKeys()
    told = "Changed by head office"
    keys.show_presets({2: branch.presets.get(preset.id)}, branch.presets.changed_by_office())
    assert told in [label.text() for label in keys.findChildren(QLabel)]

    branch.counter.choose(preset.id)
    assert branch.presets.changed_by_office() == frozenset()
    keys = PresetKeys()
    keys.show_presets({2: branch.presets.get(preset.id)}, branch.presets.changed_by_office())
    assert told not in [label.text() for label in keys.findChildren(QLabel)]
