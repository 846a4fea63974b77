"""Opens PDFs for the rehearsal platform, one at a time: PyMuPDF is not thread-safe."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

# Held while anything of PyMuPDF is used. Taken after State.lock, never before it.
PDF_LOCK: Final = threading.RLock()

_HEAD_BYTES: Final = 1024


def pymupdf_module() -> Any:
    """PyMuPDF, imported when first needed: the server is ready before it. Its own hints do not pass --strict."""
    import pymupdf

    return pymupdf


@contextmanager
def open_pdf(content: bytes) -> Iterator[Any]:
    """An open PyMuPDF document with at least one page and no password; refuses everything else."""
    # MuPDF guesses by content: an HTML file named .pdf would open as HTML.
    if b"%PDF-" not in content[:_HEAD_BYTES]:
        raise Refusal(ErrCode.FILE, "文件不是 PDF / the file is not a PDF")
    with PDF_LOCK:
        pymupdf = pymupdf_module()
        pymupdf.TOOLS.mupdf_display_errors(False)
        pymupdf.TOOLS.mupdf_display_warnings(False)
        try:
            pdf = pymupdf.open(stream=content, filetype="pdf")
        except Exception as error:
            raise Refusal(ErrCode.FILE, "文件已损坏 / the file is damaged") from error
        try:
            if not pdf.is_pdf:
                raise Refusal(ErrCode.FILE, "文件不是 PDF / the file is not a PDF")
            if pdf.needs_pass:
                raise Refusal(ErrCode.FILE, "文件有密码 / the file has a password")
            if pdf.page_count < 1:
                raise Refusal(ErrCode.FILE, "文件没有页面 / the file has no page")
            yield pdf
        finally:
            pdf.close()
            pymupdf.TOOLS.reset_mupdf_warnings()


def warm_up() -> None:
    """Import PyMuPDF ahead of the first request that needs it."""
    with PDF_LOCK:
        pymupdf_module().TOOLS.reset_mupdf_warnings()
