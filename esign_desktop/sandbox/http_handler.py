"""Handle an HTTP connection: verify requests, execute API calls, and sign and log the responses."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import struct
import threading
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote, urlsplit

from esign_desktop.override import override
from esign_desktop.sandbox import signature
from esign_desktop.sandbox.console import CONSOLE_PREFIX
from esign_desktop.sandbox.envelope import Answer, failure, parse_body, success
from esign_desktop.sandbox.faults import BEFORE_ACTING, OF_THE_ACTING, FaultRule, Faults, misread
from esign_desktop.sandbox.files import STORAGE_PREFIX, StorageRefusal
from esign_desktop.sandbox.options import china_time
from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.sandbox.console import Console
    from esign_desktop.sandbox.platform import Platform
    from esign_desktop.sandbox.sign_page import SignPage


API_PREFIX: Final = "/opentreaty/rest/v3.0"
SIGN_PREFIX: Final = "/s/"
VIEW_PREFIX: Final = "/v/"

# chunkedFields contain whole files in Base64.
_MAX_BODY_BYTES: Final = 64 << 20
_MAX_SIGN_BODY_BYTES: Final = 2 << 20
_UNVERIFIED_BYTES: Final = 1 << 20
"""The size up to which a body is held in memory before its signature is verified. A longer body is held in a file."""
_COPY_BYTES: Final = 1 << 18
_DRAIN_BYTES: Final = 1 << 22
_DRAIN_S: Final = 0.2
_LINGER_FORMAT: Final = "hh" if os.name == "nt" else "ii"

_log = logging.getLogger(__name__)


class ConnectionLost(Exception):
    """Raised if the connection to the client can no longer be used."""


class Handler(BaseHTTPRequestHandler):
    """The handler of a connection, which serves API calls, the file storage, the sign page and the console.

    The class attributes are set in ``server.py``.
    """

    platform: ClassVar[Platform]
    sign_page: ClassVar[SignPage]
    console: ClassVar[Console]
    faults: ClassVar[Faults]
    request_log: ClassVar[RequestLog]

    protocol_version = "HTTP/1.1"
    server_version = "SandboxPlatform"
    sys_version = ""
    # Without these settings, each request on a persistent connection would take 44 ms.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 30

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_GET(self) -> None:
        self._serve("GET")

    def do_HEAD(self) -> None:
        self._serve("GET")

    @override
    def log_message(self, format: str, *args: object) -> None:
        # The request line is not logged, because it contains sign URLs and storage URLs that grant access.
        _log.debug("request served")

    def _serve(self, method: str) -> None:
        path = urlsplit(self.path).path
        rule = self.faults.take(path)
        self.platform.state.look_again()
        try:
            if rule is not None and rule.fault in BEFORE_ACTING:
                answer = self._faulty_answer(rule)
            else:
                answer = self._answer(method, path, rule)
            self._send(answer, rule)
        except (ConnectionLost, OSError):
            self.close_connection = True

    def _answer(self, method: str, path: str, rule: FaultRule | None) -> Answer:
        try:
            if path.startswith(API_PREFIX + "/"):
                return self._call(method, path.removeprefix(API_PREFIX), rule)
            if path.startswith(STORAGE_PREFIX):
                return self._storage(method)
            if path.startswith(SIGN_PREFIX) or (path.startswith(CONSOLE_PREFIX) and self._is_from_here):
                return self._page(method, path)
            if path.startswith(VIEW_PREFIX) and method == "GET":
                query = urlsplit(self.path).query
                return self.sign_page.look_up(path.removeprefix(VIEW_PREFIX), query, self.headers)
            if path == "/favicon.ico":
                return Answer(HTTPStatus.NO_CONTENT, b"")
            if path == "/healthz":
                return Answer(HTTPStatus.OK, b'{"status":"ok"}')
            return Answer(HTTPStatus.NOT_FOUND, b"not found", "text/plain; charset=utf-8")
        except (ConnectionLost, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - a failed request is answered too
            # The message of the exception may contain data of the request, so only its type is logged.
            _log.error("request failed: %s", type(error).__name__)
            return Answer(
                HTTPStatus.INTERNAL_SERVER_ERROR, failure(ErrCode.INTERNAL, "演练平台内部错误 / internal error")
            )

    def _call(self, method: str, path: str, rule: FaultRule | None) -> Answer:
        options = self.platform.options
        at_ms = options.clock_ms()
        values: object = None
        data: object = None
        is_verified = False
        code, status = 0, int(HTTPStatus.OK)
        try:
            body = self._read_signed_body()
            is_verified = True
            values = self._checked_values(method, body)
            is_misread = rule is not None and rule.fault in OF_THE_ACTING
            data = self.platform.call(path, misread(values, rule) if rule is not None and is_misread else values)
            answer_body = success(data)
        except Refusal as refusal:
            code, status = int(refusal.code), refusal.http_status
            answer_body = failure(refusal.code, refusal.message)
        answer = Answer(status, answer_body)
        if is_verified:
            # The answer is not signed for a client that did not prove that it knows the secret.
            answer.headers.update(signature.signed_headers(options.project_id, options.secret, answer_body))
        self.request_log.write(at_ms, method, path, {"status": status, "errCode": code}, values, data)
        return answer

    def _checked_values(self, method: str, body: bytes) -> dict[str, Any]:
        if method != "POST":
            raise Refusal(
                ErrCode.MALFORMED, "只支持 POST / only POST is supported", http_status=HTTPStatus.METHOD_NOT_ALLOWED
            )
        if self.headers.get_content_type() != "application/json":
            raise Refusal(ErrCode.MALFORMED, "Content-Type 只支持 application/json / must be application/json")
        return parse_body(body)

    def _storage(self, method: str) -> Answer:
        at_ms = self.platform.options.clock_ms()
        status: int = HTTPStatus.OK
        kind = urlsplit(self.path).path.removeprefix(STORAGE_PREFIX).split("/")[0]
        try:
            path = self.platform.urls.check(method, self.path)
            if method == "PUT" and path.startswith("upload/"):
                etag = self.platform.files.receive(path.removeprefix("upload/"), self.headers, self.rfile)
                return Answer(status, b"", headers={"ETag": f'"{etag.upper()}"'})
            name, file = self.platform.stored_file(path)
            file_name = quote(name if name.lower().endswith(".pdf") else f"{name}.pdf", safe="")
            return Answer(
                status, file, "application/pdf", {"Content-Disposition": f"inline; filename*=UTF-8''{file_name}"}
            )
        except StorageRefusal as refusal:
            status = refusal.http_status
            # The body may not have been read, so the connection cannot be reused.
            self.close_connection = True
            if method == "PUT" and not refusal.is_body_read:
                self._drain()
            return Answer(status, refusal.xml(), "application/xml")
        finally:
            self.request_log.write(at_ms, method, f"{STORAGE_PREFIX}{kind}", {"status": int(status)})

    @property
    def _is_from_here(self) -> bool:
        """Whether the request comes from this computer. A phone that is used for signing cannot access the console."""
        return ip_address(self.client_address[0]).is_loopback

    def _page(self, method: str, path: str) -> Answer:
        try:
            body = self._read_body(_MAX_SIGN_BODY_BYTES) if method == "POST" else b""
        except Refusal as refusal:
            return Answer(refusal.http_status, failure(refusal.code, refusal.message))
        query = urlsplit(self.path).query
        if path.startswith(CONSOLE_PREFIX):
            return self.console.respond(method, path.removeprefix(CONSOLE_PREFIX), query, self.headers, body)
        rest = path.removeprefix(SIGN_PREFIX)
        return self.sign_page.respond(method, rest, query, self.headers, body)

    def _read_signed_body(self) -> bytes:
        """Return the body of an API request. Raises Refusal if the body is not signed with the project's secret."""
        options = self.platform.options
        left_bytes = self._body_size(_MAX_BODY_BYTES)
        mac = signature.new_mac(options.secret)
        with SpooledTemporaryFile(_UNVERIFIED_BYTES, dir=str(options.data_dir)) as unverified:
            while left_bytes:
                chunk = self.rfile.read(min(left_bytes, _COPY_BYTES))
                if not chunk:
                    raise ConnectionLost
                mac.update(chunk)
                unverified.write(chunk)
                left_bytes -= len(chunk)
            signature.check(options.project_id, self.headers, mac.hexdigest())
            unverified.seek(0)
            return unverified.read()

    def _read_body(self, max_bytes: int) -> bytes:
        size_bytes = self._body_size(max_bytes)
        body = self.rfile.read(size_bytes)
        if len(body) != size_bytes:
            raise ConnectionLost
        return body

    def _body_size(self, max_bytes: int) -> int:
        """Return the declared size of the body in bytes. Raises Refusal if there is none or if it is too large."""
        declared = self.headers.get("Content-Length", "0").strip()
        if self.headers.get("Transfer-Encoding") or not declared.isdigit():
            self.close_connection = True
            raise Refusal(
                ErrCode.MALFORMED,
                "需要 Content-Length / Content-Length is required",
                http_status=HTTPStatus.LENGTH_REQUIRED,
            )
        if int(declared) > max_bytes:
            self.close_connection = True
            if int(declared) <= _DRAIN_BYTES:
                self._drain()
            raise Refusal(
                ErrCode.MALFORMED,
                "请求过大 / the request is too large",
                http_status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            )
        return int(declared)

    def _drain(self) -> None:
        """Read the rest of the request, so that the client receives the response instead of a connection reset."""
        declared = self.headers.get("Content-Length", "").strip()
        left_bytes = int(declared) if declared.isdigit() else _DRAIN_BYTES
        with suppress(OSError):
            self.connection.settimeout(_DRAIN_S)
            while left_bytes > 0:
                chunk = self.rfile.read1(min(left_bytes, _COPY_BYTES))
                if not chunk:
                    break
                left_bytes -= len(chunk)

    def _faulty_answer(self, rule: FaultRule) -> Answer:
        """Return the response of a fault that replaces processing. Raises ConnectionLost if there is no response."""
        with suppress(Refusal):
            self._read_body(1 << 30)
        match rule.fault:
            case "hang":
                self.faults.pause(rule.number("seconds", 60.0))
                raise ConnectionLost
            case "reset":
                self._reset()
                raise ConnectionLost
            case "err_code":
                options = self.platform.options
                body = failure(int(rule.number("err_code", 1)), rule.text("msg", "演练故障"))
                return Answer(
                    HTTPStatus.OK, body, headers=signature.signed_headers(options.project_id, options.secret, body)
                )
            case "gateway_html":
                return Answer(
                    int(rule.number("status", HTTPStatus.BAD_GATEWAY)),
                    b"<html><head><title>502 Bad Gateway</title></head></html>",
                    "text/html",
                )
            case "redirect":
                location = rule.text("location", "http://127.0.0.1:9/")
                status = int(rule.number("status", HTTPStatus.TEMPORARY_REDIRECT))
                return Answer(status, b"", headers={"Location": location})
            case _:
                status = int(rule.number("status", HTTPStatus.INTERNAL_SERVER_ERROR))
                headers = {}
                if "retry_after" in rule.options:
                    headers["Retry-After"] = str(rule.options["retry_after"])
                return Answer(status, b"internal error", "text/plain", headers)

    def _send(self, answer: Answer, rule: FaultRule | None) -> None:
        length_bytes = answer.length_bytes
        if rule is not None:
            self._spoil(answer, rule)
        self.send_response_only(answer.status)
        self.send_header(
            "Date", formatdate((self.platform.options.clock_ms() + answer.date_shift_ms) // 1000, usegmt=True)
        )
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(length_bytes))
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            if isinstance(answer.body, bytes):
                self.wfile.write(answer.body)
            else:
                with answer.body.open("rb") as file:
                    shutil.copyfileobj(file, self.wfile, _COPY_BYTES)
        self.wfile.flush()

    def _spoil(self, answer: Answer, rule: FaultRule) -> None:
        """Change a correct response as the fault requires. Raises ConnectionLost if the response must not be sent."""
        match rule.fault:
            case "slow":
                self.faults.pause(rule.number("seconds", 1.0))
            case "drop_reply":
                self._reset()
                raise ConnectionLost
            case "truncate":
                body = answer.body if isinstance(answer.body, bytes) else answer.body.read_bytes()
                answer.body = body[: max(1, len(body) // 2)]
                self.close_connection = True
            case "garbage":
                self.wfile.write(b"\x00\x01garbage\r\n\r\n")
                self.wfile.flush()
                raise ConnectionLost
            case "bad_signature":
                if signature.SIGNATURE_HEADER in answer.headers:
                    answer.headers[signature.SIGNATURE_HEADER] = "0" * 64
            case "no_signature":
                answer.headers.pop(signature.SIGNATURE_HEADER, None)
            case "wrong_clock":
                answer.date_shift_ms = int(rule.number("seconds", 86400.0) * 1000)

    def _reset(self) -> None:
        # With a linger time of 0, the peer sees a connection reset instead of a regular end.
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER_FORMAT, 1, 0))
            self.connection.close()


# The ids that the platform creates. A thirdId is created by the client and may be a phone number, so it is not logged.
_IDS: Final = frozenset(
    {
        "accountId",
        "agentAccountId",
        "authorizationOrgId",
        "docId",
        "fileKey",
        "flowId",
        "initiatorAccountId",
        "payer",
        "templateId",
    }
)
_MAX_DEPTH: Final = 8
_MAX_IDS: Final = 200


class RequestLog:
    """A log file with a line of JSON for each API request. The object is thread-safe.

    The lines contain ids, but no personal data.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def write(self, at_ms: int, method: str, path: str, outcome: dict[str, Any], *bodies: object) -> None:
        """Append a line about a request to the log.

        ``bodies`` are the bodies of the request and the response, of which only the ids are logged.
        """
        ids: dict[str, list[str]] = {}
        for body in bodies:
            _collect(body, ids, _MAX_DEPTH)
        line = json.dumps(
            {"time": china_time(at_ms), "at_ms": at_ms, "method": method, "path": path, **outcome, "ids": ids},
            ensure_ascii=False,
        )
        with self._lock, self._file.open("a", encoding="utf-8") as out:
            out.write(line + "\n")


def _collect(value: object, ids: dict[str, list[str]], depth: int) -> None:
    if depth == 0:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if key in _IDS and isinstance(item, str) and item:
                known = ids.setdefault(key, [])
                if item not in known and len(known) < _MAX_IDS:
                    known.append(item)
            else:
                _collect(item, ids, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _collect(item, ids, depth - 1)
