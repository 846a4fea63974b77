"""The program in its window, with a platform that answers, as tests of several rooms use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.services.desk import make_contract, person_signer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.flow import FlowRecord
    from tests.app.conftest import Start

WAIT_MS = 20_000


class RunningWindow:
    """``folder`` takes the documents that are sent and the files that are fetched."""

    def __init__(self, start: Start, folder: Path, qtbot: QtBot) -> None:
        self.program = start(with_sandbox=True)
        workspace = self.program.workspace
        assert workspace is not None
        self.workspace = workspace
        self.folder = folder
        self.qtbot = qtbot
        environment = workspace.environment
        self.wait(lambda: environment.state is not None and environment.state.is_ready)

    def send(self, *names: str) -> FlowRecord:
        """Send a contract with these signers, one after the other."""
        services = self.workspace.services
        signers = tuple(person_signer(name, step=step) for step, name in enumerate(names, 1))
        draft = make_contract(self.folder / "papers" / "和".join(names), signers=signers)
        submission_id = services.submission.queue(draft, services.environments.current())
        outcome = services.submission.run(submission_id)
        assert outcome.error is None
        assert outcome.flow_id is not None
        return services.flows.get(outcome.flow_id)

    def wait(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=WAIT_MS)
