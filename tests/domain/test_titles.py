from __future__ import annotations

from dataclasses import replace

import pytest

from esign_desktop.domain.options import FlowOptions
from esign_desktop.domain.titles import MOST_TITLE_CHARACTERS, Naming, is_rule, with_contract, with_names
from tests.drafts import (
    make_application_signer,
    make_document,
    make_draft,
    make_organization_signer,
    make_person_signer,
)

RULE = "{合同} – {客户}"


@pytest.mark.parametrize(
    ("rule", "customer", "expected"),
    [
        (RULE, "林小满", "劳动合同 – 林小满"),
        ("{Contract} – {CUSTOMER}", "林小满", "劳动合同 – 林小满"),
        ("{客户}", "林小满", "林小满"),
        ("补充协议（{客户}）", "林小满", "补充协议（林小满）"),
        ("2026 年借款", "林小满", "2026 年借款"),
        (RULE, "", "劳动合同"),
        ("{客户}：{合同}", "", "劳动合同"),
        ("{合同} – {客户} – 2026", "", "劳动合同 – 2026"),
        ("补充协议（{客户}）", "", "补充协议"),
        ("{客户}", "", "劳动合同"),
        ("{合同}", "林小满", "劳动合同"),
        (RULE, "{合同}", "劳动合同 – {合同}"),
    ],
)
def test_a_rule_names_the_contract_and_its_customer(rule: str, customer: str, expected: str) -> None:
    assert with_names(rule, "劳动合同", customer) == expected


def test_only_a_text_with_a_placeholder_is_a_rule() -> None:
    assert is_rule(RULE)
    assert is_rule("{customer}")
    assert not is_rule("劳动合同 {甲方}")


def test_a_long_name_of_a_contract_leaves_room_for_the_customer() -> None:
    title = with_names(RULE, "长" * 300, "林小满")
    assert len(title) == MOST_TITLE_CHARACTERS
    assert title.endswith("长 – 林小满")
    assert len(with_names("{客户}", "", "名" * 300)) == MOST_TITLE_CHARACTERS


def test_the_customer_stays_a_placeholder_until_the_customer_is_known() -> None:
    assert with_contract(RULE, "劳动合同") == "劳动合同 – {客户}"


def test_a_title_follows_its_document_and_customer_until_it_is_typed() -> None:
    ours = make_organization_signer()
    naming = Naming(RULE, frozenset({"示例有限公司"}))
    draft = make_draft(signers=(make_application_signer(), ours, make_person_signer("张三")), naming=naming)
    assert draft.title == "合同 – 张三"
    other = replace(draft, signers=(ours, make_person_signer("李四")), documents=(make_document("借款合同"),))
    assert other.title == "借款合同 – 李四"
    assert replace(other, options=FlowOptions("自拟标题")).title == "自拟标题"
    assert replace(other, options=FlowOptions("借款 {客户}")).title == "借款 李四"
    assert replace(draft, documents=()).title == ""
    assert replace(draft, naming=Naming()).title == "合同"
