"""However the platform behaves: what the window draws is what is stamped when the environment knows it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esign_desktop.api.payload import SignerAccounts, start_body
from esign_desktop.domain.environment import CrossPageSplit, KeywordOrigin, PlatformBehaviour, SealAnchor
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.placing.placement import marks_of
from esign_desktop.sandbox.fields import Fields
from esign_desktop.sandbox.options import SandboxOptions
from esign_desktop.sandbox.pages import open_pdf
from esign_desktop.sandbox.stamping import Stamp, stamps_of
from esign_desktop.sandbox.start_request import read_positions
from tests.drafts import (
    make_cross_page,
    make_document,
    make_draft,
    make_keyword,
    make_organization_signer,
    make_person_signer,
    make_seal,
)
from tests.pdf.builder import Page, build
from tests.pdf.local_engine import LocalEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import KeywordHit, SealMark

TOLERANCE_PT = 0.02
"""Numbers are sent with two decimals."""

PERSON, COMPANY = make_person_signer(), make_organization_signer()


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bytes, ContractDraft, tuple[KeywordHit, ...]]]:
    """Three pages; the keyword stands twice on the first in another size each, and once on the last."""
    path = tmp_path_factory.mktemp("contract") / "contract.pdf"
    first = Page().write("乙方签字", 100, 700).write("乙方签字", 300, 300, size=20.0)
    path.write_bytes(build(first, Page().write("附件", 100, 700), Page().write("乙方签字", 60.5, 90)))
    engine = LocalEngine()
    opened = engine.open(path)
    document = replace(make_document(), pages=opened.pages)
    yield (
        path.read_bytes(),
        make_draft(documents=(document,), signers=(PERSON, COMPANY)),
        engine.find(opened.handle, "乙方签字"),
    )
    engine.close(opened.handle)


def sandbox_options(behaviour: PlatformBehaviour) -> SandboxOptions:
    values: dict[str, Any] = {
        name: behaviour.as_values()[name]
        for name in (
            *("seal_anchor", "keyword_origin", "cross_page_split"),
            *("organization_seal_width_pt", "person_seal_width_pt"),
        )
    }
    return SandboxOptions("p", "s", Path(), **values)


def stamped(content: bytes, draft: ContractDraft, behaviour: PlatformBehaviour) -> list[Stamp]:
    """Return what the platform would stamp of what would be sent."""
    body: Any = start_body(
        draft,
        doc_ids={draft.documents[0].id: "d"},
        account_ids={PERSON.id: SignerAccounts("p"), COMPANY.id: SignerAccounts("a", "o")},
        auto_initiate=0,
        behaviour=behaviour,
        sent_at_ms=0,
    )
    options, stamps = sandbox_options(behaviour), []
    with open_pdf(content) as pdf:
        for signer in body["recipientList"]["signerList"]:
            own = options.organization_seal_width_pt if "authorizationOrgId" in signer else options.person_seal_width_pt
            (signing,) = read_positions(Fields(signer), {"d": 3})
            for place in signing.places:
                stamps += stamps_of(pdf, place, own, options)
    return stamps


def shown_part(one: Stamp) -> tuple[float, float, float, float]:
    half = one.width / 2
    return one.clip or (one.center_x - half, one.center_y - half, one.center_x + half, one.center_y + half)


def drawn_part(mark: SealMark) -> tuple[float, float, float, float]:
    return mark.rect.left_pt, mark.rect.bottom_pt, mark.rect.right_pt, mark.rect.top_pt


COMBINATIONS = tuple(itertools.product(SealAnchor, KeywordOrigin, CrossPageSplit))


@pytest.mark.parametrize(("anchor", "origin", "split"), COMBINATIONS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    x=st.floats(60, 500),
    y=st.floats(60, 700),
    width=st.none() | st.floats(10, 300),
    own=st.sampled_from([(159.0, 95.0), (113.4, 60.0)]),
    is_company=st.booleans(),
)
def test_stamps_are_what_is_drawn_for_a_platform_that_behaves_so(
    contract: tuple[bytes, ContractDraft, tuple[KeywordHit, ...]],
    anchor: SealAnchor,
    origin: KeywordOrigin,
    split: CrossPageSplit,
    x: float,
    y: float,
    width: float | None,
    own: tuple[float, float],
    is_company: bool,
) -> None:
    content, draft, hits = contract
    behaviour = PlatformBehaviour(
        anchor,
        origin,
        split,
        organization_seal_width_pt=own[0],
        person_seal_width_pt=own[1],
    )
    signer = COMPANY if is_company else PERSON
    placements = (
        make_seal(pages="1-2", center=PagePoint(x, y), width_pt=width, signer_id=signer.id),
        make_keyword(keyword="乙方签字", offset_x_pt=x - 280, offset_y_pt=y - 380, width_pt=width, signer_id=signer.id),
        make_cross_page(center_y_pt=y, width_pt=width, signer_id=signer.id),
    )
    assert len(hits) == 3
    document = draft.documents[0]
    draft = replace(draft, placements=placements, behaviour=behaviour)
    marks = [mark for one in placements for mark in marks_of(one, signer, document, behaviour, hits)]
    stamps = stamped(content, draft, behaviour)
    assert [one.page_number for one in stamps] == [mark.page_number for mark in marks]
    for one, mark in zip(stamps, marks, strict=True):
        assert shown_part(one) == pytest.approx(drawn_part(mark), abs=TOLERANCE_PT)
        if one.clip is not None:
            # The slice shows that part of the seal which the window draws in it.
            left_of_slice = one.clip[0] - (one.center_x - one.width / 2)
            assert left_of_slice == pytest.approx(mark.slice_index * mark.rect.width_pt, abs=TOLERANCE_PT)


@pytest.mark.parametrize(
    "known",
    [
        PlatformBehaviour(seal_anchor=SealAnchor.LOWER_LEFT),
        PlatformBehaviour(keyword_origin=KeywordOrigin.CENTRE),
        PlatformBehaviour(keyword_origin=KeywordOrigin.RIGHT_BOTTOM),
        PlatformBehaviour(organization_seal_width_pt=100.0),
    ],
)
def test_stamps_stand_elsewhere_on_a_platform_that_behaves_otherwise_than_known(
    contract: tuple[bytes, ContractDraft, tuple[KeywordHit, ...]], known: PlatformBehaviour
) -> None:
    content, draft, hits = contract
    keyword = make_keyword(keyword="乙方签字", offset_x_pt=10.0, signer_id=COMPANY.id)
    draft = replace(draft, placements=(keyword,))
    marks = marks_of(keyword, COMPANY, draft.documents[0], PlatformBehaviour(), hits)
    stamps = stamped(content, draft, known)
    if known.seal_anchor is SealAnchor.LOWER_LEFT:
        # What is sent follows the setting too, so that the platform stamps where it was drawn all the same.
        assert shown_part(stamps[0]) == pytest.approx(drawn_part(marks[0]), abs=TOLERANCE_PT)
    else:
        assert shown_part(stamps[0]) != pytest.approx(drawn_part(marks[0]), abs=1.0)
