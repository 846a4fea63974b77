"""Find libraries that the files of a frozen folder for Windows import but that the folder does not contain.

Wine has its own Visual C++ runtime. A run under Wine therefore does not show which libraries are missing on a newly
installed Windows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from interpreter import dump

if TYPE_CHECKING:
    from pathlib import Path

VISUAL_CPP: Final = re.compile(r"(msvcp|vcruntime|concrt|vcomp|vccorlib|vcamp)\d+", re.IGNORECASE)
SEARCHED: Final = ("", "PySide6", "shiboken6")
OPTIONAL: Final = frozenset({"libpq.dll", "oci.dll", "fbclient.dll", "mimapi64.dll", "libmysql.dll"})
"""Clients of databases, which Qt's drivers import and the program never loads."""


def missing_libraries(frozen: Path, system: Path) -> list[str]:
    """Return a line for each imported library that is neither part of Windows nor contained in the frozen folder.

    A library counts as contained if it is in the folder of the importing file, in ``_internal``, where every process of
    the program looks for libraries, or in one of the folders that PySide6 adds before it loads other libraries.
    ``system`` is the System32 folder of a Wine prefix.
    """
    of_windows = {path.name.lower() for path in system.iterdir() if not VISUAL_CPP.match(path.name)}
    files = [path for path in sorted(frozen.rglob("*")) if path.suffix.lower() in {".dll", ".pyd", ".exe"}]
    places = defaultdict(set)
    for path in files:
        places[path.name.lower()].add(path.parent)
    missing: dict[str, list[str]] = defaultdict(list)
    for path in files:
        for name in re.findall(r"DLL Name: (\S+)", dump(path)):
            low = name.lower()
            if low in of_windows or low in OPTIONAL or low.startswith(("api-ms-win-", "ext-ms-")):
                continue
            if not places[low] & {path.parent, *(frozen / "_internal" / name for name in SEARCHED)}:
                missing[name].append(path.relative_to(frozen).as_posix())
    return [f"{name}: imported by {', '.join(users)}" for name, users in sorted(missing.items())]
