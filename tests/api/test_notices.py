from __future__ import annotations

import json
from typing import Any

import pytest

from esign_desktop.api.errors import OutcomeUnknown
from esign_desktop.api.notices import parse_notice
from esign_desktop.api.signature import Secret, signed_headers
from esign_desktop.domain.flow import (
    FlowFinishedNotice,
    FlowId,
    FlowStatus,
    Notice,
    SignerUpdatedNotice,
    SignStatus,
)

SECRET = Secret("s")
NOON_MS = 1_522_815_132_000
UPDATE = {
    "action": "SIGN_FLOW_UPDATE",
    "accountId": "a1",
    "flowId": "f1",
    "docId": "d1",
    "signTime": "2018-04-04 12:12:12",
    "signResult": 4,
    "resultDescription": "金额不对",
}
FINISH = {
    "action": "SIGN_FLOW_FINISH",
    "businessScence": "买房子",
    "flowId": "f1",
    "flowStatus": "2",
    "createTime": "2018-04-04 12:12:12",
    "endTime": "2018-04-04 12:12:13",
}


def parse(values: dict[str, Any]) -> Notice:
    body = json.dumps(values, ensure_ascii=False).encode()
    return parse_notice(signed_headers("p", SECRET, body), body, SECRET)


def test_a_signers_refusal_is_read() -> None:
    assert parse(UPDATE) == SignerUpdatedNotice(FlowId("f1"), "a1", "d1", SignStatus.REFUSED, NOON_MS, "金额不对")


def test_the_end_of_a_flow_is_read_as_it_is_misspelled() -> None:
    notice = FlowFinishedNotice(FlowId("f1"), FlowStatus.COMPLETED, "买房子", "", NOON_MS, NOON_MS + 1000)
    assert parse(FINISH) == notice
    mended = {**FINISH, "businessScene": "买房子"}
    del mended["businessScence"]
    assert parse(mended) == notice


@pytest.mark.parametrize("headers", [{}, {"X-timevale-signature": "0" * 64}, {"X-timevale-signature": "签"}])
def test_a_notice_without_the_right_signature_is_not_even_read(headers: dict[str, str]) -> None:
    for body in (json.dumps(UPDATE).encode(), b"not json"):
        with pytest.raises(OutcomeUnknown) as caught:
            parse_notice(headers, body, SECRET)
        assert caught.value.code == "api.unverified"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"action": "SOMETHING_ELSE"},
        {**UPDATE, "flowId": ""},
        {**UPDATE, "signResult": None},
        {**FINISH, "flowStatus": "done"},
    ],
)
def test_a_notice_of_another_shape_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        parse(values)
    assert caught.value.code == "api.protocol"
