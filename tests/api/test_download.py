from __future__ import annotations

import errno
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from esign_desktop.api.download import _FileSink
from esign_desktop.api.errors import NotSent, OutcomeUnknown
from esign_desktop.domain.errors import ApiError, StoreError
from tests.api.conftest import QUICK
from tests.api.fault_server import FaultServer, hang_after_request, http_answer, reply

if TYPE_CHECKING:
    from tests.api.conftest import MakeClient

FULL_DEVICE = Path("/dev/full")
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 1000


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    folder.mkdir()
    return folder / "签署完成.pdf"


def failure(make_client: MakeClient, target: Path, answer: bytes) -> ApiError:
    with FaultServer(reply(answer)) as server, pytest.raises(ApiError) as caught:
        make_client(server.url).download(f"{server.url}/get?Signature=key", target)
    assert list(target.parent.iterdir()) == []
    assert "Signature=" not in str(caught.value)
    return caught.value


def test_a_file_arrives_whole_with_its_hash(make_client: MakeClient, target: Path) -> None:
    told: list[tuple[int, int]] = []
    with FaultServer(reply(http_answer(PDF))) as server:
        sha256 = make_client(server.url).download(
            f"{server.url}/get?Signature=a%2Bb", target, on_progress=lambda done, total: told.append((done, total))
        )
        (request,) = server.received
    assert request.line == "GET /get?Signature=a%2Bb HTTP/1.1"
    assert not [name for name in request.headers if name.startswith("x-timevale")]
    assert target.read_bytes() == PDF
    assert sha256 == hashlib.sha256(PDF).hexdigest()
    assert told[-1] == (len(PDF), len(PDF))
    assert list(target.parent.iterdir()) == [target]
    if sys.platform != "win32":
        assert target.stat().st_mode & 0o777 == 0o600


def test_the_total_is_unknown_if_the_storage_declares_no_length(make_client: MakeClient, target: Path) -> None:
    told: list[tuple[int, int]] = []
    answer = http_answer(b"%x\r\n%b\r\n0\r\n\r\n" % (len(PDF), PDF), headers={"Transfer-Encoding": "chunked"})
    with FaultServer(reply(answer)) as server:
        make_client(server.url).download(
            f"{server.url}/get", target, on_progress=lambda done, total: told.append((done, total))
        )
    assert target.read_bytes() == PDF
    assert (told[-1][0], {total for _done, total in told}) == (len(PDF), {0})


def test_another_file_is_never_replaced(make_client: MakeClient, target: Path) -> None:
    target.write_bytes(b"mine")
    with FaultServer(reply(http_answer(PDF))) as server:
        with pytest.raises(ApiError) as caught:
            make_client(server.url).download(server.url, target)
        assert server.received == []
    assert caught.value.code == "api.download_exists"
    assert target.read_bytes() == b"mine"


@pytest.mark.parametrize("has_hard_links", [True, False])
def test_a_file_that_came_to_be_meanwhile_is_not_replaced_either(
    make_client: MakeClient, target: Path, monkeypatch: pytest.MonkeyPatch, has_hard_links: bool
) -> None:
    if not has_hard_links:
        forbid_hard_links(monkeypatch)

    def come_first(_done: int, _total: int) -> None:
        target.write_bytes(b"mine")

    with FaultServer(reply(http_answer(PDF))) as server, pytest.raises(ApiError) as caught:
        make_client(server.url).download(server.url, target, on_progress=come_first)
    assert caught.value.code == "api.download_exists"
    assert [path.read_bytes() for path in target.parent.iterdir()] == [b"mine"]


def test_a_disk_without_hard_links_serves_as_well(
    make_client: MakeClient, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_hard_links(monkeypatch)
    with FaultServer(reply(http_answer(PDF))) as server:
        make_client(server.url).download(server.url, target)
    assert [path.read_bytes() for path in target.parent.iterdir()] == [PDF]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("403 Forbidden", "api.download_expired"),
        ("404 Not Found", "api.download_failed"),
        ("500 Oops", "api.download_failed"),
        ("302 Found", "api.download_failed"),
    ],
)
def test_a_refusal_leaves_nothing_behind(make_client: MakeClient, target: Path, status: str, code: str) -> None:
    error = failure(make_client, target, http_answer(b"<Error><Code>AccessDenied</Code></Error>", status))
    assert (error.code, error.params["storage_code"]) == (code, "AccessDenied")


def test_a_page_of_a_gateway_is_not_kept_as_a_contract(make_client: MakeClient, target: Path) -> None:
    assert failure(make_client, target, http_answer(b"<html>log in</html>")).code == "api.download_failed"


def test_half_a_file_is_not_kept(make_client: MakeClient, target: Path) -> None:
    error = failure(make_client, target, http_answer(PDF)[:-1])
    assert isinstance(error, OutcomeUnknown)
    assert error.code == "api.reset"


def test_a_file_may_not_be_endless(make_client: MakeClient, target: Path) -> None:
    huge = http_answer(b"%PDF-1.7", headers={"Content-Length": str(10**12)})
    assert failure(make_client, target, huge).code == "api.too_large"


def test_a_storage_that_says_nothing_is_given_up(
    make_client: MakeClient, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esign_desktop.api.download.LIMITS", QUICK)
    with FaultServer(hang_after_request) as server, pytest.raises(OutcomeUnknown) as caught:
        make_client(server.url).download(server.url, target)
    assert caught.value.code == "api.timeout"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "", "ftp://127.0.0.1/x"])
def test_only_a_web_address_is_fetched(make_client: MakeClient, target: Path, url: str) -> None:
    with pytest.raises(NotSent) as caught:
        make_client("http://127.0.0.1:1").download(url, target)
    assert caught.value.code == "api.forbidden_address"


def test_a_folder_that_is_not_there_is_said_so(make_client: MakeClient, target: Path) -> None:
    with FaultServer(reply(http_answer(PDF))) as server, pytest.raises(StoreError) as caught:
        make_client(server.url).download(server.url, target / "nowhere" / "a.pdf")
    assert caught.value.code == "store.unwritable"


def test_a_full_disk_is_told_apart_from_a_lost_network(
    make_client: MakeClient, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> NoReturn:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", fail)
    with FaultServer(reply(http_answer(PDF))) as server, pytest.raises(StoreError) as caught:
        make_client(server.url).download(server.url, target)
    assert caught.value.code == "store.disk_full"
    assert list(target.parent.iterdir()) == []


@pytest.mark.skipif(not FULL_DEVICE.exists(), reason="no device that is always full")
def test_a_disk_that_fills_up_on_the_way_is_told_apart_too() -> None:
    with FULL_DEVICE.open("wb", buffering=0) as file, pytest.raises(StoreError) as caught:
        _FileSink(file, None)(PDF, len(PDF))
    assert caught.value.code == "store.disk_full"


def forbid_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path, _target: Path) -> NoReturn:
        raise PermissionError(errno.EPERM, "no hard links here")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
