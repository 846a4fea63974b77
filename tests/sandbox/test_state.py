"""What was told once is still true after a restart, and the log holds no persons."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from esign_desktop.sandbox.options import SandboxOptions
from esign_desktop.sandbox.server import SandboxServer
from tests.sandbox.client import PROJECT_ID, SECRET, Client, coordinate
from tests.sandbox.pages import blank_pdf, changed_box

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_flows_and_files_survive_a_restart(tmp_path: Path) -> None:
    options = SandboxOptions(PROJECT_ID, SECRET, tmp_path)
    with SandboxServer(options) as server:
        client = Client(server.base_url)
        doc_id = client.document(blank_pdf())
        signers = [
            {"accountId": client.person(f"人{i}", f"t{i}"), "signOrder": i, "docPosList": [coordinate(doc_id)]}
            for i in (1, 2)
        ]
        started = client.start([doc_id], signers).data
        first, second = (entry["signUrl"][0].rsplit("/", 1)[1] for entry in started["signUrlList"])
        client.sign(server.platform.sign_url(first))
        before = client.detail(started["flowId"])
    with SandboxServer(options) as server:
        client = Client(server.base_url)
        assert client.detail(started["flowId"]) == before
        assert client.call("/account/idexchange", {"thirdId": "t1"}).data["accountId"] == signers[0]["accountId"]
        assert client.sign(server.platform.sign_url(second)).status == 200
        assert client.detail(started["flowId"])["flowStatus"] == 2
        assert changed_box(blank_pdf(), client.signed_file(started["flowId"])) is not None


def test_a_file_system_without_hard_links_serves_as_well(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: object, **_more: object) -> None:
        raise PermissionError(1, "no hard links")

    monkeypatch.setattr(os, "link", refuse)
    doc_id = client.document(blank_pdf())
    data = client.start([doc_id], [{"accountId": client.person(), "docPosList": [coordinate(doc_id)]}]).data
    client.sign(data["signUrlList"][0]["signUrl"][0])
    assert changed_box(blank_pdf(), client.signed_file(data["flowId"])) is not None


def test_signature_interrupted_before_its_record_is_stamped_once(tmp_path: Path) -> None:
    options = SandboxOptions(PROJECT_ID, SECRET, tmp_path)
    with SandboxServer(options) as server:
        client = Client(server.base_url)
        doc_id = client.document(blank_pdf())
        started = client.start([doc_id], [{"accountId": client.person(), "docPosList": [coordinate(doc_id)]}]).data
        # What a crash between the file and the record leaves behind.
        half_done = server.platform.state.blob_path("flows", f"{started['flowId']}.{doc_id}.1.pdf")
        half_done.write_bytes(b"left behind")
        client.sign(started["signUrlList"][0]["signUrl"][0])
        assert changed_box(blank_pdf(), client.signed_file(started["flowId"])) is not None


def test_log_has_a_line_a_request_with_ids_and_codes(tmp_path: Path) -> None:
    with SandboxServer(SandboxOptions(PROJECT_ID, SECRET, tmp_path)) as server:
        client = Client(server.base_url)
        account_id = client.person("王小明", "13500001111")
        client.call("/sign/docdetail", {"flowId": "nothing"})
        client.raw("/sign/docdetail", b"{}", X_timevale_signature="0" * 64)
    text = (tmp_path / "requests.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["path"] for line in lines] == ["/account/create/person/private", *["/sign/docdetail"] * 2]
    assert [line["errCode"] for line in lines] == [0, 1_100_020, 1_100_001]
    assert lines[0]["ids"] == {"accountId": [account_id]}
    assert lines[1]["ids"] == {"flowId": ["nothing"]}
    assert not any(secret in text for secret in ("王小明", "13500001111", "110101", SECRET))


def test_state_holds_no_id_numbers(tmp_path: Path) -> None:
    with SandboxServer(SandboxOptions(PROJECT_ID, SECRET, tmp_path)) as server:
        values = {"name": "张三", "idNo": "110101199001011237", "idType": 19, "mobile": "13500001111"}
        Client(server.base_url).call("/account/create/person/private", values)
    for path in tmp_path.rglob("*.json*"):
        assert b"110101199001011237" not in path.read_bytes()
        assert b"13500001111" not in path.read_bytes()
