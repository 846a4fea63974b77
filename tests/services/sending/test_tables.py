"""Tables of a template's document are appended by the platform, and a correction has them again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.api import wire
from esign_desktop.api.client import PlatformClient
from esign_desktop.domain.added_pages import AddedTable
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.environment import ChunkTypeName, PlatformBehaviour
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.flows.corrections import CorrectionService
from tests.raised import raises_code
from tests.services.desk import Desk, make_contract
from tests.services.sandbox_platform import SandboxPlatform
from tests.services.template_files import make_template, mupdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.api.exchange import RawAnswer
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.flow import FlowId

GOODS = AddedTable((("品名", "数量"), *((f"苹果 {number}", str(number)) for number in range(60))), "货物清单")
PLACES = AddedTable((("地点",), ("上海市示例路",)), has_header=False, after_page=1)


def form(desk: Desk, folder: Path, *tables: AddedTable) -> ContractDraft:
    """A contract of a form of two pages, with tables behind it."""
    template_id = make_template(desk.client_for(desk.environment), folder / "template.pdf", ("borrower", "amount"))
    draft = make_contract(folder)
    wanted = (WantedField("borrower"), WantedField("amount", kind=AnswerKind.AMOUNT))
    filling = TemplateFilling(template_id, (("borrower", "张三丰"), ("amount", "12,000")), wanted)
    document = replace(draft.documents[0], template=filling)
    return set_blocks(replace(draft, documents=(document,)), document.id, tables)


def texts(platform: SandboxPlatform, doc_id: str) -> list[str]:
    with mupdf.open(stream=platform.document_bytes(doc_id), filetype="pdf") as pdf:
        return ["".join(page.get_text().split()) for page in pdf]


def sent_document(desk: Desk, flow_id: FlowId | None) -> str:
    assert flow_id is not None
    (document,) = desk.stores.flows.get(flow_id).documents
    return document.doc_id


def test_the_tables_follow_the_form_in_their_order(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    draft = form(desk, tmp_path, GOODS, PLACES)
    outcome = desk.submission.send(draft, desk.environment)
    assert outcome.state is SubmissionState.DONE
    pages = texts(platform, sent_document(desk, outcome.flow_id))
    assert len(pages) == draft.documents[0].page_count == 5
    assert "张三丰" in pages[0]
    assert "12,000" in pages[0]
    assert pages[2].startswith("货物清单品名数量")
    assert "苹果59" in pages[3]
    assert pages[4] == "地点上海市示例路"


@pytest.mark.parametrize("name", ChunkTypeName)
def test_the_type_of_the_tables_has_the_name_that_the_platform_reads(tmp_path: Path, name: ChunkTypeName) -> None:
    with SandboxPlatform(tmp_path / "platform", "--chunk-type-name", "mimeType") as platform:
        behaviour = PlatformBehaviour(chunk_type_name=name)
        desk = Desk(tmp_path / "desk", replace(platform.environment, behaviour=behaviour))
        try:
            outcome = desk.submission.send(form(desk, tmp_path, GOODS), desk.environment)
        finally:
            desk.close()
    is_read = name is ChunkTypeName.MIME_TYPE
    assert outcome.state is (SubmissionState.DONE if is_read else SubmissionState.FAILED)


def test_the_page_they_are_to_follow_is_told_when_it_was_chosen(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[bytes] = []
    post = PlatformClient.post

    def noted(client: PlatformClient, path: str, body: bytes, **options: Any) -> RawAnswer:
        if path == wire.CREATE_FROM_TEMPLATE_PATH:
            bodies.append(body)
        return post(client, path, body, **options)

    monkeypatch.setattr(PlatformClient, "post", noted)
    desk.submission.send(form(desk, tmp_path, GOODS, PLACES), desk.environment)
    (body,) = bodies
    first, second = json.loads(body)["chunkedFields"]
    assert (first["contentType"], first["sequence"], "pagePos" in first) == ("application/pdf", 0, False)
    assert (second["sequence"], second["pagePos"]) == (1, 1)


def test_a_correction_has_values_and_tables_again_and_nothing_of_them_lies_open(desk: Desk, tmp_path: Path) -> None:
    draft = form(desk, tmp_path, PLACES)
    outcome = desk.submission.send(draft, desk.environment)
    assert outcome.flow_id is not None
    stores = desk.stores
    corrections = CorrectionService(stores.flows, stores.journal, stores.drafts, stores.values)
    corrected = corrections.begin(outcome.flow_id).draft
    assert corrected.documents[0].template == draft.documents[0].template
    desk.database.close()
    kept = desk.all_bytes()
    for text in ("张三丰", "上海市示例路"):
        assert text.encode() not in kept
        assert text.encode("unicode_escape") not in kept


def test_more_than_ten_pages_are_not_sent(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    long = replace(GOODS, rows=GOODS.rows * 7)
    before = len(platform.request_log())
    draft = form(desk, tmp_path, long)
    assert draft.documents[0].page_count > 12
    calls = len(platform.request_log())
    with raises_code(InputError, "form.too_many_pages"):
        desk.submission.send(draft, desk.environment)
    assert len(platform.request_log()) == calls > before


def test_letters_that_no_font_has_end_the_send_before_anything_is_made(desk: Desk, tmp_path: Path) -> None:
    outcome = desk.submission.send(form(desk, tmp_path, AddedTable((("😀",),))), desk.environment)
    assert outcome.state is SubmissionState.FAILED
    assert outcome.error is not None
    assert outcome.error.code == "table.no_such_letters"
    assert outcome.flow_id is None


@pytest.mark.parametrize(("kind", "value"), [(AnswerKind.AMOUNT, "12万"), (AnswerKind.ID_NUMBER, "110101199003078516")])
def test_a_value_that_cannot_be_right_is_not_sent(desk: Desk, tmp_path: Path, kind: AnswerKind, value: str) -> None:
    draft = form(desk, tmp_path)
    filling = TemplateFilling("template", (("amount", value),), (WantedField("amount", kind=kind),))
    document = replace(draft.documents[0], template=filling)
    with pytest.raises(InputError) as caught:
        desk.submission.send(replace(draft, documents=(document,)), desk.environment)
    assert caught.value.code.startswith("form.")
    assert value not in repr(caught.value)
