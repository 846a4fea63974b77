"""Photographs and scans become upright pages; what is no picture, or a bomb, is refused by its reason."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.picture_pages import LONG_PT, MARGIN_PT, SHORT_PT, place_picture
from esign_desktop.pdf.isolated.images import images_pdf, read_images
from tests.pdf.image_files import BLUE, RED, jpeg, png, tiff, two_halves

if TYPE_CHECKING:
    from pathlib import Path

NEAR = 12
"""A row of two dots, 16 bits each colour."""


def kept(folder: Path, data: bytes, name: str = "picture") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def page_of(path: Path, turns: int = 0) -> Any:
    (image,) = read_images(path)
    pdf: Any = pymupdf.open(stream=images_pdf([(image, turns)]), filetype="pdf")
    assert pdf[0].rotation == 0
    return pdf[0]


def colour_at(page: Any, across: float, down: float) -> tuple[int, ...]:
    pixels = page.get_pixmap()
    colour: tuple[int, ...] = pixels.pixel(round(pixels.width * across), round(pixels.height * down))
    return colour


def is_like(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= NEAR for a, b in zip(found, wanted, strict=True))


def test_a_picture_stands_upright_on_a4_as_a_camera_held_on_its_side_meant_it(tmp_path: Path) -> None:
    plain = page_of(kept(tmp_path, jpeg(1200, 900)))
    assert (round(plain.rect.width), round(plain.rect.height)) == (round(LONG_PT), round(SHORT_PT))
    assert is_like(colour_at(plain, 0.5, 0.3), RED)
    assert is_like(colour_at(plain, 0.5, 0.7), BLUE)
    assert colour_at(plain, 0.01, 0.5) == (255, 255, 255)
    # 6: turn it a quarter clockwise.
    turned = page_of(kept(tmp_path, jpeg(1200, 900, orientation=6)))
    assert (round(turned.rect.width), round(turned.rect.height)) == (round(SHORT_PT), round(LONG_PT))
    assert is_like(colour_at(turned, 0.7, 0.5), RED)
    assert is_like(colour_at(turned, 0.3, 0.5), BLUE)


def test_a_quarter_turn_clockwise_brings_what_was_above_to_the_right(tmp_path: Path) -> None:
    page = page_of(kept(tmp_path, jpeg(1200, 900)), turns=1)
    assert page.rect.width < page.rect.height
    assert is_like(colour_at(page, 0.7, 0.5), RED)
    assert is_like(colour_at(page_of(kept(tmp_path, jpeg(1200, 900)), turns=2), 0.5, 0.7), RED)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        pytest.param(jpeg(600, 800, space=pymupdf.csCMYK), None, id="cmyk"),
        pytest.param(
            png(2, 2, (b"\x00" + b"\xff\xff\x00\x00\x80\x00" * 2) * 2, colour=2, depth=16), (255, 0, 128), id="16 bit"
        ),
        pytest.param(
            png(2, 2, (b"\x00" + b"\x00\x00\x00\x00" * 2) * 2, colour=6), (255, 255, 255), id="clear is white"
        ),
        pytest.param(two_halves(40, 60, alpha=True).tobytes("png"), None, id="alpha"),
    ],
)
def test_colours_come_out_right(tmp_path: Path, data: bytes, wanted: tuple[int, ...] | None) -> None:
    (image,) = read_images(kept(tmp_path, data))
    preview = image.preview
    middle = (preview.height_px // 4 * preview.width_px + preview.width_px // 2) * 3
    found = tuple(preview.data[middle : middle + 3])
    if wanted is not None:
        assert is_like(found, wanted)
    else:
        assert found[0] > 120 > max(found[1:])


def test_a_tiff_gives_each_of_its_pages_in_order(tmp_path: Path) -> None:
    images = read_images(kept(tmp_path, tiff((60, 80), (90, 40))))
    assert [(one.width_px, one.height_px) for one in images] == [(60, 80), (90, 40)]
    assert [one.preview.data[0] for one in images] == [40, 80]
    pdf: Any = pymupdf.open(stream=images_pdf([(one, 0) for one in images]), filetype="pdf")
    assert [round(page.rect.width) for page in pdf] == [round(SHORT_PT), round(LONG_PT)]


def test_the_same_pictures_make_the_same_bytes_and_nothing_of_the_file_stays(tmp_path: Path) -> None:
    data = jpeg(300, 400, orientation=1)
    marked = data[:2] + b"\xff\xfe\x00\x12" + b"taken at my home"[:16] + data[2:]
    first, second = (images_pdf([(one, 0) for one in read_images(kept(tmp_path, marked))]) for _ in range(2))
    assert first == second
    assert b"taken at" not in first
    assert b"Exif" not in first


def test_a_large_scan_is_kept_with_300_dots_an_inch_and_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    (scan,) = read_images(kept(tmp_path, jpeg(3508, 4961)))
    assert (scan.width_px, scan.height_px) == (2480, 3508)
    assert place_picture(scan.width_px, scan.height_px).left_pt == pytest.approx(0, abs=1)
    small = place_picture(96, 96)
    assert small.right_pt - small.left_pt == pytest.approx(72)
    wide = place_picture(4000, 1000)
    assert wide.left_pt == pytest.approx(MARGIN_PT)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "pdf.image_unreadable", id="empty"),
        pytest.param(b"GIF89a" + bytes(40), "pdf.image_unreadable", id="another format"),
        pytest.param(jpeg(600, 800)[:1500], "pdf.image_unreadable", id="cut off"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(60), "pdf.image_unreadable", id="no picture inside"),
        pytest.param(png(60_000, 60_000, b"\x00" * 100, colour=2), "pdf.image_too_large", id="bomb by its size"),
        pytest.param(tiff((4, 4), claimed=50_000), "pdf.image_unreadable", id="bomb in a tiff"),
        pytest.param(tiff(*[(2, 2)] * 101), "pdf.image_too_many", id="too many pages"),
    ],
)
def test_what_can_not_be_a_page_is_refused_by_its_reason(tmp_path: Path, data: bytes, code: str) -> None:
    begun_s = time.monotonic()
    with pytest.raises(PdfError) as failed:
        read_images(kept(tmp_path, data))
    assert failed.value.code == code
    assert time.monotonic() - begun_s < 20


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(PdfError) as failed:
        read_images(tmp_path / "gone.png")
    assert failed.value.code == "document.missing"
