"""Word documents become PDFs behind walls, or it is said why not, and nothing is left over."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import Cancelled, CancelToken, PdfError
from esign_desktop.pdf.isolated import office
from esign_desktop.pdf.isolated.office import ConvertedOffice, convert_office, replaced_fonts
from tests.pdf.office_files import (
    MACROS,
    docx,
    odt,
    paragraph,
    require_writer,
    rtf,
    saved_as,
    table,
    zipped,
)
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only on Linux can LibreOffice be locked in"),
]
TEXT = "Clause 1 of the contract 合同"
PLAIN = docx(paragraph(TEXT))
CHANGES = (
    '<w:p><w:ins w:id="1" w:author="a" w:date="2026-01-01T00:00:00Z"><w:r><w:t>twelve months</w:t></w:r></w:ins>'
    '<w:del w:id="2" w:author="a" w:date="2026-01-01T00:00:00Z"><w:r><w:delText>six months</w:delText></w:r></w:del>'
    "</w:p>"
)
ENCRYPTION = (
    '<manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="AA==">'
    '<manifest:algorithm manifest:algorithm-name="Blowfish CFB" manifest:initialisation-vector="AAAAAAAAAAA="/>'
    '<manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:key-size="16" '
    'manifest:iteration-count="1024" manifest:salt="AAAAAAAAAAAAAAAAAAAAAA=="/></manifest:encryption-data>'
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@cache
def saved(suffix: str) -> bytes:
    """Have LibreOffice save the same text as another type, once for all tests."""
    return saved_as(suffix, PLAIN)


@pytest.fixture(autouse=True)
def leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Check that no folder and no process is left."""
    require_writer()
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not [*folder.iterdir()]
    assert not [*running(folder)]


def running(folder: Path) -> Iterator[int]:
    """Yield the processes whose command line names the folder."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if os.fsencode(folder) in path.read_bytes():
                yield int(path.parent.name)
        except OSError:
            continue


def convert(tmp_path: Path, name: str, content: bytes, **limits: Any) -> ConvertedOffice:
    path = tmp_path / name
    path.write_bytes(content)
    return convert_office(path, **limits)


def words(converted: ConvertedOffice) -> str:
    with pymupdf.open(stream=converted.content) as document:
        return " ".join(str(page.get_text()) for page in document)


OPENED: dict[str, tuple[Callable[[], bytes], str]] = {
    "contract.docx": (lambda: PLAIN, TEXT),
    "合同.DOCX": (lambda: PLAIN, TEXT),
    "a contract with spaces & 100 %.docx": (lambda: PLAIN, TEXT),
    "-p.docx": (lambda: PLAIN, TEXT),
    "template.dotx": (lambda: PLAIN, TEXT),
    "table.docx": (lambda: docx(table([["Rent", "1,000"], ["Deposit", "2,000"]])), "Deposit"),
    "many cells.docx": (
        lambda: docx(table([[f"cell {row}.{column}" for column in range(6)] for row in range(300)])),
        "cell 299.5",
    ),
    "changes.docx": (lambda: docx(CHANGES), "twelve months"),
    "macros.docm": (
        lambda: docx(
            paragraph(TEXT),
            {"word/vbaProject.bin": OLE + bytes(900)},
            {"rId9": ("vbaProject", "vbaProject.bin", False)},
            MACROS,
        ),
        TEXT,
    ),
    "no text.docx": (lambda: docx(""), ""),
    "page.doc": (f"<html><meta charset=utf-8><body>{TEXT}</body></html>".encode, TEXT),
    "plain text.docx": (TEXT.encode, TEXT),
    "contract.odt": (lambda: odt(f"<text:p>{TEXT}</text:p>"), TEXT),
    "contract.rtf": (lambda: rtf(TEXT), TEXT),
    "nested.rtf": (lambda: b"{\\rtf1 " + b"{" * 50000 + b"deep" + b"}" * 50000 + b"}", "deep"),
    "rtf with another suffix.doc": (lambda: rtf(TEXT), TEXT),
    "docx with another suffix.doc": (lambda: PLAIN, TEXT),
    "docx with another suffix.wps": (lambda: PLAIN, TEXT),
    "docx with another suffix.odt": (lambda: PLAIN, TEXT),
    "contract.doc": (lambda: saved("doc"), TEXT),
    "contract.wps": (lambda: saved("doc"), TEXT),
    "template.wpt": (lambda: saved("doc"), TEXT),
    "template.dot": (lambda: saved("doc"), TEXT),
    "from libreoffice.odt": (lambda: saved("odt"), TEXT),
    "from libreoffice.rtf": (lambda: saved("rtf"), TEXT),
}
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.docx": (lambda: b"", "pdf.empty"),
    "cut.docx": (lambda: PLAIN[: len(PLAIN) // 2], "office.not_converted"),
    "zeros.doc": (lambda: bytes(5000), "office.not_converted"),
    "image.docx": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "office.not_converted"),
    "unbalanced.rtf": (lambda: b"{\\rtf1 {{{ \\bin99999999 ", "office.not_converted"),
    "other zip.docx": (lambda: zipped({"hello.txt": "hello"}), "office.not_converted"),
    "workbook.docx": (
        lambda: zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}),
        "office.not_converted",
    ),
    "bad xml.docx": (lambda: docx("<w:p><w:r><w:t>never closed"), "office.not_converted"),
    "password.docx": (lambda: OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "office.encrypted"),
    "password.odt": (
        lambda: odt("", {"styles.xml": os.urandom(300)}, encryption=ENCRYPTION).replace(b"office:text", b"offixx:text"),
        "office.not_converted",
    ),
}


@pytest.mark.parametrize("name", daily(["contract.docx", "changes.docx", "contract.rtf", "contract.odt"], OPENED))
def test_a_document_becomes_a_pdf_with_its_text(tmp_path: Path, name: str) -> None:
    make, text = OPENED[name]
    assert text in words(convert(tmp_path, name, make()))


@pytest.mark.parametrize("name", daily(["empty.docx", "cut.docx", "image.docx", "password.docx"], REFUSED))
def test_a_document_that_cannot_be_converted_is_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    make, code = REFUSED[name]
    with pytest.raises(PdfError) as caught:
        convert(tmp_path, name, make())
    assert caught.value.code == code
    # The message may be logged.
    assert name not in str(caught.value)


def test_deleted_words_are_shown_as_such_and_not_left_out(tmp_path: Path) -> None:
    assert "six months" in words(convert(tmp_path, "changes.docx", docx(CHANGES)))


def test_fonts_that_are_missing_are_named_and_others_are_not(tmp_path: Path) -> None:
    body = paragraph("a", "No Such Font") + paragraph("合同", "无此字体") + paragraph("b", "DejaVu Sans")
    assert convert(tmp_path, "fonts.docx", docx(body)).replaced_fonts == ("No Such Font", "无此字体")


def test_what_the_report_says_is_bounded() -> None:
    asked = b'Match Pattern has 1 elts (size 16)\n\tfamily: "%s"(s) "Other"(w)\n\n'
    assert replaced_fonts(b"") == ()
    assert replaced_fonts(asked % b"Good" + asked % b"A\x1b[0m" + asked % b"12") == ("Good",)
    assert replaced_fonts(b'Match Pattern has 1 elts\n\tfamily: "Known"(s)\n\tcharset:\n\n') == ()
    many = replaced_fonts(b"".join(asked % (f"Font {number} " * 50).encode() for number in range(1000)))
    assert len(many) == 50
    assert max(map(len, many)) <= 60


def test_a_pdf_with_the_suffix_of_a_document_is_taken_as_it_is(tmp_path: Path) -> None:
    content = b"%PDF-1.7 whatever"
    assert convert(tmp_path, "contract.docx", content) == ConvertedOffice(content, ())


def test_a_document_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(PdfError, match=r"document\.missing"):
        convert_office(tmp_path / "gone.docx")


def test_a_document_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.docx"
    with path.open("wb") as file:
        file.truncate(office.MOST_BYTES + 1)
    with pytest.raises(PdfError, match=r"office\.too_large"):
        convert_office(path)


def test_a_cancelled_conversion_ends_at_once(tmp_path: Path) -> None:
    cancel = CancelToken()
    threading.Timer(0.3, cancel.cancel).start()
    body = "".join(paragraph(f"{TEXT} {number}") for number in range(60_000))
    started_at_s = time.monotonic()
    with pytest.raises(Cancelled):
        convert(tmp_path, "long.docx", docx(body), check_cancelled=cancel.raise_if_cancelled)
    assert time.monotonic() - started_at_s < 30


def test_a_conversion_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    body = "".join(paragraph(f"{TEXT} {number}") for number in range(60_000))
    with pytest.raises(PdfError, match=r"office\.too_slow"):
        convert(tmp_path, "long.docx", docx(body), limit_s=0.5)


def test_without_libreoffice_the_reason_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "libreoffice", lambda: None)
    with pytest.raises(PdfError, match=r"document\.no_writer"):
        convert(tmp_path, "contract.docx", PLAIN)


def test_libreoffice_without_writer_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "office" / "program" / "soffice.bin"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"")
    monkeypatch.setattr(office, "_FOLDERS", (str(tmp_path / "office"),))
    monkeypatch.setattr(office, "_OTHER_FOLDERS", "no such folder")
    assert office.libreoffice() is None
    registry = tmp_path / "office" / "share" / "registry"
    registry.mkdir(parents=True)
    (registry / "writer.xcd").write_bytes(b"")
    assert office.libreoffice() == program


@pytest.mark.parametrize("landlock", [0, -1])
def test_a_system_that_cannot_lock_libreoffice_in_does_not_start_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, landlock: int
) -> None:
    monkeypatch.setattr("esign_desktop.pdf.walls.program.landlock_version", lambda _libc: landlock)
    monkeypatch.setattr(office, "start_child", lambda _target: pytest.fail("started"))
    with pytest.raises(PdfError, match=r"document\.office"):
        convert(tmp_path, "contract.docx", PLAIN)


def test_two_documents_are_converted_at_the_same_time(tmp_path: Path) -> None:
    found: dict[str, str] = {}

    def work(name: str) -> None:
        found[name] = words(convert(tmp_path, f"{name}.docx", docx(paragraph(name))))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: name in text for name, text in found.items()} == {"first": True, "second": True}


LINKED = {
    "image": '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:90pt;height:90pt">'
    '<v:imagedata r:id="rId7"/></v:shape></w:pict></w:r></w:p>',
    "attachedTemplate": "",
    "aFChunk": '<w:altChunk r:id="rId7"/>',
    "hyperlink": '<w:p><w:hyperlink r:id="rId7"><w:r><w:t>link</w:t></w:r></w:hyperlink></w:p>',
}


@pytest.mark.parametrize("kind", daily(["image"], LINKED))
def test_linked_content_is_not_fetched(tmp_path: Path, kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        target = f"http://127.0.0.1:{server.getsockname()[1]}/secret.png"
        content = docx(paragraph(TEXT) + LINKED[kind], links={"rId7": (kind, target, True)})
        assert TEXT in words(convert(tmp_path, "linked.docx", content))
        with pytest.raises(TimeoutError):
            server.accept()


SECRET = "SECRET-OF-ANOTHER-FILE"


@pytest.mark.parametrize("kind", daily(["includetext"], ["includetext", "section", "image", "chunk"]))
def test_files_beside_the_document_are_not_read(tmp_path: Path, kind: str) -> None:
    other = tmp_path / "other.txt"
    other.write_text(SECRET, encoding="ascii")
    field = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText> INCLUDETEXT "{other}" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    section = f'<text:section text:name="s"><text:section-source xlink:href="{other.as_uri()}"/></text:section>'
    content = {
        "includetext": lambda: docx(paragraph(TEXT) + field),
        "section": lambda: odt(f"<text:p>{TEXT}</text:p>{section}"),
        "image": lambda: docx(paragraph(TEXT) + LINKED["image"], links={"rId7": ("image", other.as_uri(), True)}),
        "chunk": lambda: docx(paragraph(TEXT) + LINKED["aFChunk"], links={"rId7": ("aFChunk", other.as_uri(), True)}),
    }[kind]()
    found = words(convert(tmp_path, f"reads.{'odt' if kind == 'section' else 'docx'}", content))
    assert TEXT in found
    assert SECRET not in found


MACRO = (
    '<?xml version="1.0" encoding="UTF-8"?><script:module xmlns:script="http://openoffice.org/2000/script" '
    'script:name="Module1" script:language="StarBasic">Sub Main\n'
    'Open Environ("HOME") &amp; "/macro was here" For Output As #1\nPrint #1, "x"\nClose #1\nEnd Sub</script:module>'
)
LIBRARY = (
    '<?xml version="1.0" encoding="UTF-8"?><library:library xmlns:library="http://openoffice.org/2000/library" '
    'library:name="Standard" library:readonly="false" library:passwordprotected="false">'
    '<library:element library:name="Module1"/></library:library>'
)
LIBRARIES = (
    '<?xml version="1.0" encoding="UTF-8"?><library:libraries xmlns:library="http://openoffice.org/2000/library" '
    'xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<library:library library:name="Standard" library:link="false"/></library:libraries>'
)
EVENTS = (
    '<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script" '
    'script:event-name="dom:load" xlink:type="simple" '
    'xlink:href="vnd.sun.star.script:Standard.Module1.Main?language=Basic&amp;location=document"/>'
    "</office:event-listeners></office:scripts>"
)


def files_after(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return a set that will hold the names of the files in the folder of each conversion."""
    found: set[str] = set()
    read = office._read_bounded  # noqa: SLF001

    def note(path: Path, most_bytes: int) -> bytes:
        found.update(one.name for one in path.parent.iterdir())
        return read(path, most_bytes)

    monkeypatch.setattr(office, "_read_bounded", note)
    return found


def test_a_macro_that_should_run_on_opening_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = files_after(monkeypatch)
    content = odt(
        f"<text:p>{TEXT}</text:p>",
        {
            "Basic/script-lc.xml": LIBRARIES,
            "Basic/Standard/script-lb.xml": LIBRARY,
            "Basic/Standard/Module1.xml": MACRO,
        },
        before=EVENTS,
    )
    assert TEXT in words(convert(tmp_path, "macro.odt", content))
    assert "document.odt" in files
    assert "macro was here" not in files


def test_the_folder_of_a_killed_program_is_deleted_at_the_next_conversion(tmp_path: Path, leftovers: Path) -> None:
    old, new = leftovers / "esign-office-old", leftovers / "esign-office-new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "document.docx").write_bytes(PLAIN)
    os.utime(old, (0, 0))
    convert(tmp_path, "contract.docx", PLAIN)
    assert not old.exists()
    # It can belong to a conversion that another program of the same user is running.
    assert (new / "document.docx").exists()
    shutil.rmtree(new)


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_a_contract_of_two_thousand_pages_is_converted(tmp_path: Path) -> None:
    page = paragraph(TEXT) + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    converted = convert(tmp_path, "long.docx", docx(page * 2000))
    with pymupdf.open(stream=converted.content) as document:
        assert document.page_count >= 2000


PARENT = """
import sys, tempfile
from pathlib import Path
tempfile.tempdir = sys.argv[2]
from esign_desktop.pdf.isolated.office import convert_office
convert_office(Path(sys.argv[1]))
"""


def test_libreoffice_ends_with_the_program_that_started_it(tmp_path: Path, leftovers: Path) -> None:
    path = tmp_path / "long.docx"
    path.write_bytes(docx("".join(paragraph(f"{TEXT} {number}") for number in range(60_000))))
    with subprocess.Popen([sys.executable, "-c", PARENT, str(path), str(leftovers)]) as parent:
        ends_at_s = time.monotonic() + 60
        while not [one for one in running(leftovers) if one != parent.pid]:
            assert time.monotonic() < ends_at_s
            time.sleep(0.02)
        parent.send_signal(signal.SIGKILL)
    while [*running(leftovers)] and time.monotonic() < ends_at_s:
        time.sleep(0.02)
    assert not [*running(leftovers)]
    # The killed program could not delete its folder; the next conversion would.
    for folder in leftovers.iterdir():
        shutil.rmtree(folder)
