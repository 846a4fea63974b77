from __future__ import annotations

from PySide6.QtGui import QImage

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.ui.viewer.tiles import TileCache, TileKey

DOCUMENT = DocumentId("d")
KILOBYTE = 1024


def picture(kilobytes: int = 1) -> QImage:
    return QImage(16, 16 * kilobytes, QImage.Format.Format_RGB32)


def key(page_number: int, sharpness: float = 1.0, clip: DisplayRect | None = None) -> TileKey:
    return TileKey(DOCUMENT, page_number, sharpness, clip)


def test_the_cache_stays_within_its_bytes() -> None:
    cache = TileCache(limit_bytes=10 * KILOBYTE)
    for number in range(1, 100):
        cache.put(key(number), picture())
        assert cache.used_bytes <= 10 * KILOBYTE
    assert key(99) in cache
    assert key(1) not in cache


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = TileCache(limit_bytes=2 * KILOBYTE)
    cache.put(key(1), picture())
    cache.put(key(2), picture())
    cache.get(key(1))
    cache.put(key(3), picture())
    assert key(1) in cache
    assert key(2) not in cache


def test_one_picture_is_kept_however_large() -> None:
    cache = TileCache(limit_bytes=KILOBYTE)
    cache.put(key(1), picture(50))
    assert key(1) in cache
    cache.put(key(2), picture(50))
    assert key(1) not in cache
    assert cache.used_bytes == 50 * KILOBYTE


def test_a_picture_put_twice_counts_once() -> None:
    cache = TileCache()
    cache.put(key(1), picture())
    cache.put(key(1), picture(2))
    assert cache.used_bytes == 2 * KILOBYTE


def test_the_stand_in_is_the_nearest_sharper_picture_of_the_whole_page() -> None:
    cache = TileCache()
    coarse, sharp, sharpest = picture(1), picture(2), picture(3)
    cache.put(key(1, 1.0), coarse)
    cache.put(key(1, 2.0), sharp)
    cache.put(key(1, 4.0), sharpest)
    cache.put(key(1, 1.5, DisplayRect(0, 0, 1, 1)), picture(4))
    assert cache.whole_page(DOCUMENT, 1, 1.5) is sharp
    assert cache.whole_page(DOCUMENT, 1, 8.0) is sharpest
    assert cache.whole_page(DOCUMENT, 2, 1.0) is None


def test_a_document_can_be_dropped() -> None:
    cache = TileCache()
    other = TileKey(DocumentId("other"), 1, 1.0)
    cache.put(key(1), picture())
    cache.put(key(1, 2.0, DisplayRect(0, 0, 1, 1)), picture())
    cache.put(other, picture())
    cache.drop_document(DOCUMENT)
    assert cache.used_bytes == KILOBYTE
    assert other in cache
    assert not cache.has_whole_page(DOCUMENT, 1)
