"""Opens PDFs for the rehearsal platform, one at a time: PyMuPDF is not thread-safe."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Held while anything of PyMuPDF is used. Taken after State.lock, never before it.
PDF_LOCK: Final = threading.RLock()

_HEAD_BYTES: Final = 1024
MAX_PAGES: Final = 10_000


def pymupdf_module() -> Any:
    """PyMuPDF, imported when first needed: the server is ready before it. Its own hints do not pass --strict."""
    import pymupdf

    return pymupdf


@contextmanager
def open_pdf(source: bytes | Path) -> Iterator[Any]:
    """An open PyMuPDF document with at least one page and no password; refuses everything else.

    A path is read piece by piece, so that a large file does not fill the memory.
    """
    # MuPDF guesses by content: an HTML file named .pdf would open as HTML.
    if b"%PDF-" not in _head(source):
        raise Refusal(ErrCode.FILE, "文件不是 PDF / the file is not a PDF")
    with PDF_LOCK:
        pymupdf = pymupdf_module()
        pymupdf.TOOLS.mupdf_display_errors(False)
        pymupdf.TOOLS.mupdf_display_warnings(False)
        keywords = {"stream": source} if isinstance(source, bytes) else {"filename": str(source)}
        with _damage_refused():
            pdf = pymupdf.open(**keywords, filetype="pdf")
            try:
                _require_usable(pdf)
                yield pdf
            finally:
                pdf.close()
                pymupdf.TOOLS.reset_mupdf_warnings()


@contextmanager
def _damage_refused() -> Iterator[None]:
    """PyMuPDF raises a dozen kinds on damaged files, at opening and at any later touch."""
    try:
        yield
    except (RuntimeError, ValueError, AssertionError) as error:
        raise _damaged() from error
    except Exception as error:
        if "mupdf" not in type(error).__module__:
            raise
        raise _damaged() from error


def _damaged() -> Refusal:
    return Refusal(ErrCode.FILE, "文件已损坏 / the file is damaged")


def require_pages(pdf: Any) -> None:
    """Refuse a document whose pages can't all be found, before anybody is to sign it."""
    if pdf.page_count > MAX_PAGES:
        raise Refusal(ErrCode.FILE, f"最多 {MAX_PAGES} 页 / the file has more than {MAX_PAGES} pages")
    for index in range(pdf.page_count):
        pdf.page_xref(index)


def warm_up() -> None:
    """Import PyMuPDF ahead of the first request that needs it."""
    with PDF_LOCK:
        pymupdf_module().TOOLS.reset_mupdf_warnings()


def save_atomically(pdf: Any, path: Path, *, is_new: bool = False) -> None:
    """Write the document to a file, whole or not at all; a new one without what is unused, and compressed."""
    scratch = path.with_name(f".{path.name}.{threading.get_ident()}.part")
    try:
        try:
            pdf.save(str(scratch), garbage=3 if is_new else 0, deflate=is_new)
        except Exception:  # noqa: BLE001 - PyMuPDF raises a dozen kinds
            # Broken objects that nothing refers to can be left out.
            pdf.save(str(scratch), garbage=3)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _head(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source[:_HEAD_BYTES]
    with source.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _require_usable(pdf: Any) -> None:
    if not pdf.is_pdf:
        raise Refusal(ErrCode.FILE, "文件不是 PDF / the file is not a PDF")
    if pdf.needs_pass:
        raise Refusal(ErrCode.FILE, "文件有密码 / the file has a password")
    if pdf.page_count < 1:
        raise Refusal(ErrCode.FILE, "文件没有页面 / the file has no page")
