"""Transports that do one thing wrong; everything else goes over real HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from esign_desktop.api.errors import NotSent
from esign_desktop.api.transport import HttpTransport
from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.api.exchange import Answer, Limits, Request
    from esign_desktop.domain.errors import CancelToken


class Unplugged(HttpTransport):
    """Its cable is out whenever one certain call is made: it fails as the real one does without a network."""

    def __init__(self, path: str, *, times: int) -> None:
        super().__init__()
        self._path = path
        self.times_left = times

    @override
    def exchange(
        self,
        request: Request,
        limits: Limits,
        *,
        cancel: CancelToken | None = None,
        sink: Callable[[bytes, int], None] | None = None,
    ) -> Answer:
        if self.times_left and urlsplit(request.url).path.endswith(self._path):
            self.times_left -= 1
            raise NotSent("api.no_network")
        return super().exchange(request, limits, cancel=cancel, sink=sink)


class Mistaken(HttpTransport):
    """Declares another MD5 than was announced, so that the storage refuses the first uploads."""

    def __init__(self, *, times: int) -> None:
        super().__init__()
        self.times_left = times

    @override
    def exchange(
        self,
        request: Request,
        limits: Limits,
        *,
        cancel: CancelToken | None = None,
        sink: Callable[[bytes, int], None] | None = None,
    ) -> Answer:
        if self.times_left and request.method == "PUT":
            self.times_left -= 1
            request = replace(request, headers={**request.headers, "Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="})
        return super().exchange(request, limits, cancel=cancel, sink=sink)


class Interrupted(HttpTransport):
    """Has something happen between the answer to the first of certain calls and whoever waits for it."""

    def __init__(self, path: str, happens: Callable[[], None]) -> None:
        super().__init__()
        self._path = path
        self._happens: Callable[[], None] | None = happens

    @override
    def exchange(
        self,
        request: Request,
        limits: Limits,
        *,
        cancel: CancelToken | None = None,
        sink: Callable[[bytes, int], None] | None = None,
    ) -> Answer:
        answer = super().exchange(request, limits, cancel=cancel, sink=sink)
        if self._happens is not None and urlsplit(request.url).path.endswith(self._path):
            happens, self._happens = self._happens, None
            happens()
        return answer
