from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.submission import SubmissionState
from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.services.catalogue import Services
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.services.flows.service import FlowService
from esign_desktop.services.people.accounts import AccountService
from esign_desktop.services.preferences import Preferences
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.services.sending.values import SubmissionPlatforms
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.tables.settings import Settings
from tests.services.desk import Desk, clock_ms, make_contract
from tests.services.rehearsal import SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.rehearsal import RehearsalPlatform


def test_real_parts_fit_together(desk: Desk, platform: RehearsalPlatform, tmp_path: Path) -> None:
    engine = ProcessEngine()
    settings = Settings(desk.database)
    environments = EnvironmentService(settings, SecretStore(timeout_s=5.0))
    platforms = SubmissionPlatforms(environments.get, environments.client_for, environments.learn_links_told)
    services = Services(
        documents=DocumentService(engine),
        drafts=DraftService(desk.stores.drafts, clock_ms=clock_ms),
        accounts=AccountService(desk.stores.accounts, client_for=environments.client_for, clock_ms=clock_ms),
        submission=SubmissionService(desk.stores, platforms, clock_ms=clock_ms),
        flows=FlowService(
            desk.stores.flows,
            environment_of=environments.get,
            client_for=environments.client_for,
            clock_ms=clock_ms,
        ),
        environments=environments,
        preferences=Preferences(settings),
    )
    services.environments.use_for_session(platform.environment, SECRET)
    draft = make_contract(tmp_path / "files")
    services.drafts.save(draft)

    outcome = services.submission.run(services.submission.queue(draft, platform.environment))

    assert outcome.state is SubmissionState.DONE
    assert services.drafts.recover() is None
    assert services.environments.are_links_told(platform.environment.kind)
    assert [flow.flow_id for flow in services.flows.list(platform.environment.kind)] == [outcome.flow_id]
    assert [account.name for account in services.accounts.known(platform.environment)] == ["张示例"]
    environments.close()
    engine.stop()
