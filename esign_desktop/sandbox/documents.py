"""Contracts from uploaded files and from templates (spec 4.7, 4.8)."""

from __future__ import annotations

import base64
import binascii
import io
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.sandbox.form_filling import append_pdf, field_names, fill_form, html_to_pdf
from esign_desktop.sandbox.pdf_files import open_pdf
from esign_desktop.sandbox.records import Document, Template
from esign_desktop.sandbox.refusal import ErrCode, Refusal
from esign_desktop.sandbox.state import State, write_atomically
from esign_desktop.sandbox.storage_urls import (
    DOWNLOAD_SECONDS,
    TEMPLATE_DOWNLOAD_SECONDS,
    StorageUrls,
)

if TYPE_CHECKING:
    from esign_desktop.sandbox.fields import Fields
    from esign_desktop.sandbox.files import Files

MAX_ADDED_PAGES: Final = 10


class Documents:
    """Makes contracts and templates out of files."""

    def __init__(self, state: State, files: Files, urls: StorageUrls) -> None:
        self._state = state
        self._files = files
        self._urls = urls

    def create_from_file(self, fields: Fields) -> dict[str, Any]:
        """/doc/createbyfilekey."""
        record, content = self._files.take(fields.text("fileKey"))
        with open_pdf(content) as pdf:
            page_count = pdf.page_count
        return {"docId": self._keep(record.name, content, page_count).id}

    def create_template(self, fields: Fields) -> dict[str, Any]:
        """/template/createbyfilekey."""
        name = fields.text("templateName")
        _, content = self._files.take(fields.text("fileKey"))
        with open_pdf(content) as pdf:
            names = field_names(pdf)
        if not names:
            raise Refusal(ErrCode.TEMPLATE, "模板没有表单域 / the template has no form fields")
        template = Template(uuid4().hex, name, names)
        write_atomically(self._state.blob_path("templates", template.id), content)
        self._state.templates.put(template.id, template)
        return {"templateId": template.id}

    def create_from_template(self, fields: Fields) -> dict[str, Any]:
        """/doc/createbytemplate. A form field that the template does not have is refused, since it is a mistake."""
        name = fields.text("name")
        template = self._state.templates.get(fields.text("templateId"))
        if template is None:
            raise Refusal(ErrCode.UNKNOWN_ID, "templateId 不存在 / templateId is unknown")
        values = fields.texts("simpleFormFields")
        unknown = sorted(set(values) - set(template.field_names))
        if unknown:
            raise Refusal(ErrCode.TEMPLATE, f"模板没有表单域 / the template has no field {unknown[0]!r}")
        chunks = [_chunk(one) for one in fields.objects("chunkedFields")]
        if len(chunks) > MAX_ADDED_PAGES:
            raise _too_many_pages()
        content = self._state.blob_path("templates", template.id).read_bytes()
        with open_pdf(content) as pdf:
            fill_form(pdf, values)
            left = MAX_ADDED_PAGES
            # sorted() is stable: equal sequence numbers keep the request's order.
            for _, chunk in sorted(chunks, key=lambda one: one[0]):
                with open_pdf(chunk) as addition:
                    left -= addition.page_count
                    if left < 0:
                        raise _too_many_pages()
                    append_pdf(pdf, addition)
            out = io.BytesIO()
            pdf.save(out, garbage=3, deflate=True)
            page_count = pdf.page_count
        document = self._keep(name, out.getvalue(), page_count)
        return {
            "docId": document.id,
            "docUrl": self._urls.make("GET", f"documents/{document.id}.pdf", TEMPLATE_DOWNLOAD_SECONDS),
        }

    def download_url(self, fields: Fields) -> dict[str, Any]:
        """/doc/downloadurl: the original, without seals."""
        document = self.require(fields.text("docId"), "docId")
        return {"docUrl": self._urls.make("GET", f"documents/{document.id}.pdf", DOWNLOAD_SECONDS)}

    def require(self, document_id: str, field_name: str) -> Document:
        """The document of this id; refuses an unknown one."""
        document = self._state.documents.get(document_id)
        if document is None:
            raise Refusal(ErrCode.UNKNOWN_ID, f"{field_name} 合同不存在 / contract is unknown")
        return document

    def content(self, document_id: str) -> bytes:
        """The original's bytes."""
        return self._state.blob_path("documents", document_id).read_bytes()

    def _keep(self, name: str, content: bytes, page_count: int) -> Document:
        document = Document(uuid4().hex, name, page_count)
        write_atomically(self._state.blob_path("documents", document.id), content)
        self._state.documents.put(document.id, document)
        return document


def _chunk(fields: Fields) -> tuple[int, bytes]:
    # The table says contentType, the sample mimeType.
    name = "contentType" if fields.has("contentType") else "mimeType"
    kind = fields.text(name).split(";")[0].strip().lower()
    sequence = fields.integer("sequence")
    if sequence < 0:
        raise fields.wrong("sequence", "不能为负 / must not be negative")
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
