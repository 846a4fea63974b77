"""The house keeps its own promises: tests can't reach what is not theirs."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.secret_service import SecretService
    from tests.virtual_display import VirtualDisplay


def test_an_address_outside_is_unreachable() -> None:
    with socket.socket() as sock, pytest.raises(OSError, match="loopback only"):
        sock.connect(("192.0.2.1", 80))


def test_a_name_outside_does_not_resolve() -> None:
    with pytest.raises(socket.gaierror):
        socket.create_connection(("example.invalid", 80))


def test_a_datagram_can_not_leave() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(OSError, match="loopback only"):
        sock.sendto(b"hello", ("192.0.2.1", 53))


def test_loopback_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_home_is_empty_and_ours(isolated_home: Path) -> None:
    assert Path.home() == isolated_home
    assert os.environ["XDG_CONFIG_HOME"].startswith(str(isolated_home))


@pytest.mark.e2e
def test_the_virtual_display_answers(xvfb: VirtualDisplay) -> None:
    answer = subprocess.run(
        ["xrandr", "--current"], env=os.environ | xvfb.environment(), capture_output=True, text=True, check=True
    )
    assert "1600 x 1000" in answer.stdout


@pytest.mark.e2e
@pytest.mark.usefixtures("secret_service")
def test_the_secret_service_keeps_a_secret() -> None:
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        collection = secretstorage.get_default_collection(connection)
        item = collection.create_item("made-up", {"application": "test"}, b"made-up secret")
        assert item.get_secret() == b"made-up secret"


@pytest.mark.e2e
def test_the_secret_service_can_be_locked(secret_service: SecretService) -> None:
    import secretstorage

    secret_service.lock()
    with closing(secretstorage.dbus_init()) as connection:
        assert secretstorage.get_default_collection(connection).is_locked()


@pytest.mark.usefixtures("no_secret_service")
def test_without_a_bus_there_is_no_secret_service() -> None:
    import secretstorage

    with pytest.raises(FileNotFoundError):
        secretstorage.dbus_init()
