"""Contracts of several documents that were sent: what is stored of them, and how the next ones are laid out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract import edits
from esign_desktop.domain.document import Document, TemplateFilling
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, PlacementId
from esign_desktop.domain.preset.filling import fill
from esign_desktop.domain.signer import unknown_party
from esign_desktop.store.party_details import KeyringKey, SealedPartyDetails
from esign_desktop.store.secrets import SecretStore
from tests.services.presets.test_sent_forms import (
    CLAUSES,
    FIRST,
    HANDOVER,
    SECOND,
    Office,
    flow,
    office,
    write,
    write_inventory,
)

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import Placement
    from esign_desktop.services.presets.recognition import Recognition

__all__ = ["office"]

TWIN = (*HANDOVER[:2], HANDOVER[2].replace("乙方负责", "甲方负责"), *HANDOVER[3:])


def lease(office: Office, name: str = SECOND, **kwargs: object) -> Document:
    """Open a lease."""
    return office.services.documents.open(write(office.folder / f"{name}.pdf", name, **kwargs))  # type: ignore[arg-type]


def inventory(office: Office, name: str = SECOND, **kwargs: object) -> Document:
    """Open the list of things of a lease."""
    path = write_inventory(office.folder / f"{name}的清单.pdf", name, **kwargs)  # type: ignore[arg-type]
    return office.services.documents.open(path)


def recognise(office: Office, *documents: Document) -> Recognition | None:
    """Return what these documents are recognized as."""
    return office.services.sent_forms.recognise(documents)


def applied(found: Recognition, *documents: Document) -> ContractDraft:
    """Return the contract that is made of what was recognized, with parties whose names are not known."""
    opened = {document.id: document for document in documents}
    parties = {role.id: unknown_party(role.kind) for role in found.preset.customers}
    return fill(found.preset, [opened[one] for one in found.document_ids], parties, hits=found.hits)


def spots(draft: ContractDraft) -> dict[str, list[tuple[str, int, int]]]:
    """Return the signer's index, page and height of each fixed seal, by the name of its document."""
    numbers = {signer.id: number for number, signer in enumerate(draft.signers)}

    def spot(place: Placement) -> tuple[str, int, int]:
        assert isinstance(place, CoordinatePlacement)
        return str(numbers[place.signer_id]), place.pages.first, round(place.center.y_pt)

    return {
        document.name: sorted(spot(place) for place in draft.placements if place.document_id == document.id)
        for document in draft.documents
    }


def names(office: Office, found: Recognition) -> list[str]:
    """Return the names that the documents have for the customers."""
    return list(office.services.presets.pages.names_in(found.preset, found.document_ids).values())


@pytest.mark.parametrize("is_turned", [False, True], ids=["in the same order", "in another order"])
def test_the_next_papers_are_laid_out_as_the_last_ones(office: Office, is_turned: bool) -> None:
    draft = office.prepare(has_inventory=True)
    assert [len(seals) for seals in spots(draft).values()] == [2, 2]
    office.send(draft)
    papers = [lease(office), inventory(office, things=30)]
    found = recognise(office, *(reversed(papers) if is_turned else papers))
    assert found is not None
    assert found.sent is not None
    assert (found.changes, found.unplaced_count) == ((), 0)
    assert found.document_ids == (papers[0].id, papers[1].id)
    after = applied(found, *papers)
    before = spots(draft)
    assert spots(after)[SECOND] == before[FIRST]
    # The list of things is longer, and its seals are on the next page.
    assert [(who, page) for who, page, _ in before[f"{FIRST}的清单"]] == [("0", 1), ("1", 1)]
    assert [(who, page) for who, page, _ in spots(after)[f"{SECOND}的清单"]] == [("0", 2), ("1", 2)]
    assert not any(isinstance(one, CoordinatePlacement) and one.is_unverified for one in after.placements)
    assert names(office, found) == [SECOND]


def test_a_form_of_one_document_is_not_offered_for_several_nor_one_of_several_for_one(office: Office) -> None:
    office.send(office.prepare())
    assert recognise(office, lease(office), inventory(office)) is None
    office.services.sent_forms.forget_all()
    office.send(office.prepare(has_inventory=True))
    assert recognise(office, lease(office)) is None
    assert recognise(office, inventory(office)) is None
    assert recognise(office, lease(office), lease(office, FIRST)) is None
    assert recognise(office, lease(office), inventory(office), inventory(office, FIRST)) is None
    assert recognise(office, lease(office), inventory(office)) is not None


def test_a_contract_alone_and_the_same_one_with_a_second_document_are_two_forms(office: Office) -> None:
    office.send(office.prepare())
    office.send(office.prepare(has_inventory=True), 2)
    office.send(office.prepare(SECOND, has_inventory=True), 3)
    assert office.services.sent_forms.count() == 2
    alone, both = recognise(office, lease(office)), recognise(office, inventory(office), lease(office))
    before = [found.sent for found in (alone, both) if found is not None]
    assert [(one.sent_at_ms, one.use_count) for one in before if one is not None] == [(1_000, 1), (3_000, 2)]


def test_the_documents_of_a_near_twin_are_laid_out_with_the_difference_named(office: Office) -> None:
    office.send(office.prepare(has_inventory=True))
    twin = inventory(office, clauses=TWIN)
    found = recognise(office, twin, lease(office))
    assert found is not None
    (change,) = found.changes
    assert "甲方负责" in change.text
    assert change.document_id == twin.id


def test_a_document_on_another_form_is_no_document_of_the_contract(office: Office) -> None:
    office.send(office.prepare(has_inventory=True))
    other = tuple(f"{number}、双方应当按照设备维护规程第{number}条逐项记录并存档备查。" for number in "一二三四五六")
    assert recognise(office, lease(office), inventory(office, clauses=other)) is None


def test_each_of_two_near_twins_in_a_contract_is_told_from_the_other(office: Office) -> None:
    """A contract that contains a form and its near-twin has no differences, whichever is opened first."""
    draft = edits.add_documents(office.prepare(has_inventory=True), [inventory(office, FIRST, clauses=TWIN)])
    office.send(draft)
    papers = lease(office), inventory(office), inventory(office, FIRST, clauses=TWIN)
    found = recognise(office, papers[2], papers[0], papers[1])
    assert found is not None
    assert found.changes == ()
    assert found.document_ids == tuple(paper.id for paper in papers)


def test_of_a_form_that_a_contract_contains_twice_the_order_decides(office: Office) -> None:
    first = office.prepare()
    draft = edits.add_documents(first, [lease(office, FIRST, rent=9)])
    office.send(draft)
    papers = lease(office, place="临溪环湖大道7号", things=20), lease(office, FIRST)
    for documents in (papers, papers[::-1]):
        found = recognise(office, *documents)
        assert found is not None
        assert found.document_ids == tuple(document.id for document in documents)
        assert {place.document_id for place in found.preset.placements} == {found.preset.documents[0].id}


def test_a_seal_whose_words_are_missing_in_one_document_is_told(office: Office) -> None:
    office.send(office.prepare(has_inventory=True))
    found = recognise(office, lease(office, feet=("出租方（盖章）：", "承租人签名处")), inventory(office))
    assert found is not None
    assert found.unplaced_count == 1
    assert len(found.preset.placements) == 3


def test_a_seal_without_words_stays_in_a_document_of_as_many_pages_only(office: Office) -> None:
    draft = office.prepare(has_inventory=True)
    for document in draft.documents:
        (seal, *_) = [one for one in draft.placements if one.document_id == document.id]
        assert isinstance(seal, CoordinatePlacement)
        far = replace(seal.center, x_pt=560.0, y_pt=30.0)
        far_id = PlacementId(f"far {document.name}")
        draft = edits.place(draft, replace(seal, id=far_id, center=far, width_pt=60.0, anchor=None))
    office.send(draft)
    found = recognise(office, lease(office, things=30), inventory(office))
    assert found is not None
    assert found.unplaced_count == 1
    (left,) = [one for one in found.preset.placements if one.id.startswith("far")]
    assert isinstance(left, CoordinatePlacement)
    assert (left.document_id, left.is_unverified) == (found.preset.documents[1].id, True)


def test_a_keyword_is_searched_for_in_its_own_document(office: Office) -> None:
    draft = office.prepare(has_inventory=True)
    customer = draft.signers[1]
    for document, keyword in zip(draft.documents, ("承租方（签字）", "乙方（签字）"), strict=True):
        seal = KeywordPlacement(PlacementId(keyword), customer.id, document.id, keyword, confirmed_hits=1)
        draft = edits.place(draft, seal)
    office.send(draft)
    papers = lease(office), inventory(office)
    found = recognise(office, *papers[::-1])
    assert found is not None
    assert found.unplaced_count == 0
    assert {search: len(hits or ()) for search, hits in found.hits.items()} == {
        (papers[0].id, "承租方（签字）"): 1,
        (papers[1].id, "乙方（签字）"): 1,
    }
    keywords = [one for one in applied(found, *papers).placements if isinstance(one, KeywordPlacement)]
    assert [(one.document_id, one.keyword) for one in keywords] == [
        (papers[0].id, "承租方（签字）"),
        (papers[1].id, "乙方（签字）"),
    ]


def test_the_customers_name_is_taken_from_the_document_that_has_it(office: Office) -> None:
    office.send(office.prepare(has_inventory=True))
    found = recognise(office, lease(office, " "), inventory(office))
    assert found is not None
    assert names(office, found) == [SECOND]


def test_each_file_is_for_the_next_customer_unless_it_names_this_one(office: Office) -> None:
    draft = edits.add_documents(office.prepare(), [inventory(office, names_parties=False)])
    read = office.services.sent_forms.read(draft)
    assert read is not None
    kept = office.services.sent_forms.keep(read, flow(1, FIRST))
    assert kept is not None
    assert [(one.path, one.is_filled) for one in kept.files] == [
        (draft.documents[0].path, True),
        (draft.documents[1].path, False),
    ]


def test_a_contract_with_a_document_that_cannot_be_recognised_is_not_remembered(office: Office) -> None:
    """A document that a template makes has no file, and a page of one line has too few words."""
    draft = office.prepare(has_inventory=True)
    form, paper = draft.documents
    of_template = replace(draft, documents=(form, paper.created_from(TemplateFilling("template"))))
    assert office.services.sent_forms.read(of_template) is None
    short = inventory(office, " ", clauses=(), things=0, names_parties=False)
    assert office.services.sent_forms.read(edits.add_documents(draft, [short])) is None


def test_forms_of_several_documents_are_there_after_a_start(office: Office) -> None:
    office.send(office.prepare())
    office.send(office.prepare(has_inventory=True), 2)
    office.start()
    assert office.services.sent_forms.count() == 2
    found = recognise(office, inventory(office), lease(office))
    assert found is not None
    assert found.unplaced_count == 0
    assert recognise(office, lease(office)) is not None


def test_rows_of_earlier_builds_are_read_and_damaged_ones_are_left_out(office: Office) -> None:
    office.send(office.prepare())
    office.send(office.prepare(has_inventory=True), 2)
    sealed = SealedPartyDetails(KeyringKey(SecretStore()))
    database = office.computer.database
    bodies = {}
    for form_id, body in database.query("SELECT id, body FROM sent_forms"):
        text = sealed.open(body, f"sent form\0{form_id}".encode())
        assert text is not None
        bodies[form_id] = json.loads(text)
    alone, both = sorted(bodies, key=lambda form_id: len(bodies[form_id]["forms"]))
    # Earlier builds wrote the form of the only document, and omit rows without it.
    del bodies[alone]["forms"]
    assert bodies[alone]["form"]
    assert not bodies[both]["form"]
    bodies[both]["forms"].pop()
    for form_id, values in bodies.items():
        body = sealed.seal(json.dumps(values), f"sent form\0{form_id}".encode())
        database.execute("UPDATE sent_forms SET body = ? WHERE id = ?", (body, form_id))
    office.start()
    assert office.services.sent_forms.count() == 1
    assert recognise(office, lease(office)) is not None
    assert recognise(office, lease(office), inventory(office)) is None


def test_no_clause_of_a_document_is_needed_to_open_another(office: Office) -> None:
    """A document that has a passage more is named, and the other documents are laid out as before."""
    office.send(office.prepare(has_inventory=True))
    longer = (*CLAUSES, "第八条　承租方可以自行处分房屋，出租方不得提出异议，一切后果由出租方承担。")
    paper = lease(office, clauses=longer)
    found = recognise(office, paper, inventory(office))
    assert found is not None
    assert {change.document_id for change in found.changes} == {paper.id}
    assert found.unplaced_count == 0
