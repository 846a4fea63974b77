from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from esign_desktop.api.signature import Secret, signed_headers
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.services.flows.notices import NoticeService
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.notices import NoticeInbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = Secret("cf65f987315b12a21b983ca320196d7d")


class _Environments:
    def __init__(self) -> None:
        self.asked = 0
        self.change_count = 0
        self.known: Secret | None = SECRET

    def all(self) -> tuple[Environment, ...]:
        return (
            Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1"),
            Environment(EnvironmentKind.PRODUCTION, "https://example.com", "locked"),
            Environment(EnvironmentKind.TEST, "https://example.com", "project"),
        )

    def secret(self, environment: Environment) -> Secret | None:
        self.asked += 1
        if environment.project_id == "locked":
            raise StoreError("keyring.locked")
        return self.known


def post(port: int | None, flow: str) -> int:
    body = json.dumps({"action": "SIGN_FLOW_FINISH", "flowId": flow, "flowStatus": 2}).encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", "/", body, signed_headers("project", SECRET, body))
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[NoticeInbox]:
    paths = AppPaths.at(tmp_path)
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    yield NoticeInbox(database)
    database.close()


def test_notices_are_taken_with_the_secrets_that_can_be_read(inbox: NoticeInbox) -> None:
    environments, received = _Environments(), []
    service = NoticeService(inbox, cast("Any", environments), clock_ms=lambda: 7)
    port = service.start(0, on_received=lambda: received.append(True))
    assert service.port == port
    try:
        for flow in ("a", "b", "c"):
            assert post(port, flow) == 200
    finally:
        service.stop()
    assert service.port is None
    assert inbox.count() == 3
    assert received
    assert environments.asked == 2


def test_a_secret_that_comes_later_counts_from_then_on(inbox: NoticeInbox) -> None:
    environments = _Environments()
    environments.known = None
    service = NoticeService(inbox, cast("Any", environments), clock_ms=lambda: 7)
    port = service.start(0)
    try:
        assert [post(port, flow) for flow in "ab"] == [401, 401]
        environments.known, environments.change_count = SECRET, 1
        assert post(port, "a") == 200
        environments.known, environments.change_count = None, 2
        assert post(port, "c") == 401
    finally:
        service.stop()
    assert inbox.open_flows(EnvironmentKind.TEST) == ("a",)
