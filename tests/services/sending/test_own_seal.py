"""The application's own seal that is not silent: it has an address to sign at, which is told once and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.signer import ApplicationSigner, SignerId, SigningTerms
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.flows.progress import links_of
from tests.services.desk import Desk, make_contract, person_signer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform

OWN_SEAL = ApplicationSigner(SignerId("own"), "平台", SigningTerms(1, is_silent=False))


@pytest.fixture
def desk(platform: SandboxPlatform, tmp_path: Path) -> Iterator[Desk]:
    one = Desk(tmp_path / "desk", platform.environment)
    yield one
    one.close()


@pytest.mark.parametrize("is_alone", [True, False], ids=["alone", "beside a person"])
def test_an_own_seal_that_is_not_silent_is_signed_at_its_address(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, is_alone: bool
) -> None:
    signers = (OWN_SEAL,) if is_alone else (OWN_SEAL, person_signer("张示例"))
    draft = make_contract(tmp_path / "files", signers=signers)

    outcome = desk.submission.send(draft, desk.environment)

    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    assert set(outcome.links) == {signer.id for signer in signers}
    assert outcome.flow_id is not None
    record = desk.flows.get(outcome.flow_id)
    for signer in record.signers:
        (link,) = links_of(record, signer)
        platform.sign(link)
    assert desk.flows.refresh(outcome.flow_id).status is FlowStatus.COMPLETED
