from __future__ import annotations

import stat
import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.services.counter.brand import MAX_PICTURE_BYTES, MAX_SIDE_PX, Brand, BrandService

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.store.tables.settings import Settings


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def is_there(path: Path) -> bool:
    return path.is_file()


def jpeg(width: int, height: int) -> bytes:
    """Return a head that says how large the picture is; nobody looks further here."""
    comment = b"\xff\xfe\x00\x05abc"
    frame = b"\xff\xc2\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + comment + frame + b"\xff\xd9"


@pytest.fixture
def brand(tmp_path: Path, settings: Settings) -> BrandService:
    return BrandService(settings, tmp_path / "brand")


@pytest.mark.parametrize("content", [png(30, 10), jpeg(300, 200)], ids=["png", "jpeg"])
def test_picture_is_copied_and_kept_from_others(brand: BrandService, tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "logo.any"
    source.write_bytes(content)
    found = brand.set_picture(source, can_be_shown=is_there)
    source.unlink()
    assert found == brand.brand()
    assert found.picture is not None
    assert found.picture.read_bytes() == content
    assert stat.S_IMODE(found.picture.stat().st_mode) == 0o600


def test_a_new_picture_takes_the_place_of_the_old_one(brand: BrandService, tmp_path: Path) -> None:
    source = tmp_path / "logo.png"
    for width in (10, 20):
        source.write_bytes(png(width, 10))
        brand.set_picture(source, can_be_shown=is_there)
    assert len(list((tmp_path / "brand").iterdir())) == 1
    assert brand.remove_picture() == Brand()
    assert list((tmp_path / "brand").iterdir()) == []


def test_text_stands_alone_once_the_picture_is_gone(brand: BrandService, tmp_path: Path) -> None:
    source = tmp_path / "logo.png"
    source.write_bytes(png(10, 10))
    brand.set_picture(source, can_be_shown=is_there)
    picture = brand.set_text("  示例 \n 银行 ").picture
    assert picture is not None
    picture.unlink()
    assert brand.brand() == Brand("示例 银行")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "brand.not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "brand.not_a_picture"),
        (b"GIF89a" + bytes(40), "brand.not_a_picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "brand.not_a_picture"),
        (b"\xff\xd8\xff\xe0\x00\x00" * 9, "brand.not_a_picture"),
        (jpeg(0, 10), "brand.not_a_picture"),
        (png(MAX_SIDE_PX + 1, 1), "brand.too_large"),
        (jpeg(10, MAX_SIDE_PX + 1), "brand.too_large"),
        (png(10, 10) + bytes(MAX_PICTURE_BYTES), "brand.too_large"),
    ],
    ids=["empty", "svg", "gif", "png without a head", "jpeg without a frame", "flat", "wide", "high", "long"],
)
def test_what_is_no_picture_or_out_of_measure_is_refused(
    brand: BrandService, tmp_path: Path, content: bytes, code: str
) -> None:
    source = tmp_path / "logo.png"
    source.write_bytes(content)
    with pytest.raises(InputError) as caught:
        brand.set_picture(source, can_be_shown=is_there)
    assert caught.value.code == code
    assert brand.brand() == Brand()


def test_a_picture_that_can_not_be_shown_leaves_the_one_before(brand: BrandService, tmp_path: Path) -> None:
    source = tmp_path / "logo.png"
    source.write_bytes(png(10, 10))
    before = brand.set_picture(source, can_be_shown=is_there)
    with pytest.raises(InputError) as caught:
        brand.set_picture(source, can_be_shown=lambda _path: False)
    assert caught.value.code == "brand.not_a_picture"
    assert brand.brand() == before
    assert [before.picture] == list((tmp_path / "brand").iterdir())


def test_a_file_that_is_not_there_is_told(brand: BrandService, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        brand.set_picture(tmp_path / "none.png", can_be_shown=is_there)
    assert caught.value.code == "brand.missing"


def test_a_name_that_leads_elsewhere_is_not_followed(brand: BrandService, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png(10, 10))
    settings.set("brand_picture", "../secret.png")
    assert brand.brand() == Brand()
