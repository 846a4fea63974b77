"""PDFs with something about them, made by code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pymupdf

from esign_desktop.domain.document import WantedField
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.domain.templates import TemplateField

if TYPE_CHECKING:
    from pathlib import Path

_LIBRARY: Any = pymupdf
_A4_PT = (595, 842)
_LINES = (
    "甲乙双方经协商一致，就下列事项订立本附件。",
    "一、交付内容以附件一所列清单为准。",
    "二、本附件与主合同具有同等效力。",
)


def annex(path: Path, *, title: str = "附件一 实施任务书", pages: int = 3, signature: str = "乙方（签字）：") -> Path:
    """Some pages of text, the last with a place to sign."""
    document = _LIBRARY.open()
    for number in range(1, pages + 1):
        page = document.new_page(width=_A4_PT[0], height=_A4_PT[1])
        _write(page, 90, f"{title}（第 {number} 页）", 16)
        for index, line in enumerate(_LINES * 4):
            _write(page, 140 + 28 * index, line, 11)
        if number == pages:
            _write(page, 620, signature, 11)
    document.save(path)
    return path


def odd_pages(path: Path) -> Path:
    """A turned page, a cropped one, and a landscape one."""
    document = _LIBRARY.open(annex(path.with_suffix(".base.pdf"), title="附件二 平面图"))
    document[0].set_rotation(90)
    document[1].set_cropbox(_LIBRARY.Rect(40, 60, 555, 800))
    document.save(path)
    return path


def scan(path: Path) -> Path:
    """Pages that are pictures of pages."""
    base = _LIBRARY.open(annex(path.with_suffix(".base.pdf"), title="附件三 营业执照副本", pages=2))
    document = _LIBRARY.open()
    for page in base:
        image = page.get_pixmap(dpi=100)
        document.new_page(width=_A4_PT[0], height=_A4_PT[1]).insert_image(page.rect, pixmap=image)
    document.save(path)
    return path


def form(path: Path) -> Path:
    """A form with two fields, in a font that is not embedded."""
    document = _LIBRARY.open(annex(path.with_suffix(".base.pdf"), title="附件四 客户信息表", pages=1))
    page = document[0]
    page.insert_text((72, 560), "Customer:", fontname="helv", fontsize=11)
    for index, name in enumerate(("customer", "mobile")):
        widget = _LIBRARY.Widget()
        widget.field_type = _LIBRARY.PDF_WIDGET_TYPE_TEXT
        widget.field_name = name
        widget.rect = _LIBRARY.Rect(140, 545 + 30 * index, 340, 565 + 30 * index)
        page.add_widget(widget)
    document.save(path)
    return path


_ROWS = (
    WantedField("borrower", True, "借款人"),
    WantedField("number", True, "身份证号码", AnswerKind.ID_NUMBER),
    WantedField("amount", True, "借款金额", AnswerKind.AMOUNT),
    WantedField("words", True, "借款金额（大写）", AnswerKind.AMOUNT_IN_WORDS),
    WantedField("date", True, "签订日期", AnswerKind.DATE),
    WantedField("unit", True, "还款方式", AnswerKind.CHOICE, ("按月付息", "到期一次还本付息")),
    WantedField("agreed", False, "已阅读并同意条款", AnswerKind.CHECK),
    WantedField("purpose", False, "借款用途"),
)
_STEP_PT, _FIRST_PT = 40, 170
WANTED = tuple(
    replace(
        one,
        page_number=1,
        rect=PageRect(190, 842 - _FIRST_PT - _STEP_PT * at, 520, 842 - _FIRST_PT - _STEP_PT * at + 24),
    )
    for at, one in enumerate(_ROWS)
)
"""The fields of ``loan_form``, and where they are."""
FORM_FIELDS = tuple(TemplateField(one.name, label=one.label) for one in _ROWS)


def loan_form(path: Path) -> Path:
    """The platform's form of a loan: labels, and a line to be filled in behind each."""
    document = _LIBRARY.open()
    for number in (1, 2):
        page = document.new_page(width=_A4_PT[0], height=_A4_PT[1])
        _write(page, 90, "个人借款合同" if number == 1 else "签署页", 18)
        if number == 2:
            _write(page, 300, "借款人（签字）：", 11)
            continue
        for at, one in enumerate(_ROWS):
            y = _FIRST_PT + _STEP_PT * at
            _write(page, y - 7, one.label, 11)
            page.draw_line((190, y + 1), (520, y + 1), color=(0.5, 0.5, 0.5), width=0.5)
    document.save(path)
    return path


def locked(path: Path, password: str) -> Path:
    """A file that opens with a password only."""
    document = _LIBRARY.open(annex(path.with_suffix(".base.pdf"), title="附件五 保密协议", pages=1))
    document.save(path, encryption=_LIBRARY.PDF_ENCRYPT_AES_256, user_pw=password, owner_pw=password)
    return path


def _write(page: Any, y_pt: float, text: str, size_pt: float) -> None:
    page.insert_text((72, y_pt), text, fontname="china-s", fontsize=size_pt)
