from __future__ import annotations

import socket
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.errors import StoreError
from esign_desktop.services.audit import AuditSeal
from esign_desktop.store import system_log
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.system_log import tell_log
from esign_desktop.store.tables.audit import Audit
from tests.raised import raises_code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# LOG_AUTH, information.
PRIORITY = "<38>"


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[Audit]:
    database = Database(tmp_path / "esign.db")
    database.open()
    yield Audit(database, who="示例甲 · clerk@desk")
    database.close()


def test_seal_reaches_a_log_server_and_nothing_personal_with_it(audit: Audit, tmp_path: Path) -> None:
    audit.note(AuditAction.SENT, flow_id="f-1", title="张三的借款合同")
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        target = f"udp://127.0.0.1:{server.getsockname()[1]}"
        seal = AuditSeal(audit, Ledger(tmp_path / "ledger.jsonl"), target=target)
        seal.write()
        told = server.recv(4096).decode("ascii")
        head = audit.check().head
        assert told == f"{PRIORITY}esign-desktop: audit log={head[:12]} line=1 chain={head}"
        # Not again, as long as there is nothing new.
        seal.write()
        audit.note(AuditAction.SENT, flow_id="f-2")
        seal.write()
        assert f"log={head[:12]} line=2 chain={audit.check().head}" in server.recv(4096).decode("ascii")


def test_what_could_not_be_told_is_told_later_and_the_ledger_has_it_meanwhile(audit: Audit, tmp_path: Path) -> None:
    audit.note(AuditAction.SENT, flow_id="f-1")
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    seal = AuditSeal(audit, ledger, target=f"tcp://127.0.0.1:{port}")
    for _ in range(2):
        with raises_code(StoreError, "audit.not_sent"):
            seal.write()
    assert len(ledger.read()) == 1
    with closing(socket.create_server(("127.0.0.1", port))) as server:
        server.settimeout(5)
        seal.write()
        connection, _ = server.accept()
        with closing(connection):
            told = connection.makefile("rb").readline()
    assert told.endswith(f"line=1 chain={audit.check().head}\n".encode("ascii"))


@pytest.mark.skipif(sys.platform == "win32", reason="its log is no socket")
def test_seal_reaches_the_log_of_the_system(audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "log"
    monkeypatch.setattr(system_log, "_SYSTEM_SOCKET", str(place))
    with raises_code(StoreError, "audit.not_sent"):
        tell_log("system", "nobody listens")
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as journal:
        journal.bind(str(place))
        journal.settimeout(5)
        tell_log("system", "audit line=1")
        assert journal.recv(4096).decode() == f"{PRIORITY}esign-desktop: audit line=1"


@pytest.mark.parametrize("target", ["tcp://127.0.0.1:99999", "udp://nowhere.invalid:514"])
def test_an_address_that_leads_nowhere_is_told(target: str) -> None:
    with raises_code(StoreError, "audit.not_sent"):
        tell_log(target, "audit line=1")
