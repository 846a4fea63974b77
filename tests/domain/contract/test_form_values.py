"""Values that are typed once, follow signers, or come as tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.added_pages import FRAME, AddedPdf, AddedTable
from esign_desktop.domain.contract.form_values import (
    fill_form,
    follow_signer,
    form_values,
    linked_names,
    set_blocks,
    set_linked,
    suits,
    with_followed,
    with_form_values,
    with_linked_values,
    without_form_values,
)
from esign_desktop.domain.document import Document, FieldSource, SignerDatum, TemplateFilling, WantedField
from esign_desktop.domain.preset.questions import AnswerKind
from tests.drafts import make_document, make_draft, make_person, make_person_signer

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft

NAME, AMOUNT = WantedField("name", label="姓名"), WantedField("amount", label="金额", kind=AnswerKind.AMOUNT)
ALSO_NAME = WantedField("form1[0].name", label="姓 名：")


def form(title: str, *wanted: WantedField) -> Document:
    return make_document(title, template=TemplateFilling("template", (), wanted))


def two_forms() -> ContractDraft:
    return make_draft(documents=(form("a", NAME, AMOUNT), form("b", ALSO_NAME)))


def values(draft: ContractDraft) -> list[dict[str, str]]:
    return [dict(one.template.fields) for one in draft.documents if one.template is not None]


def test_a_value_is_typed_once_for_all_fields_of_its_label() -> None:
    draft = two_forms()
    first, second = (document.id for document in draft.documents)
    assert linked_names(draft, first) == {"name"}
    filled = fill_form(draft, second, ALSO_NAME.name, "张三")
    assert values(filled) == [{"name": "张三"}, {ALSO_NAME.name: "张三"}]
    assert values(fill_form(filled, first, "amount", "1")) == [
        {"name": "张三", "amount": "1"},
        {ALSO_NAME.name: "张三"},
    ]


def test_a_field_that_is_unlinked_has_its_own_value_until_it_is_linked_again() -> None:
    draft = two_forms()
    first, second = (document.id for document in draft.documents)
    alone = set_linked(fill_form(draft, first, "name", "张三"), second, ALSO_NAME.name, is_linked=False)
    apart = fill_form(alone, second, ALSO_NAME.name, "李四")
    assert values(apart) == [{"name": "张三"}, {ALSO_NAME.name: "李四"}]
    assert values(fill_form(apart, first, "name", "王五"))[1] == {ALSO_NAME.name: "李四"}
    assert values(set_linked(apart, second, ALSO_NAME.name, is_linked=True))[1] == {ALSO_NAME.name: "张三"}


def test_fields_of_another_kind_share_nothing() -> None:
    draft = make_draft(documents=(form("a", NAME), form("b", replace(ALSO_NAME, kind=AnswerKind.DATE))))
    assert values(fill_form(draft, draft.documents[0].id, "name", "张三"))[1] == {}


def test_a_form_that_comes_in_takes_what_is_known() -> None:
    draft = two_forms()
    draft = fill_form(draft, draft.documents[0].id, "name", "张三")
    came = with_linked_values(draft, form("c", NAME, AMOUNT))
    assert came.template is not None
    assert came.template.fields == (("name", "张三"),)


def test_a_field_follows_its_signer_until_something_is_typed() -> None:
    draft = two_forms()
    first = draft.documents[0].id
    signer = draft.signers[0]
    assert signer == make_person_signer()
    source = FieldSource("name", signer.id, SignerDatum.NAME)
    followed = follow_signer(draft, first, source)
    assert values(followed) == [{"name": "张三"}, {ALSO_NAME.name: "张三"}]
    renamed = replace(followed, signers=(replace(make_person_signer(), person=make_person("张珊")),))
    assert values(with_followed(renamed)) == [{"name": "张珊"}, {ALSO_NAME.name: "张珊"}]
    typed = fill_form(followed, first, "name", "李四")
    again = with_followed(replace(typed, signers=renamed.signers))
    assert values(again)[0] == {"name": "李四"}


def test_a_number_that_is_known_no_more_stays_as_it_was() -> None:
    draft = two_forms()
    first, signer = draft.documents[0].id, make_person_signer()
    followed = follow_signer(draft, first, FieldSource("name", signer.id, SignerDatum.NUMBER))
    known = replace(signer, person=make_person(id_number="", account_id="account"))
    assert values(with_followed(replace(followed, signers=(known,)))) == values(followed)


def test_who_is_gone_is_followed_no_more() -> None:
    draft = two_forms()
    followed = follow_signer(draft, draft.documents[0].id, FieldSource("name", draft.signers[0].id, SignerDatum.NAME))
    left = with_followed(replace(followed, signers=()))
    assert values(left) == values(followed)
    assert all(one.template is not None and not one.template.sources for one in left.documents)


def test_a_passport_is_no_residents_number() -> None:
    passport = replace(make_person_signer(), person=make_person(id_type=PersonIdType.PASSPORT))
    assert suits(AnswerKind.ID_NUMBER, make_person_signer(), SignerDatum.NUMBER)
    assert not suits(AnswerKind.ID_NUMBER, passport, SignerDatum.NUMBER)
    assert suits(AnswerKind.TEXT, passport, SignerDatum.NUMBER)


def test_tables_add_pages_at_the_end_and_take_them_away() -> None:
    draft = two_forms()
    first = draft.documents[0]
    table = AddedTable((("a", "b"), *((str(n), "x") for n in range(100))))
    longer = set_blocks(draft, first.id, (table,)).documents[0]
    assert longer.template is not None
    assert longer.template.added_pages > 1
    assert longer.pages == first.pages + (FRAME,) * longer.template.added_pages
    assert set_blocks(replace(draft, documents=(longer,)), first.id, ()).documents[0] == first


def test_what_is_taken_out_of_the_forms_can_be_put_back() -> None:
    draft = two_forms()
    filled = fill_form(draft, draft.documents[0].id, "name", "张三")
    filled = set_blocks(filled, draft.documents[1].id, (AddedTable((("x",),)),))
    bare = without_form_values(filled)
    assert values(bare) == [{}, {}]
    assert [len(one.pages) for one in bare.documents] == [len(one.pages) for one in filled.documents]
    assert with_form_values(bare, form_values(filled)) == filled


def test_tables_are_put_back_between_the_files_that_they_were_taken_from() -> None:
    draft = two_forms()
    pdf = AddedPdf("terms.pdf", "a" * 64, 9, (FRAME,))
    blocks = (AddedTable((("x",),)), pdf, AddedTable((("y",),)))
    filled = set_blocks(draft, draft.documents[0].id, blocks)
    bare = without_form_values(filled)
    assert form_values(bare) == {}
    template = bare.documents[0].template
    assert template is not None
    assert template.blocks == (AddedTable(), pdf, AddedTable())
    assert with_form_values(bare, form_values(filled)) == filled
