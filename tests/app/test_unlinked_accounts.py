"""What an earlier version may have left: accounts that bear somebody else's name, told of once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import FlowSigner
from esign_desktop.store.codec import to_json
from esign_desktop.store.database.connection import Database
from esign_desktop.store.database.migrations import MIGRATIONS, MigrationSet
from esign_desktop.store.tables.accounts import Accounts

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.store.files.paths import AppPaths
    from tests.app.conftest import Start


def old_database(paths: AppPaths, folder: Path, *accounts: tuple[str, str, str]) -> None:
    """Write the database of the version before, with accounts by id, name and masked number."""
    folder.mkdir()
    for file in sorted(MIGRATIONS.glob("*.sql"))[:8]:
        shutil.copy(file, folder)
    paths.prepare()
    database = Database(paths.database_path, migrations=MigrationSet(folder))
    database.open()
    rows = [("sandbox", "p", one, "person", name, f"t {one}", number, "", 1) for one, name, number in accounts]
    database.run(
        lambda connection: connection.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    )
    told = (("zhao", "赵六"), ("zhao", "王五"), ("qian", "钱七"))
    flows = [
        (f"flow {number}", f"submission {number}", to_json((FlowSigner(*one, 1, 1),), tuple[FlowSigner, ...]))
        for number, one in enumerate(told)
    ]
    database.run(
        lambda connection: connection.executemany(
            "INSERT INTO flows (flow_id, environment, project_id, submission_id, title, sent_at_ms, contract_count,"
            " status, documents, signers, downloaded_to) VALUES (?, 'sandbox', 'p', ?, '', 1, 1, 2, '[]', ?, '[]')",
            flows,
        )
    )
    database.close()


def told(program: Program) -> list[str]:
    return [row.title for row in program.window.messages.rows if "account" in row.title]


def linked(program: Program) -> set[str]:
    database = program._backend._database  # noqa: SLF001
    assert database is not None
    return {record.account_id for record in Accounts(database).list(EnvironmentKind.SANDBOX, "p")}


def test_accounts_that_share_name_and_number_or_had_two_names_are_unlinked_and_told_of_once(
    start: Start, paths: AppPaths, tmp_path: Path, qtbot: QtBot
) -> None:
    old_database(
        *(paths, tmp_path / "old"),
        ("zhang's", "李四", "****0001"),
        ("li's", "李四", "****0001"),
        ("another", "李四", "****0002"),
        ("zhao", "王五", "****0003"),
        ("qian", "钱七", "****0004"),
    )
    program = start()
    assert linked(program) == {"another", "qian"}
    assert told(program) == ["Contacts unlinked because they may have used another person's account: 3."]
    assert program.workspace is not None
    services = program.workspace.services
    qtbot.waitUntil(lambda: services.account_repair.run() == 0)
    program.stop()
    again = start()
    assert (linked(again), told(again)) == ({"another", "qian"}, [])


def test_a_new_installation_has_nothing_to_tell(start: Start) -> None:
    assert told(start()) == []
