"""Blocks at the end of a form are arranged, and seals stay on the pages of their blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.added_pages import FRAME, AddedPdf, AddedTable
from esign_desktop.domain.contract.blocks import insert_block, move_block, remove_block, replace_block
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.document import TemplateFilling
from tests.drafts import make_cross_page, make_document, make_draft, make_seal

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft

TABLE = AddedTable((("第一期", "九月"),), has_header=False)
TERMS = AddedPdf("terms.pdf", "a" * 64, 9, (FRAME,) * 2)
PLAN = AddedPdf("plan.pdf", "b" * 64, 9, (FRAME,))
FORM = make_document(pages=2, template=TemplateFilling("template"))


def contract() -> ContractDraft:
    """A form of two pages, a table on page 3, terms on pages 4 and 5, and a plan on page 6, each with a seal."""
    seals = tuple(make_seal(name=f"on {number}", pages=str(number)) for number in range(1, 7))
    return set_blocks(make_draft(documents=(FORM,), placements=seals), FORM.id, (TABLE, TERMS, PLAN))


def seals(draft: ContractDraft) -> dict[str, str]:
    return {str(placement.id): str(getattr(placement, "pages", "")) for placement in draft.placements}


def blocks(draft: ContractDraft) -> tuple[object, ...]:
    template = draft.documents[0].template
    assert template is not None
    assert len(draft.documents[0].pages) == 2 + template.added_pages
    return template.blocks


def test_seals_move_with_their_block() -> None:
    moved = move_block(contract(), FORM.id, 1, 0)
    assert blocks(moved) == (TERMS, TABLE, PLAN)
    assert seals(moved) == {"on 1": "1", "on 2": "2", "on 3": "5", "on 4": "3", "on 5": "4", "on 6": "6"}
    assert move_block(moved, FORM.id, 0, 1) == contract()


def test_seals_of_a_removed_block_are_removed_and_the_others_stay_with_theirs() -> None:
    left = remove_block(contract(), FORM.id, 1)
    assert blocks(left) == (TABLE, PLAN)
    assert seals(left) == {"on 1": "1", "on 2": "2", "on 3": "3", "on 6": "4"}


def test_a_seal_on_several_pages_keeps_those_that_are_left() -> None:
    draft = contract()
    everywhere = make_seal(name="on 1", pages="1-6")
    left = remove_block(replace(draft, placements=(everywhere,)), FORM.id, 1)
    assert seals(left) == {"on 1": "1-4"}


def test_seals_on_pages_that_a_replacement_lacks_move_to_its_last_page() -> None:
    replaced = replace_block(contract(), FORM.id, 1, replace(PLAN, name="other.pdf"))
    assert seals(replaced) == {"on 1": "1", "on 2": "2", "on 3": "3", "on 4": "4", "on 5": "4", "on 6": "5"}


def test_seals_after_a_table_stay_on_their_pages_when_the_table_becomes_longer_or_empty() -> None:
    longer = replace_block(contract(), FORM.id, 0, AddedTable((("第一期", "九月"),) * 60, has_header=False))
    assert seals(longer) == {"on 1": "1", "on 2": "2", "on 3": "3", "on 4": "5", "on 5": "6", "on 6": "7"}
    assert replace_block(longer, FORM.id, 0, TABLE) == contract()
    empty = replace_block(contract(), FORM.id, 0, AddedTable())
    assert seals(empty) == {"on 1": "1", "on 2": "2", "on 3": "3", "on 4": "3", "on 5": "4", "on 6": "5"}


def test_a_block_is_inserted_before_another() -> None:
    inserted = insert_block(contract(), FORM.id, 1, PLAN)
    assert blocks(inserted) == (TABLE, PLAN, TERMS, PLAN)
    assert seals(inserted) == {"on 1": "1", "on 2": "2", "on 3": "3", "on 4": "5", "on 5": "6", "on 6": "7"}


def test_other_seals_and_documents_without_a_form_stay_as_they_are() -> None:
    other = make_document("附件")
    cross = make_cross_page(pages="1-6")
    elsewhere = make_seal("附件", name="elsewhere", pages="3")
    draft = replace(contract(), documents=(*contract().documents, other), placements=(cross, elsewhere))
    assert remove_block(draft, FORM.id, 0).placements == (cross, elsewhere)
    assert remove_block(draft, other.id, 0) == draft
