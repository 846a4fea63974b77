from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import AccountKind, AccountRecord, Person, PersonIdType
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.people.documents import DOCUMENT_WORDS
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.services.people.accounts import AccountBook
from esign_desktop.services.people.customers import CustomerProblem, CustomerReader, Sex
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.database.connection import Database
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HERE = Environment(EnvironmentKind.TEST, "http://127.0.0.1:1", "project")
NUMBER = "110101199003078515"
NOON_OF_BIRTHDAY_MS = 1_772_841_600_000
"""2026-03-07 08:00 in China: still the sixth in London."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "esign.db")
    database.open()
    yield database
    database.close()


@pytest.fixture
def reader(database: Database) -> CustomerReader:
    return CustomerReader(make_book(database), clock_ms=lambda: NOON_OF_BIRTHDAY_MS)


def make_book(database: Database) -> AccountBook:
    key = bytes(32)
    return AccountBook(Accounts(database), ThirdIds(Settings(database)), SealedPartyDetails(lambda: key))


def know(database: Database, name: str, project_id: str = "project") -> None:
    third_id = ThirdIds(Settings(database)).of_person(Person(name, NUMBER))
    record = AccountRecord(
        *(HERE.kind, project_id, "account-1", AccountKind.PERSON, name, third_id), identity=third_id, reach=third_id
    )
    make_book(database).remember(record, Person(name, NUMBER, mobile="13800000000"))


def test_new_customer_is_read_checked_and_ready(reader: CustomerReader) -> None:
    look = reader.look(f"张三 {NUMBER} 13800000000", HERE)
    assert (look.problems, look.is_known) == ((), False)
    assert look.person is not None
    assert (look.person.name, look.person.id_number, look.person.mobile) == ("张三", NUMBER, "13800000000")
    assert look.facts is not None
    assert (look.facts.sex, look.facts.age_years) == (Sex.MALE, 36)


def test_known_customer_needs_no_more_than_the_number_and_is_sent_without_it(
    reader: CustomerReader, database: Database
) -> None:
    know(database, "张三")
    look = reader.look(NUMBER, HERE)
    assert (look.is_known, look.name, look.problems) == (True, "张三", ())
    assert look.person is not None
    assert (look.person.account_id, look.person.id_number, look.person.mobile) == ("account-1", "", "")


def test_known_customer_with_the_phone_that_is_known_needs_no_number_and_with_another_one_does(
    reader: CustomerReader, database: Database
) -> None:
    know(database, "张三")
    same, other = (reader.look(f"{NUMBER} {mobile}", HERE).person for mobile in ("13800000000", "13900000000"))
    assert same == Person("张三", account_id="account-1")
    assert other == Person("张三", NUMBER, mobile="13900000000")


def test_customer_of_another_project_is_not_known(reader: CustomerReader, database: Database) -> None:
    know(database, "张三", "another project")
    assert not reader.look(f"张三 {NUMBER}", HERE).is_known


def test_another_name_for_a_known_number_stops(reader: CustomerReader, database: Database) -> None:
    know(database, "张三")
    look = reader.look(f"李四 {NUMBER}", HERE)
    assert look.obstacles == (CustomerProblem.ANOTHER_NAME,)
    assert look.person is None


def test_names_are_compared_as_they_are_read(reader: CustomerReader, database: Database) -> None:
    know(database, "买买提·吐尔逊")
    assert reader.look(f"买买提•吐尔逊 {NUMBER}", HERE).is_ready


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", {CustomerProblem.NAME_MISSING, CustomerProblem.NUMBER_MISSING}),
        (f"张三 {NUMBER[:-1]}6 13800000000", {CustomerProblem.NUMBER_WRONG}),
        (f"张三 {NUMBER[:-1]} 13800000000", {CustomerProblem.NUMBER_LENGTH}),
        (f"张三 {NUMBER}1 13800000000", {CustomerProblem.NUMBER_LENGTH}),
        ("张三 12345678 13800000000", {CustomerProblem.NUMBER_MISSING, CustomerProblem.UNREAD}),
        ("张三 110101188001010011 13800000000", {CustomerProblem.TOO_OLD}),
        (f"张三 李四 {NUMBER} 13800000000", {CustomerProblem.NAME_AMBIGUOUS}),
        (f"张三 {NUMBER} 11010119500101005X 13800000000", {CustomerProblem.NUMBER_AMBIGUOUS}),
        (f"张三 {NUMBER} 13800000000 13900000000", {CustomerProblem.MOBILE_AMBIGUOUS}),
        ("13800000000", {CustomerProblem.NAME_MISSING, CustomerProblem.NUMBER_MISSING}),
    ],
)
def test_what_stands_against_sending_is_named(
    reader: CustomerReader, text: str, problems: set[CustomerProblem]
) -> None:
    look = reader.look(text, HERE)
    assert set(look.obstacles) == problems
    assert not look.is_ready


def test_missing_phone_and_minors_only_warn(reader: CustomerReader) -> None:
    look = reader.look("张三 110101201501010011", HERE)
    assert set(look.problems) == {CustomerProblem.MOBILE_MISSING, CustomerProblem.MINOR}
    assert look.is_ready


def test_a_name_of_one_character_warns(reader: CustomerReader) -> None:
    look = reader.look(f"张 {NUMBER} 13800000000", HERE)
    assert set(look.problems) == {CustomerProblem.NAME_SHORT}
    assert look.is_ready


def test_forms_get_what_is_known_in_the_words_of_a_form(reader: CustomerReader) -> None:
    data = reader.look(f"张三 {NUMBER} 13800000000", HERE).data
    assert dict(data) == {
        CustomerDatum.NAME: "张三",
        CustomerDatum.ID_NUMBER: NUMBER,
        CustomerDatum.MOBILE: "13800000000",
        CustomerDatum.TODAY: "2026年03月07日",
        CustomerDatum.SEX: "男",
        CustomerDatum.BIRTH_DATE: "1990年03月07日",
        CustomerDatum.AGE: "36",
    }


def test_nothing_personal_is_printed(reader: CustomerReader) -> None:
    printed = repr(reader.look(f"张三 {NUMBER} 13800000000", HERE))
    assert not any(secret in printed for secret in ("张三", NUMBER, "13800000000", "1990"))


@pytest.mark.parametrize(
    ("number", "other"),
    [
        ("810000199003078519", PersonIdType.HONG_KONG_MACAO_PERMIT),
        ("820000199003078529", PersonIdType.HONG_KONG_MACAO_PERMIT),
        ("830000199003078539", PersonIdType.TAIWAN_PERMIT),
    ],
)
def test_residence_permit_is_no_card_until_somebody_says_so(
    reader: CustomerReader, number: str, other: PersonIdType
) -> None:
    look = reader.look(f"陈大文 港澳台居民居住证 {number} 13800000000", HERE)
    assert look.problems == (CustomerProblem.DOCUMENT_UNSAID,)
    assert look.line.id_types == (PersonIdType.RESIDENT_IDENTITY, other)
    assert look.person is None
    for kind in look.line.id_types:
        assert kind in look.line.choosable_types
        said = reader.look(f"陈大文 {number} 13800000000 {DOCUMENT_WORDS[kind][0]}", HERE)
        assert (said.problems, said.person) == ((), Person("陈大文", number, kind, "13800000000"))


def test_a_permits_check_digit_is_looked_at_whatever_it_is_said_to_be(reader: CustomerReader) -> None:
    for kind in (PersonIdType.RESIDENT_IDENTITY, PersonIdType.HONG_KONG_MACAO_PERMIT):
        look = reader.look(f"陈大文 810000199003078510 13800000000 {DOCUMENT_WORDS[kind][0]}", HERE)
        assert look.problems == (CustomerProblem.NUMBER_WRONG,)
