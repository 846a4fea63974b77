"""Where signed files go: ``{customer}/{date}_{contract}.pdf``, in names that every system takes.

No file is ever written over another one.
"""

from __future__ import annotations

import filecmp
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.china_time import china_text
from esign_desktop.domain.file_names import safe_stem
from esign_desktop.pdf.isolated.signatures import check_signatures
from esign_desktop.services.file_digest import sha256_of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.domain.signature import SignatureFact


LONGEST_PATH: Final = 259 if sys.platform == "win32" else None
"""Characters of a whole path; Windows takes more only where somebody has changed its registry."""


def free_path(
    folder: Path, stem: str, suffix: str, *, taken: Collection[Path] = (), longest: int | None = LONGEST_PATH
) -> Path:
    """Return a path in the folder that is neither there nor taken, counting up from 2 if need be.

    The stem is cut where the whole path would be longer than ``longest``.
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
        # Counted as Windows does; at least one character has to be left, whatever comes of it.
        room = longest - len(str(folder.absolute())) - 1 - len(end)
        stem = stem.encode("utf-16-le")[: 2 * max(1, room)].decode("utf-16-le", "ignore").rstrip(". ") or "d"
    return folder / f"{stem}{end}"


def _folded(path: Path) -> str:
    """Return what two names have in common that are one to Windows and macOS."""
    return unicodedata.normalize("NFC", str(path)).casefold()


def twin_of(path: Path, folder: Path, stem: str, suffix: str, *, taken: Collection[Path] = ()) -> Path | None:
    """Return the file with the same content that kept ``path`` from being called so; None if there is none.

    What is ``taken`` belongs to another document of the same name. Raises OSError.
    """
    taken_names = {_folded(one) for one in taken}
    candidate, number = folder / f"{stem}{suffix}", 1
    while candidate != path and (_folded(candidate) in taken_names or candidate.is_file()):
        if _folded(candidate) not in taken_names and filecmp.cmp(candidate, path, shallow=False):
            return candidate
        number += 1
        candidate = folder / f"{stem} ({number}){suffix}"
    return None


_MOST_CHARACTERS: Final = 60
"""Windows takes 260 characters for a whole path, the download folder included."""


def customer_folder(record: FlowRecord) -> str:
    """Return the folder of whoever signs first by hand; of nobody's, the flow's own title."""
    people = sorted((one for one in record.signers if one.name and not one.is_silent), key=lambda one: one.number)
    name = people[0].name if people else record.title
    return safe_stem(name[:_MOST_CHARACTERS], fallback="contracts")


def file_stem(record: FlowRecord, document_name: str, *, fallback: str) -> str:
    """Return a file's name without its ending; the day is the one on which the flow ended, else that of sending."""
    ended_at_ms = record.detail.ended_at_ms if record.detail is not None else None
    day = china_text(ended_at_ms if ended_at_ms is not None else record.sent_at_ms, "%Y-%m-%d")
    return f"{day}_{safe_stem(document_name, fallback=fallback)[:_MOST_CHARACTERS].rstrip('. ')}"


def files_as_fetched(record: FlowRecord) -> tuple[Path, ...]:
    """Return the flow's signed files; none where one is gone, or is not what was signed any more."""
    paths = tuple(map(Path, record.downloaded_to))
    try:
        is_whole = tuple(map(sha256_of_file, paths)) == record.downloaded_sha256
    except OSError:
        return ()
    return paths if is_whole else ()


class SignatureService:
    """Blocks for a process of its own, half a second or more."""

    def __init__(self, check: Callable[[Path], tuple[SignatureFact, ...]] = check_signatures) -> None:
        self._check = check

    def check(self, path: Path) -> tuple[SignatureFact, ...]:
        """Return what each signature proves, the first one first. Raises PdfError; see ``check_signatures``."""
        return self._check(path)
