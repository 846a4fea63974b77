"""A document of a template: chosen from the list, filled by keys, sealed by click, and what the platform made of it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from esign_desktop.api import wire
from esign_desktop.api.client import PlatformClient
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.form_values import fill_form
from esign_desktop.domain.contract.problems import Severity
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.documents.added_pdfs import CopyStage
from esign_desktop.ui.prepare.documents.from_template import TemplateList
from esign_desktop.ui.prepare.tools.state import ToolName
from tests.app.test_preset_in_use import Office
from tests.app.test_template_in_use import make_template_preset
from tests.drafts import make_person, make_person_signer
from tests.services.sandbox_platform import sign_at
from tests.services.template_files import mupdf
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.prepare.documents.card import DocumentCard
    from tests.app.conftest import Start

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton

pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)


@pytest.fixture
def office(start: Start, tmp_path: Path, qtbot: QtBot) -> Office:
    return Office(start, tmp_path, qtbot)


def choose(office: Office, qtbot: QtBot) -> DocumentCard:
    """Take the one template there is from the list, on an empty desk."""
    workspace = office.workspace
    workspace.draft_controller.new_contract()
    office.wait_until(lambda: not workspace.session.draft.documents)
    workspace.contract.choose_template()
    office.wait_until(lambda: bool(workspace.prepare.findChildren(TemplateList)))
    (chooser,) = workspace.prepare.findChildren(TemplateList)
    office.wait_until(chooser.isVisible)
    qtbot.mouseClick(chooser.list.viewport(), LEFT, pos=chooser.list.visualItemRect(chooser.list.item(0)).center())
    office.wait_until(lambda: bool(workspace.session.draft.documents))
    card = workspace.prepare.documents.card(workspace.session.draft.documents[0].id)
    assert card is not None
    office.wait_until(card.isVisible)
    return card


def test_from_the_list_to_the_signed_file(office: Office, qtbot: QtBot, tmp_path: Path) -> None:
    make_template_preset(office, qtbot, tmp_path)
    (tmp_path / "借款申请表.pdf").unlink()
    workspace, session, prepare = office.workspace, office.workspace.session, office.workspace.prepare
    card = choose(office, qtbot)
    (document,) = session.draft.documents
    assert document.template is not None
    assert all(one.rect is not None for one in document.template.wanted)
    assert document.page_count == 2
    name, amount = (card.form.edits[one] for one in ("姓名", "借款金额"))
    assert prepare.focusWidget() is name
    type_text(name, "张三丰")
    assert isinstance(amount, QLineEdit)
    amount.setFocus()
    type_text(amount, "50,000")
    office.press(amount, Qt.Key.Key_Return)

    prepare.blocks.open(document.id)
    QGuiApplication.clipboard().setText("品名\t数量\n苹果\t12\n")
    prepare.blocks.grid.paste()
    assert session.draft.documents[0].page_count == 3

    person = make_person("张三", id_number="110101199003078515", mobile="13800000000")
    signer = replace(make_person_signer(), person=person)
    assert isinstance(signer, PersonSigner)
    session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    seal = CoordinatePlacement(
        *(new_placement_id(), signer.id, document.id, PageRanges.single(3), PagePoint(300, 300), 90.0)
    )
    session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    assert not [one.code for one in prepare.problems() if one.severity >= Severity.CONFIRM]

    outcome = workspace.services.submission.send(session.draft, workspace.services.environments.current())
    assert outcome.error is None
    assert outcome.flow_id is not None
    sign_at(next(iter(outcome.links.values()))[0])
    workspace.services.flows.refresh(outcome.flow_id)
    (path,) = workspace.services.flows.download(outcome.flow_id, tmp_path / "signed")
    with mupdf.open(path) as pdf:
        pages = ["".join(page.get_text().split()) for page in pdf]
    assert len(pages) == 3
    assert "张三丰" in pages[0]
    assert "50,000" in pages[0]
    assert pages[2].startswith("品名数量苹果12")


def test_a_form_with_a_table_and_pages_of_a_pdf_is_sealed_on_the_last_of_them(
    office: Office, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[dict[str, Any]] = []
    post = PlatformClient.post

    def noted(client: PlatformClient, path: str, body: bytes, **options: Any) -> Any:
        if path == wire.CREATE_FROM_TEMPLATE_PATH:
            bodies.append(json.loads(body))
        return post(client, path, body, **options)

    monkeypatch.setattr(PlatformClient, "post", noted)
    make_template_preset(office, qtbot, tmp_path)
    workspace, session, prepare = office.workspace, office.workspace.session, office.workspace.prepare
    card = choose(office, qtbot)
    (document,) = session.draft.documents
    for name, value in (("姓名", "张三丰"), ("借款金额", "50,000")):
        session.apply(EditName.FILL_FORM, partial(fill_form, document_id=document.id, name=name, value=value))
    card.blocks_requested.emit(document.id)
    blocks = prepare.blocks
    QGuiApplication.clipboard().setText("品名\t数量\n苹果\t12\n")
    blocks.grid.paste()
    with mupdf.open() as pdf:
        for text in ("not wanted", "general terms", "price list"):
            pdf.new_page(width=595, height=842).insert_text((60, 60), text)
        pdf[1].set_rotation(90)
        pdf.save(tmp_path / "terms.pdf")
    blocks.add_file(tmp_path / "terms.pdf")
    office.wait_until(lambda: blocks.copying.stage is CopyStage.CHOOSING)
    blocks.chooser.pages.setText("2-3")
    qtbot.mouseClick(blocks.chooser.add, LEFT)
    office.wait_until(lambda: blocks.copying.stage is CopyStage.IDLE)
    (tmp_path / "terms.pdf").unlink()
    assert session.draft.documents[0].page_count == 5

    person = make_person("张三", id_number="110101199003078515", mobile="13800000000")
    signer = replace(make_person_signer(), person=person)
    assert isinstance(signer, PersonSigner)
    session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    prepare.state.set_active_signer(signer.id)
    prepare.state.set_tool(ToolName.SEAL)
    view = prepare.canvas.view
    view.go_to(document.id, 5)
    slot = view.page_layout.slot(document.id, 5)
    assert slot is not None
    at = view.view_point(slot.left_px + slot.width_px / 2, slot.top_px + 100).toPoint()
    qtbot.mouseClick(view.viewport(), LEFT, pos=at)
    (seal,) = session.draft.placements
    assert isinstance(seal, CoordinatePlacement)
    assert seal.pages == PageRanges.single(5)
    assert not [one.code for one in prepare.problems() if one.severity >= Severity.CONFIRM]

    outcome = workspace.services.submission.send(session.draft, workspace.services.environments.current())
    assert outcome.error is None
    assert outcome.flow_id is not None
    (body,) = bodies[-1:]
    chunks = body["chunkedFields"]
    assert [chunk["sequence"] for chunk in chunks] == [0, 1]
    assert {chunk["contentType"] for chunk in chunks} == {"application/pdf"}
    for chunk, count in zip(chunks, (1, 2), strict=True):
        with mupdf.open(stream=base64.b64decode(chunk["chunkedData"]), filetype="pdf") as pdf:
            assert pdf.page_count == count
    sign_at(next(iter(outcome.links.values()))[0])
    workspace.services.flows.refresh(outcome.flow_id)
    (path,) = workspace.services.flows.download(outcome.flow_id, tmp_path / "signed")
    with mupdf.open(path) as pdf:
        texts = ["".join(page.get_text().split()) for page in pdf]
        sizes = [(round(page.rect.width), round(page.rect.height)) for page in pdf]
        red = [page.number for page in pdf if _has_red(page)]
    assert len(texts) == 5
    assert texts[2].startswith("品名数量苹果12")
    assert texts[3].startswith("generalterms")
    assert texts[4].startswith("pricelist")
    assert sizes[2:] == [(595, 842), (842, 595), (595, 842)]
    assert red == [4]


def _has_red(page: Any) -> bool:
    pixels = page.get_pixmap(dpi=36)
    samples = bytes(pixels.samples)
    return any(
        samples[at] > 150 and samples[at + 1] < 120 and samples[at + 2] < 120 for at in range(0, len(samples), 3)
    )


@pytest.mark.nightly
def test_a_form_that_a_preset_fills_in_is_drawn_on_its_pages_too(office: Office, qtbot: QtBot, tmp_path: Path) -> None:
    preset = make_template_preset(office, qtbot, tmp_path)
    workspace, session = office.workspace, office.workspace.session
    workspace.draft_controller.new_contract()
    office.wait_until(lambda: not session.draft.documents)
    # As a correction brings it: without the file, and without the places of its fields.
    (document,) = office.presets.documents_of(preset)
    assert document.has_no_file
    session.apply(EditName.USE_PRESET, lambda draft: replace(draft, documents=(document,)))

    def places() -> list[bool]:
        filling = session.draft.documents[0].template
        return [one.rect is not None for one in filling.wanted] if filling is not None else []

    office.wait_until(lambda: places() == [True, True])
    office.wait_until(lambda: workspace.services.documents.is_open(document.id))
    assert session.draft.documents[0].page_count == 2
    # That was found out, and not done: there is nothing of it to take back.
    assert [entry.name for entry in session.history()] == [EditName.USE_PRESET]


def test_values_are_on_the_desk_again_after_a_restart_and_stand_in_no_file(
    office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    make_template_preset(office, qtbot, tmp_path)
    workspace, session = office.workspace, office.workspace.session
    name = choose(office, qtbot).form.edits["姓名"]
    type_text(name, "欧阳不二")
    autosave = workspace.draft_controller.autosave
    office.wait_until(lambda: autosave.is_clean)
    draft_id = session.draft.id
    kept = b"".join(one.read_bytes() for one in tmp_path.rglob("*.sqlite*") if one.is_file())
    kept += b"".join(one.read_bytes() for one in tmp_path.rglob("*.db*") if one.is_file())
    assert kept
    for form in ("欧阳不二".encode(), "欧阳不二".encode("unicode_escape")):
        assert form not in kept
    workspace.draft_controller.new_contract()
    office.wait_until(lambda: not session.draft.documents)
    workspace.draft_controller.open_draft(draft_id)
    office.wait_until(lambda: bool(session.draft.documents))
    template = session.draft.documents[0].template
    assert template is not None
    assert template.value("姓名") == "欧阳不二"
