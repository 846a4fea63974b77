from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.app.composition import build_services
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.pdf.client.engine import ProcessEngine
from tests.services.desk import Desk, clock_ms, make_contract
from tests.services.sandbox_platform import SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform


def test_real_parts_fit_together(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    engine = ProcessEngine()
    services = build_services(desk.paths, desk.database, engine, clock_ms=clock_ms)
    services.environments.use_for_session(platform.environment, SECRET)
    draft = make_contract(tmp_path / "files")
    services.drafts.save(draft)

    outcome = services.submission.run(services.submission.queue(draft, platform.environment))

    assert outcome.state is SubmissionState.DONE
    assert services.drafts.recover() is None
    assert services.environments.reports_links(platform.environment.kind)
    assert [flow.flow_id for flow in services.flows.list(platform.environment.kind)] == [outcome.flow_id]
    assert [account.name for account in services.accounts.known(platform.environment)] == ["张示例"]
    services.environments.close()
    engine.stop()
