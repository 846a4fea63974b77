"""The types of an HTTP request and its response, and the interface of a transport."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from esign_desktop.api.url_gate import Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.errors import CancelToken


class Body(Protocol):
    """A request body that is read in pieces. It can be sent only once."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the duration of a call, in seconds, and on the size of its response, in bytes.

    ``connect_s`` limits the time for connecting, including TLS. ``idle_s`` limits each single wait for data.
    ``total_s`` limits the whole call.
    """

    connect_s: float = 10.0
    idle_s: float = 20.0
    total_s: float = 30.0
    answer_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. Its repr omits the URL, which may contain credentials, and the body."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Body = field(default=b"", repr=False)
    reach: Reach | None = None
    """The computers to which the URL may lead. None, for URLs that the user entered, allows all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response before verification. Header names are in lower case. ``body`` is empty if a sink received it."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """A response of the platform whose signature was verified. The response is stored before it is parsed."""

    status: int
    body: bytes = field(repr=False)


class Transport(Protocol):
    """A transport that sends a request and returns its response. It neither repeats requests nor follows redirects."""

    def exchange(
        self,
        request: Request,
        limits: Limits,
        *,
        cancel: CancelToken | None = None,
        sink: Callable[[bytes, int], None] | None = None,
    ) -> Answer:
        """Send a request, and wait for its response.

        ``sink`` receives each piece of a successful response's body, together with the body's total length, which is 0
        if unknown.

        Raises NotSent, OutcomeUnknown or Cancelled. Exceptions that ``sink`` or the body raises pass through unchanged.

        Cancelled means that the call may safely be repeated: either it was canceled before a byte was sent, or it is a
        file transfer (with a sink or a streamed body). If any other call is canceled, OutcomeUnknown ``api.cancelled``
        is raised.
        """
        ...

    def close(self) -> None:
        """Abort all running calls, and free all resources."""
        ...
