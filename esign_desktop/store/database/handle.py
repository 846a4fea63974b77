"""The type of a database connection, for modules that use a connection but must not import sqlite3."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import sqlite3


Connection: TypeAlias = "sqlite3.Connection"
