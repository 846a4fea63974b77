"""The open contract: its draft, its undo history, its keyword hits and its problems.

Everything here is a quick computation on frozen values and belongs to one thread, the window's. Saving is a listener's
business.
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
from esign_desktop.domain.placing.placement import KeywordHit, KeywordHits, KeywordPlacement, SealMark

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.problems import Problem
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.environment import PlatformBehaviour

HISTORY_LENGTH: Final = 500


class EditName(StrEnum):
    """What an edit is called in the undo history; the window words it."""

    ADD_DOCUMENTS = "add_documents"
    REMOVE_DOCUMENT = "remove_document"
    RENAME_DOCUMENT = "rename_document"
    MOVE_DOCUMENT = "move_document"
    REPLACE_DOCUMENT = "replace_document"
    MAKE_UPRIGHT = "make_upright"
    FILL_FORM = "fill_form"
    CHANGE_TABLES = "change_tables"
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
    """What happened to the contract. ``origin`` is who began it, so that a view may skip its own echo.

    ``edit`` is None when another draft was loaded or only the marks changed, by what a search found or by how the
    platform behaves: then ``hits_changed``. ``is_ongoing`` tells that more of
    the same edit may follow at once, as while a seal is dragged. ``step`` is -1 for what was taken back, +1 for what
    was made again, 0 for what is new.
    """

    before: ContractDraft
    after: ContractDraft
    edit: EditName | None
    origin: object = None
    hits_changed: bool = False
    is_ongoing: bool = False
    step: int = 0


class HistoryEntry(NamedTuple):
    """A step of the history, as it is listed. The current one is the last that was made and not taken back."""

    name: EditName
    is_current: bool


@dataclass(slots=True)
class _Step:
    name: EditName
    before: ContractDraft
    merge_key: str | None = None


@dataclass(slots=True)
class _History:
    done: list[_Step] = field(default_factory=list)
    undone: list[tuple[EditName, ContractDraft]] = field(default_factory=list)


class ContractSession:
    """A draft being edited. ``clock_ms`` tells the epoch time that deadlines are checked against."""

    def __init__(self, draft: ContractDraft, *, clock_ms: Callable[[], int]) -> None:
        self._draft = draft
        self._behaviour = draft.behaviour
        self._clock_ms = clock_ms
        self._history = _History()
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
        """Make an edit. Consecutive edits with the same merge key are one step of the history.

        An edit that changes nothing leaves no trace.
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
            # A drag came back to where it began.
            history.done.pop()
        self._become(after, name, origin, is_ongoing=merge_key is not None)

    def end_merging(self) -> None:
        """Close the current step, so that the next edit begins one of its own (a drag ended)."""
        if self._history.done:
            self._history.done[-1].merge_key = None

    def undo(self) -> None:
        """Take the last step back."""
        if self._history.done:
            self.go_to(len(self._history.done) - 2)

    def redo(self) -> None:
        """Make the step again that was taken back last."""
        if self._history.undone:
            self.go_to(len(self._history.done))

    def history(self) -> tuple[HistoryEntry, ...]:
        """Return all steps, the oldest first, those that were taken back behind the current one.

        No step is current when all were taken back, or none was made yet.
        """
        done, undone = self._history.done, self._history.undone
        current_index = len(done) - 1
        names = (*(step.name for step in done), *(name for name, _after in reversed(undone)))
        return tuple(HistoryEntry(name, index == current_index) for index, name in enumerate(names))

    def go_to(self, index: int) -> None:
        """Take back or make again as many steps as it needs for this one to be current; -1 takes all back.

        Listeners hear of one change, named after the last step that was taken back or made again. Raises IndexError for
        a step that ``history`` does not list.
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

    def load(self, draft: ContractDraft) -> None:
        """Open another contract; history and hits start empty."""
        self._history = _History()
        self._hits = {}
        self._become(draft, None, None)

    def use_behaviour(self, behaviour: PlatformBehaviour) -> None:
        """Draw and check the contract, and every other from now on, for a platform that behaves like this.

        It is no step of the history.
        """
        if behaviour != self._behaviour:
            before, self._behaviour = self._draft, behaviour
            self._draft = replace(before, behaviour=behaviour)
            self._announce(Change(before, self._draft, None, hits_changed=True))

    def learn_document(self, document: Document) -> None:
        """Take in what was found out about a document after it was opened: its sum and facts, in every step.

        It is no step of the history; a document that is not in the contract any more is ignored.
        """

        def learned(draft: ContractDraft) -> ContractDraft:
            known = tuple(
                replace(d, sha256=document.sha256, facts=document.facts)
                if d.id == document.id and d.may_be(document)
                else d
                for d in draft.documents
            )
            return draft if known == draft.documents else replace(draft, documents=known)

        for step in self._history.done:
            step.before = learned(step.before)
        self._history.undone = [(name, learned(after)) for name, after in self._history.undone]
        after = learned(self._draft)
        if after != self._draft:
            self._become(after, EditName.ADD_DOCUMENTS, None)

    def learn_form(self, document: Document) -> None:
        """Take in where the fields of a form are, and where its pages lie, in every step; its values stay.

        It is no step of the history; a document that is not in the contract any more is ignored.
        """

        def learned(draft: ContractDraft) -> ContractDraft:
            known = tuple(map(_with_form(document), draft.documents))
            is_same = all(one is other for one, other in zip(known, draft.documents, strict=True))
            return draft if is_same else replace(draft, documents=known)

        for step in self._history.done:
            step.before = learned(step.before)
        self._history.undone = [(name, learned(after)) for name, after in self._history.undone]
        after = learned(self._draft)
        if after is not self._draft:
            self._become(after, EditName.ADD_DOCUMENTS, None)

    def forget_hits(self, document_id: DocumentId) -> None:
        """Drop what was found in a document, because its file changed."""
        self._hits = {key: found for key, found in self._hits.items() if key[0] != document_id}
        self._announce(Change(self._draft, self._draft, None, hits_changed=True))

    def set_hits(self, document_id: DocumentId, keyword: str, hits: tuple[KeywordHit, ...]) -> None:
        """Record what a search found."""
        self._hits[(document_id, keyword)] = hits
        self._announce(Change(self._draft, self._draft, None, hits_changed=True))

    def unsearched(self) -> tuple[tuple[DocumentId, str], ...]:
        """Return the documents and keywords of the contract that have not been searched yet."""
        without_file = {document.id for document in self._draft.documents if document.has_no_file}
        wanted = dict.fromkeys(
            (p.document_id, p.keyword)
            for p in self._draft.placements
            if isinstance(p, KeywordPlacement) and p.keyword.strip() and p.document_id not in without_file
        )
        return tuple(key for key in wanted if key not in self._hits)

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call the listener after every change; return the function that ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def _become(
        self,
        after: ContractDraft,
        name: EditName | None,
        origin: object,
        *,
        is_ongoing: bool = False,
        step: int = 0,
    ) -> None:
        if after.behaviour != self._behaviour:
            # A draft of the history or the store is drawn for the platform of its own day.
            after = replace(after, behaviour=self._behaviour)
        before, self._draft = self._draft, after
        self._announce(Change(before, after, name, origin, is_ongoing=is_ongoing, step=step))

    def _announce(self, change: Change) -> None:
        self._problems = None
        self._marks = None
        for listener in tuple(self._listeners):
            listener(change)


def _with_form(learned: Document) -> Callable[[Document], Document]:
    """Return how a document becomes one whose form is known."""

    def known(document: Document) -> Document:
        filling, form = document.template, learned.template
        if document.id != learned.id or filling is None or form is None or filling.template_id != form.template_id:
            return document
        if document.path:
            return replace(document, template=replace(filling, wanted=form.wanted))
        return replace(
            document,
            path=learned.path,
            sha256=learned.sha256,
            size_bytes=learned.size_bytes,
            template=replace(filling, wanted=form.wanted),
        )

    return known
