from __future__ import annotations

import pytest

from esign_desktop.domain.account import OrganizationCodeType
from esign_desktop.domain.people.organization_codes import code_fits, code_type_of, likely_code_type

T = OrganizationCodeType


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("统一社会信用代码", T.UNIFIED_SOCIAL_CREDIT),
        ("组织机构代码", T.ORGANIZATION_CODE),
        ("企业工商注册号", T.BUSINESS_REGISTRATION),
        (" Business registration number ", T.BUSINESS_REGISTRATION),
        ("１０", T.ORGANIZATION_CODE),
        ("12", T.BUSINESS_REGISTRATION),
        ("13", None),
        ("护照", None),
        ("", None),
    ],
)
def test_kind_is_read_from_its_name_or_the_platforms_number(text: str, kind: OrganizationCodeType | None) -> None:
    assert code_type_of(text) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("91110000600037341L", T.UNIFIED_SOCIAL_CREDIT),
        ("600037341", T.ORGANIZATION_CODE),
        ("110000012345678", T.BUSINESS_REGISTRATION),
        ("1100001234567", T.BUSINESS_REGISTRATION),
        ("", T.UNIFIED_SOCIAL_CREDIT),
    ],
)
def test_code_tells_its_kind_where_nobody_says_it(code: str, kind: OrganizationCodeType) -> None:
    assert likely_code_type(code) is kind


def test_organization_code_is_held_to_its_check_character() -> None:
    # The nine characters inside a credit code are the organization's code.
    assert code_fits(T.ORGANIZATION_CODE, "600037341")
    assert not code_fits(T.ORGANIZATION_CODE, "600037342")
    assert not code_fits(T.ORGANIZATION_CODE, "6000373")


def test_registrations_of_every_age_fit() -> None:
    for code in ("110000012345678", "1100001234567", "企独浙总字第001234号"):
        assert code_fits(T.BUSINESS_REGISTRATION, code)
    assert not code_fits(T.BUSINESS_REGISTRATION, "无")
