"""What a call says when the network, a gateway or an attacker stands between it and the platform."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.client import Secret
from esign_desktop.api.errors import NotSent, OutcomeUnknown
from esign_desktop.api.exchange import Limits
from esign_desktop.api.signature import signature_of
from esign_desktop.domain.errors import Cancelled
from tests.api.conftest import QUICK, SECRET
from tests.api.fault_server import (
    FaultServer,
    envelope,
    hang_after_request,
    hang_at_once,
    http_answer,
    keep_replying,
    reply,
    reset_after,
    signed,
    trickle,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import MakeClient
    from tests.api.fault_server import Peer, Script

BODY = b'{"flowId":"f1"}'
OK = envelope({"docId": "d1"})
LARGE_BODY = b"x" * 40_000_000


def outcome(make_client: MakeClient, script: Script, *, body: bytes = BODY) -> OutcomeUnknown:
    """Make one call to a server that plays the script, and return how it left the outcome unknown."""
    with FaultServer(script) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            make_client(server.url, limits=QUICK).post("/sign/start", body)
        assert len(server.received) <= 1, "the call was repeated"
    return caught.value


def test_a_verified_answer_is_handed_out_as_its_bytes(make_client: MakeClient) -> None:
    with FaultServer(reply(signed(SECRET, OK))) as server:
        answer = make_client(server.url + "/rest/v3.0/").post("/doc/createbyfilekey", BODY)
        (request,) = server.received
    assert (answer.status, answer.body) == (200, OK)
    assert request.line == "POST /rest/v3.0/doc/createbyfilekey HTTP/1.1"
    assert request.body == BODY
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-timevale-project-id"] == "project"
    assert request.headers["x-timevale-signature"] == signature_of(SECRET, BODY)
    assert "cookie" not in request.headers


def test_a_chunked_answer_is_verified_over_its_own_bytes(make_client: MakeClient) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (OK[:5], OK[5:])) + b"0\r\n\r\n"
    head = signed(SECRET, OK, **{"Transfer-Encoding": "chunked"})[: -len(OK)]
    with FaultServer(reply(head + chunks)) as server:
        assert make_client(server.url).post("/x", BODY).body == OK


def test_a_connection_serves_several_calls(make_client: MakeClient) -> None:
    with FaultServer(keep_replying(signed(SECRET, OK)), hang_at_once) as server:
        client = make_client(server.url, limits=QUICK)
        for _ in range(3):
            client.post("/x", BODY)
        assert len(server.received) == 3


def test_a_connection_that_lay_unused_too_long_is_not_used_again(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer(keep_replying(signed(SECRET, OK)), reply(signed(SECRET, OK))) as server:
        client = make_client(server.url, limits=QUICK)
        client.post("/x", BODY)
        monkeypatch.setattr("esign_desktop.api.transport.MAX_IDLE_S", 0.0)
        client.post("/x", BODY)
        assert len(server._connections) == 2  # noqa: SLF001


def test_nobody_listening_means_not_sent(make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSent) as caught:
        make_client(f"http://127.0.0.1:{port}").post("/x", BODY)
    assert (caught.value.code, caught.value.retryable) == ("api.no_network", True)


def test_a_name_that_can_not_be_found_means_not_sent(make_client: MakeClient) -> None:
    with pytest.raises(NotSent) as caught:
        make_client("http://platform.invalid").post("/x", BODY)
    assert caught.value.code == "api.no_network"


@pytest.mark.parametrize("url", ["", "platform", "ftp://127.0.0.1", "http://", "http://a b/", "http://u:p@127.0.0.1"])
def test_an_address_that_is_none_means_not_sent(make_client: MakeClient, url: str) -> None:
    with pytest.raises(NotSent) as caught:
        make_client(url).post("/x", BODY)
    assert caught.value.code == "api.bad_address"


@pytest.mark.parametrize("proxy_url", ["http://127.0.0.1:9", "socks5://127.0.0.1:9", "http://"])
def test_a_proxy_that_can_not_be_used_means_not_sent(make_client: MakeClient, proxy_url: str) -> None:
    with pytest.raises(NotSent) as caught:
        make_client("http://127.0.0.1:1", proxy_url=proxy_url).post("/x", BODY)
    assert caught.value.code == "api.proxy"


def test_a_proxy_that_refuses_a_tunnel_means_not_sent(make_client: MakeClient) -> None:
    with FaultServer(reply(http_answer(b"", "407 Proxy Authentication Required"))) as proxy:
        with pytest.raises(NotSent) as caught:
            make_client("https://platform.invalid", proxy_url=proxy.url).post("/x", BODY)
        assert proxy.received[0].line.startswith("CONNECT platform.invalid:443 ")
        assert BODY not in proxy.received[0].body
    assert caught.value.code == "api.proxy"


def test_the_proxy_of_the_settings_is_used_and_that_of_the_environment_is_not(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name)
    with FaultServer(keep_replying(signed(SECRET, OK))) as server:
        make_client(server.url).post("/x", BODY)
        make_client("http://platform.invalid/base", proxy_url=server.url).post("/x", BODY)
        assert [request.line.split()[1] for request in server.received] == ["/x", "http://platform.invalid/base/x"]


def test_a_project_id_that_fits_no_header_means_not_sent(make_client: MakeClient) -> None:
    client = make_client("http://127.0.0.1:1")
    for project_id in ("", "项目", "a\r\nX-Evil: 1", "a b"):
        object.__setattr__(client._environment, "project_id", project_id)  # noqa: SLF001
        with pytest.raises(NotSent) as caught:
            client.post("/x", BODY)
        assert caught.value.code == "api.bad_project_id"


def test_a_listener_that_never_accepts_means_not_sent(make_client: MakeClient) -> None:
    with full_listener() as port:
        began_s = time.monotonic()
        with pytest.raises(NotSent) as caught:
            make_client(f"http://127.0.0.1:{port}", limits=QUICK).post("/x", BODY)
        assert time.monotonic() - began_s < QUICK.total_s + 3
    assert caught.value.code == "api.timeout"


def test_no_answer_in_time_leaves_the_outcome_unknown(make_client: MakeClient) -> None:
    error = outcome(make_client, hang_after_request)
    assert (error.code, error.retryable) == ("api.timeout", True)


def test_a_server_that_never_reads_leaves_the_outcome_unknown(make_client: MakeClient) -> None:
    assert outcome(make_client, hang_at_once, body=LARGE_BODY).code == "api.timeout"


def test_an_answer_that_trickles_is_given_up_when_the_whole_time_is_over(make_client: MakeClient) -> None:
    began_s = time.monotonic()
    assert outcome(make_client, trickle(signed(SECRET, OK) + b" " * 1000, 0.05)).code == "api.timeout"
    assert time.monotonic() - began_s < QUICK.total_s + 3


@pytest.mark.parametrize("byte_count", [1, 10_000])
def test_a_reset_leaves_the_outcome_unknown(make_client: MakeClient, byte_count: int) -> None:
    assert outcome(make_client, reset_after(byte_count), body=LARGE_BODY).code == "api.reset"


def test_a_connection_closed_without_an_answer_leaves_the_outcome_unknown(make_client: MakeClient) -> None:
    assert outcome(make_client, reply(b"")).code == "api.reset"


@pytest.mark.parametrize("cut", [1, 20, len(OK) - 1])
def test_half_an_answer_is_none(make_client: MakeClient, cut: int) -> None:
    assert outcome(make_client, reply(signed(SECRET, OK)[:-cut])).code == "api.reset"


def test_a_truncated_chunked_answer_is_none(make_client: MakeClient) -> None:
    head = signed(SECRET, OK, **{"Transfer-Encoding": "chunked"})[: -len(OK)]
    assert outcome(make_client, reply(head + b"5\r\n" + OK[:5])).code == "api.reset"


def test_an_answer_without_a_length_that_ends_early_does_not_verify(make_client: MakeClient) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + signed(SECRET, OK).split(b"\r\n")[1] + b"\r\n\r\n"
    assert outcome(make_client, reply(head + OK[:-3])).code == "api.unverified"


def test_what_is_no_http_is_a_protocol_error(make_client: MakeClient) -> None:
    assert outcome(make_client, reply(b"\x00\x01garbage\r\n\r\n")).code == "api.protocol"


@pytest.mark.parametrize("status", ["500 Internal Server Error", "502 Bad Gateway", "404 Not Found"])
def test_an_unsigned_failing_status_leaves_the_outcome_unknown(make_client: MakeClient, status: str) -> None:
    error = outcome(make_client, reply(http_answer(b"<html>oops</html>", status)))
    assert error.code == "api.http_status"
    assert error.params["status"] == int(status.split(maxsplit=1)[0])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-timevale-signature": ""},
        {"X-timevale-signature": "0" * 64},
        {"X-timevale-signature": "\xe9\xff"},
    ],
)
def test_a_success_without_the_right_signature_is_no_answer(make_client: MakeClient, headers: dict[str, str]) -> None:
    assert outcome(make_client, reply(http_answer(OK, headers=headers))).code == "api.unverified"


def test_a_page_of_a_gateway_is_no_answer(make_client: MakeClient) -> None:
    page = http_answer(b"<html>Please log in</html>", headers={"Content-Type": "text/html"})
    assert outcome(make_client, reply(page)).code == "api.unverified"


def test_the_signature_of_another_body_is_no_signature(make_client: MakeClient) -> None:
    forged = signed(SECRET, OK).replace(b'"d1"', b'"d2"')
    assert outcome(make_client, reply(forged)).code == "api.unverified"


@pytest.mark.parametrize("status", ["200 OK", "401 Unauthorized"])
def test_a_refusal_signed_with_another_secret_says_that_ours_is_wrong(make_client: MakeClient, status: str) -> None:
    refusal = envelope(err_code=1100001, msg="签名校验失败")
    error = outcome(make_client, reply(signed(Secret("other"), refusal, status)))
    assert (error.code, error.params["err_code"]) == ("api.unsigned_refusal", 1100001)


def test_a_compressed_answer_is_not_unpacked(make_client: MakeClient) -> None:
    bomb = http_answer(b"\x1f\x8b" + b"\0" * 50, headers={"Content-Encoding": "gzip"})
    assert outcome(make_client, reply(bomb)).code == "api.unverified"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_is_not_followed(make_client: MakeClient, status: str) -> None:
    with FaultServer(hang_after_request) as other:
        redirect = signed(SECRET, b"", status, Location=other.url + "/steal")
        assert outcome(make_client, reply(redirect)).code == "api.protocol"
        assert other.received == []


def test_an_answer_may_not_be_huge(make_client: MakeClient) -> None:
    declared = http_answer(b"", headers={"Content-Length": str(10**12)})
    assert outcome(make_client, reply(declared)).code == "api.too_large"


def test_an_answer_that_does_not_say_its_length_may_not_be_huge_either(make_client: MakeClient) -> None:
    def flood(peer: Peer) -> None:
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            peer.send(b" " * 65536)

    assert outcome(make_client, flood).code == "api.too_large"


def test_a_netrc_adds_nothing(make_client: MakeClient, isolated_home: Path) -> None:
    (isolated_home / ".netrc").write_text("machine 127.0.0.1 login user password pass\n")
    with FaultServer(reply(signed(SECRET, OK))) as server:
        make_client(server.url).post("/x", BODY)
        assert "authorization" not in server.received[0].headers


def test_a_cookie_is_not_sent_back(make_client: MakeClient) -> None:
    with FaultServer(keep_replying(signed(SECRET, OK, **{"Set-Cookie": "a=b; Path=/"}))) as server:
        client = make_client(server.url)
        client.post("/x", BODY)
        client.post("/x", BODY)
        assert all("cookie" not in request.headers for request in server.received)


def test_no_error_holds_an_address_or_a_body(make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSent) as caught:
        make_client(f"http://127.0.0.1:{port}").post("/x?Signature=key", BODY)
    error: BaseException | None = caught.value
    assert error is not None
    assert error.__cause__ is None
    assert error.__context__ is None
    assert "Signature" not in str(error)


@pytest.mark.parametrize("ahead_s", [0, 3600, -3600])
def test_a_clock_that_differs_is_noticed(make_client: MakeClient, ahead_s: int) -> None:
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - ahead_s))
    with FaultServer(reply(signed(SECRET, OK, Date=date))) as server:
        client = make_client(server.url)
        client.post("/x", BODY)
    assert client.last_clock_skew_s == pytest.approx(ahead_s, abs=5)


def test_a_date_that_is_none_is_no_matter(make_client: MakeClient) -> None:
    with FaultServer(reply(signed(SECRET, OK, Date="yesterday"))) as server:
        client = make_client(server.url)
        client.post("/x", BODY)
    assert client.last_clock_skew_s is None


def test_a_closed_client_makes_no_call(make_client: MakeClient) -> None:
    client = make_client("http://127.0.0.1:1")
    client.close()
    with pytest.raises(Cancelled):
        client.post("/x", BODY)


def full_listener() -> _FullListener:
    return _FullListener()


class _FullListener:
    """A port whose queue of connections is full: connecting to it neither succeeds nor fails."""

    def __enter__(self) -> int:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        address = self._listener.getsockname()
        self._waiting = []
        for _ in range(4):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(address)
            self._waiting.append(sock)
        return int(address[1])

    def __exit__(self, *_error: object) -> None:
        for sock in (*self._waiting, self._listener):
            sock.close()


def test_limits_are_generous_unless_told_otherwise() -> None:
    assert Limits().total_s >= 30
