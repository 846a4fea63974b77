"""Tables that a preset appends to every contract made from its template."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.added_pages import FRAME, MOST_ADDED_PAGES, AddedTable
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.preset.soundness import is_sound
from esign_desktop.services.bulk.values import RowState
from esign_desktop.services.counter.states import CounterState
from esign_desktop.store.codec import preset_from_json, preset_to_json
from tests.bulk_samples import HEADINGS, make_sheet, person_row
from tests.services.bulk_desk import BulkDesk
from tests.services.counter.test_forms import make_form_preset
from tests.services.counter_desk import ZHANG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.sandbox_platform import SandboxPlatform

TABLE = AddedTable((("期次", "应还款日"), ("第一期", "二〇二六年九月")), "还款计划表")


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[BulkDesk]:
    desk = BulkDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


@pytest.fixture
def preset(desk: BulkDesk, tmp_path: Path) -> Preset:
    """A preset made from a contract whose document ends with a table."""
    return desk.presets.save(with_tables(make_form_preset(desk, tmp_path), TABLE))


def with_tables(preset: Preset, *tables: AddedTable) -> Preset:
    document = preset.documents[0]
    assert document.template is not None
    template = replace(document.template, blocks=tables)
    document = replace(document, pages=(*document.pages, FRAME), template=template)
    return replace(preset, documents=(document,))


def texts_in(desk: BulkDesk, platform: SandboxPlatform, preset: Preset, folder: Path) -> list[bool]:
    """Return, for each contract of the preset, whether the platform's document contains the table."""
    found = []
    for number, flow in enumerate(platform.flows(preset.title)):
        path = folder / f"rendered {number}.pdf"
        path.write_bytes(platform.document_bytes(flow.document_ids[0]))
        document = desk.documents.open(path)
        found.append(all(desk.documents.find(document.id, text) for text in ("还款计划表", "第一期")))
    return found


def test_a_contract_of_the_counter_ends_with_the_presets_tables(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset, tmp_path: Path
) -> None:
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    desk.counter.answer("50,000")
    desk.counter.answer("装修")
    view = desk.counter.send()
    assert (view.state, view.error) == (CounterState.SHOWING, None)
    assert texts_in(desk, platform, preset, tmp_path) == [True]


def test_contracts_of_a_sheet_end_with_the_presets_tables(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset, tmp_path: Path
) -> None:
    rows = [(*person_row(number), "50,000", "装修") for number in (1, 2)]
    report = desk.send(preset, make_sheet(*rows, headings=(*HEADINGS, "Amount", "PURPOSE")))
    assert [row.state for row in report.rows] == [RowState.SENT] * 2
    assert texts_in(desk, platform, preset, tmp_path) == [True, True]


def test_tables_are_kept_from_the_contract_and_offered_in_prepare(
    desk: BulkDesk, preset: Preset, tmp_path: Path
) -> None:
    (document,) = desk.presets.documents_of(preset)
    assert document.template is not None
    assert (document.template.blocks, document.template.added_pages) == ((TABLE,), 1)
    again = desk.presets.filled_without_customer(preset.documents[0], document)
    assert again.pages == document.pages
    other = replace(document.template, blocks=(), added_pages=0)
    bare = replace(document, template=other, pages=document.pages[:-1])
    assert desk.presets.filled_without_customer(preset.documents[0], bare).pages == document.pages
    opened = desk.documents.open(tmp_path / "template.pdf")
    form = replace(opened, template=document.template, pages=document.pages)
    draft = replace(ContractDraft.new(), documents=(form,))
    made = desk.presets.make(draft, (), name="又一", environment=desk.environment)
    assert made.documents[0].pages == document.pages
    assert made.documents[0].template is not None
    assert made.documents[0].template.blocks == (TABLE,)


def test_a_preset_with_tables_is_stored_in_a_format_that_earlier_versions_reject(preset: Preset) -> None:
    text = preset_to_json(preset)
    assert json.loads(text)["format"] == 2
    assert preset_from_json(text) == preset
    assert json.loads(preset_to_json(with_tables(preset)))["format"] == 1
    assert '"tables"' not in preset_to_json(with_tables(preset))


def test_a_strangers_tables_have_limits(preset: Preset) -> None:
    assert is_sound(preset)
    too_many = (
        (AddedTable((("x",) * 21,)),),
        (AddedTable((("x" * 1001,),)),),
        (AddedTable((("x",),) * 1001),),
        (AddedTable((("x",),), "t" * 201),),
        (TABLE,) * (MOST_ADDED_PAGES + 1),
        (AddedTable((("x",),) * 900),),
    )
    assert not any(is_sound(with_tables(preset, *tables)) for tables in too_many)
