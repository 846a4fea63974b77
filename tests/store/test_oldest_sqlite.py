"""What the program asks of SQLite is what old systems have.

The package ``pysqlite3-binary`` stands in for the standard library's module. ``OLDEST_SQLITE_DIR`` may name a folder
with a ``libsqlite3.so.0`` of the very oldest version, where Python is linked to one.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.codec import draft_to_json
from esign_desktop.store.database import connection as database_module
from esign_desktop.store.database.connection import Database
from esign_desktop.store.database.migrations import MIGRATIONS, MigrationSet
from tests.store.samples import DRAFT

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.store.database.handle import Connection
    from esign_desktop.store.files.paths import AppPaths

STAND_IN: Final = "import sys, pysqlite3; sys.modules['sqlite3'] = pysqlite3"
USE: Final = """
from pathlib import Path
import sqlite3
from dataclasses import replace
from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows, FlowRecord
from esign_desktop.store.tables.journal import Journal, SubmissionId, SubmissionRecord, SubmissionState
from esign_desktop.store.tables.settings import Settings
from tests.store.samples import DRAFT

database = Database(Path(sys.argv[1]))
database.open()
before = [one.record.id for one in Journal(database).of_draft(DRAFT.id)]
drafts, journal = Drafts(database), Journal(database)
drafts.save(DRAFT, saved_at_ms=1)
journal.queue(SubmissionRecord(SubmissionId("s-new"), EnvironmentKind.TEST, "p", DRAFT, 9))
journal.record(SubmissionId("s-new"), SubmissionState.DONE)
journal.replace_draft(SubmissionId("s-new"), replace(DRAFT, signers=()))
drafts.delete(DRAFT.id)
Flows(database).add(FlowRecord("f", EnvironmentKind.TEST, "p", "s-new", "t", 1, None, 1))
Flows(database).list()
database.write_anew()
after = [one.record.id for one in journal.of_draft(DRAFT.id)]
database.close()
print(sqlite3.sqlite_version, before, after)
"""
OLD_INDEX: Final = "CREATE INDEX submissions_by_draft ON submissions (json_extract(draft, '$.draft.id'));"


def version_of(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def use_with_old_sqlite(path: Path) -> str:
    """Open and use it with the oldest there is; return what it told after its version."""
    folder = os.environ.get("OLDEST_SQLITE_DIR")
    if folder is None and find_spec("pysqlite3") is None:
        pytest.skip("there is no old SQLite for this Python")
    program = f"import sys\n{USE}" if folder else f"{STAND_IN}\n{USE}"
    environment = {**os.environ, **({"LD_LIBRARY_PATH": folder} if folder else {})}
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    version, _space, told = done.stdout.strip().partition(" ")
    assert version_of(version) < (3, 40)
    return told


def test_a_new_database_is_made_and_used(paths: AppPaths) -> None:
    assert use_with_old_sqlite(paths.database_path) == "[] ['s-new']"


def test_a_database_that_a_newer_sqlite_made_is_brought_up_to_date(paths: AppPaths, tmp_path: Path) -> None:
    """As the program before this one left it: at version 7, with an index that older ones refuse."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for file in sorted(MIGRATIONS.glob("000[1-7]_*.sql")):
        script = OLD_INDEX if file.name.startswith("0004") else file.read_text(encoding="utf-8")
        (folder / file.name).write_text(script, encoding="utf-8")
    old = Database(paths.database_path, migrations=MigrationSet(folder))
    old.open()

    def queue(connection: Connection) -> None:
        values = "('s-old', 'test', 'p', 't', 1, ?, 'done', 1)"
        connection.execute(f"INSERT INTO submissions VALUES {values}", (draft_to_json(replace(DRAFT, signers=())),))  # noqa: S608
        connection.execute(f"INSERT INTO submissions VALUES {values.replace('old', 'bad')}", ('{"draft": {}}',))  # noqa: S608

    old.run(queue)
    old.close()
    assert use_with_old_sqlite(paths.database_path) == "['s-old'] ['s-old', 's-new']"


def test_the_tables_hold_nothing_that_is_computed_by_a_function(database: Database) -> None:
    """Whether a function may stand there is another matter in each version."""

    def work(connection: Connection) -> list[tuple[str, object]]:
        indexes = "SELECT s.name, i.cid FROM sqlite_schema s, pragma_index_xinfo(s.name) i WHERE s.type = 'index'"
        columns = "SELECT s.name, i.hidden FROM sqlite_schema s, pragma_table_xinfo(s.name) i WHERE s.type = 'table'"
        computed = [row for row in connection.execute(indexes).fetchall() if row[1] == -2]
        return computed + [row for row in connection.execute(columns).fetchall() if row[1]]

    assert database.run(work) == []


def test_an_sqlite_that_is_too_old_is_named_and_nothing_is_touched(
    paths: AppPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "OLDEST_SQLITE", (99, 1))
    with pytest.raises(StoreError) as caught:
        Database(paths.database_path).open()
    assert caught.value.code == "store.old_sqlite"
    assert caught.value.params == {"found": sqlite3.sqlite_version, "needed": "99.1"}
    assert not paths.database_path.exists()
