"""The open contract: its draft, undo history, keyword matches and problems.

All operations are fast computations on immutable values and run on the window's thread. Listeners save the contract.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.domain.contract.checks import Checks
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.contract.form_values import with_followed
from esign_desktop.domain.placing.marks import MarkCache
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    KeywordHit,
    KeywordHits,
    KeywordPlacement,
    SealMark,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from esign_desktop.domain.contract.problems import Problem
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.environment import PlatformBehaviour
    from esign_desktop.domain.placing.anchors import WordAnchor
    from esign_desktop.domain.placing.placement import Placement, PlacementId
    from esign_desktop.domain.titles import Naming

HISTORY_LENGTH: Final = 500


class EditName(StrEnum):
    """The name of an edit in the undo history. The window displays it in translated form."""

    ADD_DOCUMENTS = "add_documents"
    REMOVE_DOCUMENT = "remove_document"
    RENAME_DOCUMENT = "rename_document"
    MOVE_DOCUMENT = "move_document"
    REPLACE_DOCUMENT = "replace_document"
    MAKE_UPRIGHT = "make_upright"
    FILL_FORM = "fill_form"
    CHANGE_FIELDS = "change_fields"
    CHANGE_TABLES = "change_tables"
    CHANGE_ADDED_PAGES = "change_added_pages"
    ADD_SIGNER = "add_signer"
    CHANGE_SIGNER = "change_signer"
    CHANGE_SIGNING = "change_signing"
    REMOVE_SIGNER = "remove_signer"
    ARRANGE_SIGNERS = "arrange_signers"
    CHANGE_OPTIONS = "change_options"
    PLACE_SEAL = "place_seal"
    PLACE_KEYWORD = "place_keyword"
    PLACE_CROSS_PAGE = "place_cross_page"
    MOVE_SEALS = "move_seals"
    RESIZE_SEALS = "resize_seals"
    CHANGE_SEALS = "change_seals"
    ASSIGN_SEALS = "assign_seals"
    REMOVE_SEALS = "remove_seals"
    CONFIRM_HITS = "confirm_hits"
    ALIGN_SEALS = "align_seals"
    DISTRIBUTE_SEALS = "distribute_seals"
    DUPLICATE_SEALS = "duplicate_seals"
    COPY_TO_PAGES = "copy_to_pages"
    PASTE_SEALS = "paste_seals"
    SPLIT_CROSS_PAGE = "split_cross_page"
    USE_PRESET = "use_preset"
    TAKE_PROPOSALS = "take_proposals"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the contract.

    ``edit`` is None if another draft was loaded. ``edit`` is also None if only the drawing of seals changed because of
    a search result or the platform's behavior. In this case, ``hits_changed`` is True. ``origin`` identifies the
    caller, so that a view can ignore its own changes. ``is_ongoing`` means that more changes of the same edit may
    follow immediately, as happens while a seal is dragged. ``step`` is -1 for an undo, +1 for a redo, and 0 for a new
    edit.
    """

    before: ContractDraft
    after: ContractDraft
    edit: EditName | None
    origin: object = None
    hits_changed: bool = False
    is_ongoing: bool = False
    step: int = 0


class HistoryEntry(NamedTuple):
    """A step of the undo history. The current step is the most recent step that has not been undone."""

    name: EditName
    is_current: bool


@dataclass(slots=True)
class _Step:
    name: EditName
    before: ContractDraft
    merge_key: str | None = None


@dataclass(slots=True)
class History:
    """The undo history of a contract."""

    done: list[_Step] = field(default_factory=list)
    undone: list[tuple[EditName, ContractDraft]] = field(default_factory=list)


class ContractSession:
    """The session in which a draft is edited.

    ``clock_ms`` returns the current time, in epoch milliseconds. Deadlines are compared with this time.
    """

    def __init__(self, draft: ContractDraft, *, clock_ms: Callable[[], int]) -> None:
        self._draft = draft
        self._behaviour, self._naming = draft.behaviour, draft.naming
        self._clock_ms = clock_ms
        self._history = History()
        self._hits: dict[tuple[DocumentId, str], tuple[KeywordHit, ...] | None] = {}
        self._listeners: list[Callable[[Change], None]] = []
        self._problems: tuple[Problem, ...] | None = None
        self._marks: tuple[SealMark, ...] | None = None
        self._drawn = MarkCache()
        self._checks = Checks(self._drawn)

    @property
    def draft(self) -> ContractDraft:
        return self._draft

    @property
    def hits(self) -> KeywordHits:
        return self._hits

    @property
    def problems(self) -> tuple[Problem, ...]:
        if self._problems is None:
            self._problems = self._checks.of(self._draft, self._hits, now_ms=self._clock_ms())
        return self._problems

    @property
    def marks(self) -> tuple[SealMark, ...]:
        if self._marks is None:
            self._marks = self._drawn.of(self._draft, self._hits)
        return self._marks

    @property
    def undo_name(self) -> EditName | None:
        return self._history.done[-1].name if self._history.done else None

    @property
    def redo_name(self) -> EditName | None:
        return self._history.undone[-1][0] if self._history.undone else None

    def apply(
        self,
        name: EditName,
        edit: Callable[[ContractDraft], ContractDraft],
        *,
        origin: object = None,
        merge_key: str | None = None,
    ) -> None:
        """Apply an edit to the draft, and add a step to the history if the edit has an effect.

        ``edit`` returns the changed draft. ``origin`` is passed to the listeners. Consecutive edits with the same
        ``merge_key`` become one step.
        """
        before = self._draft
        after = with_followed(edit(before))
        if after == before:
            return
        history = self._history
        history.undone.clear()
        last = history.done[-1] if history.done else None
        if not (last and merge_key is not None and last.merge_key == merge_key):
            history.done.append(_Step(name, before, merge_key))
            del history.done[:-HISTORY_LENGTH]
        elif after == last.before:
            # A drag has returned to its start.
            history.done.pop()
        self._become(after, name, origin, is_ongoing=merge_key is not None)

    def end_merging(self) -> None:
        """End the current step, for example after a drag, so that the next edit begins a new step."""
        if self._history.done:
            self._history.done[-1].merge_key = None

    def undo(self) -> None:
        """Undo the last step, if there is one."""
        if self._history.done:
            self.go_to(len(self._history.done) - 2)

    def redo(self) -> None:
        """Redo the step that was undone last, if there is one."""
        if self._history.undone:
            self.go_to(len(self._history.done))

    def history(self) -> tuple[HistoryEntry, ...]:
        """Return all steps in the order in which they were made, including the undone steps.

        If there are no steps, or if all steps are undone, no step is current.
        """
        done, undone = self._history.done, self._history.undone
        current_index = len(done) - 1
        names = (*(step.name for step in done), *(name for name, _after in reversed(undone)))
        return tuple(HistoryEntry(name, index == current_index) for index, name in enumerate(names))

    def go_to(self, index: int) -> None:
        """Undo or redo steps until the step with this index is current. An index of -1 undoes all steps.

        Listeners receive one change, named after the last step undone or redone. Raises IndexError for an index outside
        ``history``.
        """
        done, undone = self._history.done, self._history.undone
        if not -1 <= index < len(done) + len(undone):
            raise IndexError(index)
        draft, name = self._draft, None
        direction = -1 if index < len(done) - 1 else 1
        while len(done) - 1 > index:
            step = done.pop()
            undone.append((step.name, draft))
            draft, name = step.before, step.name
        while len(done) - 1 < index:
            name, after = undone.pop()
            done.append(_Step(name, draft))
            draft = after
        if name is not None:
            self.end_merging()
            self._become(draft, name, None, step=direction)

    def set_aside(self) -> History:
        """Return the history of the open contract, which ``load`` accepts when this contract is opened again."""
        return self._history

    def load(self, draft: ContractDraft, history: History | None = None) -> None:
        """Replace the open contract with another one. The keyword matches and, by default, the history are cleared."""
        self._history = history or History()
        self._hits = {}
        self._become(draft, None, None)

    def use_behaviour(self, behaviour: PlatformBehaviour) -> None:
        """Use this platform behavior to draw and check the open contract and all contracts opened later.

        This adds no step to the history.
        """
        if behaviour != self._behaviour:
            before, self._behaviour = self._draft, behaviour
            self._draft = replace(before, behaviour=behaviour)
            self._announce(Change(before, self._draft, None, hits_changed=True))

    def use_naming(self, naming: Naming) -> None:
        """Name the open contract and all contracts opened later in this way. This adds no step to the history."""
        if naming != self._naming:
            before, self._naming = self._draft, naming
            self._draft = replace(before, naming=naming)
            self._announce(Change(before, self._draft, None))

    def learn_document(self, document: Document) -> None:
        """Add the SHA-256 and text facts of a document to every draft in the history.

        These values are determined after the document is opened. This adds no step to the history. A document that is
        no longer in the contract is ignored.
        """

        def learned(draft: ContractDraft) -> ContractDraft:
            known = tuple(
                replace(d, sha256=document.sha256, facts=document.facts)
                if d.id == document.id and d.may_be(document)
                else d
                for d in draft.documents
            )
            return draft if known == draft.documents else replace(draft, documents=known)

        self._learn(learned)

    def learn_form(self, document: Document) -> None:
        """Add the field positions and the file of a template's document to every draft in the history.

        Form values are kept. This adds no step to the history. A document that is no longer in the contract is ignored.
        """

        def learned(draft: ContractDraft) -> ContractDraft:
            known = tuple(map(_with_form(document), draft.documents))
            is_same = all(updated is other for updated, other in zip(known, draft.documents, strict=True))
            return draft if is_same else replace(draft, documents=known)

        self._learn(learned)

    def learn_anchors(self, anchors: Mapping[PlacementId, WordAnchor]) -> None:
        """Add the anchors of seals to the current draft and to every draft in the history.

        This adds no step to the history. An anchor is ignored in drafts in which its seal is at a different position.
        """
        self._learn(lambda draft: with_anchors(draft, anchors), EditName.PLACE_SEAL)

    def learn_path(self, document_id: DocumentId, path: Path) -> None:
        """Replace a document's path in every draft in the history, because its bytes are now in another file.

        This adds no step to the history.
        """

        def learned(draft: ContractDraft) -> ContractDraft:
            known = tuple(replace(d, path=str(path)) if d.id == document_id else d for d in draft.documents)
            return draft if known == draft.documents else replace(draft, documents=known)

        self._learn(learned)

    def forget_hits(self, document_id: DocumentId) -> None:
        """Discard the keyword matches of a document whose file has changed."""
        self._hits = {key: found for key, found in self._hits.items() if key[0] != document_id}
        self._announce(Change(self._draft, self._draft, None, hits_changed=True))

    def set_hits(self, document_id: DocumentId, keyword: str, hits: tuple[KeywordHit, ...]) -> None:
        """Store the matches of a keyword in a document."""
        self._hits[(document_id, keyword)] = hits
        self._announce(Change(self._draft, self._draft, None, hits_changed=True))

    def unsearched(self) -> tuple[tuple[DocumentId, str], ...]:
        """Return the pairs of document and keyword in the contract for which no search result is stored."""
        without_file = {document.id for document in self._draft.documents if document.has_no_file}
        wanted = dict.fromkeys(
            (p.document_id, p.keyword)
            for p in self._draft.placements
            if isinstance(p, KeywordPlacement) and p.keyword.strip() and p.document_id not in without_file
        )
        return tuple(key for key in wanted if key not in self._hits)

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``listener`` after every change. The returned function unsubscribes the listener."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def _learn(
        self, learned: Callable[[ContractDraft], ContractDraft], name: EditName = EditName.ADD_DOCUMENTS
    ) -> None:
        """Add a fact to every draft in the history.

        ``learned`` returns the same object for a draft to which it adds nothing.
        """
        for step in self._history.done:
            step.before = learned(step.before)
        self._history.undone = [(undone, learned(after)) for undone, after in self._history.undone]
        after = learned(self._draft)
        if after is not self._draft:
            self._become(after, name, None)

    def _become(
        self,
        after: ContractDraft,
        name: EditName | None,
        origin: object,
        *,
        is_ongoing: bool = False,
        step: int = 0,
    ) -> None:
        if (after.behaviour, after.naming) != (self._behaviour, self._naming):
            # A draft from the history or the store may have another platform behavior or naming rule.
            after = replace(after, behaviour=self._behaviour, naming=self._naming)
        before, self._draft = self._draft, after
        self._announce(Change(before, after, name, origin, is_ongoing=is_ongoing, step=step))

    def _announce(self, change: Change) -> None:
        self._problems = None
        self._marks = None
        for listener in tuple(self._listeners):
            listener(change)


def _with_form(learned: Document) -> Callable[[Document], Document]:
    """Return a function that adds the field positions and file of ``learned`` to the same document in a draft."""

    def known(document: Document) -> Document:
        filling, form = document.template, learned.template
        if document.id != learned.id or filling is None or form is None or filling.template_id != form.template_id:
            return document
        with_form = replace(filling, wanted=form.wanted, preset_fields=filling.preset_fields or form.preset_fields)
        if document.path:
            return replace(document, template=with_form)
        return replace(
            document,
            path=learned.path,
            sha256=learned.sha256,
            size_bytes=learned.size_bytes,
            template=with_form,
        )

    return known


def with_anchors(draft: ContractDraft, anchors: Mapping[PlacementId, WordAnchor]) -> ContractDraft:
    """Return the draft with these anchors, or the same object if no anchor belongs to a seal's current position."""
    placements = tuple(_with_anchor(placement, anchors) for placement in draft.placements)
    is_same = all(placement is other for placement, other in zip(placements, draft.placements, strict=True))
    return draft if is_same else replace(draft, placements=placements)


def _with_anchor(placement: Placement, anchors: Mapping[PlacementId, WordAnchor]) -> Placement:
    if not isinstance(placement, CoordinatePlacement) or not placement.needs_anchor or placement.id not in anchors:
        return placement
    anchored = replace(placement, anchor=anchors[placement.id])
    return placement if anchored.needs_anchor else anchored
