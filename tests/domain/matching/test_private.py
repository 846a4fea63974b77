"""What is stored of a form holds nothing of the contract from which it was made."""

from __future__ import annotations

import random
import re
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.matching.form import read_form, remember, whole_hash
from esign_desktop.domain.matching.pieces import pieces_of
from esign_desktop.domain.matching.seals import LabelPlace, SealOfLayout, remember_seal
from esign_desktop.pdf.text.folding import fold
from tests.domain.matching.documents import FORM, KEY, VALUES, filled, paper, party
from tests.pdf.doubting import papers
from tests.pdf.proposing import filling

if TYPE_CHECKING:
    from collections.abc import Iterator

GUESSES = 10_000
FIRM = "云禾示例科技有限公司"
AROUND = ("", "出租方", "由", "与", "代表", "联系人")
BEHIND = ("", "出租方", "地址", "元", "负责")


def guesses(chance: random.Random) -> Iterator[str]:
    """Yield names and numbers of every kind, among them none of those that were filled in."""
    makers = (
        papers.person, papers.organization, filling.person, filling.organization, filling.identity, filling.phone,
        filling.credit_code, filling.address, lambda one: f"{one.randrange(10**7)}元",
    )  # fmt: skip
    for number in range(GUESSES):
        yield makers[number % len(makers)](chance)


def _stored(value: object) -> Iterator[object]:
    """Yield everything that a value consists of."""
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _stored(getattr(value, one.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _stored(one)
    else:
        yield value


def is_confirmed(guess: str, known: set[int], key: bytes = KEY) -> bool:
    """Return whether a guess, alone or with words around it, is one of the known pieces."""
    guess = fold(guess)
    runs = {guess, *re.split("[（）() .,&-]+", guess)} - {""}
    texts = (f"{before}{run}{behind}" for run in runs for before in AROUND for behind in BEHIND)
    return any(whole_hash(text, key) in known for text in texts)


def test_of_10_000_guessed_names_and_numbers_none_is_confirmed() -> None:
    """Even someone with the key learns nothing: names and numbers are in no piece."""
    chance = random.Random("guesses")  # noqa: S311
    guessed = list(guesses(chance))
    names, sentences = [], []
    for guess in guessed[::10]:
        names.append(guess)
        sentences += [f"出租方:{guess}", f"联系人:{guess}电话:0999-1234567", f"由出租方{guess}负责保管,承租方不得转租."]
    text = FORM.format(**VALUES) + "\n" + "\n".join(sentences)
    form = remember(read_form(paper(text, party("出租方", "林小满")), KEY, names))
    known = {piece.whole for piece in form.pieces}
    printed = {piece.whole for piece in read_form(filled(dict.fromkeys(VALUES, ""), FORM), KEY).hashes}
    assert len(known & printed) > 10
    confirmed = [guess for guess in guessed if is_confirmed(guess, known)]
    assert confirmed == []


@pytest.mark.parametrize(
    "text",
    [
        "甲方:云禾示例科技有限公司地址:示例市云杉街18号",
        "联系人:温予舟电话:0999-1234567",
        "法定代表人温予舟",
        "温予舟",
        "温予舟签名盖章",
        "货物由温予舟负责验收,运费由乙方承担.",
        "立约人云禾示例科技有限公司(以下简称甲方)与温予舟(以下简称乙方)经协商一致,订立本契约.",
        "由云禾示例科技有限公司负责保管,运费由乙方承担.",
        "合同总价为人民币叁拾贰万肆仟元整,乙方应于签订之日支付.",
        "身份证号:990001199001011234",
        "地址:示例省云州市环湖大道88号云禾大厦3幢502室",
        "交货地点示例省云州市环湖大道,由甲方承担运费.",
        "____温予舟____与乙方共同签订本合同.",
    ],
)
def test_values_are_in_no_piece_though_no_name_was_read(text: str) -> None:
    pieces = "|".join(piece.text for piece in pieces_of(paper(text)))
    for value in ("云禾", "温予舟", "予舟", "云杉街", "环湖", "叁", "拾", "肆仟", "9900", "0999"):
        assert value not in pieces


def test_a_name_that_the_caller_knows_is_in_no_piece() -> None:
    text = "本合同项下的货物由星渡行验收,验收费用由乙方承担."
    assert any("星渡" in piece.text for piece in pieces_of(paper(text)))
    assert not any("星渡" in piece.text for piece in pieces_of(paper(text), ["星渡行"]))


def test_of_the_shortest_words_of_a_sentence_only_those_that_contracts_print_are_kept() -> None:
    read = pieces_of(paper("第一条乙方,次日,甲方应当在本合同生效之日起支付租金."))
    assert [piece.text for piece in read] == ["乙方", "甲方应当在本合同生效之日起支付租金"]


def test_only_words_for_parties_and_labels_are_stored_as_text() -> None:
    document = paper(FORM.format(**VALUES), party("出租方", "林小满", (1, 72, 600)), party(FIRM, "", (1, 72, 640)))
    read = read_form(document, KEY)
    seals = [
        remember_seal(SealOfLayout(word, 1, DisplayRect(90, 590, 119, 119), label), [at], read.parties)
        for word, label in (
            ("出租方", "出租方(签章):"),
            ("云禾示例科技有限公司", "云禾示例科技有限公司:"),
            ("林小满", "林小满"),
        )
        for at in [LabelPlace(1, DisplayRect(72, 600, 80, 12))]
    ]
    form = remember(read, seals)
    texts = [value for value in _stored(form) if isinstance(value, str) and value]
    assert texts == ["出租方", "出租方", "出租方(签章):"]


def test_nothing_stored_depends_on_a_whole_page() -> None:
    """A changed letter changes the hashes of its own piece only, so that no digest covers a page."""
    one, other = (remember(read_form(filled(VALUES, form), KEY)) for form in (FORM, FORM.replace("擅自", "自行")))
    different = [number for number, pair in enumerate(zip(one.pieces, other.pieces, strict=True)) if pair[0] != pair[1]]
    assert len(different) == 1
    assert one.parties == other.parties


def test_the_hashes_depend_on_the_key() -> None:
    one, other = (remember(read_form(filled(VALUES), key)) for key in (KEY, b"another key"))
    assert not {piece.whole for piece in one.pieces} & {piece.whole for piece in other.pieces}
