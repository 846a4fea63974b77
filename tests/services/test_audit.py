from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.services.audit import AUDIT_HEAD, AuditLog, AuditSeal, AuditWords, unlike_ledger, user_name
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.flows import Flows
from tests.drafts import NOW_MS
from tests.raised import raises_code
from tests.ui.flow_samples import make_flow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.store.database.handle import Connection


WORDS = AuditWords(
    ("时间", "人员", "操作", "环境", "合同", "流程", "结果", "校验"),
    {"sent": "已发起"},
    {"test": "测试"},
    lambda code: f"出错：{code}" if code else "完成",
    lambda check: "完整" if check.is_whole else "不完整",
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    paths = AppPaths.at(tmp_path / "desk")
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    yield database
    database.close()


def test_the_log_is_a_table_that_a_spreadsheet_takes_for_text(database: Database, tmp_path: Path) -> None:
    audit = Audit(database, who="clerk", clock_ms=lambda: NOW_MS)
    audit.note(AuditAction.SENT, environment=EnvironmentKind.TEST, flow_id="f-1", title='=HYPERLINK("x")\n借款')
    audit.note(AuditAction.REVOKED, flow_id="f-1", outcome="api.timeout")
    path = tmp_path / "log.csv"
    assert AuditLog(audit).export(path, WORDS) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, sent, revoked, last = csv.reader(file)
    assert head == list(WORDS.headings)
    assert sent[:-1] == ["2027-01-15 16:00:00", "clerk", "已发起", "测试", '\'=HYPERLINK("x") 借款', "f-1", "完成"]
    assert revoked[-2:] == ["出错：api.timeout", last[-1]]
    assert (last[2], len(last[-1])) == ("完整", 64)
    assert AuditLog(audit).entries(limit=1)[0].action == "exported"


def test_a_place_that_cannot_be_written_to_is_told(database: Database, tmp_path: Path) -> None:
    with raises_code(StoreError, "store.unwritable"):
        AuditLog(Audit(database, who="clerk")).export(tmp_path, WORDS)


def test_what_the_environment_says_of_the_person_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = user_name()
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "somebody else")
    assert user_name() == before


@pytest.mark.parametrize("values", [{}, {"line": "one"}, {"line": 2**80, "chain": ""}, {"line": 1, "chain": "forged"}])
def test_a_line_of_the_ledger_that_was_written_by_hand_is_told(
    database: Database, tmp_path: Path, values: dict[str, str | int]
) -> None:
    audit, ledger = Audit(database, who="clerk"), Ledger(tmp_path / "ledger")
    audit.note(AuditAction.SETTING, title="proxy")
    AuditSeal(audit, ledger).write()
    assert unlike_ledger(audit, ledger) is None
    ledger.append(AUDIT_HEAD, values)
    assert unlike_ledger(audit, ledger) is not None


def test_a_contract_is_noted_once_however_often_it_is_kept(database: Database) -> None:
    audit = Audit(database, who=user_name())
    flows = Flows(database, on_adding=audit.note_sent)
    flows.add(make_flow(name="a"))
    flows.add(make_flow(name="a"))
    (entry,) = audit.entries()
    assert (entry.action, entry.flow_id, entry.environment) == ("sent", "a", "test")


def test_a_contract_is_never_kept_without_its_line(database: Database) -> None:
    audit = Audit(database, who=user_name())

    def fail(connection: Connection, record: FlowRecord) -> None:
        audit.note_sent(connection, record)
        raise StoreError("store.disk_full")

    with raises_code(StoreError, "store.disk_full"):
        Flows(database, on_adding=fail).add(make_flow(name="a"))
    assert (Flows(database).list(), audit.entries()) == ((), ())

    # Taken up again after the crash, both come to be.
    Flows(database, on_adding=audit.note_sent).add(make_flow(name="a"))
    assert [(entry.action, entry.flow_id) for entry in audit.entries()] == [("sent", "a")]
