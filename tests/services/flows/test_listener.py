from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.api.signature import Secret, signed_headers
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.erasure import PersonIdentifiers, forgotten_token
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.services.flows.listener import (
    MAX_BODY_BYTES,
    MOST_CONNECTIONS,
    REQUEST_S,
    NoticeListener,
    Sender,
)
from esign_desktop.services.flows.progress import signer_states
from esign_desktop.store.database.connection import Database
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.notices import NoticeInbox, ReceivedNotice
from tests.raised import raises_code
from tests.ui.flow_samples import make_flow, make_signer, progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEST = EnvironmentKind.TEST
SECRET = Secret("cf65f987315b12a21b983ca320196d7d")
FORGED = Secret("0" * 32)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    paths = AppPaths.at(tmp_path)
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    yield database
    database.close()


@pytest.fixture
def inbox(database: Database) -> NoticeInbox:
    return NoticeInbox(database)


@pytest.fixture
def listener(inbox: NoticeInbox) -> Iterator[NoticeListener]:
    senders = (Sender(EnvironmentKind.PRODUCTION, "other", FORGED), Sender(TEST, "project", SECRET))
    with NoticeListener(inbox, lambda: senders, clock_ms=lambda: 7) as listener:
        listener.start(0)
        yield listener


def body_of(flow: str, **more: Any) -> bytes:
    values = {"action": "SIGN_FLOW_FINISH", "flowId": flow, "flowStatus": 2, "businessScence": "借款"}
    return json.dumps(values | more, ensure_ascii=False).encode()


def post(listener: NoticeListener, body: bytes, *, secret: Secret = SECRET, project: str = "project") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
    try:
        connection.request("POST", "/notice", body, signed_headers(project, secret, body))
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_genuine_notice_is_kept_before_it_is_answered(listener: NoticeListener, inbox: NoticeInbox) -> None:
    assert post(listener, body_of("flow-1")) == 200
    assert inbox.open_flows(TEST) == ("flow-1",)


def test_repetitions_and_any_order_are_harmless(listener: NoticeListener, inbox: NoticeInbox) -> None:
    for flow in ("b", "a", "b", "a", "b"):
        assert post(listener, body_of(flow)) == 200
    assert set(inbox.open_flows(TEST)) == {"a", "b"}
    assert inbox.count() == 2


@pytest.mark.parametrize(
    ("body", "secret", "project"),
    [
        (body_of("x"), FORGED, "project"),
        (body_of("x"), SECRET, "stranger"),
        (body_of("x", action="NONSENSE"), SECRET, "project"),
        (b"{", SECRET, "project"),
        (b"", SECRET, "project"),
        (b'{"action":"SIGN_FLOW_FINISH","flowId":"a","flowId":"b","flowStatus":2}', SECRET, "project"),
    ],
)
def test_what_is_not_the_platforms_is_refused(
    listener: NoticeListener, inbox: NoticeInbox, body: bytes, secret: Secret, project: str
) -> None:
    assert post(listener, body, secret=secret, project=project) == 401
    assert inbox.count() == 0


def test_a_disk_that_keeps_nothing_is_not_answered_with_success(listener: NoticeListener) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NoticeInbox, "keep", _fail)
        assert post(listener, body_of("flow-1")) == 503


def _fail(_inbox: NoticeInbox, _notices: object) -> None:
    raise StoreError("store.disk_full")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1), b"413"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"501"),
    ],
)
def test_nothing_but_a_notice_is_read(listener: NoticeListener, head: bytes, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", listener.port or 0), timeout=5) as connection:
        connection.sendall(head)
        assert status in connection.recv(200).split(b"\r\n")[0]


def open_slow_ones(listener: NoticeListener, count: int, opened: ExitStack) -> list[socket.socket]:
    """Connections that begin a request and never end it."""
    found = []
    for _ in range(count):
        one = opened.enter_context(socket.create_connection(("127.0.0.1", listener.port or 0), timeout=5))
        one.sendall(b"POST /notice HTTP/1.1\r\nX-Slow: ")
        found.append(one)
    return found


@pytest.mark.parametrize(("lines", "line_bytes"), [(1, 17_000), (90, 60_000), (99, 200)])
def test_a_head_beyond_its_measure_is_refused_before_it_is_read(
    listener: NoticeListener, inbox: NoticeInbox, lines: int, line_bytes: int
) -> None:
    head = b"POST / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"x" * line_bytes) for n in range(lines))
    with socket.create_connection(("127.0.0.1", listener.port or 0), timeout=5) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(head + b"Content-Length: 2\r\n\r\n{}")
        answer = b""
        with contextlib.suppress(OSError):
            answer = connection.recv(100)
    # A sender that goes on sending may find its connection closed before it reads the answer.
    assert answer.startswith(b"HTTP/1.1 431 ") or (lines == 90 and answer == b"")
    assert post(listener, body_of("flow-1")) == 200
    assert inbox.count() == 1


def test_a_genuine_notice_may_have_a_long_head_and_a_long_body(listener: NoticeListener, inbox: NoticeInbox) -> None:
    body = body_of("flow-1", statusDescription="x" * 50_000)
    headers = {**signed_headers("project", SECRET, body), "X-Via": "x" * 15_000}
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
    for _again in range(2):
        connection.request("POST", "/notice", body, headers)
        assert connection.getresponse().read() == b'{"code":0}'
    connection.close()
    assert inbox.open_flows(TEST) == ("flow-1",)


def test_slow_connections_do_not_keep_a_notice_out(listener: NoticeListener, inbox: NoticeInbox) -> None:
    with ExitStack() as opened:
        open_slow_ones(listener, MOST_CONNECTIONS + 64, opened)
        began_s = time.monotonic()
        assert post(listener, body_of("flow-1")) == 200
        assert time.monotonic() - began_s < REQUEST_S / 2
    assert inbox.open_flows(TEST) == ("flow-1",)


def test_the_connection_that_has_been_slow_for_longest_makes_way(listener: NoticeListener) -> None:
    with ExitStack() as opened:
        first, second, *_others = open_slow_ones(listener, MOST_CONNECTIONS, opened)
        open_slow_ones(listener, 1, opened)
        assert first.recv(1) == b""
        second.settimeout(0.2)
        with pytest.raises(TimeoutError):
            second.recv(1)


def hold_keeping(inbox: NoticeInbox, monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Make the inbox wait before it keeps notices. Return the events that a call has begun, and that it may go on."""
    begun, release, keep = threading.Event(), threading.Event(), inbox.keep

    def keep_slowly(notices: tuple[ReceivedNotice, ...]) -> None:
        begun.set()
        release.wait(10)
        keep(notices)

    monkeypatch.setattr(inbox, "keep", keep_slowly)
    return begun, release


def test_a_notice_that_is_being_kept_does_not_have_to_make_way(
    listener: NoticeListener, inbox: NoticeInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, release = hold_keeping(inbox, monkeypatch)
    statuses: list[int] = []
    poster = threading.Thread(target=lambda: statuses.append(post(listener, body_of("flow-1"))))
    poster.start()
    assert begun.wait(5)
    with ExitStack() as opened:
        open_slow_ones(listener, MOST_CONNECTIONS + 1, opened)
        release.set()
        poster.join(5)
    assert statuses == [200]


def test_a_connection_that_finds_only_notices_being_kept_is_closed_at_once(
    listener: NoticeListener, inbox: NoticeInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, release = hold_keeping(inbox, monkeypatch)
    monkeypatch.setattr("esign_desktop.services.flows.listener.MOST_CONNECTIONS", 1)
    statuses: list[int] = []
    poster = threading.Thread(target=lambda: statuses.append(post(listener, body_of("flow-1"))))
    poster.start()
    assert begun.wait(5)
    with socket.create_connection(("127.0.0.1", listener.port or 0), timeout=5) as second:
        assert second.recv(1) == b""
        release.set()
    poster.join(5)
    assert statuses == [200]


def test_a_request_that_trickles_has_an_end(listener: NoticeListener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign_desktop.services.flows.listener.REQUEST_S", 0.5)
    with socket.create_connection(("127.0.0.1", listener.port or 0), timeout=5) as slow:
        began_s = time.monotonic()
        slow.sendall(b"POST /notice HTTP/1.1\r\nContent-Length: 60000\r\n\r\n")
        slow.settimeout(0.05)
        while time.monotonic() - began_s < 5:
            try:
                slow.sendall(b"x")
                if slow.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert 0.3 < time.monotonic() - began_s < 4


def test_connections_that_stay_open_serve_one_notice_after_another(listener: NoticeListener) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
    for number in range(3):
        body = body_of(f"flow-{number}")
        connection.request("POST", "/notice", body, signed_headers("project", SECRET, body))
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b'{"code":0}')
    connection.close()


def test_a_taken_port_is_told(listener: NoticeListener, inbox: NoticeInbox) -> None:
    second = NoticeListener(inbox, tuple, clock_ms=lambda: 7)
    with raises_code(StoreError, "notices.port_taken"):
        second.start(listener.port or 0)
    second.stop()


def test_among_many_forged_ones_every_genuine_one_is_kept_in_time(listener: NoticeListener, inbox: NoticeInbox) -> None:
    slowest: list[float] = []
    genuine = {f"flow-{number}" for number in range(20)}
    jobs = [(f"flow-{number}", SECRET) for number in range(20)] + [("x", FORGED)] * 600
    jobs.sort(key=lambda job: hash((job[0], id(job))))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if not jobs:
                    return
                flow, secret = jobs.pop()
            began_s = time.perf_counter()
            status = post(listener, body_of(flow), secret=secret)
            slowest.append(time.perf_counter() - began_s)
            assert status == (200 if secret is SECRET else 401)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(inbox.open_flows(TEST)) == genuine
    assert len(slowest) == 620
    assert max(slowest) < 2.0


def test_the_reason_of_a_failure_and_of_an_end_is_kept_with_its_flow_and_shown_to_nobody_after_forgetting(
    listener: NoticeListener, database: Database
) -> None:
    flows = Flows(database)
    signer = make_signer(1, "张三", account_id="a1")
    failed = progress(1, 3, account_id="a1")
    flows.add(make_flow(name="flow-1", status=FlowStatus.TERMINATED, signers=(signer,), steps=(failed,)))
    update = {
        "action": "SIGN_FLOW_UPDATE",
        "flowId": "flow-1",
        "accountId": "a1",
        "docId": "d",
        "signTime": "2026-11-26 10:00:00",
        "signResult": 3,
        "resultDescription": "<b>证书</b>已过期",
    }
    assert post(listener, json.dumps(update).encode()) == 200
    assert post(listener, body_of("flow-1", flowStatus=4, statusDescription="签署失败，张三证书过期")) == 200

    record = flows.get(FlowId("flow-1"))
    assert signer_states(record)[0].remark == "<b>证书</b>已过期"
    assert record.remark_of("") == "签署失败，张三证书过期"

    PersonErasure(database).begin(PersonIdentifiers("张三", forgotten_token("1"), account_ids=frozenset({"a1"})))
    assert flows.get(FlowId("flow-1")).remarks == ()
    # The platform says it again: nothing of the person comes back with it.
    assert post(listener, body_of("flow-1", flowStatus=4, statusDescription="再说一次：张三")) == 200
    assert flows.get(FlowId("flow-1")).remarks == ()
