"""Determine whether a PDF mentions a person in its text, form fields, annotations or metadata.

The file is untrusted and is therefore read in a sandboxed process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.isolated.run import LIMIT_S, read_isolated
from esign_desktop.pdf.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_PAGES: Final = 5_000
_MOST_BYTES: Final = 4096
MOST_OBJECTS: Final = 200_000
_VALUES: Final = ("V", "Contents")
"""The keys under which form fields and annotations store their text."""
_HEAD_BYTES: Final = 1024
_SHORT: Final = 6
"""Numbers with fewer digits are searched for only as separate words."""


@dataclass(frozen=True, slots=True)
class PersonTerms:
    """The terms that count as a mention of a person: the person's name and numbers.

    ``longer_names`` are names of other persons that contain this name. Occurrences of these longer names are ignored.
    """

    name: str = field(repr=False)
    longer_names: tuple[str, ...] = field(default=(), repr=False)
    numbers: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Mention:
    """Whether a file mentions a person by name or by number. Image-only pages are not searched.

    ``has_pictures`` is True if the file has image-only pages.
    """

    has_name: bool = False
    has_number: bool = False
    has_pictures: bool = False


def find_mention(path: Path, needles: PersonTerms, *, limit_s: float = LIMIT_S) -> Mention:
    """Search a file for the person's name and numbers, each as a whole word. This call blocks.

    Raises PdfError ``pdf.damaged``, ``pdf.password_needed`` and the errors of ``read_isolated``.
    """
    return read_isolated(
        "mention",
        path,
        read_mention,
        needles,
        load=load,
        answer=Mention,
        most_bytes=_MOST_BYTES,
        limit_s=limit_s,
    )


def load(needles: PersonTerms) -> tuple[PersonTerms]:
    """Import the modules needed for reading, in the child process."""
    from esign_desktop.pdf.worker import library

    library.forget_warnings()
    return (needles,)


def read_mention(file: BinaryIO, needles: PersonTerms) -> Mention:
    """Search a file for mentions of a person, in the child process. See ``find_mention`` for the result."""
    from esign_desktop.pdf.worker.library import package

    content = file.read()
    if b"%PDF-" not in content[:_HEAD_BYTES]:
        raise PdfError("pdf.damaged", "not a PDF")
    try:
        with package.open(stream=content, filetype="pdf") as pdf:
            if pdf.needs_pass:
                raise PdfError("pdf.password_needed")
            has_name, has_number = mention_in(_texts(pdf), needles)
            return Mention(has_name, has_number, has_pictures=_has_pictures(pdf))
    except (PdfError, MemoryError):
        raise
    except Exception as error:
        # The library raises many kinds of exception on damaged files.
        raise PdfError("pdf.damaged", type(error).__name__) from error


def mention_in(texts: Iterator[str], needles: PersonTerms) -> tuple[bool, bool]:
    """Return whether the strings contain the person's name, and whether they contain one of the person's numbers."""
    finder = _Finder(needles)
    has_name = has_number = False
    for text in texts:
        has_name = has_name or finder.has_name(text)
        has_number = has_number or finder.has_number(text)
        if has_name and has_number:
            break
    return has_name, has_number


class _Finder:
    def __init__(self, needles: PersonTerms) -> None:
        name = " ".join(needles.name.split())
        self._name = fold(name)
        self._longer = [fold(longer) for longer in needles.longer_names]
        self._numbers = [number for number in map(fold, needles.numbers) if len(number) >= _SHORT]
        self._short = [_word(number) for number in needles.numbers if len(fold(number)) < _SHORT]
        # A name of a single word is case-sensitive, so that "An" does not match "an".
        flags = re.IGNORECASE if " " in name else 0
        self._word = _word(name, flags) if name and _is_spelled(name) else None

    def has_name(self, text: str) -> bool:
        if self._word is not None:
            return self._word.search(text) is not None
        if len(self._name) < 2:
            return False
        folded = fold(text)
        for longer in self._longer:
            folded = folded.replace(longer, "\n")
        return self._name in folded

    def has_number(self, text: str) -> bool:
        folded = fold(text)
        return any(number in folded for number in self._numbers) or any(word.search(text) for word in self._short)


def _is_spelled(name: str) -> bool:
    return all(ord(character) < 0x2E80 for character in name)


def _word(text: str, flags: int = 0) -> re.Pattern[str]:
    spelled = r"\s+".join(re.escape(part) for part in text.split())
    return re.compile(rf"(?<![^\W_]){spelled}(?![^\W_])", flags)


def _texts(pdf: Any) -> Iterator[str]:
    yield from (str(value) for value in (pdf.metadata or {}).values() if value)
    yield str(pdf.get_xml_metadata() or "")
    for number in range(1, min(pdf.xref_length(), MOST_OBJECTS)):
        yield from _values(pdf, number)
    for index in range(min(pdf.page_count, MOST_PAGES)):
        yield pdf[index].get_text("text")


def _has_pictures(pdf: Any) -> bool:
    pages = (pdf[index] for index in range(min(pdf.page_count, MOST_PAGES)))
    return any(not page.get_text("text").strip() and page.get_images() for page in pages)


def _values(pdf: Any, number: int) -> Iterator[str]:
    try:
        for key in _VALUES:
            kind, value = pdf.xref_get_key(number, key)
            if kind == "string":
                yield value
    except Exception:  # noqa: BLE001  an object that the file lacks has no text
        return
