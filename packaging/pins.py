"""Read the pinned packages from requirements/*.txt, and the licenses and the distributor from packaging/*.toml."""

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
    """Raised if a pinned package has no license in packaging/components.toml, or if a file has the wrong format."""


@dataclass(frozen=True, order=True)
class Pin:
    """A pinned package. ``marker`` is the environment marker, or an empty string if the pin applies everywhere."""

    name: str
    version: str
    marker: str = ""
    sha256: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bundled:
    """A component of the application's packages that is not a Python package."""

    name: str
    licence: str
    systems: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Distributor:
    """The organization that distributes the application's packages. Missing details are empty strings."""

    name: str
    security_contact: str
    announcements: str
    source_contact: str

    @property
    def missing(self) -> list[str]:
        """The names of the details that are empty."""
        return [name for name, value in vars(self).items() if not value.strip()]


def read_pins(paths: Iterable[Path]) -> list[Pin]:
    """Read the pinned packages from these files, and return them sorted by name and without duplicates."""
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
    """Return the license of a pinned package as an SPDX expression.

    Raises PinError if components.toml does not state the license.
    """
    try:
        return str(_components()["python"][pin.name])
    except KeyError:
        raise PinError(f"packaging/components.toml has no licence for {pin.name}") from None


def named_licences() -> dict[str, str]:
    """Return all licenses in components.toml, keyed by the name of the package."""
    return dict(_components()["python"])


def bundled(system: str) -> list[Bundled]:
    """Return the bundled components for ``system``, which is ``wheel``, ``linux`` or ``windows``."""
    entries = [
        Bundled(entry["name"], entry["licence"], tuple(entry["systems"]), entry.get("note", ""))
        for entry in _components()["bundled"]
    ]
    return [entry for entry in entries if system in entry.systems]


def distributor() -> Distributor:
    """Read the distributor's details from distributor.toml."""
    return Distributor(**tomllib.loads((HERE / "distributor.toml").read_text("utf-8")))


def own_version() -> str:
    """Read the application's version from the source code without importing the application."""
    text = (ROOT / "esign_desktop" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if found is None:
        raise PinError("esign_desktop/__init__.py has no __version__")
    return found[1]


def source_date() -> str:
    """Return SOURCE_DATE_EPOCH or, if it is not set, the time of the commit, in seconds since the epoch."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return given
    command = ["git", "log", "-1", "--format=%ct"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "0"


def folded(name: str) -> str:
    """Return the normalized form of a Python package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _components() -> dict[str, Any]:
    return tomllib.loads((HERE / "components.toml").read_text("utf-8"))
