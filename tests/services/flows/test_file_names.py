from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.file_names import safe_stem
from esign_desktop.services.flows.files import free_path


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("借款合同", "借款合同"),
        ("借款合同.pdf", "借款合同"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a<b>c:"d|e?f*g\\h', "a_b_c__d_e_f_g_h"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        ("nul .合同", "_nul .合同"),
        ("CONIN$", "_CONIN$"),
        ("console", "console"),
        ("contract", "contract"),
        ("合同. . ", "合同"),
        (r"\\server\share\a", "__server_share_a"),
        ("C:a", "C_a"),
        (" . ", "fallback"),
        ("", "fallback"),
        ("\u202efdp.exe", "_fdp.exe"),
        ("line\nbreak", "line_break"),
        ("half \ud800 pair", "half _ pair"),
    ],
)
def test_name_becomes_safe_in_any_folder(name: str, stem: str) -> None:
    assert safe_stem(name, fallback="fallback") == stem


@given(st.text())
def test_any_name_makes_a_file_inside_of_the_folder(name: str) -> None:
    folder = Path("folder")
    path = folder / f"{safe_stem(name, fallback='x')}.pdf"
    assert path.parent == folder
    assert len(path.name.encode()) <= 200


def test_taken_names_are_counted_up(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").touch()
    (tmp_path / "a (2).pdf").symlink_to("nowhere")
    second = free_path(tmp_path, "a", ".pdf")
    assert second.name == "a (3).pdf"
    assert free_path(tmp_path, "a", ".pdf", taken=[second]).name == "a (4).pdf"


def test_names_that_are_one_to_windows_and_macos_count_as_taken(tmp_path: Path) -> None:
    taken = [tmp_path / "Loan é.pdf"]
    assert free_path(tmp_path, "loan É", ".pdf", taken=taken).name == "loan É (2).pdf"
    assert free_path(tmp_path, "loan e\u0301", ".pdf", taken=taken).name == "loan e\u0301 (2).pdf"


@pytest.mark.parametrize("stem", ["合" * 90, "\U00020000" * 45, "a" * 180])
def test_the_whole_path_is_no_longer_than_windows_takes(stem: str) -> None:
    folder = Path("/") / ("d" * 200)
    path = free_path(folder, stem, ".pdf", longest=259)
    assert len(str(path).encode("utf-16-le")) // 2 in {258, 259}
    assert path.stem == stem[: len(path.stem)]
    second = free_path(folder, stem, ".pdf", taken=[path], longest=259)
    assert second.name.endswith(" (2).pdf")
    assert len(str(second).encode("utf-16-le")) // 2 <= 259


def test_a_path_keeps_its_name_where_the_system_has_no_limit() -> None:
    assert free_path(Path("/") / ("d" * 200), "a" * 180, ".pdf", longest=None).stem == "a" * 180


@pytest.mark.parametrize(
    ("fallback", "stem"),
    [
        ("../../etc/x", "_.._etc_x"),
        ("a/b", "a_b"),
        ("", "document"),
        ("..", "document"),
        ("con", "_con"),
        ("é" * 200, "é" * 90),
    ],
)
def test_what_stands_in_for_a_name_is_made_safe_too(fallback: str, stem: str) -> None:
    """It may be an id that the platform told."""
    assert safe_stem(" . ", fallback=fallback) == stem
