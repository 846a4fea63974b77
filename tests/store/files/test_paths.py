from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.files.paths import AppPaths

if TYPE_CHECKING:
    from pathlib import Path


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_systems_folders_are_used_by_default(isolated_home: Path) -> None:
    paths = AppPaths.default()
    for folder in (paths.data_dir, paths.cache_dir, paths.log_dir):
        assert folder.is_relative_to(isolated_home)
        assert "esign-desktop" in folder.parts


def test_every_folder_is_closed_to_others(tmp_path: Path) -> None:
    paths = AppPaths.at(tmp_path / "root")
    paths.prepare()
    folders = (paths.data_dir, paths.cache_dir, paths.log_dir, paths.snapshots_dir, paths.copies_dir, paths.presets_dir)
    assert [_mode(folder) for folder in folders] == [0o700] * len(folders)


def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    paths = AppPaths.at(tmp_path)
    paths.prepare()
    paths.prepare()
    assert _mode(paths.data_dir) == 0o700


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        AppPaths.at(tmp_path).prepare()
    assert caught.value.code == "store.unwritable"
    assert str(tmp_path) not in str(caught.value)
