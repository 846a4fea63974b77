from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import AccountKind, AccountRecord
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.store.tables.accounts import Accounts
from tests.store.samples import ACCOUNT, ID_NUMBER, SANDBOX

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.files.paths import AppPaths

MASKED = replace(ACCOUNT, masked_number="****8515")


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(database)


def test_a_whole_id_number_never_reaches_the_disk(accounts: Accounts, paths: AppPaths) -> None:
    accounts.remember(ACCOUNT)
    assert accounts.list(SANDBOX, "project") == (MASKED,)
    for file in paths.data_dir.iterdir():
        assert not file.is_file() or ID_NUMBER.encode() not in file.read_bytes()


def test_an_account_belongs_to_one_project_of_one_environment(accounts: Accounts) -> None:
    accounts.remember(ACCOUNT)
    assert accounts.list(SANDBOX, "another") == ()
    assert accounts.list(EnvironmentKind.PRODUCTION, "project") == ()
    assert accounts.find_by_third_id(EnvironmentKind.PRODUCTION, "project", "t-1") is None


def test_the_account_used_last_comes_first(accounts: Accounts) -> None:
    company = AccountRecord(SANDBOX, "project", "account-2", AccountKind.ORGANIZATION, "示例公司", last_used_ms=9)
    accounts.remember(ACCOUNT)
    accounts.remember(company)
    assert accounts.list(SANDBOX, "project") == (company, MASKED)


def test_an_account_is_found_by_our_own_id_for_it(accounts: Accounts) -> None:
    accounts.remember(ACCOUNT)
    accounts.remember(replace(ACCOUNT, account_id="account-3", third_id=""))
    assert accounts.find_by_third_id(SANDBOX, "project", "t-1") == MASKED
    assert accounts.find_by_third_id(SANDBOX, "project", "t-2") is None
    assert accounts.find_by_third_id(SANDBOX, "project", "") is None


def test_what_a_later_record_leaves_empty_stays_known_and_nobody_is_renamed(accounts: Accounts) -> None:
    accounts.remember(ACCOUNT)
    accounts.remember(AccountRecord(SANDBOX, "project", "account-1", AccountKind.PERSON, "张三丰", last_used_ms=3))
    assert accounts.list(SANDBOX, "project") == (MASKED,)


def test_of_an_identity_the_account_used_last_is_current(accounts: Accounts) -> None:
    first, second = (replace(ACCOUNT, account_id=f"account-{one}", identity="who") for one in "12")
    accounts.remember(first)
    accounts.remember(second)
    accounts.remember(replace(ACCOUNT, account_id="account-3", identity="another"))
    found = accounts.of_identity(SANDBOX, "project", "who")
    assert [(one.account_id, one.is_current) for one in found] == [("account-2", True), ("account-1", False)]
    assert accounts.of_identity(SANDBOX, "project", "") == ()


def test_a_doubtful_account_is_nobodys_until_it_is_told_anew(accounts: Accounts) -> None:
    accounts.remember(ACCOUNT)
    accounts.doubt([ACCOUNT.account_id])
    assert accounts.list(SANDBOX, "project") == ()
    assert accounts.get(SANDBOX, "project", ACCOUNT.account_id) is None
    assert accounts.find_by_third_id(SANDBOX, "project", "t-1") is None
    assert [one.is_doubtful for one in accounts.all()] == [True]
    told = replace(MASKED, name="李四", third_id="t-2")
    accounts.remember(told)
    assert accounts.list(SANDBOX, "project") == (told,)


def test_a_forgotten_account_leaves_no_byte(accounts: Accounts, paths: AppPaths) -> None:
    accounts.remember(ACCOUNT)
    accounts.forget("account-1")
    accounts.forget("account-1")
    assert accounts.list(SANDBOX, "project") == ()
    for file in paths.data_dir.iterdir():
        assert not file.is_file() or "张三".encode() not in file.read_bytes()
