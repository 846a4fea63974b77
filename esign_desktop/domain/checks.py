"""Checks: what is wrong with a draft, the gravest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.document import LARGE_FILE_BYTES, LONG_NAME_CHARACTERS, Document
from esign_desktop.domain.drawn_marks import DrawnMarks
from esign_desktop.domain.form_checks import form_problems
from esign_desktop.domain.obstacles import unsigned_documents
from esign_desktop.domain.options import SignerParty, is_web_address
from esign_desktop.domain.problems import DocumentSubject, OptionsSubject, Problem, Severity
from esign_desktop.domain.seal_checks import PlacementChecks
from esign_desktop.domain.signer_checks import signer_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.draft import ContractDraft
    from esign_desktop.domain.placement import KeywordHits


class Checks:
    """Checks a draft again and again while it is edited; ``drawn`` may be shared with who shows the marks."""

    def __init__(self, drawn: DrawnMarks) -> None:
        self._placements = PlacementChecks(drawn)

    def of(self, draft: ContractDraft, hits: KeywordHits, *, now_ms: int) -> tuple[Problem, ...]:
        """Return all problems, the gravest first, otherwise in the order of the draft."""
        placing = {placement.signer_id for placement in draft.placements}
        marked = {placement.document_id for placement in draft.placements}
        found = [
            *_contract(draft),
            *_options(draft, now_ms),
            *(
                problem
                for document in draft.documents
                for problem in _document(document, is_correction=draft.replaces is not None)
            ),
            *unsigned_documents(draft, placing, marked),
            *(problem for signer in draft.signers for problem in signer_problems(draft, signer, placing)),
            *self._placements.of(draft, hits),
        ]
        return tuple(sorted(found, key=lambda problem: -problem.severity))


def check(draft: ContractDraft, hits: KeywordHits, *, now_ms: int) -> tuple[Problem, ...]:
    """Return all problems of a draft that is looked at once."""
    return Checks(DrawnMarks()).of(draft, hits, now_ms=now_ms)


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
