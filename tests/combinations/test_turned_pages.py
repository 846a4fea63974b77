"""A preset made on turned pages puts each seal where the contract had it: also on another computer, and in any use."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import pytest

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    PlacementId,
)
from esign_desktop.services.bulk.values import RowState
from esign_desktop.services.counter.states import CounterState
from tests.bulk_samples import HEADINGS, make_sheet, person_row
from tests.pdf.builder import Page, build
from tests.services.bulk_desk import BulkDesk
from tests.services.counter_desk import ZHANG
from tests.services.desk import person_signer
from tests.services.presets.sent_bodies import RecordingTransport, send_draft, send_from_prepare

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.sandbox_platform import SandboxPlatform

KEYWORD: Final = "借款人(签字)"
BOX: Final = "[20 -30 615 812]"


def draft_on(desk: BulkDesk, path: Path, rotation: int) -> ContractDraft:
    """Return a contract on two turned pages whose box does not begin at zero, with a seal of each kind."""
    first, second = (Page(rotate=str(rotation), media_box=BOX) for _ in range(2))
    path.write_bytes(build(first.write("借款合同", 80, 700), second.write(KEYWORD, 100, 300)))
    document = desk.documents.open(path)
    assert [int(page.rotation) for page in document.pages] == [rotation, rotation]
    signer = person_signer("张三")
    seals = (
        CoordinatePlacement(
            PlacementId("at"), signer.id, document.id, PageRanges.single(1), PagePoint(150.0, 640.0), with_qr_code=True
        ),
        KeywordPlacement(PlacementId("word"), signer.id, document.id, KEYWORD, 30.0, -12.0, confirmed_hits=1),
        CrossPagePlacement(PlacementId("across"), signer.id, document.id, PageRanges.all_of(2), 350.0),
    )
    draft = ContractDraft.new()
    return ContractDraft(draft.id, documents=(document,), signers=(signer,), placements=seals)


def positions(desk: BulkDesk) -> list[str]:
    """Return the texts of all seals that were sent since the last call."""
    transport = desk.transport
    assert isinstance(transport, RecordingTransport)
    found: list[str] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            if "posBeanList" in value:
                found.append(json.dumps({name: part for name, part in value.items() if name != "docId"}))
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                collect(each)

    for call in transport.calls:
        if call["body"].startswith("{"):
            collect(json.loads(call["body"]))
    transport.calls.clear()
    return found


def use_at_counter(desk: BulkDesk, preset: Preset) -> None:
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    view = desk.counter.send()
    assert (view.state, view.error) == (CounterState.SHOWING, None)


def use_in_bulk(desk: BulkDesk, preset: Preset) -> None:
    report = desk.send(preset, make_sheet(person_row(1), headings=HEADINGS))
    assert [row.state for row in report.rows] == [RowState.SENT]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_seals_on_turned_pages_stay_where_they_are_in_every_use_of_a_preset(
    platform: SandboxPlatform, tmp_path: Path, rotation: int
) -> None:
    file = tmp_path / "loan.esignpreset"
    with closing(BulkDesk(tmp_path / "desk", platform.environment, transport=RecordingTransport())) as desk:
        draft = draft_on(desk, tmp_path / "form.pdf", rotation)
        send_draft(desk, draft, 1)
        expected = positions(desk)
        assert sum(text.count('"posY"') for text in expected) == 3
        preset = desk.presets.make(draft, [draft.signers[0].id], name="借款", environment=desk.environment)
        desk.presets.export(preset.id, file)
        laid_out = desk.layouts.lay_out(preset)
        assert desk.layouts.save(laid_out, laid_out.draft, desk.environment) == preset
        send_from_prepare(desk, preset, 10)
        assert positions(desk) == expected
    with closing(BulkDesk(tmp_path / "other", platform.environment, transport=RecordingTransport())) as other:
        imported = other.presets.imports.take_in(other.presets.imports.look_into(file))
        for use in (use_at_counter, use_in_bulk):
            use(other, imported)
            assert positions(other) == expected
