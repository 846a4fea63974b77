"""Find the application's resource files: beside the package in a checkout, or inside the package in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent.parent


@cache
def resources_root() -> Path:
    """Return the folder that contains the resource files, such as icons and translations."""
    installed = _PACKAGE / "resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def resource_path(*parts: str) -> Path:
    """Return the path of a resource, given its folders and file name. The path need not exist."""
    return resources_root().joinpath(*parts)
