"""Values in their plain form: the same row has the same values, however often it is read, saved and read again."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.bulk.columns import ColumnKind
from esign_desktop.domain.bulk.sheet import id_type_of, plain_value

KINDS = st.sampled_from(ColumnKind)


@given(KINDS, st.text(max_size=40))
@example(ColumnKind.MOBILE, "+86 86 13800000000")
@example(ColumnKind.MOBILE, "008613800000000")
@example(ColumnKind.NAME, "买买提·  吐尔逊")
@example(ColumnKind.NAME, "﨑\u3000本")
@example(ColumnKind.EMAIL, "¸")
@example(ColumnKind.ID_NUMBER, "A´")
@example(ColumnKind.ID_NUMBER, "ß´")
@example(ColumnKind.NAME, "¨\u0618")
@example(ColumnKind.TITLE, "　a \x00 b")
def test_plain_value_is_plain_already(kind: ColumnKind, text: str) -> None:
    plain = plain_value(kind, text)
    assert plain_value(kind, plain) == plain
    assert plain == plain.strip()
    assert plain.isprintable()


@given(KINDS, st.text(max_size=40), st.sampled_from(["", " ", "\u3000", "\t", "\n"]))
def test_space_around_a_value_makes_no_difference(kind: ColumnKind, text: str, space: str) -> None:
    assert plain_value(kind, f"{space}{text}{space}") == plain_value(kind, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("身份证", PersonIdType.RESIDENT_IDENTITY),
        (" 居民 身份证 ", PersonIdType.RESIDENT_IDENTITY),
        ("19", PersonIdType.RESIDENT_IDENTITY),
        ("Passport", PersonIdType.PASSPORT),
        ("港澳居民来往内地通行证", PersonIdType.HONG_KONG_MACAO_PERMIT),
        ("1", None),
        ("²", None),
        ("驾驶证", None),
        ("", None),
    ],
)
def test_kinds_of_documents_are_known_by_their_names(text: str, expected: PersonIdType | None) -> None:
    assert id_type_of(text) is expected
