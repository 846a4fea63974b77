"""A transport whose cable is out whenever one certain call is made; everything else goes over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from typing_extensions import override

from esign_desktop.api.errors import NotSent
from esign_desktop.api.transport import HttpTransport

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.api.exchange import Answer, CancelToken, Limits, Request


class Unplugged(HttpTransport):
    """Fails as the real one does without a network."""

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
