"""Templates are filled and added to (4.7, 4.8.2)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.client import Client, FakeClock, Response, fetch
from tests.sandbox.pages import (
    all_text,
    blank_pdf,
    changed_box,
    find_text,
    form_pdf,
    page_count,
    pymupdf,
    save,
    text_pdf,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.sandbox.server import SandboxServer

TEMPLATE = 1_100_040


def chunk(content: bytes, kind: str, sequence: int, **changes: Any) -> dict[str, Any]:
    return {
        "contentType": kind,
        "chunkedData": base64.b64encode(content).decode(),
        "sequence": sequence,
    } | changes


@pytest.fixture
def template_id(client: Client) -> str:
    file_key = client.upload(form_pdf("borrower", "contractNo"))
    answer = client.call("/template/createbyfilekey", {"fileKey": file_key, "templateName": "借款"})
    return str(answer.data["templateId"])


@pytest.fixture
def fill(client: Client, template_id: str) -> Callable[..., Response]:
    def call(**values: Any) -> Response:
        return client.call("/doc/createbytemplate", {"templateId": template_id, "name": "借款合同"} | values)

    return call


def test_template_needs_form_fields(client: Client) -> None:
    values = {"fileKey": client.upload(blank_pdf()), "templateName": "空"}
    assert client.call("/template/createbyfilekey", values).err_code == TEMPLATE


def test_template_needs_a_name(client: Client) -> None:
    values = {"fileKey": client.upload(form_pdf("a"))}
    assert client.call("/template/createbyfilekey", values).err_code == 1_100_010


@pytest.mark.parametrize(
    "reserved", [{"templateTypeId": {"id": 0}}, {"templateFormKeys": "a,b"}, {"templateFormKeys": [1]}]
)
def test_what_is_reserved_has_to_be_of_its_kind(client: Client, reserved: dict[str, Any]) -> None:
    values = {"fileKey": client.upload(form_pdf("a")), "templateName": "借款"}
    assert client.call("/template/createbyfilekey", values | reserved).err_code == 1_100_010
    kinds = {"templateTypeId": "0", "templateFormKeys": ["a"]}
    assert client.call("/template/createbyfilekey", values | kinds).err_code == 0


def test_the_page_for_blocks_is_taken_and_has_to_be_a_number(fill: Callable[..., Response]) -> None:
    assert fill(chunkedFields=[chunk(text_pdf("X"), "application/pdf", 1, pagePos=1)]).err_code == 0
    assert fill(chunkedFields=[chunk(text_pdf("X"), "application/pdf", 1, pagePos="last")]).err_code == 1_100_010


def test_values_stand_in_the_fields_as_ordinary_text(fill: Callable[..., Response]) -> None:
    answer = fill(simpleFormFields={"borrower": "张三丰", "contractNo": 12345})
    content = fetch("GET", answer.data["docUrl"]).body
    ((_, rect),) = find_text(content, "张三丰")
    assert 70 < rect.x0 < 90
    assert 95 < rect.y0 < 122
    assert "12345" in all_text(content)
    assert b"/Widget" not in content


def test_filling_does_not_embed_whole_fonts(fill: Callable[..., Response]) -> None:
    answer = fill(simpleFormFields={"borrower": "张三丰"})
    assert len(fetch("GET", answer.data["docUrl"]).body) < 200_000


def test_filled_contract_can_be_signed_at_a_keyword_in_a_value(client: Client, fill: Callable[..., Response]) -> None:
    doc_id = fill(simpleFormFields={"borrower": "张三丰"}).data["docId"]
    signer = {
        "accountId": client.person(),
        "docPosList": [{"docId": doc_id, "signType": 1, "posBeanList": [{"key": "张三丰"}]}],
    }
    assert client.start([doc_id], [signer]).err_code == 0


def test_document_address_lives_an_hour(fill: Callable[..., Response], clock: FakeClock) -> None:
    url = fill().data["docUrl"]
    clock.advance(3599)
    assert fetch("GET", url).status == 200
    clock.advance(62)
    assert fetch("GET", url).status == 403


def test_unknown_fields_and_templates_are_refused(client: Client, fill: Callable[..., Response]) -> None:
    refused = fill(simpleFormFields={"lender": "x"})
    assert refused.err_code == TEMPLATE
    assert "lender" in refused.json["msg"]
    assert fill(templateId="nothing").err_code == 1_100_020
    assert fill(name="").err_code == 1_100_010


def test_blocks_are_appended_in_the_order_of_their_sequence(fill: Callable[..., Response]) -> None:
    answer = fill(
        chunkedFields=[
            chunk(text_pdf("SECOND"), "Application/PDF", 2),
            chunk("<p>FIRST 第一</p>".encode(), "TEXT/HTML", 1),
            chunk(text_pdf("THIRD"), "application/pdf", 3),
        ]
    )
    content = fetch("GET", answer.data["docUrl"]).body
    assert page_count(content) == 4
    assert [find_text(content, word)[0][0] for word in ("FIRST", "SECOND", "THIRD")] == [1, 2, 3]


def test_sample_spelling_of_the_content_type_is_taken(fill: Callable[..., Response]) -> None:
    block = chunk(b"<h1>My Story</h1>", "", 0, mimeType="text/html")
    assert fill(chunkedFields=[block]).err_code == 0


@pytest.mark.parametrize("name", ["contentType", "mimeType"])
def test_one_spelling_of_the_content_type_can_be_required(
    start_server: Callable[..., SandboxServer], name: str
) -> None:
    client = Client(start_server(chunk_type_name=name).base_url)
    file_key = client.upload(form_pdf("borrower"))
    template_id = client.call("/template/createbyfilekey", {"fileKey": file_key, "templateName": "借款"}).data
    for given in ("contentType", "mimeType"):
        block = chunk(b"<h1>My Story</h1>", "", 0, **{given: "text/html"})
        answer = client.call("/doc/createbytemplate", {**template_id, "name": "借款", "chunkedFields": [block]})
        assert (answer.err_code == 0) is (given == name)


@pytest.mark.parametrize(
    "block",
    [
        chunk(b"x", "image/png", 0),
        chunk(b"x", "application/pdf", 0),
        chunk(blank_pdf(), "application/pdf", -1),
        {"contentType": "text/html", "sequence": 0},
        {"contentType": "text/html", "chunkedData": "PGgxPg=="},
        {"contentType": "text/html", "chunkedData": "***", "sequence": 0},
    ],
)
def test_unsound_blocks_are_refused(fill: Callable[..., Response], block: dict[str, Any]) -> None:
    assert fill(chunkedFields=[block]).err_code != 0


@pytest.mark.parametrize(("pages", "is_taken"), [(10, True), (11, False)])
def test_at_most_ten_pages_are_added(fill: Callable[..., Response], pages: int, is_taken: bool) -> None:
    answer = fill(chunkedFields=[chunk(blank_pdf(pages), "application/pdf", 0)])
    assert (answer.err_code == 0) is is_taken


def test_html_over_ten_pages_is_refused(fill: Callable[..., Response]) -> None:
    answer = fill(chunkedFields=[chunk(b"<p>line</p>" * 2000, "text/html", 0)])
    assert answer.err_code == TEMPLATE


def create_template(client: Client, field_type: int) -> str:
    """A template with one field of another type than text."""
    pdf = pymupdf.open(stream=blank_pdf(), filetype="pdf")
    widget = pymupdf.Widget()
    widget.field_name = "agree"
    widget.field_type = field_type
    widget.rect = pymupdf.Rect(72, 100, 92, 120)
    if field_type == pymupdf.PDF_WIDGET_TYPE_LISTBOX:
        widget.choice_values = ["a", "b"]
    page = pdf[0]
    page.add_widget(widget)
    file_key = client.upload(save(pdf))
    answer = client.call("/template/createbyfilekey", {"fileKey": file_key, "templateName": "t"})
    return str(answer.data["templateId"])


def test_boxes_are_ticked_by_a_yes(client: Client) -> None:
    template = {"templateId": create_template(client, pymupdf.PDF_WIDGET_TYPE_CHECKBOX), "name": "n"}
    files = [
        fetch("GET", client.call("/doc/createbytemplate", template | {"simpleFormFields": {"agree": v}}).data["docUrl"])
        for v in ("否", "是")
    ]
    box = changed_box(files[0].body, files[1].body)
    assert box is not None
    assert 72 / 400 < box.center[0] < 92 / 400


def test_fields_that_take_no_text_are_refused(client: Client) -> None:
    template = {"templateId": create_template(client, pymupdf.PDF_WIDGET_TYPE_LISTBOX), "name": "n"}
    answer = client.call("/doc/createbytemplate", template | {"simpleFormFields": {"agree": "a"}})
    assert answer.err_code == TEMPLATE


def test_more_blocks_than_pages_can_be_added_are_refused(fill: Callable[..., Response]) -> None:
    answer = fill(chunkedFields=[chunk(blank_pdf(), "application/pdf", i) for i in range(11)])
    assert answer.err_code == TEMPLATE
