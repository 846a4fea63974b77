"""Merge PDFs into one in a locked-down process. The pages look as signed, but the result has no digital signature."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.isolated.run import run_isolated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from io import BufferedReader

LIMIT_S: Final = 120.0
MOST_FILES: Final = 500
MOST_BYTES: Final = 256 * 1024 * 1024
"""The greatest size of all files together, in bytes. A file with which they would be larger is left out."""
_MOST_ANSWER_BYTES: Final = 2 * MOST_BYTES
_PIECE: Final = 3 << 20
_MERGED: Final = ""
_CODES: Final = frozenset({_MERGED, "document.missing", "pdf.damaged", "pdf.password_needed", "pdf.merge_too_large"})


@dataclass(frozen=True, slots=True)
class MergedPdf:
    """The result of merging files. ``content`` is the merged PDF, or empty if no file could be merged.

    ``codes`` contains an error code for each file, which is empty if the file was merged.
    """

    content: bytes = field(repr=False)
    codes: tuple[str, ...]


def merge_pdfs(
    files: Sequence[tuple[Path, str]],
    *,
    limit_s: float = LIMIT_S,
    check_cancelled: Callable[[], None] | None = None,
) -> MergedPdf:
    """Merge files in the given order, and leave out those that can't be read.

    Each file is a path and its name in the outline of the result. At most the first MOST_FILES files are merged. Seals
    and form fields become part of the pages. This call blocks for up to ``limit_s`` seconds. ``check_cancelled`` is
    called many times a second, and its exception ends the process. Raises the PdfErrors of ``run_isolated``.
    """
    paths = tuple(str(path) for path, _ in files[:MOST_FILES])
    names = tuple(name for _, name in files[:MOST_FILES])
    found = run_isolated(
        "merge",
        merge,
        names,
        paths,
        limit_s=limit_s,
        most_bytes=_MOST_ANSWER_BYTES,
        check_cancelled=check_cancelled,
        prepare=load,
    )
    codes = next(found, None)
    if not isinstance(codes, list) or len(codes) != len(paths) or not all(code in _CODES for code in codes):
        raise PdfError("pdf.worker_died", "merge", retryable=True)
    try:
        content = b"".join(base64.b64decode(piece, validate=True) for piece in found)
    except (ValueError, TypeError, binascii.Error):
        raise PdfError("pdf.worker_died", "merge", retryable=True) from None
    if content.startswith(b"%PDF-") is not (_MERGED in codes):
        raise PdfError("pdf.worker_died", "merge", retryable=True)
    return MergedPdf(content, (*codes, *("pdf.merge_too_large" for _ in files[MOST_FILES:])))


def load(names: tuple[str, ...], paths: tuple[str, ...]) -> tuple[Any, ...]:
    """Import the library and open the files, in the child process before it is locked down.

    Return the arguments of ``merge``. A file that can't be opened is None.
    """
    from esign_desktop.pdf.worker.library import package

    return (package, names, *map(_opened, paths))


def _opened(path: str) -> BufferedReader | None:
    try:
        return Path(path).open("rb")
    except OSError:
        return None


def merge(package: Any, names: tuple[str, ...], *files: BufferedReader | None) -> Iterator[list[str] | str]:
    """Merge files, in the child process. Yield the error codes, then the result in Base64-encoded pieces."""
    merged, outline, left_bytes = package.open(), [], MOST_BYTES
    codes: list[str] = []
    for name, file in zip(names, files, strict=True):
        content = file.read(left_bytes + 1) if file is not None else b""
        page_count = merged.page_count
        code = _code_of(package, merged, content, left_bytes) if file is not None else "document.missing"
        codes.append(code)
        if code == _MERGED:
            left_bytes -= len(content)
            outline.append([1, name, page_count + 1])
        elif merged.page_count > page_count:
            # Remove the pages that were added before the file failed.
            merged.delete_pages(range(page_count, merged.page_count))
    yield codes
    if not outline:
        return
    merged.set_toc(outline)
    made = merged.tobytes(garbage=3, deflate=True, no_new_id=True)
    for start in range(0, len(made), _PIECE):
        yield base64.b64encode(made[start : start + _PIECE]).decode("ascii")


def _code_of(package: Any, merged: Any, content: bytes, most_bytes: int) -> str:
    """Append the pages of a file to the merged PDF, and return an error code, or an empty string on success."""
    if len(content) > most_bytes:
        return "pdf.merge_too_large"
    try:
        with package.open(stream=content, filetype="pdf") as pdf:
            if pdf.needs_pass:
                return "pdf.password_needed"
            if not pdf.page_count:
                return "pdf.damaged"
            # Without this, a seal could disappear together with the field of its signature.
            pdf.bake()
            merged.insert_pdf(pdf)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  the library raises many kinds of exception on damaged files
        return "pdf.damaged"
    return _MERGED
