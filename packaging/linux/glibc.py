"""Report the newest glibc symbol version and the system libraries that the files in a folder require.

packaging/linux/glibc.py FOLDER [--at-most 2.28]    fail and name each file that requires a newer version
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
    """The glibc version and the system libraries that one file requires."""

    path: Path
    glibc: Version
    libraries: frozenset[str]


def read(path: Path) -> Needs | None:
    """Return the requirements of a file, or None if it is not an ELF file. Raises ELFError for a damaged ELF file."""
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
    """Yield the glibc versions that a section requires."""
    if isinstance(section, GNUVerNeedSection):
        for _, symbols in section.iter_versions():
            for symbol in symbols:
                if match := SYMBOL.fullmatch(symbol.name):
                    yield as_version(match[1])


def as_version(text: str) -> Version:
    """Parse a version such as ``2.28`` into a tuple, so that versions are compared numerically."""
    return tuple(map(int, text.split(".")))


def main() -> int:
    """Examine the files in the folder, print the result, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--at-most", type=as_version, metavar="VERSION")
    parsed = parser.parse_args()
    files = [path for path in sorted(parsed.folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    try:
        found = [needs for needs in map(read, files) if needs is not None]
    except ELFError as error:
        sys.exit(f"glibc: a file cannot be read: {error}")
    if not found:
        sys.exit(f"glibc: {parsed.folder} contains neither programs nor libraries")
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
