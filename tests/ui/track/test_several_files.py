from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QFileDialog

from esign_desktop.domain.errors import ApiError, StoreError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.ui.track.several_files import Merging, SeveralPrint, failures_text
from esign_desktop.ui.track.signed_file import SignedFileWindow
from tests.pdf.local_engine import LocalEngine
from tests.sandbox.pages import text_pdf
from tests.ui.flow_samples import make_flow
from tests.ui.track.test_room import LEASE, Shown, _press, show  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.flow import FlowId

ONE = make_flow(name="one", title="借款合同", status=FlowStatus.COMPLETED)
TWO = make_flow(name="two", title="租赁合同", status=FlowStatus.COMPLETED)


def merging_of(shown: Shown, folder: Path) -> Merging:
    shown.services.preferences.download_folder = folder
    (folder / "合同.pdf").write_bytes(text_pdf("contract"))
    merging = shown.room.findChild(Merging)
    assert merging is not None
    return merging


def test_chosen_contracts_are_merged_and_the_result_is_opened(
    show: Callable[..., Shown],  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    shown = show(ONE, TWO)
    merging_of(shown, tmp_path).write((ONE.flow_id, TWO.flow_id), tmp_path / "all.pdf")
    qtbot.waitUntil(lambda: bool(shown.messages.rows), timeout=20_000)
    row = shown.messages.rows[0]
    assert row.title == "2 signed files merged."
    assert row.remedy == "The merged file has no digital signatures. Keep the signed files."
    pdf: Any = pymupdf.open(tmp_path / "all.pdf")
    assert [name for _, name, _ in pdf.get_toc()] == ["借款合同 – 张三", "租赁合同 – 张三"]
    row.press()
    (window,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, SignedFileWindow)]
    assert window.windowTitle() == "all.pdf — Signed file"
    window.close()


def test_the_key_asks_for_the_file_of_those_that_are_signed(
    show: Callable[..., Shown],  # noqa: F811
    qtbot: QtBot,
) -> None:
    shown = show(LEASE)
    _press(shown, qtbot, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "Nothing to merge yet: no one has signed."
    shown = show(ONE, LEASE)
    shown.table.selectAll()
    _press(shown, qtbot, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: shown.room.findChild(QFileDialog) is not None)
    dialog = shown.room.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()


def test_each_contract_that_fails_is_named(
    show: Callable[..., Shown],  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    shown = show(ONE, TWO)
    merging = merging_of(shown, tmp_path)
    shown.services.flows.failure = ApiError("api.download_failed")
    merging.write((ONE.flow_id, TWO.flow_id), tmp_path / "all.pdf")
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "2 files couldn't be merged."
    for name in ("借款合同 – 张三: ", "租赁合同 – 张三: "):
        assert name in shown.messages.rows[0].remedy
    assert not (tmp_path / "all.pdf").exists()


def test_merging_can_be_stopped(show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path) -> None:  # noqa: F811
    shown = show(ONE, TWO)
    merging = merging_of(shown, tmp_path)
    shown.services.flows.may_go_on.clear()
    merging.write((ONE.flow_id, TWO.flow_id), tmp_path / "all.pdf")
    qtbot.waitUntil(lambda: "Merging: contract 1 of 2" in shown.texts)
    qtbot.mouseClick(shown.button("Stop"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(shown.services.flows.was_cancelled)
    shown.services.flows.may_go_on.set()
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "Merging was stopped. No file was written."
    assert not (tmp_path / "all.pdf").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_names_and_reasons_stand_in_one_line(count: int) -> None:
    text = failures_text([(f"合同{number}", StoreError("store.failed")) for number in range(count)])
    assert text.count("\n") == 0
    assert [part.partition(": ")[0] for part in text.split(" · ")] == [f"合同{number}" for number in range(count)]


@pytest.fixture
def signed(show: Callable[..., Shown], tmp_path: Path) -> Iterator[Shown]:  # noqa: F811
    """Show two signed contracts, both selected, whose files can be opened."""
    shown = show(ONE, TWO)
    merging_of(shown, tmp_path)
    engine = LocalEngine()
    shown.services.documents = DocumentService(engine)  # type: ignore[assignment]
    shown.table.selectAll()
    yield shown
    engine.stop()


def print_to(shown: Shown, qtbot: QtBot, target: Path) -> None:
    """Press the key, and choose a printer that writes to a file in the dialog that asks."""
    _press(shown, qtbot, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown.room.findChild(QPrintDialog) is not None)
    dialog = shown.room.findChild(QPrintDialog)
    assert dialog is not None
    dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer().setOutputFileName(str(target))
    dialog.done(QPrintDialog.DialogCode.Accepted)


def take_for_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign_desktop.ui.track.several_files.prints_to_file", lambda _printer: False)


def printed(shown: Shown) -> list[str]:
    return [call for call in shown.services.flows.calls if call.startswith("printed")]


def test_chosen_contracts_are_printed_by_one_key(
    signed: Shown, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_for_paper(monkeypatch)
    print_to(signed, qtbot, tmp_path / "paper.pdf")
    qtbot.waitUntil(lambda: bool(signed.messages.rows))
    assert signed.messages.rows[0].title == "2 contracts printed."
    qtbot.waitUntil(lambda: sorted(printed(signed)) == ["printed one", "printed two"])
    with pymupdf.open(tmp_path / "paper.pdf") as paper:
        assert len(paper) == 1


def test_several_contracts_do_not_overwrite_each_other_in_one_file(signed: Shown, qtbot: QtBot, tmp_path: Path) -> None:
    print_to(signed, qtbot, tmp_path / "paper.pdf")
    qtbot.waitUntil(lambda: bool(signed.messages.rows))
    assert signed.messages.rows[0].title == "Several contracts can't be printed to one file."
    assert "Merge signed files" in signed.messages.rows[0].remedy
    assert (printed(signed), (tmp_path / "paper.pdf").exists()) == ([], False)


def test_a_contract_without_files_does_not_keep_the_others_from_the_printer(
    signed: Shown, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_for_paper(monkeypatch)
    flows = signed.services.flows
    fetch = flows.signed_files

    def signed_files(flow_id: FlowId, folder: Path, **more: Any) -> tuple[Path, ...]:
        if flow_id == ONE.flow_id:
            raise ApiError("api.download_failed")
        return fetch(flow_id, folder, **more)

    monkeypatch.setattr(flows, "signed_files", signed_files)
    print_to(signed, qtbot, tmp_path / "paper.pdf")
    qtbot.waitUntil(lambda: len(signed.messages.rows) == 2)
    titles = {row.title: row.remedy for row in signed.messages.rows}
    assert set(titles) == {"1 contract printed.", "1 contract couldn't be printed."}
    assert titles["1 contract couldn't be printed."].startswith("借款合同 – 张三: ")
    qtbot.waitUntil(lambda: printed(signed) == ["printed two"])


@pytest.mark.qt_log_ignore("QPainter::begin", "QPdf")
def test_a_printer_that_accepts_no_page_ends_the_work(
    signed: Shown, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_for_paper(monkeypatch)
    print_to(signed, qtbot, tmp_path / "nowhere" / "paper.pdf")
    qtbot.waitUntil(lambda: bool(signed.messages.rows))
    assert signed.messages.rows[0].title == "2 contracts couldn't be printed."
    assert signed.messages.rows[0].remedy.endswith(": The printer accepted no pages.")
    assert printed(signed) == []


def test_printing_can_be_stopped(signed: Shown, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_for_paper(monkeypatch)
    signed.services.flows.may_go_on.clear()
    print_to(signed, qtbot, tmp_path / "paper.pdf")
    qtbot.waitUntil(lambda: "Printing: contract 1 of 2" in signed.texts)
    qtbot.mouseClick(signed.button("Stop"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(signed.services.flows.was_cancelled)
    signed.services.flows.may_go_on.set()
    qtbot.waitUntil(lambda: bool(signed.messages.rows))
    assert [row.title for row in signed.messages.rows] == ["Printing was stopped. 0 of 2 printed."]
    assert printed(signed) == []
    # The next command finds no other one in its way.
    print_to(signed, qtbot, tmp_path / "paper.pdf")
    qtbot.waitUntil(lambda: signed.messages.rows[0].title == "2 contracts printed.")


def test_other_work_is_not_printed_into(
    signed: Shown, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_for_paper(monkeypatch)
    signed.services.flows.may_go_on.clear()
    _press(signed, qtbot, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: "Downloading…" in signed.texts)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    work = signed.room.findChild(SeveralPrint)
    assert work is not None
    work.print_on((ONE.flow_id,), printer)
    assert "Printing" not in signed.texts
    signed.services.flows.may_go_on.set()
    qtbot.waitUntil(lambda: bool(signed.messages.rows))
    assert signed.messages.rows[0].title == "2 files downloaded."


def test_without_a_signature_there_is_nothing_to_print(show: Callable[..., Shown], qtbot: QtBot) -> None:  # noqa: F811
    shown = show(LEASE)
    _press(shown, qtbot, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "Nothing to print yet: no one has signed."
