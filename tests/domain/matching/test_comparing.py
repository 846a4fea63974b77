"""A form filled in again is recognized, and what is different in a near-twin is named."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from esign_desktop.domain.doubts.paper import Legibility, PaperPage
from esign_desktop.domain.matching.comparing import ChangeKind, Comparison, compare, most_alike, names_read
from esign_desktop.domain.matching.form import RememberedForm, read_form, remember
from esign_desktop.domain.proposal import Proposal
from tests.domain.matching.documents import FORM, KEY, OTHERS, VALUES, filled, paper, party


def _form() -> RememberedForm:
    return remember(read_form(filled(VALUES), KEY))


def _compared(form: str, values: dict[str, str] = VALUES) -> Comparison:
    return compare(_form(), read_form(filled(values, form), KEY))


def test_other_values_are_no_difference() -> None:
    found = _compared(FORM, OTHERS)
    assert found.is_form
    assert found.shared > 0.9
    assert found.wording == ()


def test_values_are_not_named_as_wording() -> None:
    found = _compared(FORM, OTHERS)
    assert {change.kind for change in found.changes} <= {ChangeKind.FILLED}


def test_names_are_those_of_the_new_document() -> None:
    assert names_read(_form(), read_form(filled(OTHERS), KEY)) == ("示例市拾光商贸有限公司", "周知夏")


def test_a_placeholder_is_no_name() -> None:
    blank = read_form(filled({**OTHERS, "lessee": "××××公司"}), KEY)
    assert names_read(_form(), blank) == ("示例市拾光商贸有限公司", "")


@pytest.mark.parametrize("values", [VALUES, OTHERS], ids=["the same values", "other values"])
@pytest.mark.parametrize(
    ("old", "new", "kind", "quoted"),
    [
        ("承租方不得擅自转租", "承租方可以擅自转租", ChangeKind.CHANGED, "可以擅自转租"),
        ("承租方不得擅自转租", "出租方不得擅自转租", ChangeKind.CHANGED, "出租方不得擅自转租"),
        ("承租方不得擅自转租", "承租方擅自转租", ChangeKind.CHANGED, "承租方擅自转租"),
        ("房屋符合居住条件", "房屋不符合居住条件", ChangeKind.CHANGED, "不符合居住条件"),
        ("应当赔偿", "无须赔偿", ChangeKind.CHANGED, "无须赔偿"),
        ("由双方协商解决", "按惯例处理", ChangeKind.CHANGED, "按惯例处理"),
        ("第六条因履行本合同发生争议的,由双方协商解决.\n", "", ChangeKind.MISSING, "遭受的全部损失"),
        ("第七条", "第七条承租方提前解除合同的,应当支付违约金.\n第八条", ChangeKind.ADDED, "应当支付违约金"),
    ],
)
def test_a_changed_clause_is_named(old: str, new: str, kind: ChangeKind, quoted: str, values: dict[str, str]) -> None:
    found = _compared(FORM.replace(old, new), values)
    assert found.is_form
    (change,) = found.wording
    assert change.kind is kind
    assert quoted in change.text
    assert change.page_number == 1


def test_a_value_within_a_sentence_is_told_apart_from_wording() -> None:
    one, other = (FORM.replace("居住条件", f"{use}条件") for use in ("居住", "仓储"))
    found = compare(remember(read_form(filled(VALUES, one), KEY)), read_form(filled(OTHERS, other), KEY))
    assert [(change.kind, change.text) for change in found.changes] == [
        (ChangeKind.FILLED, "出租方应当保证房屋符合仓储条件")
    ]


def _kinds(one: str, other: str) -> list[ChangeKind]:
    """Return the differences between two fillings of a form with a further sentence or line."""
    texts = (FORM.replace("第七条", f"{text}第七条") for text in (one, other))
    forms = [read_form(filled(VALUES, text), KEY) for text in texts]
    return [change.kind for change in compare(remember(forms[0]), forms[1]).changes]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "承租方将轴承自云岭货站运至锦川码头,并派王建军到场.\n",
            "承租方将滤芯自东湖仓库运至北桥车站,并派古丽娜尔·艾合买提到场.\n",
        ),
        ("承租方将轴承自云岭货站运至锦川码头.\n", "承租方将轴承自锦川码头运至东湖仓库.\n"),
        ("联系人为阿不都拉·吐尔逊,送达地点为云岭货站.\n", "联系人为周知夏,送达地点为环湖大道8号B座.\n"),
        ("押金每年¥54500.00元,承租方于入住时付清.\n", "押金每年人民币3,200元,承租方于入住时付清.\n"),
        ("承租方将云岭货站的库房转交出租方.\n", "承租方将____的库房转交出租方.\n"),
        ("附件:木椅3把\n", "附件:木椅3把\n附件:滤芯9个\n附件:电缆2卷\n"),
        ("附件:木椅3把\n附件:滤芯9个\n附件:电缆2卷\n", "附件:木椅3把\n"),
        ("电话:0999-1234567\n注意防火,禁止堆放.\n", "注意防火,禁止堆放.\n电话:0999-7654321\n"),
    ],
)
def test_values_of_other_length_are_no_difference(one: str, other: str) -> None:
    assert set(_kinds(one, other)) <= {ChangeKind.FILLED}


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (
            "承租方将轴承自云岭货站运至锦川码头,不得转运.\n",
            "承租方将滤芯自东湖仓库运至北桥车站,可以转运.\n",
            ChangeKind.CHANGED,
        ),
        ("承租方派王建军到场,提前通知出租方,运费另计.\n", "承租方派周知夏到场,运费另计.\n", ChangeKind.CHANGED),
        ("承租方派王建军到场,迟到,运费另计.\n", "承租方派周知夏到场,承担责任,运费另计.\n", ChangeKind.CHANGED),
        ("承租方派王建军保管轴承滤芯电缆木椅.\n", "承租方派王建军保管.\n", ChangeKind.MISSING),
        (
            "出租方于交接日将库房打扫干净并且清点.\n",
            "出租方于交接日将轴承和滤芯和电缆和木椅和包装箱和示例阀门清点.\n",
            ChangeKind.CHANGED,
        ),
        ("附件:木椅3把\n", "注意事项以出租方的通知为准.\n附件:木椅3把\n", ChangeKind.ADDED),
    ],
)
def test_wording_beside_values_is_named(one: str, other: str, kind: ChangeKind) -> None:
    assert kind in _kinds(one, other)


def test_a_blank_that_stays_open_is_no_change_of_wording() -> None:
    open_blank = FORM.replace("符合居住条件", "符合____条件")
    assert [change.kind for change in _compared(open_blank).changes] == [ChangeKind.FILLED]


def test_a_missing_clause_tells_its_length() -> None:
    found = _compared(FORM.replace("第六条因履行本合同发生争议的,由双方协商解决.\n", ""))
    assert [change.letters_gone for change in found.wording] == [len("因履行本合同发生争议的由双方协商解决")]


def test_a_moved_clause_is_named() -> None:
    clause = "第五条一方违反本合同的,应当赔偿对方因此遭受的全部损失.\n"
    found = _compared(FORM.replace(clause, "").replace("第三条", f"{clause}第三条"))
    assert ChangeKind.MOVED in {change.kind for change in found.wording}


def test_another_party_is_named() -> None:
    document = filled(VALUES)
    third = party("保证人", "", (1, 72, 680))
    more = replace(document, proposal=Proposal((*document.proposal.parties, third)))
    found = compare(_form(), read_form(more, KEY))
    assert [(change.kind, change.text) for change in found.wording] == [(ChangeKind.PARTY_ADDED, "保证人")]


def test_a_missing_party_is_named() -> None:
    document = filled(VALUES)
    fewer = replace(document, proposal=Proposal(document.proposal.parties[:1]))
    found = compare(_form(), read_form(fewer, KEY))
    assert [(change.kind, change.text) for change in found.wording] == [(ChangeKind.PARTY_MISSING, "承租方")]


def test_a_second_place_to_sign_is_named() -> None:
    document = filled(VALUES)
    parties = (document.proposal.parties[0], party("承租方", "", (1, 72, 640), (1, 72, 300)))
    found = compare(_form(), read_form(replace(document, proposal=Proposal(parties)), KEY))
    assert [(change.kind, change.text) for change in found.wording] == [(ChangeKind.PLACES, "承租方")]


def test_exchanged_places_to_sign_are_named() -> None:
    document = filled(VALUES)
    parties = (party("出租方", "", (1, 72, 640)), party("承租方", "", (1, 72, 600)))
    found = compare(_form(), read_form(replace(document, proposal=Proposal(parties)), KEY))
    assert [change.kind for change in found.wording] == [ChangeKind.ORDER]


def test_a_party_may_be_called_by_another_of_its_words() -> None:
    document = filled(VALUES)
    lessor = party("甲方", "林小满", (1, 72, 600), aliases=("出租方",))
    found = compare(
        _form(), read_form(replace(document, proposal=Proposal((lessor, document.proposal.parties[1]))), KEY)
    )
    assert found.wording == ()


def test_another_contract_is_not_the_form() -> None:
    other = paper(
        "保密协议\n甲方:\n乙方:\n第一条乙方应当对甲方提供的技术资料保密,未经许可不得披露.\n第二条保密期限为五年,自签订之日起计算."
        "\n第三条乙方违反约定的,应当承担违约责任,并退还全部资料.\n第四条乙方的雇员离职以后,仍然负有保密义务."
    )
    found = compare(_form(), read_form(other, KEY))
    assert not found.is_form
    assert found.changes == ()


def test_a_document_with_hardly_any_wording_is_no_form() -> None:
    short = read_form(paper("甲方(签章):\n乙方(签章):"), KEY)
    assert not compare(remember(short), short).is_form


def test_a_document_without_text_is_no_form() -> None:
    scan = read_form(replace(paper(""), pages=(PaperPage(), PaperPage())), KEY)
    assert not compare(_form(), scan).is_form
    assert not compare(remember(scan), scan).is_form
    assert most_alike([_form(), remember(scan)], scan) is None


def test_pages_that_cannot_be_read_are_named() -> None:
    document = filled(OTHERS)
    scanned = (PaperPage(), PaperPage("一丁七", Legibility.CHARACTERS), PaperPage(legibility=Legibility.NONE))
    more = read_form(replace(document, pages=(*document.pages, *scanned)), KEY)
    found = compare(_form(), more)
    assert [(change.kind, change.page_number) for change in found.wording] == [
        (ChangeKind.UNREAD, 2), (ChangeKind.UNREAD, 3), (ChangeKind.UNREAD, 4),
    ]  # fmt: skip
    assert compare(remember(more), more).changes == ()


def test_most_alike_is_the_own_form_and_not_its_twin() -> None:
    twin = remember(read_form(filled(VALUES, FORM.replace("承租方不得", "承租方可以")), KEY))
    own = _form()
    assert most_alike([twin, own], read_form(filled(OTHERS), KEY)) is own
    assert most_alike([own, twin], read_form(filled(OTHERS), KEY)) is own


def test_with_another_key_nothing_is_recognized() -> None:
    assert most_alike([_form()], read_form(filled(VALUES), b"another key")) is None


def test_many_inserted_rows_do_not_hide_the_form() -> None:
    rows = "".join(f"{number}.按照样品的颜色制作,每箱附合格证和装箱单.\n" for number in range(12))
    found = _compared(FORM.replace("第三条", f"{rows}第三条"), OTHERS)
    assert found.is_form
    assert [change.kind for change in found.wording] == [ChangeKind.ADDED]


def test_page_headers_and_breaks_within_a_sentence_are_no_difference() -> None:
    pages = FORM.replace("承租方不得", "\f承租方不得").replace("应当赔偿", "\f应当赔偿")
    numbered = enumerate(pages.split("\f"), 1)
    headed = "\f".join(f"示例示范合同文本\n{page}\n第{number}页共3页" for number, page in numbered)
    assert _compared(headed, OTHERS).wording == ()


def test_a_document_of_repeated_words_takes_no_time() -> None:
    repeated = read_form(paper("甲方应当按照本合同支付,\n" * 20_000), KEY)
    started_s = time.perf_counter()
    assert not compare(remember(repeated), repeated).is_form
    assert time.perf_counter() - started_s < 1.0


def test_a_long_passage_of_one_letter_takes_no_time() -> None:
    rows = ["\n".join(f"注意{'甲' * (one + number % 7)}事项." for number in range(250)) for one in (20, 50)]
    one, other = (read_form(filled(VALUES, FORM * 20 + row), KEY) for row in rows)
    started_s = time.thread_time()
    compare(remember(one), other)
    assert time.thread_time() - started_s < 1.0


@pytest.mark.parametrize(
    "text", ["_" * 60_000, "1" * 60_000, "1." * 30_000, "(" * 60_000, "甲" * 60_000, "a" * 60_000, "路1号" * 20_000]
)
def test_hostile_text_is_read_in_time(text: str) -> None:
    started_s = time.perf_counter()
    read_form(paper(text, party("出租方", "林小满")), KEY)
    assert time.perf_counter() - started_s < 3.0
