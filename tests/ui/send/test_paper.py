"""The parts of pages beside the sentences of the review, and the ticks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QCheckBox, QScrollArea

from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.ui.send.paper import PlanRows
from esign_desktop.ui.send.parties import PartyList
from esign_desktop.ui.viewer.page_parts import LIMIT_BYTES
from esign_desktop.ui.widgets.theme import apply_theme, theme
from tests.drafts import (
    make_cross_page,
    make_document,
    make_draft,
    make_keyword,
    make_organization_signer,
    make_person_signer,
    make_seal,
)
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import KeywordHits
    from esign_desktop.ui.tasks import TaskRunner

_PAPER = QColor(100, 150, 200).rgb()
"""What the renderer draws."""


class _Rig:
    def __init__(self, qtbot: QtBot, tasks: TaskRunner, draft: ContractDraft, hits: KeywordHits) -> None:
        self.renderer = SlowRenderer()
        self.list = PartyList(self.renderer, tasks)
        self.scroll = QScrollArea()
        self.scroll.setWidget(self.list)
        self.scroll.setWidgetResizable(True)
        qtbot.addWidget(self.scroll)
        self.scroll.resize(900, 1000)
        self.ticks: list[tuple[int, int]] = []
        self.list.ticks_changed.connect(lambda *found: self.ticks.append(found))
        self.list.show_plan(draft, hits, {})
        with qtbot.waitExposed(self.scroll):
            self.scroll.show()
        qtbot.waitUntil(lambda: bool(self.renderer.calls) and self.list.paper.is_idle)
        QApplication.processEvents()

    @property
    def rows(self) -> list[PlanRows]:
        return self.list.findChildren(PlanRows)

    def pixels(self, rows: PlanRows, row: int) -> set[int]:
        """The colours of one row."""
        area = rows.visualRect(rows.model().index(row, 0))
        image = rows.viewport().grab(area).toImage()
        return {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}


@pytest.fixture
def rig(qtbot: QtBot, tasks: TaskRunner, speak: Callable[[str], None]) -> Callable[..., _Rig]:
    speak("en")
    return lambda draft, hits=None: _Rig(qtbot, tasks, draft, hits or {})


def _contract() -> tuple[ContractDraft, KeywordHits]:
    company = make_organization_signer()
    document = make_document("合同", pages=5)
    hits = tuple(KeywordHit(page, (PageRect(100, 300, 160, 312),), "乙方签字") for page in (2, 4, 5))
    draft = make_draft(
        documents=(document,),
        signers=(make_person_signer(), company),
        placements=(
            make_keyword("合同", keyword="乙方签字"),
            make_seal("合同", signer="示例有限公司", pages="3"),
            make_cross_page("合同", signer="示例有限公司", pages="1-5"),
        ),
    )
    return draft, {(document.id, "乙方签字"): hits}


def test_each_sentence_stands_below_the_page_with_its_seal_and_two_pages_are_abreast(rig: Callable[..., _Rig]) -> None:
    shown = rig(*_contract())
    assert [[rows.model().index(row, 0).data() for row in range(rows.model().rowCount())] for rows in shown.rows] == [
        ["3 seals on 合同 pp. 2,4-5 at “乙方签字”"],
        ["1 seal on 合同 p. 3", "cross-page seal on pp. 1-5 of 合同"],
    ]
    first, second = (shown.rows[1].visualRect(shown.rows[1].model().index(row, 0)) for row in range(2))
    assert first.top() == second.top()
    assert first.right() < second.left()
    assert shown.rows[1].height() < 2 * first.height()
    # Of a keyword's hits and of a cross-page seal's slices, the first.
    assert sorted(set(shown.renderer.pages)) == [1, 2, 3]
    clips = {page: clip for _, page, _, clip in shown.renderer.calls}
    slice_clip = clips[1]
    assert slice_clip is not None
    assert slice_clip.left_pt + slice_clip.width_pt == pytest.approx(
        shown.list.paper.draft.documents[0].frame(1).width_pt, abs=2
    )
    for rows in shown.rows:
        for row in range(rows.model().rowCount()):
            colours = shown.pixels(rows, row)
            assert _PAPER in colours
            # And a seal on it, translucent in its signer's colour.
            assert len(colours) > 20


def test_a_sentence_and_its_paper_are_marked_together_whichever_is_pointed_at(
    rig: Callable[..., _Rig], qtbot: QtBot
) -> None:
    shown = rig(*_contract())
    apply_theme(QApplication.instance(), "light")  # type: ignore[arg-type]  # it is one
    rows, marked = shown.rows[1], theme().accent_ground.rgb()
    for row, share in ((0, 0.95), (0, 0.4), (1, 0.4)):
        area = rows.visualRect(rows.model().index(row, 0))
        qtbot.mouseMove(rows.viewport(), QPoint(area.center().x(), area.top() + round(area.height() * share)))
        qtbot.waitUntil(lambda row=row: marked in shown.pixels(rows, row))  # type: ignore[misc]
        assert marked not in shown.pixels(rows, 1 - row)
    qtbot.mouseMove(rows.viewport(), QPoint(-1, -1))


def test_the_keyboard_goes_from_sentence_to_sentence(rig: Callable[..., _Rig], qtbot: QtBot) -> None:
    shown = rig(*_contract())
    reached: list[int] = []
    shown.list.row_reached.connect(lambda _rows, area: reached.append(area.top()))
    rows = shown.rows[1]
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Right)
    assert rows.currentIndex().row() == 1
    assert len(reached) >= 2


def test_only_what_is_seen_is_drawn_and_little_is_kept_of_it(rig: Callable[..., _Rig], qtbot: QtBot) -> None:
    draft = make_draft(documents=(make_document("合同", pages=500),), signers=(make_person_signer(),))
    seals = tuple(make_seal("合同", name=str(page), pages=str(page)) for page in range(1, 501))
    shown = rig(replace(draft, placements=seals))
    assert len(shown.renderer.calls) < 12
    bar = shown.scroll.verticalScrollBar()
    for share in range(1, 41):
        bar.setValue(bar.maximum() * share // 40)
        QApplication.processEvents()
    qtbot.waitUntil(lambda: shown.list.paper.is_idle)
    assert 500 in shown.renderer.pages
    assert len(shown.renderer.calls) < 300
    assert shown.list.paper.used_bytes <= LIMIT_BYTES


def test_a_page_that_cannot_be_drawn_says_so_and_still_shows_its_seal(
    qtbot: QtBot, tasks: TaskRunner, speak: Callable[[str], None]
) -> None:
    speak("en")
    draft = make_draft(placements=(make_seal(pages="1"),))
    renderer = SlowRenderer()
    renderer.broken = {1}
    parties = PartyList(renderer, tasks)
    qtbot.addWidget(parties)
    parties.resize(800, 400)
    parties.show_plan(draft, {}, {})
    parties.show()
    qtbot.waitUntil(lambda: bool(renderer.calls) and parties.paper.is_idle)
    rows = parties.findChildren(PlanRows)[0]
    assert rows.viewport().grab().toImage().width() > 0
    assert len(renderer.calls) == 1


def test_ticks_are_counted_and_outlast_what_is_learned_later(rig: Callable[..., _Rig], qtbot: QtBot) -> None:
    draft, hits = _contract()
    shown = rig(draft, hits)
    first = shown.list.findChildren(QCheckBox)[0]
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton, pos=QPoint(8, first.height() // 2))
    assert shown.ticks[-1] == (1, 2)
    shown.list.show_plan(draft, hits, {})
    assert shown.ticks[-1] == (1, 2)
    shown.list.clear_ticks()
    shown.list.show_plan(draft, hits, {})
    assert shown.ticks[-1] == (0, 2)


def test_one_party_alone_has_nothing_to_tick(rig: Callable[..., _Rig]) -> None:
    shown = rig(make_draft(placements=(make_seal(pages="1"),)))
    assert shown.ticks[-1] == (0, 0)
    assert not any(one.isVisible() for one in shown.list.findChildren(QCheckBox))
