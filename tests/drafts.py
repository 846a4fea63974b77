"""Made-up drafts and their parts, for any test that needs one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.geometry import PageFrame, PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    PlacementId,
)
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OrganizationSigner,
    PersonSigner,
    SignerId,
    SigningTerms,
)

A4 = PageFrame(595.0, 842.0)
NOW_MS = 1_800_000_000_000


def make_document(name: str = "合同", *, pages: int = 3, frame: PageFrame = A4, **changes: Any) -> Document:
    document = Document(DocumentId(f"id of {name}"), f"/files/{name}.pdf", name, 10_000, "0" * 64, (frame,) * pages)
    return replace(document, **changes)


def make_person(name: str = "张三", **changes: Any) -> Person:
    return replace(Person(name, id_number=f"number of {name}", mobile="13500000000"), **changes)


def make_person_signer(name: str = "张三", *, step: int = 1, person: Person | None = None) -> PersonSigner:
    return PersonSigner(SignerId(f"id of {name}"), person or make_person(name), SigningTerms(step))


def make_organization_signer(name: str = "示例有限公司", *, step: int = 1) -> OrganizationSigner:
    return OrganizationSigner(
        SignerId(f"id of {name}"),
        Organization(name, code=f"code of {name}"),
        make_person(f"{name} agent"),
        SigningTerms(step),
    )


def make_application_signer(*, step: int = 1) -> ApplicationSigner:
    return ApplicationSigner(SignerId("id of the application"), "平台", SigningTerms(step, is_silent=True))


def make_seal(
    document: str = "合同", signer: str = "张三", *, name: str = "seal", pages: str = "1", **changes: Any
) -> CoordinatePlacement:
    seal = CoordinatePlacement(
        PlacementId(name),
        SignerId(f"id of {signer}"),
        DocumentId(f"id of {document}"),
        PageRanges.parse(pages),
        PagePoint(300.0, 400.0),
    )
    return replace(seal, **changes)


def make_keyword(
    document: str = "合同", signer: str = "张三", *, name: str = "keyword", keyword: str = "乙方", **changes: Any
) -> KeywordPlacement:
    placement = KeywordPlacement(
        PlacementId(name), SignerId(f"id of {signer}"), DocumentId(f"id of {document}"), keyword
    )
    return replace(placement, **changes)


def make_cross_page(
    document: str = "合同", signer: str = "张三", *, name: str = "cross page", pages: str = "1-3", **changes: Any
) -> CrossPagePlacement:
    placement = CrossPagePlacement(
        PlacementId(name),
        SignerId(f"id of {signer}"),
        DocumentId(f"id of {document}"),
        PageRanges.parse(pages),
        421.0,
    )
    return replace(placement, **changes)


def make_draft(
    *,
    documents: tuple[Document, ...] | None = None,
    signers: tuple[Any, ...] | None = None,
    placements: tuple[Any, ...] | None = None,
    **changes: Any,
) -> ContractDraft:
    """One document, one person and their seal, unless told otherwise."""
    return replace(
        ContractDraft(
            DraftId("draft"),
            documents=documents if documents is not None else (make_document(),),
            signers=signers if signers is not None else (make_person_signer(),),
            placements=placements if placements is not None else (make_seal(),),
        ),
        **changes,
    )
