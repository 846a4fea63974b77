"""Contracts from uploaded files and from templates (spec 4.7, 4.8)."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.sandbox.form_filling import append_pdf, field_names, fill_form, html_to_pdf
from esign_desktop.sandbox.pdf_files import open_pdf, require_pages, save_atomically
from esign_desktop.sandbox.records import Document, Template
from esign_desktop.sandbox.refusal import ErrCode, Refusal
from esign_desktop.sandbox.state import State, link_or_copy
from esign_desktop.sandbox.storage_urls import (
    DOWNLOAD_SECONDS,
    TEMPLATE_DOWNLOAD_SECONDS,
    StorageUrls,
)

if TYPE_CHECKING:
    from pathlib import Path

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
        record, path = self._files.take(fields.text("fileKey"))
        with open_pdf(path) as pdf:
            require_pages(pdf)
            page_count = pdf.page_count
        document = Document(uuid4().hex, record.name, page_count)
        return {"docId": self._keep(document, path).id}

    def create_template(self, fields: Fields) -> dict[str, Any]:
        """/template/createbyfilekey."""
        name = fields.text("templateName")
        # Reserved, and without effect so far; what is sent has to be of its kind all the same.
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
        document_id = uuid4().hex
        with open_pdf(self._state.blob_path("templates", template.id)) as pdf:
            fill_form(pdf, values)
            left = MAX_ADDED_PAGES
            # sorted() is stable: equal sequence numbers keep the request's order.
            for _, chunk in sorted(chunks, key=lambda one: one[0]):
                with open_pdf(chunk) as addition:
                    left -= addition.page_count
                    if left < 0:
                        raise _too_many_pages()
                    append_pdf(pdf, addition)
            save_atomically(pdf, self.path(document_id), is_new=True)
            document = Document(document_id, name, pdf.page_count)
        self._state.documents.put(document.id, document)
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

    def path(self, document_id: str) -> Path:
        """Where the original's bytes lie."""
        return self._state.blob_path("documents", document_id)

    def _keep(self, document: Document, path: Path) -> Document:
        link_or_copy(path, self.path(document.id))
        self._state.documents.put(document.id, document)
        return document


def _chunk(fields: Fields) -> tuple[int, bytes]:
    # The table says contentType, the sample mimeType.
    name = "contentType" if fields.has("contentType") else "mimeType"
    kind = fields.text(name).split(";")[0].strip().lower()
    sequence = fields.integer("sequence")
    if sequence < 0:
        raise fields.wrong("sequence", "不能为负 / must not be negative")
    # Reserved: pages are appended at the end whatever it says.
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
