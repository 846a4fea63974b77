from __future__ import annotations

from dataclasses import replace

import pytest

from esign_desktop.api.payload import SignerAccounts
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import SigningLink
from esign_desktop.domain.signer import SignerId, SigningTerms
from esign_desktop.services.flows.progress import links_of
from esign_desktop.services.sending.facts import links_by_signer
from tests.drafts import make_application_signer, make_draft, make_organization_signer, make_person_signer
from tests.ui.flow_samples import make_flow, make_signer

ZHANG, LI = SignerId("id of 张三"), SignerId("id of 李四")
COMPANY = SignerId("id of 示例有限公司")
DRAFT = make_draft(
    signers=(make_person_signer(), make_person_signer("李四"), make_organization_signer(), make_application_signer())
)
ACCOUNTS = {ZHANG: SignerAccounts("1"), LI: SignerAccounts("2"), COMPANY: SignerAccounts("1", "9")}


def test_link_goes_to_the_signer_of_its_account() -> None:
    links = links_by_signer(DRAFT, ACCOUNTS, (SigningLink("2", ("http://b",)),))
    assert links == {LI: ("http://b",)}


def test_account_that_signs_twice_gets_its_links_in_turn() -> None:
    links = links_by_signer(DRAFT, ACCOUNTS, (SigningLink("1", ("http://a", "http://c")),))
    assert links == {ZHANG: ("http://a",), COMPANY: ("http://c",)}


def test_one_link_for_both_parts_serves_both() -> None:
    links = links_by_signer(DRAFT, ACCOUNTS, (SigningLink("1", ("http://a",)),))
    assert links == {ZHANG: ("http://a",), COMPANY: ("http://a",)}


def test_several_entries_of_one_account_count_as_one() -> None:
    told = (SigningLink("1", ("http://a",)), SigningLink("1", ("http://c",)), SigningLink("other", ("http://x",)))
    assert links_by_signer(DRAFT, ACCOUNTS, told) == {ZHANG: ("http://a",), COMPANY: ("http://c",)}


@pytest.mark.parametrize("kind", [EnvironmentKind.TEST, EnvironmentKind.PRODUCTION])
def test_only_links_that_lead_to_the_public_web_are_opened_copied_and_drawn(kind: EnvironmentKind) -> None:
    good = "https://sign.example.com/s/1"
    bad = ("javascript:alert(1)", "file:///etc/passwd", "http://sign.example.com/s/1", "https://127.0.0.1/s", "")
    signer = make_signer(urls=(*bad, good))
    assert links_of(make_flow(environment=kind, signers=(signer,)), signer) == (good,)


def test_several_links_of_one_signer_are_all_kept() -> None:
    links = links_by_signer(DRAFT, ACCOUNTS, (SigningLink("2", ("http://a", "http://b")),))
    assert links == {LI: ("http://a", "http://b")}


def test_an_own_seal_that_is_not_silent_gets_the_link_that_is_nobody_elses() -> None:
    own = replace(make_application_signer(), terms=SigningTerms(1, is_silent=False))
    draft = make_draft(signers=(make_person_signer(), own))
    told = (SigningLink("1", ("http://a",)), SigningLink("unknown", ("http://o",)))
    assert links_by_signer(draft, {ZHANG: SignerAccounts("1")}, told) == {ZHANG: ("http://a",), own.id: ("http://o",)}
