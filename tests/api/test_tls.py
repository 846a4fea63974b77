"""Whom a call trusts: the operating system's authorities, for the host that was asked for, today."""

from __future__ import annotations

import ssl
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.errors import NotSent
from tests.api.certificates import Authority
from tests.api.conftest import SECRET
from tests.api.fault_server import FaultServer, envelope, reply, reset_after, signed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import MakeClient

BODY = b'{"flowId":"f1"}'


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that the operating system trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    return authority


def code_of_failure(make_client: MakeClient, context: ssl.SSLContext) -> str:
    with FaultServer(reply(signed(SECRET, envelope())), tls=context) as server:
        with pytest.raises(NotSent) as caught:
            make_client(server.url).post("/x", BODY)
        assert server.received == []
    return caught.value.code


def test_an_authority_of_the_operating_system_is_trusted(make_client: MakeClient, trusted: Authority) -> None:
    with FaultServer(reply(signed(SECRET, envelope())), tls=trusted.server_context()) as server:
        assert make_client(server.url).post("/x", BODY).status == 200


def test_an_unknown_authority_is_not_trusted(make_client: MakeClient, authority: Authority) -> None:
    assert code_of_failure(make_client, authority.server_context()) == "api.tls"


def test_a_certificate_for_another_host_is_not_trusted(make_client: MakeClient, trusted: Authority) -> None:
    assert code_of_failure(make_client, trusted.server_context(host="127.0.0.2")) == "api.tls"


def test_a_certificate_from_the_future_points_at_the_clock(make_client: MakeClient, trusted: Authority) -> None:
    assert code_of_failure(make_client, trusted.server_context(begins_in=timedelta(days=20))) == "api.clock"


def test_a_certificate_that_is_over_points_at_the_clock(make_client: MakeClient, trusted: Authority) -> None:
    assert code_of_failure(make_client, trusted.server_context(begins_in=timedelta(days=-20), days=10)) == "api.clock"


@pytest.mark.parametrize("code", [0x800B0101, 0x800B0101 - 2**32])
def test_a_wrong_clock_as_windows_tells_it(
    make_client: MakeClient, trusted: Authority, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """CERT_E_EXPIRED of winerror.h, for certificates that are over and for those that have not begun."""

    def refuse(*_arguments: object, **_ways: object) -> None:
        error = ssl.SSLCertVerificationError("not within its validity period")
        error.verify_code = code
        raise error

    monkeypatch.setattr("truststore.SSLContext.wrap_socket", refuse)
    assert code_of_failure(make_client, trusted.server_context()) == "api.clock"


def test_a_connection_that_ends_in_the_handshake_is_told_as_not_secure(make_client: MakeClient) -> None:
    """A server without TLS, as Windows hears it: its answer is lost with the connection."""
    with FaultServer(reset_after(1)) as server, pytest.raises(NotSent) as caught:
        make_client(server.url.replace("http:", "https:")).post("/x", BODY)
    assert caught.value.code == "api.tls"


def test_a_server_without_tls_is_told_apart_from_a_lost_network(make_client: MakeClient) -> None:
    plain = b"HTTP/1.1 400 Bad Request\r\n\r\n"
    with FaultServer(lambda peer: peer.send(plain)) as server, pytest.raises(NotSent) as caught:
        make_client(server.url.replace("http:", "https:")).post("/x", BODY)
    assert caught.value.code == "api.tls"


def test_a_variable_can_not_add_a_bundle_of_its_own(
    make_client: MakeClient, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority.path))
    assert code_of_failure(make_client, authority.server_context()) == "api.tls"
