"""What a person reads before a contract is sent: where it goes, what it costs, and exactly what is said."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign_desktop.api.payload import preview_body
from esign_desktop.domain.cost import Cost, cost_of
from esign_desktop.domain.draft import ContractDraft
from esign_desktop.domain.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.services.preferences import Preferences


@dataclass(frozen=True, slots=True)
class ContractReview:
    """A contract as it would be sent at ``now_ms``. ``body_json`` is the body of ``/sign/start``, for reading."""

    draft: ContractDraft
    environment: Environment
    cost: Cost
    now_ms: int
    deadline_ms: int | None
    body_json: str = field(repr=False)


class ReviewService:
    """Puts together what the review shows. Blocks for the store."""

    def __init__(
        self, environments: EnvironmentService, preferences: Preferences, *, clock_ms: Callable[[], int]
    ) -> None:
        self._environments = environments
        self._preferences = preferences
        self._clock_ms = clock_ms

    def review(self, draft: ContractDraft) -> ContractReview:
        """Look at a draft as it would go to the chosen environment now. Raises StoreError."""
        environment = self._environments.current()
        now_ms = self._clock_ms()
        return ContractReview(
            draft=draft,
            environment=environment,
            cost=cost_of(draft, self._preferences.tier),
            now_ms=now_ms,
            deadline_ms=draft.options.deadline_ms(now_ms),
            body_json=preview(draft, environment, now_ms),
        )


def preview(draft: ContractDraft, environment: Environment, now_ms: int) -> str:
    """Return the body of ``/sign/start``, indented; ids that the platform has yet to give are named."""
    return json.dumps(preview_body(draft, environment.seal_anchor, now_ms), ensure_ascii=False, indent=2)
