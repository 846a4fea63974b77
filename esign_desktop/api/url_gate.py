"""Which addresses that the platform tells may be opened: those of the public web, where contracts bind."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from esign_desktop.api.wire_values import is_web_address
from esign_desktop.domain.environment import EnvironmentKind

_LOCAL_ENDINGS: Final = (".localhost", ".local", ".localdomain", ".internal", ".intranet", ".lan", ".home", ".corp")
_NUMBER: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)


def is_allowed(url: object, kind: EnvironmentKind) -> bool:
    """Whether an address from an answer may be fetched, opened or shown as a code.

    In production nothing on this computer and in its own network: a forged address must not reach there.
    """
    if not is_web_address(url):
        return False
    return kind is not EnvironmentKind.PRODUCTION or _is_public(str(url))


def _is_public(url: str) -> bool:
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # Old ways of writing numbers (0x7f.1, 2130706433) that some readers take for addresses end in one.
        last = host.rpartition(".")[2]
        return "." in host and not host.endswith(_LOCAL_ENDINGS) and not _NUMBER.fullmatch(last)
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast
