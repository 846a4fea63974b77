"""The rehearsal platform as the program it is: a child process, asked over HTTP, its state read from its own disk."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit

from esign_desktop.domain.environment import Environment, EnvironmentKind

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

PROJECT_ID = "1111563657"
SECRET = "cf65f987315b12a21b983ca320196d7d"
READY_S = 60.0
STOP_S = 10.0

DRAFT = 0


@dataclass(frozen=True)
class KeptFlow:
    """A flow as the platform keeps it."""

    flow_id: str
    status: int
    document_ids: tuple[str, ...]
    signers: tuple[dict[str, Any], ...]

    @property
    def is_visible(self) -> bool:
        """Whether its signers can see it."""
        return self.status != DRAFT


class SandboxPlatform:
    """Started by ``with``. ``faults`` and the records on disk are shared by all tests that use it."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""
        self.port = 0
        self.console_url = ""

    @property
    def environment(self) -> Environment:
        return Environment(EnvironmentKind.SANDBOX, self.base_url, PROJECT_ID)

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        secret_file = self._folder / "secret"
        secret_file.write_text(SECRET, encoding="ascii")
        self.set_faults()
        command = [sys.executable, "-m", "esign_desktop.sandbox", "--port", "0", "--project-id", PROJECT_ID]
        command += ["--secret-file", str(secret_file), "--data", str(self._folder / "data")]
        command += ["--faults", str(self._folder / "faults.json"), "--exit-with-parent", *self._options]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._process = process
        watchdog = threading.Timer(READY_S, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            self.base_url, self.port, self.console_url = ready["base_url"], ready["port"], ready["console_url"]
        finally:
            watchdog.cancel()
            watchdog.join()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.communicate(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()

    def set_faults(self, *rules: dict[str, Any]) -> None:
        """Replace the faults; the file is put in place whole, since the platform reads it when it likes."""
        scratch = self._folder / "faults.part"
        # The length tells one set of rules from the next where a file system's clock is too coarse.
        scratch.write_text(json.dumps(rules) + " " * self._next_length(), encoding="utf-8")
        scratch.replace(self._folder / "faults.json")

    def trouble(self, **values: str) -> None:
        """Press a button of the rehearsal's own page."""
        request = urllib.request.Request(self.console_url, urlencode(values).encode())
        with urllib.request.urlopen(request) as answer:
            answer.read()

    def flows(self, title: str) -> tuple[KeptFlow, ...]:
        """Return the flows with this business scene."""
        found = []
        for path in (self._folder / "data" / "records" / "flows").glob("*.json"):
            flow = json.loads(path.read_text("utf-8"))
            if flow["business_scene"] == title:
                ids = tuple(one["document_id"] for one in flow["documents"])
                found.append(KeptFlow(flow["id"], flow["status"], ids, tuple(flow["signers"])))
        return tuple(found)

    def accounts(self, name: str) -> tuple[dict[str, Any], ...]:
        """Return the accounts with this name."""
        folder = self._folder / "data" / "records" / "accounts"
        kept = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")]
        return tuple(one for one in kept if one["name"] == name)

    def account_name(self, account_id: str) -> str:
        """Return whose account it is."""
        path = self._folder / "data" / "records" / "accounts" / f"{account_id}.json"
        return str(json.loads(path.read_text("utf-8"))["name"])

    def signer_of(self, flow_id: str, link: str) -> str:
        """Return whose link it is among those of a flow; empty if the flow has no such link."""
        path = self._folder / "data" / "records" / "flows" / f"{flow_id}.json"
        flow = json.loads(path.read_text("utf-8"))
        token = urlsplit(link).path.rsplit("/", 1)[1]
        signers = [signer for signer in flow["signers"] if token in json.dumps(signer)]
        return self.account_name(signers[0]["account_id"]) if signers else ""

    def document_bytes(self, doc_id: str) -> bytes:
        """Return a contract's original as the platform has it."""
        folder = self._folder / "data" / "blobs" / "documents"
        return next(path.read_bytes() for path in folder.glob(f"{doc_id}*"))

    def lose_document(self, doc_id: str) -> None:
        """Damage a contract's file at the platform, so that no seal can be set on it."""
        for path in (self._folder / "data" / "blobs" / "documents").glob(f"{doc_id}*"):
            path.write_bytes(b"%PDF-1.7 lost")

    def requests(self, path: str) -> int:
        """Return how often a call has been made so far."""
        return sum(call["path"].endswith(path) for call in self.request_log())

    def request_log(self) -> list[dict[str, Any]]:
        """Return every call with the moment when it came, in the order in which they were acted upon."""
        log = self._folder / "data" / "requests.jsonl"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        return [json.loads(line) for line in lines]

    def sign(self, url: str) -> None:
        """Sign as the sign page's button does."""
        sign_at(url)

    def _next_length(self) -> int:
        self._length = (getattr(self, "_length", 0) + 1) % 50
        return self._length


def sign_at(url: str) -> None:
    """Sign as the sign page's button does."""
    _act_at(url, "sign")


def refuse_at(url: str, reason: str) -> None:
    """Refuse as the sign page does."""
    _act_at(url, "refuse", reason=reason)


def _act_at(url: str, action: str, **values: str) -> None:
    body = json.dumps({"token": urlsplit(url).path.rsplit("/", 1)[1], **values}).encode()
    request = urllib.request.Request(f"{url}/{action}", body, {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.status == 200
