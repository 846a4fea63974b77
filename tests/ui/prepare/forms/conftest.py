"""A form of the platform's on the desk, with a page of fields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.services.editing.session import EditName
from tests.drafts import make_person, make_person_signer
from tests.services.template_files import write_form

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.prepare.conftest import RoomDesk

NAMES = ("borrower", "number", "amount", "words", "date", "unit", "agreed", "purpose")


def place(index: int) -> PageRect:
    """Where ``write_form`` puts a field."""
    return PageRect(60.0, 842.0 - 124 - 40 * index, 400.0, 842.0 - 100 - 40 * index)


WANTED = (
    WantedField("borrower", label="借款人", page_number=1, rect=place(0)),
    WantedField("number", label="身份证号码", kind=AnswerKind.ID_NUMBER, page_number=1, rect=place(1)),
    WantedField("amount", label="借款金额", kind=AnswerKind.AMOUNT, page_number=1, rect=place(2)),
    WantedField("words", label="借款金额（大写）", kind=AnswerKind.AMOUNT_IN_WORDS, page_number=1, rect=place(3)),
    WantedField("date", label="签订日期", kind=AnswerKind.DATE, page_number=1, rect=place(4)),
    WantedField(
        "unit", label="还款方式", kind=AnswerKind.CHOICE, choices=("按月", "到期一次"), page_number=1, rect=place(5)
    ),
    WantedField("agreed", is_required=False, label="同意条款", kind=AnswerKind.CHECK, page_number=1, rect=place(6)),
    WantedField("purpose", is_required=False, label="用途", page_number=1, rect=place(7)),
)


@pytest.fixture
def form_desk(desk: RoomDesk, tmp_path: Path) -> RoomDesk:
    desk.open(write_form(tmp_path / "借款合同.pdf", NAMES))
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.documents[0].sha256))
    (document,) = desk.session.draft.documents
    form = replace(document, template=TemplateFilling("template", (), WANTED))
    signer = replace(make_person_signer(), person=make_person(id_number="110101199003078515", mobile="13800000000"))
    desk.session.apply(EditName.USE_PRESET, lambda draft: replace(draft, documents=(form,), signers=(signer,)))
    return desk
