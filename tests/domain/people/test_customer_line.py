from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.people.customer_line import (
    MAX_CHARACTERS,
    PartKind,
    read_customer_line,
    with_document_word,
)
from esign_desktop.domain.people.documents import DOCUMENT_WORDS

NUMBER, NUMBER_X, MOBILE = "110101199003078515", "11010119500101005X", "13800000000"
WANTED = (PartKind.NAME, PartKind.ID_NUMBER)


def is_number(text: str) -> bool:
    return text in {NUMBER, NUMBER_X}


def read(text: str) -> tuple[str, str, str]:
    line = read_customer_line(text, is_number)
    return line.value(PartKind.NAME), line.value(PartKind.ID_NUMBER), line.value(PartKind.MOBILE)


@pytest.mark.parametrize("separator", [" ", ",", "，", "\t", "、", ";", " / ", "\u3000"])
@pytest.mark.parametrize("order", ["nim", "nmi", "inm", "imn", "min", "mni"])
def test_order_and_separator_do_not_matter(order: str, separator: str) -> None:
    parts = {"n": "张三", "i": NUMBER, "m": MOBILE}
    assert read(separator.join(parts[key] for key in order)) == ("张三", NUMBER, MOBILE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"张三{NUMBER} {MOBILE}", ("张三", NUMBER, MOBILE)),
        (f"{NUMBER}张三{MOBILE}", ("张三", NUMBER, MOBILE)),
        (f"张三{NUMBER}{MOBILE}", ("张三", NUMBER, MOBILE)),
        (f"张三{MOBILE}{NUMBER}", ("张三", NUMBER, MOBILE)),
        (f"张三{NUMBER_X}{MOBILE}", ("张三", NUMBER_X, MOBILE)),
        ("张三１１０１０１１９９００３０７８５１５　１３８００００００００", ("张三", NUMBER, MOBILE)),
        ("张三 11010119500101005x", ("张三", NUMBER_X, "")),
        ("张三 11010119500101005ｘ", ("张三", NUMBER_X, "")),
        ("张三 110101 19900307 8515 138-0000-0000", ("张三", NUMBER, MOBILE)),
        ("张三 +86 138 0000 0000", ("张三", "", MOBILE)),
        ("张三 0086-13800000000", ("张三", "", MOBILE)),
        (f"姓名：张三 身份证号码：{NUMBER} 手机号：{MOBILE}", ("张三", NUMBER, MOBILE)),
        (f"Name: John Smith ID No: {NUMBER} Tel: {MOBILE}", ("John Smith", NUMBER, MOBILE)),
        (f"张三\t男\t汉族\t{NUMBER}", ("张三", NUMBER, "")),
        (f"张三\t女\t维吾尔族\t{NUMBER}\r\n", ("张三", NUMBER, "")),
        ("张 三", ("张三", "", "")),
        ("欧阳 修", ("欧阳修", "", "")),
        ("买买提•吐尔逊", ("买买提·吐尔逊", "", "")),
        (f"Nguyễn Văn A {MOBILE}", ("Nguyễn Văn A", "", MOBILE)),
        (f"Ｊｏｈｎ　Ｓｍｉｔｈ {MOBILE}", ("John Smith", "", MOBILE)),
        ("JOHN SMITH E12345678", ("JOHN SMITH", "E12345678", "")),
        ("e12345678 john smith", ("john smith", "E12345678", "")),
        ("JOHN SMITH 护照：E12345678 13800000000", ("JOHN SMITH", "E12345678", MOBILE)),
        ("John Smith passport no. 512345678 +1 415 555 2671", ("John Smith", "512345678", "+14155552671")),
        ("陈大文 H12345678", ("陈大文", "H12345678", "")),
        ("陈大文Ｈ１２３４５６７８０１", ("陈大文", "H1234567801", "")),
        ("林台生 台胞证 12345678", ("林台生", "12345678", "")),
        ("林台生 0123456789(B)", ("林台生", "0123456789(B)", "")),
        ("张三军字第2001988号", ("张三", "军字第2001988号", "")),
        ("", ("", "", "")),
        (" \t ，", ("", "", "")),
    ],
)
def test_line_is_read_as_a_person_would(text: str, expected: tuple[str, str, str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"张三 {NUMBER}", {19}),
        (f"张三 临时身份证 {NUMBER}", {21}),
        (f"张三 户口本 {NUMBER}", {20}),
        (f"张三 社保卡号 {NUMBER}", {15}),
        ("JOHN SMITH E12345678", {13}),
        ("JOHN SMITH 911124199003071234", {22}),
        ("JOHN SMITH CAN110101900101", {22}),
        ("陈大文 H12345678", {17}),
        ("KIM MIN M12345678", {13, 17}),
        ("KIM MIN M12345678 护照", {13}),
        ("林台生 12345678 台胞证", {18}),
        ("张三 武字第2001988号", {16}),
        ("张三 军字第2001988号", {14}),
        ("张三 军官证 2001988", {14}),
        (f"张三 护照 {NUMBER}", set()),
    ],
)
def test_the_kind_of_document_is_told_by_the_number_or_a_word(text: str, kinds: set[int]) -> None:
    assert set(read_customer_line(text, is_number).id_types) == kinds


@pytest.mark.parametrize("kind", PersonIdType)
def test_the_word_that_is_written_for_a_document_is_read_again(kind: PersonIdType) -> None:
    for word in DOCUMENT_WORDS[kind]:
        text = with_document_word(f"张三 passport {NUMBER}", word)
        line = read_customer_line(text, is_number)
        assert (line.said_type, line.value(PartKind.NAME)) == (kind, "张三")
        assert text.count(word) == 1


@pytest.mark.parametrize(
    ("text", "ambiguous"),
    [
        (f"{MOBILE} 13900000000 张三", {PartKind.MOBILE}),
        (f"{NUMBER} {NUMBER_X} 张三", {PartKind.ID_NUMBER}),
        ("张三 李四", {PartKind.NAME}),
        (f"张三 {NUMBER} 北京市东城区", {PartKind.NAME}),
        (f"张三 张三 {NUMBER} {NUMBER}", set()),
    ],
)
def test_what_is_there_twice_has_no_value(text: str, ambiguous: set[PartKind]) -> None:
    line = read_customer_line(text, is_number)
    assert line.ambiguous - {PartKind.NAME, PartKind.ID_NUMBER, PartKind.MOBILE} == set()
    if ambiguous:
        assert line.ambiguous == ambiguous
        assert all(line.value(kind) == "" for kind in ambiguous)


@pytest.mark.parametrize(
    "text", ["张三 11010119900307851", "张三 1101011990030785155", "张三 138000000", "张三 130503670401001"]
)
def test_number_that_is_neither_is_shown_as_unread(text: str) -> None:
    line = read_customer_line(text, is_number)
    assert [part.kind for part in line.parts] == [PartKind.NAME, PartKind.UNREAD]
    assert line.missing(WANTED) == (PartKind.ID_NUMBER,)


def test_two_numbers_that_touch_are_left_alone_when_nothing_tells_them_apart() -> None:
    line = read_customer_line(f"{NUMBER}{MOBILE}", lambda _text: False)
    assert [part.kind for part in line.parts] == [PartKind.UNREAD]


def test_parts_say_where_they_stand() -> None:
    text = f"姓名： 张三，{NUMBER}"
    line = read_customer_line(text, is_number)
    assert [text[part.start : part.end] for part in line.parts] == ["张三", NUMBER]


def test_nothing_personal_is_printed() -> None:
    assert re.search("张三|8515|138", repr(read_customer_line(f"张三 {NUMBER} {MOBILE}", is_number))) is None


@given(st.text(max_size=60))
def test_any_text_is_read_and_parts_lie_within_it(text: str) -> None:
    line = read_customer_line(text, is_number)
    assert all(0 <= part.start < part.end <= len(text) for part in line.parts)
    ends = [0, *(part.end for part in line.parts)]
    assert all(part.start >= end for part, end in zip(line.parts, ends, strict=False))


def test_text_meant_for_another_window_is_cut() -> None:
    line = read_customer_line("张" * 10_000, is_number)
    assert line.parts[0].end == MAX_CHARACTERS
