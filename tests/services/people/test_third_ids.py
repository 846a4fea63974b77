from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.account import MAX_THIRD_ID_BYTES, Organization, Person, PersonIdType
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

ZHANG = Person("张三", "11010119500101005X")


def ids(folder: Path) -> tuple[ThirdIds, Database]:
    database = Database(folder / "esign.db")
    database.open()
    return ThirdIds(Settings(database)), database


def test_same_number_has_the_same_id_after_a_restart_and_another_one_elsewhere(tmp_path: Path) -> None:
    found = []
    for folder in ("here", "here", "there"):
        (tmp_path / folder).mkdir(exist_ok=True)
        third_ids, database = ids(tmp_path / folder)
        found.append(third_ids.of_person(ZHANG))
        database.close()
    assert found[0] == found[1] != found[2]
    assert len(found[0].encode()) <= MAX_THIRD_ID_BYTES


def test_id_depends_on_number_and_kind_alone_and_does_not_hold_them(tmp_path: Path) -> None:
    third_ids, database = ids(tmp_path)
    own = third_ids.of_person(ZHANG)
    assert third_ids.of_person(Person("章三", "11010119500101005x", mobile="1")) == own
    assert third_ids.of_person(Person("张三", "11010119500101005X", PersonIdType.PASSPORT)) != own
    assert "0101005" not in own
    database.close()


def test_organization_has_an_id_for_each_agent(tmp_path: Path) -> None:
    third_ids, database = ids(tmp_path)
    bank = Organization("示例银行", "91110000600037341L")
    assert third_ids.of_organization(bank, ZHANG) == third_ids.of_organization(bank, ZHANG)
    assert third_ids.of_organization(bank, ZHANG) != third_ids.of_organization(bank, Person("李四", "1"))
    database.close()


def test_whoever_has_no_number_has_no_id(tmp_path: Path) -> None:
    third_ids, database = ids(tmp_path)
    assert third_ids.of_person(Person("张三")) == ""
    assert third_ids.of_organization(Organization("示例银行"), ZHANG) == ""
    database.close()
