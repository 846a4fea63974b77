"""What a policy requires of a second person is judged by the services that send, not by the window that asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.policy import Policy
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.sending.approvals import Approvals, digest_of
from tests.raised import raises_code
from tests.services.desk import Desk, make_contract

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform

NEEDED = Policy(needs_second_person=True)


@pytest.fixture
def binding(tmp_path: Path, platform: SandboxPlatform) -> Iterator[Desk]:
    """A desk whose contracts have legal effect, at a platform of its own."""
    desk = Desk(tmp_path / "desk", replace(platform.environment, kind=EnvironmentKind.OWN))
    yield desk
    desk.close()


def test_a_contract_that_nobody_approved_is_not_sent(binding: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    approvals = Approvals(NEEDED)
    service = binding.make_submission(binding.stores, approvals=approvals)
    draft = make_contract(tmp_path / "files")
    before = platform.requests("/sign/start")
    with raises_code(InputError, "second_person.missing"):
        service.queue(draft, binding.environment)
    assert binding.stores.journal.list() == ()
    # What was changed after the approval was not approved.
    other = replace(draft, options=replace(draft.options, business_scene="another title"))
    elsewhere = replace(binding.environment, kind=EnvironmentKind.PRODUCTION)
    approvals.add([digest_of(other, binding.environment), digest_of(draft, elsewhere)])
    with raises_code(InputError, "second_person.missing"):
        service.queue(draft, binding.environment)
    assert platform.requests("/sign/start") == before

    approvals.add([digest_of(draft, binding.environment)])
    outcome = service.run(service.queue(draft, binding.environment))

    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    # The approval is used up.
    with raises_code(InputError, "second_person.missing"):
        approvals.require([digest_of(draft, binding.environment)])


def test_a_contract_that_could_not_be_queued_keeps_its_approval(binding: Desk, tmp_path: Path) -> None:
    approvals = Approvals(NEEDED)
    service = binding.make_submission(binding.stores, approvals=approvals)
    draft = make_contract(tmp_path / "files")
    approvals.add([digest_of(draft, binding.environment)])
    hidden = (tmp_path / "files").rename(tmp_path / "away")
    with raises_code(InputError, "document.missing"):
        service.queue(draft, binding.environment)
    hidden.rename(tmp_path / "files")
    assert service.run(service.queue(draft, binding.environment)).state is SubmissionState.DONE


def test_a_contract_that_the_platform_refused_can_be_sent_again_with_its_approval(
    binding: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    approvals = Approvals(NEEDED)
    service = binding.make_submission(binding.stores, approvals=approvals)
    draft = make_contract(tmp_path / "files")
    with raises_code(InputError, "second_person.missing"):
        service.send(draft, binding.environment)
    approvals.add([digest_of(draft, binding.environment)])
    platform.set_faults({"path": "/sign/start", "fault": "err_code", "err_code": 1437, "times": 1})
    assert service.run(service.queue(draft, binding.environment)).state is SubmissionState.FAILED
    assert service.send(draft, binding.environment).state is SubmissionState.DONE
    with raises_code(InputError, "second_person.missing"):
        approvals.require([digest_of(draft, binding.environment)])


@pytest.mark.parametrize(("policy", "kind"), [(Policy(), EnvironmentKind.OWN), (NEEDED, EnvironmentKind.SANDBOX)])
def test_elsewhere_nobody_has_to_approve(binding: Desk, tmp_path: Path, policy: Policy, kind: EnvironmentKind) -> None:
    service = binding.make_submission(binding.stores, approvals=Approvals(policy))
    submission_id = service.queue(make_contract(tmp_path / "files"), replace(binding.environment, kind=kind))
    assert service.run(submission_id).state is SubmissionState.DONE
