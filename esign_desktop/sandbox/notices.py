"""Deliver signed notices to the application, with up to six attempts at intervals of half an hour (spec 4.10)."""

from __future__ import annotations

import http.client
import json
import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from esign_desktop.sandbox.options import china_time
from esign_desktop.sandbox.signature import signed_headers
from esign_desktop.sandbox.state import Flow, FlowSigner, PendingNotice, SigningOfDocument

if TYPE_CHECKING:
    from esign_desktop.sandbox.options import SandboxOptions
    from esign_desktop.sandbox.state import State

_IDLE_S: Final = 0.5


class Notices:
    """The queue of notices, and the thread that delivers them.

    Each notice is stored on disk until the application acknowledges it or the last attempt fails.
    """

    def __init__(self, state: State, options: SandboxOptions) -> None:
        self._state = state
        self._options = options
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._delivered = threading.Condition(state.lock)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the delivery of notices if a URL for them is configured."""
        if self._options.notify_url is not None or self._options.notify_file is not None:
            self._thread = threading.Thread(target=self._run, name="sandbox-notices", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop the delivery of notices. This takes no longer than a single delivery.

        Pending notices are delivered at the next start of the platform.
        """
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(self._options.notice_timeout_s + _IDLE_S)

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Wait at most ``timeout_s`` seconds until no notices are pending. Return whether no notices are pending."""
        with self._delivered:
            return self._delivered.wait_for(lambda: len(self._state.notices) == 0, timeout_s)

    def signer_updated(self, flow: Flow, signer: FlowSigner, signing: SigningOfDocument) -> None:
        """Queue a notice that a signer has signed a document, has refused to sign it, or has failed to sign it."""
        body = {
            "action": "SIGN_FLOW_UPDATE",
            "accountId": signer.account_id,
            "flowId": flow.id,
            "docId": signing.document_id,
            "signTime": china_time(signing.signed_ms),
            "signResult": int(signing.status),
        }
        if signing.explanation:
            body["resultDescription"] = signing.explanation
        self._enqueue(body)

    def flow_finished(self, flow: Flow) -> None:
        """Queue a notice that a flow has ended."""
        body = {
            "action": "SIGN_FLOW_FINISH",
            # This is the specification's spelling.
            "businessScence": flow.business_scene,
            "flowId": flow.id,
            "flowStatus": int(flow.status),
            "createTime": china_time(flow.created_ms),
            "endTime": china_time(flow.ended_ms),
        }
        if flow.status_description:
            body["statusDescription"] = flow.status_description
        self._enqueue(body)

    @property
    def address(self) -> str:
        """The URL to which notices are sent at present, or an empty string if there is none."""
        options = self._options
        if options.notify_url is not None or options.notify_file is None:
            return options.notify_url or ""
        try:
            return options.notify_file.read_text("ascii").strip()
        except (OSError, ValueError):
            return ""

    def _enqueue(self, body: dict[str, Any]) -> None:
        if not self.address:
            return
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        notice = PendingNotice(f"{self._options.clock_ms():015d}-{uuid4().hex}", text)
        self._state.notices.put(notice.id, notice)
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            now_ms = self._options.clock_ms()
            with self._state.lock:
                due = [notice for notice in self._state.notices if notice.next_try_ms <= now_ms]
            for notice in due:
                if self._stopping.is_set():
                    return
                self._try(notice)
            self._wake.wait(min(_IDLE_S, self._options.notice_interval_s))

    def _try(self, notice: PendingNotice) -> None:
        is_acknowledged = self._deliver(notice.body.encode("utf-8"))
        with self._state.lock:
            notice.tries += 1
            if is_acknowledged or notice.tries >= self._options.notice_tries:
                self._state.notices.remove(notice.id)
                self._delivered.notify_all()
                return
            interval_ms = int(self._options.notice_interval_s * 1000)
            notice.next_try_ms = self._options.clock_ms() + interval_ms
            self._state.notices.put(notice.id, notice)

    def _deliver(self, body: bytes) -> bool:
        """Post a notice, and return whether a response with a status from 200 to 399 arrived in time."""
        parts = urlsplit(self.address)
        connection_type = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = connection_type(parts.hostname or "", parts.port, timeout=self._options.notice_timeout_s)
        headers = signed_headers(self._options.project_id, self._options.secret, body)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", target, body, {**headers, "Content-Type": "application/json"})
            return 200 <= connection.getresponse().status < 400
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
