"""The client for the platform's 13 API calls, and for file transfers to and from the platform's storage.

Every method blocks, and may be called from several threads at once. Methods raise NotSent, OutcomeUnknown or Refused
(see ``errors``). The client never repeats a call by itself.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from typing import TYPE_CHECKING, Final

from esign_desktop import __version__
from esign_desktop.api import download as downloads
from esign_desktop.api import upload as uploads
from esign_desktop.api import wire
from esign_desktop.api.errors import NotSent, OutcomeUnknown
from esign_desktop.api.exchange import Answer, Limits, RawAnswer, Request, Transport
from esign_desktop.api.signature import Secret, is_genuine, signed_headers
from esign_desktop.api.strict_json import Malformed, as_integer, as_object, read
from esign_desktop.api.url_gate import is_allowed, is_web_address, reach_of
from esign_desktop.api.wire import Chunk, UploadSlot
from esign_desktop.domain.environment import ChunkTypeName
from esign_desktop.domain.errors import ApiError, Cancelled, CancelToken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from esign_desktop.domain.account import Organization, Person
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowDetail, SignedDocument, StartedFlow

__all__ = ["CLOCK_TOLERANCE_S", "CancelToken", "Chunk", "PlatformClient", "RawAnswer", "Secret", "UploadSlot"]

CLOCK_TOLERANCE_S: Final = 300.0
"""The difference between the clocks, in seconds, above which the user is warned."""

_log = logging.getLogger(__name__)

_HEADER_TEXT: Final = re.compile(r"[!-~]+")


class PlatformClient:
    """A client for one environment. It authenticates itself with the project's secret.

    ``limits`` applies to API calls; uploads and downloads have their own limits.
    """

    def __init__(
        self,
        environment: Environment,
        secret: Secret,
        *,
        transport: Transport | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._environment = environment
        self._secret = secret
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._transport = transport
        self._is_closed = False
        self._trouble_lock = threading.Lock()
        self._trouble, self._failures = "", 0
        self.last_clock_skew_s: float | None = None
        """The number of seconds by which this computer's clock was ahead of the platform's at the last response.

        It is negative if this computer's clock was behind, and None before the first response.
        """

    def post(self, path: str, body: bytes, *, cancel: CancelToken | None = None) -> RawAnswer:
        """Sign and send exactly these bytes to an API path, and return the response after verifying its signature.

        Raises NotSent or OutcomeUnknown, and Cancelled if ``cancel`` was triggered before the first byte was sent.
        """
        environment = self._environment
        url = environment.base_url.rstrip("/") + path
        if not is_web_address(url):
            raise NotSent("api.bad_address")
        if not _HEADER_TEXT.fullmatch(environment.project_id):
            raise NotSent("api.bad_project_id")
        headers = {
            **_plain_headers(),
            **signed_headers(environment.project_id, self._secret, body),
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        began_s = time.time()
        try:
            answer = self._ready_transport().exchange(Request("POST", url, headers, body), self._limits, cancel=cancel)
            self._note_clock(answer, began_s)
            verified = self._verified(answer)
        except ApiError as error:
            self._log_trouble(path, error)
            raise
        self._log_end_of_trouble(path)
        took_ms = round((time.time() - began_s) * 1000)
        _log.debug("%s: %s answered in %d ms", self._environment.kind, _call_name(path), took_ms)
        return verified

    def _log_trouble(self, path: str, error: ApiError) -> None:
        """Log a failure unless it repeats the previous one.

        Polling for a displayed QR code may fail every two seconds.
        """
        with self._trouble_lock:
            is_new, self._trouble = error.code != self._trouble, error.code
            self._failures += 1
        if is_new:
            _log.warning("%s: %s failed: %s", self._environment.kind, _call_name(path), error.code)

    def _log_end_of_trouble(self, path: str) -> None:
        with self._trouble_lock:
            failures, self._failures, self._trouble = self._failures, 0, ""
        if failures:
            _log.info("%s: %s answers again after %d failures", self._environment.kind, _call_name(path), failures)

    # Files

    def create_upload_url(self, file_name: str, size_bytes: int, content_md5: str) -> UploadSlot:
        """Register a PDF for upload, and return the upload URL and the key of the file.

        ``content_md5`` is the Base64 encoding of the 16-byte MD5 digest.
        """
        body = wire.build_upload_url(file_name, size_bytes, content_md5)
        return wire.parse_upload_slot(self.post(wire.UPLOAD_URL_PATH, body))

    def upload(
        self,
        url: str,
        source: Path,
        content_md5: str,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> None:
        """Upload a PDF to the file storage.

        Raises NotSent ``api.forbidden_address`` if the URL is not allowed, Cancelled, and the exceptions of
        ``upload.upload``.
        """
        if not is_allowed(url, self._environment.kind):
            raise NotSent("api.forbidden_address")
        uploads.upload(
            self._ready_transport(),
            url,
            source,
            content_md5,
            headers=_plain_headers(),
            reach=reach_of(self._environment),
            on_progress=on_progress,
            cancel=cancel,
        )

    def download(
        self,
        url: str,
        target: Path,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> str:
        """Download a PDF to ``target``, and return its SHA-256 digest in hexadecimal.

        Raises NotSent ``api.forbidden_address`` if the URL is not allowed, Cancelled, and the exceptions of
        ``download.download``.
        """
        if not is_allowed(url, self._environment.kind):
            raise NotSent("api.forbidden_address")
        return downloads.download(
            self._ready_transport(),
            url,
            target,
            headers=_plain_headers(),
            reach=reach_of(self._environment),
            on_progress=on_progress,
            cancel=cancel,
        )

    # Accounts

    def create_person(self, person: Person) -> str:
        """Create an account for a person, and return the account's id."""
        return wire.parse_account_id(self.post(wire.CREATE_PERSON_PATH, wire.build_person(person)))

    def create_organization(self, organization: Organization, agent_account_id: str) -> str:
        """Create an account for an organization, and return the account's id.

        ``agent_account_id`` is the account of the person who acts on behalf of the organization.
        """
        body = wire.build_organization(organization, agent_account_id)
        return wire.parse_account_id(self.post(wire.CREATE_ORGANIZATION_PATH, body))

    def find_account(self, third_id: str, *, cancel: CancelToken | None = None) -> str | None:
        """Return the id of the account that was created with this ``thirdId``, or None if there is none."""
        body = wire.build_find_account(third_id)
        return wire.parse_found_account(self.post(wire.FIND_ACCOUNT_PATH, body, cancel=cancel))

    # Contracts and templates

    def create_template(self, file_key: str, name: str) -> str:
        """Create a template from an uploaded file, and return the template's id."""
        return wire.parse_template_id(self.post(wire.CREATE_TEMPLATE_PATH, wire.build_template(file_key, name)))

    def create_document_from_template(
        self,
        template_id: str,
        name: str,
        fields: Mapping[str, str],
        chunks: Sequence[Chunk] = (),
        type_name: ChunkTypeName = ChunkTypeName.CONTENT_TYPE,
    ) -> tuple[str, str]:
        """Fill in a template, and return the id and the download URL of the new document. The URL is valid for 1 hour.

        ``type_name`` is the JSON key for the type of each chunk in ``chunks``.
        """
        body = wire.build_from_template(template_id, name, fields, chunks, type_name)
        return wire.parse_from_template(self.post(wire.CREATE_FROM_TEMPLATE_PATH, body))

    def document_url(self, doc_id: str) -> str:
        """Return the download URL of a document in its original, unsigned version. The URL is valid for 30 minutes."""
        return wire.parse_document_url(self.post(wire.DOCUMENT_URL_PATH, wire.build_doc_id(doc_id)))

    # Signing

    def start(self, body: bytes) -> StartedFlow:
        """Start a flow. The ``payload`` module builds ``body``. Do not repeat this call after OutcomeUnknown."""
        return wire.parse_started(self.post(wire.START_PATH, body))

    def execute(self, flow_id: str) -> None:
        """Execute a flow that was started with ``autoInitiate`` 0. Only ``detail`` confirms that this took effect."""
        wire.parse_done(self.post(wire.EXECUTE_PATH, wire.build_flow_id(flow_id)))

    def revoke(self, flow_id: str) -> None:
        """Revoke a flow. Only ``detail`` confirms that this took effect."""
        wire.parse_done(self.post(wire.REVOKE_PATH, wire.build_flow_id(flow_id)))

    def signed_documents(self, flow_id: str) -> tuple[SignedDocument, ...]:
        """Return the download URLs of the files that have been signed so far. The URLs are valid for 30 minutes."""
        body = wire.build_flow_id(flow_id)
        return wire.parse_signed_documents(self.post(wire.SIGNED_DOCUMENTS_PATH, body))

    def detail(self, flow_id: str) -> FlowDetail:
        """Return the current status of a flow and of its signers."""
        return wire.parse_detail(self.post(wire.DETAIL_PATH, wire.build_flow_id(flow_id)), flow_id)

    def close(self) -> None:
        """Abort all calls that any thread is making, and close the connections. Later calls raise Cancelled."""
        with self._lock:
            self._is_closed = True
            transport = self._transport
        if transport is not None:
            transport.close()

    def _ready_transport(self) -> Transport:
        with self._lock:
            if self._is_closed:
                raise Cancelled
            if self._transport is None:
                # Imported at the first call, because importing requests would delay the opening of the window.
                from esign_desktop.api.transport import HttpTransport

                self._transport = HttpTransport(proxy_url=self._environment.proxy_url)
            return self._transport

    def _verified(self, answer: Answer) -> RawAnswer:
        status = answer.status
        if 300 <= status < 400:
            raise OutcomeUnknown("api.protocol", f"redirect, HTTP {status}")
        if is_genuine(self._secret, answer.headers, answer.body):
            return RawAnswer(status, answer.body)
        err_code = _err_code(answer.body)
        if err_code:
            # Either the secret is wrong, or the platform does not sign its error responses.
            raise OutcomeUnknown(
                "api.unsigned_refusal", f"unverified errCode {err_code}, HTTP {status}", err_code=err_code
            )
        if not 200 <= status < 300:
            raise OutcomeUnknown("api.http_status", f"HTTP {status}", status=status)
        raise OutcomeUnknown("api.unverified", f"HTTP {status}")

    def _note_clock(self, answer: Answer, began_s: float) -> None:
        from email.utils import parsedate_to_datetime

        try:
            platform_s = parsedate_to_datetime(answer.headers["date"]).timestamp()
        except (KeyError, ValueError, OverflowError):
            return
        self.last_clock_skew_s = (began_s + time.time()) / 2 - platform_s


def _call_name(path: str) -> str:
    """Return the name of a call with dots instead of slashes, so that the log does not mistake it for a file path."""
    return path.strip("/").replace("/", ".")


def _plain_headers() -> dict[str, str]:
    # The signature covers the bytes as sent, so the body must not be compressed.
    return {"User-Agent": f"esign-desktop/{__version__}", "Accept-Encoding": "identity"}


def _err_code(body: bytes) -> int:
    """Return the ``errCode`` of a response that is not verified, or 0 if the response has none."""
    try:
        return as_integer(as_object(read(body), "").get("errCode"), "errCode")
    except Malformed:
        return 0
