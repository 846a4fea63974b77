"""The log: small, on this computer only, and without anything personal or secret."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from esign_desktop.override import override

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

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


def open_log(log_dir: Path) -> logging.Handler:
    """Write the log of this program's own modules into the folder; return what ``close_log`` takes."""
    path = log_dir / LOG_NAME
    _put_aside_if_large(path)
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(RedactingFormatter())
    logger = logging.getLogger("esign_desktop")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return handler


def _put_aside_if_large(path: Path) -> None:
    """Keep some older logs. ``logging.handlers`` would do it too, but costs the start what it takes to import."""
    with suppress(OSError):
        if path.stat().st_size > SIZE_BYTES:
            for number in range(KEPT, 1, -1):
                older = path.with_suffix(f".{number - 1}.log")
                if older.exists():
                    older.replace(path.with_suffix(f".{number}.log"))
            path.replace(path.with_suffix(".1.log"))


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
