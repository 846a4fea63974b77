from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from esign_desktop.domain.errors import ApiError, StoreError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.ui.track.several_files import Merging, failures_text
from esign_desktop.ui.track.signed_file import SignedFileWindow
from tests.sandbox.pages import text_pdf
from tests.ui.flow_samples import make_flow
from tests.ui.track.test_room import LEASE, Shown, _press, show  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

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
