from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.store.audit import Audit, AuditAction

if TYPE_CHECKING:
    from esign_desktop.store.database import Connection, Database


def test_what_was_done_is_told_with_who_and_when(database: Database) -> None:
    audit = Audit(database, who="clerk", clock_ms=lambda: 7)
    audit.note(AuditAction.SENT, environment=EnvironmentKind.TEST, flow_id="flow-1", title="借款合同\ud800")
    audit.note(AuditAction.REVOKED, flow_id="flow-1", outcome="api.timeout")
    revoked, sent = audit.entries()
    assert (sent.at_ms, sent.who, sent.action, sent.environment) == (7, "clerk", "sent", "test")
    assert (sent.flow_id, sent.title, sent.outcome) == ("flow-1", "借款合同?", "")
    assert (revoked.action, revoked.outcome) == ("revoked", "api.timeout")
    assert audit.entries(limit=1) == (revoked,)


@pytest.mark.parametrize("statement", ["DELETE FROM audit", "UPDATE audit SET who = 'x'"])
def test_the_log_only_grows(database: Database, statement: str) -> None:
    Audit(database, who="clerk").note(AuditAction.SENT)

    def work(connection: Connection) -> None:
        connection.execute(statement)

    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        database.run(work)
