"""Writes PDFs object by object, so that a test knows what is in them to the point.

The font is of Type 3: every glyph is a black box as wide as its advance and as high as the em. So the ink of a text is
exactly where its characters are said to be, and any character can be written, whatever fonts there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

GLYPH_EM = 1000


@dataclass
class Text:
    """A string at a point of user space; ``spacing`` is Tc, ``matrix`` the linear part of the text matrix."""

    text: str
    x: float
    y: float
    size: float = 12.0
    spacing: float = 0.0
    matrix: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 1.0)
    is_vertical: bool = False


@dataclass
class Page:
    """A page with raw boxes as they are written; None leaves a key out."""

    texts: list[Text] = field(default_factory=list)
    media_box: str | None = "[0 0 595 842]"
    crop_box: str | None = None
    rotate: str | None = None
    user_unit: str | None = None
    drawing: str = ""
    extra: str = ""
    resources: str = ""

    def write(self, text: str, x: float, y: float, size: float = 12.0, spacing: float = 0.0) -> Page:
        """Add a text and return the page."""
        self.texts.append(Text(text, x, y, size, spacing))
        return self


def half_width(character: str) -> bool:
    """Whether the font makes the character half an em wide."""
    return ord(character) < 0x2000


def _width(character: str) -> str:
    return "0" if character == "\u200b" else "500" if half_width(character) else "1000"


def build(*pages: Page, catalog: str = "", pages_extra: str = "", trailer: str = "", objects: str = "") -> bytes:
    """Return the file. ``objects`` are further ones, numbered by their author from 1000 on."""
    characters = sorted({c for page in pages for t in page.texts for c in t.text})
    code = {c: index + 1 for index, c in enumerate(characters)}
    made: dict[int, str] = {1: f"<</Type/Catalog/Pages 2 0 R{catalog}>>", **_fonts(characters, code)}
    kids = []
    for index, page in enumerate(pages):
        number = 100 + 2 * index
        kids.append(f"{number} 0 R")
        keys = "".join(
            f"/{name} {value}"
            for name, value in (
                ("MediaBox", page.media_box),
                ("CropBox", page.crop_box),
                ("Rotate", page.rotate),
                ("UserUnit", page.user_unit),
            )
            if value is not None
        )
        vertical = "/V 4 0 R" if any(text.is_vertical for text in page.texts) else ""
        fonts = f"/Font<</F 3 0 R{vertical}>>" if page.texts else ""
        made[number] = (
            f"<</Type/Page/Parent 2 0 R{keys}{page.extra}/Contents {number + 1} 0 R"
            f"/Resources<<{fonts}{page.resources}>>>>"
        )
        made[number + 1] = _stream("", page.drawing + "\n" + "\n".join(_show(t, code) for t in page.texts))
    made[2] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(pages)}{pages_extra}>>"
    return _file(made, objects, trailer)


def _fonts(characters: list[str], code: dict[str, int]) -> dict[int, str]:
    """The upright font F (Type 3, one byte) and the vertical font V (CID, two bytes, drawn by a substitute)."""
    widths = " ".join(map(_width, characters)) or "1000"
    procs = "/H 5 0 R/W 6 0 R/S 7 0 R"
    names = " ".join("/S" if c.isspace() else "/H" if half_width(c) else "/W" for c in characters)
    return {
        3: (
            "<</Type/Font/Subtype/Type3/FontBBox[0 0 {GLYPH_EM} {GLYPH_EM}]/FontMatrix[.001 0 0 .001 0 0]"
            f"/CharProcs<<{procs}>>/Encoding<</Type/Encoding/Differences[1 {names}]>>"
            f"/FirstChar 1/LastChar {max(1, len(characters))}/Widths[{widths}]/ToUnicode 8 0 R/Resources<<>>>>"
        ),
        4: "<</Type/Font/Subtype/Type0/BaseFont/Down/Encoding/Identity-V/DescendantFonts[9 0 R]/ToUnicode 10 0 R>>",
        5: _stream("", "500 0 0 0 500 1000 d1 0 0 500 1000 re f"),
        6: _stream("", "1000 0 0 0 1000 1000 d1 0 0 1000 1000 re f"),
        7: _stream("", "500 0 0 0 0 0 d1"),
        8: _stream("", _to_unicode(code, digits=2)),
        9: (
            "<</Type/Font/Subtype/CIDFontType2/BaseFont/Down/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            "/Supplement 0>>/FontDescriptor 11 0 R/DW 1000>>"
        ),
        10: _stream("", _to_unicode(code, digits=4)),
        11: "<</Type/FontDescriptor/FontName/Down/Flags 4/FontBBox[0 -120 1000 880]/Ascent 880/Descent -120>>",
    }


def _to_unicode(code: dict[str, int], *, digits: int) -> str:
    lines = "\n".join(f"<{n:0{digits}X}> <{c.encode('utf-16-be').hex().upper()}>" for c, n in code.items())
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
        f"1 begincodespacerange <{'00' * (digits // 2)}> <{'FF' * (digits // 2)}> endcodespacerange\n"
        f"{len(code)} beginbfchar\n{lines}\nendbfchar endcmap end end"
    )


def _show(text: Text, code: dict[str, int]) -> str:
    a, b, c, d = text.matrix
    font, digits = ("V", 4) if text.is_vertical else ("F", 2)
    codes = "".join(f"{code[character]:0{digits}X}" for character in text.text)
    return f"BT /{font} {text.size} Tf {text.spacing} Tc {a} {b} {c} {d} {text.x} {text.y} Tm <{codes}> Tj ET"


def _stream(keys: str, content: str) -> str:
    return f"<<{keys}/Length {len(content)}>>stream\n{content}\nendstream"


def _file(made: dict[int, str], objects: str, trailer: str) -> bytes:
    out = b"%PDF-1.7\n"
    offsets: dict[int, int] = {}
    for number, content in sorted(made.items()):
        offsets[number] = len(out)
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    for line in objects.splitlines(keepends=True):
        if line[:4].isdigit() and " 0 obj" in line:
            offsets[int(line.split()[0])] = len(out)
        out += line.encode("latin-1")
    start = len(out)
    table = "".join(f"{n} 1\n{offset:010d} 00000 n \n" for n, offset in sorted(offsets.items()))
    out += f"xref\n0 1\n0000000000 65535 f \n{table}".encode()
    out += f"trailer<</Root 1 0 R/Size {max(offsets) + 1}{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return out


def endless() -> bytes:
    """A page that takes hours to draw: tiles of half a point, a thousandth of a point apart."""
    return build(
        Page(drawing="/Pattern cs /P scn 0 0 595 842 re f", resources="/Pattern<</P 1000 0 R>>"),
        objects=(
            "1000 0 obj\n<</Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 100 100]/XStep 0.001"
            "/YStep 0.001/Resources<<>>/Length 23>>stream\n1 0 0 rg 0 0 .5 .5 re f\nendstream\nendobj\n"
        ),
    )
