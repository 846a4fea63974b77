"""Keeps the very bytes of ``/sign/start`` as they are handed to be signed and sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.api.client import PlatformClient
from esign_desktop.override import override

if TYPE_CHECKING:
    from esign_desktop.api.client import CancelToken, RawAnswer, Secret
    from esign_desktop.domain.environment import Environment

_START_PATH = "/sign/start"


class PayloadWitness:
    """``connect`` is given to the services in the place of the client's own class."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def connect(self, environment: Environment, secret: Secret) -> PlatformClient:
        """Return the real client, watched."""
        return _WatchedClient(environment, secret, self.bodies)


class _WatchedClient(PlatformClient):
    def __init__(self, environment: Environment, secret: Secret, bodies: list[bytes]) -> None:
        super().__init__(environment, secret)
        self._bodies = bodies

    @override
    def post(self, path: str, body: bytes, *, cancel: CancelToken | None = None) -> RawAnswer:
        if path.endswith(_START_PATH):
            self._bodies.append(body)
        return super().post(path, body, cancel=cancel)
