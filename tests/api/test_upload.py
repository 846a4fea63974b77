from __future__ import annotations

import base64
import hashlib
import http.client
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.errors import NotSent, OutcomeUnknown, StorageRefused
from esign_desktop.api.upload import with_fresh_addresses
from esign_desktop.domain.errors import ApiError, InputError
from tests.api.checksum import content_md5_of
from tests.api.conftest import QUICK
from tests.api.fault_server import FaultServer, http_answer, reply, reset_after

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import MakeClient
    from tests.api.fault_server import Peer

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 1000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "contract.pdf"
    path.write_bytes(PDF)
    return path


def storage_error(status: str, code: str) -> bytes:
    return http_answer(f'<?xml version="1.0"?>\n<Error>\n  <Code>{code}</Code>\n</Error>\n'.encode(), status)


def refusal(make_client: MakeClient, file: Path, answer: bytes) -> StorageRefused:
    with FaultServer(reply(answer)) as server:
        with pytest.raises(StorageRefused) as caught:
            make_client(server.url).upload(f"{server.url}/put?Signature=key", file, content_md5_of(file))
        assert len(server.received) == 1
    assert "Signature=" not in f"{caught.value} {caught.value.params}"
    return caught.value


def test_the_storage_gets_the_bytes_and_just_the_two_declared_headers(
    make_client: MakeClient, file: Path, isolated_home: Path
) -> None:
    (isolated_home / ".netrc").write_text("machine 127.0.0.1 login user password pass\n")
    told: list[tuple[int, int]] = []
    with FaultServer(reply(http_answer(b""))) as server:
        make_client(server.url).upload(
            f"{server.url}/put?Expires=1&Signature=a%2Bb%3D",
            file,
            content_md5_of(file),
            on_progress=lambda done, total: told.append((done, total)),
        )
        (request,) = server.received
    assert request.line == "PUT /put?Expires=1&Signature=a%2Bb%3D HTTP/1.1"
    assert request.body == PDF
    assert request.headers["content-md5"] == base64.b64encode(hashlib.md5(PDF).digest()).decode()  # noqa: S324
    assert request.headers["content-type"] == "application/pdf"
    assert request.headers["content-length"] == str(len(PDF))
    assert not [name for name in request.headers if name.startswith("x-timevale") or name == "authorization"]
    assert told[-1] == (len(PDF), len(PDF))
    assert [done for done, _total in told] == sorted(done for done, _total in told)


@pytest.mark.parametrize(
    ("status", "storage_code", "code"),
    [
        ("403 Forbidden", "AccessDenied", "api.upload_expired"),
        ("403 Forbidden", "", "api.upload_expired"),
        ("403 Forbidden", "SignatureDoesNotMatch", "api.upload_md5"),
        ("400 Bad Request", "InvalidDigest", "api.upload_md5"),
        ("400 Bad Request", "IncompleteBody", "api.upload_failed"),
        ("404 Not Found", "NoSuchKey", "api.upload_failed"),
        ("503 Slow Down", "SlowDown", "api.upload_failed"),
        ("302 Found", "", "api.upload_failed"),
    ],
)
def test_each_refusal_of_the_storage_is_told_apart(
    make_client: MakeClient, file: Path, status: str, storage_code: str, code: str
) -> None:
    error = refusal(make_client, file, storage_error(status, storage_code))
    assert (error.code, error.params["storage_code"]) == (code, storage_code)


def test_only_what_passes_is_worth_another_try(make_client: MakeClient, file: Path) -> None:
    assert refusal(make_client, file, storage_error("403 Forbidden", "AccessDenied")).retryable
    assert refusal(make_client, file, storage_error("503 Slow Down", "SlowDown")).retryable
    assert refusal(make_client, file, storage_error("500 Internal Server Error", "InternalError")).retryable
    assert not refusal(make_client, file, storage_error("400 Bad Request", "InvalidDigest")).retryable


def test_a_storage_that_refuses_before_it_has_read_everything_is_heard(make_client: MakeClient, tmp_path: Path) -> None:
    file = tmp_path / "large.pdf"
    with file.open("wb") as out:
        out.truncate(30_000_000)

    def refuse_early(peer: Peer) -> None:
        peer.sock.recv(1000)
        peer.send(storage_error("403 Forbidden", "AccessDenied"))

    with FaultServer(refuse_early) as server, pytest.raises(StorageRefused) as caught:
        make_client(server.url).upload(server.url, file, content_md5_of(file))
    assert caught.value.code == "api.upload_expired"


def test_an_early_refusal_is_heard_where_the_connection_counts_as_aborted(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows tells WSAECONNABORTED where other systems tell EPIPE."""
    file = tmp_path / "large.pdf"
    with file.open("wb") as out:
        out.truncate(300_000)
    send = http.client.HTTPConnection.send

    def aborted(connection: http.client.HTTPConnection, data: bytes) -> None:
        if not data.startswith(b"PUT "):
            raise ConnectionAbortedError(10053, "aborted by the software in your host machine")
        send(connection, data)

    def refuse_early(peer: Peer) -> None:
        peer.sock.recv(1000)
        peer.send(storage_error("403 Forbidden", "AccessDenied"))

    monkeypatch.setattr("http.client.HTTPConnection.send", aborted)
    with FaultServer(refuse_early) as server, pytest.raises(StorageRefused) as caught:
        make_client(server.url).upload(server.url, file, content_md5_of(file))
    assert caught.value.code == "api.upload_expired"


def test_a_reset_is_not_taken_for_success(make_client: MakeClient, tmp_path: Path) -> None:
    file = tmp_path / "large.pdf"
    with file.open("wb") as out:
        out.truncate(30_000_000)
    with FaultServer(reset_after(100_000)) as server, pytest.raises(OutcomeUnknown) as caught:
        make_client(server.url).upload(server.url, file, content_md5_of(file))
    assert caught.value.code == "api.reset"


def test_a_file_that_is_gone_is_not_sent(make_client: MakeClient, file: Path) -> None:
    md5 = content_md5_of(file)
    file.unlink()
    with FaultServer(reply(http_answer(b""))) as server:
        with pytest.raises(InputError) as caught:
            make_client(server.url).upload(server.url, file, md5)
        assert server.received == []
    assert caught.value.code == "document.missing"


@pytest.mark.parametrize("changed", [b"", PDF[:-1] + b"X", PDF[:100], PDF + b"more"])
def test_a_file_that_is_not_the_declared_one_does_not_arrive(
    make_client: MakeClient, file: Path, changed: bytes
) -> None:
    md5 = content_md5_of(file)
    file.write_bytes(changed)
    with FaultServer(reply(http_answer(b""))) as server:
        with pytest.raises(InputError) as caught:
            make_client(server.url, limits=QUICK).upload(server.url, file, md5)
        assert server.received == []
    assert caught.value.code == "document.changed"


@pytest.mark.parametrize("size_bytes", [0, 100_000, 20_000_000])
def test_a_file_that_changes_its_length_while_it_is_sent_does_not_arrive(
    make_client: MakeClient, tmp_path: Path, size_bytes: int
) -> None:
    file = tmp_path / "large.pdf"
    with file.open("wb") as out:
        out.truncate(10_000_000)
    md5 = content_md5_of(file)

    def change(done: int, _total: int) -> None:
        if done < 1_000_000:
            with file.open("r+b") as out:
                out.truncate(size_bytes)

    with FaultServer(reply(http_answer(b""))) as server:
        with pytest.raises(InputError) as caught:
            make_client(server.url).upload(server.url, file, md5, on_progress=change)
        assert server.received == []
    assert caught.value.code == "document.changed"


def test_only_a_web_address_is_sent_to(make_client: MakeClient, file: Path) -> None:
    with pytest.raises(NotSent) as caught:
        make_client("http://127.0.0.1:1").upload("file:///etc/passwd", file, "x")
    assert caught.value.code == "api.forbidden_address"


def test_memory_does_not_grow_with_the_file(make_client: MakeClient, tmp_path: Path) -> None:
    file = tmp_path / "large.pdf"
    with file.open("wb") as out:
        out.truncate(50_000_000)
    md5 = content_md5_of(file)
    received_bytes: list[int] = []
    piece = bytearray(1 << 16)

    def swallow(peer: Peer) -> None:
        head = peer.sock.recv(1 << 16)
        left = 50_000_000 - len(head.split(b"\r\n\r\n", 1)[1])
        while left > 0 and (count := peer.sock.recv_into(piece)):
            left -= count
        received_bytes.append(50_000_000 - left)
        peer.send(http_answer(b""))

    with FaultServer(swallow) as server:
        client = make_client(server.url)
        client._ready_transport()  # noqa: SLF001  the import of requests is not what is measured
        tracemalloc.start()
        try:
            client.upload(server.url, file, md5)
            _now, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert received_bytes == [50_000_000]
    assert peak_bytes < 4_000_000


EXPIRED = StorageRefused("api.upload_expired", status=403)
MISMATCH = StorageRefused("api.upload_md5", status=400)
FAILED = StorageRefused("api.upload_failed", status=503)
RESET, DAMAGED = NotSent("api.reset"), InputError("document.changed")


@pytest.mark.parametrize(
    ("errors", "attempts"),
    [
        ([], 1),
        ([EXPIRED] * 3, 4),
        ([EXPIRED] * 4, 4),
        ([MISMATCH], 2),
        ([RESET], 2),
        ([DAMAGED], 2),
        ([MISMATCH, RESET], 2),
        ([EXPIRED, MISMATCH, EXPIRED, EXPIRED], 5),
        ([FAILED], 1),
        ([EXPIRED, FAILED], 2),
    ],
    ids=lambda value: ", ".join(error.code for error in value) or "no error" if isinstance(value, list) else None,
)
def test_an_upload_is_repeated_with_a_fresh_url_as_often_as_that_may_help(
    errors: list[ApiError | InputError], attempts: int
) -> None:
    left, made = list(errors), 0

    def upload() -> str:
        nonlocal made
        made += 1
        if left:
            raise left.pop(0)
        return "uploaded"

    if attempts > len(errors):
        assert with_fresh_addresses(upload, mismatches={"document.changed"}) == "uploaded"
    else:
        with pytest.raises((ApiError, InputError)) as caught:
            with_fresh_addresses(upload, mismatches={"document.changed"})
        assert caught.value is errors[attempts - 1]
    assert made == attempts


def test_a_changed_document_is_not_uploaded_again_unless_the_caller_says_that_it_is_a_copy() -> None:
    made: list[None] = []

    def upload() -> None:
        made.append(None)
        raise DAMAGED

    with pytest.raises(InputError):
        with_fresh_addresses(upload)
    assert len(made) == 1
