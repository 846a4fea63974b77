"""What is declared of a file before it is uploaded."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def content_md5_of(source: Path) -> str:
    digest = hashlib.md5(source.read_bytes(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")
