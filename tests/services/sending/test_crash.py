"""A send that is killed at any step goes on, and its signers see one flow and no other."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.added_pages import AddedTable
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.submission import SubmissionState
from tests.services.crashing import Driver, running_driver
from tests.services.desk import Desk, make_contract, organization_signer, person_signer, resume_unfinished
from tests.services.sending.test_submission import AGENT
from tests.services.template_files import make_part, make_template, mupdf
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.contract.draft import ContractDraft
    from tests.services.sandbox_platform import KeptFlow, SandboxPlatform

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@pytest.fixture
def driver(platform: SandboxPlatform) -> Iterator[Driver]:
    with running_driver(platform) as running:
        yield running


def make_draft(folder: Path) -> ContractDraft:
    signers = (person_signer("张示例"), organization_signer("示例公司", AGENT, step=2))
    return make_contract(folder, documents=2, signers=signers)


def make_form(folder: Path, template_id: str) -> ContractDraft:
    """A contract whose first document is made from a template and followed by pages of a file and of a table."""
    draft = make_draft(folder)
    filling = TemplateFilling(template_id, (("amount", "12,000"),), (WantedField("amount"),))
    document = replace(draft.documents[0], path="", template=filling)
    blocks = (make_part(folder, "general terms", "price list"), AddedTable((("apples", "12"),)))
    return set_blocks(replace(draft, documents=(document, *draft.documents[1:])), document.id, blocks)


@pytest.mark.parametrize("stride", daily([9], [9, 1]))
@pytest.mark.parametrize("dies_before", [True, False], ids=["before", "after"])
def test_send_killed_at_any_step_ends_in_exactly_one_visible_flow(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path, dies_before: bool, stride: int
) -> None:
    require_one_flow(driver, platform, tmp_path, make_draft, dies_before=dies_before, stride=stride)


@pytest.mark.parametrize("stride", daily([9], [9, 1]))
@pytest.mark.parametrize("dies_before", [True, False], ids=["before", "after"])
def test_send_with_pages_after_a_form_killed_at_any_step_ends_in_exactly_one_visible_flow(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path, dies_before: bool, stride: int
) -> None:
    desk = Desk(tmp_path / "office", platform.environment)
    template_id = make_template(desk.client_for(desk.environment), tmp_path / "template.pdf", ("amount",))
    desk.close()

    def make(folder: Path) -> ContractDraft:
        return make_form(folder, template_id)

    flow = require_one_flow(driver, platform, tmp_path, make, dies_before=dies_before, stride=stride)
    with mupdf.open(stream=platform.document_bytes(flow.document_ids[0]), filetype="pdf") as pdf:
        assert [page.get_text().strip() for page in pdf][2:] == ["general terms", "price list", "apples\n12"]


def require_one_flow(
    driver: Driver,
    platform: SandboxPlatform,
    tmp_path: Path,
    make: Callable[[Path], ContractDraft],
    *,
    dies_before: bool,
    stride: int,
) -> KeptFlow:
    """Kill a send at each step, resume it, and return the flow of the last one."""
    step, held = 1 - stride, []
    while True:
        step += stride
        root = tmp_path / f"desk {step}"
        draft = make(tmp_path / f"files {step}")
        was_killed = driver.crash(root, draft, step, dies_before=dies_before)
        desk = Desk(root, platform.environment)
        if not was_killed:
            assert [flow.is_visible for flow in platform.flows(draft.title)] == [True]
            desk.close()
            break
        started = platform.requests("/sign/start")
        outcomes = resume_unfinished(desk.submission)
        if not outcomes:
            # Killed after the last step.
            outcomes = (desk.submission.outcome(desk.stores.journal.list()[0].record.id),)
        (waiting,) = desk.submission.unfinished() or (None,)
        if waiting is not None:
            # Nobody knows whether start arrived: a person says so, and no flow has been shown until then.
            assert [flow.is_visible for flow in platform.flows(draft.title)] in ([], [False])
            assert waiting.state is SubmissionState.HELD
            assert platform.requests("/sign/start") == started
            held.append(step)
            outcomes = (desk.submission.run(desk.submission.start_again(waiting.id)),)
        assert [(outcome.state, outcome.error) for outcome in outcomes] == [(SubmissionState.DONE, None)], step
        visible = [flow for flow in platform.flows(draft.title) if flow.is_visible]
        assert [flow.flow_id for flow in visible] == [outcomes[0].flow_id], step
        assert set(outcomes[0].links) == {signer.id for signer in draft.signers}, step
        assert [flow.flow_id for flow in desk.flows.list()] == [outcomes[0].flow_id]
        assert b"110101199003079999" not in desk.all_bytes()
        assert list(desk.paths.snapshots_dir.iterdir()) == []
        desk.close()

    # Of all steps only those around start's own answer need a person.
    assert step > 20
    assert len(held) == 1 if stride == 1 else len(held) <= 1
    return platform.flows(draft.title)[0]


def test_resumed_send_goes_on_from_its_copies_when_the_originals_are_gone(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_draft(tmp_path / "files")
    contents = [Path(document.path).read_bytes() for document in draft.documents]
    assert driver.crash(tmp_path / "desk", draft, 6, dies_before=False)
    for document in draft.documents:
        Path(document.path).unlink()

    desk = Desk(tmp_path / "desk", platform.environment)
    (outcome,) = resume_unfinished(desk.submission)
    desk.close()

    assert outcome.state is SubmissionState.DONE
    (flow,) = platform.flows(draft.title)
    assert [platform.document_bytes(doc_id) for doc_id in flow.document_ids] == contents
