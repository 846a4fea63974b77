"""A keyring that is locked at the start and unlocked later loses no form value, no number and no draft."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import Person
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.services.erasure.service import KnownPerson
from tests.drafts import make_document, make_draft
from tests.raised import raises_code
from tests.services.memory_keyring import Computer, MemoryKeyring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIELDS = (("借款人", "示例甲"), ("金额", "壹万元整"))
LIN = Person("示例甲", "110101199003072818", mobile="13800000001")


@pytest.fixture
def now_s(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds for the patience with the keyring."""
    now_s = [1000.0]
    monkeypatch.setattr("esign_desktop.store.party_details.time.monotonic", lambda: now_s[0])
    return now_s


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now_s: list[float]) -> Iterator[Computer]:
    keyring = MemoryKeyring()
    monkeypatch.setattr("esign_desktop.store.secrets._backend", keyring.found)
    computer = Computer(tmp_path / "installation", keyring)
    yield computer
    computer.stop()


def filled_draft() -> ContractDraft:
    return make_draft(documents=(make_document(template=TemplateFilling("template", FIELDS)),))


def fields(draft: ContractDraft | None) -> tuple[tuple[str, str], ...]:
    assert draft is not None
    template = draft.documents[0].template
    assert template is not None
    return template.fields


def test_values_typed_while_the_keyring_is_locked_outlive_unlocking_and_the_program(
    computer: Computer, now_s: list[float]
) -> None:
    services = computer.start(is_locked=True)
    draft, other = filled_draft(), replace(filled_draft(), id=ContractDraft.new().id)
    services.drafts.keep(other)
    services.drafts.save(draft)
    computer.keyring.is_locked = False
    now_s[0] += 61

    reopened = services.drafts.load(draft.id)
    assert fields(reopened) == FIELDS
    # The next autosave.
    assert services.drafts.save(reopened), "the values are kept for good now"
    assert fields(services.drafts.read(draft.id)) == FIELDS
    assert fields(services.drafts.read(other.id)) == FIELDS

    again = computer.start(is_locked=False)
    assert fields(again.drafts.recover()) == FIELDS
    assert fields(again.drafts.read(other.id)) == FIELDS


def test_a_draft_whose_values_are_locked_is_opened_when_the_keyring_is_and_not_before(
    computer: Computer, now_s: list[float]
) -> None:
    draft = filled_draft()
    computer.start(is_locked=False).drafts.save(draft)
    services = computer.start(is_locked=True)
    with raises_code(StoreError, "store.draft_locked"):
        services.drafts.recover()
    with raises_code(StoreError, "store.draft_locked"):
        services.drafts.duplicate(draft.id)
    assert [summary.id for summary in services.drafts.list()] == [draft.id]
    computer.keyring.is_locked = False
    # Soon after the keyring refused, because a user unlocked it and tries again.
    now_s[0] += 5
    assert fields(services.drafts.load(draft.id)) == FIELDS


def test_forgetting_a_person_while_the_keyring_is_locked_empties_no_other_draft(
    computer: Computer, now_s: list[float]
) -> None:
    draft = filled_draft()
    computer.start(is_locked=False).drafts.keep(draft)
    services = computer.start(is_locked=True)
    with raises_code(InputError, "person.values_locked"):
        services.people.forget(KnownPerson("示例丙", ()))
    computer.keyring.is_locked = False
    now_s[0] += 61
    assert fields(services.drafts.read(draft.id)) == FIELDS


def test_a_contact_is_not_changed_while_its_number_is_locked(computer: Computer, now_s: list[float]) -> None:
    first = computer.start(is_locked=False)
    contact = first.contacts.save(ContactEntry(LIN))
    twin = first.contacts.save(ContactEntry(replace(LIN, id_number="", mobile="13900000002")))
    services = computer.start(is_locked=True)
    another = ContactEntry(Person("示例甲", "110101199003075517"), contact.id)
    for change in (
        lambda: services.contacts.save(another),
        lambda: services.contacts.import_all([another]),
        lambda: services.contacts.merge(contact.id, twin.id),
    ):
        with raises_code(StoreError, "contact.locked"):
            change()
    computer.keyring.is_locked = False
    now_s[0] += 61
    assert services.contacts.party_details(contact.id) == LIN
    match = services.contacts.match(replace(LIN, name="示例乙"))
    assert [other.id for other in match.others] == [contact.id]
