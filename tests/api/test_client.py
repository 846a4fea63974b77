from __future__ import annotations

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import ApiError
from tests.api.conftest import SECRET
from tests.api.fault_server import FaultServer, envelope, http_answer, keep_replying, reply, signed

if TYPE_CHECKING:
    from tests.api.conftest import MakeClient

HEAVY = ("requests", "urllib3", "truststore", "ssl")


def test_no_part_of_the_room_brings_the_network_before_the_first_call() -> None:
    modules = "client, payload, wire, notices, upload, download, errors, signature, exchange"
    code = f"import sys\nfrom esign_desktop.api import {modules}\nprint(*(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == ""


def test_one_client_serves_several_threads(make_client: MakeClient) -> None:
    with FaultServer(keep_replying(signed(SECRET, envelope({"templateId": "t1"})))) as server:
        client = make_client(server.url)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: client.create_template(f"key {number}", "form"), range(80)))
        assert answers == ["t1"] * 80
        assert sorted(request.body for request in server.received) == sorted(
            f'{{"fileKey":"key {number}","templateName":"form"}}'.encode() for number in range(80)
        )


def test_the_log_names_the_call_that_fails_once_and_tells_when_it_answers_again(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "esign_desktop.api")
    failing, answering = reply(http_answer(b"", "502 Bad Gateway")), reply(signed(SECRET, envelope({"docId": "d1"})))
    with FaultServer(failing, failing, answering, answering) as server:
        client = make_client(server.url)
        for _ in range(2):
            with pytest.raises(ApiError):
                client.post("/V3/sign/start", b"{}")
        for _ in range(2):
            client.post("/V3/sign/start", b"{}")
    failed, answered = (record.getMessage() for record in caplog.records)
    assert "V3.sign.start failed" in failed
    assert answered.endswith("V3.sign.start answers again after 2 failures")
