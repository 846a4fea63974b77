"""Searches for keywords in the documents, both for the entered keyword and for those of the contract's placements."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.tasks import TaskRunner


_SHORTEST: Final = 2
_MOST_PARTS: Final = 8
_MOST_LOOKED_AT: Final = 20
_LONGEST_LABEL: Final = 24
"""The maximum length of a label in characters. Longer text is considered a sentence."""
_LABEL_ENDS: Final = re.compile(r"[:：，。；;、_…\n\t]+|\s{2,}")
_MARK: Final = "签字|签名|签章|签署|盖章|公章|印章"
_MARK_WORDS: Final = re.compile(rf"{_MARK}|处$")
_AFTER_MARK: Final = re.compile(rf"((?:{_MARK})[处栏]?[)）]?)(?![^(（]*[)）])(?=[^:：])")
"""The positions at which a match's context, which may span several lines, passes from one label to the next."""
_PARTY: Final = re.compile(r".*?[方人][一二三四五六七八九十甲乙丙丁\d]?")


@dataclass(frozen=True, slots=True)
class NearSpelling:
    """A label that names the same party as a keyword without matches but differs from it, with its context."""

    document_name: str
    page_number: int
    text: str = field(repr=False)
    context: str = field(repr=False)


def find_near(service: DocumentService, documents: Sequence[Document], keyword: str) -> NearSpelling | None:
    """Return a label that names the same party as a keyword without matches, or None if there is none.

    Searches for shorter and shorter parts of the keyword. The call blocks. Raises the errors of
    ``DocumentService.find_everywhere``.
    """
    for part in parts_of(keyword):
        for document in documents:
            for hit in service.find_everywhere(document.id, part)[:_MOST_LOOKED_AT]:
                label = label_around(hit)
                if label is not None and party_in(label) == party_in(keyword):
                    return NearSpelling(document.name, hit.page_number, label, hit.context)
    return None


def label_around(hit: KeywordHit) -> str | None:
    """Return the label that contains a match, or None if it exceeds 24 characters and may thus be a sentence."""
    found = _compact(hit.text)
    for piece in _LABEL_ENDS.split(_AFTER_MARK.sub(r"\1\n", hit.context or hit.text)):
        label = piece.strip()
        if found in _compact(label):
            return label if len(label) <= _LONGEST_LABEL else None
    return None


def party_in(label: str) -> str:
    """Return the party that a label names, such as 乙方 for 乙方（盖章）, or an empty string."""
    name = _MARK_WORDS.sub("", _compact(unicodedata.normalize("NFKC", label)).partition("(")[0])
    party = _PARTY.match(name)
    return party.group() if party is not None else name


def _compact(text: str) -> str:
    return "".join(text.split())


def parts_of(keyword: str) -> tuple[str, ...]:
    """Return up to eight beginnings and ends of a keyword, the longest first.

    None is shorter than half of the keyword or than two characters.
    """
    text = keyword.strip()
    shortest = max(_SHORTEST, (len(text) + 1) // 2)

    def parts() -> Iterator[str]:
        for length in range(len(text) - 1, shortest - 1, -1):
            yield text[:length].strip()
            yield text[-length:].strip()

    return tuple(part for part in dict.fromkeys(parts()) if len(part) >= _SHORTEST)[:_MOST_PARTS]


DEBOUNCE_MS: Final = 100

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class DocumentHits:
    """The matches in one document. If both ``hits`` and ``error`` are None, the search has not finished."""

    document: Document
    hits: tuple[KeywordHit, ...] | None = None
    error: AppError | None = None
    in_view: tuple[KeywordHit, ...] = ()
    """The matches on the visible pages, which are known first."""
    counted: int | None = None
    """The number of matches, which is known before their positions, or None if it is not known yet."""
    unread: tuple[int, ...] = ()
    """The numbers of image-only pages whose text has not been recognized."""

    @property
    def hit_count(self) -> int:
        """The number of matches known so far."""
        return self.counted or 0 if self.hits is None else len(self.hits)


@dataclass(frozen=True, slots=True)
class Finding:
    """A keyword and its matches in each document, in the order of the documents."""

    keyword: str = ""
    per_document: tuple[DocumentHits, ...] = ()
    near: NearSpelling | None = None
    """A similar label, if the keyword has no match. The search for it begins when ``is_complete`` is True."""

    @property
    def is_complete(self) -> bool:
        """Whether the search of every document has finished, successfully or not."""
        return not any(found.hits is None and found.error is None for found in self.per_document)

    @property
    def hit_count(self) -> int:
        """The number of matches known so far in all documents."""
        return sum(found.hit_count for found in self.per_document)

    @property
    def has_recognised(self) -> bool:
        """Whether a match is in text recognized from an image, where the platform cannot find it."""
        return any(hit.is_recognised for found in self.per_document for hit in found.hits or ())

    @property
    def other_spelling(self) -> str | None:
        """A spelling of the keyword in the documents that differs from the entered one, or None.

        The platform may not treat the spellings as equal.
        """
        for found in self.per_document:
            for hit in found.hits or ():
                if not hit.is_literal and not hit.is_recognised and hit.text != self.keyword:
                    return hit.text
        return None


class KeywordFinder(QObject):
    """Searches for the entered keyword in the background, after a pause of 100 ms in typing.

    ``changed`` carries a ``Finding`` with all results so far whenever there are new results.
    """

    changed = Signal(object)

    def __init__(self, documents: DocumentService, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._service = documents
        self._tasks = tasks
        self._finding = Finding()
        self._keyword = ""
        self._documents: tuple[Document, ...] = ()
        self._in_view: Mapping[DocumentId, Sequence[int]] = {}
        self._timer = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def finding(self) -> Finding:
        """The results so far."""
        return self._finding

    def look_for(
        self, keyword: str, documents: Sequence[Document], in_view: Mapping[DocumentId, Sequence[int]] | None = None
    ) -> None:
        """Search for a keyword after a pause, on the visible pages first. An empty keyword clears the finding at once.

        ``in_view`` contains the numbers of the visible pages. Do nothing if the finding is for the same keyword and
        documents.
        """
        self._keyword, self._documents, self._in_view = keyword, tuple(documents), in_view or {}
        if keyword.strip():
            self._timer.start()
        else:
            self._timer.stop()
            self._become(Finding())

    def forget(self) -> None:
        """Discard the finding without emitting ``changed``, so that ``look_for`` repeats the search for its keyword."""
        self._finding = Finding()

    def _on_timer_timeout(self) -> None:
        if self._finding.keyword == self._keyword and self._documents == tuple(
            found.document for found in self._finding.per_document
        ):
            return
        unread = self._service.unread_pages
        found = tuple(DocumentHits(document, unread=unread(document)) for document in self._documents)
        self._become(Finding(self._keyword, found))
        for document in self._documents:
            page_numbers = tuple(self._in_view.get(document.id, ()))
            if page_numbers:
                look = partial(self._service.find_on_pages, document.id, self._keyword, page_numbers)
                self._ask(look, document.id, self._on_view_searched)
            else:
                self._count(document.id)

    def _count(self, document_id: DocumentId) -> None:
        self._ask(partial(self._service.count, document_id, self._keyword), document_id, self._on_hits_counted)

    def _ask(
        self,
        look: Callable[[], _Answer],
        document_id: DocumentId,
        on_done: Callable[[str, DocumentId, _Answer], None],
    ) -> None:
        self._tasks.start(
            look,
            owner=self,
            on_done=partial(on_done, self._finding.keyword, document_id),
            on_error=partial(self._on_search_failed, self._finding.keyword, document_id),
            lane=Lane.SEARCH,
        )

    def _on_view_searched(self, keyword: str, document_id: DocumentId, hits: tuple[KeywordHit, ...]) -> None:
        if self._record(keyword, document_id, in_view=hits):
            self._count(document_id)

    def _on_hits_counted(self, keyword: str, document_id: DocumentId, counts: tuple[int, ...]) -> None:
        if self._record(keyword, document_id, counted=sum(counts)):
            first_seen = next(iter(self._in_view.get(document_id, ())), None)
            look = partial(self._service.find_everywhere, document_id, keyword, first_seen)
            self._ask(look, document_id, self._on_hits_found)

    def _on_hits_found(self, keyword: str, document_id: DocumentId, hits: tuple[KeywordHit, ...]) -> None:
        if self._record(keyword, document_id, hits=hits):
            self._look_for_near_if_nowhere()

    def _on_search_failed(self, keyword: str, document_id: DocumentId, error: AppError) -> None:
        if self._record(keyword, document_id, error=error):
            self._look_for_near_if_nowhere()

    def _record(self, keyword: str, document_id: DocumentId, **news: Any) -> bool:
        """Add new results for a document to the finding. Return False if the keyword has changed in the meantime."""
        if keyword != self._finding.keyword:
            return False
        per_document = tuple(
            replace(found, **news) if found.document.id == document_id else found
            for found in self._finding.per_document
        )
        self._become(replace(self._finding, per_document=per_document))
        return True

    def _look_for_near_if_nowhere(self) -> None:
        if not self._finding.is_complete or self._finding.hit_count:
            return
        keyword = self._finding.keyword
        documents = tuple(found.document for found in self._finding.per_document if found.hits is not None)
        self._tasks.start(
            partial(find_near, self._service, documents, keyword),
            owner=self,
            on_done=partial(self._on_near_found, keyword),
            on_error=_no_hint,
            lane=Lane.SEARCH,
        )

    def _on_near_found(self, keyword: str, near: NearSpelling | None) -> None:
        if near is not None and keyword == self._finding.keyword:
            self._become(replace(self._finding, near=near))

    def _become(self, finding: Finding) -> None:
        self._finding = finding
        self.changed.emit(finding)


def _no_hint(_error: AppError) -> None:
    """Ignore the error, because only the hint is missing. The bar already states that there are no matches."""


class KeywordSearches(QObject):
    """Searches in the background for the keywords of the session's placements, and stores the matches in the session.

    A failed search is repeated after ``retry``, or when the document's file has changed or another draft is opened.
    """

    def __init__(
        self, session: ContractSession, documents: DocumentService, tasks: TaskRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._documents = documents
        self._tasks = tasks
        # The SHA-256 digest of the file for which each search was started, because the file may change meanwhile.
        self._begun: dict[tuple[DocumentId, str], str] = {}
        self.destroyed.connect(session.subscribe(self._on_session_changed))
        self._search()

    def retry(self, document_id: DocumentId) -> None:
        """Search a document again, for example after text recognition or a change of its file."""
        self._begun = {key: sha256 for key, sha256 in self._begun.items() if key[0] != document_id}
        self._session.forget_hits(document_id)

    def _search(self) -> None:
        for document_id, keyword in self._session.unsearched():
            sha256 = self._session.draft.document(document_id).sha256
            if self._begun.get((document_id, keyword)) == sha256:
                continue
            self._begun[(document_id, keyword)] = sha256
            self._tasks.start(
                partial(self._documents.find, document_id, keyword),
                owner=self,
                on_done=partial(self._on_hits_found, document_id, keyword, sha256),
                on_error=partial(self._on_search_failed, document_id, keyword),
                lane=Lane.SEARCH,
            )

    def _on_session_changed(self, change: Change) -> None:
        if change.edit is None and not change.hits_changed:
            self._begun.clear()
        self._search()

    def _on_hits_found(self, document_id: DocumentId, keyword: str, sha256: str, hits: tuple[KeywordHit, ...]) -> None:
        self._begun.pop((document_id, keyword), None)
        current = next((d for d in self._session.draft.documents if d.id == document_id), None)
        if current is not None and (current.sha256 == sha256 or not sha256):
            self._session.set_hits(document_id, keyword, hits)

    def _on_search_failed(self, document_id: DocumentId, keyword: str, error: AppError) -> None:
        """Ignore the error, because the checks report a keyword without a search result as a problem."""
