"""What is said of values that can't be right, or hardly fit."""

from __future__ import annotations

import pytest

from esign_desktop.domain.contract.problems import FieldSubject, Severity
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.services.presets.form_values import value_problems, written
from tests.drafts import make_document, make_draft

PLACE = PageRect(60.0, 700.0, 160.0, 716.0)


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (AnswerKind.AMOUNT, "12,000.50", None),
        (AnswerKind.AMOUNT, "12万", "form.no_amount"),
        (AnswerKind.AMOUNT_IN_WORDS, "壹万元整", None),
        (AnswerKind.NUMBER, "-1.5%", None),
        (AnswerKind.NUMBER, "one", "form.no_number"),
        (AnswerKind.DATE, "2026-02-28", None),
        (AnswerKind.DATE, "2026-02-30", "form.no_date"),
        (AnswerKind.ID_NUMBER, "110101199003070012", "form.bad_id_number"),
        (AnswerKind.MOBILE, "13800000000", None),
        (AnswerKind.MOBILE, "1380000", "form.bad_mobile"),
        (AnswerKind.CHOICE, "月", None),
        (AnswerKind.CHOICE, "1", "form.no_choice"),
        (AnswerKind.CHECK, "√", None),
        (AnswerKind.CHECK, "maybe", "form.no_tick"),
        (AnswerKind.TEXT, "x" * 31, "form.too_long"),
        (AnswerKind.DATE, " ", None),
    ],
)
def test_each_value_is_checked_by_its_kind(kind: AnswerKind, value: str, code: str | None) -> None:
    wanted = WantedField("field", label="项目", kind=kind, choices=("年", "月"), most_characters=30)
    document = make_document(template=TemplateFilling("template", (("field", value),), (wanted,)))
    found = value_problems(make_draft(documents=(document,)))
    assert [problem.code for problem in found] == ([] if code is None else [code])
    for problem in found:
        assert problem.severity is Severity.BLOCKING
        assert problem.subject == FieldSubject(document.id, "field")
        assert value not in map(str, problem.params.values())


@pytest.mark.parametrize(
    ("value", "code", "severity"),
    [
        ("张三", None, None),
        ("北京市朝阳区某某街道某某小区一号楼二单元三零三室", "form.drawn_small", Severity.WARNING),
        ("地址" * 400, "form.cut_off", Severity.WARNING),
    ],
)
def test_a_value_that_hardly_fits_its_field_is_told(value: str, code: str | None, severity: Severity | None) -> None:
    wanted = WantedField("field", most_characters=1000, page_number=1, rect=PLACE)
    document = make_document(template=TemplateFilling("template", (("field", value),), (wanted,)))
    found = value_problems(make_draft(documents=(document,)))
    assert [(problem.code, problem.severity) for problem in found] == ([] if code is None else [(code, severity)])


def test_a_value_is_written_as_forms_have_it() -> None:
    assert written(WantedField("d", kind=AnswerKind.DATE), "20260309") == "2026年03月09日"
    assert written(WantedField("d", kind=AnswerKind.DATE), " not  a date ") == "not a date"
