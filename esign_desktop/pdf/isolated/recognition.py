"""Recognize the text of image-only pages by OCR in a sandboxed process, and yield the words of each page.

The OCR engine is an optional extra of the package (``esign-desktop[ocr]``). The extra includes the models, so nothing
is downloaded later. Only the OCR process imports the engine. The engine's threads start before the sandbox is active,
so only seccomp restricts them.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.pdf import wire
from esign_desktop.pdf.files import SourceFile
from esign_desktop.pdf.isolated.run import open_and_load, run_isolated
from esign_desktop.pdf.pixel_grid import pixel_rect
from esign_desktop.pdf.text.recognised import RecognisedPage, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from esign_desktop.pdf.files import FileState

START_S: Final = 60.0
"""The time limit for loading the models, which takes two seconds on an idle computer."""
PAGE_S: Final = 120.0
"""The time limit for reading a page, which takes three seconds on an idle computer and much longer under load."""
MEMORY_BYTES: Final = 3 * 1024**3
"""The limit of the address space, a third of which is used."""
_MOST_PAGE_BYTES: Final = 8 * 1024 * 1024
_MOST_WORDS: Final = 20_000
_MOST_THREADS: Final = 4
_LONGEST_SIDE_PX: Final = 2_000
"""The side length to which the engine itself reduces larger pictures. For an A4 page, it corresponds to 171 dpi."""
_MOST_PIXELS_PER_POINT: Final = 200 / 72
_MOST_PIXELS: Final = _LONGEST_SIDE_PX * _LONGEST_SIDE_PX
_BOX_EM: Final = 1.3
"""The height of a line's box, in ems."""
_MOST_BLANKS: Final = 6
"""The widest gap within a word, in blanks of half an em."""
_RISE_EM: Final = 0.2
"""A line that rises or falls by more than this is split into words."""
_LONG: Final = 12
"""A line with more characters is split, because the characters' own boxes are more precise."""
_MODELS: Final = {"Det": "det", "Rec": "rec"}


def can_recognise() -> bool:
    """Return whether the OCR engine is installed, without importing the engine."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def recognise_pages(
    path: Path,
    page_numbers: Sequence[int],
    *,
    password: str | None = None,
    expected: FileState | None = None,
    check_cancelled: Callable[[], None] | None = None,
) -> Iterator[RecognisedPage]:
    """Yield the words on each of these pages, with their boxes on the displayed page. This call blocks.

    Each page is yielded as soon as it has been read, in the given order. A page that cannot be drawn has no words.
    ``check_cancelled`` is used as in ``run_isolated``. Raises PdfError ``pdf.no_recogniser`` or ``pdf.changed``, the
    errors of opening a file, and the errors of ``run_isolated``.
    """
    if not can_recognise():
        raise PdfError("pdf.no_recogniser")
    count = len(page_numbers)
    pieces = run_isolated(
        "recognition",
        _read,
        str(path),
        password,
        expected,
        tuple(page_numbers),
        limit_s=START_S + PAGE_S * count,
        most_bytes=_MOST_PAGE_BYTES * max(1, count),
        memory_bytes=MEMORY_BYTES,
        check_cancelled=check_cancelled,
        prepare=_prepare,
    )
    for number, piece in zip(page_numbers, pieces, strict=False):
        yield _sound(piece, number)


def _sound(untrusted: object, page_number: int) -> RecognisedPage:
    try:
        page = wire.read(untrusted, RecognisedPage)
    except wire.BadAnswer:
        page = None
    if page is None or page.page_number != page_number or len(page.words) > _MOST_WORDS:
        raise PdfError("pdf.worker_died", "recognition", retryable=True)
    return page


def _prepare(
    path: str, password: str | None, expected: FileState | None, page_numbers: tuple[int, ...]
) -> tuple[object, ...]:
    """Open the file and load the engine in the child, before it is sandboxed."""
    _, file, reader = open_and_load(_read, load, path)
    status = os.fstat(file.fileno())  # type: ignore[attr-defined]
    return file, reader, (status.st_size, status.st_mtime_ns), password, expected, page_numbers


def load() -> tuple[object]:
    """Load the OCR models in the child process, and run the engine once to complete its imports.

    Raises PdfError ``pdf.no_recogniser`` if the engine is not installed.
    """
    thread_count = min(_MOST_THREADS, os.cpu_count() or 1)
    # Otherwise each of these libraries would start threads that are not worthwhile.
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if sys.platform != "win32":
        # The application's window has priority over recognition.
        os.nice(5)
    # Nothing can be imported later.
    from esign_desktop.pdf.worker import document as _document  # noqa: F401

    try:
        import numpy as np
        import onnxruntime
        import rapidocr
    except ImportError as error:
        raise PdfError("pdf.no_recogniser", type(error).__name__) from error
    # On Windows it would report usage data.
    onnxruntime.disable_telemetry_events()
    models = Path(rapidocr.__file__).parent / "models"
    settings: dict[str, object] = {
        "Global.log_level": "critical",
        # Pages are drawn upright.
        "Global.use_cls": False,
        "Global.return_word_box": True,
        "Global.return_single_char_box": True,
        "EngineConfig.onnxruntime.intra_op_num_threads": thread_count,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    for part, kind in _MODELS.items():
        model = next(iter(sorted(models.glob(f"PP-OCR*_{kind}_small.onnx"))), None)
        # Without a path the engine would download it.
        if model is None:
            raise PdfError("pdf.no_recogniser", "model missing")
        settings[f"{part}.model_path"] = str(model)
    reader = rapidocr.RapidOCR(params=settings)
    blank: Any = np.full((64, 320, 3), 255, np.uint8)
    reader(blank, use_det=False)
    reader(blank, use_det=True)
    return (reader,)


def _read(
    file: BinaryIO,
    reader: Any,
    known: tuple[int, int],
    password: str | None,
    expected: FileState | None,
    page_numbers: tuple[int, ...],
) -> Iterator[object]:
    """Yield each page's words. Runs in the child process."""
    import numpy as np

    from esign_desktop.pdf.worker.document import MupdfDocument

    document = MupdfDocument(SourceFile(os.dup(file.fileno()), *known), password=password, expected=expected)
    for number in page_numbers:
        words: tuple[Word, ...] = ()
        if number <= document.page_count:
            frame = document.frame(number - 1)
            longest_pt = max(frame.display_width_pt, frame.display_height_pt)
            scale = min(_MOST_PIXELS_PER_POINT, _LONGEST_SIDE_PX / longest_pt)
            try:
                rect = pixel_rect(frame, scale, None, page_number=number, most_pixels=_MOST_PIXELS)
                data = bytearray(rect.size_bytes)
                document.draw(number - 1, scale, rect, memoryview(data))
            except PdfError as error:
                if error.code != "pdf.page_failed":
                    raise
            else:
                pixels = np.frombuffer(data, np.uint8).reshape(rect.height_px, rect.width_px, 4)
                found = reader(np.ascontiguousarray(pixels[:, :, :3]))
                lines = found.word_results if getattr(found, "txts", None) else ()
                words = tuple(word for line in lines for word in _words(line, scale))
        yield wire.write(RecognisedPage(number, words))


def _words(line: Iterable[tuple[str, float, Any]], pixels_per_point: float) -> Iterator[Word]:
    """Split a recognized line into words, based on the corners of its characters.

    The characters of a word are assumed to fill its box evenly. Gaps become spaces, as in labels with spaced characters
    (甲 方).
    """
    text, run = "", (0.0, 0.0, 0.0, 0.0)
    for character, _, corners in line:
        xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        em = max(1.0, (bottom - top) / _BOX_EM)
        blanks = max(0, round(2 * (left - run[2]) / em)) if text else 0
        is_long = len(text) >= _LONG and not blanks and not (text[-1].isascii() and character.isascii())
        if text and (is_long or blanks > _MOST_BLANKS or abs(top - run[1]) > _RISE_EM * em):
            yield _word(text, run, pixels_per_point)
            text, blanks = "", 0
        run = (run[0], run[1], right, run[3]) if text else (left, top, right, bottom)
        text += " " * blanks + character
    if text:
        yield _word(text, run, pixels_per_point)


def _word(text: str, box_px: tuple[float, float, float, float], pixels_per_point: float) -> Word:
    left, top, right, bottom = (side / pixels_per_point for side in box_px)
    return Word(text, DisplayRect(left, top, right - left, bottom - top))
