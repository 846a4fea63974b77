from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.saved_window_state import (
    MOST_PX,
    MOST_RATIO,
    PagesPlace,
    SavedWindowState,
    read_window_state,
    window_state_path,
    write_window_state,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_look_is_read_as_it_was_written(tmp_path: Path) -> None:
    look = SavedWindowState("zh_CN", "dark", b"\x01\xd9".hex())
    write_window_state(tmp_path / "look.json", look)
    assert read_window_state(tmp_path / "look.json") == look
    assert look.geometry_bytes == b"\x01\xd9"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"other": "x"}', '{"language": 5}', "null"])
def test_file_that_makes_no_sense_gives_the_usual_look(text: str, tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    path.write_text(text, encoding="utf-8")
    assert read_window_state(path) == SavedWindowState()


def test_geometry_that_makes_no_sense_is_none() -> None:
    assert SavedWindowState(geometry="zz").geometry_bytes is None


def test_folder_that_is_gone_costs_nothing(tmp_path: Path) -> None:
    write_window_state(tmp_path / "gone" / "look.json", SavedWindowState())
    assert read_window_state(tmp_path / "gone" / "look.json") == SavedWindowState()


def test_place_of_the_pages_is_kept_in_words(tmp_path: Path) -> None:
    write_window_state(window_state_path(tmp_path), SavedWindowState(pages="300 60 700 650 1.5"))
    place = read_window_state(window_state_path(tmp_path)).pages_place
    assert place == PagesPlace(300, 60, 700, 650, 1.5)
    assert place.page_width_px == (700 - 2 * place.margin) * 1.5
    assert PagesPlace(width=1).page_width_px == 1


@pytest.mark.parametrize(("width", "ratio"), [(1, 1.0), (MOST_PX - 1, 0.5), (10, MOST_RATIO)])
def test_the_least_and_the_largest_place_are_kept(width: int, ratio: float) -> None:
    state = SavedWindowState(pages=f"0 0 {width} 10 {ratio}")
    assert state.pages_place == PagesPlace(0, 0, width, 10, ratio)


@pytest.mark.parametrize(("text", "percent"), [("100", 100), ("200", 200), ("", 0), ("120", 0), ("x", 0)])
def test_of_text_sizes_only_those_that_are_offered_are_used(text: str, percent: int) -> None:
    assert SavedWindowState(text_size=text).text_percent == percent


@pytest.mark.parametrize(
    "words", ["", "1 2 3", "a b c d e", "0 0 0 10 1", "0 0 90000 10 1", "0 0 10 10 nan", "0 0 9 9 0"]
)
def test_place_that_makes_no_sense_is_the_usual_one(words: str) -> None:
    assert SavedWindowState(pages=words).pages_place == PagesPlace()
