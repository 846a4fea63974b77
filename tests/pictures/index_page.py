"""The page that lists the pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.pictures.captions import CAPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SETS: Final = ("zh_CN-light", "zh_CN-dark", "en-light", "en-dark")
_HEAD: Final = """# Screenshots

Every window in every relevant state, taken from the running application by `make screenshots`: real windows on
the rehearsal platform, with invented people and contracts, on a fixed day. A file is replaced only if the picture
differs.

The files are `<scale>/<language>-<theme>/<state>.png`; 100 and 200 are the scale in percent. At 200 %, Chinese is taken
in the light theme and English in the dark theme; `make screenshots ARGS="--scale 200"` takes the others.
"""


def write_index(output: Path, names: Iterable[str]) -> None:
    """Write README.md beside the pictures, room by room."""
    lines = [_HEAD]
    room = ""
    taken = set(names)
    for name, (heading, sentence) in CAPTIONS.items():
        if name not in taken:
            continue
        if heading != room:
            room = heading
            lines += [f"\n## {room}\n", "| state | description | 100 % | 200 % |", "|---|---|---|---|"]
        links = [
            " · ".join(
                f"[{one}](<{scale}/{one}/{name}.png>)"
                for one in _SETS
                if (output / scale / one / f"{name}.png").exists()
            )
            for scale in ("100", "200")
        ]
        lines.append(f"| `{name}` | {sentence} | {links[0]} | {links[1]} |")
    (output / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
