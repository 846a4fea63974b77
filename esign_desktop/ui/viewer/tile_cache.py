"""Drawn pieces of pages, bounded in bytes; what was used longest ago goes first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import DisplayRect

if TYPE_CHECKING:
    from PySide6.QtGui import QImage


DEFAULT_LIMIT_BYTES: Final = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class TileKey:
    """What a picture shows and how sharp; ``clip`` None is the whole page.

    ``pixels_per_point`` counts device pixels, so the same page on another screen is another picture.
    """

    document_id: DocumentId
    page_number: int
    pixels_per_point: float
    clip: DisplayRect | None = None


class TileCache:
    """Pictures by key. One picture is always kept, however large."""

    def __init__(self, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._images: OrderedDict[TileKey, QImage] = OrderedDict()
        self._whole: dict[tuple[DocumentId, int], set[TileKey]] = {}
        self._used_bytes = 0

    @property
    def used_bytes(self) -> int:
        """How much the pictures take."""
        return self._used_bytes

    def __contains__(self, key: object) -> bool:
        """Whether the picture is there; asking does not count as use."""
        return key in self._images

    def get(self, key: TileKey) -> QImage | None:
        """Return a picture, and count it as used."""
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
        return image

    def has_whole_page(self, document_id: DocumentId, page_number: int) -> bool:
        """Whether there is any picture of the whole page; asking does not count as use."""
        return (document_id, page_number) in self._whole

    def whole_page(self, document_id: DocumentId, page_number: int, pixels_per_point: float) -> QImage | None:
        """Return the picture of the whole page whose sharpness is nearest to the wanted one, counted as used."""
        keys = self._whole.get((document_id, page_number))
        if not keys:
            return None
        # Too sharp is better than too coarse: shrinking looks right, enlarging does not.
        return self.get(
            min(keys, key=lambda k: (k.pixels_per_point < pixels_per_point, abs(k.pixels_per_point - pixels_per_point)))
        )

    def put(self, key: TileKey, image: QImage) -> None:
        """Keep a picture, and drop the least used ones above the limit."""
        self._drop(key)
        self._images[key] = image
        self._used_bytes += image.sizeInBytes()
        if key.clip is None:
            self._whole.setdefault((key.document_id, key.page_number), set()).add(key)
        while self._used_bytes > self._limit_bytes and len(self._images) > 1:
            self._drop(next(iter(self._images)))

    def drop_document(self, document_id: DocumentId) -> None:
        """Drop all pictures of a document."""
        for key in [k for k in self._images if k.document_id == document_id]:
            self._drop(key)

    def _drop(self, key: TileKey) -> None:
        image = self._images.pop(key, None)
        if image is None:
            return
        self._used_bytes -= image.sizeInBytes()
        if key.clip is None:
            page = (key.document_id, key.page_number)
            self._whole[page].discard(key)
            if not self._whole[page]:
                del self._whole[page]
