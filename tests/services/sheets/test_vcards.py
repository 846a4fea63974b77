from __future__ import annotations

import base64
import quopri
import time
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.bulk.sheet import Sheet
from esign_desktop.domain.errors import Cancelled, CancelToken, InputError
from esign_desktop.services.sheets import vcards
from esign_desktop.services.sheets.vcards import HEADINGS, MOST_CARDS, open_cards

if TYPE_CHECKING:
    from pathlib import Path


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def opened(path: Path, content: str | bytes) -> tuple[list[tuple[str, ...]], int]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    sheet, unreadable = open_cards(path)
    assert isinstance(sheet, Sheet)
    assert sheet.headings == HEADINGS
    return [row.cells for row in sheet.rows], unreadable


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "phone.vcf"


def test_a_card_tells_name_mobile_and_address(book: Path) -> None:
    one = card(
        "N:孙;样;;;", "FN:孙样", "TEL;TYPE=HOME:010-1234", "TEL;TYPE=CELL:+86 138 0000 0001", "EMAIL:a@example.com"
    )
    assert opened(book, one) == ([("孙样", "13800000001", "a@example.com", "")], 0)


def test_old_phones_write_in_their_own_way(book: Path) -> None:
    name, company = (quopri.encodestring(text.encode(), quotetabs=True).decode() for text in ("孙样", "公" * 60))
    kind = "CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE"
    old = card(f"N;{kind}:{name};;;;", f"ORG;{kind}:{company}", "TEL;CELL;PREF:138-0000-0001", version="2.1")
    assert "=\n" in company
    assert opened(book, old)[0] == [("孙样", "13800000001", "", "公" * 60)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_names_are_read_whatever_the_encoding(book: Path, encoding: str) -> None:
    content = card("FN:孙样", "TEL:13800000001").encode(encoding)
    assert opened(book, content)[0] == [("孙样", "13800000001", "", "")]


def test_a_company_is_one_and_an_employer_is_not(book: Path) -> None:
    company = card("N:;;;;", "FN:示例有限公司", "ORG:示例有限公司", "TEL:010-1234")
    employed = card("FN:孙样", "ORG:示例有限公司;人事部")
    latin = card("N:Sample;Maria;;;")
    assert opened(book, company + employed + latin)[0] == [
        ("", "", "", "示例有限公司"),
        ("孙样", "", "", "示例有限公司"),
        ("Maria Sample", "", "", ""),
    ]


def test_pictures_of_any_make_are_passed_over(book: Path) -> None:
    picture = base64.b64encode(bytes(range(256)) * 90).decode()
    folded = [f" {picture[at : at + 74]}" for at in range(0, len(picture), 74)]
    bare = [picture[at : at + 72] for at in range(0, len(picture), 72)]
    cards = (
        card("FN:甲样", "PHOTO;ENCODING=b;TYPE=JPEG:", *folded, "TEL:13800000001")
        + card("FN:乙样", "PHOTO;ENCODING=BASE64;JPEG:", *bare, "", "TEL:13800000002", version="2.1")
        + card(
            "FN:丙样", f"item1.PHOTO:data:image/jpeg;base64,{picture}", "item1.TEL;TYPE=CELL:13800000003", version="4.0"
        )
    )
    rows, unreadable = opened(book, cards)
    assert [row[:2] for row in rows] == [("甲样", "13800000001"), ("乙样", "13800000002"), ("丙样", "13800000003")]
    assert unreadable == 0


def test_a_card_that_can_t_be_read_is_counted_and_the_others_are_there(book: Path) -> None:
    broken = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN;=:\r\n\r\nN\r\nEND:VCARD\r\n"
    nobody = card("NOTE:x", "TEL:13800000009")
    rows, unreadable = opened(book, card("FN:甲样") + broken + nobody + card("FN:乙样"))
    assert [row[0] for row in rows] == ["甲样", "乙样"]
    assert unreadable <= 1


@pytest.mark.parametrize(
    "line",
    [
        "TEL;x" + "=" * 60 + '"',
        "TEL;x" + "=1," * 5_000 + '"',
        "TEL;x=1" + ",y" * 5_000 + '"',
        "TEL;TYPE=CE\r\n LL" + "=" * 60 + '"',
        "TEL;QUOTED-PRINTABLE=\r\n" + "=" * 60 + '"',
    ],
    ids=["equals signs", "values", "commas", "folded", "quoted-printable"],
)
def test_a_line_on_which_the_library_would_never_end_is_left_out(book: Path, line: str) -> None:
    """Its pattern tries all ways to divide the parameters, and their number doubles with each sign."""
    book.write_bytes((card("FN:甲样") + card("FN:乙样", line, "TEL:13800000002") + card("FN:丙样")).encode())
    sheet, unreadable = open_cards(book, limit_s=15.0)
    assert [row.cells[0] for row in sheet.rows] == ["甲样", "乙样", "丙样"]
    assert unreadable == 0


@pytest.mark.parametrize("line", ["TEL:1", "BEGIN:X"])
def test_cards_of_thousands_of_lines_are_left_out(book: Path, line: str) -> None:
    large = card("FN:乙样", *[line] * 7_000)
    book.write_bytes((card("FN:甲样") + large * 60 + card("FN:丙样")).encode())
    sheet, unreadable = open_cards(book, limit_s=15.0)
    assert [row.cells[0] for row in sheet.rows] == ["甲样", "丙样"]
    assert unreadable == 60


def test_folded_parameters_and_quoted_ones_are_read(book: Path) -> None:
    lines = ('item1.TEL;TYPE="work,cell",VO', " ICE:13800000001", "EMAIL;TYPE=a=b;PREF:a@exa", "\tmple.com")
    assert opened(book, card("FN:甲样", *lines))[0] == [("甲样", "13800000001", "a@example.com", "")]


def test_an_equals_sign_at_the_end_of_a_plain_line_joins_no_lines(book: Path) -> None:
    (row,), _unreadable = opened(book, card("FN:甲样", "ORG:示例=", "TEL:13800000001", "EMAIL:a@example.com"))
    assert row[:3] == ("甲样", "13800000001", "a@example.com")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "cards.not_cards"),
        (b"\x00\x01\x02" * 9, "cards.not_cards"),
        ("姓名,手机\n孙样,13800000001\n".encode(), "cards.not_cards"),
        (card("NOTE:x").encode(), "sheet.no_rows"),
        (card("FN:A").encode() * (MOST_CARDS + 1), "sheet.too_many_rows"),
    ],
)
def test_what_is_no_address_book_is_refused_in_a_word(book: Path, content: bytes, code: str) -> None:
    book.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_cards(book)
    assert caught.value.code == code


def test_files_that_are_gone_too_large_or_without_end_are_refused(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError) as caught:
        open_cards(tmp_path / "gone.vcf")
    assert caught.value.code == "sheet.vanished"
    book.write_text(card("FN:甲样"))
    with pytest.raises(InputError) as caught:
        open_cards(book, limit_s=0.0)
    assert caught.value.code == "sheet.too_slow"
    monkeypatch.setattr(vcards, "MAX_FILE_BYTES", 10)
    with pytest.raises(InputError) as caught:
        open_cards(book)
    assert caught.value.code == "sheet.too_large"


def test_reading_ends_when_it_is_cancelled(book: Path) -> None:
    book.write_text(card("FN:甲样") * 15_000)
    token = CancelToken()
    with pytest.raises(Cancelled):
        open_cards(book, cancel=token, on_rows=lambda _count: token.cancel())


def test_a_phones_five_thousand_entries_with_pictures_pass(book: Path) -> None:
    picture = base64.b64encode(bytes(range(256)) * 80).decode()
    folded = "\r\n".join(f" {picture[at : at + 74]}" for at in range(0, len(picture), 74))
    with book.open("w") as file:
        file.writelines(
            card(f"FN:样本{number}", f"TEL;TYPE=CELL:138{number:08}", f"PHOTO;ENCODING=b;TYPE=JPEG:\r\n{folded}")
            for number in range(5000)
        )
    assert book.stat().st_size > 100_000_000
    began = time.monotonic()
    sheet, unreadable = open_cards(book)
    assert (len(sheet.rows), unreadable) == (5000, 0)
    assert time.monotonic() - began < vcards.LIMIT_S
