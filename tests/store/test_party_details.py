"""The key in the keyring, and what only that key opens."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Final

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.override import override
from esign_desktop.store.party_details import KeyringKey, PartyDetails, SealedPartyDetails
from esign_desktop.store.secrets import SecretStore
from tests.store.samples import ACCOUNT

DETAILS: Final = PartyDetails("110101199003078515", "13800000000", "a@example.com")


class Keyring(SecretStore):
    """A keyring that counts how often it is asked, and may not answer."""

    def __init__(self, kept: str | None = None) -> None:
        super().__init__()
        self.kept = kept
        self.asked = 0
        self.is_frozen = False

    @override
    def party_details_key(self) -> str | None:
        self.asked += 1
        if self.is_frozen:
            raise StoreError("keyring.timeout", retryable=True)
        return self.kept

    @override
    def keep_party_details_key(self, key: str) -> None:
        self.kept = key


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, as the key takes it."""
    now_s = [1000.0]
    monkeypatch.setattr("esign_desktop.store.party_details.time.monotonic", lambda: now_s[0])
    return now_s


def test_a_key_is_made_once_and_kept_in_the_keyring() -> None:
    keyring = Keyring()
    first = KeyringKey(keyring)
    key = first()
    assert key is not None
    assert len(key) == 32
    assert keyring.kept is not None
    assert base64.b64decode(keyring.kept) == key
    assert first() == key
    assert keyring.asked == 1
    assert KeyringKey(keyring)() == key
    assert KeyringKey(Keyring())() != key


def test_a_keyring_that_does_not_answer_is_left_alone_for_a_minute(clock: list[float]) -> None:
    keyring = Keyring()
    key = KeyringKey(keyring)
    keyring.is_frozen = True
    assert (key(), key(), keyring.asked) == (None, None, 1)
    clock[0] += 60.0
    assert (key(), keyring.asked) == (None, 1)
    keyring.is_frozen = False
    clock[0] += 0.1
    assert key() is not None
    assert keyring.asked == 2


def test_a_keyring_that_somebody_may_have_unlocked_is_asked_at_once(clock: list[float]) -> None:
    keyring = Keyring()
    key = KeyringKey(keyring)
    keyring.is_frozen = True
    assert (key(), key.asked_anew(), keyring.asked) == (None, None, 2)
    keyring.is_frozen = False
    assert key() is None
    told = key.asked_anew()
    assert told is not None
    assert (key(), key.asked_anew(), keyring.asked) == (told, told, 3)


@pytest.mark.parametrize(
    "kept", ["", "no base64!", base64.b64encode(bytes(31)).decode(), base64.b64encode(bytes(16)).decode()]
)
def test_what_is_no_key_seals_nothing_and_is_left_as_it_is(kept: str) -> None:
    keyring = Keyring(kept)
    sealed = SealedPartyDetails(KeyringKey(keyring))
    assert sealed.sealed(ACCOUNT, DETAILS) == b""
    assert keyring.kept == kept


def test_what_is_sealed_opens_for_its_own_account_and_with_its_own_key_alone() -> None:
    sealed = SealedPartyDetails(lambda: bytes(32))
    text = sealed.sealed(ACCOUNT, DETAILS)
    kept = replace(ACCOUNT, sealed=text)
    assert b"8515" not in text
    assert sealed.opened(kept) == DETAILS
    assert sealed.sealed(ACCOUNT, DETAILS) != text
    for other in (
        replace(kept, account_id="another"),
        replace(kept, project_id="another"),
        replace(kept, sealed=text[:-1] + bytes([text[-1] ^ 1])),
        *(replace(kept, sealed=text[:length]) for length in (0, 11, 12, 13)),
    ):
        assert sealed.opened(other) is None
    assert SealedPartyDetails(lambda: b"\1" * 32).opened(kept) is None
    assert SealedPartyDetails(lambda: None).opened(kept) is None
