"""A preset: a saved way of sending, with roles in the place of persons.

Its placements and options are those of a contract, with a role's id as the signer's id, and a slot as the document's.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NewType
from uuid import uuid4

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.fingerprint import Fingerprint
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.options import AccountParty, FlowOptions, SignerParty, SignWithin
from esign_desktop.domain.placing.placement import CoordinatePlacement, Placement
from esign_desktop.domain.preset.questions import (
    MAX_CHARACTERS,
    AnswerKind,
    Question,
    guessed_kind,
    readable_name,
)
from esign_desktop.domain.signer import SignerId, SigningTerms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from esign_desktop.domain.options import Party

PresetId = NewType("PresetId", str)
RoleId = NewType("RoleId", str)

FUNCTION_KEYS: Final = range(2, 9)
"""F2 to F8 choose a preset at the counter."""

COUNTER_VALIDITY_MS: Final = 30 * 60 * 1000

_SILENTLY: Final = SigningTerms(is_silent=True)


def new_preset_id() -> PresetId:
    """Return an id that no other preset has."""
    return PresetId(uuid4().hex)


@dataclass(frozen=True, slots=True)
class CustomerRole:
    """Another person each time, such as who stands at the counter. ``title`` is what the paper calls them."""

    id: RoleId
    title: str = ""
    terms: SigningTerms = field(default_factory=SigningTerms)


@dataclass(frozen=True, slots=True)
class StaffRole:
    """A person who signs every such contract, for themselves."""

    id: RoleId
    person: Person
    title: str = ""
    terms: SigningTerms = field(default_factory=SigningTerms)


@dataclass(frozen=True, slots=True)
class BranchRole:
    """An organization that signs every such contract, through the same agent."""

    id: RoleId
    organization: Organization
    agent: Person
    title: str = ""
    terms: SigningTerms = field(default_factory=SigningTerms)


@dataclass(frozen=True, slots=True)
class PlatformRole:
    """The integrating application's own seal."""

    id: RoleId
    name: str = ""
    terms: SigningTerms = _SILENTLY


Role = CustomerRole | StaffRole | BranchRole | PlatformRole


class CustomerDatum(StrEnum):
    """What a form field is filled with; the values are in the database."""

    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    AGE = "age"
    TODAY = "today"
    TYPED = "typed"
    """What is typed in for each contract, such as an amount."""


@dataclass(frozen=True, slots=True)
class FormField:
    """What a form field of a template is filled with: a datum of one role's customer, or always the same text.

    For TYPED: ``label`` is how it is asked for, empty for the field's name; ``kind`` what may be answered, None to
    guess it from the name.
    """

    name: str
    datum: CustomerDatum | None = None
    role_id: RoleId | None = None
    text: str = ""
    is_required: bool = True
    """Whether no contract is sent while the field is empty; a text that is empty in the preset is meant to be."""
    label: str = ""
    kind: AnswerKind | None = None
    choices: tuple[str, ...] = ()
    most_characters: int = MAX_CHARACTERS

    @property
    def must_be_filled(self) -> bool:
        """Whether a contract can't do without a value."""
        return self.is_required and (self.datum is not None or bool(self.text.strip()))

    @property
    def question(self) -> Question:
        """How it is asked for."""
        label = self.label or readable_name(self.name)
        kind = self.kind or guessed_kind(f"{self.label} {self.name.rpartition('.')[2]}")
        return Question(self.name, label, kind, self.choices, self.most_characters, not self.is_required)


@dataclass(frozen=True, slots=True)
class KeptPdf:
    """A PDF that belongs to the preset and is uploaded for every contract."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class PlatformTemplate:
    """A template at the platform, of the preset's home."""

    template_id: str
    fields: tuple[FormField, ...] = ()


DocumentSource = KeptPdf | PlatformTemplate


@dataclass(frozen=True, slots=True)
class PresetDocument:
    """One document of a preset, and how it is recognised. ``slot`` stands for it in the preset's placements."""

    slot: DocumentId
    name: str
    fingerprint: Fingerprint
    source: DocumentSource


@dataclass(frozen=True, slots=True)
class PresetSeal:
    """Where a role's seal goes; ``fallbacks`` are points for a keyword that the document does not hold."""

    placement: Placement
    fallbacks: tuple[CoordinatePlacement, ...] = ()


@dataclass(frozen=True, slots=True)
class PresetHome:
    """The project whose account ids and templates the preset holds; elsewhere they mean nothing."""

    environment: EnvironmentKind
    project_id: str


@dataclass(frozen=True, slots=True)
class Preset:
    """A saved way of sending. ``function_key`` is the number of an F key, or None."""

    id: PresetId
    name: str
    documents: tuple[PresetDocument, ...] = ()
    roles: tuple[Role, ...] = ()
    seals: tuple[PresetSeal, ...] = ()
    options: FlowOptions = field(default_factory=FlowOptions)
    is_ordered: bool = True
    function_key: int | None = None
    home: PresetHome | None = None

    @property
    def is_paid_elsewhere(self) -> bool:
        """Whether somebody else than the integrating application pays for its contracts."""
        payer = self.options.payer
        if isinstance(payer, SignerParty):
            return not any(
                isinstance(role, PlatformRole) and signer_of(role.id) == payer.signer_id for role in self.roles
            )
        return payer is not None

    @property
    def customers(self) -> tuple[CustomerRole, ...]:
        """The roles that are filled at the counter, in the order in which they sign."""
        found = [role for role in self.roles if isinstance(role, CustomerRole)]
        return tuple(sorted(found, key=lambda role: role.terms.step)) if self.is_ordered else tuple(found)

    @property
    def title(self) -> str:
        """What its contracts are called."""
        return self.options.business_scene or (self.documents[0].name if self.documents else self.name)

    @property
    def questions(self) -> tuple[str, ...]:
        """The names of form fields that are typed in: each once, in the order of the fields."""
        return tuple(dict.fromkeys(one.name for one in self._fields if one.datum is CustomerDatum.TYPED))

    @property
    def document_questions(self) -> tuple[str, ...]:
        """Required fields that follow from a resident's ID number, but not from a passport."""
        derived = {CustomerDatum.SEX, CustomerDatum.BIRTH_DATE, CustomerDatum.AGE}
        found = dict.fromkeys(one.name for one in self._fields if one.datum in derived and one.must_be_filled)
        return tuple(name for name in found if name not in self.questions)

    def question(self, name: str) -> Question:
        """Return how a form field is asked for, and what may be answered. Raises KeyError."""
        for one in self._fields:
            if one.name == name:
                return one.question
        raise KeyError(name)

    @property
    def _fields(self) -> Iterator[FormField]:
        sources = (document.source for document in self.documents)
        return (one for source in sources if isinstance(source, PlatformTemplate) for one in source.fields)

    def role(self, role_id: RoleId) -> Role:
        """Return a role. Raises KeyError."""
        for role in self.roles:
            if role.id == role_id:
                return role
        raise KeyError(role_id)

    @property
    def knows_nobody_yet(self) -> tuple[RoleId, ...]:
        """Roles of staff or branch whose account can't be found or created yet, since their persons are unknown."""
        return tuple(role.id for role in self.roles if not _is_known(role))


def plain_name(name: str) -> str:
    """Return a preset's name without case, width and spaces, to compare it."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def signer_of(role_id: RoleId) -> SignerId:
    """Return the signer's id that stands for a role."""
    return SignerId(role_id)


def with_signer_ids(options: FlowOptions, signer_ids: Mapping[SignerId, SignerId]) -> FlowOptions:
    """Return options whose initiator and payer have other ids; a signer without one is left out."""

    def renamed(party: Party | None) -> Party | None:
        if not isinstance(party, SignerParty):
            return party
        found = signer_ids.get(party.signer_id)
        return None if found is None else SignerParty(found)

    return replace(options, initiator=renamed(options.initiator), payer=renamed(options.payer))


def counter_options(options: FlowOptions) -> FlowOptions:
    """Return options for the counter: half an hour to sign, and no messages."""
    return replace(options, deadline=SignWithin(COUNTER_VALIDITY_MS), notices=frozenset())


def with_branch(preset: Preset, role_id: RoleId, organization: Organization, agent: Person) -> Preset:
    """Set who a branch is."""
    return change_role(preset, role_id, lambda role: replace(role, organization=organization, agent=agent))


def with_staff(preset: Preset, role_id: RoleId, person: Person) -> Preset:
    """Set who a member of staff is."""
    return change_role(preset, role_id, lambda role: replace(role, person=person))


def without_numbers(preset: Preset) -> Preset:
    """Return the preset without persons' numbers, phones and e-mails, when their accounts are known."""
    return replace(preset, roles=tuple(_bare_role(role, keeps_third_ids=True) for role in preset.roles))


def for_others(preset: Preset) -> Preset:
    """Return the preset for export: without numbers, our own ids, and function key."""
    roles = tuple(_bare_role(role, keeps_third_ids=False) for role in preset.roles)
    return replace(preset, roles=roles, function_key=None)


def uses_home(preset: Preset) -> bool:
    """Whether the preset holds ids that are valid only in its home."""
    return (
        any(isinstance(document.source, PlatformTemplate) for document in preset.documents)
        or any(subject.account_id for role in preset.roles for subject in _subjects(role))
        or any(isinstance(party, AccountParty) for party in (preset.options.initiator, preset.options.payer))
    )


def change_role(preset: Preset, role_id: RoleId, change: Callable[[Any], Role]) -> Preset:
    """Change one role; an id that is not there is ignored."""
    return replace(preset, roles=tuple(change(role) if role.id == role_id else role for role in preset.roles))


def _subjects(role: Role) -> tuple[Person | Organization, ...]:
    match role:
        case StaffRole(person=person):
            return (person,)
        case BranchRole(organization=organization, agent=agent):
            return agent, organization
        case _:
            return ()


def _is_known(role: Role) -> bool:
    return all(
        subject.name
        and (
            subject.account_id
            or subject.third_id
            or (subject.id_number if isinstance(subject, Person) else subject.code)
        )
        for subject in _subjects(role)
    )


def _bare_role(role: Role, *, keeps_third_ids: bool) -> Role:
    match role:
        case StaffRole(person=person):
            return replace(role, person=_bare(person, keeps_third_ids=keeps_third_ids))
        case BranchRole(organization=organization, agent=agent):
            third_id = organization.third_id if keeps_third_ids else ""
            bare = replace(organization, legal_name="", legal_id_number="", email="", third_id=third_id)
            return replace(role, organization=bare, agent=_bare(agent, keeps_third_ids=keeps_third_ids))
        case _:
            return role


def _bare(person: Person, *, keeps_third_ids: bool) -> Person:
    third_id = person.third_id if keeps_third_ids else ""
    return replace(person, id_number="", mobile="", email="", third_id=third_id)
