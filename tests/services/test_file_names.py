from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.services.file_names import free_path, safe_stem


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("借款合同", "借款合同"),
        ("借款合同.pdf", "借款合同"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a<b>c:"d|e?f*g\\h', "a_b_c__d_e_f_g_h"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        ("contract", "contract"),
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
