"""A signed file is looked at with what its signatures prove: the real engine, the real check, real signatures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton

from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.sandbox.sealing import Certificates, FieldPlace, Signature, seal
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.flows.files import SignatureService
from esign_desktop.ui.track.signed_file import SignedFileWindow
from esign_desktop.ui.viewer.printing import PrintWork
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.drafts import NOW_MS
from tests.sandbox.pages import blank_pdf
from tests.ui.opened_urls import opened_urls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signed")
    source, target = folder / "stamped.pdf", folder / "合同.pdf"
    source.write_bytes(blank_pdf(pages=3))
    signatures = [Signature("张三", NOW_MS, FieldPlace(3, (100, 100, 180, 180))), Signature("李四", NOW_MS + 60_000)]
    assert seal(source, target, signatures, Certificates(folder / "certificates"))
    return target


@pytest.fixture(scope="module")
def documents() -> Iterator[DocumentService]:
    engine = ProcessEngine()
    yield DocumentService(engine)
    engine.stop()


@pytest.fixture
def look(
    documents: DocumentService, tasks: TaskRunner, qtbot: QtBot, speak: Callable[[str], None]
) -> Iterator[Callable[[Path], SignedFileWindow]]:
    speak("en")
    windows: list[SignedFileWindow] = []

    def make(path: Path) -> SignedFileWindow:
        window = SignedFileWindow(path, documents, SignatureService(), tasks)
        windows.append(window)
        window.show()
        qtbot.waitUntil(lambda: "Checking" not in window.panel.verdict.text, timeout=20_000)
        return window

    yield make
    for window in windows:
        with qtbot.waitSignal(window.destroyed):
            window.close()
    tasks.wait_idle()


def texts(window: SignedFileWindow) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in window.findChildren(PlainLabel) if label.isVisible())


def test_who_signed_and_when_and_that_nothing_was_changed_is_said(
    look: Callable[[Path], SignedFileWindow], signed: Path
) -> None:
    window = look(signed)
    for sentence in (
        (
            "The file is unchanged since signing, but the signers' certificates are from an "
            "issuer this computer doesn't trust."
        ),
        "张三 signed on 2027-01-15 16:00",
        "Only other signatures were added since.",
        "李四 signed on 2027-01-15 16:01",
        "No changes since this signature.",
        "Not visible on any page.",
    ):
        assert sentence in texts(window)
    assert not window.panel.verdict.is_alarming


def test_a_seal_that_is_seen_is_shown_on_its_page(
    look: Callable[[Path], SignedFileWindow], signed: Path, qtbot: QtBot
) -> None:
    window = look(signed)
    qtbot.waitUntil(lambda: window.pages.documents != ())
    assert window.pages.current_page == (window.pages.documents[0].id, 1)
    (button,) = [one for one in window.findChildren(QPushButton) if one.text() == "Show on page 3"]
    qtbot.mouseClick(button, LEFT)
    assert window.pages.current_page == (window.pages.documents[0].id, 3)
    assert window.pages.spotlight.is_lit


def test_a_file_that_was_altered_after_signing_says_so_in_red(
    look: Callable[[Path], SignedFileWindow], signed: Path, tmp_path: Path
) -> None:
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(signed.read_bytes())
    with pymupdf.open(altered) as pdf:
        pdf[0].insert_text((100, 100), "ten times as much")
        pdf.saveIncr()
    window = look(altered)
    assert window.panel.verdict.is_alarming
    assert "Warning: this file has changed since it was signed." in texts(window)
    labels = [label for label in window.findChildren(PlainLabel) if label.isVisible()]
    red = [label.text() for label in labels if label.property("tone") == "danger"]
    assert "Warning: this file has changed since it was signed." in red
    assert "The file was changed after this signature." in red


def test_a_file_without_signatures_says_so(look: Callable[[Path], SignedFileWindow], tmp_path: Path) -> None:
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(blank_pdf())
    assert "This file has no digital signature." in texts(look(plain))


def test_a_file_that_is_gone_is_told_in_the_place_of_its_pages(
    look: Callable[[Path], SignedFileWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    window = look(tmp_path / "gone.pdf")
    qtbot.waitUntil(lambda: not window.pages.isVisible())
    assert window.panel.verdict.text in texts(window)


def test_the_pages_only_are_looked_at(look: Callable[[Path], SignedFileWindow], signed: Path, qtbot: QtBot) -> None:
    window = look(signed)
    qtbot.waitUntil(lambda: window.pages.documents != ())
    before = signed.read_bytes()
    zoom = window.pages.zoom
    buttons = {one.accessibleName(): one for one in window.findChildren(QToolButton)}
    qtbot.mouseClick(buttons["Zoom in"], LEFT)
    assert window.pages.zoom > zoom
    qtbot.mouseClick(window.pages.viewport(), LEFT)
    qtbot.keyClicks(window.pages, "sxk")
    with opened_urls("file") as urls:
        qtbot.mouseClick(buttons["Open with another program"], LEFT)
        qtbot.mouseClick(buttons["Open folder"], LEFT)
    assert [Path(url.toLocalFile()) for url in urls] == [signed, signed.parent]
    assert signed.read_bytes() == before


@pytest.mark.parametrize("is_checked", [True, False])
def test_a_file_that_no_program_opens_is_told_beside_what_was_found(
    documents: DocumentService,
    tasks: TaskRunner,
    qtbot: QtBot,
    signed: Path,
    speak: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    is_checked: bool,
) -> None:
    speak("en")
    window = SignedFileWindow(signed, documents, SignatureService() if is_checked else None, tasks)
    window.show()
    found = "张三 signed on 2027-01-15 16:00"
    qtbot.waitUntil(lambda: window.pages.documents != () and (found in texts(window)) is is_checked, timeout=20_000)
    verdict = window.panel.verdict.text
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    buttons = {one.accessibleName(): one for one in window.findChildren(QToolButton)}
    qtbot.mouseClick(buttons["Open with another program"], LEFT)
    assert "No program on this computer opened “合同.pdf”." in texts(window)
    assert window.panel.verdict.text == verdict
    assert (found in texts(window)) is is_checked
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    qtbot.mouseClick(buttons["Open folder"], LEFT)
    assert "No program" not in texts(window)
    with qtbot.waitSignal(window.destroyed):
        window.close()
    tasks.wait_idle()


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_print_that_fails_is_told_beside_what_was_found(
    look: Callable[[Path], SignedFileWindow], signed: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    window = look(signed)
    qtbot.waitUntil(lambda: window.pages.documents != ())
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(window.findChildren(QPrintDialog)))
    (dialog,) = window.findChildren(QPrintDialog)
    dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer().setOutputFileName(str(tmp_path / "gone" / "paper.pdf"))
    dialog.done(QPrintDialog.DialogCode.Accepted)
    qtbot.waitUntil(lambda: "The printer accepted no pages." in texts(window), timeout=20_000)
    assert "张三 signed on 2027-01-15 16:00" in texts(window)


def test_a_window_that_is_closed_at_once_leaves_no_file_open(
    documents: DocumentService, tasks: TaskRunner, qtbot: QtBot, signed: Path
) -> None:
    opened: list[Any] = []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return getattr(documents, name)

        def open_quickly(self, path: Path) -> Any:
            opened.append(documents.open_quickly(path))
            return opened[-1]

    window = SignedFileWindow(signed, cast("Any", Watched()), None, tasks)
    window.show()
    with qtbot.waitSignal(window.destroyed):
        window.close()
    assert tasks.wait_idle()
    assert len(opened) == 1
    assert not documents.is_open(opened[0].id)


def test_a_signed_file_is_printed_by_one_key(
    look: Callable[[Path], SignedFileWindow],
    signed: Path,
    documents: DocumentService,
    tasks: TaskRunner,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    window = look(signed)
    qtbot.waitUntil(lambda: window.pages.documents != ())
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(window.findChildren(QPrintDialog)))
    (dialog,) = window.findChildren(QPrintDialog)
    dialog.reject()
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    target = tmp_path / "paper.pdf"
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(target))
    work = PrintWork(printer, window.pages.documents, documents, tasks, window)
    with qtbot.waitSignal(work.ended, timeout=20_000) as ended:
        work.begin()
    assert ended.args == [None]
    with pymupdf.open(target) as paper, pymupdf.open(signed) as file:
        assert len(paper) == len(file) == 3
        seen, meant = (pdf[2].get_pixmap(dpi=30, colorspace="gray") for pdf in (paper, file))
    # The seal is where it is in the file, as far as the printer's margin lets it.
    darkest = [min(range(len(one.samples)), key=one.samples.__getitem__) for one in (seen, meant)]
    places = [
        (at % one.width / one.width, at // one.width / one.height)
        for at, one in zip(darkest, (seen, meant), strict=True)
    ]
    assert places[0] == pytest.approx(places[1], abs=0.1)
