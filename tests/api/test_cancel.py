"""A wish to stop is obeyed within half a second, whatever the call is waiting for."""

from __future__ import annotations

import importlib
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.errors import OutcomeUnknown
from esign_desktop.api.exchange import Limits
from esign_desktop.domain.errors import Cancelled, CancelToken
from esign_desktop.override import override
from tests.api.certificates import Authority
from tests.api.checksum import content_md5_of
from tests.api.conftest import SECRET
from tests.api.fault_server import (
    FaultServer,
    envelope,
    hang_after_request,
    hang_at_once,
    http_answer,
    reply,
    signed,
    trickle,
)
from tests.api.test_faults import full_listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.api.conftest import MakeClient
    from tests.api.fault_server import Peer

BODY = b'{"flowId":"f1"}'
PROMPT_S = 3.0


@pytest.fixture(autouse=True, scope="module")
def imported_transport() -> None:
    """Import requests before anything is timed: the first call would do it, for seconds under Wine."""
    importlib.import_module("esign_desktop.api.transport")


@contextmanager
def promptly(cancel: Callable[[], None], when: threading.Event | None = None) -> Iterator[None]:
    """Cancel from another thread once the server is where it should be, and time how long it takes to obey."""
    cancelled_at_s: list[float] = []

    def run() -> None:
        if when is None:
            threading.Event().wait(0.1)
        else:
            assert when.wait(5)
        cancelled_at_s.append(time.monotonic())
        cancel()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    assert time.monotonic() - cancelled_at_s[0] < PROMPT_S


def test_while_connecting(make_client: MakeClient) -> None:
    token = CancelToken()
    with full_listener() as port, promptly(token.cancel), pytest.raises(Cancelled):
        make_client(f"http://127.0.0.1:{port}").post("/x", BODY, cancel=token)


def test_while_shaking_hands(make_client: MakeClient) -> None:
    token = CancelToken()
    with FaultServer(hang_at_once) as server, promptly(token.cancel, server.reached), pytest.raises(Cancelled):
        make_client(server.url.replace("http:", "https:")).post("/x", BODY, cancel=token)


def test_while_a_proxy_makes_up_its_mind(make_client: MakeClient) -> None:
    token = CancelToken()
    with FaultServer(hang_after_request) as proxy, promptly(token.cancel, proxy.reached), pytest.raises(Cancelled):
        make_client("https://platform.invalid", proxy_url=proxy.url).post("/x", BODY, cancel=token)


def test_while_waiting_for_an_answer_which_leaves_the_outcome_unknown(make_client: MakeClient) -> None:
    token = CancelToken()
    with (
        FaultServer(hang_after_request) as server,
        promptly(token.cancel, server.reached),
        pytest.raises(OutcomeUnknown) as caught,
    ):
        make_client(server.url).post("/x", BODY, cancel=token)
    assert caught.value.code == "api.cancelled"


def test_while_an_answer_trickles_over_tls(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    token = CancelToken()
    answer = signed(SECRET, envelope()) + b" " * 1000
    with (
        FaultServer(trickle(answer, 0.02), tls=authority.server_context()) as server,
        promptly(token.cancel, server.reached),
        pytest.raises(OutcomeUnknown) as caught,
    ):
        make_client(server.url).post("/x", BODY, cancel=token)
    assert caught.value.code == "api.cancelled"


def test_on_a_connection_that_is_used_again(make_client: MakeClient) -> None:
    def play(peer: Peer) -> None:
        peer.read_request()
        peer.send(signed(SECRET, envelope()))
        hang_after_request(peer)

    token = CancelToken()
    with FaultServer(play) as server:
        client = make_client(server.url)
        client.post("/x", BODY)
        with promptly(token.cancel, server.reached), pytest.raises(OutcomeUnknown):
            client.post("/x", BODY, cancel=token)


def test_while_an_upload_is_stuck(make_client: MakeClient, tmp_path: Path) -> None:
    file = tmp_path / "large.pdf"
    with file.open("wb") as out:
        out.truncate(40_000_000)
    md5, token = content_md5_of(file), CancelToken()
    with FaultServer(hang_at_once) as server, promptly(token.cancel, server.reached), pytest.raises(Cancelled):
        make_client(server.url).upload(f"{server.url}/put", file, md5, cancel=token)


def test_while_a_download_trickles_and_nothing_is_left_of_it(make_client: MakeClient, tmp_path: Path) -> None:
    token = CancelToken()
    answer = http_answer(b"%PDF-1.7" + b" " * 1000)
    with (
        FaultServer(trickle(answer, 0.02)) as server,
        promptly(token.cancel, server.reached),
        pytest.raises(Cancelled),
    ):
        make_client(server.url).download(f"{server.url}/get", tmp_path / "signed.pdf", cancel=token)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["handshake", "answer", "upload"])
def test_a_thread_that_is_not_woken_is_left_behind(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Where ``shutdown`` wakes no thread, as under Wine."""
    monkeypatch.setattr("esign_desktop.api.transport._IS_WOKEN_BY_SHUTDOWN", False)
    monkeypatch.setattr("esign_desktop.api.transport._shut", lambda _socket: None)
    file = tmp_path / "large.pdf"
    with file.open("wb") as out:
        out.truncate(40_000_000)
    md5, token = content_md5_of(file), CancelToken()
    with FaultServer(hang_after_request if place == "answer" else hang_at_once) as server:
        client = make_client(server.url if place != "handshake" else server.url.replace("http:", "https:"))

        def call() -> None:
            if place == "upload":
                client.upload(f"{server.url}/put", file, md5, cancel=token)
            else:
                client.post("/x", BODY, cancel=token)

        begun_s = time.monotonic()
        with promptly(token.cancel, server.reached), pytest.raises((Cancelled, OutcomeUnknown)) as caught:
            call()
        assert time.monotonic() - begun_s < 2.0
    assert getattr(caught.value, "code", "cancelled") == ("api.cancelled" if place == "answer" else "cancelled")


def test_before_it_begins(make_client: MakeClient) -> None:
    token = CancelToken()
    token.cancel()
    with FaultServer(hang_at_once) as server, pytest.raises(Cancelled):
        make_client(server.url).post("/x", BODY, cancel=token)


def test_closing_the_client_breaks_every_call(make_client: MakeClient) -> None:
    with FaultServer(hang_after_request) as server:
        client = make_client(server.url)
        with promptly(client.close, server.reached), pytest.raises(OutcomeUnknown) as caught:
            client.post("/x", BODY)
    assert caught.value.code == "api.cancelled"


def test_closing_the_client_cancels_a_call_that_is_still_connecting(make_client: MakeClient) -> None:
    with full_listener() as port:
        client = make_client(f"http://127.0.0.1:{port}")
        with promptly(client.close), pytest.raises(Cancelled):
            client.post("/x", BODY)


def test_a_call_that_has_ended_no_longer_listens_to_its_token(make_client: MakeClient) -> None:
    listening: list[Callable[[], None]] = []

    class Token(CancelToken):
        @override
        def listen(self, listener: Callable[[], None]) -> None:
            listening.append(listener)
            super().listen(listener)

        @override
        def forget(self, listener: Callable[[], None]) -> None:
            listening.remove(listener)
            super().forget(listener)

    with FaultServer(reply(signed(SECRET, envelope()))) as server:
        make_client(server.url).post("/x", BODY, cancel=Token())
    assert listening == []


def test_an_abort_shuts_down_watched_sockets_and_those_that_come_late() -> None:
    from esign_desktop.api.transport import AbortReason, Attempt

    early, peer_of_early = socket.socketpair()
    late, peer_of_late = socket.socketpair()
    closed, _peer_of_closed = socket.socketpair()
    closed.close()
    with early, peer_of_early, late, peer_of_late, _peer_of_closed, Attempt(Limits()) as attempt:
        for one in (closed, early, early):
            attempt.watch(one)
        peer_of_early.settimeout(0.05)
        with pytest.raises(TimeoutError):
            peer_of_early.recv(1)
        attempt.abort(AbortReason.CANCELLED)
        attempt.watch(late)
        for peer in (peer_of_early, peer_of_late):
            peer.settimeout(5)
            assert peer.recv(1) == b""


def test_a_wish_that_comes_too_late_changes_nothing(make_client: MakeClient) -> None:
    token = CancelToken()
    with FaultServer(reply(signed(SECRET, envelope()))) as server:
        assert make_client(server.url).post("/x", BODY, cancel=token).status == 200
    token.cancel()
    assert token.is_cancelled


def test_a_listener_that_comes_late_is_told_at_once() -> None:
    token, told = CancelToken(), threading.Event()
    token.raise_if_cancelled()
    token.cancel()
    token.listen(told.set)
    assert told.is_set()
    with pytest.raises(Cancelled):
        token.raise_if_cancelled()
