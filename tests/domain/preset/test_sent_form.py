"""The open places of a layout follow the parties that the next document names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.preset.sent_form import with_kinds
from tests.domain.matching.documents import party
from tests.domain.preset.test_preset import make_preset

if TYPE_CHECKING:
    from esign_desktop.domain.proposal import ProposedParty

FIRM = party("乙方", "示例市拾光商贸有限公司")
PERSON = party("乙方", "周知夏")
LENDER = party("甲方", "示例银行")


@pytest.mark.parametrize("parties", [(FIRM,), (FIRM, LENDER), (LENDER, FIRM)], ids=["alone", "first", "second"])
def test_an_open_place_becomes_an_organizations_wherever_the_document_names_one(
    parties: tuple[ProposedParty, ...],
) -> None:
    (customer,) = with_kinds(make_preset(), parties).customers
    assert customer.kind is AccountKind.ORGANIZATION


@pytest.mark.parametrize("parties", [(PERSON, LENDER), (LENDER,), (party("乙方", "××××公司"),), ()])
def test_an_open_place_stays_a_persons_if_the_document_names_a_person_or_no_party(
    parties: tuple[ProposedParty, ...],
) -> None:
    preset = make_preset()
    assert with_kinds(preset, parties) == preset
