"""Requests must be signed by the project, and answers are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from esign_desktop.sandbox.signature import sign
from tests.sandbox.client import Client, fetch, hmac_hex

if TYPE_CHECKING:
    from pathlib import Path

BODY = b'{"thirdId":"nobody"}'
UNKNOWN_THIRD_ID = 1_100_020


def test_signatures_equal_the_published_vectors(shared_dir: Path) -> None:
    vectors = json.loads((shared_dir / "spec" / "vectors.json").read_text("utf-8"))
    for one in vectors["bodies"]:
        assert sign(vectors["secret"], one["utf8"].encode("utf-8")) == one["signature"]


def test_answers_carry_all_four_headers_over_their_raw_bytes(client: Client) -> None:
    response = client.raw("/account/idexchange", BODY)
    assert response.is_signed
    assert response.headers["X-timevale-mode"] == "package"
    assert response.headers["X-timevale-project-id"] == "1111563657"
    assert response.headers["X-timevale-signature-algorithm"] == "hmac-sha256"


@pytest.mark.parametrize("spelling", ["hmac-sha256", "hmacsha256", "HmacSHA256", "HMAC-SHA256", ""])
def test_every_spelling_of_the_algorithm_is_taken_and_its_absence(client: Client, spelling: str) -> None:
    response = client.raw("/account/idexchange", BODY, X_timevale_signature_algorithm=spelling)
    assert response.err_code == UNKNOWN_THIRD_ID


def test_header_names_are_taken_in_any_case(client: Client) -> None:
    headers = {
        "content-type": "application/json; charset=utf-8",
        "x-TIMEVALE-project-ID": "1111563657",
        "X-Timevale-Signature": hmac_hex(BODY),
    }
    response = fetch("POST", client.base_url + "/account/idexchange", BODY, headers)
    assert response.err_code == UNKNOWN_THIRD_ID


@pytest.mark.parametrize(
    "header",
    [
        {"X_timevale_signature": "0" * 64},
        {"X_timevale_signature": ""},
        {"X_timevale_signature": "\xff\xe9" * 32},
        {"X_timevale_signature": hmac_hex(BODY, "another secret")},
        {"X_timevale_project_id": "7"},
        {"X_timevale_project_id": ""},
        {"X_timevale_signature_algorithm": "rsa-sha1"},
        {"X_timevale_mode": "url"},
    ],
)
def test_wrong_headers_are_unauthorized_and_the_answer_unsigned(client: Client, header: dict[str, str]) -> None:
    response = client.raw("/account/idexchange", BODY, **header)
    assert response.status == 401
    assert response.err_code != 0
    assert response.headers["X-timevale-signature"] is None


def test_upper_case_hex_is_not_the_signature(client: Client) -> None:
    response = client.raw("/account/idexchange", BODY, X_timevale_signature=hmac_hex(BODY).upper())
    assert response.status == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":"\\ud800"}', b"\xff\xfe", b"[" * 100_000],
)
def test_bodies_that_are_no_clean_json_object_are_refused_with_a_signed_answer(client: Client, body: bytes) -> None:
    response = client.raw("/account/idexchange", body)
    assert response.status == 200
    assert response.err_code == 1_100_003
    assert response.is_signed


def test_unknown_calls_are_refused(client: Client) -> None:
    response = client.call("/sign/list", {})
    assert response.status == 404
    assert response.err_code == 1_100_004


def test_only_json_is_taken(client: Client) -> None:
    assert client.raw("/account/idexchange", BODY, Content_Type="text/plain").err_code == 1_100_003


def test_only_post_is_taken(client: Client) -> None:
    response = fetch(
        "GET",
        client.base_url + "/account/idexchange",
        None,
        {"X-timevale-project-id": "1111563657", "X-timevale-signature": hmac_hex(b"")},
    )
    assert response.status == 405


def test_a_body_without_length_is_refused(client: Client) -> None:
    response = fetch("POST", client.base_url + "/account/idexchange", None, {"Transfer-Encoding": "chunked"})
    assert response.status == 411


def test_health_is_told_without_a_signature(client: Client) -> None:
    base = client.base_url.removesuffix("/opentreaty/rest/v3.0")
    assert fetch("GET", base + "/healthz").json == {"status": "ok"}
    assert fetch("GET", base + "/elsewhere").status == 404
