from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPushButton

from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.geometry import PagePoint, PageRect, mm_to_pt
from esign_desktop.domain.placing.placement import marks_of
from esign_desktop.services.rehearsal.comparing import RehearsedSeal, UnexpectedStamp
from esign_desktop.services.rehearsal.service import Rehearsal, RehearsedDocument
from esign_desktop.services.sending.review import ContractReview
from esign_desktop.ui.send.rehearsal import RehearsalPanel
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.drafts import NOW_MS, make_cross_page, make_document, make_draft, make_person_signer, make_seal
from tests.ui.flow_samples import FakeEnvironments
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner


class _Rehearsals:
    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.discarded: list[Rehearsal] = []

    def run(self, *_what: object, **_how: object) -> Rehearsal:
        return self.rehearsal

    def discard(self, rehearsal: Rehearsal) -> None:
        self.discarded.append(rehearsal)


def test_what_is_not_in_its_place_comes_first_and_what_nobody_placed_is_named(
    qtbot: QtBot, tasks: TaskRunner, speak: Callable[[str], None], tmp_path: Path
) -> None:
    speak("en")
    document, signer = make_document("合同", pages=3), make_person_signer()
    draft = make_draft(
        documents=(document,), signers=(signer,), placements=(make_seal(pages="1"), make_cross_page(pages="1-3"))
    )
    there, across = (marks_of(one, signer, document, PlatformBehaviour()) for one in draft.placements)
    stamped = make_document("合同", pages=3)
    seals = (RehearsedSeal(there, is_found=True), RehearsedSeal(across, is_found=False))
    extra = UnexpectedStamp(2, PageRect.around(PagePoint(mm_to_pt(80), mm_to_pt(60)), mm_to_pt(40), mm_to_pt(40)))
    rehearsals = _Rehearsals(Rehearsal((RehearsedDocument(stamped, seals, (extra,)),), tmp_path))
    panel = RehearsalPanel(cast("Any", rehearsals), cast("Any", SlowRenderer()), tasks)
    qtbot.addWidget(panel)
    panel.resize(1100, 700)
    panel.show()
    ended: list[Rehearsal] = []
    panel.ended.connect(ended.append)
    environment = FakeEnvironments().current()
    panel.rehearse(ContractReview(draft, environment, cast("Any", None), NOW_MS, None), {})
    qtbot.waitUntil(lambda: bool(ended))
    texts = "\n".join(one.text() for one in panel.findChildren(PlainLabel) if one.isVisible())
    assert "1 seal isn't where you placed it. 1 extra seal found that you didn't place." in texts
    rows = panel.findChildren(QListWidget)[0]
    told = [rows.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(rows.count())]
    assert told == [
        "Extra seal, 合同 p. 2, 60 mm from left, 40 mm from bottom",
        "① 张三, 合同 p. 1-3, in the wrong place",
        "① 张三, 合同 p. 1, in the right place",
    ]
    assert rows.item(0).text() == "Extra seal\n合同 p. 2\n60 mm from left, 40 mm from bottom"
    assert next(one for one in panel.findChildren(QPushButton) if one.objectName() == "primary").text() == (
        "Back to contract"
    )
    assert rehearsals.discarded == []
    panel.deleteLater()
    qtbot.waitUntil(lambda: rehearsals.discarded == ended)
