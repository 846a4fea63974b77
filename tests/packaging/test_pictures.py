from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QImage

from tests.pictures.__main__ import FIRST_PORT
from tests.pictures.captions import CAPTIONS
from tests.pictures.kept import KEPT, MOST_BYTES, keep
from tests.pictures.paper import MOST_COLOURS, with_palette, write_if_changed
from tests.pictures.scenes.customer import SIZE_PX

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def take(output: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.pictures", "--output", str(output), "--language", "zh_CN", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=380)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.nightly
@pytest.mark.slow
def test_pictures_are_of_the_right_size_and_show_something(tmp_path: Path) -> None:
    assert "5 states, 10 pictures written" in take(tmp_path, "--only", "customer")
    for percent in (100, 200):
        for state in ("code", "signed"):
            image = QImage(str(tmp_path / f"{percent}" / "zh_CN-light" / f"customer-{state}.png"))
            assert (image.width() * 100 // percent, image.height() * 100 // percent) == SIZE_PX
            assert image.format() is QImage.Format.Format_Indexed8
            counts = Counter(bytes(image.constBits()))
            assert len(counts) > 8
            assert max(counts.values()) < image.width() * image.height()
    again = take(tmp_path, "--only", "customer", "--scale", "100")
    assert "5 states, 0 pictures written" in again


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "scenes",
    [
        *(("prepare", "placing"), ("sending", "reviewing"), ("track", "bulk"), ("contacts", "presets", "templates")),
        ("settings", "shell", "counter"),
    ],
    ids="-".join,
)
def test_texts_can_be_read_and_it_is_seen_where_the_keyboard_is(tmp_path: Path, scenes: tuple[str, ...]) -> None:
    """In every theme, by the pixels of each label, button, field, cell and stop of the Tab key."""
    # Others may be looking at the same time, at pictures of their own.
    port = FIRST_PORT + 10 * sum(map(ord, scenes[0])) % 900
    take(tmp_path, "--only", *scenes, "--scale", "100", "--legible", "--held", f"--port={port}")


def test_only_pictures_of_the_taken_states_are_renewed_in_the_documents(tmp_path: Path) -> None:
    taken, folder = tmp_path / "taken" / "100" / "zh_CN-light", tmp_path / "kept" / "zh_CN-light"
    for place, states in ((taken, ("review", "qr-code", "first-start")), (folder, ("review", "qr-code", "no-longer"))):
        place.mkdir(parents=True)
        for state in states:
            (place / f"{state}.png").write_text(f"{place.parent.name} {state}", "utf-8")

    keep(tmp_path / "taken", tmp_path / "kept", ["review", "first-start"])

    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == {
        "review.png": "100 review",
        "first-start.png": "100 first-start",
        "qr-code.png": "kept qr-code",
    }
    assert (tmp_path / "kept" / "README.md").read_bytes() == (REPOSITORY / "docs/screenshots/README.md").read_bytes()


def test_a_palette_keeps_grounds_exactly_and_smooth_shades_nearly(qtbot: QtBot, tmp_path: Path) -> None:
    image = QImage(401, 300, QImage.Format.Format_RGB32)
    image.fill(0xFFF6F7F9)
    for x in range(401):
        for y in range(100):
            image.setPixel(x, y, 0xFF000000 | (x * 255 // 400) << 16 | (y * 2) << 8 | 0x40)
    small = with_palette(image)
    assert small.colorCount() <= MOST_COLOURS
    assert small.pixelColor(200, 250).rgb() == 0xFFF6F7F9
    for x, y in ((0, 0), (200, 50), (400, 99), (77, 11)):
        near, exact = small.pixelColor(x, y), image.pixelColor(x, y)
        assert abs(near.red() - exact.red()) + abs(near.green() - exact.green()) < 40
    path = tmp_path / "one.png"
    assert write_if_changed(image, path)
    assert not write_if_changed(image, path)
    image.fill(0xFF000000)
    assert write_if_changed(image, path)


def test_the_font_of_the_pictures_has_the_characters_of_the_windows(qtbot: QtBot) -> None:
    if "Noto Sans CJK SC" not in QFontDatabase.families():
        pytest.skip("Noto Sans CJK SC is not installed")
    metrics = QFontMetrics(QFont("Noto Sans CJK SC"))
    texts = (REPOSITORY / "resources" / "i18n" / "zh_CN.ts").read_text("utf-8")
    missing = {c for c in texts if not c.isspace() and not metrics.inFontUcs4(ord(c))}
    assert not missing


def test_the_repository_keeps_the_pictures_that_it_lists_and_no_others() -> None:
    folder = REPOSITORY / "docs" / "screenshots"
    kept = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    assert kept == sorted(f"{name}/{state}.png" for name, states in KEPT.items() for state in states)
    assert {state for states in KEPT.values() for state in states} <= set(CAPTIONS)
    assert sum(path.stat().st_size for path in folder.rglob("*.png")) <= MOST_BYTES
