from __future__ import annotations

import pytest

from esign_desktop.services.people.lines import holds_number, read_organization, read_person

NUMBER = "110101199003078515"
CODE = "91000000MA0000000N"


@pytest.mark.parametrize(
    "text",
    [
        f"张三 {NUMBER} 13800000000",
        f"13800000000，{NUMBER}，张三",
        f"姓名：张三 身份证号：{NUMBER} 手机：13800000000",
    ],
)
def test_a_person_is_read_in_any_order(text: str) -> None:
    person = read_person(text)
    assert person is not None
    assert (person.name, person.id_number, person.mobile) == ("张三", NUMBER, "13800000000")


@pytest.mark.parametrize("text", ["张三", "", f"张三 李四 {NUMBER}", f"张三 {NUMBER} 12345678", NUMBER])
def test_what_cannot_be_told_for_sure_is_no_person(text: str) -> None:
    assert read_person(text) is None


@pytest.mark.parametrize(
    "name", ["云禾示例科技有限公司", "云禾（杭州）科技有限公司", "示例合伙企业（有限合伙）", "360示例公司"]
)
def test_an_organization_is_read_with_who_acts_for_it(name: str) -> None:
    found = read_organization(f"{name} {CODE.lower()} 张三 {NUMBER} 13800000000")
    assert found is not None
    organization, agent = found
    assert (organization.name, organization.code) == (name, CODE)
    assert agent is not None
    assert (agent.name, agent.id_number, agent.mobile) == ("张三", NUMBER, "13800000000")


def test_an_organization_may_come_without_a_person() -> None:
    found = read_organization(f"名称：示例有限公司\t统一社会信用代码：{CODE}")
    assert found is not None
    assert (found[0].name, found[0].code, found[1]) == ("示例有限公司", CODE, None)


@pytest.mark.parametrize(
    "text",
    [
        "示例有限公司",
        "示例有限公司 91000000MA0000000X",
        f"示例有限公司 另一公司 {CODE}",
        f"示例有限公司 {CODE} 张三 李四",
    ],
)
def test_what_cannot_be_told_for_sure_is_no_organization(text: str) -> None:
    assert read_organization(text) is None


def test_a_number_in_a_name_belongs_elsewhere() -> None:
    assert holds_number(f"张三 {NUMBER}")
    assert holds_number("张三 １３８００００００００")
    assert not holds_number("360科技有限公司")
