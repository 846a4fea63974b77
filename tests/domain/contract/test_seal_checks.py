"""Checks of a draft that is edited find what checks from nothing find, and look again only at what changed."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.checks import Checks, check
from esign_desktop.domain.document import PreflightFacts
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.marks import MarkCache
from tests.domain.contract.test_checks import hit
from tests.drafts import (
    NOW_MS,
    make_cross_page,
    make_document,
    make_draft,
    make_keyword,
    make_organization_signer,
    make_person_signer,
    make_seal,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import PlacementId

    Edit = Callable[[ContractDraft, random.Random], ContractDraft]


def one_of(draft: ContractDraft, dice: random.Random) -> set[PlacementId]:
    return {dice.choice(draft.placements).id} if draft.placements else set()


def move(draft: ContractDraft, dice: random.Random) -> ContractDraft:
    return edits.move_placements(draft, one_of(draft, dice), dice.uniform(-300, 300), dice.uniform(-300, 300))


def resize(draft: ContractDraft, dice: random.Random) -> ContractDraft:
    return edits.resize_placements(draft, one_of(draft, dice), dice.choice([None, 20.0, 300.0]))


def put_on_pages(draft: ContractDraft, dice: random.Random) -> ContractDraft:
    return edits.set_pages(draft, one_of(draft, dice), PageRanges.parse(dice.choice(["1", "2-3", "1-9"])))


def remove(draft: ContractDraft, dice: random.Random) -> ContractDraft:
    return edits.remove_placements(draft, one_of(draft, dice))


def give_away(draft: ContractDraft, dice: random.Random) -> ContractDraft:
    return edits.assign_signer(draft, one_of(draft, dice), dice.choice(draft.signers).id)


def rename(draft: ContractDraft, dice: random.Random) -> ContractDraft:
    return edits.rename_document(draft, draft.documents[0].id, dice.choice(["合同", "协议", " "]))


def learn(draft: ContractDraft, dice: random.Random) -> ContractDraft:
    document = draft.documents[0]
    facts = PreflightFacts(has_text=dice.random() < 0.5, pages_without_text=dice.choice([(), (2,)]))
    return replace(draft, documents=(replace(document, facts=facts),))


def shorten(draft: ContractDraft, dice: random.Random) -> ContractDraft:
    document = draft.documents[0]
    return replace(draft, documents=(replace(document, pages=document.pages[: dice.randint(1, 3)]),))


def add(draft: ContractDraft, dice: random.Random) -> ContractDraft:
    name = f"seal {dice.random()}"
    return edits.place(draft, make_seal(name=name, width_pt=120, center=PagePoint(dice.uniform(0, 500), 300)))


EDITS: tuple[Edit, ...] = (move, move, resize, put_on_pages, remove, give_away, rename, learn, shorten, add, add)


@pytest.mark.parametrize("seed", range(12))
def test_edited_drafts_have_the_problems_of_drafts_seen_first(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a dice, no secret
    signers = (make_person_signer(), make_organization_signer())
    draft = make_draft(
        documents=(make_document(pages=4),),
        signers=signers,
        placements=(make_seal(), make_seal(name="2"), make_keyword(), make_cross_page(), make_seal("别处", name="3")),
    )
    document_id, checks = draft.documents[0].id, Checks(MarkCache())
    seen = 0
    for _ in range(60):
        draft = dice.choice(EDITS)(draft, dice)
        hits = {(document_id, "乙方"): dice.choice([None, (), (hit(),), (hit(), hit(2))])}
        found = checks.of(draft, hits, now_ms=NOW_MS)
        assert found == check(draft, hits, now_ms=NOW_MS)
        seen += len(found)
    assert seen > 100


def test_a_seal_that_did_not_change_is_not_checked_again() -> None:
    outside = PagePoint(-10.0, 300.0)
    draft = make_draft(placements=(make_seal(center=outside), make_seal(name="other", center=outside)))
    checks = Checks(MarkCache())
    before = {p.subject: p for p in checks.of(draft, {}, now_ms=NOW_MS) if p.code == "placement.off_the_page"}
    draft = edits.move_placements(draft, {draft.placements[1].id}, 0.0, -200.0)
    after = {p.subject: p for p in checks.of(draft, {}, now_ms=NOW_MS) if p.code == "placement.off_the_page"}
    kept = [subject for subject in before if after.get(subject) is before[subject]]
    assert len(before) == 2
    assert [getattr(subject, "placement_id", None) for subject in kept] == [draft.placements[0].id]
