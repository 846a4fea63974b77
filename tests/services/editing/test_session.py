from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.contract.edits import (
    confirm_hits,
    move_placements,
    place,
    remove_placements,
    remove_signer,
    set_options,
    set_ordered,
)
from esign_desktop.domain.document import DocumentId, PreflightFacts
from esign_desktop.domain.environment import CrossPageSplit, KeywordOrigin, PlatformBehaviour
from esign_desktop.domain.geometry import PagePoint, PageRect
from esign_desktop.domain.options import FlowOptions, SignUntil
from esign_desktop.domain.placing.placement import KeywordHit, PlacementId
from esign_desktop.domain.signer import SignerId
from esign_desktop.domain.titles import Naming
from esign_desktop.services.editing.session import HISTORY_LENGTH, Change, ContractSession, EditName
from tests.drafts import NOW_MS, make_cross_page, make_draft, make_keyword, make_seal

if TYPE_CHECKING:
    from collections.abc import Callable

PAPER = DocumentId("id of 合同")
SEAL = PlacementId("seal")
HIT = KeywordHit(1, (PageRect(100.0, 200.0, 150.0, 212.0),), "乙方")


def _session(draft: ContractDraft | None = None) -> ContractSession:
    return ContractSession(draft or make_draft(), clock_ms=lambda: NOW_MS)


def _named(scene: str) -> Callable[[ContractDraft], ContractDraft]:
    return lambda draft: set_options(draft, FlowOptions(scene))


def _rename(session: ContractSession, scene: str, *, merge_key: str | None = None) -> None:
    session.apply(EditName.CHANGE_OPTIONS, _named(scene), merge_key=merge_key)


def _drag(session: ContractSession, dx_pt: float, *, key: str = "drag") -> None:
    session.apply(EditName.MOVE_SEALS, lambda draft: move_placements(draft, {SEAL}, dx_pt, 0.0), merge_key=key)


def _x_pt(session: ContractSession) -> float:
    center = getattr(session.draft.placement(SEAL), "center", None)
    assert isinstance(center, PagePoint)
    return center.x_pt


def _codes(session: ContractSession) -> set[str]:
    return {problem.code for problem in session.problems}


# Undo and redo


def test_a_new_session_has_nothing_to_undo() -> None:
    draft = make_draft()
    session = _session(draft)
    session.undo()
    session.redo()
    assert session.draft is draft
    assert (session.undo_name, session.redo_name) == (None, None)


def test_every_edit_can_be_taken_back_and_made_again_by_its_name() -> None:
    session = _session()
    drafts = [session.draft]
    session.apply(EditName.REMOVE_SEALS, lambda draft: remove_placements(draft, {SEAL}))
    drafts.append(session.draft)
    session.apply(EditName.REMOVE_SIGNER, lambda draft: remove_signer(draft, SignerId("id of 张三")))
    drafts.append(session.draft)
    assert (session.undo_name, session.redo_name) == (EditName.REMOVE_SIGNER, None)
    session.undo()
    assert session.draft == drafts[1]
    assert (session.undo_name, session.redo_name) == (EditName.REMOVE_SEALS, EditName.REMOVE_SIGNER)
    session.undo()
    assert session.draft == drafts[0]
    assert (session.undo_name, session.redo_name) == (None, EditName.REMOVE_SEALS)
    session.redo()
    session.redo()
    assert session.draft == drafts[2]
    assert (session.undo_name, session.redo_name) == (EditName.REMOVE_SIGNER, None)


def test_an_edit_that_changes_nothing_leaves_no_trace() -> None:
    session = _session()
    changes: list[Change] = []
    session.subscribe(changes.append)
    _rename(session, "一")
    session.undo()
    changes.clear()
    session.apply(EditName.REMOVE_SEALS, lambda draft: remove_placements(draft, {PlacementId("nowhere")}))
    assert (session.undo_name, session.redo_name, changes) == (None, EditName.CHANGE_OPTIONS, [])


def test_an_edit_ends_what_could_be_made_again() -> None:
    session = _session()
    _rename(session, "一")
    session.undo()
    _rename(session, "二")
    assert session.redo_name is None
    session.redo()
    assert session.draft.title == "二"


def test_an_edit_that_fails_changes_nothing() -> None:
    session = _session()
    before = session.draft

    def fail(_draft: ContractDraft) -> ContractDraft:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        session.apply(EditName.MOVE_SEALS, fail)
    assert (session.draft, session.undo_name) == (before, None)


def test_the_oldest_steps_are_dropped_when_the_history_is_full() -> None:
    session = _session()
    for number in range(HISTORY_LENGTH + 10):
        _rename(session, str(number))
    for _ in range(HISTORY_LENGTH + 10):
        session.undo()
    assert session.draft.title == "9"
    assert session.undo_name is None


def test_another_contract_on_the_desk_begins_anew() -> None:
    session = _session()
    changes: list[Change] = []
    session.set_hits(PAPER, "乙方", (HIT,))
    _rename(session, "一")
    session.undo()
    session.subscribe(changes.append)
    before, other = session.draft, ContractDraft(DraftId("other"))
    session.load(other)
    assert session.draft is other
    assert (session.undo_name, session.redo_name, dict(session.hits)) == (None, None, {})
    assert changes == [Change(before, other, None)]


# Merging


def test_a_drag_is_one_step() -> None:
    session = _session()
    for _ in range(5):
        _drag(session, 1.0)
    assert _x_pt(session) == 305.0
    session.undo()
    assert _x_pt(session) == 300.0
    assert session.undo_name is None
    session.redo()
    assert _x_pt(session) == 305.0


def test_two_drags_are_two_steps() -> None:
    session = _session()
    session.end_merging()
    _drag(session, 1.0)
    session.end_merging()
    _drag(session, 2.0)
    session.undo()
    assert _x_pt(session) == 301.0


def test_edits_with_other_keys_or_none_are_steps_of_their_own() -> None:
    session = _session()
    _drag(session, 1.0, key="a")
    _drag(session, 1.0, key="b")
    _rename(session, "一")
    _rename(session, "二")
    _drag(session, 1.0, key="b")
    titles = [session.draft.title]
    while session.undo_name:
        session.undo()
        titles.append(session.draft.title)
    assert titles == ["二", "二", "一", "合同", "合同", "合同"]


def test_a_step_that_was_reached_by_undo_is_closed() -> None:
    session = _session()
    _drag(session, 1.0)
    _rename(session, "一")
    session.undo()
    _drag(session, 5.0)
    session.undo()
    assert _x_pt(session) == 301.0


def test_a_step_that_was_made_again_is_closed() -> None:
    session = _session()
    _drag(session, 1.0)
    session.undo()
    session.redo()
    _drag(session, 5.0)
    session.undo()
    assert _x_pt(session) == 301.0


def test_a_drag_that_ends_where_it_began_leaves_no_step() -> None:
    session = _session()
    _rename(session, "一")
    _drag(session, 8.0)
    _drag(session, -8.0)
    assert _x_pt(session) == 300.0
    assert session.undo_name is EditName.CHANGE_OPTIONS
    _drag(session, 2.0)
    session.undo()
    assert _x_pt(session) == 300.0
    assert session.draft.title == "一"


# The history as a list


def _listed(session: ContractSession) -> list[tuple[str, bool]]:
    return [(name.value, is_current) for name, is_current in session.history()]


def _three_steps() -> tuple[ContractSession, list[ContractDraft]]:
    session = _session()
    drafts = [session.draft]
    _rename(session, "一")
    drafts.append(session.draft)
    _drag(session, 5.0)
    drafts.append(session.draft)
    session.apply(EditName.REMOVE_SEALS, lambda draft: remove_placements(draft, {SEAL}))
    drafts.append(session.draft)
    return session, drafts


def test_the_history_lists_every_step_and_marks_the_last_one_made() -> None:
    session, _drafts = _three_steps()
    assert _listed(session) == [("change_options", False), ("move_seals", False), ("remove_seals", True)]
    session.undo()
    assert _listed(session) == [("change_options", False), ("move_seals", True), ("remove_seals", False)]
    session.undo()
    session.undo()
    assert _listed(session) == [("change_options", False), ("move_seals", False), ("remove_seals", False)]


def test_a_new_session_has_no_history() -> None:
    session = _session()
    session.go_to(-1)
    assert session.history() == ()


@pytest.mark.parametrize("start", [-1, 0, 1, 2])
@pytest.mark.parametrize("index", [-1, 0, 1, 2])
def test_any_step_of_the_history_is_reached_at_once(start: int, index: int) -> None:
    session, drafts = _three_steps()
    names = [name for name, _is_current in session.history()]
    session.go_to(start)
    changes: list[Change] = []
    session.subscribe(changes.append)
    session.go_to(index)
    assert session.draft == drafts[index + 1]
    assert [(name, n == index) for n, name in enumerate(names)] == list(session.history())
    assert [(change.before, change.after) for change in changes] == (
        [] if start == index else [(drafts[start + 1], drafts[index + 1])]
    )
    # An edit without a name means another contract: a jump must never look like that.
    assert all(change.edit is not None for change in changes)


def test_a_jump_is_named_after_the_last_step_it_crossed() -> None:
    session, _drafts = _three_steps()
    changes: list[Change] = []
    session.subscribe(changes.append)
    session.go_to(0)
    session.go_to(2)
    assert [change.edit for change in changes] == [EditName.MOVE_SEALS, EditName.REMOVE_SEALS]


@pytest.mark.parametrize("index", [-2, 3, 99])
def test_a_step_that_is_not_listed_is_refused_and_changes_nothing(index: int) -> None:
    session, drafts = _three_steps()
    with pytest.raises(IndexError):
        session.go_to(index)
    assert session.draft == drafts[3]
    assert len(session.history()) == 3


def test_an_edit_after_a_jump_ends_the_steps_behind_it() -> None:
    session, _drafts = _three_steps()
    session.go_to(0)
    _rename(session, "二")
    assert _listed(session) == [("change_options", False), ("change_options", True)]


def test_a_step_that_was_jumped_to_is_closed() -> None:
    session, _drafts = _three_steps()
    session.go_to(1)
    _drag(session, 5.0)
    session.undo()
    assert _x_pt(session) == 305.0


# Listeners


def test_listeners_hear_what_changed_and_who_began_it() -> None:
    session, origin = _session(), object()
    changes: list[Change] = []
    session.subscribe(changes.append)
    first = session.draft
    session.apply(EditName.CHANGE_OPTIONS, _named("一"), origin=origin)
    second = session.draft
    session.undo()
    session.redo()
    assert changes == [
        Change(first, second, EditName.CHANGE_OPTIONS, origin),
        Change(second, first, EditName.CHANGE_OPTIONS, step=-1),
        Change(first, second, EditName.CHANGE_OPTIONS, step=1),
    ]


def test_a_listener_sees_the_session_as_it_is_after_the_change() -> None:
    session = _session()
    seen: list[tuple[ContractDraft, set[str]]] = []
    session.subscribe(lambda _change: seen.append((session.draft, _codes(session))))
    assert "contract.no_documents" not in _codes(session)
    session.load(ContractDraft(DraftId("empty")))
    assert seen[0][0] == session.draft
    assert "contract.no_documents" in seen[0][1]


def test_a_listener_that_ended_hears_no_more() -> None:
    session = _session()
    kept: list[Change] = []
    ended: list[Change] = []
    end = session.subscribe(ended.append)
    session.subscribe(kept.append)
    end()
    end()
    _rename(session, "一")
    assert (len(kept), len(ended)) == (1, 0)


def test_a_listener_may_end_itself_while_it_is_called() -> None:
    session = _session()
    calls: list[str] = []

    def once(_change: Change) -> None:
        calls.append("once")
        end()

    end = session.subscribe(once)
    session.subscribe(lambda _change: calls.append("always"))
    _rename(session, "一")
    _rename(session, "二")
    assert calls == ["once", "always", "always"]


# Keyword hits, problems, marks


def test_keywords_that_were_not_searched_yet_are_named_once() -> None:
    seals = (make_keyword(name="a"), make_keyword(name="b"), make_keyword(name="c", keyword=" "), make_seal())
    session = _session(make_draft(placements=seals))
    assert session.unsearched() == ((PAPER, "乙方"),)
    assert "keyword.not_searched" in _codes(session)
    session.set_hits(PAPER, "乙方", ())
    assert session.unsearched() == ()
    assert "keyword.not_found" in _codes(session)


def test_hits_become_marks_and_many_have_to_be_confirmed() -> None:
    session = _session(make_draft(placements=(make_keyword(),)))
    assert not session.marks
    session.set_hits(PAPER, "乙方", (HIT, replace(HIT, page_number=2)))
    assert [mark.page_number for mark in session.marks] == [1, 2]
    assert "keyword.many" in _codes(session)
    session.apply(EditName.CONFIRM_HITS, lambda draft: confirm_hits(draft, {PlacementId("keyword"): 2}))
    assert "keyword.many" not in _codes(session)


def test_seals_are_drawn_as_the_platform_in_force_stamps_them_before_and_after_undo() -> None:
    session = _session(make_draft(placements=(make_keyword(), make_cross_page())))
    session.set_hits(PAPER, "乙方", (HIT,))
    changes: list[Change] = []
    session.subscribe(changes.append)
    otherwise = PlatformBehaviour(
        keyword_origin=KeywordOrigin.CENTRE, cross_page_split=CrossPageSplit.RIGHT_FIRST, person_seal_width_pt=40.0
    )
    before = session.marks
    session.use_behaviour(otherwise)
    keyword, *slices = session.marks
    assert (keyword.rect.width_pt, keyword.rect.center) == (40.0, HIT.rects[0].center)
    assert [one.slice_index for one in slices] == [2, 1, 0]
    # Nothing of the contract has changed, but everybody has to look again.
    assert [(one.before == one.after, one.hits_changed, one.edit) for one in changes] == [(True, True, None)]
    assert session.undo_name is None

    session.apply(EditName.REMOVE_SEALS, lambda draft: remove_placements(draft, {PlacementId("keyword")}))
    session.undo()
    assert session.marks == (keyword, *slices)
    session.load(make_draft(placements=(make_keyword(),)))
    assert session.draft.behaviour == otherwise
    session.load(make_draft(placements=(make_keyword(), make_cross_page())))
    session.set_hits(PAPER, "乙方", (HIT,))
    session.use_behaviour(PlatformBehaviour())
    assert session.marks == before


def test_a_changed_rule_for_titles_applies_to_the_open_contract_and_to_those_opened_later() -> None:
    session = _session(make_draft())
    changes: list[Change] = []
    session.subscribe(changes.append)
    session.use_naming(Naming("{客户}：{合同}"))
    assert session.draft.title == "张三：合同"
    assert [(one.before.title, one.after.title, one.edit) for one in changes] == [("合同", "张三：合同", None)]
    assert session.undo_name is None
    session.use_naming(Naming("{客户}：{合同}"))
    assert len(changes) == 1
    session.load(make_draft())
    assert session.draft.title == "张三：合同"


def test_hits_are_told_to_listeners_without_a_step_in_the_history() -> None:
    session = _session()
    changes: list[Change] = []
    session.subscribe(changes.append)
    session.set_hits(PAPER, "乙方", (HIT,))
    session.forget_hits(PAPER)
    assert [(change.hits_changed, change.edit, change.before == change.after) for change in changes] == [
        (True, None, True),
        (True, None, True),
    ]
    assert session.undo_name is None


def test_a_changed_file_has_to_be_searched_anew_and_others_not() -> None:
    other = DocumentId("other")
    session = _session(make_draft(placements=(make_keyword(),)))
    session.set_hits(PAPER, "乙方", (HIT,))
    session.set_hits(other, "乙方", (HIT,))
    session.forget_hits(PAPER)
    assert session.unsearched() == ((PAPER, "乙方"),)
    assert session.hits.get((other, "乙方")) == (HIT,)


def test_hits_stay_when_the_edit_that_asked_for_them_is_taken_back_and_made_again() -> None:
    session = _session()
    session.apply(EditName.PLACE_KEYWORD, lambda draft: place(draft, make_keyword()))
    session.set_hits(PAPER, "乙方", (HIT,))
    session.undo()
    assert session.unsearched() == ()
    session.redo()
    assert session.unsearched() == ()
    assert len(session.marks) == 2


def test_deadlines_are_checked_against_the_clock_it_was_given() -> None:
    late = make_draft(options=FlowOptions("一", deadline=SignUntil(NOW_MS - 1)))
    assert "options.deadline_past" in _codes(_session(late))
    early = ContractSession(late, clock_ms=lambda: NOW_MS - 10)
    assert "options.deadline_past" not in _codes(early)


def test_problems_and_marks_are_computed_once_a_change() -> None:
    session = _session()
    problems, marks = session.problems, session.marks
    assert session.problems is problems
    assert session.marks is marks
    session.apply(EditName.ARRANGE_SIGNERS, lambda draft: set_ordered(draft, is_ordered=False))
    assert session.marks is not marks


class UndoMachine(RuleBasedStateMachine):
    """Whatever is done and undone, the drafts follow a plain list with a place in it."""

    def __init__(self) -> None:
        super().__init__()
        self.session = _session()
        self.drafts = [self.session.draft]
        self.index = 0

    @rule(scene=st.text(min_size=1, max_size=2))
    def edit(self, scene: str) -> None:
        before = self.session.draft
        _rename(self.session, scene)
        if self.session.draft != before:
            del self.drafts[self.index + 1 :]
            self.drafts.append(self.session.draft)
            self.index += 1

    @precondition(lambda self: self.index > 0)
    @rule()
    def undo(self) -> None:
        self.session.undo()
        self.index -= 1

    @precondition(lambda self: self.index < len(self.drafts) - 1)
    @rule()
    def redo(self) -> None:
        self.session.redo()
        self.index += 1

    @rule(data=st.data())
    def jump(self, data: st.DataObject) -> None:
        self.index = data.draw(st.integers(0, len(self.drafts) - 1))
        self.session.go_to(self.index - 1)

    @invariant()
    def history_names_as_many_steps_as_the_list(self) -> None:
        assert [entry.is_current for entry in self.session.history()] == [
            number == self.index for number in range(1, len(self.drafts))
        ]

    @invariant()
    def draft_is_where_the_list_says(self) -> None:
        assert self.session.draft == self.drafts[self.index]
        assert (self.session.undo_name is None) == (self.index == 0)
        assert (self.session.redo_name is None) == (self.index == len(self.drafts) - 1)


TestUndoMachine = UndoMachine.TestCase


def test_what_is_learned_of_a_document_is_no_step_and_survives_undo() -> None:
    session = _session()
    quick = replace(session.draft.documents[0], sha256="", facts=PreflightFacts(facts_are_partial=True))
    session.load(replace(session.draft, documents=(quick, *session.draft.documents[1:])))
    _rename(session, "another")
    changes: list[Change] = []
    session.subscribe(changes.append)

    session.learn_document(replace(quick, sha256="b" * 64, facts=PreflightFacts(is_signed=True), name="old name"))

    assert (session.undo_name, len(changes)) == (EditName.CHANGE_OPTIONS, 1)
    _assert_known(session, quick.name)
    session.undo()
    _assert_known(session, quick.name)
    session.redo()
    _assert_known(session, quick.name)


def _assert_known(session: ContractSession, name: str) -> None:
    document = session.draft.documents[0]
    assert (document.sha256, document.facts.is_signed, document.name) == ("b" * 64, True, name)


def test_nothing_is_learned_of_a_document_that_is_gone_or_another_file() -> None:
    session = _session()
    before = session.draft
    session.learn_document(replace(before.documents[0], sha256="c" * 64))
    session.learn_document(replace(before.documents[0], id=DocumentId("gone")))
    assert session.draft is before
