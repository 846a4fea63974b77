"""The approvals by a second person that a policy requires before contracts with legal effect are sent."""

from __future__ import annotations

import threading
from hashlib import sha256
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.policy import NO_POLICY
from esign_desktop.store.codec import draft_to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.policy import Policy


class Approvals:
    """The contracts that a second person has approved in this run of the program and that have not been sent yet.

    A contract is identified by a digest of its content, so an approval does not apply to a contract that was changed
    afterwards. The object is thread-safe.
    """

    def __init__(self, policy: Policy = NO_POLICY) -> None:
        self._policy = policy
        self._lock = threading.Lock()
        self._approved: set[str] = set()

    def are_needed(self, environment: Environment) -> bool:
        """Return whether contracts in this environment need an approval."""
        return self._policy.needs_second_person and environment.is_binding

    def add(self, digests: Iterable[str]) -> None:
        """Record that a second person has approved the contracts with these digests."""
        with self._lock:
            self._approved.update(digests)

    def require(self, digests: Iterable[str]) -> None:
        """Raise InputError ``second_person.missing`` if any of the contracts has no approval."""
        with self._lock:
            is_approved = self._approved.issuperset(digests)
        if not is_approved:
            raise InputError("second_person.missing")

    def use(self, digests: Iterable[str]) -> None:
        """Remove the approvals of contracts that have been sent. Sending them again needs another approval."""
        with self._lock:
            self._approved.difference_update(digests)


def digest_of(draft: ContractDraft, environment: Environment) -> str:
    """Return the digest under which a contract is approved for an environment."""
    return digest_in(environment, draft_to_json(draft))


def digest_in(environment: Environment, content: str) -> str:
    """Return the hexadecimal SHA-256 digest of a content that is sent in an environment."""
    place = f"{environment.kind} {environment.project_id} {environment.base_url}"
    return sha256(f"{place}\n{content}".encode("utf-8", "surrogatepass")).hexdigest()
