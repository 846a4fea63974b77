"""Check whether a signed file matches the payload and the preview."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esign_desktop.app.self_test.driver import SelfTestFailed
from esign_desktop.app.self_test.measuring import (
    TOLERANCE_PT,
    MeasuredMark,
    TwoVersions,
    assemble,
    expected_marks,
    measure,
)
from esign_desktop.app.self_test.report import assembled_entry, placement_entry
from esign_desktop.domain.document import Document, new_document_id
from esign_desktop.domain.environment import PlatformBehaviour

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from esign_desktop.app.self_test.measuring import ExpectedMark
    from esign_desktop.domain.placing.placement import SealMark
    from esign_desktop.pdf.engine import PdfEngine


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of checking a signed file. ``placements`` and ``cross_page`` are entries for the report."""

    is_right: bool
    placements: tuple[dict[str, Any], ...]
    cross_page: dict[str, Any] | None


def judge(
    engine: PdfEngine, payload: Mapping[str, Any], original: Path, signed: Path, preview: Sequence[SealMark]
) -> Verdict:
    """Measure the seals in a signed file, and compare the seals with the payload and the preview.

    ``preview`` contains the seals that the window drew. Raises SelfTestFailed or PdfError if the seals cannot be
    measured.
    """
    before, after = engine.open(original), engine.open(signed)
    if before.pages != after.pages:
        raise SelfTestFailed("the signed file's pages differ from the original's")
    document = Document(
        new_document_id(), str(original), original.stem, before.size_bytes, before.sha256, before.pages, before.facts
    )
    marks = expected_marks(payload, document, lambda key: engine.find(before.handle, key), _own_width_pt)
    versions = TwoVersions(engine, before.handle, after.handle)
    measured = measure(versions, document, marks)
    slices = [mark for mark in marks if mark.slice_count > 1]
    seal = assemble(versions, document, slices, is_round=True) if slices else None
    previews = [_preview_error_pt(mark, preview) for mark in marks]
    is_right = (
        {mark.kind for mark in marks} == {"coordinate", "keyword", "cross_page"}
        and all(mark.is_right for mark in measured)
        and all(error <= TOLERANCE_PT for error in previews)
        and len(preview) == len(marks)
        and seal is not None
        and seal.is_right
    )
    engine.close(before.handle)
    engine.close(after.handle)
    return Verdict(is_right, _entries(measured, previews), assembled_entry(seal))


def _entries(measured: Sequence[MeasuredMark], previews: Sequence[float]) -> tuple[dict[str, Any], ...]:
    return tuple(placement_entry(mark, error) for mark, error in zip(measured, previews, strict=True))


def _own_width_pt(signer: Mapping[str, Any]) -> float:
    behaviour = PlatformBehaviour()
    return behaviour.organization_seal_width_pt if signer.get("authorizationOrgId") else behaviour.person_seal_width_pt


def _preview_error_pt(mark: ExpectedMark, preview: Sequence[SealMark]) -> float:
    """Return the distance from an expected mark to the nearest seal or slice that the window drew on the page."""
    center = mark.center
    return min(
        (
            math.hypot(shown.rect.center.x_pt - center.x_pt, shown.rect.center.y_pt - center.y_pt)
            for shown in preview
            if shown.page_number == mark.page_number and shown.slice_count == mark.slice_count
        ),
        default=math.inf,
    )
