"""The documents of a contract are matched with the forms of a remembered contract, one to one."""

from __future__ import annotations

from itertools import permutations

import pytest

from esign_desktop.domain.matching.contracts import most_alike_contract
from esign_desktop.domain.matching.form import ReadForm, RememberedForm, read_form, remember
from tests.domain.matching.documents import FORM, KEY, OTHERS, VALUES, filled, paper

TWIN = FORM.replace("承租方不得擅自转租", "承租方可以自行转租")
LIST = """房屋交接清单
一、出租方已将房屋的钥匙、门禁卡和水电表读数当面交付承租方。
二、承租方已当面查验房屋内的家具和电器,确认均可正常使用。
三、交接后家具和电器的日常维护由承租方负责,自然损耗除外。
四、合同终止时,承租方应当按照本清单逐项返还并结清费用。
五、返还时缺少或者损坏的物品,由承租方按照市场价格补足。
六、本清单是租赁合同的附件,与租赁合同具有同等效力。"""


def read(form: str, values: dict[str, str] = OTHERS) -> ReadForm:
    """Return a document on a form as it is compared."""
    return read_form(paper(form) if form is LIST else filled(values, form), KEY)


def form(text: str) -> RememberedForm:
    """Return what is remembered of a document on a form."""
    return remember(read(text, VALUES))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_each_document_is_found_whatever_their_order(order: tuple[int, ...]) -> None:
    texts = FORM, TWIN, LIST
    match = most_alike_contract([[form(text) for text in texts]], [read(texts[index]) for index in order])
    assert match is not None
    assert tuple(order[index] for index in match.document_indices) == (0, 1, 2)
    assert match.wording_count == 0


def test_a_contract_with_fewer_differences_is_meant() -> None:
    contracts = [[form(TWIN), form(LIST)], [form(FORM), form(LIST)], [form(FORM)]]
    for number in (0, 1):
        text = (TWIN, FORM)[number]
        match = most_alike_contract(contracts, [read(LIST), read(text)])
        assert match is not None
        assert (match.index, match.document_indices, match.wording_count) == (number, (1, 0), 0)
    single = most_alike_contract(contracts, [read(TWIN)])
    assert single is not None
    assert single.index == 2
    assert single.wording_count > 0


@pytest.mark.parametrize("texts", [(FORM,), (LIST,), (FORM, FORM), (LIST, LIST), (FORM, LIST, LIST), ()])
def test_documents_that_are_not_all_of_a_contract_are_no_contract(texts: tuple[str, ...]) -> None:
    assert most_alike_contract([[form(FORM), form(LIST)]], [read(text) for text in texts]) is None


def test_of_a_form_that_occurs_twice_the_order_decides() -> None:
    contract = [form(FORM), form(LIST), form(FORM)]
    match = most_alike_contract([contract], [read(FORM), read(FORM, VALUES), read(LIST)])
    assert match is not None
    assert match.document_indices == (0, 2, 1)


def test_nothing_is_like_no_contract() -> None:
    assert most_alike_contract([], [read(FORM)]) is None
    assert most_alike_contract([[]], []) is None
