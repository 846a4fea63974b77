"""The type of a connection to the database, for those who are handed one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import sqlite3


Connection: TypeAlias = "sqlite3.Connection"
