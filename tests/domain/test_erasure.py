"""Who somebody is in what is kept, and what is left without them."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from esign_desktop.domain.account import masked_number
from esign_desktop.domain.erasure import FORGOTTEN_NAME, PersonIdentifiers, forgotten_token, is_forgotten

NUMBER: Final = "110101199003078515"
OTHER_NUMBER: Final = "11010119900307803X"
TOKEN: Final = forgotten_token("1")


def party(name: str = "张三", number: str = "", **changes: str) -> dict[str, str]:
    """Somebody as a draft writes them."""
    return {"name": name, "id_number": number, "mobile": "", "account_id": "", "third_id": "", **changes}


def person(**changes: Any) -> PersonIdentifiers:
    return PersonIdentifiers("张三", TOKEN, **{key: frozenset(value) for key, value in changes.items()})


@pytest.mark.parametrize(
    ("known", "one", "is_theirs"),
    [
        ({"account_ids": ["a"]}, {"accountId": "a"}, True),
        ({"account_ids": ["a"]}, {"accountId": "b"}, False),
        ({"account_ids": ["a"]}, party("别人", account_id="a"), True),
        ({"third_ids": ["t"]}, party("别人", third_id="t"), True),
        ({"numbers": [NUMBER]}, party("别人", NUMBER), True),
        # By the name alone, as far as nothing speaks against it.
        ({}, party(), True),
        ({}, party(number=NUMBER), True),
        ({"masked_numbers": ["****8515"]}, party(number=NUMBER), True),
        ({"masked_numbers": ["****8515"]}, party(number=OTHER_NUMBER), False),
        ({}, party(third_id="another's"), False),
        ({}, party(account_id="another's"), False),
        ({}, party("张三丰"), False),
        # What has not the shape of a person is none.
        ({}, {"name": "张三"}, False),
        ({}, {"title": "合同"}, False),
        ({}, {}, False),
    ],
)
def test_who_is_meant(known: dict[str, list[str]], one: dict[str, str], is_theirs: bool) -> None:
    assert person(**known).is_theirs(one) is is_theirs


def test_what_a_value_tells_besides_is_added_to_what_was_known() -> None:
    answer = {"accountId": "b", "name": "张三", "links": ["https://example.com/s/key"]}
    draft = {"signers": [party(number=NUMBER, account_id="b", third_id="t", mobile="13800000000")]}
    found = person(account_ids=["a", "b"], numbers=["n"]).with_those_of([json.dumps(answer), draft])
    assert found.account_ids == {"a", "b"}
    assert found.third_ids == {"t"}
    assert found.numbers == {"n", NUMBER, "13800000000"}
    assert found.masked_numbers == {"****8515"}
    assert found.urls == {"https://example.com/s/key"}
    # An id that is told beside what is known leads on.
    led = person(numbers=[NUMBER]).with_those_of(party(number=NUMBER, account_id="c"))
    assert led.account_ids == {"c"}


def test_whoever_has_a_longer_name_is_told_apart() -> None:
    found = person().with_those_of([party("张三丰", account_id="z"), {"name": "张三"}])
    assert found.longer_names == {"张三丰"}
    assert not found.account_ids
    assert found.erased_from_text("张三丰和张三的合同") == f"张三丰和{FORGOTTEN_NAME}的合同"


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("张三", "张三的合同", f"{FORGOTTEN_NAME}的合同"),
        ("张三", "张三", FORGOTTEN_NAME),
        ("Li", "Limited, Li and _Li_", f"Limited, {FORGOTTEN_NAME} and _{FORGOTTEN_NAME}_"),
        # One letter stands anywhere.
        ("张", "张三的合同", "张三的合同"),
        ("张", "张", FORGOTTEN_NAME),
    ],
)
def test_a_name_goes_out_of_free_text(name: str, text: str, left: str) -> None:
    assert PersonIdentifiers(name, TOKEN).erased_from_text(text) == left


def test_numbers_ids_and_links_go_out_of_whatever_holds_them() -> None:
    known = person(account_ids=["a1"], numbers=[NUMBER, "13800000000"], third_ids=["t1"], urls=["https://e.com/k"])
    text = f"{NUMBER} 13800000000 t1 https://e.com/k a1 stays"
    assert known.erased_from_text(text).split() == [TOKEN, "stays"]
    value = {
        "signers": [party(number=NUMBER, type="Person"), party("李四", OTHER_NUMBER)],
        "links": ["https://e.com/k"],
    }
    left = known.erased_from(value)
    assert left["signers"] == [{**party(""), "type": "Person"}, party("李四", OTHER_NUMBER)]
    assert left["links"] == []
    # In JSON within a text, too.
    assert json.loads(known.erased_from_text(json.dumps(value))) == left


def test_a_namesake_keeps_their_name_and_a_legal_representative_loses_it() -> None:
    known = person(account_ids=["a1"], numbers=[NUMBER])
    assert known.erased_from({"name": "张三", "account_id": "z"}) == {"name": "张三", "account_id": "z"}
    company = {"name": "示例公司", "legal_name": "张三", "legal_id_number": NUMBER}
    assert known.erased_from(company) == {"name": "示例公司", "legal_name": "", "legal_id_number": ""}


@pytest.mark.parametrize(
    "known",
    [
        person(account_ids=["a1"]),
        person(numbers=["110101199003075517"], masked_numbers=[masked_number("110101199003075517")]),
    ],
)
def test_a_legal_representative_with_another_number_is_a_namesake(known: PersonIdentifiers) -> None:
    company = {"name": "示例公司", "legal_name": "张三", "legal_id_number": NUMBER}
    assert known.erased_from(company) == company
    assert known.erased_from({**company, "legal_id_number": ""})["legal_name"] == ""


def test_what_they_wrote_goes_with_them() -> None:
    known = person(account_ids=["a1"])
    told = {"accountId": "a1", "signRemark": "利率不对", "urls": ["https://e.com"], "status": 4}
    assert known.erased_from(told) == {"accountId": TOKEN, "signRemark": "", "urls": [], "status": 4}
    assert known.erased_from({"accountId": "z", "signRemark": "利率"}) == {"accountId": "z", "signRemark": "利率"}
    assert known.erased_from({"type": "AccountParty", "account_id": "a1", "name": "张三"}) is None


def test_traces_go_on_after_a_crash_and_stay_out_of_a_repr() -> None:
    known = person(account_ids=["a1"], numbers=[NUMBER], urls=["https://e.com/k"], preset_ids=["p"], third_ids=["t1"])
    assert PersonIdentifiers.from_json(known.to_json()) == known
    assert not [text for text in ("张三", NUMBER, "e.com", "t1") if text in repr(known)]
    assert (is_forgotten(TOKEN), is_forgotten("a1")) == (True, False)


def test_numbers_that_are_too_short_to_be_told_from_others_are_no_needles() -> None:
    assert "123" not in person(numbers=["123", "1234"]).needles
    assert "1234" in person(numbers=["123", "1234"]).needles
