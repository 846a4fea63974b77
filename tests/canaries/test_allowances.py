"""What may be kept is told from what may not by the very column in which it stands."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.canaries.allowances import allowance_for
from tests.canaries.kept_rows import ELSEWHERE, columns_with
from tests.canaries.scanner import Leak, Scanner
from tests.canaries.search import Search

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = "32012519900307"


def make_database(folder: Path, *statements: str) -> Path:
    path = folder / "esign.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE drafts (body TEXT)")
        connection.execute("CREATE TABLE submissions (draft TEXT, state TEXT)")
        connection.execute("CREATE TABLE settings (value TEXT)")
        connection.execute("CREATE TABLE forgetting (traces TEXT)")
        for statement in statements:
            connection.execute(statement)
            connection.commit()
    return path


@pytest.mark.parametrize(
    ("statements", "columns"),
    [
        (["INSERT INTO drafts VALUES ('320125199003078515')"], {"drafts.body"}),
        (["INSERT INTO submissions VALUES ('32012519900307', 'queued')"], {"submissions.draft queued"}),
        (["INSERT INTO settings VALUES (CAST('32012519900307' AS BLOB))"], {"settings.value"}),
        (["INSERT INTO drafts VALUES ('32012519900307')", "DELETE FROM drafts"], {ELSEWHERE}),
        ([], set()),
    ],
)
def test_columns_are_told_and_bytes_of_no_row(tmp_path: Path, statements: list[str], columns: set[str]) -> None:
    assert columns_with(make_database(tmp_path, *statements), NUMBER) == columns


def test_what_is_not_yet_in_the_file_itself_is_told(tmp_path: Path) -> None:
    path = make_database(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO drafts VALUES ('32012519900307')")
        connection.commit()
        assert columns_with(path.with_name("esign.db-wal"), NUMBER) == {"drafts.body"}


def test_names_that_json_writes_in_its_way_are_told(tmp_path: Path) -> None:
    path = make_database(tmp_path, r"INSERT INTO drafts VALUES ('\u94b1\u91d1\u4e1d\u96c0')")
    assert columns_with(path, "钱金丝雀") == {"drafts.body"}


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "esign.db"
    path.write_text(NUMBER, "ascii")
    assert columns_with(path, NUMBER) == {ELSEWHERE}


@pytest.mark.parametrize(
    ("statement", "leaks"),
    [
        ("INSERT INTO drafts VALUES ('32012519900307')", 0),
        ("INSERT INTO submissions VALUES ('32012519900307', 'held')", 0),
        ("INSERT INTO submissions VALUES ('32012519900307', 'done')", 1),
        ("INSERT INTO settings VALUES ('32012519900307')", 1),
    ],
)
def test_a_number_may_be_kept_until_the_send_is_over(tmp_path: Path, statement: str, leaks: int) -> None:
    search = Search(Scanner({"id number": NUMBER}))
    (tmp_path / "data").mkdir()
    make_database(tmp_path / "data", statement)
    search.through_folder(tmp_path)
    assert (len(search.leaks), search.allowed.total()) == (leaks, 1 - leaks)


def test_the_same_content_in_another_place_is_judged_again(tmp_path: Path) -> None:
    search = Search(Scanner({"link token": "cn0123456789ab"}))
    for name in ("ledger.jsonl", "copy.jsonl"):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / name).write_text("cn0123456789ab", "ascii")
    search.through_folder(tmp_path)
    assert [leak.place for leak in search.leaks] == ["data/copy.jsonl"]


@pytest.mark.parametrize(
    ("test", "statement", "leaks"),
    [
        ("a_flow_that_nobody_will_b0", "INSERT INTO forgetting VALUES ('32012519900307')", 0),
        ("a_flow_that_nobody_will_b0", "INSERT INTO submissions VALUES ('32012519900307', 'done')", 1),
        ("a_flow_that_nobody_will_b0", "INSERT INTO settings VALUES ('32012519900307')", 1),
        ("a_flow_that_everybody_see0", "INSERT INTO forgetting VALUES ('32012519900307')", 1),
    ],
)
def test_who_is_being_forgotten_may_be_noted_where_a_test_only_begins_it(
    tmp_path: Path, test: str, statement: str, leaks: int
) -> None:
    search = Search(Scanner({"id number": NUMBER}))
    data = tmp_path / "pytest" / f"test_{test}" / "data"
    data.mkdir(parents=True)
    make_database(data, statement)
    search.through_folder(tmp_path)
    assert (len(search.leaks), search.allowed.total()) == (leaks, 1 - leaks)


@pytest.mark.parametrize("folder", ["pytest/", "pytest/popen-gw1/"])
@pytest.mark.parametrize(
    ("name", "is_allowed"),
    [
        ("test_a_send_is_unfinished_unti10/data/esign.db", True),
        ("test_name_that_comes_twice_is_0/x.esignpreset, compressed", True),
        ("test_a_hostile_file_takes_litt7/x.esignpreset, compressed", True),
        ("test_name_that_comes_twice_is_0/log.txt", False),
        ("test_numbers_dates_and_padding0/a.xlsx, compressed", True),
    ],
)
def test_a_tests_own_folder_is_known_where_several_run_at_a_time_too(folder: str, name: str, is_allowed: bool) -> None:
    found = allowance_for(Leak("second phone", "utf-8", folder + name), None, "13800000000")
    assert (found is not None) is is_allowed
