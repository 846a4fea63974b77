from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.account import Organization, OrganizationCodeType, Person, PersonIdType, is_email
from esign_desktop.domain.contract.problems import Severity, SignerSubject
from esign_desktop.domain.signer import OrganizationSigner
from esign_desktop.services.people.identity import (
    id_number_problem,
    identity_problems,
    is_credit_code,
    is_plausible_mobile,
    is_resident_number,
)
from tests.drafts import make_draft, make_organization_signer, make_person, make_person_signer

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
GOOD_CODE = "91110000600037341L"


def resident_number(body: str) -> str:
    """Add the check digit of the national standard to seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


GOOD_NUMBER = resident_number("11010119900307123")


@given(st.integers(0, 999), st.dates(date(1900, 1, 1), date(2020, 12, 31)))
def test_number_with_a_real_date_and_the_right_check_digit_is_good(serial: int, born: date) -> None:
    assert is_resident_number(resident_number(f"110101{born:%Y%m%d}{serial:03}"))


@given(st.integers(0, 16), st.integers(1, 9))
def test_any_wrong_digit_is_noticed(index: int, difference: int) -> None:
    digit = (int(GOOD_NUMBER[index]) + difference) % 10
    assert not is_resident_number(f"{GOOD_NUMBER[:index]}{digit}{GOOD_NUMBER[index + 1 :]}")


@pytest.mark.parametrize(
    "number",
    [
        "",
        GOOD_NUMBER[:15],
        GOOD_NUMBER + "0",
        resident_number("11010119900230123"),
        resident_number("11010119901301123"),
        GOOD_NUMBER.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}),
        f" {GOOD_NUMBER[1:]}",
        f"{GOOD_NUMBER}\n",
    ],
)
def test_number_of_another_form_is_bad(number: str) -> None:
    assert not is_resident_number(number)


def test_small_x_counts_as_the_check_digit() -> None:
    number = next(one for serial in range(100) if (one := resident_number(f"110101199003071{serial:02}")).endswith("X"))
    assert is_resident_number(number)
    assert is_resident_number(number.lower())


def test_county_that_no_list_knows_is_no_reason() -> None:
    assert is_resident_number(resident_number("89999919900307123"))


def test_only_residents_numbers_are_judged() -> None:
    assert id_number_problem(Person("张三", "E1234", PersonIdType.PASSPORT)) is None
    assert id_number_problem(Person("张三", "E1234", PersonIdType.TEMPORARY_IDENTITY)) == "signer.bad_id_number"
    assert id_number_problem(Person("张三", account_id="known")) is None
    assert id_number_problem(Person("张三", "")) is None


@pytest.mark.parametrize(
    ("code", "is_good"),
    [(GOOD_CODE, True), ("91110000600037342L", False), (GOOD_CODE.lower(), False), (GOOD_CODE[1:], False), ("", False)],
)
def test_credit_code_is_judged_by_its_check_character(code: str, is_good: bool) -> None:
    assert is_credit_code(code) is is_good


@pytest.mark.parametrize(
    ("mobile", "id_type", "is_good"),
    [
        ("13500000000", PersonIdType.RESIDENT_IDENTITY, True),
        ("12500000000", PersonIdType.RESIDENT_IDENTITY, False),
        ("1350000000", PersonIdType.RESIDENT_IDENTITY, False),
        ("+852 5123 4567", PersonIdType.HONG_KONG_MACAO_PERMIT, True),
        ("call me", PersonIdType.PASSPORT, False),
    ],
)
def test_mobile_is_judged_by_the_persons_document(mobile: str, id_type: PersonIdType, is_good: bool) -> None:
    assert is_plausible_mobile(mobile, id_type) is is_good


@pytest.mark.parametrize(
    ("email", "is_good"),
    [("a@example.cn", True), ("a@example", False), ("a b@example.cn", False), ("a@b@example.cn", False)],
)
def test_email_has_one_at_and_a_dotted_host(email: str, is_good: bool) -> None:
    assert is_email(email) is is_good
    assert not is_email(f"{'a' * 250}@example.cn")


def test_draft_with_good_numbers_has_no_problem() -> None:
    good = make_person("张三", id_number=GOOD_NUMBER)
    organization_signer = make_organization_signer()
    organization_signer = replace(
        organization_signer, agent=good, organization=replace(organization_signer.organization, code=GOOD_CODE)
    )
    assert identity_problems(make_draft(signers=(make_person_signer(person=good), organization_signer))) == ()


def test_problems_name_the_signer_the_field_and_how_grave_they_are() -> None:
    bad = Person("李四", GOOD_NUMBER[:-1] + "?", mobile="123", email="nobody")
    signer = make_organization_signer()
    organization = replace(
        signer.organization, code="91110000600037342L", legal_id_number="12", legal_name="王五", email="nobody"
    )
    signer = OrganizationSigner(signer.id, organization, bad)

    found = identity_problems(make_draft(signers=(make_person_signer(person=make_person(id_number="")), signer)))

    assert [(p.code, p.severity, p.subject.name) for p in found if isinstance(p.subject, SignerSubject)] == [
        ("signer.bad_code", Severity.BLOCKING, "organization.code"),
        ("signer.bad_id_number", Severity.BLOCKING, "organization.legal_id_number"),
        ("signer.bad_email", Severity.WARNING, "organization.email"),
        ("signer.bad_id_number", Severity.BLOCKING, "agent.id_number"),
        ("signer.bad_mobile", Severity.WARNING, "agent.mobile"),
        ("signer.bad_email", Severity.WARNING, "agent.email"),
    ]
    assert {p.params["number"] for p in found} == {2}


def test_known_accounts_and_other_codes_are_not_judged() -> None:
    signer = make_organization_signer()
    known = Organization(signer.organization.name, account_id="known", email="nobody", legal_id_number="12")
    other = replace(signer.organization, code_type=OrganizationCodeType.BUSINESS_REGISTRATION)
    agent = Person("李四", account_id="known")
    signers = tuple(OrganizationSigner(signer.id, one, agent) for one in (known, other))
    assert [identity_problems(make_draft(signers=(one,))) for one in signers] == [(), ()]


def test_mobile_and_address_of_a_known_account_are_judged_since_they_are_sent() -> None:
    known = replace(make_person_signer(), person=Person("李四", account_id="known", mobile="12", email="nobody"))
    found = identity_problems(make_draft(signers=(known,)))
    assert [(problem.code, problem.severity) for problem in found] == [
        ("signer.bad_mobile", Severity.WARNING),
        ("signer.bad_email", Severity.WARNING),
    ]


def test_residence_permit_that_goes_as_a_card_is_told_and_keeps_nobody_from_sending() -> None:
    permit = "810000199003078519"
    signers = (
        replace(make_person_signer("陈大文"), person=Person("陈大文", permit)),
        replace(make_person_signer("陈小文"), person=Person("陈小文", permit, PersonIdType.HONG_KONG_MACAO_PERMIT)),
    )
    (problem,) = identity_problems(make_draft(signers=signers))
    assert (problem.code, problem.severity) == ("signer.residence_permit", Severity.WARNING)
    assert problem.params == {"number": 1}
