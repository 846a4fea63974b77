"""Presets that are recognized in documents by their wording, and laid out on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.contract.edits import add_documents
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.matching.comparing import ChangeKind
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId
from esign_desktop.domain.signer import PersonSigner
from tests.pdf.builder import Page, build
from tests.services.presets.test_sent_forms import CLAUSES, FIRST, SECOND, Office, office, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.doubts.paper import Paper
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.presets.recognition import Recognition

__all__ = ["office"]
TWIN = tuple(clause.replace("承租方不得擅自转租", "承租方可以自行转租") for clause in CLAUSES)
ROWS = "SELECT id FROM preset_forms"


def make(office: Office, draft: ContractDraft | None = None, template: str = "") -> Preset:
    """Make a preset of a lease whose customer's name is open, or of a template with its pages."""
    draft = office.prepare(" ") if draft is None else draft
    services, templates = office.services, {}
    if template:
        templates[draft.documents[0].id] = TemplateFilling(template)
    customers = [signer.id for signer in draft.signers if isinstance(signer, PersonSigner)]
    return services.presets.make(
        draft, customers, name="租赁", environment=services.environments.current(), templates=templates
    )


def opened(office: Office, name: str = SECOND, **kwargs: object) -> Document:
    path = write(office.folder / "next" / f"{name}.pdf", name, **kwargs)  # type: ignore[arg-type]
    return office.services.documents.open(path)


def recognise(office: Office, document: Document) -> Recognition | None:
    return office.services.presets.recognise(document, office.services.environments.current())


def centers(preset: Preset, document: Document) -> list[tuple[int, float, float]]:
    """Return the page of each fixed seal, and its center in display space, rounded to points."""
    seals = (seal for seal in preset.placements if isinstance(seal, CoordinatePlacement))
    shown = [(seal.pages.first, document.frame(seal.pages.first).to_display(seal.center)) for seal in seals]
    return [(number, round(center.x_pt), round(center.y_pt)) for number, center in shown]


def test_a_filled_form_is_the_presets_and_the_seals_follow_their_labels(office: Office) -> None:
    preset = make(office)
    short, long = opened(office, "短"), opened(office, things=36)
    found = recognise(office, short)
    assert found is not None
    assert (found.preset.id, found.changes, found.differences, found.unplaced_count) == (preset.id, (), (), 0)
    assert centers(found.preset, short) == centers(preset, preset.documents[0])
    found = recognise(office, long)
    assert found is not None
    assert (found.changes, found.unplaced_count) == ((), 0)
    labels = [office.services.documents.find(long.id, label)[0] for label in ("出租方（盖章）", "承租方（签字）")]
    assert {label.page_number for label in labels} == {2}
    before = [office.services.documents.find(short.id, label)[0] for label in ("出租方（盖章）", "承租方（签字）")]
    for (number, x, y), (_, old_x, old_y), new, old in zip(
        centers(found.preset, long), centers(preset, short), labels, before, strict=True
    ):
        one, two = (long.frame(2).rect_to_display(new.rects[0]), short.frame(1).rect_to_display(old.rects[0]))
        assert number == 2
        assert (x - one.left_pt, y - one.top_pt) == pytest.approx((old_x - two.left_pt, old_y - two.top_pt), abs=1.5)


def test_a_near_twin_is_offered_with_its_difference(office: Office) -> None:
    make(office)
    found = recognise(office, opened(office, clauses=TWIN))
    assert found is not None
    assert any(change.kind is ChangeKind.CHANGED and "可以自行转租" in change.text for change in found.changes)


def test_a_seal_whose_label_is_gone_is_told_and_has_no_place(office: Office) -> None:
    make(office)
    found = recognise(office, opened(office, feet=("出租方（盖章）：", "（签名处）")))
    assert found is not None
    assert found.unplaced_count == 1
    assert len(found.preset.placements) == 1


@pytest.mark.parametrize(("things", "count"), [(1, 3), (36, 2)])
def test_a_seal_without_words_has_to_be_checked_or_has_no_place(office: Office, things: int, count: int) -> None:
    draft = office.prepare(" ")
    seal = draft.placements[0]
    assert isinstance(seal, CoordinatePlacement)
    apart = replace(seal, id=PlacementId("apart"), pages=PageRanges.single(1), center=replace(seal.center, y_pt=30.0))
    make(office, replace(draft, placements=(*draft.placements, apart)))
    found = recognise(office, opened(office, clauses=CLAUSES[:-1], things=things))
    assert found is not None
    assert (len(found.preset.placements), found.unplaced_count) == (count, 3 - count)
    unverified = [one for one in found.preset.placements if isinstance(one, CoordinatePlacement) and one.is_unverified]
    assert len(unverified) == count - 2


def test_a_preset_is_read_once_for_each_pdf(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    make(office)
    assert recognise(office, opened(office)) is not None
    ((form_id,),) = office.computer.database.query(ROWS)
    office.start()
    (preset,) = office.services.presets.list()
    assert form_id == preset.documents[0].sha256
    papers: list[DocumentId] = []
    read = office.services.documents.paper

    def counted(document_id: DocumentId) -> Paper:
        papers.append(document_id)
        return read(document_id)

    monkeypatch.setattr(office.services.documents, "paper", counted)
    document = opened(office)
    assert recognise(office, document) is not None
    assert papers == [document.id]
    office.services.presets.delete(preset.id)
    assert office.computer.database.query(ROWS) == []
    assert recognise(office, opened(office)) is None


def _lose_keyring(office: Office) -> None:
    office.computer.keyring.entries.clear()
    office.start()


def _lock(office: Office) -> None:
    office.start(is_locked=True)


@pytest.mark.parametrize(("change", "is_known"), [(Office.start, True), (_lose_keyring, False), (_lock, False)])
def test_the_form_of_a_template_is_stored_with_the_keyrings_key(
    office: Office, change: Callable[[Office], object], is_known: bool
) -> None:
    make(office, template="template")
    found = recognise(office, opened(office, things=36))
    assert found is not None
    # The platform makes the document, with the seals where they are on the template.
    kept = found.preset.documents[0]
    assert centers(found.preset, kept) == centers(office.services.presets.list()[0], kept)
    change(office)
    assert (recognise(office, opened(office)) is not None) is is_known


def test_a_form_in_the_database_holds_no_text(office: Office) -> None:
    make(office, office.prepare(FIRST), template="template")
    office.computer.stop()
    for path in office.computer.paths.database_path.parent.glob("esign.db*"):
        assert "擅自转租".encode() not in path.read_bytes()
    office.start()


def test_a_scan_is_recognized_by_its_file_only(office: Office) -> None:
    path = office.folder / "scan.pdf"
    path.write_bytes(build(Page(), Page()))
    document = office.services.documents.open(path)
    preset = make(office, add_documents(ContractDraft.new(), [document]))
    again = office.folder / "again.pdf"
    again.write_bytes(path.read_bytes())
    found = recognise(office, office.services.documents.open(again))
    assert found is not None
    assert found.preset.id == preset.id
    again.write_bytes(path.read_bytes() + b"\n% scanned again\n")
    assert recognise(office, office.services.documents.open(again)) is None


def test_a_preset_whose_pdf_is_gone_is_recognized_and_its_seals_have_to_be_checked(office: Office) -> None:
    preset = make(office)
    document = opened(office, clauses=CLAUSES[:-1])
    assert recognise(office, document) is not None
    office.services.presets.paths_of(preset)[0].unlink()
    found = recognise(office, document)
    assert found is not None
    assert all(isinstance(seal, CoordinatePlacement) and seal.is_unverified for seal in found.preset.placements)
    office.services.presets.forms.keep_only(())
    assert recognise(office, document) is None


def test_page_digests_are_still_written_for_earlier_versions(office: Office) -> None:
    preset = make(office)
    path = Path(office.services.presets.paths_of(preset)[0])
    assert preset.documents[0].digests == office.services.documents.text_digests(
        office.services.documents.open(path).id
    )
    assert preset.documents[0].digests[0].sketch
