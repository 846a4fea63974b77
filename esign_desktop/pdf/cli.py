"""Diagnose a PDF file for support: report its class, its properties and the first step that fails.

The classes are ``ok``, ``ok_zero_pages``, ``ok_page_errors`` (the file can be opened but one of its pages cannot be
drawn), ``needs_password``, ``exception`` (the file cannot be opened) and ``hang`` (a step exceeded its time limit). The
entry ``step`` of the report names the step that failed.
"""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.doubts.finding import find_doubts
from esign_desktop.domain.doubts.paper import Paper
from esign_desktop.domain.doubts.spelling import names_organization
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, Signer, SignerId
from esign_desktop.pdf.client.child import remaining
from esign_desktop.pdf.engine import OpenedPdf, RenderRequest
from esign_desktop.pdf.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from esign_desktop.domain.doubts.doubt import Doubt
    from esign_desktop.domain.geometry import DisplayRect, PageFrame
    from esign_desktop.domain.matching.seals import FoundSeal
    from esign_desktop.domain.proposal import Proposal, ProposedParty
    from esign_desktop.pdf.again import Again
    from esign_desktop.pdf.client.engine import ProcessEngine
    from esign_desktop.pdf.engine import PdfEngine

Report = dict[str, Any]

PAGES: Final = 100
SIDE_PX: Final = 200
TOTAL_S: Final = 60.0
PROBE_LIMITS: Final = Limits(render_s=15.0)
"""The limits for diagnosis, which allow more time for drawing because a support user can wait for a slow page."""

_CLASS_OF_CODE: Final = {
    "pdf.no_pages": "ok_zero_pages",
    "pdf.password_needed": "needs_password",
    "pdf.password_wrong": "needs_password",
    "pdf.too_slow": "hang",
}


def probe(engine: ProcessEngine, path: Path, *, password: str | None = None) -> Report:
    """Open a file, draw its first pages at a small size, list their links and form fields, and return a report.

    If the file is invalid, the report says so, and no exception is raised.
    """
    try:
        opened = engine.open(path, password=password)
    except PdfError as error:
        return failure_report(error)
    try:
        return _look(engine, opened)
    finally:
        engine.close(opened.handle)


def proposal_report(found: Proposal) -> Report:
    """Return a proposal as JSON values, with the rectangles of labels in points on the displayed page."""
    return {"parties": [_party_report(party) for party in found.parties], "witnesses": list(found.witnesses)}


def _party_report(party: ProposedParty) -> Report:
    marks = [
        {"page": mark.page_number, "rect": _corners(mark.rect), "kind": mark.kind.value, "text": mark.text}
        for mark in party.marks
    ]
    names = {"role": party.role, "aliases": list(party.aliases), "kind": party.kind.value, "name": party.name}
    return {**names, "marks": marks}


def doubts_report(engine: PdfEngine, opened: OpenedPdf, names: Sequence[str]) -> list[Report]:
    """Return the doubts about a contract that consists of this file and whose signers have these names."""
    document = Document(DocumentId("file"), "", "", opened.size_bytes, opened.sha256, opened.pages, opened.facts)
    draft = replace(ContractDraft.new(), documents=(document,), signers=tuple(map(_signer, names, count())))
    paper = Paper(engine.propose(opened.handle), engine.page_texts(opened.handle))
    return [_doubt_report(doubt) for doubt in find_doubts(draft, {document.id: paper})]


def _signer(name: str, number: int) -> Signer:
    if names_organization(name):
        return OrganizationSigner(SignerId(f"{number}"), Organization(name), Person(""))
    return PersonSigner(SignerId(f"{number}"), Person(name))


def _doubt_report(doubt: Doubt) -> Report:
    place = doubt.place
    return {
        "grave": doubt.is_severe,
        "kind": doubt.kind.value,
        "label": doubt.label,
        "paper": doubt.paper,
        "form": doubt.form,
        "page": place.page_number if place is not None else None,
        "rect": _corners(place.rect) if place is not None else None,
    }


def again_report(found: Again) -> Report:
    """Return the comparison of a document with a form that was sent before."""
    comparison = found.comparison
    parties = (" / ".join(party.words) for party in comparison.form.parties)
    return {
        "is_form": comparison.is_form,
        "shared": round(comparison.shared, 3),
        "likeness": round(comparison.likeness, 3),
        "changes": [
            {
                "kind": one.kind.value,
                "text": one.text,
                "page": one.page_number or None,
                "letters_gone": one.letters_gone,
            }
            for one in comparison.changes
        ],
        "seals": [_found_seal_report(seal) for seal in found.seals],
        "names": [{"party": party, "name": name} for party, name in zip(parties, found.names, strict=False)],
    }


def _found_seal_report(found: FoundSeal) -> Report:
    return {
        "party": found.seal.party,
        "label": found.seal.label,
        "page": found.at.page_number if found.at is not None else None,
        "rect": _corners(found.rect) if found.rect is not None else None,
    }


def _corners(rect: DisplayRect) -> list[float]:
    corners = (rect.left_pt, rect.top_pt, rect.left_pt + rect.width_pt, rect.top_pt + rect.height_pt)
    return [round(number, 2) for number in corners]


def failure_report(error: PdfError) -> Report:
    """Return the report on a file that could not be opened."""
    return _report(
        _CLASS_OF_CODE.get(error.code, "exception"),
        error=error.code,
        detail=error.detail,
        step="open",
        pages=0 if error.code == "pdf.no_pages" else None,
    )


def _report(kind: str, **values: object) -> Report:
    empty = {"error": None, "detail": "", "step": None, "pages": None, "pages_drawn": 0, "size_bytes": None}
    return {"class": kind, **empty, "sha256": None, "facts": None, "frames": [], **values}


def _look(engine: ProcessEngine, opened: OpenedPdf) -> Report:
    frames = [frame_report(number, frame) for number, frame in enumerate(opened.pages[:PAGES], 1)]
    report = _report(
        "ok",
        pages=len(opened.pages),
        size_bytes=opened.size_bytes,
        sha256=opened.sha256,
        facts=_facts_report(opened),
        frames=frames,
    )
    ends_at_s = time.monotonic() + TOTAL_S
    for frame, page in zip(frames, opened.pages, strict=False):
        if not remaining(ends_at_s):
            report["facts"]["facts_are_partial"] = True
            break
        step, error = _try_page(engine, opened, frame["page"], page)
        report["pages_drawn"] += 1
        if error is None:
            continue
        frame["error"] = error.code
        report.update(error=error.code, detail=error.detail, step=step)
        report["class"] = _CLASS_OF_CODE.get(error.code, "ok_page_errors")
        if report["class"] == "hang":
            break
    return report


def _try_page(
    engine: ProcessEngine, opened: OpenedPdf, page_number: int, page: PageFrame
) -> tuple[str, PdfError | None]:
    pixels_per_point = min(1.0, SIDE_PX / max(page.display_width_pt, page.display_height_pt))
    try:
        engine.render(RenderRequest(opened.handle, page_number, pixels_per_point))
    except PdfError as error:
        return "page", error
    try:
        engine.list_links_and_fields(opened.handle, page_number)
    except PdfError as error:
        # Report only a hang of other PDF readers; the application itself never lists links and fields.
        return "links", error if error.code == "pdf.too_slow" else None
    return "", None


def _facts_report(opened: OpenedPdf) -> Report:
    """Return the preflight facts, and the facts derived from the page frames."""
    document = Document(DocumentId(""), "", "", opened.size_bytes, opened.sha256, opened.pages, opened.facts)
    return {
        **asdict(opened.facts),
        "rotated_pages": document.rotated_pages,
        "cropped_pages": document.cropped_pages,
        "has_mixed_sizes": document.has_mixed_sizes,
    }


def frame_report(page_number: int, frame: PageFrame) -> Report:
    """Return the visible box (in PDF user space), the rotation and the size of a page.

    ``width`` and ``height`` are in page space. ``display_width`` and ``display_height`` are in points as displayed.
    """
    left, bottom = frame.origin_x_pt, frame.origin_y_pt
    return {
        "page": page_number,
        "box": [left, bottom, left + frame.width_pt, bottom + frame.height_pt],
        "rotation": int(frame.rotation),
        "user_unit": frame.user_unit,
        "width": frame.width_pt,
        "height": frame.height_pt,
        "display_width": frame.display_width_pt,
        "display_height": frame.display_height_pt,
        "error": None,
    }
