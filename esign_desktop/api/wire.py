"""Build the request bodies of the 13 API calls, and parse their responses (platform documentation 4.5 to 4.9).

Parsing is separate from sending, so that a raw response can be stored before it is parsed. The ``parse_*`` functions
raise Refused if the platform rejected the request, or OutcomeUnknown ``api.protocol`` if the response is malformed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from esign_desktop.api import strict_json
from esign_desktop.api.errors import OutcomeUnknown, Refused
from esign_desktop.api.strict_json import Malformed, as_integer, as_list, as_object, identifier, text
from esign_desktop.api.url_gate import is_web_address
from esign_desktop.domain.china_time import CHINA
from esign_desktop.domain.environment import ChunkTypeName
from esign_desktop.domain.flow import (
    DocumentProgress,
    FlowDetail,
    FlowId,
    FlowStatus,
    SignedDocument,
    SignerProgress,
    SigningLink,
    SignStatus,
    StartedFlow,
)
from esign_desktop.domain.surrogates import replace_surrogates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from esign_desktop.api.exchange import RawAnswer
    from esign_desktop.domain.account import Organization, Person


_LOCAL_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_EPOCH_MS: Final = re.compile(r"[0-9]{12,14}")


def time_ms(source: Mapping[str, Any], key: str) -> int | None:
    """Return the time under this key as epoch milliseconds, or None if the time is missing, empty or unreadable.

    The time is given as ``yyyy-MM-dd HH:mm:ss`` in China Standard Time or as epoch milliseconds. Times in responses are
    only informative, so an invalid time does not make the response invalid.
    """
    value = source.get(key)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    written = str(value)
    if _EPOCH_MS.fullmatch(written):
        return int(written)
    if not _LOCAL_TIME.fullmatch(written):
        return None
    try:
        moment = datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
    return int(moment.timestamp()) * 1000


def web_address(source: Mapping[str, Any], key: str) -> str:
    """Return the URL under this key. Raises Malformed if the URL is missing or unsafe."""
    value = source.get(key)
    if not isinstance(value, str) or not is_web_address(value):
        raise Malformed(f"{key} is not a web address")
    return value


def web_addresses(value: object) -> tuple[str, ...]:
    """Return the URLs in a list or in a single string. URLs that cannot be opened safely are omitted."""
    candidates = value if isinstance(value, list) else [value]
    return tuple(str(candidate) for candidate in candidates if is_web_address(candidate))


UPLOAD_URL_PATH: Final = "/file/uploadurl"
CREATE_PERSON_PATH: Final = "/account/create/person/private"
CREATE_ORGANIZATION_PATH: Final = "/account/create/organize/private"
FIND_ACCOUNT_PATH: Final = "/account/idexchange"
CREATE_TEMPLATE_PATH: Final = "/template/createbyfilekey"
CREATE_DOCUMENT_PATH: Final = "/doc/createbyfilekey"
CREATE_FROM_TEMPLATE_PATH: Final = "/doc/createbytemplate"
DOCUMENT_URL_PATH: Final = "/doc/downloadurl"
START_PATH: Final = "/sign/start"
EXECUTE_PATH: Final = "/sign/execute"
REVOKE_PATH: Final = "/sign/revoke"
SIGNED_DOCUMENTS_PATH: Final = "/sign/download"
DETAIL_PATH: Final = "/sign/docdetail"

PDF_CONTENT_TYPE: Final = "application/pdf"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UploadSlot:
    """The URL to which a file can be uploaded within 1 hour, and the key that identifies the file afterwards."""

    file_key: str
    upload_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Pages to append to a contract that is made from a template.

    ``content_type`` is text/html or application/pdf. Chunks with lower ``sequence`` numbers come first.
    """

    content_type: str
    data_base64: str = field(repr=False)
    sequence: int = 0
    page_number: int | None = None
    """The number, from 1, of the page after which to insert. Reserved: the platform always appends at the end."""


# Request bodies


def build_upload_url(file_name: str, size_bytes: int, content_md5: str) -> bytes:
    """Build the body of the request for an upload URL.

    ``content_md5`` is the Base64 encoding of the 16-byte MD5 digest. Lone surrogates in the file name are replaced.
    """
    return strict_json.write(
        {
            "fileName": replace_surrogates(file_name),
            "fileSize": size_bytes,
            "contentType": PDF_CONTENT_TYPE,
            "contentMd5": content_md5,
        }
    )


def build_person(person: Person) -> bytes:
    """Build the body of the request that creates an account for a person."""
    return strict_json.write(
        _filled(
            thirdId=person.third_id,
            name=person.name,
            idNo=person.id_number,
            idType=int(person.id_type),
            mobile=person.mobile,
            email=person.email,
        )
    )


def build_organization(organization: Organization, agent_account_id: str) -> bytes:
    """Build the body of the request that creates an account for an organization.

    ``agent_account_id`` is the account of the person who acts for the organization; it must already exist.
    """
    return strict_json.write(
        _filled(
            thirdId=organization.third_id,
            agentAccountId=agent_account_id,
            name=organization.name,
            organCode=organization.code,
            organType=int(organization.code_type),
            legalName=organization.legal_name,
            legalIdNo=organization.legal_id_number,
            legalIdType=int(organization.legal_id_type) if organization.legal_id_number else None,
            email=organization.email,
        )
    )


def build_find_account(third_id: str) -> bytes:
    """Build the body of the request that finds an account by its ``thirdId``."""
    return strict_json.write({"thirdId": third_id})


def build_file_key(file_key: str) -> bytes:
    """Build the body of the request that creates a document from an uploaded file."""
    return strict_json.write({"fileKey": file_key})


def build_template(file_key: str, name: str) -> bytes:
    """Build the body of the request that creates a template from an uploaded file."""
    return strict_json.write({"fileKey": file_key, "templateName": name})


def build_from_template(
    template_id: str,
    name: str,
    fields: Mapping[str, str],
    chunks: Sequence[Chunk],
    type_name: ChunkTypeName = ChunkTypeName.CONTENT_TYPE,
) -> bytes:
    """Build the body of the request that creates a document from a template, with field values and appended pages.

    ``type_name`` is the JSON key for the type of the appended pages.
    """
    return strict_json.write(
        _filled(
            templateId=template_id,
            name=name,
            simpleFormFields=dict(fields),
            chunkedFields=[
                {
                    type_name.value: c.content_type,
                    "chunkedData": c.data_base64,
                    "sequence": c.sequence,
                    **({} if c.page_number is None else {"pagePos": c.page_number}),
                }
                for c in chunks
            ],
        )
    )


def build_doc_id(doc_id: str) -> bytes:
    """Build the body of the request for the download URL of a document's original version."""
    return strict_json.write({"docId": doc_id})


def build_flow_id(flow_id: str) -> bytes:
    """Build the request body shared by the ``execute``, ``revoke``, ``download`` and ``docdetail`` calls."""
    return strict_json.write({"flowId": flow_id})


def _filled(**values: object) -> dict[str, object]:
    """Return the values that are not empty (docs/platform-answers.md#sent-values)."""
    return {key: value for key, value in values.items() if value not in (None, "", {}, [])}


# Responses


def parse_upload_slot(answer: RawAnswer) -> UploadSlot:
    """Return the upload URL and the file key in a response."""

    def read(data: Mapping[str, Any]) -> UploadSlot:
        return UploadSlot(identifier(data, "fileKey"), web_address(data, "uploadUrl"))

    return _from_object(answer, read)


def parse_account_id(answer: RawAnswer) -> str:
    """Return the id of the account in a response."""
    return _from_object(answer, lambda data: identifier(data, "accountId"))


def parse_found_account(answer: RawAnswer) -> str | None:
    """Return the id of the account that was found by its ``thirdId``, or None if the platform found none.

    The platform documents no error codes for this call, so any ``errCode`` means "not found". With an HTTP status of
    300 or more, Refused is raised.
    """
    try:
        return parse_account_id(answer)
    except Refused as refusal:
        if refusal.status >= 300:
            raise
        return None


def parse_template_id(answer: RawAnswer) -> str:
    """Return the id of the template in a response."""
    return _from_object(answer, lambda data: identifier(data, "templateId"))


def parse_doc_id(answer: RawAnswer) -> str:
    """Return the id of the document in a response."""
    return _from_object(answer, lambda data: identifier(data, "docId"))


def parse_from_template(answer: RawAnswer) -> tuple[str, str]:
    """Return the id and the download URL of the document made from a template. The URL is valid for 1 hour."""
    return _from_object(answer, lambda data: (identifier(data, "docId"), web_address(data, "docUrl")))


def parse_document_url(answer: RawAnswer) -> str:
    """Return the download URL of a document's original version. The URL is valid for 30 minutes."""
    return _from_object(answer, lambda data: web_address(data, "docUrl"))


def parse_started(answer: RawAnswer) -> StartedFlow:
    """Return the flow that was started, without links that cannot be used.

    Such links do not make the response invalid, because the platform returns the flow's id only once.
    """

    def read(data: Mapping[str, Any]) -> StartedFlow:
        flow_id = FlowId(identifier(data, "flowId"))
        entries = data.get("signUrlList")
        links = [_link(entry) for entry in entries] if isinstance(entries, list) else []
        return StartedFlow(flow_id, tuple(link for link in links if link is not None))

    return _from_object(answer, read)


def parse_done(answer: RawAnswer) -> None:
    """Check a response that contains nothing but an ``errCode``. Raises Refused if the ``errCode`` is not 0."""
    checked(answer, lambda _data: None)


def parse_signed_documents(answer: RawAnswer) -> tuple[SignedDocument, ...]:
    """Return the download URLs of the files that have been signed so far. The URLs are valid for 30 minutes."""

    def read(data: object) -> tuple[SignedDocument, ...]:
        entries = [as_object(entry, "data[]") for entry in as_list(data, "data")]
        return tuple(SignedDocument(identifier(entry, "docId"), web_address(entry, "docUrl")) for entry in entries)

    return checked(answer, read)


def parse_detail(answer: RawAnswer, flow_id: str) -> FlowDetail:
    """Return the status of a flow. Raises OutcomeUnknown ``api.protocol`` if the response is about another flow."""

    def read(data: Mapping[str, Any]) -> FlowDetail:
        if identifier(data, "flowId") != flow_id:
            raise Malformed("flowId differs from the requested one")
        code = as_integer(data.get("flowStatus"), "flowStatus")
        documents = [as_object(entry, "signInfo[]") for entry in as_list(data.get("signInfo"), "signInfo")]
        return FlowDetail(
            flow_id=FlowId(flow_id),
            status=FlowStatus.of(code),
            code=code,
            documents=tuple(_document(document) for document in documents),
            business_scene=text(data, "businessScene"),
            initiator_account_id=text(data, "initiatorAccountId"),
            deadline_ms=time_ms(data, "signValidity"),
            started_at_ms=time_ms(data, "startTime"),
            ended_at_ms=time_ms(data, "endTime"),
        )

    return _from_object(answer, read)


def _link(entry: object) -> SigningLink | None:
    try:
        source = as_object(entry, "signUrlList[]")
        return SigningLink(identifier(source, "accountId"), web_addresses(source.get("signUrl")))
    except Malformed:
        return None


def _document(source: Mapping[str, Any]) -> DocumentProgress:
    signers = [as_object(entry, "signDetail[]") for entry in as_list(source.get("signDetail"), "signDetail")]
    return DocumentProgress(
        identifier(source, "docId"), text(source, "docName"), tuple(_progress(signer) for signer in signers)
    )


def _progress(source: Mapping[str, Any]) -> SignerProgress:
    code = as_integer(source.get("signStatus"), "signStatus")
    # The specification contains this misspelling, which a later version may correct.
    received_key = "recieveTime" if source.get("recieveTime") else "receiveTime"
    return SignerProgress(
        account_id=identifier(source, "accountId"),
        status=SignStatus.of(code),
        code=code,
        organization_account_id=text(source, "authorizationOrgId"),
        received_at_ms=time_ms(source, received_key),
        signed_at_ms=time_ms(source, "signTime"),
        remark=text(source, "signExplain"),
    )


def _from_object(answer: RawAnswer, read: Callable[[Mapping[str, Any]], T]) -> T:
    return checked(answer, lambda data: read(as_object(data, "data")))


def checked(answer: RawAnswer, read: Callable[[object], T]) -> T:
    """Return the result of ``read`` for the data of a response, after checking the envelope ``{errCode, msg, data}``.

    Raises Refused if the ``errCode`` is not 0, or OutcomeUnknown ``api.protocol`` if the response is malformed.
    """
    try:
        return read(_data(answer))
    except Malformed as error:
        detail = str(error)
    raise OutcomeUnknown("api.protocol", detail)


def _data(answer: RawAnswer) -> object:
    envelope = as_object(strict_json.read(answer.body), "the answer")
    err_code = as_integer(envelope.get("errCode"), "errCode")
    if err_code != 0:
        msg = envelope.get("msg")
        raise Refused(err_code, msg if isinstance(msg, str) else "", status=answer.status)
    if not 200 <= answer.status < 300:
        raise Malformed(f"errCode 0 with HTTP {answer.status}")
    return envelope.get("data")
