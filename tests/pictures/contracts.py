"""The contract in the pictures: the bundled sample, with parties that do not exist."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from esign_desktop.app.self_test import driver, parties
from esign_desktop.domain.account import Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    PlacementId,
)
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId, SigningTerms
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.tools.state import SEAL_WIDTHS_PT
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from esign_desktop.ui.prepare.room import PrepareRoom
    from tests.pictures.office import Office

COMPANY: Final = OrganizationSigner(SignerId("company"), parties.ORGANIZATION, parties.AGENT)
CONTRACTOR: Final = PersonSigner(SignerId("contractor"), parties.PERSON, SigningTerms(2))
WITNESS: Final = PersonSigner(
    SignerId("witness"), Person("许晚晴", id_number="330100199203030046", mobile="13800000003"), SigningTerms(2)
)
KEYWORD: Final = "乙方（签字）"
COMPANY_SEAL: Final = PlacementId("seal of the company")
CONTRACTOR_SEAL: Final = PlacementId("seal of the contractor")
ACROSS: Final = PlacementId("across")
WIDTH_PT: Final = SEAL_WIDTHS_PT[1]


def sample(folder: Path, name: str = "软件实施服务合同") -> Path:
    """Put the bundled contract into a folder under its own name."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.pdf"
    shutil.copyfile(resource_path("samples", "service-contract.pdf"), path)
    return path


def open_contract(here: Office, *paths: Path) -> tuple[Document, ...]:
    """Open files in Prepare and wait until all is known about them."""
    session, room = here.workspace.session, here.workspace.prepare
    count = len(session.draft.documents) + len(paths)
    here.workspace.open_files(list(paths))
    driver.wait_until(
        "the documents are open",
        lambda: len(session.draft.documents) == count and all(one.sha256 for one in session.draft.documents),
    )
    leave_proposals(here)
    here.pages_are_drawn()
    room.canvas.view.fit_width()
    here.pages_are_drawn()
    return session.draft.documents


def await_proposals(here: Office) -> None:
    """Wait until the documents were looked into."""
    driver.wait_until("the documents are looked into", lambda: not here.workspace.prepare.proposals.is_looking)


def leave_proposals(here: Office) -> None:
    """Have nothing proposed, as pictures of something else want it."""
    await_proposals(here)
    here.workspace.prepare.proposals.leave()


def add_parties(here: Office) -> None:
    """Add the company and the contractor, one after the other."""
    session = here.workspace.session
    for signer in (COMPANY, CONTRACTOR):
        session.apply(EditName.ADD_SIGNER, lambda draft, one=signer: edits.add_signer(draft, one))  # type: ignore[misc]
    driver.rest(100)


def placements(document: Document) -> tuple[Placement, ...]:
    """Return one of each kind."""
    last = document.page_count
    return (
        KeywordPlacement(
            CONTRACTOR_SEAL, CONTRACTOR.id, document.id, KEYWORD, offset_x_pt=70.0, offset_y_pt=-22.0, confirmed_hits=1
        ),
        CoordinatePlacement(
            COMPANY_SEAL, COMPANY.id, document.id, PageRanges.single(last), PagePoint(160.0, 250.0), WIDTH_PT
        ),
        CrossPagePlacement(ACROSS, COMPANY.id, document.id, PageRanges.all_of(last), 520.0, WIDTH_PT),
    )


_EDITS: Final = (EditName.PLACE_KEYWORD, EditName.PLACE_SEAL, EditName.PLACE_CROSS_PAGE)


def place_seals(here: Office) -> None:
    """Place the three kinds of seals."""
    session, room = here.workspace.session, here.workspace.prepare
    for name, placement in zip(_EDITS, placements(session.draft.documents[0]), strict=True):
        session.apply(name, lambda draft, one=placement: edits.place(draft, one))  # type: ignore[misc]
    driver.wait_until("the keyword is found", lambda: not session.unsearched() and _all_found(here))
    driver.wait_until("nothing is left to do", lambda: not room.problems() or session.marks)
    here.pages_are_drawn()


def _all_found(here: Office) -> bool:
    return all(found is not None for found in here.workspace.session.hits.values())


def ready_contract(here: Office) -> PrepareRoom:
    """Put the whole contract on the desk, ready to be sent."""
    open_contract(here, sample(here.folder / "files"))
    add_parties(here)
    place_seals(here)
    return here.workspace.prepare
