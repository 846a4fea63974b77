"""The review on its paper: production, many documents and parties, and what was rehearsed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QScrollArea

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.send import SendPage
from esign_desktop.domain.account import Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.geometry import PagePoint, PageRect
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.domain.signer import PersonSigner, SignerId, SigningTerms
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.send.parties import PartyList
from esign_desktop.ui.send.rehearsal import RehearsalPanel
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.send.stages import TroubleCard
from esign_desktop.ui.widgets.layouts import fit_on_screen
from tests.pictures import papers
from tests.pictures.contracts import COMPANY, CONTRACTOR, WIDTH_PT, open_contract, ready_contract, sample
from tests.pictures.office import Office, office

if TYPE_CHECKING:
    from esign_desktop.domain.signer import Signer
    from tests.pictures.studio import Studio

_NAMES = ("周知夏", "林小满", "许晚晴", "何书宁", "沈清和", "许知远", "欧阳明月", "买买提江·阿不都热依木")
_NUMBERS = ("10204", "10220", "10247", "10263", "1028X", "10300", "10327", "10343")
"""How the numbers end of people who do not exist."""


def play(studio: Studio) -> None:
    """Review what binds, and what is large."""
    with office(studio, "binding") as here:
        ready_contract(here)
        _use_production(here)
        _rehearse(studio, here, _review(studio, here, "review-production"))
        here.workspace.prepare.uncover()
        fit_on_screen(here.window, 1366, 768)
        driver.rest(100)
        sheet = _review(studio, here, "review-small")
        driver.press(driver.button(sheet, "RequestPreview", "Request details"))
        scroll = driver.the(sheet, QScrollArea)
        studio.take("review-foot", here.window, settle=lambda: scroll.verticalScrollBar().setValue(1 << 20))
    with office(studio, "form") as here:
        _fill_form(here)
        _use_production(here)
        sheet = _review(studio, here, "review-form")
        _rehearse(studio, here, sheet, "rehearsed-form")
        Path(here.workspace.session.draft.documents[0].path).unlink()
        driver.press(driver.button(sheet, "ReviewSheet", "Rehearse first"))
        panel = driver.the(here.workspace.prepare, RehearsalPanel)
        driver.wait_until("it failed", panel.findChildren(TroubleCard)[0].isVisible)
        studio.take("rehearsal-failed", here.window)
    with office(studio, "large") as here:
        _fill(here)
        _review(studio, here, "review-large")


def _use_production(here: Office) -> None:
    environments = here.services.environments

    def choose() -> None:
        production = replace(environments.get(EnvironmentKind.PRODUCTION), project_id="1000000000")
        environments.use_for_session(production, "of nobody")
        environments.choose(EnvironmentKind.PRODUCTION)

    driver.elsewhere(choose)
    here.workspace.environment.reload()
    driver.rest(300)


def _review(studio: Studio, here: Office, name: str) -> ReviewSheet:
    here.workspace.send_controller.begin()
    SendPage(here.window).await_review()
    sheet = driver.the(here.workspace.prepare, ReviewSheet)
    paper = driver.the(sheet, PartyList).paper
    driver.wait_until("the paper is drawn", lambda: paper.is_idle)
    studio.take(name, here.window, settle=lambda: driver.wait_until("the paper is drawn", lambda: paper.is_idle))
    return sheet


def _rehearse(studio: Studio, here: Office, sheet: ReviewSheet, name: str = "rehearsed") -> None:
    driver.press(driver.button(sheet, "ReviewSheet", "Rehearse first"))
    panel = driver.the(here.workspace.prepare, RehearsalPanel)
    driver.wait_until("it is rehearsed", panel.view.isVisible)

    def is_drawn() -> bool:
        return not panel.view.is_settling and panel.view.source.is_idle

    studio.take(name, here.window, settle=lambda: driver.wait_until("the stamped pages are drawn", is_drawn))
    driver.press(driver.button(panel, "RehearsalPanel", "Send for real…"))


def _fill_form(here: Office) -> None:
    """A form with values and a seal, and a party of a long name who places their own."""
    session = here.workspace.session
    (document,) = open_contract(here, papers.form(here.folder / "客户信息表.pdf"))
    wanted = tuple(
        WantedField(name, True, label, page_number=1, rect=PageRect(140, 277 - 30 * row, 340, 297 - 30 * row))
        for row, (name, label) in enumerate({"customer": "客户", "mobile": "手机"}.items())
    )
    values = (("customer", "林小满"), ("mobile", "13800000002"))
    form = replace(document, template=TemplateFilling("template", values, wanted))
    session.apply(EditName.USE_PRESET, lambda draft: replace(draft, documents=(form,)))
    for signer in (COMPANY, replace(CONTRACTOR, person=replace(CONTRACTOR.person, name=_NAMES[-1]))):
        session.apply(EditName.ADD_SIGNER, lambda draft, one=signer: edits.add_signer(draft, one))  # type: ignore[misc]
    seal = CoordinatePlacement(
        *(new_placement_id(), COMPANY.id, form.id, PageRanges.single(1)), PagePoint(400.0, 270.0), WIDTH_PT
    )
    session.apply(EditName.PLACE_SEAL, lambda draft: edits.place(draft, seal))
    driver.rest(300)


def _fill(here: Office) -> None:
    """Ten documents, and nine who sign all of them."""
    session = here.workspace.session
    documents = open_contract(here, *(sample(here.folder / "files", f"附件{number}") for number in range(1, 11)))
    parties: list[Signer] = [COMPANY]
    for name, number in zip(_NAMES, _NUMBERS, strict=True):
        person = Person(name, id_number=f"3301001990010{number}", mobile="13800000002")
        parties.append(PersonSigner(SignerId(name), person, SigningTerms(2)))
    for signer in parties:
        session.apply(EditName.ADD_SIGNER, lambda draft, one=signer: edits.add_signer(draft, one))  # type: ignore[misc]
    seals = tuple(
        CoordinatePlacement(
            *(new_placement_id(), signer.id, document.id, PageRanges.single(1)),
            PagePoint(90.0 + 130 * (index % 4), 140.0 + 160 * (index // 4)),
            90.0,
        )
        for document in documents
        for index, signer in enumerate(parties)
    )
    session.apply(EditName.PLACE_SEAL, lambda draft: replace(draft, placements=seals))
    driver.rest(300)
