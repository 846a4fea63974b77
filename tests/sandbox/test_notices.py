"""Notices are signed, tried again, and stop after six tries (4.10)."""

from __future__ import annotations

import json
import queue
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from esign_desktop.override import override
from tests.sandbox.client import Client, coordinate, hmac_hex
from tests.sandbox.pages import blank_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.sandbox.server import SandboxServer

WAIT_S = 10


@dataclass
class Application:
    """An address to be notified at, which answers with the statuses given, then with 200."""

    statuses: list[int] = field(default_factory=list)
    received: queue.Queue[tuple[dict[str, str], bytes]] = field(default_factory=queue.Queue)
    url: str = ""

    def next(self) -> dict[str, Any]:
        _, body = self.received.get(timeout=WAIT_S)
        value: dict[str, Any] = json.loads(body)
        return value


@contextmanager
def listening(application: Application) -> Iterator[Application]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(application.statuses.pop(0) if application.statuses else 200)
            self.end_headers()
            application.received.put(({k.lower(): v for k, v in self.headers.items()}, body))

        @override
        def log_request(self, code: object = "-", size: object = "-") -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    application.url = f"http://127.0.0.1:{server.server_port}/notify?a=1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield application
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def application() -> Iterator[Application]:
    with listening(Application()) as one:
        yield one


@pytest.fixture
def notified(start_server: Callable[..., SandboxServer], application: Application) -> SandboxServer:
    return start_server(notify_url=application.url, notice_interval_s=0)


def start_flow(client: Client) -> tuple[str, str]:
    doc_id = client.document(blank_pdf())
    signer = {"accountId": client.person(), "docPosList": [coordinate(doc_id)]}
    data = client.start([doc_id], [signer]).data
    return data["flowId"], data["signUrlList"][0]["signUrl"][0]


def test_signing_is_told_per_document_and_then_the_end(
    notified: SandboxServer, application: Application, shared_dir: Path
) -> None:
    client = Client(notified.base_url)
    flow_id, url = start_flow(client)
    client.sign(url)
    update, finish = application.next(), application.next()
    assert (update["action"], update["signResult"], update["flowId"]) == ("SIGN_FLOW_UPDATE", 2, flow_id)
    assert (finish["action"], finish["flowStatus"], finish["businessScence"]) == ("SIGN_FLOW_FINISH", 2, "劳动合同")
    components = yaml.safe_load((shared_dir / "spec" / "openapi.yaml").read_text("utf-8"))["components"]
    for notice, schema in ((update, "SignerUpdatedNotice"), (finish, "FlowFinishedNotice")):
        jsonschema.validate(notice, {"$ref": f"#/components/schemas/{schema}", "components": components})


def test_notices_are_signed_over_their_raw_bytes(notified: SandboxServer, application: Application) -> None:
    client = Client(notified.base_url)
    _, url = start_flow(client)
    client.sign(url)
    headers, body = application.received.get(timeout=WAIT_S)
    assert headers["x-timevale-signature"] == hmac_hex(body)
    assert headers["x-timevale-project-id"] == "1111563657"
    assert headers["x-timevale-mode"] == "package"
    assert headers["x-timevale-signature-algorithm"] == "hmac-sha256"


def test_refusal_is_told_with_its_reason(notified: SandboxServer, application: Application) -> None:
    client = Client(notified.base_url)
    _, url = start_flow(client)
    client.refuse(url, "金额不对")
    update, finish = application.next(), application.next()
    assert (update["signResult"], update["resultDescription"]) == (4, "金额不对")
    assert (finish["flowStatus"], finish["statusDescription"]) == (4, "金额不对")


def test_revocation_is_told(notified: SandboxServer, application: Application) -> None:
    client = Client(notified.base_url)
    flow_id, _ = start_flow(client)
    client.call("/sign/revoke", {"flowId": flow_id})
    assert application.next()["flowStatus"] == 3


def test_redirects_acknowledge_and_errors_are_tried_again(notified: SandboxServer, application: Application) -> None:
    application.statuses = [500, 404, 302]
    client = Client(notified.base_url)
    flow_id, _ = start_flow(client)
    client.call("/sign/revoke", {"flowId": flow_id})
    bodies = [application.next() for _ in range(3)]
    assert bodies[0] == bodies[1] == bodies[2]
    assert_nothing_pending(notified)


def test_sixth_try_is_the_last(notified: SandboxServer, application: Application) -> None:
    application.statuses = [500] * 10
    client = Client(notified.base_url)
    flow_id, _ = start_flow(client)
    client.call("/sign/revoke", {"flowId": flow_id})
    for _ in range(6):
        application.next()
    assert_nothing_pending(notified)
    assert len(application.statuses) == 4


def test_undelivered_notices_wait_for_their_interval_and_survive_a_restart(
    start_server: Callable[..., SandboxServer], application: Application
) -> None:
    application.statuses = [500]
    first = start_server(notify_url=application.url, notice_interval_s=1800)
    client = Client(first.base_url)
    flow_id, _ = start_flow(client)
    client.call("/sign/revoke", {"flowId": flow_id})
    notice = application.next()
    first.stop()
    (pending,) = first.platform.state.notices
    assert pending.tries == 1
    assert pending.next_try_ms == first.options.clock_ms() + 1_800_000
    later = first.options.clock_ms() + 1_800_000
    start_server(notify_url=application.url, clock_ms=lambda: later)
    assert application.next() == notice


def test_nobody_listening_stops_nothing(start_server: Callable[..., SandboxServer]) -> None:
    server = start_server(notify_url="http://127.0.0.1:9/", notice_interval_s=0)
    client = Client(server.base_url)
    flow_id, _ = start_flow(client)
    assert client.call("/sign/revoke", {"flowId": flow_id}).err_code == 0
    assert_nothing_pending(server)


def test_the_address_is_looked_up_anew_in_its_file(
    start_server: Callable[..., SandboxServer], application: Application, tmp_path: Path
) -> None:
    file = tmp_path / "notify"
    server = start_server(notify_file=file, notice_interval_s=0)
    client = Client(server.base_url)
    unheard, _ = start_flow(client)
    client.call("/sign/revoke", {"flowId": unheard})
    # There was nobody to tell it to.
    assert_nothing_pending(server)
    file.write_text(f"{application.url}\n")
    flow_id, _ = start_flow(client)
    client.call("/sign/revoke", {"flowId": flow_id})
    assert application.next()["flowId"] == flow_id
    file.write_bytes(b"\xff")
    assert server.platform.notices.address == ""


def assert_nothing_pending(server: SandboxServer) -> None:
    """Waits for the delivering thread to give up or be done."""
    assert server.platform.notices.wait_until_idle(WAIT_S)
