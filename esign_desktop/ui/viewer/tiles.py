"""Pictures of pages: which ones a view needs, drawn by other threads in that order, and kept up to so many bytes.

Small pages are drawn whole, large ones in squares; what is nearest to the middle of the view comes first.
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


MAX_WHOLE_PAGE_PX: Final = 5_000_000
"""A page with more pixels is drawn in tiles; the renderer itself takes 10 million at most."""

TILE_SIDE_PX: Final = 1536
"""A screen needs two to four of them: fewer costs of starting than small tiles, less waste than a whole page."""

PREVIEW_PIXELS_PER_POINT: Final = 1.0
"""72 dpi: below half of a usual scan's resolution its JPEG is read in a quarter of the time."""

MAX_PREVIEW_PX: Final = 2_000_000
WORTH_A_PREVIEW: Final = 1.6
"""How many times sharper than the preview the picture must be for the detour to pay."""


def rounded_sharpness(pixels_per_point: float) -> float:
    """Return the sharpness as it stands in keys, so that rounding errors make no new pictures.

    Five digits that count: a page may be so large that its picture has less than a ten thousandth of a pixel a point.
    """
    return float(f"{pixels_per_point:.5g}")


def preview_key(slot: PageSlot) -> TileKey:
    """Return the coarse picture of a page that is drawn first."""
    area_pt = slot.frame.display_width_pt * slot.frame.display_height_pt
    sharpness = min(PREVIEW_PIXELS_PER_POINT, math.sqrt(MAX_PREVIEW_PX / area_pt))
    return TileKey(slot.document_id, slot.page_number, rounded_sharpness(sharpness))


def sharp_keys(slot: PageSlot, device_ratio: float, part: DisplayRect) -> Iterator[TileKey]:
    """Yield the pictures that show a part of the page, in points, at one pixel of theirs a device pixel."""
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
    """Order pictures by the distance of their middle from the middle of the view."""

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
    """Return what a view of the content area needs: coarse pictures of bare pages, sharp ones, then its neighbours'."""
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
"""As many as there are processes that draw. The rest waits here, where it can still be dropped."""


class PageRenderer(Protocol):
    """Draws pages; called from other threads than the window's."""

    def render(
        self, document_id: DocumentId, page_number: int, pixels_per_point: float, clip: DisplayRect | None = None
    ) -> Pixels:
        """Draw a page or a part of it. Raises AppError."""


class TileSource(QObject):
    """Pictures of pages on request.

    ``want`` replaces all earlier wishes, so what scrolled away is not begun. ``arrived`` and ``failed`` carry the
    document's id and the page number.
    """

    arrived = Signal(str, int)
    failed = Signal(str, int)

    def __init__(
        self, renderer: PageRenderer, tasks: TaskRunner, cache: TileCache | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._renderer = renderer
        self._tasks = tasks
        self._cache = cache or TileCache()
        self._wishes: list[TileKey] = []
        self._under_way: set[TileKey] = set()
        self._failures: dict[tuple[DocumentId, int], AppError] = {}
        # A picture that was begun before its document was forgotten shows the old file.
        self._editions: dict[DocumentId, int] = {}

    @property
    def cache(self) -> TileCache:
        """The pictures there are."""
        return self._cache

    @property
    def is_idle(self) -> bool:
        """Whether nothing is wanted and nothing under way."""
        return not self._under_way and not self._wishes

    def want(self, keys: Sequence[TileKey]) -> None:
        """Have these pictures drawn, in this order, and nothing else that has not begun."""
        self._wishes = [
            key
            for key in dict.fromkeys(keys)
            if key not in self._cache
            and key not in self._under_way
            and (key.document_id, key.page_number) not in self._failures
        ]
        self._begin()

    def failure(self, document_id: DocumentId, page_number: int) -> AppError | None:
        """Return why a page can't be drawn, if that was tried in vain."""
        return self._failures.get((document_id, page_number))

    def retry(self, document_id: DocumentId, page_number: int) -> None:
        """Let a failed page be tried again with the next wishes."""
        self._failures.pop((document_id, page_number), None)

    def forget(self, document_id: DocumentId) -> None:
        """Drop pictures and failures of a document, because its file was opened anew or is gone."""
        self._editions[document_id] = self._editions.get(document_id, 0) + 1
        self._cache.drop_document(document_id)
        self._failures = {page: error for page, error in self._failures.items() if page[0] != document_id}

    def _begin(self) -> None:
        while self._wishes and len(self._under_way) < MAX_UNDER_WAY:
            key = self._wishes.pop(0)
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
            self._wishes = [wish for wish in self._wishes if (wish.document_id, wish.page_number) != page]
            self.failed.emit(key.document_id, key.page_number)
        self._begin()


def _draw(renderer: PageRenderer, key: TileKey) -> QImage:
    """Draw in the calling thread; the copy is made there too, so the window's thread only receives it."""
    return image_of(renderer.render(key.document_id, key.page_number, key.pixels_per_point, key.clip))


def image_of(pixels: Pixels) -> QImage:
    """Copy what was drawn into an image of its own."""
    data, form = memoryview(pixels.data), QImage.Format.Format_RGB32
    image = QImage(pixels.width_px, pixels.height_px, form)
    if data.readonly or image.bytesPerLine() != pixels.stride_bytes:
        return QImage(data, pixels.width_px, pixels.height_px, pixels.stride_bytes, form).copy()
    # QImage.copy holds Python's lock, and so the window, for some 6 ms a page; a foreign function lets go of it.
    block = ctypes.c_ubyte * image.sizeInBytes()
    ctypes.memmove(block.from_buffer(image.bits()), block.from_buffer(data), image.sizeInBytes())
    return image
