"""Judges a send by what the platform, the database and the ledger hold. Knows nothing of the code that wrote them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.canaries.scanner import Scanner, told

if TYPE_CHECKING:
    from collections.abc import Iterable

DRAFT: Final = 0
REVOKED: Final = 3


@dataclass(frozen=True)
class Expected:
    """What was to be sent: names in the order of the signers, the hashes of the files, and what must not be kept.

    A flow that is ``shown_by_start`` may be seen although its start is held, or was given up by a person who knows it.
    """

    draft_id: str
    title: str
    signer_names: Sequence[str]
    sha256s: Sequence[str]
    secrets: Sequence[str]
    shown_by_start: bool = False


@dataclass
class PlatformLog:
    """Reads the platform's own records; ``mark`` forgets what was before."""

    folder: Path
    _offset: int = 0
    _lines: list[dict[str, Any]] = field(default_factory=list)

    def mark(self) -> None:
        self._read()
        self._lines.clear()

    def requests(self, path: str) -> list[dict[str, Any]]:
        self._read()
        return [line for line in self._lines if line["path"] == path and line["errCode"] == 0]

    def started(self) -> list[str]:
        """Ids of the flows that were started since ``mark``."""
        return [line["ids"]["flowId"][0] for line in self.requests("/sign/start")]

    def shown(self, flow_ids: Iterable[str]) -> list[str]:
        """Those of the flows that their signers have ever been shown."""
        executed = {line["ids"]["flowId"][0] for line in self.requests("/sign/execute")}
        return [i for i in flow_ids if i in executed or self.flow(i)["status"] not in {DRAFT, REVOKED}]

    def flow(self, flow_id: str) -> dict[str, Any]:
        return self._record("flows", flow_id)

    def account_name(self, account_id: str) -> str:
        return str(self._record("accounts", account_id)["name"])

    def document_sha256(self, doc_id: str) -> str:
        (path,) = (self.folder / "blobs" / "documents").glob(f"{doc_id}*")
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def _record(self, kind: str, record_id: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "records" / kind / f"{record_id}.json").read_text("utf-8"))
        return found

    def _read(self) -> None:
        log = self.folder / "requests.jsonl"
        if log.exists():
            with log.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
            whole = data[: data.rfind(b"\n") + 1]
            self._offset += len(whole)
            self._lines += [
                {"errCode": 0, **json.loads(line)} for line in whole.decode("utf-8").splitlines() if line.strip()
            ]


@dataclass(frozen=True)
class Verdict:
    """How a send ended: ``state`` of the database, empty when it was never taken on; ``orphans`` are unseen flows."""

    state: str
    orphans: int


class DeskBooks:
    """Database and ledger of one installation that is closed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._data = root / "data"

    def judge(self, log: PlatformLog, expected: Expected, *, may_be_held: bool = False) -> Verdict:
        """Assert all that must hold whatever has happened, and return how it ended."""
        with closing(sqlite3.connect(f"file:{self._data / 'esign.db'}?mode=ro", uri=True)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            rows = connection.execute(
                "SELECT id, state FROM submissions WHERE draft_id = ?", (expected.draft_id,)
            ).fetchall()
            drafts = connection.execute("SELECT id FROM drafts WHERE id = ?", (expected.draft_id,)).fetchall()
            flows = [
                (row[0], json.loads(row[1]), json.loads(row[2]), row[3])
                for row in connection.execute("SELECT flow_id, documents, signers, submission_id FROM flows")
            ]
        started = log.started()
        shown = log.shown(started)
        assert len(shown) <= 1, f"{len(shown)} flows were shown to the signers"
        live = [row for row in rows if row[1] not in {"failed", "cancelled"}]
        assert len(live) <= 1, rows
        state = live[0][1] if live else (rows[-1][1] if rows else "")
        submission_id = live[0][0] if live else ""
        assert state in {"", "done", "failed", "cancelled"} | ({"held"} if may_be_held else set()), state
        if state == "done":
            (own,) = [flow for flow in flows if flow[3] == submission_id]
            assert shown == [own[0]], "the flow that counts as sent is not the one that is shown"
            self._judge_flow(log, expected, *own[:3])
            assert not drafts, "a sent draft could be sent again"
        else:
            may_be_shown = expected.shown_by_start and state in {"held", "cancelled"}
            assert shown == [] or may_be_shown, f"shown although the send is {state or 'not known'}"
            assert drafts, "the draft is gone although it was not sent"
        if state != "held":
            assert not list((self._data / "snapshots").iterdir())
        # What happened before the accounts were known is a draft's own content, which stays with the draft.
        if state == "done":
            scanner = Scanner({f"secret {number}": secret for number, secret in enumerate(expected.secrets, 1)})
            assert told(scanner.in_folder(self._root)) == []
        return Verdict(state, len(started) - len(shown))

    def _judge_flow(
        self, log: PlatformLog, expected: Expected, flow_id: str, documents: list[Any], signers: list[Any]
    ) -> None:
        flow = log.flow(flow_id)
        assert flow["business_scene"] == expected.title
        told = [one["document_id"] for one in flow["documents"]]
        assert [one["doc_id"] for one in documents] == told
        assert [log.document_sha256(doc_id) for doc_id in told] == list(expected.sha256s), "other bytes than chosen"
        names = [log.account_name(one["organization_id"] or one["account_id"]) for one in flow["signers"]]
        assert names == list(expected.signer_names), "somebody else signs"
        tokens = [one["token"] for one in flow["signers"]]
        urls = [url for one in signers for url in one["urls"]]
        assert [url.rsplit("/", 1)[1] for url in urls] == tokens, "a signing link is lost"
        entries = [entry for entry in self._ledger() if entry["kind"] == "flow"]
        (entry,) = [one for one in entries if one["values"]["flow_id"] == flow_id]
        assert all(url in str(entry["values"]["signers"]) for url in urls), "a signing link is not in the ledger"

    def _ledger(self) -> list[dict[str, Any]]:
        entries = []
        for line in (self._data / "ledger.jsonl").read_bytes().splitlines():
            try:
                entries.append(json.loads(line))
            except ValueError:
                # A torn line costs only itself.
                continue
        return entries
