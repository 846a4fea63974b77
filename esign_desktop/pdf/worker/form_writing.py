"""Write template fields as text fields into the form of a PDF.

Rectangles are in the coordinates of the unrotated page. No appearance streams are written, because the platform
generates them itself. The font is Adobe's STSong-Light for simplified Chinese. The font is not embedded, because form
software in China provides it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.form_fields import DrawnField, MissingGlyphs
from esign_desktop.pdf.worker import library
from esign_desktop.pdf.worker.document import failures, open_again

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.pdf.files import Bytes

NOTE_KEY: Final = "ESignDesktop"
LARGEST_PT: Final = 12.0
SMALLEST_PT: Final = 5.0
_FONT: Final = "ESDSong"
_HEIGHT_SHARE: Final = 0.7
_LINES_PT: Final = 30.0
"""A field at least this high becomes multi-line."""
_LINES_FONT_PT: Final = 10.5
"""The font size of multi-line fields (五号)."""
_REQUIRED: Final = 1 << 1
_MULTILINE: Final = 1 << 12
_PRINT: Final = 1 << 2
_CHARACTERS: Final = 20


def write_form(
    data: Bytes, password: str | None, frames: Sequence[PageFrame], fields: Sequence[DrawnField], target: int
) -> tuple[MissingGlyphs, ...]:
    """Write a copy of the PDF with these fields to the open file ``target``.

    Return the characters that the font lacks. If any characters are missing, nothing is written. Raises PdfError
    ``pdf.signed``, ``pdf.form_failed`` or ``pdf.write_failed``.
    """
    if data.find(b"/ByteRange") >= 0:
        raise PdfError("pdf.signed")
    missing = tuple(_missing(fields))
    if missing:
        return missing
    with failures("pdf.form_failed"):
        document = open_again(data)
        try:
            if document.needs_pass and not document.authenticate(password or ""):
                raise PdfError("pdf.password_wrong")
            _write_fields(document, frames, fields)
            # Deterministic output, so that the same fields do not become a second template.
            copy = document.tobytes(
                garbage=1, deflate=True, encryption=library.package.PDF_ENCRYPT_KEEP, no_new_id=True
            )
        finally:
            document.close()
    try:
        with open(target, "wb", closefd=False) as file:
            file.write(copy)
    except OSError as error:
        raise PdfError("pdf.write_failed", type(error).__name__) from None
    return ()


def _missing(fields: Sequence[DrawnField]) -> Iterable[MissingGlyphs]:
    font: Any = library.package.Font("china-s")
    for index, field in enumerate(fields):
        lacking = "".join(dict.fromkeys(char for char in field.text if not _is_shown(font, char)))
        if lacking:
            yield MissingGlyphs(index, lacking[:_CHARACTERS])


def _is_shown(font: Any, char: str) -> bool:
    """Return whether the character is in GBK, the font's character set, and can be drawn here."""
    if char in "\n ":
        return True
    try:
        char.encode("gbk")
    except UnicodeEncodeError:
        return False
    return bool(font.has_glyph(ord(char)))


def _write_fields(document: Any, frames: Sequence[PageFrame], fields: Sequence[DrawnField]) -> None:
    form = _dictionary(document, document.pdf_catalog(), "AcroForm")
    fonts = _dictionary(document, _dictionary(document, form, "DR"), "Font")
    document.xref_set_key(fonts, _FONT, f"{_write_font(document)} 0 R")
    if document.xref_get_key(form, "DA")[0] == "null":
        document.xref_set_key(form, "DA", f"(/{_FONT} 0 Tf 0 g)")
    document.xref_set_key(form, "NeedAppearances", "true")
    # XFA describes the same form without the new fields.
    document.xref_set_key(form, "XFA", "null")
    written: dict[int, list[int]] = {}
    for field in fields:
        number = document.get_new_xref()
        page = document.page_xref(field.page_number - 1)
        document.update_object(number, _field(field, frames[field.page_number - 1], page))
        written.setdefault(page, []).append(number)
    for page, numbers in written.items():
        _append(document, page, "Annots", numbers)
    _append(document, form, "Fields", [number for numbers in written.values() for number in numbers])


def _field(field: DrawnField, frame: PageFrame, page: int) -> str:
    left, bottom = field.rect.left_pt + frame.origin_x_pt, field.rect.bottom_pt + frame.origin_y_pt
    right, top = field.rect.right_pt + frame.origin_x_pt, field.rect.top_pt + frame.origin_y_pt
    is_turned = frame.rotation % 180 != 0
    height_pt = field.rect.width_pt if is_turned else field.rect.height_pt
    has_lines = height_pt >= _LINES_PT
    size = _LINES_FONT_PT if has_lines else max(SMALLEST_PT, min(LARGEST_PT, round(height_pt * _HEIGHT_SHARE * 2) / 2))
    flags = (_REQUIRED if field.is_required else 0) | (_MULTILINE if has_lines else 0)
    return (
        f"<</Type/Annot/Subtype/Widget/FT/Tx/T{_text(field.name)}/TU{_text(field.label or field.name)}"
        f"/Rect[{left:.3f} {bottom:.3f} {right:.3f} {top:.3f}]/P {page} 0 R/F {_PRINT}/Ff {flags}"
        f"/DA(/{_FONT} {size:g} Tf 0 g)/MK<</R {int(frame.rotation)}>>/{NOTE_KEY}{_text(field.note)}"
        + (f"/MaxLen {field.most_characters}" if field.most_characters else "")
        + ">>"
    )


def _write_font(document: Any) -> int:
    descriptor, glyphs, font = (document.get_new_xref() for _ in range(3))
    document.update_object(
        descriptor,
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
        "/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
    )
    document.update_object(
        glyphs,
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
        f"/Supplement 4>>/DW 1000/W[1 95 500 814 939 500]/FontDescriptor {descriptor} 0 R>>",
    )
    document.update_object(
        font,
        f"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[{glyphs} 0 R]>>",
    )
    return int(font)


def _dictionary(document: Any, number: int, key: str) -> int:
    """Return the number of the object that an entry refers to.

    A direct dictionary is first moved to an object of its own, and a missing entry gets an empty one.
    """
    kind, value = document.xref_get_key(number, key)
    if kind == "xref":
        return int(value.split()[0])
    made = int(document.get_new_xref())
    document.update_object(made, value if kind == "dict" else "<<>>")
    document.xref_set_key(number, key, f"{made} 0 R")
    return made


def _append(document: Any, number: int, key: str, references: Iterable[int]) -> None:
    """Append references to an array, which may be direct, indirect or missing."""
    added = " ".join(f"{reference} 0 R" for reference in references)
    kind, value = document.xref_get_key(number, key)
    if kind == "xref":
        array = int(value.split()[0])
        document.update_object(array, f"{_inside(document.xref_object(array, compressed=True))} {added}]")
    else:
        document.xref_set_key(number, key, f"{_inside(value) if kind == 'array' else '['} {added}]")


def _inside(array: str) -> str:
    array = array.strip()
    if not (array.startswith("[") and array.endswith("]")):
        raise ValueError("no array")
    return array[:-1]


def _text(text: str) -> str:
    return f"<feff{text.encode('utf-16-be', 'surrogatepass').hex()}>"
