"""The server serves many at once, and is gone when stopped."""

from __future__ import annotations

import http.client
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from esign_desktop.sandbox.options import SandboxOptions
from esign_desktop.sandbox.server import SandboxServer
from tests.sandbox.client import PROJECT_ID, SECRET, Client, coordinate, fetch
from tests.sandbox.pages import blank_pdf

CHUNK = bytes(1 << 20)


def test_stopping_ends_kept_connections(server: SandboxServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    server.stop()
    assert connection.sock.recv(1) == b""
    connection.close()
    with pytest.raises(ConnectionError):
        fetch("GET", f"http://127.0.0.1:{server.port}/healthz")


def test_stopping_twice_and_never_starting_are_fine(server: SandboxServer, tmp_path: Path) -> None:
    server.stop()
    server.stop()
    SandboxServer(SandboxOptions(PROJECT_ID, SECRET, tmp_path)).stop()


def test_taken_port_raises_and_leaves_nothing(server: SandboxServer, tmp_path: Path) -> None:
    options = SandboxOptions(PROJECT_ID, SECRET, tmp_path / "other", port=server.port)
    with pytest.raises(OSError, match="in use"):
        SandboxServer(options).start()


def test_a_connection_is_kept_for_many_requests(client: Client, server: SandboxServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for _ in range(3):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b'{"status":"ok"}'
    connection.close()


def test_many_contracts_at_once_all_complete(client: Client, server: SandboxServer) -> None:
    content = blank_pdf()

    def whole_contract(number: int) -> int:
        doc_id = client.document(content)
        signer = {"accountId": client.person(f"人{number}"), "docPosList": [coordinate(doc_id)]}
        data = client.start([doc_id], [signer]).data
        client.sign(data["signUrlList"][0]["signUrl"][0])
        status: int = client.detail(data["flowId"])["flowStatus"]
        return status

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(whole_contract, range(24))) == [2] * 24
    assert server.platform.billing.balance().charged == 24


def kib(name: str) -> int:
    found = re.search(name + r":\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
def test_unsigned_calls_take_little_memory(client: Client, server: SandboxServer, tmp_path: Path) -> None:
    """Measured while four of the longest bodies have come but for their last byte."""
    size_bytes = 64 << 20
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before_kib, connections = kib("VmRSS"), []
    for _ in range(4):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.putrequest("POST", "/opentreaty/rest/v3.0/account/idexchange")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(size_bytes))
        connection.endheaders()
        for _ in range(63):
            connection.send(CHUNK)
        connection.send(CHUNK[:-1])
        connections.append(connection)
    for connection in connections:
        connection.send(b" ")
        answer = connection.getresponse()
        assert answer.status == 401
        answer.read()
        connection.close()
    assert (kib("VmHWM") - before_kib) / 1024 < 24
    # The files that held the bodies are gone.
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 1 << 20


def test_a_long_signed_body_is_read(client: Client) -> None:
    body = b'{"thirdId":"nobody"' + b" " * (3 << 20) + b"}"
    assert client.raw("/account/idexchange", body).err_code == 1_100_020
