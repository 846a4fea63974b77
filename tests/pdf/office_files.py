"""Word, OpenDocument and RTF documents, written by hand, in the shapes that counters receive them."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from esign_desktop.pdf.isolated.office import libreoffice
from esign_desktop.pdf.walls.program import can_confine_programs
from tests.tiers import missing

if TYPE_CHECKING:
    from collections.abc import Mapping

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def require_writer() -> None:
    """Skip a test where nothing can be converted; ``make ready-test`` installs what converts."""
    if not can_confine_programs():
        missing("this system can't sandbox LibreOffice")
    if libreoffice() is None:
        missing("LibreOffice Writer is not installed (libreoffice-writer-nogui)")


def zipped(files: Mapping[str, str | bytes], first: Mapping[str, str] | None = None) -> bytes:
    """Return a ZIP file; ``first`` is stored uncompressed, as OpenDocument wants its type."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (first or {}).items():
            archive.writestr(name, text, zipfile.ZIP_STORED)
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def paragraph(text: str, font: str = "") -> str:
    """Return a paragraph of a .docx."""
    fonts = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}"/></w:rPr>' if font else ""
    return f'<w:p><w:r>{fonts}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def table(rows: list[list[str]]) -> str:
    """Return a table of a .docx."""
    lines = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:tcPr/>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows
    )
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{lines}</w:tbl>"


def docx(
    body: str,
    files: Mapping[str, str | bytes] | None = None,
    links: Mapping[str, tuple[str, str, bool]] | None = None,
    kind: str = f"{WORD}.document.main+xml",
) -> bytes:
    """Return a .docx. ``links`` maps the id of a relation to its type, target, and whether it lies outside the file."""
    relations = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{name}" Target="{escape(target)}"'
        + (' TargetMode="External"/>' if is_outside else "/>")
        for key, (name, target, is_outside) in (links or {}).items()
    )
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="png" ContentType="image/png"/>'
            '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
            f"{relations}</Relationships>",
            "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?><w:document {W} {R}><w:body>{body}'
            '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>',
            **(files or {}),
        }
    )


ODT = "application/vnd.oasis.opendocument.text"
OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" '
    'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2"'
)


def odt(body: str, files: Mapping[str, str | bytes] | None = None, before: str = "", encryption: str = "") -> bytes:
    """Return an .odt. ``before`` stands before its body, ``encryption`` in its list of files."""
    entries = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT}"/>' + "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml">{encryption}'
        "</manifest:file-entry>"
        for name in ("content.xml", *(files or {}))
    )
    return zipped(
        {
            "META-INF/manifest.xml": '<manifest:manifest manifest:version="1.2" '
            f'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</manifest:manifest>',
            "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {OFFICE}>{before}'
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
            **(files or {}),
        },
        {"mimetype": ODT},
    )


def rtf(body: str, fonts: str = "{\\f0 DejaVu Sans;}") -> bytes:
    """Return an .rtf on A4."""
    text = "".join(one if ord(one) < 128 else f"\\u{ord(one)}?" for one in body)
    return f"{{\\rtf1\\ansi\\deff0\\paperw11906\\paperh16838{{\\fonttbl{fonts}}}\\f0 {text}}}".encode("ascii")


def saved_as(suffix: str, content: bytes, filter_name: str = "") -> bytes:
    """Have LibreOffice save a .docx as another type, as a colleague's program would."""
    program = libreoffice()
    assert program is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "source.docx"
        source.write_bytes(content)
        command = [
            *(str(program), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"),
            *("--convert-to", suffix + filter_name, "--outdir", str(folder / "out"), str(source)),
        ]
        for _ in range(2):
            # The first start creates the profile and asks for another one.
            subprocess.run(
                command, check=False, capture_output=True, timeout=120, env={"HOME": name, "PATH": "/usr/bin"}
            )
        return (folder / f"out/source.{suffix}").read_bytes()
