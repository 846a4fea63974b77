"""A client for a server of the test's own, and the platform's own description."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.client import PlatformClient, Secret
from esign_desktop.api.exchange import Limits
from esign_desktop.domain.environment import Environment, EnvironmentKind
from tests.api.openapi import OpenApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    MakeClient = Callable[..., PlatformClient]

SECRET = Secret("cf65f987315b12a21b983ca320196d7d")
QUICK = Limits(connect_s=0.3, idle_s=0.3, total_s=1.0)


@pytest.fixture
def make_client() -> Iterator[MakeClient]:
    """Build clients that are closed at the end."""
    clients: list[PlatformClient] = []

    def make(url: str, *, limits: Limits | None = None, proxy_url: str = "") -> PlatformClient:
        environment = Environment(EnvironmentKind.OWN, url, "project", proxy_url)
        clients.append(PlatformClient(environment, SECRET, limits=limits))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def openapi(shared_dir: Path) -> OpenApi:
    return OpenApi(shared_dir / "spec" / "openapi.yaml")
