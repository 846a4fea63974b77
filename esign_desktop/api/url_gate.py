"""Decide which of the platform's URLs may be opened, and to which computers they may lead.

A forged URL must not lead to this computer or its network. The text of each URL is checked before it is used. If this
program itself opens the URL, the IP address of the peer is also checked, because a public name can lead to any address.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from esign_desktop.domain.environment import EnvironmentKind

if TYPE_CHECKING:
    from esign_desktop.domain.environment import Environment

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOCAL_ENDINGS: Final = (".localhost", ".local", ".localdomain", ".internal", ".intranet", ".lan", ".home", ".corp")
_NUMBER: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_PUBLIC_KINDS: Final = frozenset({EnvironmentKind.TEST, EnvironmentKind.PRODUCTION})
"""The kinds of environments whose servers are on the public internet: the platform's own installations."""
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_THIS_COMPUTER: Final = ("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128")
_LINK_LOCAL: Final = ("169.254.0.0/16", "fe80::/10")


@dataclass(frozen=True, slots=True)
class Reach:
    """The computers to which a URL from a response may lead.

    Public addresses are always allowed. ``may_be_here`` also allows this computer, and ``may_be_in_the_network`` also
    allows the local network.
    """

    may_be_here: bool = False
    may_be_in_the_network: bool = False

    def lets_through(self, numeric_address: str) -> bool:
        """Return whether a connection to an IP address, given as text, is allowed."""
        try:
            address = _inner(ipaddress.ip_address(numeric_address.partition("%")[0]))
        except ValueError:
            return False
        if _is_in(address, _THIS_COMPUTER):
            return self.may_be_here
        if _is_in(address, _LINK_LOCAL) or address.is_multicast:
            return False
        return address.is_global or self.may_be_in_the_network


def is_allowed(url: object, kind: EnvironmentKind) -> bool:
    """Return whether a URL from a response may be requested, opened or displayed as a QR code.

    A URL from one of the platform's own installations must use https and must not lead to this computer or its network.
    """
    if not is_web_address(url):
        return False
    return kind not in _PUBLIC_KINDS or (urlsplit(str(url)).scheme == "https" and _is_public(str(url)))


def reach_of(environment: Environment) -> Reach:
    """Return the computers on which the files of an environment may be stored.

    The files of the platform's own installations are on the public internet. The files of the sandbox or of a custom
    server may be on the same computer or network as the server.
    """
    if environment.kind in _PUBLIC_KINDS:
        return Reach(may_be_in_the_network=environment.has_near_files)
    host = environment.host.rstrip(".")
    is_here = host == "localhost" or host.endswith(".localhost") or _is_numeric_in(host, _THIS_COMPUTER)
    is_near = not is_here and not _is_public_host(host)
    return Reach(may_be_here=is_here, may_be_in_the_network=is_near or environment.has_near_files)


def _is_public(url: str) -> bool:
    return _is_public_host((urlsplit(url).hostname or "").rstrip("."))


def _is_public_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # Old notations of addresses (0x7f.1, 2130706433), which some URL parsers accept, end in a number.
        last = host.rpartition(".")[2]
        return "." in host and not host.endswith(_LOCAL_ENDINGS) and not _NUMBER.fullmatch(last)
    return Reach().lets_through(host)


def _is_numeric_in(host: str, networks: tuple[str, ...]) -> bool:
    try:
        return _is_in(_inner(ipaddress.ip_address(host)), networks)
    except ValueError:
        return False


def _is_in(address: IpAddress, networks: tuple[str, ...]) -> bool:
    return any(address in ipaddress.ip_network(network) for network in networks)


def _inner(address: IpAddress) -> IpAddress:
    """Return the IPv4 address that is embedded in an IPv6 address, or the address itself if there is none."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


_PLAIN: Final = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII characters without the space and the backslash, which URL parsers interpret in different ways."""


_ARGUABLE: Final = frozenset("@%")
"""Ambiguous characters in a host name: "@" ends a user name, and "%" begins an escaped character."""


def is_web_address(value: object) -> bool:
    """Return whether the value is an http or https URL that is unambiguous and has a host but no user name."""
    if not isinstance(value, str) or not _PLAIN.fullmatch(value):
        return False
    try:
        parts = urlsplit(value)
        _port_must_be_a_number = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not _ARGUABLE & set(parts.netloc)
