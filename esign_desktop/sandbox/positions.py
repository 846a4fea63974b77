"""Reads docPosList: where each signer's seals go (spec 4.9.1, decisions.md "Places of seals")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from esign_desktop.sandbox.records import SealPlace, SigningOfDocument
from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from esign_desktop.sandbox.fields import Fields

KEYWORD: Final = 1
COORDINATE: Final = 2
CROSS_PAGE: Final = 3

MAX_WIDTH_PT: Final = 5000.0
_PAGES: Final = re.compile(r"\d{1,9}(-\d{1,9})?(,\d{1,9}(-\d{1,9})?)*")


def read_positions(signer: Fields, page_counts: dict[str, int]) -> list[SigningOfDocument]:
    """The documents that one signer signs. ``page_counts`` holds the flow's documents.

    Without docPosList that is every document, at places of the signer's choice. Several entries may name one document.
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
    entry.choice("qrcodeSign", (0, 1), 0)
    beans = entry.objects("posBeanList")
    if not beans:
        if entry.has("signType") and entry.choice("signType", (1, 2, 3)) != COORDINATE:
            raise entry.wrong("posBeanList", "不能为空 / is required with this signType", ErrCode.POSITION)
        return []
    match entry.choice("signType", (1, 2, 3)):
        case 1:
            return [_keyword(bean) for bean in beans]
        case 2:
            return [_coordinate(bean, page_count) for bean in beans]
        case _:
            return [_cross_page(bean, page_count) for bean in beans]


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
        raise bean.wrong(
            "posPage",
            "骑缝章至少需要两页 / a cross-page seal needs at least 2 pages",
            ErrCode.POSITION,
        )
    bean.optional_number("posX")
    return SealPlace("cross_page", pages, y_pt=_required(bean, "posY"), width_pt=_width(bean))


def read_pages(bean: Fields, page_count: int) -> list[int]:
    """The page numbers of posPage such as ``"1-3,5"``, each once; refuses pages that the document does not have."""
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
            raise bean.wrong(
                "posPage",
                f"页码超出范围 / page outside of the document (1-{page_count})",
                ErrCode.POSITION,
            )
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
    """The refusal of a keyword that a document does not hold."""
    return Refusal(
        ErrCode.KEYWORD_NOT_FOUND,
        f"文档中找不到关键字 / the document does not contain the keyword {keyword!r}",
    )
