"""Create contracts from uploaded files, or from templates and form values (spec 4.7, 4.8)."""

from __future__ import annotations

import base64
import binascii
import html
import io
import itertools
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.sandbox.files import DOWNLOAD_SECONDS, TEMPLATE_DOWNLOAD_SECONDS, StorageUrls
from esign_desktop.sandbox.pages import PDF_LOCK, open_pdf, pymupdf_module, require_pages, save_atomically
from esign_desktop.sandbox.refusal import ErrCode, Refusal
from esign_desktop.sandbox.state import Document, State, Template, link_or_copy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from esign_desktop.sandbox.fields import Fields
    from esign_desktop.sandbox.files import Files
    from esign_desktop.sandbox.options import ChunkTypeName


# A malicious file may have tens of thousands of fields.
_MAX_FIELDS: Final = 2000
_A4: Final = (0, 0, 595, 842)
_MARGIN_PT: Final = 56
_STYLE: Final = "* {font-family: sans-serif;} body {font-size: 11pt; line-height: 1.5;}"


def field_names(pdf: Any) -> list[str]:
    """Return the names of a PDF's form fields in page order, without duplicates.

    ``pdf`` is an open PyMuPDF document.
    """
    return list(dict.fromkeys(widget.field_name for _, widget in _widgets(pdf)))


def fill_form(pdf: Any, values: Mapping[str, str]) -> None:
    """Write values into the form fields of an open PyMuPDF document, and turn the fields into page content.

    ``values`` is keyed by field name. The fonts of form fields often lack Chinese characters, so another font is used.
    Raises Refusal if a field is neither a text field nor a check box.
    """
    pymupdf = pymupdf_module()
    drawn: list[tuple[int, Any, str, float]] = []
    for page, widget in _widgets(pdf):
        if widget.field_name not in values:
            continue
        value = values[widget.field_name]
        if widget.field_type == pymupdf.PDF_WIDGET_TYPE_TEXT:
            widget.field_value = ""
            widget.update()
            drawn.append((page.number, +widget.rect, value, widget.text_fontsize))
        elif widget.field_type == pymupdf.PDF_WIDGET_TYPE_CHECKBOX:
            widget.field_value = value.strip().lower() in ("1", "true", "yes", "on", "是")
            widget.update()
        else:
            raise Refusal(ErrCode.TEMPLATE, f"表单域不是文本域 / form field is not a text field: {widget.field_name!r}")
    pdf.bake(annots=False, widgets=True)
    for page_index, rect, value, size in drawn:
        if value:
            _draw_text(pdf[page_index], rect, value, size)
    if drawn:
        pdf.subset_fonts()


def html_to_pdf(data: bytes, max_pages: int) -> bytes:
    """Convert HTML to a PDF that has at most ``max_pages`` A4 pages. External resources are not loaded."""
    pymupdf = pymupdf_module()
    out = io.BytesIO()
    try:
        with PDF_LOCK:
            story = pymupdf.Story(html=data.decode("utf-8"), user_css=_STYLE)
            writer = pymupdf.DocumentWriter(out)
            page_rect = pymupdf.Rect(_A4)
            body = pymupdf.Rect(_MARGIN_PT, _MARGIN_PT, page_rect.x1 - _MARGIN_PT, page_rect.y1 - _MARGIN_PT)
            for _ in range(max_pages):
                device = writer.begin_page(page_rect)
                more, _filled = story.place(body)
                story.draw(device)
                writer.end_page()
                if not more:
                    break
            writer.close()
    except Exception as error:
        raise Refusal(ErrCode.TEMPLATE, "HTML 无法转换 / the HTML can't be converted") from error
    return out.getvalue()


def _draw_text(page: Any, rect: Any, value: str, size: float) -> None:
    rotation = page.rotation
    # PyMuPDF draws correctly only on pages without rotation.
    page.set_rotation(0)
    height = size if size > 0 else min(12.0, rect.height * 0.7)
    text = html.escape(value).replace("\n", "<br/>")
    page.insert_htmlbox(
        rect,
        f"<div>{text}</div>",
        css=f"* {{font-family: sans-serif; font-size: {height}pt; line-height: 1.1;}}",
        scale_low=0.2,
    )
    page.set_rotation(rotation)


def _widgets(pdf: Any) -> Iterator[tuple[Any, Any]]:
    every = ((page, widget) for page in pdf for widget in page.widgets() if widget.field_name)
    return itertools.islice(every, _MAX_FIELDS)


MAX_ADDED_PAGES: Final = 10


class Documents:
    """The API calls that create documents and templates from files."""

    def __init__(
        self, state: State, files: Files, urls: StorageUrls, *, chunk_type_name: ChunkTypeName = "either"
    ) -> None:
        """Create the object.

        ``chunk_type_name`` selects the name of the request field that contains the content type of appended pages.
        """
        self._chunk_type_name = chunk_type_name
        self._state = state
        self._files = files
        self._urls = urls

    def create_from_file(self, fields: Fields) -> dict[str, Any]:
        """Handle /doc/createbyfilekey, and return the data of the response: the id of the document."""
        record, path = self._files.take(fields.text("fileKey"))
        with open_pdf(path) as pdf:
            require_pages(pdf)
            page_count = pdf.page_count
        document = Document(uuid4().hex, record.name, page_count)
        link_or_copy(path, self.path(document.id))
        self._state.documents.put(document.id, document)
        return {"docId": document.id}

    def create_template(self, fields: Fields) -> dict[str, Any]:
        """Handle /template/createbyfilekey, and return the data of the response: the id of the template."""
        name = fields.text("templateName")
        # These fields are reserved and have no effect, but their types are checked.
        fields.optional_text("templateTypeId")
        fields.optional_texts("templateFormKeys")
        _, path = self._files.take(fields.text("fileKey"))
        with open_pdf(path) as pdf:
            names = field_names(pdf)
        if not names:
            raise Refusal(ErrCode.TEMPLATE, "模板没有表单域 / the template has no form fields")
        template = Template(uuid4().hex, name, names)
        link_or_copy(path, self._state.blob_path("templates", template.id))
        self._state.templates.put(template.id, template)
        return {"templateId": template.id}

    def create_from_template(self, fields: Fields) -> dict[str, Any]:
        """Handle /doc/createbytemplate, and return the data of the response: the document's id and download URL.

        Raises Refusal if the request has a value for a field that the template does not contain.
        """
        name = fields.text("name")
        template = self._state.templates.get(fields.text("templateId"))
        if template is None:
            raise Refusal(ErrCode.UNKNOWN_ID, "templateId 不存在 / templateId is unknown")
        values = fields.texts("simpleFormFields")
        unknown = sorted(set(values) - set(template.field_names))
        if unknown:
            raise Refusal(ErrCode.TEMPLATE, f"模板没有表单域 / the template has no field {unknown[0]!r}")
        chunks = [_chunk(chunk_fields, self._chunk_type_name) for chunk_fields in fields.objects("chunkedFields")]
        if len(chunks) > MAX_ADDED_PAGES:
            raise _too_many_pages()
        document_id = uuid4().hex
        with open_pdf(self._state.blob_path("templates", template.id)) as pdf:
            fill_form(pdf, values)
            left = MAX_ADDED_PAGES
            # The sort is stable, so chunks with equal sequence numbers keep the order of the request.
            for _, chunk in sorted(chunks, key=lambda item: item[0]):
                with open_pdf(chunk) as addition:
                    left -= addition.page_count
                    if left < 0:
                        raise _too_many_pages()
                    pdf.insert_pdf(addition)
            save_atomically(pdf, self.path(document_id), is_new=True)
            document = Document(document_id, name, pdf.page_count)
        self._state.documents.put(document.id, document)
        return {
            "docId": document.id,
            "docUrl": self._urls.make("GET", f"documents/{document.id}.pdf", TEMPLATE_DOWNLOAD_SECONDS),
        }

    def download_url(self, fields: Fields) -> dict[str, Any]:
        """Handle /doc/downloadurl, and return the data of the response: the URL of the document without seals."""
        document = self.require(fields.text("docId"), "docId")
        return {"docUrl": self._urls.make("GET", f"documents/{document.id}.pdf", DOWNLOAD_SECONDS)}

    def require(self, document_id: str, field_name: str) -> Document:
        """Return the document with this id.

        Raises Refusal if the document does not exist. The message then names ``field_name``, the field of the request.
        """
        document = self._state.documents.get(document_id)
        if document is None:
            raise Refusal(ErrCode.UNKNOWN_ID, f"{field_name} 合同不存在 / contract is unknown")
        return document

    def path(self, document_id: str) -> Path:
        """Return the path of a document's original file."""
        return self._state.blob_path("documents", document_id)


def _chunk(fields: Fields, name: ChunkTypeName) -> tuple[int, bytes]:
    # The specification's table calls this field contentType, but its sample calls it mimeType.
    if name == "either":
        name = "contentType" if fields.has("contentType") else "mimeType"
    kind = fields.text(name).split(";")[0].strip().lower()
    sequence = fields.integer("sequence")
    if sequence < 0:
        raise fields.wrong("sequence", "不能为负 / must not be negative")
    # This field is reserved: pages are appended at the end whatever its value.
    fields.optional_integer("pagePos")
    try:
        data = base64.b64decode(fields.text("chunkedData", max_characters=1 << 26), validate=True)
    except (binascii.Error, ValueError):
        raise fields.wrong("chunkedData", "不是有效的 Base64 / is not Base64") from None
    match kind:
        case "text/html":
            return sequence, html_to_pdf(data, MAX_ADDED_PAGES + 1)
        case "application/pdf":
            return sequence, data
        case _:
            raise fields.wrong(
                name,
                "仅支持 text/html 和 application/pdf / must be text/html or application/pdf",
                ErrCode.TYPE_UNSUPPORTED,
            )


def _too_many_pages() -> Refusal:
    return Refusal(ErrCode.TEMPLATE, "chunkedFields 最多增加 10 页 / at most 10 pages can be added")
