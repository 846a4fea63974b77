"""Read a phone's address book (.vcf) as a sheet, in a child process, because the file is not trusted.

Only the properties of contacts are parsed. To save memory, pictures, sounds and notes are skipped line by line.
"""

from __future__ import annotations

import io
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.domain.bulk.sheet import MAX_CELL_CHARACTERS, Sheet, SheetRow
from esign_desktop.domain.errors import CancelToken, InputError, PdfError
from esign_desktop.pdf.isolated.run import run_isolated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

SUFFIX: Final = ".vcf"
HEADINGS: Final = ("姓名", "手机号", "邮箱", "公司名称")
"""The headings of the sheet, which ``domain.people.contact_table`` recognizes. Cards contain no ID numbers."""
MOST_CARDS: Final = 20_000
LIMIT_S: Final = 60.0

_MIB: Final = 1024 * 1024
MAX_FILE_BYTES: Final = 1024 * _MIB
_MEMORY_BYTES: Final = 256 * _MIB
_ANSWER_BYTES: Final = 64 * _MIB
_BATCH: Final = 50
_MOST_CARD_CHARACTERS: Final = 64 * 1024
_MOST_CARD_LINES: Final = 500
"""The library's time grows quadratically with the number of lines."""
_LONGEST_LINE_BYTES: Final = 16 * 1024
_CODES: Final = {
    "pdf.too_slow": "sheet.too_slow",
    "pdf.memory": "sheet.too_heavy",
    "document.missing": "sheet.vanished",
}
_REFUSALS: Final = frozenset({"sheet.no_rows", "sheet.too_many_rows", "cards.not_cards"})
_PROPERTY: Final = re.compile(r"(?:[\w-]+\.)?([\w-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):", re.ASCII)
_LINE: Final = re.compile(
    r"[\w-]+(?:\.[\w-]+)?;?(?:;[\w-]+(?:=(?:\"[^\"]*\"|[^\";:,]*))?(?:,(?:\"[^\"]*\"|[^\";:,]*))*)*:", re.ASCII
)
"""The beginning of a line that the library parses in linear time.

The library's own pattern nests repetitions. If a line does not match, the time doubles with each ``=`` and comma.
"""
_WANTED: Final = frozenset({"BEGIN", "END", "VERSION", "N", "FN", "ORG", "TEL", "EMAIL", "KIND"})
_MOBILE: Final = re.compile(r"(?:\+|00)?(?:86)?(1[3-9][0-9]{9})")
_CELL: Final = frozenset({"CELL", "IPHONE", "MOBILE"})
_EXAMPLE: Final = (
    "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;A;;;\nTEL;CELL:1\nEND:VCARD\n"
)


def open_cards(
    path: Path,
    *,
    cancel: CancelToken | None = None,
    on_rows: Callable[[int], None] | None = None,
    limit_s: float = LIMIT_S,
) -> tuple[Sheet, int]:
    """Read a file of contact cards, and return them as a sheet, together with the number of unreadable cards.

    Cards with neither a name nor an organization are left out. ``on_rows`` receives the number of cards read so far.
    The call blocks, but can be cancelled at any time. Raises Cancelled, InputError ``cards.not_cards``, and the
    InputErrors of ``sheets.reading.open_sheet``.
    """
    token = cancel or CancelToken()
    token.raise_if_cancelled()
    _require_size(path)
    rows: list[SheetRow] = []
    unreadable = 0
    pieces = run_isolated(
        *("cards", read_cards, str(path)),
        limit_s=limit_s,
        most_bytes=_ANSWER_BYTES,
        memory_bytes=_MEMORY_BYTES,
        check_cancelled=token.raise_if_cancelled,
        prepare=load,
    )
    try:
        with closing(pieces):
            for piece in pieces:
                if "refused" in piece:
                    code = str(piece["refused"])
                    raise InputError(code if code in _REFUSALS else "sheet.damaged", max=MOST_CARDS)
                rows += [_row(*item) for item in piece["rows"]]
                unreadable += int(piece["unreadable"])
                if len(rows) > MOST_CARDS:
                    raise ValueError
                if on_rows is not None and rows:
                    on_rows(len(rows))
    except PdfError as error:
        raise InputError(_CODES.get(error.code, "sheet.damaged"), error.detail) from None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise InputError("sheet.damaged", f"answer: {type(error).__name__}") from None
    if not rows:
        raise InputError("sheet.no_rows")
    heading = SheetRow(0, HEADINGS)
    return Sheet(path.name, str(path), HEADINGS, tuple(rows), heading_row=heading), unreadable


def _row(number: object, cells: Iterable[object]) -> SheetRow:
    texts = tuple(cells)
    if not isinstance(number, int) or len(texts) != len(HEADINGS):
        raise TypeError
    if not all(isinstance(text, str) and len(text) <= MAX_CELL_CHARACTERS for text in texts):
        raise TypeError
    return SheetRow(number, tuple(map(str, texts)))


def _require_size(path: Path) -> None:
    try:
        size_bytes = path.stat().st_size
    except FileNotFoundError as error:
        raise InputError("sheet.vanished") from error
    except OSError as error:
        raise InputError("sheet.unreadable", type(error).__name__, retryable=True) from error
    if size_bytes > MAX_FILE_BYTES:
        raise InputError("sheet.too_large", size_mb=-(-size_bytes // _MIB), max_mb=MAX_FILE_BYTES // _MIB)


def load(path: str) -> tuple[object, ...]:
    """Read an example card, so that all modules needed for reading are imported, and return the open file.

    This runs in the child process, which cannot open any file afterwards. Raises PdfError ``document.missing``.
    """
    import codecs

    for encoding in ("utf-8", "gb18030", "utf-16", "big5", "ascii", "iso-8859-1"):
        codecs.lookup(encoding)
    _cells(_EXAMPLE)
    try:
        return (open(path, "rb"),)  # noqa: PTH123  closed at the end of the process
    except OSError as error:
        raise PdfError("document.missing", type(error).__name__) from error


def read_cards(file: BinaryIO) -> Iterator[dict[str, Any]]:
    """Yield batches of rows under ``HEADINGS``, each with the number of unreadable cards.

    If the file cannot be read, a refusal with an error code is yielded instead. This runs in the child process. The
    values can be written as JSON.
    """
    batch: list[list[object]] = []
    unreadable = count = number = 0
    for number, card in enumerate(_cards(file), 1):
        cells = _cells(card)
        if cells is None:
            unreadable += 1
        elif cells[0] or cells[3]:
            count += 1
            batch.append([number, cells])
        if count > MOST_CARDS:
            yield {"refused": "sheet.too_many_rows"}
            return
        if len(batch) == _BATCH:
            yield {"rows": batch, "unreadable": unreadable}
            batch, unreadable = [], 0
    if not number:
        yield {"refused": "cards.not_cards"}
        return
    yield {"rows": batch, "unreadable": unreadable}


def _cards(file: BinaryIO) -> Iterator[str]:
    """Yield the text of each card, without folds and without the properties that are not used."""
    card: list[str] = []
    size = 0
    for line in _kept_lines(_lines(file)):
        mark = line.strip().upper()
        if mark == "BEGIN:VCARD":
            card, size = [], 0
        size += len(line)
        if size <= _MOST_CARD_CHARACTERS:
            card.append(line)
        if mark == "END:VCARD":
            lines = [*_unfolded(card)] if card[-1] is line else []
            yield "\n".join(lines) if len(lines) <= _MOST_CARD_LINES else ""
            card = []


def _unfolded(lines: Iterable[str]) -> Iterator[str]:
    """Yield the properties of a card, one in each line, without lines that are not properties."""
    parts: list[str] = []
    is_quoted = False
    for line in (*lines, ""):
        is_continued = bool(parts) and is_quoted and parts[-1].endswith("=")
        if is_continued:
            parts[-1] = parts[-1][:-1]
        if line and (is_continued or line[:1] in {" ", "\t"}):
            parts.append(line if is_continued else line[1:])
        else:
            whole = "".join(parts).strip()
            if _LINE.match(whole):
                yield whole
            parts, is_quoted = [line], False
        is_quoted = is_quoted or "quoted-printable" in line.lower()


def _kept_lines(lines: Iterable[str]) -> Iterator[str]:
    is_kept = is_quoted = is_base64 = False
    for line in lines:
        found = _PROPERTY.match(line)
        if is_quoted:
            # A line with this ending continues on the next line, regardless of how that line begins.
            is_quoted = line.endswith("=")
        elif line[:1] in {" ", "\t"}:
            pass
        elif found is None:
            # Pictures written by old phones continue on lines that are not marked.
            is_kept = is_kept and not is_base64 and bool(line)
        else:
            kind = found[2].upper()
            is_kept = found[1].upper() in _WANTED
            is_base64 = "BASE64" in kind or "ENCODING=B" in kind
            is_quoted = "QUOTED-PRINTABLE" in kind and line.endswith("=")
        if is_kept and line:
            yield line


def _lines(file: BinaryIO) -> Iterator[str]:
    """Yield the lines without their line ends. The rest of a very long line is yielded as a continuation line."""
    head = file.read(2)
    rest: BinaryIO | io.BytesIO = file
    if head in {b"\xff\xfe", b"\xfe\xff"}:
        file.seek(0)
        yield from (line.rstrip("\r\n")[:_LONGEST_LINE_BYTES] for line in io.TextIOWrapper(file, "utf-16", "replace"))
        return
    start = head + rest.readline(_LONGEST_LINE_BYTES)
    is_open = False
    for chunk in _chunks(start.removeprefix(b"\xef\xbb\xbf"), rest):
        text = _decoded(chunk.rstrip(b"\r\n"))
        yield f" {text}" if is_open else text
        is_open = not chunk.endswith(b"\n")


def _chunks(first: bytes, file: BinaryIO | io.BytesIO) -> Iterator[bytes]:
    chunk = first
    while chunk:
        yield chunk
        chunk = file.readline(_LONGEST_LINE_BYTES)


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", "replace")


def _cells(card: str) -> list[str] | None:
    """Return the name, mobile number, email address and organization on a card, or None if it cannot be parsed."""
    import vobject

    try:
        found = next(iter(vobject.readComponents(card, ignoreUnreadable=True, allowQP=True)))
        contents: dict[str, list[Any]] = found.contents
        organization = _first(contents, "org")
        name = _first(contents, "fn") or _first(contents, "n")
        mobile, email = _mobile(contents.get("tel", [])), _first(contents, "email")
    except Exception:  # noqa: BLE001  untrusted card: the library raises many kinds
        return None
    is_organization = _first(contents, "kind").casefold() == "org" or (
        bool(organization) and name in {organization, ""}
    )
    cells = ["", mobile, email, organization] if is_organization else [name, mobile, email, organization]
    return [cell[:MAX_CELL_CHARACTERS] for cell in cells]


def _first(contents: dict[str, list[Any]], name: str) -> str:
    for line in contents.get(name, ()):
        value = line.value
        text = value[0] if isinstance(value, list) and value else value
        plain = _name(text) if name == "n" else str(text or "")
        if plain.strip():
            return " ".join(plain.split())
    return ""


def _name(value: Any) -> str:
    """Return a full name, with the family name first in Chinese and last in other languages."""
    family, given = str(getattr(value, "family", "")), str(getattr(value, "given", ""))
    is_latin = f"{family}{given}".isascii()
    return f"{given} {family}" if is_latin else f"{family}{given}"


def _mobile(lines: Iterable[Any]) -> str:
    """Return the phone number that is marked as a mobile number, or otherwise the first that looks like one.

    The result is an empty string if there is none.
    """
    looks: list[str] = []
    for line in lines:
        plain = re.sub(r"[\s()-]", "", str(line.value))
        kinds = {str(kind).upper() for kind in (*getattr(line, "singletonparams", ()), *line.params.get("TYPE", ()))}
        match = _MOBILE.fullmatch(plain)
        if kinds & _CELL and plain:
            return match[1] if match else plain
        if match:
            looks.append(match[1])
    return looks[0] if looks else ""
