"""Tell the newest C library that the programs and libraries in a folder ask for, and what else of the system.

packaging/linux/glibc.py FOLDER [--at-most 2.28]    fails if a file asks for a newer one, and names it
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elftools.elf.sections import Section

Version = tuple[int, ...]
MAGIC: Final = b"\x7fELF"
SYMBOL: Final = re.compile(r"GLIBC_(\d+(?:\.\d+)*)")


@dataclass(frozen=True)
class Needs:
    """What one file asks the system for when it is loaded."""

    path: Path
    glibc: Version
    libraries: frozenset[str]


def read(path: Path) -> Needs | None:
    """Return what a file needs; None if it is no program and no library. Raises ELFError for half of one."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return None
        file.seek(0)
        sections = list(ELFFile(file).iter_sections())
        versions = [version for section in sections for version in _versions(section)]
        libraries = frozenset(name for section in sections for name in _libraries(section))
    return Needs(path, max(versions, default=()), libraries)


def _libraries(section: Section) -> Iterator[str]:
    if isinstance(section, DynamicSection):
        for tag in section.iter_tags("DT_NEEDED"):
            named: Any = tag
            yield named.needed


def _versions(section: Section) -> Iterator[Version]:
    """Yield the versions of the C library that a section asks for."""
    if isinstance(section, GNUVerNeedSection):
        for _, symbols in section.iter_versions():
            for symbol in symbols:
                if match := SYMBOL.fullmatch(symbol.name):
                    yield as_version(match[1])


def as_version(text: str) -> Version:
    """Read ``2.28``; it is newer than ``2.3.4``."""
    return tuple(map(int, text.split(".")))


def main() -> int:
    """Look through the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--at-most", type=as_version, metavar="VERSION")
    parsed = parser.parse_args()
    files = [path for path in sorted(parsed.folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    try:
        found = [needs for needs in map(read, files) if needs is not None]
    except ELFError as error:
        sys.exit(f"glibc: a file can't be read: {error}")
    if not found:
        sys.exit(f"glibc: {parsed.folder} holds no program and no library")
    own = {path.name for path in parsed.folder.rglob("*")}
    highest = max(needs.glibc for needs in found)
    print(f"glibc: {len(found)} files, the newest symbol is GLIBC_{'.'.join(map(str, highest))}")
    print("glibc: from the system:", *sorted(set().union(*(needs.libraries for needs in found)) - own))
    newer = [needs for needs in found if parsed.at_most is not None and needs.glibc > parsed.at_most]
    for needs in newer:
        print(f"glibc: too new: {needs.path} (GLIBC_{'.'.join(map(str, needs.glibc))})", file=sys.stderr)
    return 1 if newer else 0


if __name__ == "__main__":
    sys.exit(main())
