"""The list of templates, kept by a real store, made at a real rehearsal platform, and drawn on real PDFs."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pymupdf
import pytest

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.templates import TemplateField, ValueKind
from esign_desktop.services.templates.making import TEMPLATE
from esign_desktop.store.tables.templates import Templates
from tests.services.desk import make_pdf
from tests.services.template_files import write_form
from tests.services.template_library import DRAWN, Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform


def fails(work: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        work()
    return caught.value.code


@pytest.fixture
def library(tmp_path: Path, platform: SandboxPlatform) -> Iterator[Library]:
    library = Library(tmp_path, platform)
    yield library
    library.desk.close()


def test_what_was_drawn_is_listed_with_its_pages_and_filled_by_the_platform(library: Library, tmp_path: Path) -> None:
    made = library.make()
    (listed,) = library.service.list()
    assert replace(listed, made_at_ms=made.made_at_ms) == made
    assert (listed.name, listed.home, listed.fields, len(listed.pages)) == ("借款合同", library.home, DRAWN, 2)
    assert library.service.here() == (listed,)
    assert not list((tmp_path / "drawn").iterdir())

    client = library.desk.client_for(library.environment)
    _, url = client.create_document_from_template(made.template_id, "借款", {"借款人": "张三", "金额": "8,000.00"})
    client.download(url, tmp_path / "filled.pdf")
    with pymupdf.open(tmp_path / "filled.pdf") as pdf:
        frame = pymupdf.Rect(60, 842 - 722, 260, 842 - 700)
        assert "张三" in pdf[0].get_text(clip=frame)
        assert "8,000.00" in pdf[0].get_text()


@pytest.mark.nightly
def test_a_document_of_a_template_counts_and_one_that_is_gone_is_marked(library: Library) -> None:
    made = library.make()
    templates = Templates(library.desk.database)
    templates.note_use(library.home, made.template_id)
    assert library.service.list()[0].use_count == 1
    templates.note_gone(library.home, made.template_id)
    assert library.service.list()[0].is_gone
    # It is known after all.
    templates.note_use(library.home, made.template_id)
    assert (library.service.list()[0].is_gone, library.service.list()[0].use_count) == (False, 2)


def test_an_edit_keeps_what_was_learned_of_the_template_meanwhile(library: Library) -> None:
    made = library.make()
    templates = Templates(library.desk.database)
    templates.note_gone(library.home, made.template_id)
    assert library.service.change_fields(made, DRAWN[:1]).is_gone
    renamed = library.service.rename(made, "另一名称")
    (listed,) = library.service.list()
    assert listed == renamed
    assert (listed.is_gone, listed.name, listed.fields) == (True, "另一名称", DRAWN[:1])
    pdf = library.service.path_of(made)
    assert library.service.take_pdf(made, pdf).is_gone
    assert (library.service.list()[0].is_gone, library.service.list()[0].name) == (True, "另一名称")


def test_a_contract_begins_with_a_copy_of_its_pdf_and_its_empty_form(library: Library) -> None:
    made = library.make()
    document = library.service.use(made)
    assert document.template is not None
    assert document.template.template_id == made.template_id
    assert [(one.name, one.rect, one.is_required) for one in document.template.wanted] == [
        (one.name, one.rect, one.is_required) for one in DRAWN
    ]
    assert document.pages == made.pages
    library.service.remove(made)
    library.desk.documents.close(document.id)
    library.desk.documents.reopen(document)


def test_one_that_is_gone_at_the_platform_can_be_made_again(library: Library) -> None:
    made = library.make()
    Templates(library.desk.database).note_gone(library.home, made.template_id)
    again = library.make()
    assert again.template_id != made.template_id
    assert {one.template_id: one.is_gone for one in library.service.list()} == {
        made.template_id: True,
        again.template_id: False,
    }


@pytest.mark.nightly
def test_a_name_is_changed_here(library: Library) -> None:
    made = library.make()
    library.service.rename(made, "  个人  借款 ")
    assert library.service.list()[0].name == "个人 借款"
    assert fails(lambda: library.service.rename(made, " ")) == "template.no_name"


@pytest.mark.nightly
def test_what_is_taken_off_the_list_is_not_made_a_second_time(library: Library) -> None:
    made, count = library.make(), library.platform.requests("/template/createbyfilekey")
    library.service.remove(made)
    assert library.service.list() == ()
    assert list(library.desk.paths.templates_dir.iterdir()) == []
    again = library.make()
    assert again.template_id == made.template_id
    assert library.platform.requests("/template/createbyfilekey") == count
    assert library.service.list()[0].fields == DRAWN
    assert library.service.path_of(again).is_file()


@pytest.mark.nightly
def test_the_same_pdf_is_another_template_in_another_project(library: Library) -> None:
    made = library.make()
    library.environment = replace(library.environment, kind=EnvironmentKind.TEST)
    document = library.service.open(made)
    assert library.maker.look(document).earlier is None
    Templates(library.desk.database).save(replace(made, home=library.home, made_at_ms=made.made_at_ms + 1))
    assert [one.home.environment for one in library.service.list()] == [EnvironmentKind.TEST, made.home.environment]
    assert library.service.here() == (library.service.list()[0],)


def test_a_template_is_added_by_its_id_with_or_without_its_pdf(library: Library, tmp_path: Path) -> None:
    bare = library.service.add(" 20180403120233 ", "旧合同")
    assert (bare.template_id, bare.pages, bare.fields) == ("20180403120233", (), ())
    assert fails(lambda: library.service.path_of(bare)) == "template.no_pdf"
    assert fails(lambda: library.service.add("20180403120233", "又一份")) == "template.listed"
    assert fails(lambda: library.service.add("a b", "x")) == "template.bad_id"
    assert fails(lambda: library.service.add("", "x")) == "template.bad_id"
    make_pdf(tmp_path / "no_form.pdf")
    assert fails(lambda: library.service.take_pdf(bare, tmp_path / "no_form.pdf")) == "template.no_text_field"
    whole = library.service.take_pdf(bare, write_form(tmp_path / "form.pdf", ["姓名", "签订日期"]))
    assert [(one.name, one.kind) for one in whole.fields] == [("姓名", ValueKind.TEXT), ("签订日期", ValueKind.DATE)]
    assert library.service.list() == (whole,)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ((), "template.no_fields"),
        ((DRAWN[0], DRAWN[0]), "template.bad_field"),
        ((replace(DRAWN[0], rect=PageRect(500, 700, 700, 720)),), "template.bad_field"),
        ((replace(DRAWN[0], rect=PageRect(60, 700, 62, 720)),), "template.bad_field"),
        ((replace(DRAWN[0], name="a.b"),), "template.bad_field"),
        ((replace(DRAWN[0], example="𬭊"),), "pdf.no_glyphs"),
    ],
)
def test_what_can_not_be_written_is_told_and_writes_nothing(
    library: Library, fields: tuple[TemplateField, ...], code: str
) -> None:
    document = library.open()
    assert fails(lambda: library.service.draw(document, fields)) == code
    assert not (library.folder / "drawn").exists() or not list((library.folder / "drawn").iterdir())


def test_a_name_that_the_form_has_already_is_refused(library: Library, tmp_path: Path) -> None:
    write_form(tmp_path / "form.pdf", ["借款人"])
    document = library.open("form.pdf")
    with pytest.raises(AppError) as caught:
        library.service.draw(document, DRAWN)
    assert (caught.value.code, caught.value.params["reason"]) == ("template.bad_field", "same_name")


@pytest.mark.nightly
def test_a_lost_database_gets_its_templates_back_from_ledger_and_pdfs(library: Library) -> None:
    made = library.make()
    library.desk.database.execute("DELETE FROM templates", ())
    assert library.service.list() == ()
    assert library.service.restore() == 1
    (back,) = library.service.list()
    assert (back.template_id, back.home, back.pages) == (made.template_id, made.home, made.pages)
    # Kinds and labels stand in the PDF; examples do not.
    assert [(one.name, one.kind, one.rect) for one in back.fields] == [(one.name, one.kind, one.rect) for one in DRAWN]
    assert library.service.restore() == 0


def test_a_line_of_the_ledger_that_names_no_environment_brings_nothing(library: Library) -> None:
    values = {"environment": "nowhere", "project_id": "p", "sha256": "0" * 64, "template_id": "t"}
    library.desk.stores.ledger.append(TEMPLATE, values)
    assert library.service.restore() == 0


def test_a_try_whose_answer_was_lost_is_on_the_list_until_it_is_known(library: Library) -> None:
    library.platform.set_faults({"path": "/template/createbyfilekey", "fault": "drop_reply"})
    assert fails(library.make) == "template.answer_lost"
    library.platform.set_faults()
    (lost,) = library.service.list()
    assert (lost.is_made, lost.name, lost.fields) == (False, "借款合同", DRAWN)
    assert library.service.here() == ()
    document = library.service.open(lost)
    library.maker.make(document, library.maker.look(document), name=lost.name, fields=lost.fields, anew=True)
    assert [one.is_made for one in library.service.list()] == [True]


def test_a_drawn_form_that_a_crash_left_behind_is_swept(library: Library) -> None:
    library.service.discard_drawn(library.service.draw(library.open(), DRAWN))
    left, fresh = library.folder / "drawn" / "left.pdf", library.folder / "drawn" / "fresh.pdf"
    for path in (left, fresh):
        path.write_bytes(b"%PDF")
    os.utime(left, (1, 1))
    library.service.discard_drawn(library.service.draw(library.open(), DRAWN))
    assert not left.exists()
    assert fresh.exists()
