"""Create and find the accounts of people and organizations (spec 4.6)."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.sandbox.refusal import ErrCode, Refusal
from esign_desktop.sandbox.state import Account, AccountKind

if TYPE_CHECKING:
    from esign_desktop.sandbox.fields import Fields
    from esign_desktop.sandbox.options import SecondAccount
    from esign_desktop.sandbox.state import State

PERSON_ID_TYPES: Final = frozenset(range(13, 23))
ORGANIZATION_ID_TYPES: Final = frozenset({10, 11, 12})
MAX_THIRD_ID_BYTES: Final = 50
_SALT_BYTES: Final = 16
_SCRYPT_COST: Final = 2**12
"""The cost of scrypt. Each guess takes about 10 ms and 4 MB."""
_MARK: Final = "$"


class Accounts:
    """The API calls that create and find accounts.

    Each ``thirdId`` belongs to one account. A repeated call with the same ``thirdId`` returns the existing account if
    the person or organization is also the same. Otherwise, the call is refused. The specification does not define this
    behavior, but a client that repeats a call because the response was lost must not create a second account.

    If a call for the same person or organization has a different ``thirdId``, ``second_account`` determines the result:
    a second account, the existing account, or a refusal.
    """

    def __init__(self, state: State, project_id: str, *, second_account: SecondAccount = "new") -> None:
        self._state = state
        self._second_account = second_account
        for account in state.accounts:
            if account.identity and not _is_salted(account.identity):
                account.identity = _salted(account.identity)
                state.accounts.put(account.id, account)
        self.application = self._ensure_application(project_id)

    def create_person(self, fields: Fields) -> dict[str, Any]:
        """Handle /account/create/person/private, and return the data of the response: the id of the account."""
        name = fields.text("name")
        id_type = fields.choice("idType", PERSON_ID_TYPES)
        identity = _digest("person", id_type, fields.text("idNo"), name)
        mobile, email = fields.optional_text("mobile") or "", fields.optional_text("email") or ""
        answer = self._create(_third_id(fields), "person", name, identity)
        account = self.require(answer["accountId"], "accountId")
        if not (account.masked_mobile or account.masked_email):
            # No call changes an account.
            account.masked_mobile, account.masked_email = _masked_mobile(mobile), _masked_email(email)
            self._state.accounts.put(account.id, account)
        return answer

    def create_organization(self, fields: Fields) -> dict[str, Any]:
        """Handle /account/create/organize/private, and return the data of the response: the id of the account."""
        name = fields.text("name")
        organ_type = fields.choice("organType", ORGANIZATION_ID_TYPES)
        identity = _digest("organization", organ_type, fields.text("organCode"), name)
        fields.optional_text("legalName")
        fields.optional_text("email")
        if fields.has("legalIdType") or fields.has("legalIdNo"):
            fields.optional_text("legalIdNo")
            fields.choice("legalIdType", PERSON_ID_TYPES)
        agent = self.require(fields.text("agentAccountId"), "agentAccountId")
        if agent.kind != "person":
            raise fields.wrong("agentAccountId", "必须是个人账号 / must be a person's account")
        return self._create(_third_id(fields), "organization", name, identity, agent.id)

    def exchange(self, fields: Fields) -> dict[str, Any]:
        """Handle /account/idexchange, and return the data of the response: the id of the account with this thirdId."""
        account = self._by_third_id(fields.text("thirdId"))
        if account is None:
            raise Refusal(ErrCode.UNKNOWN_ID, "thirdId 不存在 / thirdId is unknown")
        return {"accountId": account.id}

    def require(self, account_id: str, field_name: str) -> Account:
        """Return the account with this id.

        Raises Refusal if the account does not exist. The message then names ``field_name``, the field of the request.
        """
        account = self._state.accounts.get(account_id)
        if account is None:
            raise Refusal(ErrCode.UNKNOWN_ID, f"{field_name} 账号不存在 / account is unknown")
        return account

    def _create(
        self, third_id: str | None, kind: AccountKind, name: str, identity: str, agent_account_id: str | None = None
    ) -> dict[str, Any]:
        existing = self._by_third_id(third_id) if third_id is not None else None
        if existing is None and self._second_account != "new":
            existing = next((account for account in self._state.accounts if _is_same(account.identity, identity)), None)
            if existing is not None and self._second_account == "refused":
                raise Refusal(ErrCode.CONFLICT, "该证件已有账号，不能重复创建 / this identity has an account already")
        if existing is not None:
            if not _is_same(existing.identity, identity):
                raise Refusal(ErrCode.CONFLICT, "thirdId 已被其他账号使用 / thirdId belongs to another account")
            existing.agent_account_id = agent_account_id
            self._state.accounts.put(existing.id, existing)
            return {"accountId": existing.id}
        account = Account(uuid4().hex, kind, name, _salted(identity), third_id, agent_account_id)
        self._state.accounts.put(account.id, account)
        return {"accountId": account.id}

    def _by_third_id(self, third_id: str) -> Account | None:
        return next((account for account in self._state.accounts if account.third_id == third_id), None)

    def _ensure_application(self, project_id: str) -> Account:
        account_id = hashlib.sha256(f"application:{project_id}".encode()).hexdigest()[:32]
        existing = self._state.accounts.get(account_id)
        if existing is not None:
            return existing
        account = Account(account_id, "organization", "演练应用（无法律效力）", "")
        self._state.accounts.put(account.id, account)
        return account


def _third_id(fields: Fields) -> str | None:
    value = fields.optional_text("thirdId")
    if value is not None and len(value.encode("utf-8")) > MAX_THIRD_ID_BYTES:
        raise fields.wrong("thirdId", "最多 50 个字节 / must be at most 50 bytes")
    return value


def _masked_mobile(mobile: str) -> str:
    return f"{mobile[:3]}****{mobile[-4:]}" if mobile else ""


def _masked_email(email: str) -> str:
    name, _at, host = email.partition("@")
    return f"{name[:1]}***@{host}" if email else ""


def _digest(*parts: object) -> str:
    return hashlib.sha256("\x00".join(str(part) for part in parts).encode("utf-8")).hexdigest()


def _salted(digest: str) -> str:
    """Return an identity in its stored form. It uses scrypt, so that guessing an ID number is expensive."""
    salt = os.urandom(_SALT_BYTES)
    return f"{salt.hex()}{_MARK}{_stretched(digest, salt)}"


def _is_salted(identity: str) -> bool:
    return _MARK in identity


def _is_same(identity: str, digest: str) -> bool:
    salt, _mark, kept = identity.partition(_MARK)
    if not kept:
        return False
    return hmac.compare_digest(kept, _stretched(digest, bytes.fromhex(salt)))


def _stretched(digest: str, salt: bytes) -> str:
    return hashlib.scrypt(digest.encode("ascii"), salt=salt, n=_SCRYPT_COST, r=8, p=1, dklen=32).hex()
