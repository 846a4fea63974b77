"""Times and addresses as the platform writes them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from esign_desktop.api.strict_json import Malformed, text

if TYPE_CHECKING:
    from collections.abc import Mapping

CHINA: Final = timezone(timedelta(hours=8))
"""Times without a zone are China Standard Time, which knows no summer time."""

_LOCAL_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_EPOCH_MS: Final = re.compile(r"[0-9]{12,14}")
_PLAIN: Final = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without blank and backslash, about which readers of addresses disagree."""


_ARGUABLE: Final = frozenset("@%")
"""In a host: a user before it, and another way to write its characters."""


def mended(name: str) -> str:
    """Replace what UTF-8 can't express; file names that are no UTF-8 reach Python as lone surrogates."""
    return name.encode("utf-8", "replace").decode("utf-8")


def local_time_ms(source: Mapping[str, Any], key: str) -> int | None:
    """Return ``yyyy-MM-dd HH:mm:ss`` as epoch milliseconds.

    None when it is absent, empty or unreadable: nothing is decided by these times, so they stop nothing.
    """
    written = text(source, key)
    if not _LOCAL_TIME.fullmatch(written):
        return None
    try:
        moment = datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
    return int(moment.timestamp()) * 1000


def any_time_ms(source: Mapping[str, Any], key: str) -> int | None:
    """Return a time that is written either as epoch milliseconds or as ``local_time_ms`` reads it."""
    value = source.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _EPOCH_MS.fullmatch(value):
        return int(value)
    return local_time_ms(source, key)


def is_web_address(value: object) -> bool:
    """Whether a text is an http or https address of a named host, without a user in it, that all readers agree on."""
    if not isinstance(value, str) or not _PLAIN.fullmatch(value):
        return False
    try:
        parts = urlsplit(value)
        _port_must_be_a_number = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not _ARGUABLE & set(parts.netloc)


def web_address(source: Mapping[str, Any], key: str) -> str:
    """Return an address. Raises Malformed when it is missing or of another kind."""
    value = source.get(key)
    if not isinstance(value, str) or not is_web_address(value):
        raise Malformed(f"{key} is no web address")
    return value


def web_addresses(value: object) -> tuple[str, ...]:
    """Return the addresses of an array or of a plain string; what can't be opened safely is left out."""
    candidates = value if isinstance(value, list) else [value]
    return tuple(str(candidate) for candidate in candidates if is_web_address(candidate))
