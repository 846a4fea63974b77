"""Checks: what is wrong with a draft, as problems that name their subject.

A problem is a value, not a sentence; the window words it. BLOCKING stops the send, CONFIRM wants one tick first,
WARNING and HINT only tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from esign_desktop.domain.account import MAX_THIRD_ID_BYTES, Person
from esign_desktop.domain.document import (
    LARGE_FILE_BYTES,
    LONG_NAME_CHARACTERS,
    Document,
    DocumentId,
)
from esign_desktop.domain.geometry import Rotation, pt_to_mm
from esign_desktop.domain.options import NoticeChannel, SignerParty
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placement import (
    MAX_KEYWORD_CHARACTERS,
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordHit,
    KeywordPlacement,
    Placement,
    PlacementId,
    SealMark,
    is_thin_slice,
    marks_of,
    seal_width_pt,
)
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner, Signer, SignerId

if TYPE_CHECKING:
    from esign_desktop.domain.draft import ContractDraft

OVERLAP_SHARE: Final = 0.4
"""Two seals that share this much of the smaller one are probably a mistake."""

KeywordHits = Mapping[tuple[DocumentId, str], tuple[KeywordHit, ...] | None]
"""What a search found per document and keyword; None or no entry means that it has not been searched yet."""


class Severity(IntEnum):
    """How much a problem weighs; higher is worse."""

    HINT = 0
    WARNING = 1
    CONFIRM = 2
    BLOCKING = 3


@dataclass(frozen=True, slots=True)
class OptionsSubject:
    """A field of the flow's options, by its attribute name."""

    name: str


@dataclass(frozen=True, slots=True)
class SignerSubject:
    """A signer, and the field of theirs that is meant."""

    signer_id: SignerId
    name: str = ""


@dataclass(frozen=True, slots=True)
class DocumentSubject:
    """A document."""

    document_id: DocumentId


@dataclass(frozen=True, slots=True)
class PlacementSubject:
    """A placement, and the page where it shows, if there is one."""

    placement_id: PlacementId
    page_number: int | None = None


Subject = OptionsSubject | SignerSubject | DocumentSubject | PlacementSubject | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that ``checks`` found. ``code`` is the key of its sentence and ``params`` what that needs."""

    code: str
    severity: Severity
    subject: Subject = None
    params: Mapping[str, str | float] = field(default_factory=dict)


def check(draft: ContractDraft, hits: KeywordHits, *, now_ms: int) -> tuple[Problem, ...]:
    """Return all problems, the gravest first, otherwise in the order of the draft."""
    found = [
        *_contract(draft),
        *_options(draft, now_ms),
        *(problem for document in draft.documents for problem in _document(draft, document)),
        *(problem for signer in draft.signers for problem in _signer(draft, signer)),
        *(problem for placement in draft.placements for problem in _placement(draft, placement, hits)),
        *_overlaps(draft, hits),
    ]
    return tuple(sorted(found, key=lambda problem: -problem.severity))


def is_sendable(problems: tuple[Problem, ...]) -> bool:
    """Whether nothing stops the send."""
    return all(problem.severity < Severity.CONFIRM for problem in problems)


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
    if options.archive_until_ms is not None and options.archive_until_ms <= (deadline or now_ms):
        yield Problem("options.archive_too_short", Severity.BLOCKING, OptionsSubject("archive_until_ms"))
    if options.redirect_url and not _is_web_address(options.redirect_url):
        yield Problem("options.bad_redirect", Severity.BLOCKING, OptionsSubject("redirect_url"))
    for name in ("initiator", "payer"):
        party = getattr(options, name)
        if isinstance(party, SignerParty) and all(s.id != party.signer_id for s in draft.signers):
            yield Problem(f"options.unknown_{name}", Severity.BLOCKING, OptionsSubject(name))
    has_silent_only = draft.signers and all(s.terms.is_silent for s in draft.signers)
    if not options.notices and draft.signers and not has_silent_only:
        yield Problem("options.nobody_is_told", Severity.HINT, OptionsSubject("notices"))


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and text.strip() == text


def _document(draft: ContractDraft, document: Document) -> Iterator[Problem]:
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
    if draft.signers and not _is_signed_by_anybody(draft, document):
        yield Problem("document.nobody_signs", Severity.BLOCKING, subject, {"name": document.name})


def _is_signed_by_anybody(draft: ContractDraft, document: Document) -> bool:
    placing = {p.signer_id for p in draft.placements}
    # A signer without any place signs every document.
    return any(s.id not in placing for s in draft.signers) or any(
        p.document_id == document.id for p in draft.placements
    )


def _signer(draft: ContractDraft, signer: Signer) -> Iterator[Problem]:
    number = draft.signer_number(signer.id)
    if all(p.signer_id != signer.id for p in draft.placements):
        severity, code = Severity.HINT, "signer.places_seal_themselves"
        if signer.terms.is_silent:
            severity, code = Severity.BLOCKING, "signer.silent_without_place"
        yield _signer_problem(code, severity, signer, number)
    match signer:
        case PersonSigner(person=person):
            yield from _person(draft, signer, person, "person")
            if signer.terms.is_silent:
                yield _signer_problem("signer.silent_person", Severity.WARNING, signer, number, "is_silent")
        case OrganizationSigner():
            yield from _organization(draft, signer)
        case ApplicationSigner():
            if sum(isinstance(s, ApplicationSigner) for s in draft.signers) > 1:
                yield _signer_problem("signer.application_twice", Severity.BLOCKING, signer, number)
    if sum(_identity(other) == _identity(signer) for other in draft.signers) > 1:
        yield _signer_problem("signer.twice", Severity.BLOCKING, signer, number)


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
        case ApplicationSigner():
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


def _placement(draft: ContractDraft, placement: Placement, hits: KeywordHits) -> Iterator[Problem]:
    try:
        document, signer = draft.document(placement.document_id), draft.signer(placement.signer_id)
    except KeyError:
        yield Problem("placement.orphan", Severity.BLOCKING, PlacementSubject(placement.id))
        return
    if not isinstance(placement, KeywordPlacement) and placement.pages.last > document.page_count:
        yield Problem(
            "placement.beyond_the_end",
            Severity.BLOCKING,
            PlacementSubject(placement.id),
            {"pages": str(placement.pages), "page_count": document.page_count},
        )
    match placement:
        case KeywordPlacement():
            yield from _keyword(placement, document, hits)
        case CrossPagePlacement():
            yield from _cross_page(placement, document, signer)
        case CoordinatePlacement(with_qr_code=True, pages=pages) if len(pages) > 1:
            yield Problem("placement.qr_without_effect", Severity.HINT, PlacementSubject(placement.id, pages.first))
    marks = _marks(draft, placement, hits)
    yield from _edges(document, marks)
    # The platform's treatment of turned or cropped pages is unknown (spec/decisions.md), so say it once a placement.
    unsure = next((m for m in marks if _is_unsure(document, m.page_number)), None)
    if unsure is not None:
        yield Problem(
            "placement.turned_or_cropped_page",
            Severity.WARNING,
            PlacementSubject(placement.id, unsure.page_number),
            {"page": unsure.page_number},
        )


def _is_unsure(document: Document, page_number: int) -> bool:
    return not document.frame(page_number).is_plain


def is_uncertain(document: Document, mark: SealMark) -> bool:
    """Whether the platform may put this mark elsewhere or at another size; such marks are drawn dashed."""
    return mark.size_is_assumed or _is_unsure(document, mark.page_number)


def _keyword(placement: KeywordPlacement, document: Document, hits: KeywordHits) -> Iterator[Problem]:
    subject = PlacementSubject(placement.id)
    if not placement.keyword.strip():
        yield Problem("keyword.empty", Severity.BLOCKING, subject)
        return
    if len(placement.keyword) > MAX_KEYWORD_CHARACTERS:
        yield Problem("keyword.long", Severity.WARNING, subject, {"keyword": placement.keyword})
    found = hits.get((placement.document_id, placement.keyword))
    if found is None:
        yield Problem("keyword.not_searched", Severity.BLOCKING, subject, {"keyword": placement.keyword})
        return
    params: dict[str, str | float] = {"keyword": placement.keyword, "name": document.name, "count": len(found)}
    if not found:
        code = "keyword.not_found" if document.facts.has_text else "keyword.no_text_layer"
        scanned = document.facts.pages_without_text
        if document.facts.has_text and scanned:
            code, params["pages"] = "keyword.not_found_beside_scans", str(PageRanges.of(scanned))
        yield Problem(code, Severity.BLOCKING, subject, params)
    elif len(found) > 1 and placement.confirmed_hits != len(found):
        yield Problem("keyword.many", Severity.CONFIRM, PlacementSubject(placement.id, found[0].page_number), params)
    odd = next((hit for hit in found if not hit.is_literal), None)
    if odd is not None:
        yield Problem(
            "keyword.spelled_differently",
            Severity.WARNING,
            PlacementSubject(placement.id, odd.page_number),
            {**params, "text": odd.text, "page": odd.page_number},
        )


def _cross_page(placement: CrossPagePlacement, document: Document, signer: Signer) -> Iterator[Problem]:
    subject = PlacementSubject(placement.id, placement.pages.first)
    page_numbers = [n for n in placement.pages if n <= document.page_count]
    if len(page_numbers) < 2:
        yield Problem("cross_page.one_page", Severity.BLOCKING, subject)
        return
    slice_pt = seal_width_pt(placement, signer) / len(page_numbers)
    if is_thin_slice(slice_pt):
        yield Problem(
            "cross_page.thin_slices",
            Severity.WARNING,
            subject,
            {"count": len(page_numbers), "slice_mm": round(pt_to_mm(slice_pt), 1)},
        )
    frames = [document.frame(n) for n in page_numbers]
    if any(abs(f.width_pt - frames[0].width_pt) > 1 or abs(f.height_pt - frames[0].height_pt) > 1 for f in frames):
        yield Problem("cross_page.mixed_sizes", Severity.WARNING, subject)
    if any(f.rotation is not Rotation.NONE for f in frames):
        yield Problem("cross_page.turned_page", Severity.WARNING, subject)


def _edges(document: Document, marks: tuple[SealMark, ...]) -> Iterator[Problem]:
    for mark in marks:
        bounds = document.frame(mark.page_number).bounds
        if bounds.contains(mark.rect):
            continue
        is_gone = bounds.intersection_area(mark.rect) < 0.5 * mark.rect.area
        yield Problem(
            "placement.off_the_page" if is_gone else "placement.over_the_edge",
            Severity.BLOCKING if is_gone else Severity.WARNING,
            PlacementSubject(mark.placement_id, mark.page_number),
            {"page": mark.page_number},
        )


def _marks(draft: ContractDraft, placement: Placement, hits: KeywordHits) -> tuple[SealMark, ...]:
    try:
        document, signer = draft.document(placement.document_id), draft.signer(placement.signer_id)
    except KeyError:
        return ()
    found = hits.get((placement.document_id, placement.keyword)) if isinstance(placement, KeywordPlacement) else ()
    return marks_of(placement, signer, document, found or ())


def all_marks(draft: ContractDraft, hits: KeywordHits) -> tuple[SealMark, ...]:
    """Return every mark of the contract, in the order of the placements."""
    return tuple(mark for placement in draft.placements for mark in _marks(draft, placement, hits))


def _overlaps(draft: ContractDraft, hits: KeywordHits) -> Iterator[Problem]:
    by_page: dict[tuple[DocumentId, int], list[SealMark]] = {}
    for mark in all_marks(draft, hits):
        by_page.setdefault((mark.document_id, mark.page_number), []).append(mark)
    told: set[frozenset[PlacementId]] = set()
    for marks in by_page.values():
        for mark, other in _touching(marks):
            pair = frozenset({mark.placement_id, other.placement_id})
            smaller = min(mark.rect.area, other.rect.area)
            if smaller <= 0 or pair in told:
                continue
            if mark.rect.intersection_area(other.rect) >= OVERLAP_SHARE * smaller:
                told.add(pair)
                yield Problem(
                    "placement.overlap",
                    Severity.WARNING,
                    PlacementSubject(other.placement_id, other.page_number),
                    {"page": other.page_number},
                )


def _touching(marks: list[SealMark]) -> list[tuple[SealMark, SealMark]]:
    """Return the pairs of marks that share some width, in the order of the marks.

    Going from left to right only those that are still open at a mark's left edge can meet it: of a thousand seals on a
    page a few, instead of all.
    """
    pairs: list[tuple[int, int]] = []
    open_indices: list[int] = []
    for index in sorted(range(len(marks)), key=lambda i: marks[i].rect.left_pt):
        left_pt = marks[index].rect.left_pt
        open_indices = [i for i in open_indices if marks[i].rect.right_pt > left_pt]
        pairs.extend((min(i, index), max(i, index)) for i in open_indices)
        open_indices.append(index)
    return [(marks[first], marks[second]) for first, second in sorted(pairs)]
