from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.signature import SIGNATURE_HEADER, Secret, is_genuine, signature_of, signed_headers

if TYPE_CHECKING:
    from pathlib import Path

SECRET = Secret("cf65f987315b12a21b983ca320196d7d")


def test_every_published_vector_is_met(shared_dir: Path) -> None:
    vectors = json.loads((shared_dir / "spec" / "vectors.json").read_text("utf-8"))
    secret = Secret(vectors["secret"])
    assert vectors["bodies"]
    for body in vectors["bodies"]:
        assert signature_of(secret, body["utf8"].encode()) == body["signature"]


def test_the_four_headers_travel_with_a_request() -> None:
    assert signed_headers("1111", SECRET, b"{}") == {
        "X-timevale-mode": "package",
        "X-timevale-project-id": "1111",
        "X-timevale-signature": "c3dadad17d0a94ffa53008f89d4bcec36e230fc05ad83147df5a8cca1152ccac",
        "X-timevale-signature-algorithm": "hmac-sha256",
    }


@pytest.mark.parametrize("name", [SIGNATURE_HEADER, SIGNATURE_HEADER.lower(), SIGNATURE_HEADER.upper()])
def test_a_header_is_found_in_any_case(name: str) -> None:
    assert is_genuine(SECRET, {name: f" {signature_of(SECRET, b'x')} "}, b"x")


@pytest.mark.parametrize("given", ["", "é", "签名", "\udcff", "0" * 64, signature_of(SECRET, b"y")])
def test_a_forged_signature_answers_no_and_never_raises(given: str) -> None:
    assert not is_genuine(SECRET, {SIGNATURE_HEADER: given}, b"x")


def test_an_unsigned_body_is_not_genuine() -> None:
    assert not is_genuine(SECRET, {}, b"x")


def test_another_secret_does_not_verify() -> None:
    assert not is_genuine(Secret("other"), {SIGNATURE_HEADER: signature_of(SECRET, b"x")}, b"x")


def test_a_secret_can_not_be_printed_by_accident() -> None:
    shown = f"{SECRET} {SECRET!r} {[SECRET]}"
    assert SECRET.reveal() not in shown


def test_secrets_are_compared_by_what_they_hold() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")
