"""Render the pictures that a view of pages needs in the background, and keep them in a cache with a limit in bytes.

Small pages are rendered as a whole, and large ones in square tiles. Pictures near the middle of the view come first.
"""

from __future__ import annotations

import ctypes
import math
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from PySide6.QtCore import QRectF

    from esign_desktop.domain.document import Pixels
    from esign_desktop.domain.errors import AppError
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.layout import PageLayout, PageSlot


DEFAULT_LIMIT_BYTES: Final = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class TileKey:
    """The key of a picture: what it shows, and how sharp it is. Without ``clip``, the picture shows the whole page.

    ``clip`` is in displayed points. ``pixels_per_point`` counts device pixels, so the same page on another screen is
    another picture.
    """

    document_id: DocumentId
    page_number: int
    pixels_per_point: float
    clip: DisplayRect | None = None


class TileCache:
    """A cache of pictures that drops the least recently used ones.

    The last picture is kept even if it exceeds the limit.
    """

    def __init__(self, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._images: OrderedDict[TileKey, QImage] = OrderedDict()
        self._whole: dict[tuple[DocumentId, int], set[TileKey]] = {}
        self._used_bytes = 0

    @property
    def used_bytes(self) -> int:
        """The size of the cached pictures in bytes."""
        return self._used_bytes

    def __contains__(self, key: object) -> bool:
        """Return whether the picture is in the cache. This does not count as a use of the picture."""
        return key in self._images

    def get(self, key: TileKey) -> QImage | None:
        """Return a picture and count this as its latest use. Return None if the picture is not in the cache."""
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
        return image

    def has_whole_page(self, document_id: DocumentId, page_number: int) -> bool:
        """Return whether any picture of the whole page is in the cache. This does not count as a use."""
        return (document_id, page_number) in self._whole

    def whole_page(self, document_id: DocumentId, page_number: int, pixels_per_point: float) -> QImage | None:
        """Return the picture of the whole page whose sharpness fits best, and count this as its latest use.

        Return None if there is no picture of the whole page.
        """
        keys = self._whole.get((document_id, page_number))
        if not keys:
            return None
        # Too sharp is better than too coarse: shrinking looks right, enlarging does not.
        return self.get(
            min(keys, key=lambda k: (k.pixels_per_point < pixels_per_point, abs(k.pixels_per_point - pixels_per_point)))
        )

    def put(self, key: TileKey, image: QImage) -> None:
        """Store a picture, and drop the least recently used pictures while the cache exceeds its limit."""
        self._drop(key)
        self._images[key] = image
        self._used_bytes += image.sizeInBytes()
        if key.clip is None:
            self._whole.setdefault((key.document_id, key.page_number), set()).add(key)
        while self._used_bytes > self._limit_bytes and len(self._images) > 1:
            self._drop(next(iter(self._images)))

    def drop_document(self, document_id: DocumentId) -> None:
        """Drop all pictures of a document. Do nothing if there are none."""
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


MAX_WHOLE_PAGE_PX: Final = 5_000_000
"""The number of pixels above which a page is rendered in tiles.

The renderer itself accepts at most 10 million pixels.
"""

TILE_SIDE_PX: Final = 1536
"""The side of a tile in device pixels. A screen needs two to four tiles.

Smaller tiles would need more requests, and larger ones would render more that is not visible.
"""

PREVIEW_PIXELS_PER_POINT: Final = 1.0
"""The resolution of coarse pictures, which is 72 dpi.

Below half the resolution of a typical scan, the JPEG data of the scan is decoded in a quarter of the time.
"""

MAX_PREVIEW_PX: Final = 2_000_000
WORTH_A_PREVIEW: Final = 1.6
"""How many times sharper than a coarse picture a sharp one must be for the coarse one to save time."""


def rounded_sharpness(pixels_per_point: float) -> float:
    """Return the sharpness as used in keys, rounded so that rounding errors do not lead to new pictures.

    Five significant digits are kept, because a very large page has less than 0.0001 pixels per point.
    """
    return float(f"{pixels_per_point:.5g}")


def preview_key(slot: PageSlot) -> TileKey:
    """Return the key of the coarse picture of a whole page, which is shown until the sharp pictures arrive."""
    area_pt = slot.frame.display_width_pt * slot.frame.display_height_pt
    sharpness = min(PREVIEW_PIXELS_PER_POINT, math.sqrt(MAX_PREVIEW_PX / area_pt))
    return TileKey(slot.document_id, slot.page_number, rounded_sharpness(sharpness))


def sharp_keys(slot: PageSlot, device_ratio: float, part: DisplayRect) -> Iterator[TileKey]:
    """Yield the keys of the pictures that show a part of a page with one pixel per device pixel.

    ``part`` is in displayed points, and ``device_ratio`` is the number of device pixels per logical pixel. A small page
    is one picture, whatever the part; a large page is divided into tiles, of which those within ``part`` are yielded.
    """
    sharpness = rounded_sharpness(slot.scale * device_ratio)
    width_pt, height_pt = slot.frame.display_width_pt, slot.frame.display_height_pt
    if width_pt * height_pt * sharpness**2 <= MAX_WHOLE_PAGE_PX:
        yield TileKey(slot.document_id, slot.page_number, sharpness)
        return
    side_pt = TILE_SIDE_PX / sharpness
    columns = range(int(part.left_pt // side_pt), math.ceil((part.left_pt + part.width_pt) / side_pt))
    rows = range(int(part.top_pt // side_pt), math.ceil((part.top_pt + part.height_pt) / side_pt))
    for row in rows:
        for column in columns:
            left, top = column * side_pt, row * side_pt
            clip = DisplayRect(left, top, min(side_pt, width_pt - left), min(side_pt, height_pt - top))
            if clip.width_pt * sharpness >= 1.0 and clip.height_pt * sharpness >= 1.0:
                yield TileKey(slot.document_id, slot.page_number, sharpness, clip)


def by_distance(keys: Iterable[tuple[PageSlot, TileKey]], center_x_px: float, center_y_px: float) -> Sequence[TileKey]:
    """Return the keys, sorted by the distance between the middle of the picture and the middle of the view."""

    def distance(pair: tuple[PageSlot, TileKey]) -> float:
        slot, key = pair
        clip = key.clip or DisplayRect(0.0, 0.0, slot.frame.display_width_pt, slot.frame.display_height_pt)
        x = slot.left_px + clip.center.x_pt * slot.scale
        y = slot.top_px + clip.center.y_pt * slot.scale
        return math.hypot(x - center_x_px, y - center_y_px)

    return [key for _, key in sorted(keys, key=distance)]


def wanted_keys(
    layout: PageLayout, view: QRectF, device_ratio: float, has_any_picture: Callable[[PageSlot], bool]
) -> Sequence[TileKey]:
    """Return the keys of the pictures that a view of the content area needs, in the order of rendering.

    ``view`` is in logical pixels of the content area, and ``device_ratio`` is the number of device pixels per logical
    pixel. Coarse pictures of pages without any picture come first, then sharp pictures, then coarse pictures of the
    pages up to half a screen above and below the view.
    """
    center_x, center_y = view.center().x(), view.center().y()
    visible = [
        (slot, part)
        for slot in layout.between(view.top(), view.bottom())
        if (part := slot.visible_part(view.left(), view.top(), view.right(), view.bottom())) is not None
    ]
    sharp = [(slot, key) for slot, part in visible for key in sharp_keys(slot, device_ratio, part)]
    coarse = [
        (slot, preview_key(slot))
        for slot, _ in visible
        if slot.scale * device_ratio > WORTH_A_PREVIEW * PREVIEW_PIXELS_PER_POINT and not has_any_picture(slot)
    ]
    half = view.height() / 2
    seen = {id(slot) for slot, _ in visible}
    neighbours = [
        (slot, preview_key(slot))
        for slot in layout.between(view.top() - half, view.bottom() + half)
        if id(slot) not in seen and not has_any_picture(slot)
    ]
    return [
        *by_distance(coarse, center_x, center_y),
        *by_distance(sharp, center_x, center_y),
        *by_distance(neighbours, center_x, center_y),
    ]


MAX_UNDER_WAY: Final = 2
"""The number of pictures that are rendered at the same time, one in each PDF process.

Further requests wait in the ``TileSource``, where they can still be dropped.
"""


class PageRenderer(Protocol):
    """Renders pages. The methods are called on threads other than the window's."""

    def render(
        self, document_id: DocumentId, page_number: int, pixels_per_point: float, clip: DisplayRect | None = None
    ) -> Pixels:
        """Render a page, or the part ``clip`` of it in displayed points, and wait for the pixels.

        Raise AppError on failure.
        """


class TileSource(QObject):
    """Renders pictures on request in the background, and stores them in a cache.

    ``want`` replaces all earlier requests, so that pages which the user has scrolled past are not rendered. A page that
    failed is not rendered again before ``retry`` or ``forget``.
    """

    arrived = Signal(str, int)
    """Carries the document id and the page number of a picture that is now in the cache."""
    failed = Signal(str, int)
    """Carries the document id and the page number of a page that could not be rendered."""

    def __init__(
        self, renderer: PageRenderer, tasks: TaskRunner, cache: TileCache | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._renderer = renderer
        self._tasks = tasks
        self._cache = cache or TileCache()
        self._requests: list[TileKey] = []
        self._under_way: set[TileKey] = set()
        self._failures: dict[tuple[DocumentId, int], AppError] = {}
        # Counts the calls of ``forget``, because a picture that was requested before the last one shows the old file.
        self._editions: dict[DocumentId, int] = {}

    @property
    def cache(self) -> TileCache:
        """The cache in which rendered pictures are stored."""
        return self._cache

    @property
    def is_idle(self) -> bool:
        """Whether no picture is requested or being rendered."""
        return not self._under_way and not self._requests

    def want(self, keys: Sequence[TileKey]) -> None:
        """Request pictures, in the order of ``keys``, and drop earlier requests whose rendering has not begun.

        Pictures that are in the cache or being rendered, and those of pages that failed, are skipped.
        """
        self._requests = [
            key
            for key in dict.fromkeys(keys)
            if key not in self._cache
            and key not in self._under_way
            and (key.document_id, key.page_number) not in self._failures
        ]
        self._begin()

    def failure(self, document_id: DocumentId, page_number: int) -> AppError | None:
        """Return the error of a page that could not be rendered, or None if there was no error."""
        return self._failures.get((document_id, page_number))

    def retry(self, document_id: DocumentId, page_number: int) -> None:
        """Forget the failure of a page, so that the next ``want`` can request the page again.

        Do nothing if it did not fail.
        """
        self._failures.pop((document_id, page_number), None)

    def forget(self, document_id: DocumentId) -> None:
        """Drop the pictures and failures of a document.

        Call this when the document was removed or its file was opened again.

        A picture that is still being rendered is dropped when it arrives.
        """
        self._editions[document_id] = self._editions.get(document_id, 0) + 1
        self._cache.drop_document(document_id)
        self._failures = {page: error for page, error in self._failures.items() if page[0] != document_id}

    def _begin(self) -> None:
        while self._requests and len(self._under_way) < MAX_UNDER_WAY:
            key = self._requests.pop(0)
            self._under_way.add(key)
            edition = self._editions.get(key.document_id, 0)
            self._tasks.start(
                partial(_draw, self._renderer, key),
                owner=self,
                on_done=partial(self._on_image_drawn, key, edition),
                on_error=partial(self._on_drawing_failed, key, edition),
                lane=Lane.PDF,
            )

    def _on_image_drawn(self, key: TileKey, edition: int, image: QImage) -> None:
        self._under_way.discard(key)
        if edition == self._editions.get(key.document_id, 0):
            self._cache.put(key, image)
            self.arrived.emit(key.document_id, key.page_number)
        self._begin()

    def _on_drawing_failed(self, key: TileKey, edition: int, error: AppError) -> None:
        self._under_way.discard(key)
        if edition == self._editions.get(key.document_id, 0):
            page = (key.document_id, key.page_number)
            self._failures[page] = error
            self._requests = [
                request for request in self._requests if (request.document_id, request.page_number) != page
            ]
            self.failed.emit(key.document_id, key.page_number)
        self._begin()


def _draw(renderer: PageRenderer, key: TileKey) -> QImage:
    """Render a picture on the calling thread, and copy it there, so that the window's thread only receives the copy."""
    return image_of(renderer.render(key.document_id, key.page_number, key.pixels_per_point, key.clip))


def image_of(pixels: Pixels) -> QImage:
    """Copy rendered pixels into an image that owns its memory. This may be done on any thread."""
    data, form = memoryview(pixels.data), QImage.Format.Format_RGB32
    image = QImage(pixels.width_px, pixels.height_px, form)
    if data.readonly or image.bytesPerLine() != pixels.stride_bytes:
        return QImage(data, pixels.width_px, pixels.height_px, pixels.stride_bytes, form).copy()
    # ``QImage.copy`` would hold Python's lock, and so block the window, for about 6 ms per page. A foreign function
    # releases the lock.
    block = ctypes.c_ubyte * image.sizeInBytes()
    ctypes.memmove(block.from_buffer(image.bits()), block.from_buffer(data), image.sizeInBytes())
    return image
