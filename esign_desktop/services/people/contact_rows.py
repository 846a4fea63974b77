"""Convert contacts to and from rows of the store, and find out which rows describe the same contact.

Numbers and addresses are encrypted. Keyed digests make it possible to compare rows without decrypting them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.account import (
    AccountKind,
    Organization,
    OrganizationCodeType,
    Person,
    PersonIdType,
    folded_name,
    masked_number,
)
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.people.contact import new_contact_id
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.services.people.search_text import search_text, tails
from esign_desktop.store.party_details import PartyDetails
from esign_desktop.store.tables.contacts import ContactRow, legal_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esign_desktop.domain.people.contact import ContactId
    from esign_desktop.services.people.third_ids import ThirdIds
    from esign_desktop.store.party_details import SealedPartyDetails

Subject = Person | Organization
_COLUMNS_OF: Final = {
    "number": ("number_type", "masked_number", "identity", "digest"),
    "reference": ("own_reference",),
    "is_ours": ("is_ours",),
    "seal_width": ("seal_width_pt",),
    "legal": ("legal_name", "sealed_legal"),
}
"""The columns that hold a value, apart from ``sealed``, which holds the number, mobile number and email address."""
_TOGETHER: Final = (
    frozenset({"id_number", "id_type"}),
    frozenset({"code", "code_type"}),
    frozenset({"legal_name", "legal_id_number", "legal_id_type"}),
)
"""The fields of a person or an organization that make sense only together."""


class ContactRows:
    """The converter between contacts and rows of the store. The first call blocks on the keyring."""

    def __init__(self, third_ids: ThirdIds, party_details: SealedPartyDetails) -> None:
        self._third_ids = third_ids
        self._party_details = party_details

    def digest(self, text: str) -> str:
        """Return the keyed digest of a text, or an empty string if the keyring does not provide a key."""
        return self._party_details.digest(text)

    def distinguish(
        self, probe: ContactRow, candidates: Iterable[ContactRow], reach: str | None = None
    ) -> tuple[ContactRow | None, tuple[ContactRow, ...]]:
        """Return the candidate that is the same contact as ``probe``, and the candidates that share only its number.

        The first result is None if there is no such candidate. The other candidates have a different name. ``reach`` is
        the mobile number or email address of ``probe``; if it is None, it is decrypted.
        """
        same: list[ContactRow] = []
        others: list[ContactRow] = []
        for row in candidates:
            if row.kind is not probe.kind:
                continue
            is_called_so = row.folded_name == probe.folded_name
            if self._has_number_of(row, probe):
                (same if is_called_so else others).append(row)
            elif is_called_so and self._may_lack_number(row, probe, reach):
                same.append(row)
        same.sort(key=lambda row: (not row.digest and not row.identity, row.id != probe.id))
        return (same[0] if same else None), tuple(others)

    def _has_number_of(self, row: ContactRow, probe: ContactRow) -> bool:
        return bool((row.digest and row.digest == probe.digest) or (row.identity and row.identity == probe.identity))

    def _may_lack_number(self, row: ContactRow, probe: ContactRow, probe_reach: str | None) -> bool:
        """Return whether two rows with the same name count as one contact although their numbers cannot be compared."""
        if probe.own_reference and probe.own_reference == row.own_reference:
            return True
        if (row.digest and probe.digest) or (row.identity and probe.identity):
            return False
        if row.masked_number and probe.masked_number:
            return (row.masked_number, row.number_type) == (probe.masked_number, probe.number_type)
        # A contact from a phone book gets its number with the first contract.
        reach = reach_of(self.subject(row))
        probe_reach = reach_of(self.subject(probe)) if probe_reach is None else probe_reach
        return reach == probe_reach and (bool(reach) or not (row.masked_number or probe.masked_number))

    def probe(self, subject: Subject) -> ContactRow:
        """Return a row with the name and the digest of a contact, and without encrypted fields, for ``distinguish``."""
        return self._identified(subject, ContactRow(new_contact_id(), kind_of(subject), ""), with_identity=False)

    def filled(self, subject: Subject, base: ContactRow | None = None, *, with_identity: bool = False) -> ContactRow:
        """Return the row ``base``, or a new row, filled in with the data of a contact.

        If ``subject`` has no number, the stored number is kept. If the keyring does not provide a key, the encrypted
        fields are also unchanged. If ``with_identity`` is True, the digest of the number is also computed, which is
        slow.
        """
        base = base or ContactRow(new_contact_id(), kind_of(subject), "")
        row = self._identified(subject, base, with_identity=with_identity)
        number = subject.identity.number
        kept = _party_details(subject)
        old = None if number else self.opened(base)
        kept = replace(kept, number=number or (old.number if old is not None else ""))
        sealed = self._party_details.seal(_json(asdict(kept)), _place(row.id)) if any(asdict(kept).values()) else b""
        is_readable = not base.sealed or self.opened(base) is not None
        if sealed or (is_readable and bool(self.digest(""))):
            row = replace(row, sealed=sealed, tails=tails(self.digest, kept.number, kept.mobile))
        return self._with_legal(row, subject) if isinstance(subject, Organization) else row

    def reaches(self, subjects: Iterable[Subject]) -> Iterator[str]:
        """Yield the mobile number or email address of each party as it would be decrypted if it were stored."""
        is_kept = bool(self._party_details.seal("", b""))
        for subject in subjects:
            kept = _party_details(subject)
            yield (kept.mobile or kept.email) if is_kept else ""

    def _identified(self, subject: Subject, base: ContactRow, *, with_identity: bool) -> ContactRow:
        name = replace_surrogates(" ".join(subject.name.split()))
        row = replace(
            base, name=name, folded_name=folded_name(name), own_reference=replace_surrogates(subject.third_id)
        )
        number, number_type = subject.identity.number, int(subject.identity.number_type)
        if number:
            digest = self.digest(f"{row.kind.value} {number_type} {number}")
            slow = base.identity if digest and digest == base.digest else ""
            if not slow and (with_identity or not digest):
                slow = self._third_ids.identity_of(_with_number(subject, number))
            if slow == base.identity:
                # If there is no key, the fast digest cannot be computed again.
                digest = digest or base.digest
            row = replace(
                row, number_type=number_type, masked_number=masked_number(number), digest=digest, identity=slow
            )
        return row

    def _with_legal(self, row: ContactRow, organization: Organization) -> ContactRow:
        legal = {"number": organization.legal_id_number, "id_type": int(organization.legal_id_type)}
        sealed = b""
        if organization.legal_id_number:
            sealed = self._party_details.seal(_json(legal), legal_context(row.id))
        is_kept = bool(sealed) or bool(self.digest(""))
        return replace(
            row,
            legal_name=replace_surrogates(organization.legal_name),
            sealed_legal=sealed if is_kept else row.sealed_legal,
        )

    @staticmethod
    def searchable(row: ContactRow) -> ContactRow:
        return replace(row, search=search_text(row.name, row.masked_number, row.own_reference))

    def refuse_locked(self, rows: Iterable[ContactRow]) -> None:
        """Raise StoreError ``contact.locked`` if the keyring is locked and encrypted values of a row would be lost."""
        for row in rows:
            if self._party_details.is_locked(row.sealed) or self._party_details.is_locked(row.sealed_legal):
                raise StoreError("contact.locked", retryable=True)

    def refuse_unkept(self, subjects: Iterable[Subject]) -> None:
        """Raise an error if these parties have a number or an address that cannot currently be stored encrypted.

        Raises StoreError ``contact.locked`` if the keyring may be unlocked, and InputError ``contact.no_keyring`` if
        this computer has no keyring.
        """
        if self.digest("") or not any(_has_party_details(subject) for subject in subjects):
            return
        if self._party_details.may_unlock():
            raise StoreError("contact.locked", retryable=True)
        if not self.digest(""):
            raise InputError("contact.no_keyring")

    def refuse_unreadable(self, rows: Iterable[ContactRow]) -> None:
        """Raise StoreError ``contact.unreadable`` if encrypted values of a row cannot be read with the current key."""
        for row in rows:
            found = (row.sealed, _place(row.id)), (row.sealed_legal, legal_context(row.id))
            if any(sealed and self._party_details.open(sealed, place) is None for sealed, place in found):
                raise StoreError("contact.unreadable")

    def opened(self, row: ContactRow) -> PartyDetails | None:
        text = self._party_details.open(row.sealed, _place(row.id))
        try:
            return None if text is None else PartyDetails(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def is_as_it_was(self, row: ContactRow, earlier: ContactRow) -> bool:
        """Return whether two states of a contact have the same values. Encrypted values are decrypted first."""
        return self._values(row) == self._values(earlier)

    def reverted(self, row: ContactRow, before: ContactRow, after: ContactRow) -> tuple[ContactRow, bool]:
        """Return ``row`` with the change from ``before`` to ``after`` undone, and whether it was undone completely.

        Values that have been edited since the change are kept.
        """
        old, stepped, now = self._values(before), self._values(after), self._values(row)
        new = {name: old[name] if now[name] == stepped[name] else now[name] for name in now}
        is_whole = all(new[name] == old[name] for name in now if old[name] != stepped[name])
        if new == now:
            return row, is_whole
        taken = {name for name in now if new[name] != now[name]}
        columns = {column: getattr(before, column) for name in taken for column in _COLUMNS_OF.get(name, ())}
        row = replace(row, **columns)
        if taken & {"number", "mobile", "email"}:
            kept = PartyDetails(new["number"][0], new["mobile"][0], new["email"][0])
            values = asdict(kept)
            sealed = self._party_details.seal(_json(values), _place(row.id)) if any(values.values()) else b""
            row = replace(row, sealed=sealed, tails=tails(self.digest, kept.number, kept.mobile))
        return self.searchable(row), is_whole

    def _values(self, row: ContactRow) -> dict[str, tuple[Any, ...]]:
        """Return the decrypted values of a contact, keyed by name. Values that belong together form one entry."""
        kept = self.opened(row) or PartyDetails()
        own = {name: tuple(getattr(row, column) for column in columns) for name, columns in _COLUMNS_OF.items()}
        return own | {
            "name": (row.name,),
            "number": (kept.number, row.number_type, row.masked_number, row.identity, row.digest),
            "mobile": (kept.mobile,),
            "email": (kept.email,),
            "legal": (row.legal_name, *self._opened_legal(row)),
        }

    def subject(self, row: ContactRow) -> Subject:
        """Return the party described by a row, with the numbers and addresses that are stored and can be decrypted."""
        kept = self.opened(row) or PartyDetails()
        if row.kind is AccountKind.PERSON:
            id_type = PersonIdType(row.number_type or PersonIdType.RESIDENT_IDENTITY)
            return Person(row.name, kept.number, id_type, kept.mobile, kept.email, row.own_reference)
        code_type = OrganizationCodeType(row.number_type or OrganizationCodeType.UNIFIED_SOCIAL_CREDIT)
        legal_number, legal_type = self._opened_legal(row)
        return Organization(
            *(row.name, kept.number, code_type, row.legal_name, legal_number, legal_type, kept.email),
            third_id=row.own_reference,
        )

    def _opened_legal(self, row: ContactRow) -> tuple[str, PersonIdType]:
        text = self._party_details.open(row.sealed_legal, legal_context(row.id))
        try:
            legal = json.loads(text or "{}")
            return legal.get("number", ""), PersonIdType(legal.get("id_type", PersonIdType.RESIDENT_IDENTITY))
        except ValueError:
            return "", PersonIdType.RESIDENT_IDENTITY


def kind_of(subject: Subject) -> AccountKind:
    """Return whether a subject is a person or an organization."""
    return AccountKind.PERSON if isinstance(subject, Person) else AccountKind.ORGANIZATION


def number_type_of(row: ContactRow) -> PersonIdType | OrganizationCodeType | None:
    """Return the type of the document whose number a contact has, or None if the type is unknown."""
    if not row.number_type:
        return None
    return (PersonIdType if row.kind is AccountKind.PERSON else OrganizationCodeType)(row.number_type)


def _with_number(subject: Subject, number: str) -> Subject:
    return replace(subject, id_number=number) if isinstance(subject, Person) else replace(subject, code=number)


def _party_details(subject: Subject) -> PartyDetails:
    mobile = "".join(subject.mobile.split()) if isinstance(subject, Person) else ""
    return PartyDetails("", mobile, subject.email.strip())


def _has_party_details(subject: Subject) -> bool:
    legal_number = subject.legal_id_number if isinstance(subject, Organization) else ""
    return bool(subject.identity.number or reach_of(subject) or legal_number)


def reach_of(subject: Subject) -> str:
    """Return the mobile number of a party or, if it has none, the email address."""
    return (subject.mobile if isinstance(subject, Person) else "") or subject.email


def joined(known: Subject, given: Subject) -> Subject:
    """Return ``given`` with its empty fields filled in from ``known``. A document type is copied only with a number."""
    kept = {item.name for item in fields(given) if not getattr(given, item.name)}
    kept |= {"account_id", "account_of"}
    if not given.identity.number:
        kept.add("id_type" if isinstance(given, Person) else "code_type")
    if isinstance(given, Organization) and not given.legal_id_number:
        kept.add("legal_id_type")
        if isinstance(known, Organization) and given.legal_name and given.legal_name != known.legal_name:
            # The number belongs to the previous representative.
            kept -= {"legal_id_number", "legal_id_type"}
    return replace(given, **{name: getattr(known, name) for name in kept})


def with_edits(stored: Subject, given: Subject, edited: Subject) -> Subject:
    """Return ``stored`` with the user's edits applied.

    The edits are the differences between ``given`` and ``edited``.
    """
    changed = {item.name for item in fields(edited) if getattr(edited, item.name) != getattr(given, item.name)}
    for together in _TOGETHER:
        if changed & together:
            changed |= together
    return replace(stored, **{name: getattr(edited, name) for name in changed & {item.name for item in fields(stored)}})


def is_another(base: ContactRow, row: ContactRow) -> bool:
    """Return whether an edited row has a different identity than its base: a different name or a different number."""
    if base.folded_name != row.folded_name:
        return True
    if not base.masked_number:
        return False
    if base.digest and row.digest:
        return base.digest != row.digest
    if base.identity and row.identity:
        return base.identity != row.identity
    return (base.masked_number, base.number_type) != (row.masked_number, row.number_type)


def may_not_be_one(one: ContactRow, other: ContactRow) -> bool:
    """Return whether two contacts are known to have different numbers, so that they cannot be the same contact."""
    if one.digest and other.digest:
        return one.digest != other.digest
    if one.identity and other.identity:
        return one.identity != other.identity
    return bool(one.masked_number and other.masked_number) and one.masked_number != other.masked_number


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _place(contact_id: ContactId) -> bytes:
    return f"contact\0{contact_id}".encode()
