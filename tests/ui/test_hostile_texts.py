"""Whatever a name, a title or a remark holds: it is shown to the letter, loads nothing, and breaks no layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from esign_desktop.domain.draft import DraftId
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import ApiError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.audit_log import AuditEntry
from esign_desktop.services.signatures import Integrity, SignatureFact
from esign_desktop.services.submission import SubmissionId, SubmissionState, SubmissionSummary
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.messages import Messages, Tone
from esign_desktop.ui.qr.window import QrWindow
from esign_desktop.ui.track.audit_dialog import AuditDialog
from esign_desktop.ui.track.details_pane import DetailsPane
from esign_desktop.ui.track.room import TrackRoom
from tests.drafts import NOW_MS
from tests.ui.flow_samples import FakeEnvironments, FakeFlows, make_flow, make_signer, progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner

WIDEST_PX: Final = 1200
MARK: Final = 0xFFFF00FF
"""Colour of the picture that no window may load."""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "mark.png"
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(MARK)
    image.save(str(path))
    return path


HOSTILE: Final = {
    "markup": '<h1>大</h1><img src="{picture}"><a href="file:///etc/passwd">x</a><style>*{{color:red}}</style>&amp;',
    "image only": '<img src="{picture}" width="900" height="900">',
    "escapes": "\x1b[31m红\x1b]0;title\x07\x00\x08\r\n\t",
    "bidi": "合同\u202efdp.exe\u2066\u2067شركة\u202d",
    "zero width": "张\u200b\u200c\u200d\ufeff三\u2060" + "\u0301" * 300,
    "surrogates": "\ud800张\udfff三\udc80",
    "long word": "长" * 10_000,
    "long latin": "W" * 10_000,
    "lines": "行\n" * 5_000,
    "mnemonic": "&A&&B&",
    "format": "{title} %1 %n {0} %s",
}


class _Audit:
    def __init__(self, text: str) -> None:
        self._text = text

    def entries(self, *, limit: int) -> tuple[AuditEntry, ...]:
        return (AuditEntry(NOW_MS, self._text, self._text, "test", self._text, self._text, self._text),) * min(limit, 2)


class _Services:
    """Everything that a person or the platform could have written is this text."""

    download_folder = None
    track_columns = None

    def __init__(self, text: str) -> None:
        signers = (make_signer(1, text), make_signer(2, text))
        steps = (progress(1, 2, signed_at_ms=NOW_MS, remark=text), progress(2, 4, remark=text))
        kinds = (FlowStatus.SIGNING, FlowStatus.TERMINATED, FlowStatus.COMPLETED)
        self.records = [
            make_flow(
                name=f"{kind.name} {text[:50]}",
                title=text,
                status=kind,
                signers=signers,
                steps=steps,
                downloaded_to=(f"/folder/{text[:80]}.pdf",) if kind is FlowStatus.COMPLETED else (),
            )
            for kind in kinds
        ]
        self.flows = FakeFlows(*self.records)
        self.environments = FakeEnvironments()
        self.submission = self
        self.preferences = self
        self.corrections = None
        self.signatures = self
        self.audit_log = _Audit(text)
        self._text = text

    def unfinished(self) -> tuple[SubmissionSummary, ...]:
        states = (SubmissionState.HELD, SubmissionState.ACCOUNTS)
        return tuple(
            SubmissionSummary(
                *(SubmissionId(state.value), state, EnvironmentKind.TEST, "project", DraftId("draft"), self._text),
                NOW_MS,
                can_be_cancelled=True,
            )
            for state in states
        )

    def set_track_columns(self, _state: bytes) -> None:
        """Nobody looks."""

    def check(self, _path: object) -> tuple[SignatureFact, ...]:
        return (SignatureFact(self._text, self._text, NOW_MS, Integrity.UNCHANGED, is_trusted=False),)


def look(window: QWidget) -> None:
    """Find nothing loaded, nothing read as markup, and nothing wider than it may be."""
    QApplication.processEvents()
    for label in window.findChildren(QLabel):
        if label.text() and label.pixmap().isNull():
            is_outside = any(mark in label.text() for mark in ("<", "&"))
            assert not is_outside or label.textFormat() is Qt.TextFormat.PlainText, label.text()[:80]
    for button in window.findChildren(QAbstractButton):
        assert "<img" not in button.toolTip()
    assert window.minimumSizeHint().width() <= WIDEST_PX
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    marked = sum(image.pixel(x, y) == MARK for x in range(0, image.width(), 8) for y in range(0, image.height(), 8))
    assert marked == 0


@pytest.fixture(params=["zh_CN", "en"])
def language(request: pytest.FixtureRequest, speak: Callable[[str], None]) -> str:
    speak(request.param)
    return str(request.param)


@pytest.fixture(params=sorted(HOSTILE))
def text(request: pytest.FixtureRequest, picture: Path) -> str:
    found = HOSTILE[request.param]
    return found.format(picture=picture) if "{picture}" in found else found


@pytest.mark.usefixtures("language")
def test_track_shows_them_to_the_letter(text: str, tasks: TaskRunner, qtbot: QtBot) -> None:
    services = _Services(text)
    messages = Messages()
    qtbot.addWidget(messages)
    room = TrackRoom(cast("Any", services), tasks, messages, clock_ms=lambda: NOW_MS)
    qtbot.addWidget(room)
    room.resize(1200, 800)
    room.show()
    details = cast("DetailsPane", room.findChild(DetailsPane))
    qtbot.waitUntil(details.isVisible)
    for record in services.records:
        room.show_flow(record.flow_id)
        qtbot.waitUntil(tasks.wait_idle)
        details.show_record(record)
        details.files.show_signatures(_path_of(record), services.check(None))
        look(room)
    assert room.width() == 1200


def _path_of(record: Any) -> Any:
    from pathlib import Path

    return Path(record.downloaded_to[0]) if record.downloaded_to else Path("nothing")


@pytest.mark.usefixtures("language")
def test_the_code_shows_them_to_the_letter(text: str, tasks: TaskRunner, qtbot: QtBot) -> None:
    services = _Services(text)
    poller = FlowPoller(cast("Any", services.flows), cast("Any", services.environments), tasks)
    for record in services.records:
        window = QrWindow(poller)
        window.show_flow(record)
        window.show()
        look(window)
        with qtbot.waitSignal(window.destroyed):
            window.close()
    qtbot.waitUntil(tasks.wait_idle)
    poller.deleteLater()


@pytest.mark.usefixtures("language")
def test_messages_show_them_to_the_letter(text: str, qtbot: QtBot) -> None:
    messages = Messages()
    qtbot.addWidget(messages)
    messages.resize(1000, 300)
    messages.show()
    messages.tell(text, Tone.WARNING, remedy=text, about=text, action=(text[:20], messages.hide))
    messages.tell(ApiError("api.refused", text, err_code=1, msg=text), about=text)
    look(messages)


@pytest.mark.usefixtures("language")
def test_the_log_shows_them_to_the_letter(text: str, tasks: TaskRunner, qtbot: QtBot) -> None:
    messages = Messages()
    qtbot.addWidget(messages)
    dialog = AuditDialog(cast("Any", _Services(text)), tasks, messages)
    dialog.show()
    qtbot.waitUntil(tasks.wait_idle)
    look(dialog)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
