"""The file of results, on the flows of a real rehearsal platform."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from esign_desktop.domain.bulk.sheet import Sheet
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowId
from esign_desktop.services.flows.exporting import FlowTableWords, export_flows
from esign_desktop.services.flows.results import ResultFile
from esign_desktop.services.sheets.reading import open_sheet
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.results import Results
from esign_desktop.ui.resources import resource_path
from tests.services.counter_desk import ZHANG, CounterDesk
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform

SCHEMA = json.loads(resource_path("result.schema.json").read_bytes())


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[CounterDesk]:
    desk = CounterDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


def results_of(desk: CounterDesk, path: Path) -> ResultFile:
    audit = Audit(desk.database, who="teller")
    return ResultFile(path, Results(desk.database), desk.stores.flows, desk.stores.journal, audit, clock_ms=clock_ms)


def lines(path: Path) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in path.read_text("ascii").splitlines()] if path.exists() else []
    for line in found:
        jsonschema.validate(line, SCHEMA)
    return found


def serve(desk: CounterDesk, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path)
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    desk.counter.send()


def test_what_was_there_before_is_not_told_and_every_change_after_it_is(desk: CounterDesk, tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    results = results_of(desk, path)
    serve(desk, tmp_path)
    assert results.tell() == 0
    desk.counter.revoke_and_clear()
    assert results.tell() == 1
    assert results.tell() == 0
    (line,) = lines(path)
    assert (line["state"], line["reference"]) == ("revoked", "")
    assert "张三" not in path.read_text("ascii").encode().decode("unicode_escape")


def test_after_a_crash_no_line_is_missing_and_one_that_comes_twice_has_the_same_id(
    desk: CounterDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "results.jsonl"
    results = results_of(desk, path)
    results.tell()
    serve(desk, tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(Results, "keep", lambda *_: (_ for _ in ()).throw(StoreError("store.disk_full")))
        with pytest.raises(StoreError):
            results.tell()
    with path.open("ab") as file:
        file.write(b'{"version": 1, "id": "half')
    assert results_of(desk, path).tell() == 1
    first, half, again = path.read_text("ascii").splitlines()
    assert half.endswith("half")
    assert json.loads(first)["id"] == json.loads(again)["id"]


def test_a_customer_cleared_without_a_contract_is_a_result(desk: CounterDesk, tmp_path: Path) -> None:
    path = tmp_path / "away" / "results.jsonl"
    results = results_of(desk, path)
    results.tell()
    for reference in ("loan-1", "loan-2"):
        results.note_unsent(reference, desk.environment)
    with pytest.raises(StoreError):
        results.tell()
    path.parent.mkdir()
    # Another program of the same data knows them, too.
    assert results_of(desk, path).tell() == 2
    assert results.tell() == 0
    first, second = lines(path)
    assert [first["reference"], second["reference"]] == ["loan-1", "loan-2"]
    assert (first["state"], first["flow_id"], first["sent_at"], first["who"]) == ("cleared", "", None, "teller")


def test_a_file_that_cannot_be_written_is_told_later(desk: CounterDesk, tmp_path: Path) -> None:
    path = tmp_path / "away" / "results.jsonl"
    results = results_of(desk, path)
    results.tell()
    serve(desk, tmp_path)
    with pytest.raises(StoreError):
        results.tell()
    path.parent.mkdir()
    assert results.tell() == 1
    assert lines(path)[0]["state"] == "signing"


@pytest.mark.skipif(sys.platform == "win32", reason="anybody may make links elsewhere")
def test_a_name_that_leads_to_another_file_is_not_followed(desk: CounterDesk, tmp_path: Path) -> None:
    path, other = tmp_path / "results.jsonl", tmp_path / "other"
    other.write_bytes(b"another program's\n")
    path.symlink_to(other)
    results = results_of(desk, path)
    results.tell()
    serve(desk, tmp_path)
    with pytest.raises(StoreError):
        results.tell()
    assert other.read_bytes() == b"another program's\n"
    path.unlink()
    assert results.tell() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files")
def test_a_disk_that_fills_up_within_a_line_loses_none(desk: CounterDesk, tmp_path: Path) -> None:
    import resource

    path = tmp_path / "results.jsonl"
    results = results_of(desk, path)
    results.tell()
    serve(desk, tmp_path)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, unlimited[1]))
    try:
        with pytest.raises(StoreError):
            results.tell()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert path.stat().st_size == 100
    assert results.tell() == 1
    half, whole = path.read_text("ascii").splitlines()
    assert whole.startswith(half)
    assert json.loads(whole)["state"] == "signing"


def test_the_list_is_exported_for_people_and_for_programs(desk: CounterDesk, tmp_path: Path) -> None:
    serve(desk, tmp_path)
    results = results_of(desk, tmp_path / "results.jsonl")
    (record,) = desk.flows.list()
    words = FlowTableWords(
        ("Contract", "Customer", "State", "Signers", "Sent", "Sign until", "Environment", "Flow", "Reference"),
        {kind: kind.value for kind in EnvironmentKind},
        lambda one: one.status.name.lower(),
        lambda state: "signed" if state.has_signed else "open",
    )
    ids = [record.flow_id, FlowId("forgotten meanwhile")]
    for suffix in ("json", "csv", "xlsx"):
        assert export_flows(ids, desk.flows, results, words, tmp_path / f"flows.{suffix}") == 1
    (told,) = json.loads((tmp_path / "flows.json").read_text("utf-8"))
    assert (told["flow_id"], told["state"], told["signers"][0]["name"]) == (record.flow_id, "signing", "张三")
    table = (tmp_path / "flows.csv").read_text("utf-8-sig").splitlines()
    assert table[0].startswith("Contract,Customer,State")
    assert table[1].split(",")[1] == told["customer"] == "张三"
    assert "1 张三: open" in table[1]
    sheet = open_sheet(tmp_path / "flows.xlsx")
    assert isinstance(sheet, Sheet)
    assert sheet.rows[0].cells[7] == record.flow_id
