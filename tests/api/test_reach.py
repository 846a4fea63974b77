"""A public name may lead anywhere: who answers is looked at, and nothing is said to who is too near."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.api.errors import NotSent
from esign_desktop.api.exchange import Limits, Request
from esign_desktop.api.transport import Attempt, HttpTransport
from esign_desktop.api.url_gate import Reach
from tests.api.checksum import content_md5_of
from tests.api.fault_server import FaultServer, http_answer, keep_replying, reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.api.conftest import MakeClient

NAME = "storage.example.com"
GET = "GET"


@pytest.fixture
def leads_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The public name is answered with this computer's own address, as a rebinding name server does."""
    ask = socket.getaddrinfo

    def answer(host: Any, *arguments: Any, **named: Any) -> Any:
        return ask("127.0.0.1" if host == NAME else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    transport = HttpTransport()
    yield transport
    transport.close()


def at_name(server: FaultServer) -> str:
    return server.url.replace("127.0.0.1", NAME)


@pytest.mark.usefixtures("leads_here")
def test_a_public_name_that_leads_here_is_not_spoken_to(transport: HttpTransport) -> None:
    # The server closes no connection, since the next call may use it.
    with FaultServer(keep_replying(http_answer(b"secret"))) as server:
        with pytest.raises(NotSent) as caught:
            transport.exchange(Request(GET, at_name(server), reach=Reach()), Limits())
        assert server.received == []
        assert transport.exchange(Request(GET, at_name(server), reach=Reach(may_be_here=True)), Limits()).status == 200
        assert transport.exchange(Request(GET, at_name(server)), Limits()).status == 200
    assert caught.value.code == "api.forbidden_address"
    assert not caught.value.retryable


@pytest.mark.usefixtures("leads_here")
def test_a_connection_that_another_call_left_open_is_looked_at_too(transport: HttpTransport) -> None:
    with FaultServer(reply(http_answer(b"1")), reply(http_answer(b"2"))) as server:
        assert transport.exchange(Request(GET, at_name(server)), Limits()).status == 200
        with pytest.raises(NotSent) as caught:
            transport.exchange(Request(GET, at_name(server), reach=Reach()), Limits())
        assert len(server.received) == 1
    assert caught.value.code == "api.forbidden_address"


def test_the_first_address_that_is_far_enough_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(reply(http_answer(b""))) as server:
        port = int(server.url.rpartition(":")[2].partition("/")[0])
        here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        link = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments: [link, here])
        with Attempt(Limits(), Reach(may_be_here=True)) as attempt:
            sock = attempt.open_socket(NAME, port, 1.0)
            assert sock.getpeername()[0] == "127.0.0.1"
            sock.close()


@pytest.mark.usefixtures("leads_here")
def test_through_a_proxy_the_proxy_may_be_here() -> None:
    with FaultServer(reply(http_answer(b"ok"))) as proxy:
        transport = HttpTransport(proxy_url=proxy.url)
        assert transport.exchange(Request(GET, f"http://{NAME}/x", reach=Reach()), Limits()).status == 200
        assert proxy.received[0].line.startswith(f"GET http://{NAME}/x ")
        transport.close()


@pytest.mark.usefixtures("leads_here")
def test_upload_and_download_of_an_own_far_address_do_not_come_here(make_client: MakeClient, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.7")
    client = make_client("https://sign.example.com/v3")
    with FaultServer(reply(http_answer(b"%PDF-"))) as server:
        with pytest.raises(NotSent) as sent:
            client.upload(at_name(server), file, content_md5_of(file))
        with pytest.raises(NotSent) as fetched:
            client.download(at_name(server), tmp_path / "b.pdf")
        assert server.received == []
    assert sent.value.code == fetched.value.code == "api.forbidden_address"
