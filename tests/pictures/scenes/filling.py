"""Prepare: a form of the platform's, what it is filled with, and the tables behind it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from esign_desktop.app.self_test import driver
from esign_desktop.domain.contract.form_values import fill_form, follow_signer
from esign_desktop.domain.document import FieldSource, SignerDatum, TemplateFilling
from esign_desktop.domain.templates import Template
from esign_desktop.services.editing.session import EditName
from esign_desktop.services.templates.making import home_of
from esign_desktop.ui.prepare.documents.added_pdfs import CopyStage
from esign_desktop.ui.prepare.documents.from_template import TemplateList
from tests.pictures import papers
from tests.pictures.contracts import add_parties, open_contract
from tests.pictures.office import Office, office
from tests.pictures.popups import close_popups, popups

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from tests.pictures.studio import Studio

_VALUES = (
    ("borrower", "林小满"),
    ("number", "33010019900101001X"),
    ("amount", "120,000"),
    ("words", "壹拾贰万元整"),
    ("date", "2026年03月09日"),
    ("purpose", "购买农用机械设备及配套种子化肥，用于春季农业生产经营周转资金需要，详见附表所列之明细清单与报价单"),
)
_GOODS = ("品名\t规格\t数量\t单价（元）\n") + "".join(
    f"{name}\t{size}\t{count}\t{price}\n"
    for name, size, count, price in (
        ("拖拉机", "50 马力", "1", "68,000.00"),
        ("播种机", "6 行", "2", "9,500.00"),
        ("玉米种子", "25 kg/袋", "40", "280.00"),
        ("复合肥", "50 kg/袋", "120", "165.00"),
    )
)


def play(studio: Studio) -> None:
    """From the list of templates to a form that is filled, with a table behind it."""
    with office(studio, "filling") as here:
        _choosing(studio, here)
        document_id = _open_form(here)
        window, room, session = here.window, here.workspace.prepare, here.workspace.session
        studio.take("fill-empty", window, settle=here.pages_are_drawn)
        add_parties(here)
        for value in _VALUES:
            session.apply(EditName.FILL_FORM, partial(_filled, document_id, value))
        source = FieldSource("borrower", session.draft.signers[0].id, SignerDatum.NAME)
        session.apply(EditName.FILL_FORM, lambda draft: follow_signer(draft, document_id, source))
        studio.take("fill-values", window, settle=here.pages_are_drawn)
        card = room.documents.card(document_id)
        assert card is not None
        number = card.form.edits["number"]
        assert isinstance(number, QLineEdit)
        number.setFocus()
        session.apply(EditName.FILL_FORM, lambda draft: fill_form(draft, document_id, "number", "330100199001010011"))
        studio.take("fill-wrong", window, settle=here.pages_are_drawn)
        session.undo()
        card.form.rows["borrower"].menu_button.click()
        studio.take("fill-menu", window, above=popups(), settle=here.pages_are_drawn)
        close_popups()
        room.blocks.open(document_id)
        studio.take("fill-table-empty", window, settle=here.pages_are_drawn)
        QGuiApplication.clipboard().setText(_GOODS)
        room.blocks.grid.paste()
        studio.take("fill-table", window, settle=here.pages_are_drawn)
        _add_pages(studio, here)


def _add_pages(studio: Studio, here: Office) -> None:
    blocks = here.workspace.prepare.blocks
    blocks.add_pdf.setFocus()
    blocks.add_file(papers.annex(here.folder / "农机设备报价单与通用条款.pdf", title="通用条款", pages=12))
    driver.wait_until("the file is open", lambda: blocks.copying.stage is CopyStage.CHOOSING)
    blocks.chooser.pages.setText("1-2,12")
    studio.take("fill-pages-choose", here.window, settle=here.pages_are_drawn)
    blocks.chooser.add.click()
    driver.wait_until("the pages are added", lambda: blocks.copying.stage is CopyStage.IDLE)
    studio.take("fill-pages", here.window, settle=here.pages_are_drawn)


def _filled(document_id: DocumentId, value: tuple[str, str], draft: ContractDraft) -> ContractDraft:
    return fill_form(draft, document_id, *value)


def _choosing(studio: Studio, here: Office) -> None:
    room, home = here.workspace.prepare, home_of(here.services.environments.current())
    room.forms.found.emit(())
    studio.take("fill-no-template", here.window, above=popups())
    close_popups()
    fields = papers.FORM_FIELDS
    names = ("个人借款合同", "借据", "房屋租赁合同")
    templates = tuple(Template(f"t{n}", home, name, "0" * 64, fields=fields[: 6 - n]) for n, name in enumerate(names))
    room.forms.found.emit((*templates, Template("t9", home, "授权委托书")))
    studio.take("fill-choose", here.window, above=popups())
    for one in room.findChildren(TemplateList):
        one.close()


def _open_form(here: Office) -> DocumentId:
    (document,) = open_contract(here, papers.loan_form(here.folder / "个人借款合同.pdf"))
    form = replace(document, template=TemplateFilling("template", (), papers.WANTED))
    here.workspace.session.apply(EditName.USE_PRESET, lambda draft: replace(draft, documents=(form,)))
    return document.id
