"""The log: small, on this computer only, and without anything personal or secret."""

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
    # What follows the host may be a pre-signed address or a signing link.
    (re.compile(r"(https?://)(?:[^\s/@]*@)?([^\s/?#]+)[^\s\"']*"), r"\1\2/…"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "<e-mail>"),
    # Ids, phone numbers, account numbers; four digits and less are counts, pages and codes.
    (re.compile(r"(?<![\w.])\d{5,}[\dXx]?(?![\w.])"), "<number>"),
    # Secrets, signatures and hashes.
    (re.compile(r"[A-Fa-f0-9]{24,}|[A-Za-z0-9+/_-]{40,}={0,2}"), "<token>"),
    # Paths name persons and contracts.
    (re.compile(r"(?<![/:\w])(?:[A-Za-z]:)?(?:[/\\][^\s/\\:\"']+){2,}"), "<path>"),
    (re.compile(r"[\u3400-\u9fff]{2,}"), "<text>"),
)


def redacted(text: str) -> str:
    """Return the text without what may be personal or secret."""
    for pattern, replacement in _REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


class RedactingFormatter(logging.Formatter):
    """Redacts the message, and shows of an exception only its kind and the places in the code."""

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
    """Write the log of this program's own modules into the folder; return what ``close_log`` takes.

    ``level`` is the name of the least grave kind of line; empty is ``info``.
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
    """Write lines of this kind and graver ones from now on; empty is ``info``."""
    logging.getLogger(_LOGGER).setLevel(level.upper() or logging.INFO)


def log_start() -> None:
    """Write what runs here, for whoever reads the log later."""
    import platform

    from PySide6.QtCore import qVersion

    from esign_desktop import __version__

    logging.getLogger("esign_desktop").info(
        "version %s started: Python %s, Qt %s, %s %s",
        *(__version__, platform.python_version(), qVersion()),
        *(platform.system(), platform.release()),
    )


def close_log(handler: logging.Handler) -> None:
    """Close the log."""
    logging.getLogger("esign_desktop").removeHandler(handler)
    handler.close()
