"""Uploads must be what was announced; addresses expire (4.5, 4.8)."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.sandbox.client import Client, FakeClock, Response, fetch, md5
from tests.sandbox.pages import blank_pdf, page_count, pymupdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.sandbox.server import SandboxServer

FILE = 1_100_030
FILE_MISSING = 1_100_031
TYPE_UNSUPPORTED = 1_100_032


def create(client: Client, file_key: str) -> Response:
    return client.call("/doc/createbyfilekey", {"fileKey": file_key})


def upload_unchecked(client: Client, content: bytes, **changes: Any) -> Response:
    values: dict[str, Any] = {
        "fileName": "合同.pdf",
        "fileSize": len(content),
        "contentType": "application/pdf",
        "contentMd5": md5(content),
    } | changes
    announced = client.call("/file/uploadurl", values).data
    headers = {"Content-MD5": values["contentMd5"], "Content-Type": values["contentType"]}
    assert fetch("PUT", announced["uploadUrl"], content, headers).status == 200
    return create(client, announced["fileKey"])


def test_uploaded_file_becomes_a_contract_that_can_be_read_back(client: Client) -> None:
    content = blank_pdf(3)
    doc_id = client.document(content)
    url = client.call("/doc/downloadurl", {"docId": doc_id}).data["docUrl"]
    response = fetch("GET", url)
    assert response.body == content
    assert response.headers["Content-Type"] == "application/pdf"
    assert "filename*=UTF-8''%E5%90%88%E5%90%8C.pdf" in response.headers["Content-Disposition"]


def test_contract_is_refused_before_the_file_is_there(client: Client) -> None:
    announced = client.announce(blank_pdf())
    assert create(client, announced["fileKey"]).err_code == FILE_MISSING


def test_unknown_ids_are_refused(client: Client) -> None:
    assert create(client, "$nothing$1").err_code == 1_100_020
    assert client.call("/doc/downloadurl", {"docId": "nothing"}).err_code == 1_100_020


@pytest.mark.parametrize(
    "changes", [{"contentMd5": "abc"}, {"contentMd5": "eHh4"}, {"fileSize": 0}, {"fileSize": "x"}, {"fileName": ""}]
)
def test_announcements_must_be_sound(client: Client, changes: dict[str, Any]) -> None:
    values = {"fileName": "a.pdf", "fileSize": 3, "contentType": "application/pdf", "contentMd5": md5(b"abc")}
    assert client.call("/file/uploadurl", values | changes).err_code == 1_100_010


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-MD5": md5(b"else")}, 403, "SignatureDoesNotMatch"),
        ({"Content-Type": "text/plain"}, 403, "SignatureDoesNotMatch"),
        ({"Authorization": "Basic x"}, 400, "InvalidArgument"),
    ],
)
def test_headers_other_than_the_declared_ones_are_refused_as_xml(
    client: Client, headers: dict[str, str], status: int, code: str
) -> None:
    content = blank_pdf()
    url = client.announce(content)["uploadUrl"]
    sent = {"Content-MD5": md5(content), "Content-Type": "application/pdf"} | headers
    response = fetch("PUT", url, content, sent)
    assert response.status == status
    assert f"<Code>{code}</Code>".encode() in response.body
    assert response.headers["Content-Type"] == "application/xml"


def test_bytes_that_do_not_have_the_declared_md5_are_not_kept(client: Client) -> None:
    content = blank_pdf()
    announced = client.announce(content)
    headers = {"Content-MD5": md5(content), "Content-Type": "application/pdf"}
    response = fetch("PUT", announced["uploadUrl"], content[:-1] + b"X", headers)
    assert response.status == 400
    assert b"<Code>InvalidDigest</Code>" in response.body
    assert create(client, announced["fileKey"]).err_code == FILE_MISSING


def test_size_must_be_the_declared_one(client: Client) -> None:
    assert upload_unchecked(client, blank_pdf(), fileSize=7).err_code == FILE


def test_chunked_upload_is_refused_with_411(client: Client) -> None:
    parts = urlsplit(client.announce(blank_pdf())["uploadUrl"])
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode() + b"1\r\nx\r\n0\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 411 ")


def test_upload_address_lives_an_hour(client: Client, clock: FakeClock) -> None:
    content = blank_pdf()
    url = client.announce(content)["uploadUrl"]
    clock.advance(3599)
    assert client.put(url, content).status == 200
    clock.advance(62)
    response = client.put(url, content)
    assert response.status == 403
    assert b"<Code>AccessDenied</Code>" in response.body


def test_download_address_lives_half_an_hour(client: Client, clock: FakeClock) -> None:
    url = client.call("/doc/downloadurl", {"docId": client.document(blank_pdf())}).data["docUrl"]
    clock.advance(1799)
    assert fetch("GET", url).status == 200
    clock.advance(62)
    assert fetch("GET", url).status == 403


def test_addresses_cannot_be_forged_or_used_the_other_way(client: Client) -> None:
    content = blank_pdf()
    url = client.announce(content)["uploadUrl"]
    assert client.put(url.replace("Expires=1", "Expires=2"), content).status == 403
    assert client.put(url.split("?")[0], content).status == 403
    assert fetch("GET", url).status == 403


@pytest.mark.parametrize(
    "content",
    [b"<html>not a PDF</html>", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\nbroken", b" "],
    ids=["html", "png", "damaged", "blank"],
)
def test_files_that_are_no_readable_pdf_are_refused(client: Client, content: bytes) -> None:
    assert upload_unchecked(client, content).err_code == FILE


def test_files_with_a_password_are_refused(client: Client, tmp_path: Path) -> None:
    with pymupdf.open(stream=blank_pdf(), filetype="pdf") as pdf:
        pdf.save(tmp_path / "a.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="o", user_pw="u")
    assert upload_unchecked(client, (tmp_path / "a.pdf").read_bytes()).err_code == FILE


def test_only_pdf_becomes_a_contract(client: Client) -> None:
    assert upload_unchecked(client, blank_pdf(), contentType="text/html").err_code == TYPE_UNSUPPORTED
    assert upload_unchecked(client, blank_pdf(), contentType="APPLICATION/PDF").err_code == 0


def test_uploading_again_does_not_change_a_contract_made_before(client: Client, server: SandboxServer) -> None:
    content = blank_pdf(2)
    announced = client.announce(content)
    client.put(announced["uploadUrl"], content)
    doc_id = create(client, announced["fileKey"]).data["docId"]
    assert client.put(announced["uploadUrl"], content).status == 200
    assert page_count(server.platform.documents.path(doc_id).read_bytes()) == 2


def test_interrupted_upload_leaves_nothing(client: Client, server: SandboxServer) -> None:
    content = blank_pdf()
    announced = client.announce(content)
    parts = urlsplit(announced["uploadUrl"])
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        head = (
            f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\n"
            f"Content-MD5: {md5(content)}\r\nContent-Type: application/pdf\r\n\r\n"
        )
        connection.sendall(head.encode() + content[:10])
        connection.shutdown(socket.SHUT_WR)
        assert b"IncompleteBody" in connection.recv(4096)
    assert create(client, announced["fileKey"]).err_code == FILE_MISSING
    assert list(server.platform.state.blob_path("uploads", "x").parent.iterdir()) == []
