from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.first_look import FirstLook, read_first_look, write_first_look

if TYPE_CHECKING:
    from pathlib import Path


def test_look_is_read_as_it_was_written(tmp_path: Path) -> None:
    look = FirstLook("zh_CN", "dark", b"\x01\xd9".hex())
    write_first_look(tmp_path / "look.json", look)
    assert read_first_look(tmp_path / "look.json") == look
    assert look.geometry_bytes == b"\x01\xd9"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"other": "x"}', '{"language": 5}', "null"])
def test_file_that_makes_no_sense_gives_the_usual_look(text: str, tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    path.write_text(text, encoding="utf-8")
    assert read_first_look(path) == FirstLook()


def test_geometry_that_makes_no_sense_is_none() -> None:
    assert FirstLook(geometry="zz").geometry_bytes is None


def test_folder_that_is_gone_costs_nothing(tmp_path: Path) -> None:
    write_first_look(tmp_path / "gone" / "look.json", FirstLook())
    assert read_first_look(tmp_path / "gone" / "look.json") == FirstLook()
