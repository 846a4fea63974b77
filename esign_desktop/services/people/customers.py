"""Parse a customer's data from one line of text, check it offline, and recognize returning customers.

An 18-character ID number contains facts about its holder (GB 11643), which the teller compares with the person at the
counter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import AccountKind, Identity, Organization, Person, PersonIdType
from esign_desktop.domain.china_time import china_datetime
from esign_desktop.domain.doubts.spelling import names_organization
from esign_desktop.domain.people.customer_line import CustomerLine, PartKind, read_customer_line, read_organization_line
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.signer import OpenParty, RepresentedOrganization
from esign_desktop.services.people.identity import (
    id_number_problem,
    is_credit_code,
    is_foreign_residence_number,
    is_plausible_mobile,
    is_resident_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.domain.environment import Environment
    from esign_desktop.services.people.accounts import AccountBook, Entry


_CHARACTERS: Final = 18


class Sex(StrEnum):
    """The sex of a person according to their ID number."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class ResidentFacts:
    """The facts that an ID number contains about its holder. ``age_years`` is the age on a given day in whole years."""

    sex: Sex
    born_on: date
    age_years: int

    @property
    def is_minor(self) -> bool:
        """Whether the person is under eighteen years old and therefore cannot sign a contract alone."""
        return self.age_years < 18


def resident_facts(number: str, today: date) -> ResidentFacts | None:
    """Return the facts that an ID number contains about its holder. The age is computed for the day ``today``.

    The result is None if the number is not a valid 18-character number or if the date of birth is after ``today``.
    """
    if len(number) != _CHARACTERS or not (is_resident_number(number) or is_foreign_residence_number(number)):
        return None
    born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    if born_on > today:
        return None
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return ResidentFacts(sex, born_on, today.year - born_on.year - (not had_birthday))


_SEX_IN_FORMS: Final = {Sex.MALE: "男", Sex.FEMALE: "女"}


class CustomerProblem(StrEnum):
    """A problem with a line of customer data. The value is the key of the message that describes the problem."""

    NAME_MISSING = "customer.name_missing"
    NUMBER_MISSING = "customer.number_missing"
    NUMBER_WRONG = "customer.number_wrong"
    DOCUMENT_UNSAID = "customer.document_unsaid"
    DOCUMENT_OTHER = "customer.document_other"
    MOBILE_WRONG = "customer.mobile_wrong"
    NAME_AMBIGUOUS = "customer.name_ambiguous"
    NUMBER_AMBIGUOUS = "customer.number_ambiguous"
    MOBILE_AMBIGUOUS = "customer.mobile_ambiguous"
    UNREAD = "customer.unread"
    ANOTHER_NAME = "customer.another_name"
    MOBILE_MISSING = "customer.mobile_missing"
    MOBILE_KEPT = "customer.mobile_kept"
    MINOR = "customer.minor"
    NAME_SHORT = "customer.name_short"
    TOO_OLD = "customer.too_old"
    NUMBER_LENGTH = "customer.number_length"
    ORGANIZATION_MISSING = "customer.organization_missing"
    ORGANIZATION_AMBIGUOUS = "customer.organization_ambiguous"
    CODE_MISSING = "customer.code_missing"
    CODE_WRONG = "customer.code_wrong"
    CODE_AMBIGUOUS = "customer.code_ambiguous"
    AGENT_MISSING = "customer.agent_missing"
    ANOTHER_ORGANIZATION = "customer.another_organization"


_ONLY_WARNS: Final = frozenset(
    {
        CustomerProblem.MOBILE_MISSING,
        CustomerProblem.MOBILE_KEPT,
        CustomerProblem.MINOR,
        CustomerProblem.NAME_SHORT,
    }
)
_OLDEST_YEARS: Final = 120
_NEARLY_RESIDENT: Final = frozenset({16, 17, 19})
"""The lengths of an 18-character number with one or two characters missing, or one too many."""
_OF_RESIDENTS: Final = frozenset(
    {PersonIdType.RESIDENT_IDENTITY, PersonIdType.TEMPORARY_IDENTITY, PersonIdType.HOUSEHOLD_REGISTER}
)
"""The documents that contain a resident's number with its check digit."""
_AMBIGUOUS: Final = {
    PartKind.ORGANIZATION: CustomerProblem.ORGANIZATION_AMBIGUOUS,
    PartKind.CODE: CustomerProblem.CODE_AMBIGUOUS,
    PartKind.NAME: CustomerProblem.NAME_AMBIGUOUS,
    PartKind.ID_NUMBER: CustomerProblem.NUMBER_AMBIGUOUS,
    PartKind.MOBILE: CustomerProblem.MOBILE_AMBIGUOUS,
}


@dataclass(frozen=True, slots=True)
class CustomerLook:
    """The result of reading a line of customer data.

    ``person`` is set if nothing prevents sending. If the line describes an organization, ``person`` is its agent.
    ``data`` contains the values for form fields. The teller compares ``facts`` with the person at the counter.
    ``is_known`` means that an account with the customer's number is stored on this computer. ``is_number_right`` means
    that the number has the format and the check digit of its document type.
    """

    line: CustomerLine = field(repr=False)
    problems: tuple[CustomerProblem, ...] = ()
    facts: ResidentFacts | None = field(default=None, repr=False)
    is_number_right: bool = False
    is_known: bool = False
    name: str = field(default="", repr=False)
    person: Person | None = None
    data: Mapping[CustomerDatum, str] = field(default_factory=dict, repr=False)
    signed_at_ms: int | None = None
    """When the same contract was sent to the customer, if they have signed it today, in epoch milliseconds."""
    identity: Identity | None = field(default=None, repr=False)
    account_ids: frozenset[str] = frozenset()
    """The ids of all accounts with the customer's identity. A contract sent to any of them was sent to the customer."""
    organization: Organization | None = None
    is_code_right: bool = False
    """Whether the check character of the organization's code is right."""

    @property
    def party(self) -> OpenParty | None:
        """The customer as a party to the contract, or None if a problem prevents sending."""
        if self.person is None or self.organization is None:
            return self.person
        return RepresentedOrganization(self.organization, self.person)

    @property
    def is_ready(self) -> bool:
        return self.person is not None

    @property
    def obstacles(self) -> tuple[CustomerProblem, ...]:
        return tuple(problem for problem in self.problems if problem not in _ONLY_WARNS)


class CustomerReader:
    """A stateless reader of lines of customer data.

    If a line contains a complete number, the call blocks on the store for a few milliseconds.
    """

    def __init__(self, book: AccountBook, *, clock_ms: Callable[[], int]) -> None:
        self._book = book
        self._clock_ms = clock_ms

    def look(self, text: str, environment: Environment, kind: AccountKind = AccountKind.PERSON) -> CustomerLook:
        """Read a line that describes a person or an organization, and find their account in the environment's project.

        Raises StoreError.
        """
        if kind is AccountKind.PERSON:
            return self._look_at_person(read_customer_line(text, is_resident_number), environment)
        line = read_organization_line(text, is_resident_number, names_organization)
        return self._with_organization(self._look_at_person(line, environment), environment)

    def _with_organization(self, agent: CustomerLook, environment: Environment) -> CustomerLook:
        """Return the result for an organization's line. ``agent`` is the result for the agent in this line."""
        line = agent.line
        name, code = line.value(PartKind.ORGANIZATION), line.value(PartKind.CODE)
        is_right = is_credit_code(code)
        entry = self._book.look_up(environment, Organization(name, code)) if is_right else None
        known = next(iter((*entry.records, *entry.others)), None) if entry is not None else None
        if not name and known is not None and PartKind.ORGANIZATION not in line.ambiguous:
            name = known.name
        found = tuple(_organization_problems(line, name, known, is_right=is_right))
        missing = {CustomerProblem.NAME_MISSING: CustomerProblem.AGENT_MISSING}
        problems = (*found, *(missing.get(problem, problem) for problem in agent.problems))
        organization = Organization(name, code)
        today = china_datetime(self._clock_ms()).date()
        party = RepresentedOrganization(organization, Person("", mobile=line.value(PartKind.MOBILE)))
        return replace(
            agent,
            problems=problems,
            person=agent.person if not found else None,
            is_known=known is not None,
            data=party_data(party, today),
            identity=organization.identity,
            account_ids=frozenset(record.account_id for record in entry.records) if entry is not None else frozenset(),
            organization=organization,
            is_code_right=is_right,
        )

    def _look_at_person(self, line: CustomerLine, environment: Environment) -> CustomerLook:
        number, mobile = line.value(PartKind.ID_NUMBER), line.value(PartKind.MOBILE)
        today = china_datetime(self._clock_ms()).date()
        facts = resident_facts(number, today)
        id_type = line.id_type
        is_right = id_type is not None and _can_be_right(number, id_type, facts)
        entry: Entry | None = None
        if id_type is not None and is_right:
            asked_for = Person(line.value(PartKind.NAME), number, id_type, mobile)
            entry = self._book.look_up(environment, asked_for)
            if not asked_for.name and entry.others:
                # The ID number alone identifies a returning customer.
                entry = self._book.look_up(environment, replace(asked_for, name=entry.others[0].name))
        known = next(iter((*entry.records, *entry.others)), None) if entry is not None else None
        name = line.value(PartKind.NAME)
        if not name and known is not None and PartKind.NAME not in line.ambiguous:
            name = known.name
        problems = tuple(_problems(line, name, facts, known, is_right=is_right))
        person: Person | None = None
        if id_type is not None and all(problem in _ONLY_WARNS for problem in problems):
            # A customer whose mobile number is unchanged is identified by account, without the ID number. An account
            # alone stands for the current account of its owner, so a customer with an earlier account, or without an
            # account, is identified by ID number and mobile number.
            fitting = self._book.fitting_person(entry) if entry is not None else None
            if entry is not None and fitting is not None and self._book.keeps_another(entry, fitting):
                problems = (*problems, CustomerProblem.MOBILE_KEPT)
            person = (
                Person(fitting.name or name, id_type=id_type, account_id=fitting.account_id)
                if fitting is not None and fitting.is_current
                else Person(name, number, id_type, mobile)
            )
        data = form_data(name, number, mobile, today)
        account_ids = frozenset(record.account_id for record in entry.records) if entry is not None else frozenset()
        identity = Identity(name, id_type, number) if id_type is not None else None
        return CustomerLook(
            *(line, problems, facts, is_right, known is not None, name, person, data),
            identity=identity,
            account_ids=account_ids,
        )


def party_data(party: OpenParty, today: date) -> dict[CustomerDatum, str]:
    """Return a customer's values for form fields. For an organization, the mobile number is that of the agent."""
    if isinstance(party, RepresentedOrganization):
        return {
            CustomerDatum.NAME: party.organization.name,
            CustomerDatum.ID_NUMBER: party.organization.code,
            CustomerDatum.MOBILE: party.agent.mobile,
            CustomerDatum.TODAY: _day(today),
        }
    return form_data(party.name, party.id_number, party.mobile, today)


def _day(day: date) -> str:
    return f"{day:%Y}年{day:%m}月{day:%d}日"


def form_data(name: str, number: str, mobile: str, today: date) -> dict[CustomerDatum, str]:
    """Return a customer's values for form fields. Sex, date of birth and age are included if the number contains them.

    ``today`` is the date to be entered in forms and the day for which the age is computed.
    """
    data = {
        CustomerDatum.NAME: name,
        CustomerDatum.ID_NUMBER: number,
        CustomerDatum.MOBILE: mobile,
        CustomerDatum.TODAY: _day(today),
    }
    facts = resident_facts(number, today)
    if facts is not None:
        data[CustomerDatum.SEX] = _SEX_IN_FORMS[facts.sex]
        data[CustomerDatum.BIRTH_DATE] = _day(facts.born_on)
        data[CustomerDatum.AGE] = str(facts.age_years)
    return data


def _can_be_right(number: str, id_type: PersonIdType, facts: ResidentFacts | None) -> bool:
    if facts is not None:
        return True
    return id_type not in _OF_RESIDENTS and id_number_problem(Person("", number, id_type)) is None


def _problems(
    line: CustomerLine, name: str, facts: ResidentFacts | None, known: AccountRecord | None, *, is_right: bool
) -> Iterator[CustomerProblem]:
    kinds = {part.kind for part in line.parts}
    yield from (problem for kind, problem in _AMBIGUOUS.items() if kind in line.ambiguous)
    if not name and PartKind.NAME not in line.ambiguous:
        yield CustomerProblem.NAME_MISSING
    if known is not None and known.name and name and not known.is_called(name):
        yield CustomerProblem.ANOTHER_NAME
    yield from _number_problems(line, is_right=is_right)
    if facts is not None and facts.is_minor:
        yield CustomerProblem.MINOR
    if facts is not None and facts.age_years > _OLDEST_YEARS:
        yield CustomerProblem.TOO_OLD
    if len(name) == 1:
        yield CustomerProblem.NAME_SHORT
    mobile = line.value(PartKind.MOBILE)
    if mobile and not is_plausible_mobile(mobile, line.id_type or PersonIdType.RESIDENT_IDENTITY):
        yield CustomerProblem.MOBILE_WRONG
    if PartKind.MOBILE not in kinds and known is None:
        yield CustomerProblem.MOBILE_MISSING


def _organization_problems(
    line: CustomerLine, name: str, known: AccountRecord | None, *, is_right: bool
) -> Iterator[CustomerProblem]:
    if not name and PartKind.ORGANIZATION not in line.ambiguous:
        yield CustomerProblem.ORGANIZATION_MISSING
    if known is not None and known.name and name and not known.is_called(name):
        yield CustomerProblem.ANOTHER_ORGANIZATION
    if PartKind.CODE in line.ambiguous:
        return
    if not line.value(PartKind.CODE):
        yield CustomerProblem.CODE_MISSING
    elif not is_right:
        yield CustomerProblem.CODE_WRONG


def _number_problems(line: CustomerLine, *, is_right: bool) -> Iterator[CustomerProblem]:
    has_number = any(part.kind is PartKind.ID_NUMBER for part in line.parts)
    unread = [part.value for part in line.parts if part.kind is PartKind.UNREAD]
    if not has_number and any(len(value) in _NEARLY_RESIDENT for value in unread):
        yield CustomerProblem.NUMBER_LENGTH
        return
    if unread:
        yield CustomerProblem.UNREAD
    if not has_number:
        yield CustomerProblem.NUMBER_MISSING
    elif PartKind.ID_NUMBER not in line.ambiguous and not is_right:
        yield _number_problem(line)


def _number_problem(line: CustomerLine) -> CustomerProblem:
    if not line.id_types:
        return CustomerProblem.DOCUMENT_OTHER
    return CustomerProblem.DOCUMENT_UNSAID if line.id_type is None else CustomerProblem.NUMBER_WRONG
