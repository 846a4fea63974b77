"""Checks that find the problems of a draft, with the most severe problems first.

``Checks`` rechecks only what has changed. ``obstacles`` returns only the problems that prevent sending. The function
accepts drafts from any source and does not need the documents' files.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.domain.account import MAX_THIRD_ID_BYTES, Person
from esign_desktop.domain.added_pages import MOST_ADDED_PAGES
from esign_desktop.domain.contract.placement_checks import (
    orphan_problem,
    overlap_problem,
    overlaps,
    placement_problems,
    unverified_problem,
)
from esign_desktop.domain.contract.problems import (
    DocumentSubject,
    OptionsSubject,
    PlacementSubject,
    Problem,
    Severity,
    SignerSubject,
)
from esign_desktop.domain.document import LARGE_FILE_BYTES, LONG_NAME_CHARACTERS, Document
from esign_desktop.domain.options import NoticeChannel, SignerParty, is_web_address
from esign_desktop.domain.placing.marks import MarkCache
from esign_desktop.domain.placing.participation import free_documents, signed_documents, signs_nothing
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner, PersonSigner, Signer

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placing.marks import PlacementMarks
    from esign_desktop.domain.placing.placement import KeywordHits, PlacementId, SealMark
    from esign_desktop.domain.signer import SignerId


_MOST_NAMES: Final = 3


def form_problems(document: Document, *, is_correction: bool = False) -> Iterator[Problem]:
    """Yield the problems with the form of a document that is made from a template.

    A document without a template has no such problems. For a correction, an empty form prevents sending, because the
    empty form would replace a filled-in form. The form may be empty because values are stored for a limited time only,
    or because an earlier version of the program did not record which fields the form has.
    """
    template = document.template
    if template is None:
        return
    subject = DocumentSubject(document.id)
    if template.added_pages > MOST_ADDED_PAGES:
        counts: dict[str, str | float] = {"name": document.name, "count": template.added_pages}
        yield Problem("form.too_many_pages", Severity.BLOCKING, subject, counts | {"most": MOST_ADDED_PAGES})
    missing = template.missing
    if missing:
        labels = {wanted.name: wanted.label or wanted.name for wanted in template.wanted}
        names = ", ".join(labels[name] for name in missing[:_MOST_NAMES]) + ("…" if len(missing) > _MOST_NAMES else "")
        params: dict[str, str | float] = {"name": document.name, "count": len(missing), "fields": names}
        yield Problem("form.value_missing", Severity.BLOCKING, subject, params)
    elif not template.has_values:
        if not is_correction:
            yield Problem("form.without_values", Severity.WARNING, subject, {"name": document.name})
            return
        code = "form.correction_empty" if template.names else "form.values_unknown"
        yield Problem(code, Severity.BLOCKING, subject, {"name": document.name})


class _Checked(NamedTuple):
    drawn: PlacementMarks
    document: Document | None
    """The document of a keyword placement, whose problems depend on its name and text; None for other placements."""
    problems: tuple[Problem, ...]


class _CheckedPage(NamedTuple):
    marks: list[SealMark]
    pairs: tuple[tuple[SealMark, SealMark], ...]


class PlacementChecks:
    """A checker of placements that caches its results for each placement and page.

    ``drawn`` is a cache of seal marks, which may be shared with the view that displays the seals.
    """

    def __init__(self, drawn: MarkCache) -> None:
        self._drawn = drawn
        self._checked: dict[PlacementId, _Checked] = {}
        self._pages: dict[tuple[DocumentId, int], _CheckedPage] = {}

    def of(self, draft: ContractDraft, hits: KeywordHits) -> Iterator[Problem]:
        """Return the problems of all placements, in placement order, followed by the problems of overlapping seals."""
        drawn = self._drawn.draw(draft, hits)
        return chain(self._of_placements(draft, drawn), self._of_pages(drawn))

    def _of_placements(self, draft: ContractDraft, drawn: dict[PlacementId, PlacementMarks]) -> Iterator[Problem]:
        documents = {document.id: document for document in draft.documents}
        checked: dict[PlacementId, _Checked] = {}
        for placement in draft.placements:
            placement_marks = drawn.get(placement.id)
            if placement_marks is None:
                yield orphan_problem(placement)
                continue
            document = documents[placement.document_id]
            told_of = document if isinstance(placement, KeywordPlacement) else None
            before = self._checked.get(placement.id)
            if before is None or before.drawn is not placement_marks or before.document is not told_of:
                found = tuple(
                    placement_problems(
                        placement,
                        document,
                        placement_marks.natural_width_pt,
                        placement_marks.hits,
                        placement_marks.marks,
                    )
                )
                before = _Checked(placement_marks, told_of, found)
            checked[placement.id] = before
            yield from before.problems
        self._checked = checked

    def _of_pages(self, drawn: dict[PlacementId, PlacementMarks]) -> Iterator[Problem]:
        by_page: dict[tuple[DocumentId, int], list[SealMark]] = {}
        for placement_marks in drawn.values():
            for mark in placement_marks.marks:
                by_page.setdefault((mark.document_id, mark.page_number), []).append(mark)
        pages: dict[tuple[DocumentId, int], _CheckedPage] = {}
        told: set[frozenset[PlacementId]] = set()
        for key, marks in by_page.items():
            page = self._pages.get(key)
            # Unchanged marks are the same objects, so comparing the lists is fast.
            if page is None or page.marks != marks:
                page = _CheckedPage(marks, tuple(overlaps(marks)))
            pages[key] = page
            for mark, other in page.pairs:
                pair = frozenset({mark.placement_id, other.placement_id})
                if pair not in told:
                    told.add(pair)
                    yield overlap_problem(other)
        self._pages = pages


def obstacles(draft: ContractDraft) -> tuple[Problem, ...]:
    """Return the problems that prevent the draft from being sent. Only the draft itself is examined."""
    placing = {placement.signer_id for placement in draft.placements}
    found = [
        *(
            problem
            for document in draft.documents
            for problem in form_problems(document, is_correction=draft.replaces is not None)
        ),
        *unsigned_documents(draft),
        *(
            silent_without_place(signer, number)
            for number, signer in enumerate(draft.signers, 1)
            if signer.terms.is_silent and (signer.id not in placing or free_documents(draft, signer))
        ),
        *(
            _signer_problem("signer.signs_nothing", Severity.BLOCKING, signer, number)
            for number, signer in enumerate(draft.signers, 1)
            if signs_nothing(draft, signer)
        ),
        *(
            open_signer(signer, number)
            for number, signer in enumerate(draft.signers, 1)
            if isinstance(signer, OpenSigner)
        ),
        *_placements(draft),
    ]
    return tuple(problem for problem in found if problem.severity is Severity.BLOCKING)


def unsigned_documents(draft: ContractDraft) -> Iterator[Problem]:
    """Yield a problem for each document that has no signer."""
    if draft.signers:
        signed = signed_documents(draft)
        for document in draft.documents:
            if document.id not in signed:
                yield Problem(
                    "document.nobody_signs", Severity.BLOCKING, DocumentSubject(document.id), {"name": document.name}
                )


def silent_without_place(signer: Signer, number: int) -> Problem:
    """Return the problem that reports a signer who signs automatically but has no seal position.

    ``number`` is the signer's displayed number.
    """
    return Problem("signer.silent_without_place", Severity.BLOCKING, SignerSubject(signer.id), {"number": number})


def open_signer(signer: OpenSigner, number: int) -> Problem:
    """Return the problem that reports a signer whose person or organization has not been filled in."""
    return _signer_problem("signer.no_name", Severity.BLOCKING, signer, number)


def _placements(draft: ContractDraft) -> Iterator[Problem]:
    names = {document.id: document.name for document in draft.documents}
    signer_ids = {signer.id for signer in draft.signers}
    for place in draft.placements:
        if place.document_id not in names or place.signer_id not in signer_ids:
            yield orphan_problem(place)
        elif isinstance(place, CoordinatePlacement) and place.is_unverified:
            yield unverified_problem(place)
        elif isinstance(place, KeywordPlacement):
            subject = PlacementSubject(place.id)
            if not place.keyword.strip():
                yield Problem("keyword.empty", Severity.BLOCKING, subject)
            elif place.confirmed_hits == 0:
                params: dict[str, str | float] = {"keyword": place.keyword, "name": names[place.document_id]}
                yield Problem("keyword.not_found", Severity.BLOCKING, subject, params)


def signer_problems(draft: ContractDraft, signer: Signer, placing: Set[SignerId]) -> Iterator[Problem]:
    """Yield the problems of one signer. ``placing`` holds the ids of all signers who have at least one placement."""
    number = draft.signer_number(signer.id)
    yield from _where_problems(draft, signer, placing, number)
    match signer:
        case PersonSigner(person=person):
            yield from _person(draft, signer, person, "person")
            if signer.terms.is_silent:
                yield _signer_problem("signer.silent_person", Severity.WARNING, signer, number, "is_silent")
        case OrganizationSigner():
            yield from _organization(draft, signer)
        case OpenSigner():
            yield open_signer(signer, number)
        case ApplicationSigner():
            if sum(isinstance(s, ApplicationSigner) for s in draft.signers) > 1:
                yield _signer_problem("signer.application_twice", Severity.BLOCKING, signer, number)
    if sum(_identity(other) == _identity(signer) for other in draft.signers) > 1:
        yield _signer_problem("signer.twice", Severity.BLOCKING, signer, number)


def _where_problems(draft: ContractDraft, signer: Signer, placing: Set[SignerId], number: int) -> Iterator[Problem]:
    is_free = bool(free_documents(draft, signer))
    if signs_nothing(draft, signer):
        yield _signer_problem("signer.signs_nothing", Severity.BLOCKING, signer, number)
    elif signer.terms.is_silent and (is_free or signer.id not in placing):
        yield silent_without_place(signer, number)
    elif not is_free and signer.id not in placing:
        yield _signer_problem("signer.places_seal_themselves", Severity.HINT, signer, number)


def _signer_problem(code: str, severity: Severity, signer: Signer, number: int, name: str = "") -> Problem:
    return Problem(code, severity, SignerSubject(signer.id, name), {"number": number})


def _organization(draft: ContractDraft, signer: OrganizationSigner) -> Iterator[Problem]:
    number = draft.signer_number(signer.id)
    organization = signer.organization
    if not organization.name.strip():
        yield _signer_problem("signer.no_name", Severity.BLOCKING, signer, number, "organization.name")
    if not organization.code and not organization.account_id:
        yield _signer_problem("signer.no_code", Severity.BLOCKING, signer, number, "organization.code")
    yield from _third_id(signer, organization.third_id, "organization", number)
    yield from _person(draft, signer, signer.agent, "agent")


def _identity(signer: Signer) -> tuple[str, ...]:
    match signer:
        case PersonSigner(person=person):
            key = person.account_id or person.id_number or person.name
            return ("person", key) if key else (signer.id,)
        case OrganizationSigner(organization=organization):
            key = organization.account_id or organization.code or organization.name
            return ("organization", key) if key else (signer.id,)
        case ApplicationSigner() | OpenSigner():
            return (signer.id,)


def _person(
    draft: ContractDraft, signer: PersonSigner | OrganizationSigner, person: Person, part: str
) -> Iterator[Problem]:
    number = draft.signer_number(signer.id)
    if not person.name.strip():
        code = "signer.no_name" if part == "person" else "signer.no_agent_name"
        yield _signer_problem(code, Severity.BLOCKING, signer, number, f"{part}.name")
    if not person.account_id:
        if not person.id_number:
            yield _signer_problem("signer.no_id_number", Severity.BLOCKING, signer, number, f"{part}.id_number")
        if not signer.terms.is_silent:
            channels = draft.options.notices
            if NoticeChannel.SMS in channels and not person.mobile:
                yield _signer_problem("signer.no_mobile", Severity.WARNING, signer, number, f"{part}.mobile")
            if NoticeChannel.EMAIL in channels and not person.email:
                yield _signer_problem("signer.no_email", Severity.WARNING, signer, number, f"{part}.email")
    yield from _third_id(signer, person.third_id, part, number)


def _third_id(signer: Signer, third_id: str, part: str, number: int) -> Iterator[Problem]:
    if len(third_id.encode("utf-8", "surrogatepass")) > MAX_THIRD_ID_BYTES:
        yield _signer_problem("signer.long_third_id", Severity.BLOCKING, signer, number, f"{part}.third_id")


class Checks:
    """A checker that is reused while a draft is being edited.

    ``drawn`` is a cache of seal marks, which may be shared with the view that displays the seals.
    """

    def __init__(self, drawn: MarkCache) -> None:
        self._placements = PlacementChecks(drawn)

    def of(self, draft: ContractDraft, hits: KeywordHits, *, now_ms: int) -> tuple[Problem, ...]:
        """Return all problems of a draft, with the most severe problems first.

        Problems of the same severity are in the order of the draft. ``hits`` holds the keyword matches found so far.
        ``now_ms`` is the current time in milliseconds since the epoch.
        """
        placing = {placement.signer_id for placement in draft.placements}
        found = [
            *_contract(draft),
            *_options(draft, now_ms),
            *(
                problem
                for document in draft.documents
                for problem in _document(document, is_correction=draft.replaces is not None)
            ),
            *unsigned_documents(draft),
            *(problem for signer in draft.signers for problem in signer_problems(draft, signer, placing)),
            *self._placements.of(draft, hits),
        ]
        return tuple(sorted(found, key=lambda problem: -problem.severity))


def check(draft: ContractDraft, hits: KeywordHits, *, now_ms: int) -> tuple[Problem, ...]:
    """Return all problems of a draft that is checked only once. The result is the same as that of ``Checks.of``."""
    return Checks(MarkCache()).of(draft, hits, now_ms=now_ms)


def _contract(draft: ContractDraft) -> Iterator[Problem]:
    if not draft.documents:
        yield Problem("contract.no_documents", Severity.BLOCKING)
    if not draft.signers:
        yield Problem("contract.no_signers", Severity.BLOCKING)
    if not draft.title.strip():
        yield Problem("options.no_scene", Severity.BLOCKING, OptionsSubject("business_scene"))


def _options(draft: ContractDraft, now_ms: int) -> Iterator[Problem]:
    options = draft.options
    deadline = options.deadline_ms(now_ms)
    if deadline is not None and deadline <= now_ms:
        yield Problem("options.deadline_past", Severity.BLOCKING, OptionsSubject("deadline"))
    archive_until_ms = options.archive_until_ms
    ends_early = archive_until_ms is not None and deadline is not None and archive_until_ms < deadline
    if ends_early or (archive_until_ms is not None and archive_until_ms <= now_ms):
        yield Problem("options.archive_too_short", Severity.BLOCKING, OptionsSubject("archive_until_ms"))
    if options.redirect_url and not is_web_address(options.redirect_url):
        yield Problem("options.bad_redirect", Severity.BLOCKING, OptionsSubject("redirect_url"))
    for name in ("initiator", "payer"):
        party = getattr(options, name)
        if isinstance(party, SignerParty) and all(s.id != party.signer_id for s in draft.signers):
            yield Problem(f"options.unknown_{name}", Severity.BLOCKING, OptionsSubject(name))
    has_silent_only = draft.signers and all(s.terms.is_silent for s in draft.signers)
    if not options.notices and draft.signers and not has_silent_only:
        yield Problem("options.nobody_is_told", Severity.HINT, OptionsSubject("notices"))


def _document(document: Document, *, is_correction: bool) -> Iterator[Problem]:
    subject = DocumentSubject(document.id)
    facts = document.facts
    if facts.is_signed:
        yield Problem("document.already_signed", Severity.WARNING, subject, {"name": document.name})
    if facts.is_encrypted:
        yield Problem("document.encrypted", Severity.WARNING, subject, {"name": document.name})
    if facts.is_repaired:
        yield Problem("document.repaired", Severity.WARNING, subject, {"name": document.name})
    if document.size_bytes > LARGE_FILE_BYTES:
        size = document.size_bytes // (1024 * 1024)
        yield Problem("document.large", Severity.WARNING, subject, {"name": document.name, "size_mb": size})
    if len(document.name) > LONG_NAME_CHARACTERS:
        yield Problem("document.long_name", Severity.WARNING, subject, {"name": document.name})
    if not document.name.strip():
        yield Problem("document.no_name", Severity.BLOCKING, subject)
    yield from form_problems(document, is_correction=is_correction)
