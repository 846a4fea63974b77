from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract import edits
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from tests.drafts import NOW_MS, make_draft, make_seal

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.contract.draft import ContractDraft


class Rest:
    """A session and what comes of it at rest."""

    def __init__(self) -> None:
        draft = make_draft(placements=(make_seal(),))
        self.session = ContractSession(draft, clock_ms=lambda: NOW_MS)
        self.seal_id = draft.placements[0].id
        self.at_rest = DebouncedChanges(self.session)
        self.came: list[Change] = []
        self.at_rest.changed.connect(self.came.append)

    def move(self, merge_key: str | None = None) -> ContractDraft:
        move = partial(edits.move_placements, placement_ids={self.seal_id}, dx_pt=1.0, dy_pt=0.0)
        self.session.apply(EditName.MOVE_SEALS, move, merge_key=merge_key)
        return self.session.draft


@pytest.fixture
def rest(qtbot: QtBot) -> Rest:
    del qtbot
    return Rest()


def test_a_single_edit_comes_at_once(rest: Rest) -> None:
    before = rest.session.draft
    after = rest.move()
    assert [(c.before, c.after) for c in rest.came] == [(before, after)]


def test_the_edits_of_a_drag_come_together_when_it_pauses(rest: Rest, qtbot: QtBot) -> None:
    before = rest.session.draft
    for _ in range(20):
        rest.move("drag")
    after = rest.session.draft
    assert rest.came == []
    qtbot.waitUntil(lambda: bool(rest.came))
    assert [(c.before, c.after) for c in rest.came] == [(before, after)]


def test_what_follows_a_drag_takes_it_along_at_once(rest: Rest) -> None:
    before = rest.session.draft
    rest.move("drag")
    rest.session.undo()
    assert [(c.before, c.after) for c in rest.came] == [(before, before)]


def test_hits_found_during_a_drag_are_not_lost(rest: Rest) -> None:
    rest.move("drag")
    rest.session.set_hits(rest.session.draft.documents[0].id, "乙方", ())
    assert [c.hits_changed for c in rest.came] == [True]
