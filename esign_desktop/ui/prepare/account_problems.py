"""The background check that finds problems with the signers' accounts while the contract is prepared."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.contract.problems import SignerSubject
from esign_desktop.services.sending.readiness import ReadinessService
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.contract.problems import Problem
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
    from esign_desktop.ui.tasks import TaskRunner


class AccountProblems(QObject):
    """Checks the signers' accounts in the background with stored data, without a request to the platform.

    The check runs at creation, and again whenever the signers or the replaced contract change. ``changed`` is emitted
    after each check whose signers are still those of the contract. A check that fails is ignored.
    """

    changed = Signal()

    def __init__(
        self,
        session: ContractSession,
        at_rest: DebouncedChanges,
        services: Services,
        tasks: TaskRunner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._services = services
        self._readiness = ReadinessService(services.accounts, services.documents)
        self._tasks = tasks
        self._signers: tuple[Signer, ...] = ()
        self._problems: tuple[Problem, ...] = ()
        at_rest.changed.connect(self._on_at_rest_changed)
        self._read()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems that the last check found, without those of signers who have changed or been removed since."""
        known = set(self._signers)
        current = {signer.id for signer in self._session.draft.signers if signer in known}
        return tuple(
            problem
            for problem in self._problems
            if isinstance(problem.subject, SignerSubject) and problem.subject.signer_id in current
        )

    def _read(self) -> None:
        draft = self._session.draft
        if not draft.signers:
            return
        self._tasks.start(
            partial(self._find, draft),
            owner=self,
            on_done=partial(self._on_found, draft.signers),
            on_error=_ignore,
            lane=Lane.STORE,
        )

    def _find(self, draft: ContractDraft) -> tuple[Problem, ...]:
        environments = self._services.environments
        if draft.replaces is None:
            return self._readiness.stored_problems(draft, environments.current())
        # A correction is sent in the environment of the contract that it replaces.
        replaced = self._services.flows.get(draft.replaces)
        environment = replace(environments.get(replaced.environment), project_id=replaced.project_id)
        return self._readiness.stored_problems(draft, environment)

    def _on_at_rest_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        if (before.signers, before.replaces) != (after.signers, after.replaces):
            self._read()

    def _on_found(self, signers: tuple[Signer, ...], problems: tuple[Problem, ...]) -> None:
        if self._session.draft.signers == signers:
            self._signers, self._problems = signers, problems
            self.changed.emit()


def _ignore(_error: AppError) -> None:
    """Ignore the error. The review repeats the checks and reports those that fail."""
