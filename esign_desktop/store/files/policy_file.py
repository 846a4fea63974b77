"""Read the policy of this computer.

An invalid policy stops the program, so that a typing error cannot disable the policy.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from esign_desktop.domain.cost import Tier
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.file_names import FolderLayout
from esign_desktop.domain.policy import NO_POLICY, Policy
from esign_desktop.store.files.file_rights import find_weakness
from esign_desktop.store.files.paths import system_policy_path

MAX_BYTES: Final = 64 * 1024


def read_policy(path: Path, schema_path: Path) -> Policy:
    """Return the policy in a file, or an empty policy if the file does not exist.

    Raises InputError ``policy.…`` with ``path``, ``place`` and ``value`` if the policy is invalid. The code then ends
    in a reason of ``JsonProblem``, or in ``needs`` or ``not_absolute``. Raises InputError ``policy.dangling`` with
    ``path`` if the path is a link to a missing file. Raises InputError ``policy.…`` with ``place`` if users can change
    this computer's own policy. The code then ends in a reason of ``find_weakness``. Raises StoreError for disk errors.
    """
    try:
        with path.open("rb") as file:
            # Windows does not replace an open file, and elsewhere only users named in the result could replace it.
            _require_protected(path, path)
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        _require_missing(path)
        return NO_POLICY
    except OSError as error:
        raise disk_error(error) from error
    from esign_desktop.store.files.checked_json import JsonProblem, read_json

    try:
        return _policy(read_json(data, schema_path, max_bytes=MAX_BYTES))
    except JsonProblem as problem:
        failure = problem.as_error("policy", path=str(path))
    raise failure


def _require_protected(path: Path, checked: Path) -> None:
    """Raise InputError ``policy.…`` if ``path`` is this computer's policy and users can change ``checked``."""
    weakness = find_weakness(checked) if path == system_policy_path() else None
    if weakness is not None:
        reason, place = weakness
        raise InputError(f"policy.{reason}", path=str(path), place=str(place))


def _require_missing(path: Path) -> None:
    """Raise InputError ``policy.…`` if a user could have removed the policy, or if its path is a dangling link."""
    if path.is_symlink() or (path.parent.is_symlink() and not path.parent.exists()):
        raise InputError("policy.dangling", path=str(path))
    # On Windows, every user may create this folder, so it proves nothing there.
    if sys.platform != "win32" and path.parent.exists():
        _require_protected(path, path.parent)


def _policy(found: dict[str, Any]) -> Policy:
    from esign_desktop.store.files.checked_json import JsonProblem

    if "environment" not in found:
        for name in ("address", "project", "proxy"):
            if name in found:
                raise JsonProblem("needs", name, "environment")
    folders, price = found.get("folders", {}), found.get("price")
    if "preset_digests" in found and "presets" not in folders:
        raise JsonProblem("needs", "preset_digests", "folders.presets")
    rooms = frozenset(found["rooms"]) if "rooms" in found else None
    if "keys" in found and "presets" not in folders:
        raise JsonProblem("without", "folders", "presets")
    is_counter_only = found.get("counter_only", False)
    if is_counter_only and rooms is not None and "counter" not in rooms:
        raise JsonProblem("without", "rooms", "counter")
    return Policy(
        environment=EnvironmentKind(found["environment"]) if "environment" in found else None,
        address=found.get("address", ""),
        project_id=found.get("project", ""),
        proxy_url=found.get("proxy"),
        language=found.get("language", ""),
        download_folder=_absolute(folders, "downloads", "folders."),
        presets_folder=_absolute(folders, "presets", "folders."),
        days_folder=_absolute(folders, "days", "folders."),
        preset_keys=tuple(sorted((int(key.removeprefix("F")), name) for key, name in found.get("keys", {}).items())),
        preset_digests=frozenset(found["preset_digests"]) if "preset_digests" in found else None,
        results=_absolute(found, "results"),
        price=Tier(price["yuan"], price["contracts"]) if price is not None else None,
        rooms=rooms,
        is_counter_only=is_counter_only,
        pin_digits=found.get("pin_digits"),
        pin_days=found.get("pin_days"),
        lock_after_minutes=found.get("lock_after_minutes"),
        keep_hours=found.get("keep_hours"),
        log_level=found.get("log_level", ""),
        needs_second_person=found.get("second_person", False),
        are_tellers_by_administrator=found.get("tellers") == "administrator",
        needs_teller=found.get("needs_teller", False),
        data_folder=_absolute(found, "data_folder"),
        audit_to=found.get("audit_to", ""),
        remembers_forms=found.get("remember_forms", True),
        folder_layout=FolderLayout(folders["layout"]) if "layout" in folders else None,
        title_rule=found.get("title", ""),
    )


def _absolute(values: dict[str, Any], name: str, place: str = "") -> Path | None:
    from esign_desktop.store.files.checked_json import JsonProblem

    if name not in values:
        return None
    try:
        path = Path(values[name]).expanduser()
    except RuntimeError:
        # The home folder is unknown, so ~ cannot be expanded.
        path = Path(values[name])
    if not path.is_absolute():
        raise JsonProblem("not_absolute", f"{place}{name}", values[name])
    return path
