"""Parse the body of /sign/start into a flow, and refuse everything that the specification does not allow (4.9.1).

``docPosList`` determines the positions of a signer's seals (docs/platform-answers.md#seals).
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from uuid import uuid4

from esign_desktop.sandbox.refusal import ErrCode, Refusal
from esign_desktop.sandbox.state import Flow, FlowDocument, FlowSigner, FlowStatus, SealPlace, SigningOfDocument

if TYPE_CHECKING:
    from esign_desktop.sandbox.accounts import Accounts
    from esign_desktop.sandbox.documents import Documents
    from esign_desktop.sandbox.fields import Fields


KEYWORD: Final = 1
COORDINATE: Final = 2
CROSS_PAGE: Final = 3

MAX_WIDTH_PT: Final = 5000.0
_PAGES: Final = re.compile(r"\d{1,9}(-\d{1,9})?(,\d{1,9}(-\d{1,9})?)*")


def read_positions(signer: Fields, page_counts: dict[str, int]) -> list[SigningOfDocument]:
    """Return the documents that a signer has to sign, with the positions of the signer's seals.

    ``page_counts`` maps the ids of the flow's documents to their page counts. If docPosList is absent, the signer signs
    all documents and chooses the positions. Several entries may refer to the same document. Raises Refusal if an entry
    is invalid.
    """
    entries = signer.objects("docPosList")
    if not entries:
        return [SigningOfDocument(document_id) for document_id in page_counts]
    signings: dict[str, SigningOfDocument] = {}
    for entry in entries:
        document_id = entry.text("docId")
        if document_id not in page_counts:
            raise entry.wrong("docId", "不在 docList 中 / is not in docList", ErrCode.POSITION)
        signing = signings.setdefault(document_id, SigningOfDocument(document_id))
        signing.places += _read_places(entry, page_counts[document_id])
    return list(signings.values())


def _read_places(entry: Fields, page_count: int) -> list[SealPlace]:
    has_qr_mark = entry.choice("qrcodeSign", (0, 1), 0) == 1
    beans = entry.objects("posBeanList")
    if not beans:
        if entry.has("signType") and entry.choice("signType", (1, 2, 3)) != COORDINATE:
            raise entry.wrong("posBeanList", "不能为空 / is required with this signType", ErrCode.POSITION)
        return []
    match entry.choice("signType", (1, 2, 3)):
        case 1:
            places = [_keyword(bean) for bean in beans]
        case 2:
            places = [_coordinate(bean, page_count) for bean in beans]
        case _:
            places = [_cross_page(bean, page_count) for bean in beans]
    for place in places:
        # The QR code has no effect on cross-page seals and on seals on several pages.
        place.has_qr_mark = has_qr_mark and place.kind != "cross_page" and len(place.page_numbers) <= 1
    return places


def _keyword(bean: Fields) -> SealPlace:
    keyword = bean.optional_text("key")
    if keyword is None:
        raise bean.wrong("key", "关键字定位时不可为空 / is required with signType 1", ErrCode.POSITION)
    return SealPlace(
        "keyword",
        x_pt=bean.optional_number("posX") or 0.0,
        y_pt=bean.optional_number("posY") or 0.0,
        keyword=keyword,
        width_pt=_width(bean),
    )


def _coordinate(bean: Fields, page_count: int) -> SealPlace:
    return SealPlace(
        "coordinate",
        read_pages(bean, page_count),
        _required(bean, "posX"),
        _required(bean, "posY"),
        width_pt=_width(bean),
    )


def _cross_page(bean: Fields, page_count: int) -> SealPlace:
    pages = read_pages(bean, page_count)
    if len(pages) < 2:
        raise bean.wrong("posPage", "骑缝章至少需要两页 / a cross-page seal needs at least 2 pages", ErrCode.POSITION)
    bean.optional_number("posX")
    return SealPlace("cross_page", pages, y_pt=_required(bean, "posY"), width_pt=_width(bean))


def read_pages(bean: Fields, page_count: int) -> list[int]:
    """Return the page numbers in posPage, such as ``"1-3,5"``, without duplicates.

    Raises Refusal if posPage is missing or malformed, or if the document does not have one of these pages.
    """
    text = bean.optional_text("posPage")
    if text is None:
        raise bean.wrong("posPage", "不能为空 / is required", ErrCode.POSITION)
    text = text.replace(" ", "")
    if not text.isascii() or not _PAGES.fullmatch(text):
        raise bean.wrong("posPage", "格式应为 / must look like 1-3,5", ErrCode.POSITION)
    numbers: dict[int, None] = {}
    for part in text.split(","):
        first, _, last = part.partition("-")
        low, high = int(first), int(last or first)
        if low < 1 or high > page_count or low > high:
            raise bean.wrong("posPage", f"页码超出范围 / page outside the document (1-{page_count})", ErrCode.POSITION)
        numbers.update(dict.fromkeys(range(low, high + 1)))
    return list(numbers)


def _required(bean: Fields, name: str) -> float:
    value = bean.optional_number(name)
    if value is None:
        raise bean.wrong(name, "不能为空 / is required", ErrCode.POSITION)
    return value


def _width(bean: Fields) -> float | None:
    width = bean.optional_number("scale")
    if width is not None and not 0 < width <= MAX_WIDTH_PT:
        raise bean.wrong("scale", "必须大于 0 / must be positive", ErrCode.POSITION)
    return width


def keyword_missing(keyword: str) -> Refusal:
    """Return the Refusal for a keyword that the document does not contain."""
    return Refusal(
        ErrCode.KEYWORD_NOT_FOUND, f"文档中找不到关键字 / the document does not contain the keyword {keyword!r}"
    )


_TOKEN_BYTES: Final = 24
# The end of the year 9998. Later dates cannot be formatted.
_LAST_MS: Final = 253_370_764_799_000


def read_start(fields: Fields, accounts: Accounts, documents: Documents, now_ms: int) -> Flow:
    """Parse a request into a flow with the status DRAFT, without storing the flow.

    The positions of seals are not compared with the documents yet. Raises Refusal if the request is invalid.
    """
    initiator = fields.optional_text("initiatorAccountId")
    payer = fields.optional_text("payer")
    for name, account_id in (("initiatorAccountId", initiator), ("payer", payer)):
        if account_id is not None:
            accounts.require(account_id, name)
    flow_documents = _read_documents(fields, documents)
    page_counts = {
        document.document_id: documents.require(document.document_id, "docId").page_count for document in flow_documents
    }
    return Flow(
        id=uuid4().hex,
        business_scene=fields.text("businessScene"),
        initiator_account_id=initiator or accounts.application.id,
        status=FlowStatus.DRAFT,
        created_ms=now_ms,
        documents=flow_documents,
        signers=_read_signers(fields, accounts, page_counts),
        sign_validity_ms=_future(fields, "signValidity", now_ms),
        contract_validity_ms=_future(fields, "contractValidity", now_ms),
        payer_account_id=None if payer == accounts.application.id else payer,
        redirect_url=_read_redirect(fields),
        sign_platforms=fields.number_set("signPlatform", (1, 2, 3)),
        notice_types=fields.number_set("noticeType", (1, 2, 3)),
    )


def starts_at_once(fields: Fields) -> bool:
    """Return whether signing starts immediately. This is the case if autoInitiate is 1 or absent.

    If autoInitiate is 0, the flow waits for /sign/execute.
    """
    return fields.choice("autoInitiate", (0, 1), 1) == 1


def _read_documents(fields: Fields, documents: Documents) -> list[FlowDocument]:
    entries = fields.objects("docList")
    if not entries:
        raise fields.wrong("docList", "不能为空 / is required", ErrCode.FLOW)
    found: dict[str, FlowDocument] = {}
    for entry in entries:
        document_id = entry.text("docId")
        document = documents.require(document_id, "docList.docId")
        if document_id in found:
            raise entry.wrong("docId", "重复 / is listed twice", ErrCode.FLOW)
        found[document_id] = FlowDocument(document_id, entry.optional_text("name") or document.name)
    return list(found.values())


def _read_signers(fields: Fields, accounts: Accounts, page_counts: dict[str, int]) -> list[FlowSigner]:
    recipients = fields.optional_object("recipientList")
    if recipients is None:
        raise fields.wrong("recipientList", "不能为空 / is required", ErrCode.FLOW)
    signers = [_read_signer(entry, accounts, page_counts) for entry in recipients.objects("signerList")]
    application = recipients.optional_object("signerAppAuto")
    if application is not None and not application.is_empty:
        signers.append(_read_application(application, accounts, page_counts))
    if not signers:
        raise fields.wrong("recipientList", "至少有一个角色不为空 / needs at least one role", ErrCode.FLOW)
    return signers


def _read_signer(entry: Fields, accounts: Accounts, page_counts: dict[str, int]) -> FlowSigner:
    account = accounts.require(entry.text("accountId"), "accountId")
    if account.kind != "person":
        raise entry.wrong(
            "accountId",
            "必须是个人账号，企业请用 authorizationOrgId / must be a person; "
            "name an organization in authorizationOrgId",
            ErrCode.FLOW,
        )
    organization_id = entry.optional_text("authorizationOrgId")
    if organization_id is not None:
        organization = accounts.require(organization_id, "authorizationOrgId")
        if organization.kind != "organization":
            raise entry.wrong("authorizationOrgId", "不是企业账号 / is not an organization", ErrCode.FLOW)
        if organization.agent_account_id != account.id:
            raise entry.wrong(
                "authorizationOrgId",
                "签署人不是该企业的经办人 / the signer is not this organization's agent",
                ErrCode.FLOW,
            )
    return _signer(entry, account.id, organization_id, page_counts)


def _read_application(entry: Fields, accounts: Accounts, page_counts: dict[str, int]) -> FlowSigner:
    signer = _signer(entry, accounts.application.id, None, page_counts)
    signer.is_application = True
    return signer


def _signer(entry: Fields, account_id: str, organization_id: str | None, page_counts: dict[str, int]) -> FlowSigner:
    order = entry.optional_integer("signOrder")
    if order is not None and order < 1:
        raise entry.wrong("signOrder", "必须从 1 开始 / must be 1 or more", ErrCode.FLOW)
    signer = FlowSigner(
        account_id=account_id,
        organization_id=organization_id,
        order=order,
        is_silent=entry.choice("autoSign", (0, 1), 0) == 1,
        seal_types=entry.number_set("sealType", (0, 1)),
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        certificate_type=entry.choice("certType", (1, 2, 3, 4, 5), 1),
        documents=read_positions(entry, page_counts),
    )
    if signer.is_silent:
        if signer.seal_types == [0]:
            raise entry.wrong("sealType", "静默签署不能手绘 / silent signing can't use a hand-drawn seal", ErrCode.FLOW)
        if not all(signing.places for signing in signer.documents):
            raise entry.wrong(
                "docPosList", "静默签署必须指定位置 / silent signing needs a place in every document", ErrCode.POSITION
            )
    return signer


def _future(fields: Fields, name: str, now_ms: int) -> int | None:
    value = fields.optional_integer(name)
    if value is not None and value <= now_ms:
        raise fields.wrong(name, "已过期 / is in the past", ErrCode.FLOW)
    if value is not None and value > _LAST_MS:
        raise fields.wrong(name, "太晚 / is too far in the future", ErrCode.FLOW)
    return value


def _read_redirect(fields: Fields) -> str | None:
    url = fields.optional_text("redirectUrl")
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        is_web = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or any(ord(character) <= 32 for character in url) or "\\" in url:
        raise fields.wrong("redirectUrl", "必须是 http(s) 地址 / must be an http(s) address")
    return url


def unknown_flow() -> Refusal:
    """Return the Refusal for an unknown flowId."""
    return Refusal(ErrCode.UNKNOWN_ID, "flowId 不存在 / flowId is unknown")
