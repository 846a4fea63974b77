"""The paths of downloaded files, such as ``{customer}/{date}_{contract}_{customer}.pdf``.

The paths are valid on every operating system. Existing files are never overwritten.
"""

from __future__ import annotations

import filecmp
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.china_time import china_text
from esign_desktop.domain.file_names import FolderLayout, safe_stem
from esign_desktop.pdf.isolated.signatures import check_signatures
from esign_desktop.services.file_digest import sha256_of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.domain.signature import SignatureFact


LONGEST_PATH: Final = 259 if sys.platform == "win32" else None
"""Maximum length of a whole path in characters. Windows supports longer paths only if its registry is changed."""


def free_path(
    folder: Path, stem: str, suffix: str, *, taken: Collection[Path] = (), longest: int | None = LONGEST_PATH
) -> Path:
    """Return an unused path in a folder.

    If the path exists or is in ``taken``, a number is appended to the stem, starting with 2. The stem is shortened if
    the whole path would be longer than ``longest`` characters.
    """
    taken_names = {_folded(path) for path in taken}
    number = 1
    while True:
        path = _numbered(folder, stem, number, suffix, longest)
        if _folded(path) not in taken_names and not path.exists() and not path.is_symlink():
            return path
        number += 1


def _numbered(folder: Path, stem: str, number: int, suffix: str, longest: int | None) -> Path:
    end = suffix if number == 1 else f" ({number}){suffix}"
    if longest is not None:
        # Windows counts UTF-16 code units. The stem keeps at least one character.
        room = longest - len(str(folder.absolute())) - 1 - len(end)
        stem = stem.encode("utf-16-le")[: 2 * max(1, room)].decode("utf-16-le", "ignore").rstrip(". ") or "d"
    return folder / f"{stem}{end}"


def _folded(path: Path) -> str:
    """Return a key that is equal for paths that Windows and macOS treat as the same path."""
    return unicodedata.normalize("NFC", str(path)).casefold()


def twin_of(path: Path, folder: Path, stem: str, suffix: str, *, taken: Collection[Path] = ()) -> Path | None:
    """Return the file that already has the wanted name and the same content as ``path``, or None if there is none.

    The wanted name consists of ``stem`` and ``suffix``, with or without a number between them. Paths in ``taken``
    belong to other documents with the same name and are skipped. Raises OSError.
    """
    taken_names = {_folded(taken_path) for taken_path in taken}
    candidate, number = folder / f"{stem}{suffix}", 1
    while candidate != path and (_folded(candidate) in taken_names or candidate.is_file()):
        if _folded(candidate) not in taken_names and filecmp.cmp(candidate, path, shallow=False):
            return candidate
        number += 1
        candidate = folder / f"{stem} ({number}){suffix}"
    return None


_MOST_CHARACTERS: Final = 60
"""Maximum length of a name. Windows allows 260 characters for a whole path, including the download folder."""
_MOST_NAME_CHARACTERS: Final = 30
"""Maximum length of a customer's name behind the document's name."""


def subfolder(record: FlowRecord, customer: str, layout: FolderLayout = FolderLayout.CUSTOMER) -> str:
    """Return the name of the subfolder for a flow's files, or an empty string if there is none.

    The name is the customer's name or, if it is empty, the flow's title, or the month of the date in the file's name.
    """
    match layout:
        case FolderLayout.CUSTOMER:
            return safe_stem((customer or record.title)[:_MOST_CHARACTERS], fallback="contracts")
        case FolderLayout.MONTH:
            return china_text(_dated_ms(record), "%Y-%m")
        case FolderLayout.FLAT:
            return ""


def file_stem(record: FlowRecord, document_name: str, customer: str = "", *, fallback: str) -> str:
    """Return a file name without a suffix, which consists of a date, the document's name, and the customer's name.

    The date is the day on which the flow ended or, if the flow is still open, the day on which it was sent. The
    customer's name is left out if the document's name contains it. ``fallback`` replaces a document's name without
    usable characters.
    """
    day = china_text(_dated_ms(record), "%Y-%m-%d")
    stem = f"{day}_{safe_stem(document_name, fallback=fallback)[:_MOST_CHARACTERS].rstrip('. ')}"
    if not customer or customer in document_name:
        return stem
    return f"{stem}_{safe_stem(customer[:_MOST_NAME_CHARACTERS], fallback='customer')}"


def _dated_ms(record: FlowRecord) -> int:
    """Return the time in epoch milliseconds at which a flow ended or, if it is still open, was sent."""
    ended_at_ms = record.detail.ended_at_ms if record.detail is not None else None
    return ended_at_ms if ended_at_ms is not None else record.sent_at_ms


def files_as_fetched(record: FlowRecord) -> tuple[Path, ...]:
    """Return the paths of a flow's downloaded files, or an empty tuple if any of them is missing or has changed."""
    paths = tuple(map(Path, record.downloaded_to))
    try:
        is_whole = tuple(map(sha256_of_file, paths)) == record.downloaded_sha256
    except OSError:
        return ()
    return paths if is_whole else ()


class SignatureService:
    """The service that checks the digital signatures in files.

    Calls block for half a second or more while a child process works.
    """

    def __init__(self, check: Callable[[Path], tuple[SignatureFact, ...]] = check_signatures) -> None:
        self._check = check

    def check(self, path: Path) -> tuple[SignatureFact, ...]:
        """Return one fact for each signature in a file, oldest first. Raises PdfError (see ``check_signatures``)."""
        return self._check(path)
