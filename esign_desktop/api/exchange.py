"""One HTTP request and its answer as values, and what a transport must be able to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from esign_desktop.api.url_gate import Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.errors import CancelToken


class Body(Protocol):
    """A request's body that is read piece by piece; it is sent once and never rewound."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a call may take and how much it may bring.

    ``connect_s`` bounds reaching the other side, TLS included; ``idle_s`` each single wait; ``total_s`` everything.
    """

    connect_s: float = 10.0
    idle_s: float = 20.0
    total_s: float = 30.0
    answer_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. Neither the URL, which may carry its own permission, nor the body is ever printed."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Body = field(default=b"", repr=False)
    reach: Reach | None = None
    """How near the computer may be that answers; None for an address that a person chose."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, unverified. ``headers`` have lower-case names; ``body`` is empty where a sink took it."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer of the platform whose signature was right. Its bytes are kept before they are read."""

    status: int
    body: bytes = field(repr=False)


class Transport(Protocol):
    """Sends one request and brings one answer; never retries, never follows a redirect."""

    def exchange(
        self,
        request: Request,
        limits: Limits,
        *,
        cancel: CancelToken | None = None,
        sink: Callable[[bytes, int], None] | None = None,
    ) -> Answer:
        """Blocks. Raises NotSent, OutcomeUnknown or Cancelled; what ``sink`` or the body raises passes through.

        Cancelled means that the person stopped it before a byte had left, or that the call has a body or a sink and so
        can be done again; otherwise a cancelled call is OutcomeUnknown ``api.cancelled``.
        """
        ...

    def close(self) -> None:
        """Abort what is under way, and free what is held."""
        ...
