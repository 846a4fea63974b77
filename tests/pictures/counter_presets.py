"""Presets of a branch of a bank that does not exist."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from esign_desktop.app.self_test import driver
from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.options import FlowOptions, SignWithin
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, PlacementId
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId, SigningTerms
from tests.pictures import papers
from tests.pictures.contracts import sample

if TYPE_CHECKING:
    from esign_desktop.domain.preset.preset import Preset
    from tests.pictures.office import Office

_MINUTES_30_MS: Final = 30 * 60_000
_BANK: Final = Organization("示例银行", "91000000MA0000000N")
_CLERK: Final = Person("王经办", id_number="33010019900101001X", mobile="13800000001")
_CUSTOMER: Final = SignerId("customer")
NAMES: Final = {2: "个人借款合同", 3: "抵押合同", 4: "账户管理协议", 6: "征信查询授权书"}
_SIGN_HERE: Final = "乙方（签字）"


def keep_presets(here: Office) -> None:
    """Make a preset for some of the function keys."""
    for key, name in NAMES.items():
        driver.elsewhere(lambda one=(key, name): _keep(here, *one))  # type: ignore[misc]


def keep_named_preset(here: Office) -> None:
    """Make a preset whose pages name its customer, as a program did that did not compare them."""
    presets = here.services.presets
    assert presets is not None
    document = here.services.documents.open(sample(here.folder / "forms"))
    customer = PersonSigner(_CUSTOMER, Person(""), role="乙方")
    seal = CoordinatePlacement(
        PlacementId("customer's"), customer.id, document.id, PageRanges.single(2), PagePoint(400.0, 300.0)
    )
    draft = ContractDraft(
        DraftId("named form"),
        documents=(document,),
        signers=(customer,),
        placements=(seal,),
        options=FlowOptions(document.name),
    )
    environment = here.services.environments.current()

    def keep() -> None:
        preset = presets.make(draft, [_CUSTOMER], name="实施服务", environment=environment, titles={_CUSTOMER: "乙方"})
        presets.assign_key(preset.id, 2)

    driver.elsewhere(keep)


def _keep(here: Office, key: int, name: str) -> Preset:
    presets = here.services.presets
    assert presets is not None
    draft = _draft(here, name)
    document = draft.documents[0]
    hits = {(document.id, _SIGN_HERE): here.services.documents.find(document.id, _SIGN_HERE)}
    preset = presets.make(
        draft,
        [_CUSTOMER],
        name=name,
        environment=here.services.environments.current(),
        titles={_CUSTOMER: "借款人"},
        hits=hits,
    )
    presets.assign_key(preset.id, key)
    return preset


def _draft(here: Office, name: str) -> ContractDraft:
    folder = here.folder / "forms"
    folder.mkdir(exist_ok=True)
    document = here.services.documents.open(papers.annex(folder / f"{name}.pdf", title=name, pages=2))
    customer = PersonSigner(_CUSTOMER, Person("客户"), SigningTerms(1))
    bank = OrganizationSigner(SignerId("bank"), _BANK, _CLERK, SigningTerms(2, is_silent=True))
    seals = (
        KeywordPlacement(PlacementId("customer's"), customer.id, document.id, _SIGN_HERE, 60.0, 10.0),
        CoordinatePlacement(
            PlacementId("bank's"), bank.id, document.id, PageRanges.single(2), PagePoint(400.0, 160.0), 119.0
        ),
    )
    options = replace(FlowOptions(name), deadline=SignWithin(_MINUTES_30_MS), notices=frozenset())
    return ContractDraft(
        DraftId(f"form {name}"), documents=(document,), signers=(customer, bank), placements=seals, options=options
    )
