"""The signed contract on paper by one key, through a printer that writes a PDF."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest

from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter.printing import SignedPrint
from tests.services.counter_desk import ZHANG

if TYPE_CHECKING:
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.counter.conftest import Teller

CTRL = Qt.KeyboardModifier.ControlModifier


def press_print(teller: Teller) -> None:
    teller.window.activateWindow()
    assert QTest.qWaitForWindowActive(teller.window)
    teller.press(Qt.Key.Key_P, CTRL)


def choose_printer(teller: Teller, target: Path) -> None:
    """Choose one that writes to a file, in the window that asks."""
    teller.wait_until(lambda: teller.window.findChild(QPrintDialog) is not None)
    dialog = teller.window.findChild(QPrintDialog)
    assert isinstance(dialog, QPrintDialog)
    dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer().setOutputFileName(str(target))
    dialog.done(QPrintDialog.DialogCode.Accepted)


@pytest.mark.qt_log_ignore("QPainter::begin", "QPdf")
def test_the_signed_contract_is_printed_by_one_key(
    teller: Teller, tasks: TaskRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = teller.installation
    teller.preferences.set_download_folder(tmp_path / "signed")
    teller.begin()
    services = SimpleNamespace(flows=desk.flows, documents=desk.documents, preferences=teller.preferences)
    paper = SignedPrint(cast("Services", services), tasks, teller.window)
    paper.reported.connect(lambda text, is_failure: teller.window.show_status(text, is_error=is_failure))
    teller.window.print_requested.connect(paper.print_flow)
    press_print(teller)
    teller.wait_until(lambda: "There is no newly signed contract here" in teller.window.message)

    link = teller.serve(ZHANG)
    teller.platform.sign(link)
    teller.wait_for(CounterState.SIGNED)
    flow_id = teller.desk.view.flow_id
    assert flow_id is not None
    teller.wait_until(lambda: bool(desk.flows.get(flow_id).downloaded_sha256))
    (kept,) = map(Path, desk.flows.get(flow_id).downloaded_to)
    signed = kept.read_bytes()
    # Somebody has changed the file since: what is printed is what was signed.
    kept.write_bytes(b"%PDF-1.4 something else")
    press_print(teller)
    choose_printer(teller, tmp_path / "nowhere" / "paper.pdf")
    teller.wait_until(lambda: "The printer accepted no pages." in teller.window.message)

    target = tmp_path / "paper.pdf"
    press_print(teller)
    choose_printer(teller, target)
    teller.wait_until(lambda: "saved as a file" in teller.window.message)
    assert teller.desk.view.state is CounterState.SIGNED
    with pymupdf.open(target) as printed, pymupdf.open(stream=signed) as meant:
        assert len(printed) == len(meant)
        seen, wanted = (pdf[0].get_pixmap(dpi=30, colorspace="gray") for pdf in (printed, meant))
    # As dark as the page itself, seal and all, but for the printer's margin.
    assert sum(seen.samples) / len(seen.samples) == pytest.approx(sum(wanted.samples) / len(wanted.samples), abs=6)

    # A printer with paper is asked for once; the next contract needs no more than the key.
    monkeypatch.setattr("esign_desktop.ui.counter.printing.prints_to_file", lambda _printer: False)
    for is_first in (True, False):
        target.unlink()
        press_print(teller)
        if is_first:
            choose_printer(teller, target)
        teller.wait_until(target.exists)
        teller.wait_until(lambda: teller.window.message == "The signed contract has been printed.")
        teller.window.show_status("")
    teller.tasks_are_done()
