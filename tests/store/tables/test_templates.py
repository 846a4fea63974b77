from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.erasure import FORGOTTEN_NAME, PersonIdentifiers
from esign_desktop.domain.geometry import PageFrame, PageRect
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.templates import Template, TemplateField, TemplateForm, ValueKind
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.tables.templates import Templates

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database

HOME = PresetHome(EnvironmentKind.TEST, "project")
FIELD = TemplateField(
    *("方式", ValueKind.CHOICE),
    label="还款方式",
    example="到期",
    choices=("到期", "按月"),
    page_number=1,
    rect=PageRect(1.5, 2, 30, 40),
    most_characters=9,
)
TEMPLATE = Template("t-1", HOME, "借款合同", "0" * 64, (PageFrame(595, 842),), (FIELD, TemplateField("b")), 5)


def test_a_template_is_read_as_it_was_saved(database: Database) -> None:
    templates = Templates(database)
    templates.save(TEMPLATE)
    assert templates.list() == (TEMPLATE,)
    assert templates.get(HOME, "t-1") == TEMPLATE
    assert templates.get(replace(HOME, project_id="other"), "t-1") is None
    templates.save(replace(TEMPLATE, name="另名"))
    assert [one.name for one in templates.list()] == ["另名"]


def test_one_from_before_there_was_a_list_has_no_name_and_no_form(database: Database) -> None:
    database.execute(
        "INSERT INTO templates (id, environment, project_id, sha256, template_id, changed_at_ms)"
        " VALUES ('x', 'test', 'project', ?, 't-0', 3)",
        ("0" * 64,),
    )
    assert Templates(database).list() == (Template("t-0", HOME, "", "0" * 64, made_at_ms=3),)


def test_a_form_that_can_not_be_read_is_left_out(database: Database) -> None:
    templates = Templates(database)
    templates.save(TEMPLATE)
    database.execute("UPDATE templates SET form = '{'", ())
    assert templates.list() == (replace(TEMPLATE, pages=(), fields=()),)


def test_a_try_is_on_the_list_until_one_with_its_content_succeeds(database: Database) -> None:
    templates = Templates(database)
    form = TemplateForm(TEMPLATE.pages, TEMPLATE.fields)
    lost = templates.begin(HOME, "0" * 64, 1, name="借款合同", form=form)
    assert [one.is_made for one in templates.list()] == [False]
    second = templates.begin(HOME, "0" * 64, 2, name="借款合同", form=form)
    templates.keep(second.id, "t-2", 3)
    assert [one.template_id for one in templates.list()] == ["t-2"]
    assert lost.id != second.id


def test_a_person_who_is_forgotten_is_in_no_name_and_no_example(database: Database) -> None:
    templates = Templates(database)
    named = replace(FIELD, example="样张三")
    templates.save(replace(TEMPLATE, name="样张三的合同", fields=(named,)))
    PersonErasure(database).begin(PersonIdentifiers("样张三", "token"))
    (one,) = templates.list()
    assert one.name == f"{FORGOTTEN_NAME}的合同"
    assert one.fields[0].example == FORGOTTEN_NAME
    assert one.pages == TEMPLATE.pages
