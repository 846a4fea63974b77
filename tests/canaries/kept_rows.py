"""Where in a database of the program a value is kept: in which columns, and whether a byte of it is left elsewhere."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ELSEWHERE: Final = "elsewhere"
"""Stands for a column: bytes that belong to no row, or to none that can be read."""
_BESIDE: Final = re.compile(r"-(wal|shm|journal)$")


def columns_with(path: Path, value: str) -> set[str]:
    """Return ``table.column`` for each that holds the value, with the state of a submission behind it."""
    path = path.with_name(_BESIDE.sub("", path.name))
    has_log = path.with_name(f"{path.name}-wal").exists()
    try:
        held = list(_held(path, value, is_alone=not has_log))
    except sqlite3.Error:
        return {ELSEWHERE}
    columns = {column for column, _ in held}
    if not has_log and _count(path.read_bytes().decode("latin-1"), value) > sum(count for _, count in held):
        columns.add(ELSEWHERE)
    return columns


def _held(path: Path, value: str, *, is_alone: bool) -> Iterator[tuple[str, int]]:
    with closing(
        sqlite3.connect(f"{path.as_uri()}?{'immutable=1' if is_alone else 'mode=ro'}", uri=True)
    ) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            cursor = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608  the table's own name
            names = [column[0] for column in cursor.description]
            copies = _indexed(connection, table)
            for row in cursor:
                kept = dict(zip(names, row, strict=True))
                state = f" {kept['state']}" if table == "submissions" else ""
                for name, content in kept.items():
                    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)
                    if count := _count(text.encode().decode("latin-1"), value):
                        # Each index has the value once more.
                        yield f"{table}.{name}{state}", count * (1 + copies[name])


def _indexed(connection: sqlite3.Connection, table: str) -> Counter[str]:
    """Return how many indexes have a column of a table."""
    indexes = [row[1] for row in connection.execute(f'PRAGMA index_list("{table}")')]
    return Counter(row[2] for index in indexes for row in connection.execute(f'PRAGMA index_info("{index}")'))


def _count(bytes_as_text: str, value: str) -> int:
    """Count a value in bytes that are read as Latin-1: as it is, and as JSON writes it."""
    forms = {value.encode().decode("latin-1"), json.dumps(value)[1:-1]}
    return sum(bytes_as_text.count(form) for form in forms)
