"""The review of a contract before it is sent: its environment, its cost, and the exact request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.contract.problems import OptionsSubject, Problem, Severity
from esign_desktop.domain.cost import Cost, cost_of
from esign_desktop.domain.environment import Environment
from esign_desktop.domain.flow import FlowRecord
from esign_desktop.domain.options import AccountParty
from esign_desktop.domain.signer import SignerId
from esign_desktop.services.people.accounts import Reach
from esign_desktop.services.people.identity import identity_problems
from esign_desktop.services.presets.form_values import value_problems
from esign_desktop.store.clock import system_clock_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.doubts.doubt import Doubt
    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.services.flows.quota import QuotaService
    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.services.people.accounts import AccountService
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.services.sending.doubts import DoubtService
    from esign_desktop.services.sending.submission import SubmissionService


@dataclass(frozen=True, slots=True)
class ContractReview:
    """A contract as it would be sent at ``now_ms``, in epoch milliseconds.

    ``body_json`` is the body of ``/sign/start``, for display. ``problems`` are the problems that ``checks`` does not
    find: problems with signers' ID numbers and addresses, with form values, and with the contract plan.
    """

    draft: ContractDraft
    environment: Environment
    cost: Cost
    now_ms: int
    deadline_ms: int | None
    problems: tuple[Problem, ...] = ()
    body_json: str = field(default="", repr=False)
    reaches: Mapping[SignerId, Reach] = field(default_factory=dict, repr=False)
    """The mobile numbers and email addresses of signers who already have an account."""
    replaced: FlowRecord | None = None
    """The contract that this one corrects. It is revoked first, unless it has ended."""
    is_for_later: bool = False
    """Whether the contract is only prepared on the platform, which the user chooses during the review."""


class ReviewService:
    """The service that creates reviews. Calls block on the store."""

    def __init__(
        self,
        environments: EnvironmentService,
        preferences: Preferences,
        submission: SubmissionService,
        flows: FlowService | None = None,
        accounts: AccountService | None = None,
        *,
        quota: QuotaService | None = None,
        doubts: DoubtService | None = None,
        clock_ms: Callable[[], int] = system_clock_ms,
    ) -> None:
        self._environments = environments
        self._preferences = preferences
        self._submission = submission
        self._flows = flows
        self._accounts = accounts
        self._quota = quota
        self._doubts = doubts
        self._clock_ms = clock_ms

    def review(self, draft: ContractDraft) -> ContractReview:
        """Return the review of a draft for the environment to which it will be sent. Raises StoreError.

        The environment is the current one or, for a correction, that of the contract to be replaced.
        """
        replaced = self._replaced(draft)
        environment = self._environment_of(replaced)
        now_ms = self._clock_ms()
        return ContractReview(
            draft=draft,
            environment=environment,
            cost=cost_of(draft, self._preferences.tier),
            now_ms=now_ms,
            deadline_ms=draft.options.deadline_ms(now_ms),
            problems=(
                *(*identity_problems(draft), *value_problems(draft), *self._package_problems(draft, environment)),
                *self._parties_elsewhere(draft, environment),
            ),
            body_json=self._submission.preview(draft, environment),
            reaches={} if self._accounts is None else self._accounts.reaches(environment, draft),
            replaced=replaced,
        )

    def doubts(self, draft: ContractDraft) -> tuple[Doubt, ...]:
        """Return the doubts about a draft raised by its pages and earlier contracts. This is slower than ``review``."""
        return () if self._doubts is None else self._doubts.find(draft, self._environment_of(self._replaced(draft)))

    def confirm(self, draft: ContractDraft, doubt: Doubt) -> None:
        """Record in the audit log that the user confirmed a severe doubt."""
        if self._doubts is not None:
            self._doubts.confirm(draft, doubt)

    def _environment_of(self, replaced: FlowRecord | None) -> Environment:
        if replaced is None:
            return self._environments.current()
        return replace(self._environments.get(replaced.environment), project_id=replaced.project_id)

    def _package_problems(self, draft: ContractDraft, environment: Environment) -> tuple[Problem, ...]:
        """Return warnings about the contract plan that the contract uses, or none if another party pays."""
        if self._quota is None or draft.is_paid_elsewhere:
            return ()
        account = self._quota.account(environment.kind)
        count, left = len(draft.documents), account.remaining_count
        found = [Problem(f"package.{warning}", Severity.WARNING) for warning in account.warnings]
        if left and left < count:
            found.insert(0, Problem("package.too_few", Severity.WARNING, params={"left": left, "count": count}))
        return tuple(found)

    def _parties_elsewhere(self, draft: ContractDraft, environment: Environment) -> Iterator[Problem]:
        """Yield a problem for a payer or an initiator whose account is not known in the environment's project."""
        accounts = self._accounts
        for name in ("initiator", "payer"):
            party = getattr(draft.options, name)
            if accounts is None or not isinstance(party, AccountParty):
                continue
            if accounts.record(environment, party.account_id) is None:
                yield Problem(f"options.{name}_elsewhere", Severity.BLOCKING, OptionsSubject(name))

    def _replaced(self, draft: ContractDraft) -> FlowRecord | None:
        if draft.replaces is None or self._flows is None:
            return None
        return self._flows.get(draft.replaces)
