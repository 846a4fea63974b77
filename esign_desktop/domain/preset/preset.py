"""Presets: reusable contracts with open signers.

In each contract, different parties take the roles of the open signers. The documents, signers, placements and options
of a preset have the same types as those of a contract.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NewType
from uuid import uuid4

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.contract import Contract
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.options import AccountParty, FlowOptions, SignerParty, SignWithin
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.signer import (
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    Signer,
    SignerId,
)
from esign_desktop.domain.titles import with_contract, with_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.options import Party
    from esign_desktop.domain.preset.questions import Question
    from esign_desktop.domain.titles import Naming

PresetId = NewType("PresetId", str)

FUNCTION_KEYS: Final = range(2, 9)
"""F2 to F8 select a preset at the counter."""

COUNTER_VALIDITY_MS: Final = 30 * 60 * 1000


def new_preset_id() -> PresetId:
    """Return a new, unique preset id."""
    return PresetId(uuid4().hex)


@dataclass(frozen=True, slots=True)
class PresetHome:
    """The only project in which the account and template ids of a preset are valid."""

    environment: EnvironmentKind
    project_id: str


@dataclass(frozen=True, slots=True)
class Preset(Contract):
    """A reusable contract. ``function_key`` is a number, such as 5 for F5, or None if no key is assigned."""

    id: PresetId
    name: str
    function_key: int | None = None
    home: PresetHome | None = None
    settled: tuple[str, ...] = ()
    """The keys of doubts about names in the preset's pages that a user has answered with *belongs there*."""

    @property
    def customers(self) -> tuple[OpenSigner, ...]:
        """The roles of the customers, in signing order if the preset specifies an order."""
        found = [role for role in self.signers if isinstance(role, OpenSigner)]
        return tuple(sorted(found, key=lambda role: role.terms.step)) if self.is_ordered else tuple(found)

    @property
    def title(self) -> str:
        """The title of contracts made from the preset, without the customer's name."""
        return with_names(self.options.business_scene or self.contract_name, self.contract_name, "")

    @property
    def contract_name(self) -> str:
        """The name that takes the place of the contract in a rule for titles."""
        return self.documents[0].name if self.documents else self.name

    def title_rule(self, naming: Naming) -> str:
        """Return the title of contracts made from the preset, in which only the customer is still a placeholder."""
        title = self.options.business_scene or naming.rule or self.contract_name
        return with_contract(title, self.contract_name)

    @property
    def questions(self) -> tuple[str, ...]:
        """The names of the form fields that the user fills in, in the order of the fields, without duplicates."""
        return tuple(
            dict.fromkeys(form_field.name for form_field in self.form_fields if form_field.datum is CustomerDatum.TYPED)
        )

    @property
    def document_questions(self) -> tuple[str, ...]:
        """The names of required fields whose values are derived from the number of a resident identity card.

        Users must fill in these fields for customers who have another identity document.
        """
        derived = {CustomerDatum.SEX, CustomerDatum.BIRTH_DATE, CustomerDatum.AGE}
        found = dict.fromkeys(
            form_field.name
            for form_field in self.form_fields
            if form_field.datum in derived and form_field.must_be_filled
        )
        return tuple(name for name in found if name not in self.questions)

    def question(self, name: str) -> Question:
        """Return the question for the form field with this name. Raises KeyError if there is no such field."""
        for form_field in self.form_fields:
            if form_field.name == name:
                return form_field.question
        raise KeyError(name)

    @property
    def form_fields(self) -> Iterator[FormField]:
        """The fields of all forms."""
        return (field for document in self.documents if document.template for field in document.template.preset_fields)

    @property
    def roles_without_signer(self) -> tuple[SignerId, ...]:
        """The staff and branch roles whose signer is missing or lacks the data needed to find or create an account."""
        return tuple(role.id for role in self.signers if not _is_known(role))


def plain_name(name: str) -> str:
    """Return a preset's name normalized for comparison. Case, character width and spaces are ignored."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def with_signer_ids(options: FlowOptions, signer_ids: Mapping[SignerId, SignerId]) -> FlowOptions:
    """Return a copy of the options in which new signer ids identify the initiator and the payer.

    An initiator or payer whose signer has no new id is removed.
    """

    def renamed(party: Party | None) -> Party | None:
        if not isinstance(party, SignerParty):
            return party
        found = signer_ids.get(party.signer_id)
        return None if found is None else SignerParty(found)

    return replace(options, initiator=renamed(options.initiator), payer=renamed(options.payer))


def with_field_roles(document: Document, signer_ids: Mapping[SignerId, SignerId]) -> Document:
    """Return a copy of the document in which new signer ids identify the customers whose data fills the form fields.

    A field whose customer has no new id is filled with the first customer's data.
    """
    template = document.template
    if template is None or not template.preset_fields:
        return document
    fields = (
        one if one.role_id is None else replace(one, role_id=signer_ids.get(one.role_id))
        for one in template.preset_fields
    )
    return replace(document, template=replace(template, preset_fields=tuple(fields)))


def counter_options(options: FlowOptions) -> FlowOptions:
    """Return a copy of the options adapted for the counter.

    The copy has a signing deadline of 30 minutes and no notifications.
    """
    return replace(options, deadline=SignWithin(COUNTER_VALIDITY_MS), notices=frozenset())


def with_branch(preset: Preset, role_id: SignerId, organization: Organization, agent: Person) -> Preset:
    """Assign an organization and its agent to a branch role."""
    return _changed(preset, role_id, lambda role: replace(role, organization=organization, agent=agent))


def with_staff(preset: Preset, role_id: SignerId, person: Person) -> Preset:
    """Assign a person to a staff role."""
    return _changed(preset, role_id, lambda role: replace(role, person=person))


def without_numbers(preset: Preset) -> Preset:
    """Return a copy of the preset without ID numbers, phone numbers and email addresses.

    Once the accounts of the signers are known, these values are no longer needed.
    """
    return replace(preset, signers=tuple(_bare_role(role, keeps_third_ids=True) for role in preset.signers))


def for_others(preset: Preset) -> Preset:
    """Return a copy of the preset for export to other users.

    The function key, ID numbers, phone numbers, email addresses and ``thirdId`` values are removed.
    """
    roles = tuple(_bare_role(role, keeps_third_ids=False) for role in preset.signers)
    return replace(preset, signers=roles, function_key=None)


def uses_home(preset: Preset) -> bool:
    """Return whether the preset contains ids that are valid only in the preset's home."""
    return (
        any(document.template is not None for document in preset.documents)
        or any(subject.account_id for role in preset.signers for subject in _subjects(role))
        or any(isinstance(party, AccountParty) for party in (preset.options.initiator, preset.options.payer))
    )


def _changed(preset: Preset, role_id: SignerId, change: Callable[[Any], Signer]) -> Preset:
    return replace(preset, signers=tuple(change(role) if role.id == role_id else role for role in preset.signers))


def _subjects(role: Signer) -> tuple[Person | Organization, ...]:
    match role:
        case PersonSigner(person=person):
            return (person,)
        case OrganizationSigner(organization=organization, agent=agent):
            return agent, organization
        case _:
            return ()


def _is_known(role: Signer) -> bool:
    return all(
        subject.name
        and (
            subject.account_id
            or subject.third_id
            or (subject.id_number if isinstance(subject, Person) else subject.code)
        )
        for subject in _subjects(role)
    )


def _bare_role(role: Signer, *, keeps_third_ids: bool) -> Signer:
    match role:
        case PersonSigner(person=person):
            return replace(role, person=_bare(person, keeps_third_ids=keeps_third_ids))
        case OrganizationSigner(organization=organization, agent=agent):
            third_id = organization.third_id if keeps_third_ids else ""
            bare = replace(organization, legal_name="", legal_id_number="", email="", third_id=third_id)
            return replace(role, organization=bare, agent=_bare(agent, keeps_third_ids=keeps_third_ids))
        case _:
            return role


def _bare(person: Person, *, keeps_third_ids: bool) -> Person:
    third_id = person.third_id if keeps_third_ids else ""
    return replace(person, id_number="", mobile="", email="", third_id=third_id)
