"""The program's own ids for platform accounts (``thirdId``), which do not reveal document numbers.

Within one installation, the same number always results in the same id. A person's account can therefore be found again
even if the number is not stored.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import Organization, Person, folded_name
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, Signer

if TYPE_CHECKING:
    from esign_desktop.store.tables.settings import Settings

SALT_KEY: Final = "accounts.salt"
_SALT_BYTES: Final = 32
_ITERATIONS: Final = 20_000
"""An id takes a few milliseconds. It has to be slow, because there are few enough ID numbers to try all of them."""
_ID_BYTES: Final = 20


class ThirdIds:
    """The generator of ids. It uses the salt of this installation to derive ids, and it is thread-safe.

    Calls block on the store to read the salt.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def identity_of(self, subject: Person | Organization) -> str:
        """Return the digest of the type and number of a subject's document, or an empty string if there is no number.

        For a person without a known mobile number or email address, this is also the ``thirdId``.
        """
        if isinstance(subject, Person):
            return self.of_person(subject)
        return self._hashed("organization", int(subject.code_type), subject.code.upper())

    def named(self, identity: str, name: str) -> str:
        """Return the digest of an identity together with a name, or an empty string if the identity is empty."""
        return self._hashed(f"named {identity}", 0, folded_name(name)) if identity else ""

    def reached(self, identity: str, mobile: str, email: str) -> str:
        """Return the ``thirdId`` of a person's account with this mobile number and email address.

        ``identity`` is the person's digest. Different values result in a different ``thirdId``.
        """
        return self._hashed(f"reached {identity}", 0, f"{mobile}\0{email}") if mobile or email else identity

    def through(self, identity: str, agent_account_id: str) -> str:
        """Return the ``thirdId`` of an organization's account with this agent.

        ``identity`` is the organization's digest. Different agents result in different ids.
        """
        return self._hashed(f"through {agent_account_id}", 0, identity)

    def of_person(self, person: Person) -> str:
        """Return the ``thirdId`` for the type and number of a person's document.

        The result is an empty string if there is no number.
        """
        return self._hashed("person", int(person.id_type), person.id_number.upper())

    def of_organization(self, organization: Organization, agent: Person) -> str:
        """Return the ``thirdId`` of an organization with this agent.

        The result is empty for an organization without a code. The agent is included because the platform links the
        organization's account to its agent.
        """
        agent_id = agent.third_id or self.of_person(agent)
        return self._hashed(f"organization {agent_id}", int(organization.code_type), organization.code.upper())

    def complete(self, signer: Signer) -> Signer:
        """Return the signer with a ``thirdId`` for each person and organization. Existing values are kept."""
        match signer:
            case PersonSigner(person=person):
                return replace(signer, person=replace(person, third_id=person.third_id or self.of_person(person)))
            case OrganizationSigner(organization=organization, agent=agent):
                agent = replace(agent, third_id=agent.third_id or self.of_person(agent))
                third_id = organization.third_id or self.of_organization(organization, agent)
                return replace(signer, organization=replace(organization, third_id=third_id), agent=agent)
            case _:
                return signer

    def _hashed(self, kind: str, number_type: int, number: str) -> str:
        if not number:
            return ""
        text = f"{kind}\0{number_type}\0{number}".encode("utf-8", "surrogatepass")
        return hashlib.pbkdf2_hmac("sha256", text, self._ready_salt(), _ITERATIONS, _ID_BYTES).hex()

    def _ready_salt(self) -> bytes:
        # The salt is read each time, because a restoration may replace it while the program runs.
        with self._lock:
            kept = self._settings.get(SALT_KEY)
            if kept is None:
                kept = secrets.token_hex(_SALT_BYTES)
                self._settings.set(SALT_KEY, kept)
            return kept.encode()
