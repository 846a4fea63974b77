"""Value types for one HTTP request and its response, and the protocol of a transport."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from esign_desktop.api.url_gate import Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.errors import CancelToken


class Body(Protocol):
    """A request body that is read in pieces. It is sent once and never rewound."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits on the duration of a call and the size of its response.

    ``connect_s`` limits connecting, including TLS, ``idle_s`` limits each single wait, and ``total_s`` limits the whole
    call.
    """

    connect_s: float = 10.0
    idle_s: float = 20.0
    total_s: float = 30.0
    answer_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. Its repr omits the URL, which may contain a credential, and the body."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Body = field(default=b"", repr=False)
    reach: Reach | None = None
    """How near the answering computer may be; None for an address that the user entered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An unverified HTTP response. Header names are in lower case. ``body`` is empty if a sink received it."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """A platform response with a verified signature. Its bytes are stored before they are parsed."""

    status: int
    body: bytes = field(repr=False)


class Transport(Protocol):
    """A transport that sends one request and returns its response, without retries and without following redirects."""

    def exchange(
        self,
        request: Request,
        limits: Limits,
        *,
        cancel: CancelToken | None = None,
        sink: Callable[[bytes, int], None] | None = None,
    ) -> Answer:
        """Send a request, and block until its response arrives.

        Raises NotSent, OutcomeUnknown or Cancelled. Exceptions raised by ``sink`` or by the body pass through
        unchanged.

        Cancelled means that the call may safely be repeated: the user cancelled it before a byte was sent, or it is a
        file transfer (with a sink or a streamed body). Any other cancelled call raises OutcomeUnknown
        ``api.cancelled``.
        """
        ...

    def close(self) -> None:
        """Abort all running calls, and free all resources."""
        ...
