from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.api.strict_json import (
    Malformed,
    as_integer,
    as_list,
    as_object,
    identifier,
    read,
    text,
    write,
)
from esign_desktop.domain.errors import InputError


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e999}',
        b'{"a":"\\ud800"}',
        b'{"\\udfff":1}',
        b'{"a":"\xff"}',
        b"\xef\xbb\xbf{}",
        b"[" * 200_000,
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_what_json_only_seems_to_be_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body)


def test_a_surrogate_pair_is_one_character() -> None:
    assert read(b'"\\ud83d\\ude00"') == "😀"


def test_a_message_holds_no_value() -> None:
    with pytest.raises(Malformed) as caught:
        read(b'{"idNo":"371500198101175693"')
    assert "3715" not in str(caught.value)


@pytest.mark.parametrize(("value", "number"), [(0, 0), ("0", 0), (-3, -3), ("100001", 100001)])
def test_a_whole_number_may_come_as_text(value: object, number: int) -> None:
    assert as_integer(value, "errCode") == number


@pytest.mark.parametrize("value", [True, False, None, 0.0, "", " 0", "0x0", "1.0", "٣", "9" * 30, [], {}])
def test_anything_else_is_no_whole_number(value: object) -> None:
    with pytest.raises(Malformed):
        as_integer(value, "errCode")


def test_shapes_are_asked_for() -> None:
    with pytest.raises(Malformed):
        as_object([], "data")
    with pytest.raises(Malformed):
        as_list({}, "data")
    assert as_list(None, "data") == []


@pytest.mark.parametrize("value", [None, "", "  ", True, 1.5, {}])
def test_an_id_must_be_there(value: object) -> None:
    with pytest.raises(Malformed):
        identifier({"docId": value}, "docId")


def test_an_id_may_come_as_a_number() -> None:
    assert identifier({"docId": 2018041823454409001}, "docId") == "2018041823454409001"


def test_an_absent_text_is_empty_and_another_kind_is_malformed() -> None:
    assert text({}, "msg") == text({"msg": None}, "msg") == ""
    with pytest.raises(Malformed):
        text({"msg": 1}, "msg")


def test_a_lone_surrogate_is_not_sent() -> None:
    with pytest.raises(InputError) as caught:
        write({"name": "\ud800"})
    assert caught.value.code == "input.bad_text"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    )
)
def test_what_is_written_is_read_back(value: object) -> None:
    assert read(write({"value": value})) == {"value": value}


@given(st.binary(max_size=80))
def test_no_bytes_raise_anything_but_malformed(body: bytes) -> None:
    with contextlib.suppress(Malformed):
        read(body)
