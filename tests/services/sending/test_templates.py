"""A contract of a template counts as a use of it, and one that the platform does not know is told and marked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.domain.templates import Template
from tests.services.desk import Desk, make_contract
from tests.services.template_files import make_template

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft


def known(desk: Desk, template_id: str) -> Template:
    """Put a template on the list, as it was made or added here."""
    home = PresetHome(desk.environment.kind, desk.environment.project_id)
    desk.stores.templates.save(Template(template_id, home, "借款合同"))
    return listed(desk)


def listed(desk: Desk) -> Template:
    (one,) = desk.stores.templates.list()
    return one


def contract(folder: Path, template_id: str, **values: str) -> ContractDraft:
    draft = make_contract(folder)
    filling = TemplateFilling(template_id, tuple(values.items()))
    return replace(draft, documents=(replace(draft.documents[0], template=filling),))


def test_a_contract_of_a_template_counts_as_a_use(desk: Desk, tmp_path: Path) -> None:
    template_id = make_template(desk.client_for(desk.environment), tmp_path / "template.pdf", ("borrower",))
    assert known(desk, template_id).use_count == 0
    outcome = desk.submission.send(contract(tmp_path, template_id, borrower="张三"), desk.environment)
    assert outcome.state is SubmissionState.DONE
    assert (listed(desk).use_count, listed(desk).is_gone) == (1, False)


def test_a_template_that_the_platform_does_not_know_is_told_and_marked(desk: Desk, tmp_path: Path) -> None:
    known(desk, "20180403120233")
    outcome = desk.submission.send(contract(tmp_path, "20180403120233", borrower="张三"), desk.environment)
    assert outcome.error is not None
    assert outcome.error.code == "template.gone"
    assert listed(desk).is_gone


def test_another_refusal_says_nothing_about_the_template(desk: Desk, tmp_path: Path) -> None:
    template_id = make_template(desk.client_for(desk.environment), tmp_path / "template.pdf", ("borrower",))
    known(desk, template_id)
    outcome = desk.submission.send(contract(tmp_path, template_id, nobody="张三"), desk.environment)
    assert outcome.error is not None
    assert outcome.error.code == "api.refused"
    assert (listed(desk).use_count, listed(desk).is_gone) == (0, False)
