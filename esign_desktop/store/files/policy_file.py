"""Reads the policy of this computer. One that is not right ends the start: none may be lifted by a slip."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.cost import Tier
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.policy import NO_POLICY, Policy

if TYPE_CHECKING:
    from fastjsonschema import JsonSchemaValueException

    from esign_desktop.domain.errors import AppError

NAME: Final = "policy.json"
MAX_BYTES: Final = 64 * 1024
_LONGEST_SHOWN: Final = 60


def system_policy_path() -> Path:
    """Return where the system's administrator lays the policy; on no system may others write there."""
    if platform.system() == "Linux":
        return Path("/etc/esign-desktop") / NAME
    from platformdirs import site_data_path

    return site_data_path("esign-desktop", appauthor=False) / NAME


def read_policy(path: Path, schema_path: Path) -> Policy:
    """Return the policy in a file; the empty one if there is none.

    Raises InputError ``policy.…`` (``path``, ``place``, ``value``; the codes are those of ``_reason`` and
    ``too_large``, ``not_json``, ``twice``, ``needs``, ``not_absolute``) and StoreError for a disk that fails. Nothing
    in a policy is secret or personal, so its values may be shown.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _invalid(path, "", "too_large", MAX_BYTES // 1024)
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return NO_POLICY
    except OSError as error:
        raise disk_error(error) from error
    except UnicodeDecodeError:
        raise _invalid(path, "", "not_json", "UTF-8") from None
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except _Twice as twice:
        raise _invalid(path, twice.args[0], "twice", "") from None
    # RecursionError: brackets in brackets.
    except (ValueError, RecursionError) as error:
        place = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _invalid(path, "", "not_json", place) from None
    _require_valid(path, found, schema_path)
    return _policy(path, found)


class _Twice(ValueError):
    """A key that stands twice, so that nobody knows which one counts."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _value in pairs]
    for name in names:
        if names.count(name) > 1:
            raise _Twice(name)
    return dict(pairs)


def _require_valid(path: Path, found: object, schema_path: Path) -> None:
    import fastjsonschema

    validate = fastjsonschema.compile(json.loads(schema_path.read_bytes()), use_default=False)
    try:
        validate(found)
    except fastjsonschema.JsonSchemaValueException as error:
        place = ".".join(str(part) for part in error.path[1:])
        raise _invalid(path, place, *_reason(error)) from None


def _reason(error: JsonSchemaValueException) -> tuple[str, str]:
    """Return in one word what is wrong, and the value that it is about."""
    allowed, value = error.rule_definition, error.value
    match error.rule:
        case "additionalProperties":
            found = "unknown", ", ".join(sorted(set(value) - set(error.definition["properties"])))
        case "required":
            found = "missing", ", ".join(name for name in allowed if name not in value)
        case "enum":
            found = "not_among", ", ".join(map(str, allowed))
        case "const":
            found = "not_among", str(allowed)
        case "contains":
            found = "without", str(allowed["const"])
        case "minimum" | "maximum":
            found = "out_of_range", f"{error.definition['minimum']}–{error.definition['maximum']}"
        case "type":
            found = "wrong_type", str(allowed)
        case "uniqueItems":
            found = "twice", ""
        case _:
            # Not the value: a proxy with its password in it would be one.
            found = "malformed", ""
    return found


def _policy(path: Path, found: dict[str, Any]) -> Policy:
    if "environment" not in found:
        for name in ("address", "project", "proxy"):
            if name in found:
                raise _invalid(path, name, "needs", "environment")
    folders, price = found.get("folders", {}), found.get("price")
    rooms = frozenset(found["rooms"]) if "rooms" in found else None
    is_counter_only = found.get("counter_only", False)
    if is_counter_only and rooms is not None and "counter" not in rooms:
        raise _invalid(path, "rooms", "without", "counter")
    return Policy(
        environment=EnvironmentKind(found["environment"]) if "environment" in found else None,
        address=found.get("address", ""),
        project_id=found.get("project", ""),
        proxy_url=found.get("proxy"),
        language=found.get("language", ""),
        download_folder=_folder(path, folders, "downloads"),
        presets_folder=_folder(path, folders, "presets"),
        price=Tier(price["yuan"], price["contracts"]) if price is not None else None,
        rooms=rooms,
        is_counter_only=is_counter_only,
        pin_digits=found.get("pin_digits"),
        lock_after_minutes=found.get("lock_after_minutes"),
        keep_hours=found.get("keep_hours"),
        log_level=found.get("log_level", ""),
    )


def _folder(path: Path, folders: dict[str, str], name: str) -> Path | None:
    if name not in folders:
        return None
    try:
        folder = Path(folders[name]).expanduser()
    except RuntimeError:
        # Nobody knows whose folder ~ is.
        folder = Path(folders[name])
    if not folder.is_absolute():
        raise _invalid(path, f"folders.{name}", "not_absolute", folders[name])
    return folder


def _invalid(path: Path, place: str, reason: str, value: object) -> AppError:
    return InputError(f"policy.{reason}", path=str(path), place=place or "–", value=str(value)[:_LONGEST_SHOWN])
