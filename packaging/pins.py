"""Read the pinned packages of requirements/*.txt, and the licenses and the distributor that packaging/*.toml name."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).resolve().parents[1]
HERE: Final = ROOT / "packaging"
_PIN: Final = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==([^\s;\\]+)(?:\s*;\s*([^\\\n]*?))?\s*\\?$")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class PinError(Exception):
    """A pinned package has no license in packaging/components.toml, or a file does not have the expected format."""


@dataclass(frozen=True, order=True)
class Pin:
    """A pinned package. ``marker`` is the environment marker, or an empty string for all environments."""

    name: str
    version: str
    marker: str = ""
    sha256: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bundled:
    """A component of the packages that is not a Python package itself."""

    name: str
    licence: str
    systems: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Distributor:
    """The organization that distributes the packages. Entries that it has not filled in are empty."""

    name: str
    security_contact: str
    announcements: str
    source_contact: str

    @property
    def missing(self) -> list[str]:
        """The names of the empty entries."""
        return [name for name, value in vars(self).items() if not value.strip()]


def read_pins(paths: Iterable[Path]) -> list[Pin]:
    """Return the pins of all files, sorted by name and without repetitions."""
    found: set[Pin] = set()
    for path in paths:
        pin: Pin | None = None
        for line in path.read_text("utf-8").splitlines():
            if match := _PIN.match(line):
                pin = Pin(folded(match[1]), match[2], match[3] or "")
                found.add(pin)
            elif pin and (match := _HASH.search(line)):
                found.discard(pin)
                pin = Pin(pin.name, pin.version, pin.marker, (*pin.sha256, match[1]))
                found.add(pin)
            elif line.strip() and not line.startswith("#"):
                raise PinError(f"{path.name}: unexpected line: {line}")
    return sorted(found)


def licence_of(pin: Pin) -> str:
    """Return the SPDX expression of a pinned package. Raises PinError if components.toml does not name it."""
    try:
        return str(_components()["python"][pin.name])
    except KeyError:
        raise PinError(f"packaging/components.toml has no licence for {pin.name}") from None


def named_licences() -> dict[str, str]:
    """Return the licenses of all packages that components.toml names."""
    return dict(_components()["python"])


def bundled(system: str) -> list[Bundled]:
    """Return the components other than Python packages for ``system``, which is wheel, linux or windows."""
    entries = [
        Bundled(entry["name"], entry["licence"], tuple(entry["systems"]), entry.get("note", ""))
        for entry in _components()["bundled"]
    ]
    return [entry for entry in entries if system in entry.systems]


def distributor() -> Distributor:
    """Return the contents of distributor.toml."""
    return Distributor(**tomllib.loads((HERE / "distributor.toml").read_text("utf-8")))


def own_version() -> str:
    """Return the version that the source code states, without importing it."""
    text = (ROOT / "esign_desktop" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if found is None:
        raise PinError("esign_desktop/__init__.py has no __version__")
    return found[1]


def source_date() -> str:
    """Return SOURCE_DATE_EPOCH if it is set, and otherwise the time of the commit in seconds since the epoch."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return given
    command = ["git", "log", "-1", "--format=%ct"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "0"


def folded(name: str) -> str:
    """Return the normalized form of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _components() -> dict[str, Any]:
    return tomllib.loads((HERE / "components.toml").read_text("utf-8"))
