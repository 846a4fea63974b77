"""Lets a file appear only when it is complete."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from esign_desktop.domain.errors import PdfError
from esign_desktop.file_moves import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def written_aside(target: Path) -> Iterator[Path]:
    """Give a name beside the target to write to; what stands there after the block without error becomes the target.

    Raises PdfError pdf.write_failed.
    """
    aside = target.absolute().with_name(f".{uuid4().hex}.pdf")
    try:
        yield aside
        try:
            replace_file(aside, target)
        except OSError as error:
            raise PdfError("pdf.write_failed", type(error).__name__) from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


@contextmanager
def open_target(path: Path) -> Iterator[int]:
    """Make a file that is not there yet, and give its descriptor. Raises PdfError pdf.write_failed."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        raise PdfError("pdf.write_failed", type(error).__name__) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)
