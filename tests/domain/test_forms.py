from __future__ import annotations

import pytest

from esign_desktop.domain.forms import FieldKind, PdfFormField, guessed_datum, preset_fields, template_fields
from esign_desktop.domain.preset.fields import CustomerDatum, FormField


@pytest.mark.parametrize(
    ("name", "hint", "datum"),
    [
        ("姓名", "", CustomerDatum.NAME),
        ("form1.borrowerName", "", CustomerDatum.NAME),
        ("Text3", "借款人姓名", CustomerDatum.NAME),
        ("customer", "", CustomerDatum.NAME),
        ("配偶姓名", "", CustomerDatum.TYPED),
        ("姓名", "配偶", CustomerDatum.TYPED),
        ("companyName", "", CustomerDatum.TYPED),
        ("idCardNo", "", CustomerDatum.ID_NUMBER),
        ("身份证号码", "", CustomerDatum.ID_NUMBER),
        ("联系电话", "", CustomerDatum.MOBILE),
        ("telephone", "", CustomerDatum.MOBILE),
        ("hotel", "", CustomerDatum.TYPED),
        ("性别", "", CustomerDatum.SEX),
        ("出生日期", "", CustomerDatum.BIRTH_DATE),
        ("年龄", "", CustomerDatum.AGE),
        ("page", "", CustomerDatum.TYPED),
        ("签订日期", "", CustomerDatum.TODAY),
        ("还款日期", "", CustomerDatum.TYPED),
        ("金额", "", CustomerDatum.TYPED),
        ("", "", CustomerDatum.TYPED),
    ],
)
def test_a_field_is_filled_with_what_it_is_called_after(name: str, hint: str, datum: CustomerDatum) -> None:
    assert guessed_datum(PdfFormField(name, FieldKind.TEXT, hint=hint)) is datum


def test_only_text_fields_with_a_name_are_filled_each_once() -> None:
    fields = (
        PdfFormField("b", FieldKind.TEXT),
        PdfFormField("agree", FieldKind.CHECK),
        PdfFormField("", FieldKind.TEXT),
        PdfFormField("a", FieldKind.TEXT),
        PdfFormField("b", FieldKind.TEXT, 2),
    )
    found = preset_fields(template_fields(fields))
    assert found == (
        FormField("b", CustomerDatum.TYPED),
        FormField("a", CustomerDatum.TYPED),
    )
