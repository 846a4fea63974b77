"""How well a contract is laid out like the last one on its form, from the proposals that were accepted to the next."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.doubts.spelling import plain
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.domain.placing.proposed_seals import plan_seals
from esign_desktop.domain.signer import OpenSigner, role_of
from tests.pdf.matching.places import occurrences
from tests.pdf.matching.third import write_third
from tests.pdf.matching.unseen import KINDS, Form, fill, twin_of
from tests.services.presets.test_sent_forms import Office, flow, office

if TYPE_CHECKING:
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.geometry import DisplayPoint
    from esign_desktop.services.presets.recognition import Recognition
    from tests.pdf.matching.places import Place

__all__ = ["office"]
SLACK_PT = 3.0


@dataclass(slots=True)
class Counts:
    forms: int = 0
    unrecognised: list[int] = field(default_factory=list)
    noise: int = 0
    seals: int = 0
    placed: int = 0
    told: int = 0
    misplaced: list[object] = field(default_factory=list)
    names: int = 0
    right_names: int = 0
    wrong_names: list[object] = field(default_factory=list)
    twins: int = 0
    unnamed: list[object] = field(default_factory=list)

    def check(self) -> None:
        """Check what is promised."""
        assert len(self.unrecognised) <= 0.03 * self.forms, self
        assert len(self.misplaced) <= 0.01 * self.placed, self
        assert self.placed + self.told == self.seals, self
        assert self.told <= 0.1 * self.seals, self
        assert self.right_names >= 0.95 * self.names, self
        assert len(self.wrong_names) <= 0.01 * self.names + 0.5, self
        assert len(self.unnamed) <= 0.01 * (self.forms + self.twins), self


def _opened(office: Office, name: str, paper: Any) -> Document:
    path = office.folder / f"{name}.pdf"
    paper.save(path)
    return office.services.documents.open(path)


def _taken(office: Office, document: Document) -> ContractDraft:
    """Return a contract with everything that was read in the document."""
    draft = edits.add_documents(ContractDraft.new(), [document])
    proposals = {document.id: office.services.documents.propose(document.id)}
    return plan_seals(draft, proposals, with_across=False).taken(draft)


def _labels(form: Form, role: str, paper: Any) -> list[Place]:
    cells = [cell for row in form.rows[form.foot :] for cell in row.text.split("|") if cell.startswith(role)]
    return [place for cell in cells for place in occurrences(paper, cell)]


def _center(document: Document, seal: CoordinatePlacement) -> DisplayPoint:
    return document.frame(seal.pages.first).to_display(seal.center)


def _count_seals(
    counts: Counts, form: Form, first: tuple[ContractDraft, Any], second: tuple[Document, Any], found: Recognition
) -> None:
    draft, paper = first
    document, new_paper = second
    after = {one.id: one for one in found.preset.placements if isinstance(one, CoordinatePlacement)}
    assert found.sent is not None
    counts.told += found.unplaced_count
    counts.placed += len(after)
    for seal in draft.placements:
        counts.seals += 1
        new = after.get(seal.id)
        if new is None or not isinstance(seal, CoordinatePlacement):
            continue
        role = role_of(draft.signer(seal.signer_id))
        (old_page, old), *_ = _labels(form, role, paper)
        (page, box), *_ = _labels(form, role, new_paper)
        one, two = _center(draft.documents[0], seal), _center(document, new)
        moved = two.x_pt - one.x_pt - (box[0] - old[0]), two.y_pt - one.y_pt - (box[1] - old[1])
        if (seal.pages.first, new.pages.first) != (old_page, page) or max(map(abs, moved)) > SLACK_PT:
            counts.misplaced.append((role, seal.pages.first, new.pages.first, old_page, page, moved))


def _count_names(counts: Counts, found: Recognition, document: Document, names: dict[str, str], office: Office) -> None:
    read = office.services.presets.pages.names_in(found.preset, found.document_ids)
    for signer in found.preset.signers:
        assert isinstance(signer, OpenSigner)
        name = read.get(signer.id, "")
        # A word such as 物业公司 may be a firm's name, so it is not stored.
        wanted = names.get(signer.role, "") if signer.role else name
        counts.names += bool(wanted)
        counts.right_names += bool(wanted) and plain(wanted) == plain(name)
        if plain(name) not in {plain(wanted), ""}:
            counts.wrong_names.append((signer.role, wanted, name))


def measure(office: Office, seed: str, form_count: int) -> Counts:
    """Send each form once, and open it filled in for others, and a near-twin with the first contract's values."""
    counts = Counts()
    for number in range(form_count):
        chance = random.Random(f"{seed} {number}")  # noqa: S311
        form = write_third(chance)
        paper, _ = fill(form, f"{seed} first {number}")
        draft = _taken(office, _opened(office, f"first {number}", paper))
        read = office.services.sent_forms.read(draft)
        assert read is not None
        office.services.sent_forms.keep(read, flow(number + 1, ""))
        new_paper, names = fill(form, f"{seed} second {number}")
        document = _opened(office, f"second {number}", new_paper)
        found = office.services.sent_forms.recognise((document,))
        counts.forms += 1
        if found is None or found.sent is None or found.sent.sent_at_ms != 1_000 * (number + 1):
            counts.unrecognised.append(number)
            continue
        counts.noise += bool(found.changes)
        _count_seals(counts, form, (draft, paper), (document, new_paper), found)
        kept = {role.split("名称")[0]: name for role, name in names.items()}
        _count_names(counts, found, document, kept, office)
        kind = chance.choice(KINDS)
        twin = twin_of(form, kind, chance)
        if twin is not None:
            counts.twins += 1
            paper, _ = fill(twin, f"{seed} first {number}")
            again = office.services.sent_forms.recognise((_opened(office, f"twin {number}", paper),))
            if again is not None and again.sent is not None and not again.changes:
                counts.unnamed.append((number, kind))
        office.services.sent_forms.forget_all()
    return counts


@pytest.mark.slow
def test_contracts_on_forms_of_a_third_hand_are_laid_out_again(office: Office) -> None:
    measure(office, "third hand", 12).check()


@pytest.mark.slow
@pytest.mark.nightly
def test_contracts_on_many_forms_of_a_third_hand_are_laid_out_again(office: Office) -> None:
    measure(office, "many third hands", 60).check()
