"""What a person reads before a contract is sent: where it goes, what it costs, and exactly what is said."""

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

    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.services.flows.quota import QuotaService
    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.services.people.accounts import AccountService
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.services.sending.submission import SubmissionService


@dataclass(frozen=True, slots=True)
class ContractReview:
    """A contract as it would be sent at ``now_ms``. ``body_json`` is the body of ``/sign/start``, for reading.

    ``problems`` are those that ``checks`` does not look at: of the signers' numbers and addresses, of the
    forms' values,
    and of the package that pays.
    """

    draft: ContractDraft
    environment: Environment
    cost: Cost
    now_ms: int
    deadline_ms: int | None
    problems: tuple[Problem, ...] = ()
    body_json: str = field(default="", repr=False)
    reaches: Mapping[SignerId, Reach] = field(default_factory=dict, repr=False)
    """Where those are reached who have an account already."""
    replaced: FlowRecord | None = None
    """The contract that this one corrects; it is ended first, if it has not ended yet."""
    is_for_later: bool = False
    """Whether it is only left in preparation at the platform, as a person wished who saw the rest."""


class ReviewService:
    """Puts together what the review shows. Blocks for the store."""

    def __init__(
        self,
        environments: EnvironmentService,
        preferences: Preferences,
        submission: SubmissionService,
        flows: FlowService | None = None,
        accounts: AccountService | None = None,
        *,
        quota: QuotaService | None = None,
        clock_ms: Callable[[], int] = system_clock_ms,
    ) -> None:
        self._environments = environments
        self._preferences = preferences
        self._submission = submission
        self._flows = flows
        self._accounts = accounts
        self._quota = quota
        self._clock_ms = clock_ms

    def review(self, draft: ContractDraft) -> ContractReview:
        """Look at a draft as it would go to the chosen environment now. Raises StoreError.

        What corrects another contract goes where that one is, whichever environment is chosen.
        """
        replaced = self._replaced(draft)
        if replaced is None:
            environment = self._environments.current()
        else:
            home = self._environments.get(replaced.environment)
            environment = replace(home, project_id=replaced.project_id)
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

    def _package_problems(self, draft: ContractDraft, environment: Environment) -> tuple[Problem, ...]:
        """Return what there is to say of the package that pays; nothing where somebody else does."""
        if self._quota is None or draft.is_paid_elsewhere:
            return ()
        account = self._quota.account(environment.kind)
        count, left = len(draft.documents), account.remaining_count
        found = [Problem(f"package.{warning}", Severity.WARNING) for warning in account.warnings]
        if left and left < count:
            found.insert(0, Problem("package.too_few", Severity.WARNING, params={"left": left, "count": count}))
        return tuple(found)

    def _parties_elsewhere(self, draft: ContractDraft, environment: Environment) -> Iterator[Problem]:
        """Yield who pays or initiates by an account that this environment's project does not have."""
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
