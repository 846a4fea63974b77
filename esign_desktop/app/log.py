"""Write a small log file on this computer, without personal or secret data."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

from esign_desktop.override import override

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_LOGGER: Final = "esign_desktop"
LOG_NAME: Final = "esign-desktop.log"
SIZE_BYTES: Final = 512 * 1024
KEPT: Final = 3

_REDACTIONS: Final = (
    # The part behind the host may be a pre-signed URL or a signing link.
    (re.compile(r"(https?://)(?:[^\s/@]*@)?([^\s/?#]+)[^\s\"']*"), r"\1\2/…"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "<e-mail>"),
    # IDs, phone numbers, account numbers; numbers of up to four digits are counts, pages and codes.
    # Chinese characters may adjoin the number.
    (re.compile(r"(?<![A-Za-z0-9_.])\d{5,}[\dXx]?(?![A-Za-z0-9_]|\.\d)"), "<number>"),
    # Secrets, signatures and hashes.
    (re.compile(r"[A-Fa-f0-9]{24,}|[A-Za-z0-9+/_-]{40,}={0,2}"), "<token>"),
    # Paths may contain names of persons and contracts.
    (re.compile(r"(?<![/:\w])(?:[A-Za-z]:)?(?:[/\\][^\s/\\:\"']+){2,}"), "<path>"),
    (re.compile(r"[\u3400-\u9fff]{2,}"), "<text>"),
)


def redacted(text: str) -> str:
    """Replace every part of a text that may be personal or secret, and return the result."""
    for pattern, replacement in _REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


class RedactingFormatter(logging.Formatter):
    """A log formatter that redacts messages, and that logs only the types and source lines of exceptions."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    @override
    def format(self, record: logging.LogRecord) -> str:
        record.message = redacted(record.getMessage())
        record.asctime = self.formatTime(record)
        text = self.formatMessage(record)
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        return text

    @override
    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        from esign_desktop.ui.text.traceback import failure_lines

        error = ei[1]
        return "\n".join(failure_lines(error)) if error is not None else ""


def open_log(log_dir: Path, level: str = "") -> logging.Handler:
    """Start logging to a file in ``log_dir``, and return the log handler, which ``close_log`` expects.

    Only messages of the application's own modules are logged. ``level`` is the lowest level to be logged. An empty
    string selects ``info``.
    """
    from logging.handlers import RotatingFileHandler

    handler = RotatingFileHandler(
        log_dir / LOG_NAME, maxBytes=SIZE_BYTES, backupCount=KEPT, encoding="utf-8", delay=True
    )
    handler.setFormatter(RedactingFormatter())
    set_log_level(level)
    logging.getLogger(_LOGGER).addHandler(handler)
    return handler


def set_log_level(level: str) -> None:
    """Set the lowest level to be logged. An empty string selects ``info``."""
    logging.getLogger(_LOGGER).setLevel(level.upper() or logging.INFO)


def log_start() -> None:
    """Log the versions of the application, Python, Qt and the operating system."""
    import platform

    from PySide6.QtCore import qVersion

    from esign_desktop import __version__

    logging.getLogger("esign_desktop").info(
        "version %s started: Python %s, Qt %s, %s %s",
        *(__version__, platform.python_version(), qVersion()),
        *(platform.system(), platform.release()),
    )


def close_log(handler: logging.Handler) -> None:
    """Close the log file that ``open_log`` opened."""
    logging.getLogger("esign_desktop").removeHandler(handler)
    handler.close()
