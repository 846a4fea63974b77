"""Writes fields that were drawn on the pages of a PDF as text fields of its form.

The objects are written as they are to stand in the file: rectangles are those of the unrotated page, and no appearance
is made that the platform would not make anew. The font is Adobe's own for simplified Chinese, which every program that
fills forms in China knows and nobody embeds.
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
"""A field of this height takes several lines..."""
_LINES_FONT_PT: Final = 10.5
"""... in this size (五号)."""
_REQUIRED: Final = 1 << 1
_MULTILINE: Final = 1 << 12
_PRINT: Final = 1 << 2
_CHARACTERS: Final = 20


def write_form(
    data: Bytes, password: str | None, frames: Sequence[PageFrame], fields: Sequence[DrawnField], target: int
) -> tuple[MissingGlyphs, ...]:
    """Write a copy with these fields to an open file, unless characters are missing, and return those.

    Raises PdfError pdf.signed, pdf.form_failed, pdf.write_failed.
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
            # The same drawing is the same file, so that it is not made a template twice.
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
    for index, one in enumerate(fields):
        lacking = "".join(dict.fromkeys(char for char in one.text if not _is_shown(font, char)))
        if lacking:
            yield MissingGlyphs(index, lacking[:_CHARACTERS])


def _is_shown(font: Any, char: str) -> bool:
    """Whether the character is one of GBK, which is what the font has, and can be drawn here."""
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
    # Another description of the same form, which would not know the new fields.
    document.xref_set_key(form, "XFA", "null")
    written: dict[int, list[int]] = {}
    for one in fields:
        number = document.get_new_xref()
        page = document.page_xref(one.page_number - 1)
        document.update_object(number, _field(one, frames[one.page_number - 1], page))
        written.setdefault(page, []).append(number)
    for page, numbers in written.items():
        _append(document, page, "Annots", numbers)
    _append(document, form, "Fields", [number for numbers in written.values() for number in numbers])


def _field(one: DrawnField, frame: PageFrame, page: int) -> str:
    left, bottom = one.rect.left_pt + frame.origin_x_pt, one.rect.bottom_pt + frame.origin_y_pt
    right, top = one.rect.right_pt + frame.origin_x_pt, one.rect.top_pt + frame.origin_y_pt
    is_turned = frame.rotation % 180 != 0
    height_pt = one.rect.width_pt if is_turned else one.rect.height_pt
    has_lines = height_pt >= _LINES_PT
    size = _LINES_FONT_PT if has_lines else max(SMALLEST_PT, min(LARGEST_PT, round(height_pt * _HEIGHT_SHARE * 2) / 2))
    flags = (_REQUIRED if one.is_required else 0) | (_MULTILINE if has_lines else 0)
    return (
        f"<</Type/Annot/Subtype/Widget/FT/Tx/T{_text(one.name)}/TU{_text(one.label or one.name)}"
        f"/Rect[{left:.3f} {bottom:.3f} {right:.3f} {top:.3f}]/P {page} 0 R/F {_PRINT}/Ff {flags}"
        f"/DA(/{_FONT} {size:g} Tf 0 g)/MK<</R {int(frame.rotation)}>>/{NOTE_KEY}{_text(one.note)}"
        + (f"/MaxLen {one.most_characters}" if one.most_characters else "")
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
    """Return the object that an entry refers to; one that stands in the entry, or is not there yet, becomes one."""
    kind, value = document.xref_get_key(number, key)
    if kind == "xref":
        return int(value.split()[0])
    made = int(document.get_new_xref())
    document.update_object(made, value if kind == "dict" else "<<>>")
    document.xref_set_key(number, key, f"{made} 0 R")
    return made


def _append(document: Any, number: int, key: str, references: Iterable[int]) -> None:
    """Add references to an array, wherever it stands."""
    added = " ".join(f"{one} 0 R" for one in references)
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
