"""Our own ids for platform accounts, from which the document number cannot be derived.

Within one installation, the same number always gets the same id. A person is therefore found again although no number
is stored.
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
    """Derives ids with a salt of this installation. Blocks on the store once; thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def identity_of(self, subject: Person | Organization) -> str:
        """Return the digest of a subject's document kind and number; empty without a number.

        For a person, it is also the third id used while no mobile or email is known.
        """
        if isinstance(subject, Person):
            return self.of_person(subject)
        return self._hashed("organization", int(subject.code_type), subject.code.upper())

    def named(self, identity: str, name: str) -> str:
        """Return the digest of an identity under a name other than the known one."""
        return self._hashed(f"named {identity}", 0, folded_name(name)) if identity else ""

    def reached(self, identity: str, mobile: str, email: str) -> str:
        """Return the third id of a person's account with this mobile and email; other values give another account."""
        return self._hashed(f"reached {identity}", 0, f"{mobile}\0{email}") if mobile or email else identity

    def through(self, identity: str, agent_account_id: str) -> str:
        """Return the third id of an organization's account with this agent; another agent gives another account."""
        return self._hashed(f"through {agent_account_id}", 0, identity)

    def of_person(self, person: Person) -> str:
        """Return the third id of a person by the kind and number of their document; empty without a number."""
        return self._hashed("person", int(person.id_type), person.id_number.upper())

    def of_organization(self, organization: Organization, agent: Person) -> str:
        """Return the third id of an organization with its agent; empty without a code.

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
