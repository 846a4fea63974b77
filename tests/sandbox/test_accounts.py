"""Accounts follow the specification's types and rules (4.6)."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.sandbox.accounts import Accounts
from esign_desktop.sandbox.fields import Fields
from esign_desktop.sandbox.refusal import Refusal
from esign_desktop.sandbox.state import Account, State
from tests.sandbox.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.sandbox.server import SandboxServer

PERSON: dict[str, Any] = {"name": "张三", "idNo": "110101199001011237", "idType": 19}
FIELD = 1_100_010
UNKNOWN = 1_100_020
CONFLICT = 1_100_021


def create_person(client: Client, **changes: Any) -> Any:
    return client.call("/account/create/person/private", PERSON | changes)


def create_organization(client: Client, **changes: Any) -> Any:
    values = {"name": "某某公司", "organCode": "745830607", "organType": 12} | changes
    return client.call("/account/create/organize/private", values)


def test_third_id_leads_to_the_account(client: Client) -> None:
    account_id = create_person(client, thirdId="u1").data["accountId"]
    assert client.call("/account/idexchange", {"thirdId": "u1"}).data == {"accountId": account_id}


def test_unknown_third_id_is_an_error(client: Client) -> None:
    assert client.call("/account/idexchange", {"thirdId": "u1"}).err_code == UNKNOWN
    assert client.call("/account/idexchange", {}).err_code == FIELD


def test_repeating_a_creation_gives_the_same_account(client: Client) -> None:
    first = create_person(client, thirdId="u1").data
    assert create_person(client, thirdId="u1", mobile="13500000000").data == first


def test_third_id_of_somebody_else_is_refused(client: Client) -> None:
    create_person(client, thirdId="u1")
    assert create_person(client, thirdId="u1", idNo="110101199001011245").err_code == CONFLICT


def test_without_third_id_each_creation_is_a_new_account(client: Client) -> None:
    assert create_person(client).data != create_person(client).data


@pytest.mark.parametrize(("third_id", "is_taken"), [("a" * 50, True), ("a" * 51, False), ("用" * 17, False)])
def test_third_id_has_at_most_fifty_bytes(client: Client, third_id: str, is_taken: bool) -> None:
    assert (create_person(client, thirdId=third_id).err_code == 0) is is_taken


@pytest.mark.parametrize("missing", ["name", "idNo", "idType"])
def test_required_fields_of_a_person_are_required(client: Client, missing: str) -> None:
    assert create_person(client, **{missing: ""}).err_code == FIELD
    assert missing in create_person(client, **{missing: None}).json["msg"]


@pytest.mark.parametrize("id_type", [12, 23, "x", 19.5, True, [19]])
def test_unknown_id_types_are_refused(client: Client, id_type: Any) -> None:
    assert create_person(client, idType=id_type).err_code == FIELD


@pytest.mark.parametrize("id_type", [13, "13", 22, 19.0])
def test_numbers_may_be_numeric_strings(client: Client, id_type: Any) -> None:
    assert create_person(client, idType=id_type).err_code == 0


def test_unknown_keys_are_ignored(client: Client) -> None:
    assert create_person(client, nickname="x").err_code == 0


def test_organization_needs_a_person_as_its_agent(client: Client) -> None:
    assert create_organization(client).err_code == FIELD
    assert create_organization(client, agentAccountId="nobody").err_code == UNKNOWN
    organization = create_organization(client, agentAccountId=client.person()).data["accountId"]
    assert create_organization(client, agentAccountId=organization).err_code == FIELD


def test_legal_id_number_needs_its_type(client: Client) -> None:
    agent = client.person()
    legal = {"agentAccountId": agent, "legalName": "李四", "legalIdNo": "110101199001011245"}
    assert create_organization(client, **legal).err_code == FIELD
    assert create_organization(client, **legal, legalIdType=19).err_code == 0
    assert create_organization(client, **legal, legalIdType=12).err_code == FIELD


@pytest.mark.parametrize("organ_type", [9, 13, ""])
def test_unknown_organization_types_are_refused(client: Client, organ_type: Any) -> None:
    assert create_organization(client, agentAccountId=client.person(), organType=organ_type).err_code == FIELD


def test_number_can_not_be_guessed_by_the_million(client: Client, server: SandboxServer) -> None:
    """Neither a digest that all of them share, nor one that costs nothing to make."""
    create_person(client, thirdId="u1")
    create_person(client, thirdId="u2")
    kept = [account.identity for account in server.platform.state.accounts if account.third_id]
    assert len(set(kept)) == 2
    plain = hashlib.sha256("\x00".join(["person", "19", PERSON["idNo"], PERSON["name"]]).encode()).hexdigest()
    assert all(plain not in identity for identity in kept)
    began_s = time.process_time()
    create_person(client, thirdId="u1")
    assert time.process_time() - began_s > 0.002


def test_plain_digest_of_an_older_version_is_replaced_and_still_knows_the_person(tmp_path: Path) -> None:
    plain = hashlib.sha256("\x00".join(["person", "19", PERSON["idNo"], PERSON["name"]]).encode()).hexdigest()
    State(tmp_path).accounts.put("a1", Account("a1", "person", "张三", plain, "u1"))

    accounts = Accounts(State(tmp_path), "project")

    assert all(plain not in path.read_text("utf-8") for path in tmp_path.rglob("*.json"))
    assert accounts.create_person(Fields(PERSON | {"thirdId": "u1"})) == {"accountId": "a1"}
    with pytest.raises(Refusal):
        accounts.create_person(Fields(PERSON | {"thirdId": "u1", "idNo": "110101199001011245"}))


@pytest.mark.parametrize("second_account", ["new", "same", "refused"])
def test_second_account_of_one_identity_is_a_setting(
    start_server: Callable[..., SandboxServer], second_account: str
) -> None:
    client = Client(start_server(second_account=second_account).base_url)
    first = create_person(client, thirdId="u1", mobile="13800000000")
    again = create_person(client, thirdId="u1", mobile="13800000000")
    second = create_person(client, thirdId="u2", mobile="13700000000")
    # A repeated call is no second account.
    assert again.data == first.data
    if second_account == "refused":
        assert second.err_code == CONFLICT
    else:
        assert (second.data == first.data) is (second_account == "same")
