"""The table of docs/benchmarks.md: a line for each row, and the range of ratios that were ever kept of it."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from PySide6 import __version__ as qt_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_BEGIN: Final = "<!-- begin of the table: `make bench ARGS=--keep` writes it -->\n"
_END: Final = "<!-- end of the table -->\n"
_HEAD: Final = "| what | ours | peer | ratio | must be | seen |\n|---|---|---|---|---|---|\n"


def keep(rows: Sequence[dict[str, Any]], page: Path) -> None:
    """Renew the lines of these rows, and add those that are new. Raises ValueError where there is no table."""
    before, rest = page.read_text(encoding="utf-8").split(_BEGIN)
    table, after = rest.split(_END)
    kept = {line.split("|")[1].strip(): line for line in table.splitlines() if line.startswith("| ")}
    kept.pop("what", None)
    lines = kept | {row["name"]: _line(row, kept.get(row["name"], "")) for row in rows}
    told = "".join(f"{line}\n" for line in lines.values())
    page.write_text(f"{before}{_BEGIN}{_when()}\n{_HEAD}{told}{_END}{after}", encoding="utf-8")


def _line(row: dict[str, Any], kept: str) -> str:
    """Return the line of a row; what was seen of it before is read from the line that it replaces."""
    ratio, limit = row["ratio"], row.get("limit")
    seen = [float(number) for number in re.findall(r"[\d.]+", kept.rstrip(" |").rpartition("|")[2])]
    least, most = _number(min([*seen, ratio])), _number(max([*seen, ratio]))
    cells = (
        row["name"],
        _number(row["ours"]),
        f"{row['peer_name']}: {_number(row['peer'])}",
        _number(ratio) if limit is None or ratio <= limit else f"**{_number(ratio)}**",
        "" if limit is None else f"≤ {_number(limit)}",
        least if least == most else f"{least}–{most}",
    )
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{round(value, 3):.3g}"


def _when() -> str:
    now = datetime.now(tz=UTC)
    python = platform.python_version()
    return f"Last renewed {now:%Y-%m-%d, %H:%M} UTC, {os.cpu_count()} cores, Python {python}, PySide6 {qt_version}.\n"
