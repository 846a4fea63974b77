from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.erasure import FORGOTTEN_NAME, PersonIdentifiers
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection


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


TITLE = "借款合同"
EDITS = {
    "outcome": "UPDATE audit SET outcome = '' WHERE seq = 2",
    "who": "UPDATE audit SET who = 'nobody' WHERE seq = 2",
    "moment": "UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 2",
    "title": "UPDATE audit SET title = 'another' WHERE seq = 2",
    "title and salt": "UPDATE audit SET title = 'another', title_salt = '00' WHERE seq = 2",
    "title, its salt erased": "UPDATE audit SET title = 'another', title_salt = '' WHERE seq = 2",
    "title, as if somebody were forgotten": "UPDATE audit SET title = '〔…〕' WHERE seq = 2",
    "title and salt, as if forgotten": "UPDATE audit SET title = 'x 〔…〕', title_salt = '' WHERE seq = 2",
    "taken out": "DELETE FROM audit WHERE seq = 2",
    "put in": "INSERT INTO audit SELECT 9, at_ms, who, action, environment, flow_id, title, outcome, title_salt,"
    " title_digest, chain FROM audit WHERE seq = 2",
    "last taken out": "DELETE FROM audit WHERE seq = 3",
}


def three_lines(database: Database) -> Audit:
    audit = Audit(database, who="clerk", clock_ms=lambda: 7)
    for number in range(3):
        audit.note(AuditAction.SENT, flow_id=f"flow-{number}", title=TITLE, outcome="api.timeout")
    return audit


def with_the_guards_off(database: Database, *statements: str) -> None:
    def work(connection: Connection) -> None:
        for trigger in ("audit_stays", "audit_keeps", "audit_forgets"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.execute(statement)

    database.run(work)


def test_an_untouched_log_is_whole(database: Database) -> None:
    audit = three_lines(database)
    check = audit.check()
    assert (check.is_whole, check.lines, check.unbound, check.forgotten) == (True, 3, 0, 0)
    assert check.head == audit.entries(limit=1)[0].chain


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_what_was_edited_in_the_file_shows(database: Database, edit: str) -> None:
    audit = three_lines(database)
    with_the_guards_off(database, edit)
    assert not audit.check().is_whole


def test_the_only_line_does_not_go_unseen(database: Database) -> None:
    audit = Audit(database, who="clerk")
    assert (audit.check().is_whole, audit.check().lines) == (True, 0)
    audit.note(AuditAction.SENT)
    with_the_guards_off(database, "DELETE FROM audit")
    assert not audit.check().is_whole


def test_lines_of_earlier_versions_are_bound_by_the_first_that_follows(database: Database) -> None:
    unbound = "INSERT INTO audit (at_ms, who, action, environment, flow_id, title, outcome)"
    with_the_guards_off(database, *[f"{unbound} VALUES ({n}, 'clerk', 'sent', 'test', 'f', 't', '')" for n in (1, 2)])
    audit = Audit(database, who="clerk")
    assert audit.check().is_whole
    audit.note(AuditAction.SENT)
    check = audit.check()
    assert (check.is_whole, check.lines, check.unbound) == (True, 3, 2)
    with_the_guards_off(database, "UPDATE audit SET who = 'x' WHERE seq = 1")
    assert audit.check().broken_at == 3


def test_a_name_that_is_forgotten_leaves_the_log_whole_and_its_digest_without_salt(database: Database) -> None:
    audit = three_lines(database)

    def forget(connection: Connection) -> None:
        connection.execute("INSERT INTO forgetting VALUES (1, '')")
        connection.execute("UPDATE audit SET title = '借款合同 〔…〕' WHERE seq = 2")
        audit.note_forgotten(connection, 1)
        connection.execute("DELETE FROM forgetting")

    def salts(connection: Connection) -> list[str]:
        return [row[0] for row in connection.execute("SELECT title_salt FROM audit ORDER BY seq")]

    database.run(forget)
    check = audit.check()
    assert (check.is_whole, check.forgotten) == (True, 1)
    assert [bool(salt) for salt in database.run(salts)] == [True, False, True, True]
    with_the_guards_off(database, "UPDATE audit SET title = 'another 〔…〕' WHERE seq = 2")
    assert audit.check().broken_at == 2


def test_each_erasure_is_noted_and_covers_all_earlier_ones(database: Database) -> None:
    audit = Audit(database, who="clerk")
    for title in ("租赁 张三 李四", "借款 张三", "借款"):
        audit.note(AuditAction.SENT, title=title)
    for name in ("张三", "李四"):
        PersonErasure(database, audit=audit).begin(PersonIdentifiers(name, "token"))
    noted = [entry.title.partition(" ")[0] for entry in audit.entries() if entry.action == AuditAction.FORGOTTEN]
    assert noted == ["1", "2"]
    assert (audit.check().is_whole, audit.check().forgotten) == (True, 2)
    with_the_guards_off(database, "UPDATE audit SET title = '9 · 0' WHERE seq = 5")
    assert not audit.check().is_whole


def test_who_approved_is_never_erased(database: Database) -> None:
    audit = Audit(database, who="clerk")
    audit.note(AuditAction.APPROVED, title="李四 → 王五: 借款 王五")
    PersonErasure(database).begin(PersonIdentifiers("王五", "token"))
    assert audit.entries()[-1].title == f"李四 → 王五: 借款 {FORGOTTEN_NAME}"
    assert audit.check().is_whole


@pytest.mark.parametrize(
    ("traces", "title", "left"),
    [
        (PersonIdentifiers("An", "token"), "Annual contract", "Annual contract"),
        (PersonIdentifiers("王小", "token", longer_names=frozenset({"王小明"})), "王小明 合同", "王小明 合同"),
        (
            PersonIdentifiers("张三", "token", numbers=frozenset({"13812345678"})),
            "租赁 13812345678",
            f"租赁  {FORGOTTEN_NAME}",
        ),
    ],
    ids=["within a word", "within a longer name", "number"],
)
def test_forgetting_leaves_the_log_whole(database: Database, traces: PersonIdentifiers, title: str, left: str) -> None:
    audit = Audit(database, who="clerk")
    audit.note(AuditAction.SENT, title=title)
    PersonErasure(database).begin(traces)
    check = audit.check()
    assert [entry.title for entry in audit.entries() if entry.action == AuditAction.SENT] == [left]
    assert (check.is_whole, check.forgotten) == (True, int(left != title))


def test_a_title_that_is_written_again_as_it_was_stays_bound(database: Database) -> None:
    audit = three_lines(database)

    def work(connection: Connection) -> None:
        connection.execute("INSERT INTO forgetting VALUES (1, '')")
        connection.execute("UPDATE audit SET title = title")
        connection.execute("DELETE FROM forgetting")

    database.run(work)
    check = audit.check()
    assert (check.is_whole, check.forgotten) == (True, 0)


def test_settings_that_matter_are_noted_by_name_and_never_with_their_value(database: Database) -> None:
    audit = Audit(database, who="clerk")
    settings = Settings(database, on_change=audit.note_setting)
    settings.set("counter_pin", "1234")
    settings.set("counter_pin", "1234")
    settings.set("theme", "dark")
    settings.set("environment.test.links_before_execute", "1")
    settings.set("environment.chosen", "production")
    settings.delete("counter_pin")
    settings.delete("counter_pin")
    noted = [(entry.action, entry.title) for entry in audit.entries()[::-1]]
    assert noted == [("setting", "counter_pin"), ("setting", "environment.chosen"), ("setting", "counter_pin")]
