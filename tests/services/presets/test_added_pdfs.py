"""Pages of a PDF that a preset appends to every contract: kept, exchanged, measured, and sent."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from esign_desktop.domain.added_pages import FRAME, MOST_ADDED_BYTES, AddedPdf, AddedTable
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.geometry import PageFrame, PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId
from esign_desktop.domain.preset.soundness import is_sound
from esign_desktop.services.bulk.values import RowState
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.sending.readiness import ReadinessService
from esign_desktop.store.codec import preset_from_json, preset_to_json
from esign_desktop.ui.resources import resource_path
from tests.bulk_samples import HEADINGS, make_sheet, person_row
from tests.raised import raises_code
from tests.services.bulk_desk import BulkDesk
from tests.services.counter.test_forms import make_form_preset
from tests.services.counter_desk import ZHANG
from tests.services.desk import person_signer
from tests.services.template_files import make_part, mupdf, write_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.document import Document, TemplateFilling
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.people.accounts import AccountService
    from tests.services.sandbox_platform import SandboxPlatform

LOAN = """loan agreement
the lender shall pay the amount of the loan,
the borrower shall repay the loan by the date above,
the party in default shall compensate the other party,
notices shall be sent to the address of the party,
seal and signature of the parties"""
TABLE = AddedTable((("第一期", "九月"),), "还款计划表")
ADDED = ["还款计划表第一期九月", "generalterms", "pricelist"]


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[BulkDesk]:
    desk = BulkDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


@pytest.fixture
def part(tmp_path: Path) -> AddedPdf:
    return make_part(tmp_path / "copies", "general terms", "price list")


@pytest.fixture
def preset(desk: BulkDesk, tmp_path: Path, part: AddedPdf) -> Preset:
    """A preset whose contracts end with a table and pages of a file. The file itself is gone."""
    before = make_form_preset(desk, tmp_path)
    document = before.documents[0]
    assert document.template is not None
    template = desk.presets.pdfs.keep_blocks(replace(document.template, blocks=(TABLE, part)), document.id)
    kept = replace(document, template=template, pages=(*document.pages, FRAME, *part.frames))
    preset = desk.presets.save(replace(before, documents=(kept,)))
    Path(part.path).unlink()
    return preset


def added_texts(platform: SandboxPlatform, preset: Preset, page_count: int = 3) -> list[list[str]]:
    """Return the texts of the last pages of each contract of the preset, as the platform made them."""
    found = []
    for flow in platform.flows(preset.title):
        with mupdf.open(stream=platform.document_bytes(flow.document_ids[0]), filetype="pdf") as pdf:
            found.append(["".join(page.get_text().split()) for page in pdf][-page_count:])
    return found


def kept_parts(desk: BulkDesk) -> set[str]:
    return {path.stem for path in desk.paths.presets_dir.iterdir()}


def test_a_contract_of_the_counter_ends_with_the_presets_pages(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    desk.counter.answer("50,000")
    desk.counter.answer("装修")
    view = desk.counter.send()
    assert (view.state, view.error) == (CounterState.SHOWING, None)
    assert added_texts(platform, preset) == [ADDED]


def test_contracts_of_a_sheet_end_with_the_presets_pages(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    rows = [(*person_row(number), "50,000", "装修") for number in (1, 2)]
    report = desk.send(preset, make_sheet(*rows, headings=(*HEADINGS, "Amount", "PURPOSE")))
    assert [row.state for row in report.rows] == [RowState.SENT] * 2
    assert added_texts(platform, preset) == [ADDED, ADDED]


def test_the_file_is_kept_as_long_as_a_preset_has_it(desk: BulkDesk, preset: Preset, part: AddedPdf) -> None:
    assert kept_parts(desk) == {part.sha256}
    assert [path.stem for path in desk.presets.paths_of(preset)] == [part.sha256]
    (document,) = desk.presets.documents_of(preset)
    assert document.added_pdfs == (replace(part, path=str(desk.presets.paths_of(preset)[0])),)
    at_desk = desk.presets.filled_without_customer(
        preset.documents[0], replace(document, template=None, pages=document.pages[:2])
    )
    assert (at_desk.added_pdfs, at_desk.pages) == (document.added_pdfs, document.pages)
    desk.presets.delete(preset.id)
    assert kept_parts(desk) == set()


def test_a_preset_is_made_with_the_pages_at_the_end_of_a_contract(
    desk: BulkDesk, preset: Preset, part: AddedPdf, tmp_path: Path
) -> None:
    (document,) = desk.presets.documents_of(preset)
    opened = desk.documents.open(tmp_path / "template.pdf")
    draft = replace(ContractDraft.new(), documents=(replace(opened, template=document.template, pages=document.pages),))
    made = desk.presets.make(draft, (), name="again", environment=desk.environment)
    assert made.documents[0].added_pdfs == (replace(part, path=""),)
    assert made.documents[0].pages == document.pages
    desk.presets.delete(preset.id)
    assert kept_parts(desk) == {part.sha256}
    desk.presets.paths_of(made)[0].unlink()
    with raises_code(InputError, "form.block_missing"):
        desk.presets.make(draft, (), name="yet again", environment=desk.environment)


def test_no_preset_is_made_whose_contracts_could_not_be_sent(
    desk: BulkDesk, preset: Preset, part: AddedPdf, tmp_path: Path
) -> None:
    (document,) = desk.presets.documents_of(preset)
    opened = desk.documents.open(tmp_path / "template.pdf")
    form = replace(opened, template=document.template, pages=document.pages)
    draft = replace(ContractDraft.new(), documents=(form,))
    eleven = make_part(tmp_path / "copies", *"abcdefghijk", name="eleven.pdf")
    large = replace(part, size_bytes=MOST_ADDED_BYTES // 2 + 1)
    for blocks, code in (((eleven,), "form.no_room_left"), ((large, large), "form.files_too_large")):
        changed = set_blocks(draft, form.id, blocks)
        with raises_code(InputError, code):
            desk.presets.named_in(changed, ())
        with raises_code(InputError, code):
            desk.presets.make(changed, (), name="again", environment=desk.environment)
    assert desk.presets.list() == (preset,)
    assert kept_parts(desk) == {part.sha256}


def test_the_same_file_can_follow_a_form_several_times(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset, tmp_path: Path
) -> None:
    (part,) = preset.documents[0].added_pdfs
    document = with_blocks(preset, part, TABLE, replace(part, name="again.pdf")).documents[0]
    document = replace(document, pages=(*preset.documents[0].own_pages, *part.frames, FRAME, *part.frames))
    twice = desk.presets.save(replace(preset, documents=(document,)))
    desk.presets.export(twice.id, tmp_path / "twice.esignpreset")
    other = BulkDesk(tmp_path / "other", platform.environment)
    declined, found = (other.presets.imports.look_into(tmp_path / "twice.esignpreset") for _ in range(2))
    other.presets.imports.decline(declined)
    taken = other.presets.imports.take_in(found)
    assert taken.documents == twice.documents
    rows = [(*person_row(1), "50,000", "装修")]
    report = other.send(taken, make_sheet(*rows, headings=(*HEADINGS, "Amount", "PURPOSE")))
    other.close()
    assert [row.state for row in report.rows] == [RowState.SENT]
    assert added_texts(platform, twice, 5) == [[*ADDED[1:], *ADDED]]


def _another(document: Document) -> TemplateFilling:
    assert document.template is not None
    return replace(document.template, template_id="another template")


def test_a_forms_own_pdf_is_recognized_whatever_follows_the_form(
    desk: BulkDesk, preset: Preset, tmp_path: Path
) -> None:
    (document,) = desk.presets.documents_of(preset)
    opened = desk.documents.open(write_form(tmp_path / "own.pdf", (), text=LOAN))
    form = replace(opened, template=_another(document), pages=document.pages)
    signer = person_signer("张三")
    seal = CoordinatePlacement(
        PlacementId("seal"), signer.id, form.id, PageRanges.single(form.page_count), PagePoint(300.0, 300.0)
    )
    draft = replace(ContractDraft.new(), documents=(form,), signers=(signer,), placements=(seal,))
    made = desk.presets.make(draft, (signer.id,), name="again", environment=desk.environment)
    for shown in (opened, form):
        found = desk.presets.recognise(shown, desk.environment)
        assert found is not None
        assert (found.preset.id, found.changes, found.differences) == (made.id, (), ())


def test_a_contract_in_prepare_keeps_the_pages_when_its_preset_is_deleted(
    desk: BulkDesk, preset: Preset, part: AddedPdf, tmp_path: Path
) -> None:
    (document,) = desk.presets.documents_of(preset)
    opened = desk.documents.open(write_form(tmp_path / "own.pdf", (), text=LOAN))
    form = replace(opened, template=_another(document), pages=document.pages)
    made = desk.presets.make(
        replace(ContractDraft.new(), documents=(form,)), (), name="again", environment=desk.environment
    )
    found = desk.presets.recognise(opened, desk.environment)
    assert found is not None
    assert found.preset == made
    filled = desk.presets.filled_without_customer(
        desk.presets.pdfs.with_copied_blocks(found.preset.documents[0]), opened
    )
    assert filled.pages == document.pages
    desk.drafts.save(replace(ContractDraft.new(), documents=(filled,)))
    desk.presets.delete(made.id)
    desk.presets.delete(preset.id)
    assert kept_parts(desk) == set()
    (block,) = filled.added_pdfs
    assert hashlib.sha256(Path(block.path).read_bytes()).hexdigest() == part.sha256
    assert list(desk.paths.copies_dir.iterdir()) == [Path(block.path)]


def test_a_presets_missing_file_is_named_in_review(desk: BulkDesk, preset: Preset, tmp_path: Path) -> None:
    (document,) = desk.presets.documents_of(preset)
    opened = desk.documents.open(write_form(tmp_path / "own.pdf", (), text=LOAN))
    form = replace(opened, template=_another(document), pages=document.pages)
    draft = replace(ContractDraft.new(), documents=(form,))
    made = desk.presets.make(draft, (), name="again", environment=desk.environment)
    desk.presets.paths_of(made)[0].unlink()
    found = desk.presets.recognise(opened, desk.environment)
    assert found is not None
    readiness = ReadinessService(cast("AccountService", None), desk.documents)
    kept = desk.presets.pdfs.with_copied_blocks(found.preset.documents[0])
    problem = readiness.file_problem(desk.presets.filled_without_customer(kept, opened))
    assert problem is not None
    assert (problem.code, problem.params["block"]) == ("form.block_missing", "terms.pdf")


def test_a_name_in_an_added_file_has_to_be_settled_before_contracts_are_sent(
    desk: BulkDesk, preset: Preset, tmp_path: Path
) -> None:
    (document,) = desk.presets.documents_of(preset)
    opened = desk.documents.open(resource_path("samples", "service-contract.pdf"))
    named = AddedPdf("terms", opened.sha256, opened.size_bytes, opened.pages, opened.path)
    assert document.template is not None
    template = replace(document.template, blocks=(), added_pages=0)
    form = replace(desk.documents.open(tmp_path / "template.pdf"), template=template)
    signer = replace(person_signer("林小满"), role="乙方")
    draft = replace(ContractDraft.new(), documents=(form,), signers=(signer,))
    draft = set_blocks(draft, form.id, (TABLE, named))

    (doubt,) = desk.presets.named_in(draft, (signer.id,))
    assert (doubt.paper, doubt.document_id) == ("林小满", form.id)
    assert doubt.place is not None
    assert doubt.place.page_number > len(form.pages) + 1

    made = desk.presets.make(draft, (signer.id,), name="named", environment=desk.environment)
    with raises_code(InputError, "preset.names_someone"):
        desk.presets.pages.require_settled(made)
    pages = desk.presets.pages.open(made)
    assert [shown.name for shown in pages.draft.documents] == ["terms"]
    assert [found.document_id for found in pages.doubts] == [pages.draft.documents[0].id]
    desk.presets.pages.close(pages)
    desk.presets.pages.require_settled(desk.presets.settle(made.id, doubt))


def test_a_file_that_is_gone_is_told_at_the_counter(desk: BulkDesk, platform: SandboxPlatform, preset: Preset) -> None:
    (path,) = desk.presets.paths_of(preset)
    content = path.read_bytes()
    path.unlink()
    with raises_code(InputError, "document.missing"):
        desk.counter.choose(preset.id)
    path.write_bytes(content)
    desk.counter.choose(preset.id)
    path.unlink()
    desk.counter.enter(ZHANG)
    desk.counter.answer("50,000")
    desk.counter.answer("装修")
    view = desk.counter.send()
    assert view.error is not None
    assert (view.error.code, view.error.params["block"]) == ("form.block_missing", "terms.pdf")
    assert platform.flows(preset.title) == ()


def test_a_preset_with_pages_of_a_file_is_stored_in_a_format_that_earlier_versions_reject(preset: Preset) -> None:
    text = preset_to_json(preset)
    assert json.loads(text)["format"] == 3
    assert preset_from_json(text) == preset
    assert "path" not in text
    assert preset_from_json(text.replace('"size_bytes"', '"path":"/etc/passwd","size_bytes"')) == preset


def test_another_computer_sends_the_same_pages(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset, part: AddedPdf, tmp_path: Path
) -> None:
    desk.presets.export(preset.id, tmp_path / "form.esignpreset")
    with zipfile.ZipFile(tmp_path / "form.esignpreset") as archive:
        assert archive.namelist() == ["manifest.json", f"{part.sha256}.pdf"]
    other = BulkDesk(tmp_path / "other", platform.environment)
    taken = other.presets.imports.take_in(other.presets.imports.look_into(tmp_path / "form.esignpreset"))
    assert taken.documents == preset.documents
    rows = [(*person_row(1), "50,000", "装修")]
    report = other.send(taken, make_sheet(*rows, headings=(*HEADINGS, "Amount", "PURPOSE")))
    other.close()
    assert [row.state for row in report.rows] == [RowState.SENT]
    assert added_texts(platform, preset) == [ADDED]


def with_blocks(preset: Preset, *blocks: AddedPdf | AddedTable) -> Preset:
    document = preset.documents[0]
    assert document.template is not None
    return replace(preset, documents=(replace(document, template=replace(document.template, blocks=blocks)),))


def test_a_strangers_files_have_limits(preset: Preset, part: AddedPdf) -> None:
    assert is_sound(preset)
    (frame, _) = part.frames
    half = MOST_ADDED_BYTES // 2 + 1
    for blocks in (
        (replace(part, sha256="../" * 21 + "x"),),
        (replace(part, sha256=part.sha256.upper()),),
        (replace(part, name=""),),
        (replace(part, name="x" * 201),),
        (replace(part, size_bytes=0),),
        (replace(part, size_bytes=MOST_ADDED_BYTES + 1),),
        (replace(part, size_bytes=half), replace(part, size_bytes=half)),
        (replace(part, frames=()),),
        (replace(part, frames=(frame,) * 11),),
        (replace(part, frames=(frame,) * 9), TABLE, TABLE),
        (replace(part, frames=(PageFrame(0.0, 842.0),)),),
        (replace(part, frames=(PageFrame(595.0, 1e9),)),),
        (replace(part, frames=(PageFrame(595.0, 842.0, user_unit=0.0),)),),
    ):
        assert not is_sound(with_blocks(preset, *blocks))


def locked(pdf: Any) -> bytes:
    content: bytes = pdf.tobytes(encryption=mupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="secret")
    return content


def with_a_field(pdf: Any) -> bytes:
    widget = mupdf.Widget()
    widget.field_name, widget.field_type = "name", mupdf.PDF_WIDGET_TYPE_TEXT
    widget.rect = mupdf.Rect(60, 100, 400, 124)
    pdf[0].add_widget(widget)
    content: bytes = pdf.tobytes()
    return content


def with_another_page(pdf: Any) -> bytes:
    pdf.new_page(width=595, height=842)
    content: bytes = pdf.tobytes()
    return content


def turned(pdf: Any) -> bytes:
    pdf[0].set_rotation(90)
    content: bytes = pdf.tobytes()
    return content


@pytest.mark.parametrize("spoil", [locked, with_a_field, with_another_page, turned, lambda _pdf: b"%PDF-1.7 nothing"])
def test_a_strangers_file_that_is_not_what_it_says_is_refused(
    desk: BulkDesk, preset: Preset, tmp_path: Path, spoil: Callable[[Any], bytes]
) -> None:
    with mupdf.open(desk.presets.paths_of(preset)[0]) as pdf:
        content = spoil(pdf)
    path = tmp_path / "hostile.pdf"
    path.write_bytes(content)
    (part,) = preset.documents[0].added_pdfs
    forged = replace(part, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
    manifest = {
        "kind": "esign-desktop preset",
        "preset": json.loads(preset_to_json(with_blocks(preset, TABLE, forged))),
    }
    target = tmp_path / "hostile.esignpreset"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr(f"{forged.sha256}.pdf", content)
    before = kept_parts(desk)
    with raises_code(InputError, "preset.not_a_preset"):
        desk.presets.imports.look_into(target)
    assert kept_parts(desk) == before
