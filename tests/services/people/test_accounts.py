from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from esign_desktop.domain.account import AccountKind, AccountRecord, Person
from esign_desktop.domain.errors import ApiError
from esign_desktop.services.people.accounts import AccountService
from tests.services.desk import Desk, clock_ms
from tests.ui.flow_samples import make_flow

if TYPE_CHECKING:
    from tests.services.sandbox_platform import SandboxPlatform


@pytest.fixture
def accounts(desk: Desk) -> AccountService:
    return AccountService(desk.stores.accounts, client_for=desk.client_for, clock_ms=clock_ms, book=desk.stores.book)


def test_account_that_only_the_platform_knows_has_no_name(
    desk: Desk, accounts: AccountService, platform: SandboxPlatform
) -> None:
    third_id = uuid4().hex
    account_id = desk.client_for(platform.environment).create_person(
        Person("张示例", "110101199003071234", third_id=third_id)
    )

    found = accounts.find_by_third_id(platform.environment, third_id)

    assert found is not None
    assert (found.account_id, found.name, found.kind) == (account_id, "", AccountKind.PERSON)
    # Looking alone leaves no trace.
    assert accounts.known(platform.environment) == ()


def test_account_known_here_is_found_without_the_platform(accounts: AccountService, platform: SandboxPlatform) -> None:
    environment = platform.environment
    record = AccountRecord(
        environment.kind, environment.project_id, "account", AccountKind.ORGANIZATION, "示例公司", third_id="own"
    )
    accounts.remember(record)
    asked = platform.requests("/account/idexchange")

    found = accounts.find_by_third_id(environment, "own")

    assert found is not None
    assert (found.name, found.kind) == ("示例公司", AccountKind.ORGANIZATION)
    assert found.last_used_ms > 0
    assert platform.requests("/account/idexchange") == asked
    accounts.forget(found)
    assert accounts.known(environment) == ()


def test_id_that_nobody_has_finds_nobody(accounts: AccountService, platform: SandboxPlatform) -> None:
    assert accounts.find_by_third_id(platform.environment, uuid4().hex) is None


def test_platform_that_does_not_answer_is_an_error(accounts: AccountService, platform: SandboxPlatform) -> None:
    platform.set_faults({"path": "/account/idexchange", "fault": "reset"})
    with pytest.raises(ApiError):
        accounts.find_by_third_id(platform.environment, uuid4().hex)


def test_whose_account_pays_is_told_as_far_as_it_is_known_here(
    accounts: AccountService, platform: SandboxPlatform
) -> None:
    environment = platform.environment
    record = AccountRecord(environment.kind, environment.project_id, "bank", AccountKind.ORGANIZATION, "云禾银行")
    accounts.remember(record)
    home: dict[str, Any] = {"environment": environment.kind, "project_id": environment.project_id}
    flow = replace(make_flow(), payer_account_id="bank", **home)
    assert accounts.payer_name(flow) == "云禾银行"
    assert accounts.payer_name(replace(flow, payer_account_id="stranger")) == ""
    assert accounts.payer_name(replace(flow, project_id="another project")) == ""
    assert accounts.record(environment, "bank") is not None
    assert accounts.record(environment, "stranger") is None
