"""The program's own ids for platform accounts (``thirdId``), which do not reveal the document number.

Within one installation, the same number always results in the same id. A person is therefore found again even though no
number is stored.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import Organization, Person, folded_name

if TYPE_CHECKING:
    from esign_desktop.store.tables.settings import Settings

SALT_KEY: Final = "accounts.salt"
_SALT_BYTES: Final = 32
_ITERATIONS: Final = 20_000
"""Takes a few milliseconds. There are few enough ID numbers to try them all, so each try has to be slow."""
_ID_BYTES: Final = 20


class ThirdIds:
    """A generator that derives ids with a salt of this installation.

    It blocks on the store once, and is thread-safe.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def identity_of(self, subject: Person | Organization) -> str:
        """Return the digest of a subject's document type and number, or an empty string without a number.

        For a person, it is also the ``thirdId`` used while no mobile number or email address is known.
        """
        if isinstance(subject, Person):
            return self.of_person(subject)
        return self._hashed("organization", int(subject.code_type), subject.code.upper())

    def named(self, identity: str, name: str) -> str:
        """Return the digest of an identity under a name other than the known name."""
        return self._hashed(f"named {identity}", 0, folded_name(name)) if identity else ""

    def reached(self, identity: str, mobile: str, email: str) -> str:
        """Return the ``thirdId`` of a person's account with this mobile number and email address.

        Other values result in another account.
        """
        return self._hashed(f"reached {identity}", 0, f"{mobile}\0{email}") if mobile or email else identity

    def through(self, identity: str, agent_account_id: str) -> str:
        """Return the ``thirdId`` of an organization's account with this agent.

        Another agent results in another account.
        """
        return self._hashed(f"through {agent_account_id}", 0, identity)

    def of_person(self, person: Person) -> str:
        """Return the ``thirdId`` of a person by the type and number of their document, or "" without a number."""
        return self._hashed("person", int(person.id_type), person.id_number.upper())

    def of_organization(self, organization: Organization, agent: Person) -> str:
        """Return the ``thirdId`` of an organization with its agent, or an empty string without a code.

        The agent is included because the platform ties the two together.
        """
        agent_id = agent.third_id or self.of_person(agent)
        return self._hashed(f"organization {agent_id}", int(organization.code_type), organization.code.upper())

    def _hashed(self, kind: str, number_type: int, number: str) -> str:
        if not number:
            return ""
        text = f"{kind}\0{number_type}\0{number}".encode("utf-8", "surrogatepass")
        return hashlib.pbkdf2_hmac("sha256", text, self._ready_salt(), _ITERATIONS, _ID_BYTES).hex()

    def _ready_salt(self) -> bytes:
        # Read each time: a restoring may replace it while the program runs.
        with self._lock:
            kept = self._settings.get(SALT_KEY)
            if kept is None:
                kept = secrets.token_hex(_SALT_BYTES)
                self._settings.set(SALT_KEY, kept)
            return kept.encode()
