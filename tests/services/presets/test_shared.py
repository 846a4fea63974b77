"""Presets of a folder that a policy names."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.services.presets.shared import SharedPresets
from esign_desktop.store.tables.settings import Settings
from tests.services.counter_desk import CounterDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.rehearsal import RehearsalPlatform


@pytest.fixture
def desks(tmp_path: Path, platform: RehearsalPlatform) -> Iterator[tuple[CounterDesk, CounterDesk]]:
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

    path.unlink()
    assert shared.refresh() == 1
    assert branch.presets.list() == ()


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
