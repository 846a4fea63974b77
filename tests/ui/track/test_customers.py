"""Tests of whose name a contract goes by, over each kind of contract."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.customers import customer_names, customer_of_draft, customer_of_flow
from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OrganizationSigner,
    PersonSigner,
    Signer,
    SigningTerms,
    display_name,
    new_signer_id,
)
from esign_desktop.services.flows.files import file_stem, subfolder
from esign_desktop.services.flows.rows import flow_row
from esign_desktop.ui.text.flow import contract_name
from tests.ui.flow_samples import make_flow, make_signer

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowSigner

OURS = "云禾示例科技有限公司"
AFFILIATE = "云禾示例贸易有限公司"
CUSTOMER = "青石示例商贸有限公司"
OUR_NAMES = frozenset({OURS})
SILENT = SigningTerms(is_silent=True)


def person(name: str) -> Signer:
    return PersonSigner(new_signer_id(), Person(name))


def organization(name: str, agent: str = "陈予安", terms: SigningTerms | None = None) -> Signer:
    signer = OrganizationSigner(new_signer_id(), Organization(name), Person(agent))
    return replace(signer, terms=terms) if terms is not None else signer


def application(name: str = "") -> Signer:
    return ApplicationSigner(new_signer_id(), name)


KINDS: dict[str, tuple[tuple[Signer, ...], str]] = {
    "a person": ((person("林小满"),), "林小满"),
    "our organization first": ((organization(OURS), person("林小满")), "林小满"),
    "an organization with its agent": ((organization(OURS), organization(CUSTOMER)), CUSTOMER),
    "several parties": ((application(), person("李四"), organization(CUSTOMER)), "李四"),
    "our seal is automatic and not in Contacts": ((organization(AFFILIATE, terms=SILENT), person("林小满")), "林小满"),
    "the application has a name": ((application("本公司"), person("林小满")), "林小满"),
    "only ours": ((organization(OURS), application("本公司")), ""),
    "no signer": ((), ""),
}


def as_sent(signers: tuple[Signer, ...]) -> tuple[FlowSigner, ...]:
    return tuple(
        make_signer(
            number,
            display_name(signer),
            account_id="" if isinstance(signer, ApplicationSigner) else f"account {number}",
            is_silent=signer.terms.is_silent,
        )
        for number, signer in enumerate(signers, 1)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_contract_goes_by_its_first_party_that_is_not_ours_before_and_after_it_is_sent(kind: str) -> None:
    signers, expected = KINDS[kind]
    assert customer_of_draft(signers, OUR_NAMES) == expected
    record = make_flow(title="劳动合同", signers=as_sent(signers)[::-1])
    assert customer_of_flow(record, OUR_NAMES) == expected
    assert subfolder(record, expected) == (expected or "劳动合同")
    name = file_stem(record, "劳动合同.pdf", expected, fallback="x")
    assert name == (f"2027-01-15_劳动合同_{expected}" if expected else "2027-01-15_劳动合同")
    row = flow_row(record)
    if expected:
        assert row.customers(OUR_NAMES)[0] == expected
        assert not {OURS, AFFILIATE, "本公司"}.intersection(row.customers(OUR_NAMES))


def test_without_a_mark_in_contacts_only_what_signs_by_itself_is_ours() -> None:
    assert customer_of_draft([organization(OURS), person("林小满")]) == OURS
    assert customer_names([("", False), ("甲", False), ("甲", False), ("乙", True)]) == ("甲",)


def test_an_erased_customer_names_no_contract_and_no_file() -> None:
    record = make_flow(signers=(make_signer(1, FORGOTTEN_NAME),))
    assert customer_of_flow(record) == ""
    assert flow_row(record).customers() == (FORGOTTEN_NAME,)


def test_the_name_of_a_contract_has_its_customer_once() -> None:
    assert contract_name("劳动合同", "林小满") == "劳动合同 – 林小满"
    assert contract_name("劳动合同 林小满", "林小满") == "劳动合同 林小满"
    assert (contract_name("", "林小满"), contract_name("劳动合同", "")) == ("", "劳动合同")
    record = make_flow(signers=())
    assert file_stem(record, "林小满的劳动合同", "林小满", fallback="x") == "2027-01-15_林小满的劳动合同"
