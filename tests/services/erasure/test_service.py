"""Who is forgotten takes along only the presets that somebody agreed to, and no copy that is in use."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pymupdf
import pytest

from esign_desktop.domain.account import AccountKind, AccountRecord, Person
from esign_desktop.domain.added_pages import FRAME, AddedPdf
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.erasure import forgotten_token
from esign_desktop.domain.flow import FlowSigner
from esign_desktop.domain.signer import PersonSigner, SignerId, SigningTerms
from esign_desktop.services.erasure.service import KnownPerson, person_of_flow
from tests.pdf.builder import Page, build
from tests.services.bulk_desk import BulkDesk
from tests.services.counter_desk import make_form_contract
from tests.services.desk import make_contract, person_signer
from tests.store.samples import FLOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import Signer

AN = KnownPerson("An", ("account-an",))
ZHANG = KnownPerson("张三", ("account-zhang",))


@pytest.mark.parametrize(
    ("signer", "is_somebody"),
    [
        (FlowSigner("account-zhang", "张三", 1, 1), True),
        # An organization is nobody, and neither is the platform itself, nor whom this desk has forgotten.
        (FlowSigner("account-zhang", "张三", 1, 1, organization_account_id="company"), False),
        (FlowSigner("", "平台", 1, 1), False),
        (FlowSigner(forgotten_token("1"), "〔…〕", 1, 1), False),
    ],
)
def test_persons_alone_can_be_forgotten_from_a_flow(signer: FlowSigner, is_somebody: bool) -> None:
    found = person_of_flow(replace(FLOW, sent_at_ms=7), signer)
    assert found == (KnownPerson("张三", ("account-zhang",), "", 7) if is_somebody else None)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[BulkDesk]:
    one = BulkDesk(tmp_path / "desk", Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project"))
    yield one
    one.close()


def keep_preset(desk: BulkDesk, folder: Path, name: str, text: str) -> Preset:
    draft = make_form_contract(desk.documents, folder)
    (folder / "other.pdf").write_bytes(build(Page().write(text, 60, 760)))
    document = desk.documents.open(folder / "other.pdf")
    return desk.presets.make(
        replace(draft, documents=(document,), placements=()),
        [signer.id for signer in draft.signers],
        name=name,
        environment=desk.environment,
    )


def test_a_name_that_is_a_word_or_part_of_one_takes_no_preset_away(desk: BulkDesk, tmp_path: Path) -> None:
    plain = desk.make_preset(tmp_path / "1", name="借款")
    word = keep_preset(desk, tmp_path / "2", "英文", "An agreement, made by Andrew")
    other = keep_preset(desk, tmp_path / "3", "别的", "Any and all")

    found = desk.people.presets_about(AN)
    assert [(one.preset.id, one.by_number) for one in found] == [(word.id, False)]
    desk.people.forget(AN)

    assert {one.id for one in desk.presets.list()} == {plain.id, word.id, other.id}
    assert all(desk.presets.documents_of(one) for one in desk.presets.list())


def test_the_presets_that_were_agreed_to_go_with_their_pdfs(desk: BulkDesk, tmp_path: Path) -> None:
    mine = keep_preset(desk, tmp_path / "1", "张三的", "借款人 张三 签字")
    other = keep_preset(desk, tmp_path / "2", "别人的", "借款人 李四 签字")
    (found,) = desk.people.presets_about(ZHANG)
    assert found.preset.id == mine.id

    desk.people.forget(ZHANG, presets=[mine.id])

    assert [one.id for one in desk.presets.list()] == [other.id]
    assert len(list(desk.paths.presets_dir.glob("*.pdf"))) == 1


def test_a_templates_pdf_that_is_made_out_to_the_person_goes(desk: BulkDesk) -> None:
    templates = desk.paths.templates_dir
    templates.mkdir(parents=True, exist_ok=True)
    (templates / "blank.pdf").write_bytes(build(Page().write("借款人：", 60, 760)))
    (templates / "zhang.pdf").write_bytes(build(Page().write("借款人 张三", 60, 760)))
    desk.people.forget(ZHANG)
    assert [path.name for path in templates.iterdir()] == ["blank.pdf"]


def test_a_copy_that_only_holds_the_word_stays(desk: BulkDesk) -> None:
    copies = desk.paths.copies_dir
    copies.mkdir(parents=True, exist_ok=True)
    (copies / "word.pdf").write_bytes(build(Page().write("An agreement", 60, 760)))
    (copies / "zhang.pdf").write_bytes(build(Page().write("借款人 张三", 60, 760)))
    (copies / "ann.pdf").write_bytes(build(Page().write("signed by Ann Example", 60, 760)))
    (copies / "broken.pdf").write_bytes(b"no PDF at all")
    # Made of a photograph: nothing in it can be read, but what somebody called it.
    (copies / "张三的证件.pdf").write_bytes(build(Page()))
    desk.people.forget(AN)
    left = {path.name for path in copies.iterdir()}
    assert left == {"word.pdf", "zhang.pdf", "ann.pdf", "broken.pdf", "张三的证件.pdf"}
    desk.people.forget(ZHANG)
    assert {path.name for path in copies.iterdir()} == {"word.pdf", "ann.pdf", "broken.pdf"}
    desk.people.forget(KnownPerson("Ann Example", ("account-ann",)))
    assert {path.name for path in copies.iterdir()} == {"word.pdf", "broken.pdf"}


def test_a_copy_goes_by_six_characters_in_its_bytes_and_an_unreadable_one_without_them_stays(desk: BulkDesk) -> None:
    copies = desk.paths.copies_dir
    copies.mkdir(parents=True, exist_ok=True)
    contents = {"half.part": b"%PDF-1.7 acc-00 ", "other.pdf": b"%PDF-1.7 acc-0 ", "broken.pdf": b"no PDF at all"}
    for name, content in contents.items():
        (copies / name).write_bytes(content)
    desk.people.forget(KnownPerson("Zoe", ("acc-00",)))
    assert {path.name for path in copies.iterdir()} == {"other.pdf", "broken.pdf"}


def _with_picture(path: Path) -> Path:
    pixels = pymupdf.Pixmap(pymupdf.csGRAY, (0, 0, 40, 40))
    pixels.clear_with(90)
    with pymupdf.open() as pdf:
        pdf.new_page().insert_image((50, 50, 400, 400), pixmap=pixels)
        pdf.save(path)
    return path


def test_pages_that_are_pictures_go_with_the_persons_contracts_and_where_no_draft_needs_them(
    desk: BulkDesk, tmp_path: Path
) -> None:
    """Their names tell nothing, and nothing in them can be read. Others' are named, for somebody to look into."""
    copies = desk.paths.copies_dir
    copies.mkdir(parents=True, exist_ok=True)
    theirs, others, nobodys = (_with_picture(copies / f"{name}.pdf") for name in ("scan 1", "scan 2", "scan 3"))
    readable = copies / "readable.pdf"
    readable.write_bytes(build(Page().write("blank form", 60, 760)))

    def keep(path: Path, signer: Signer) -> ContractDraft:
        draft = make_contract(tmp_path / path.stem, signers=(signer,))
        (document,) = draft.documents
        draft = replace(draft, documents=(replace(document, path=str(path)),))
        desk.stores.drafts.save(draft, saved_at_ms=7)
        return draft

    own = Person("张三", account_id="account-zhang")
    keep(theirs, PersonSigner(SignerId("zhang"), own, SigningTerms(1)))
    keep(readable, PersonSigner(SignerId("zhang"), own, SigningTerms(1)))
    other = keep(others, person_signer("李四"))

    assert desk.people.unread_contracts(ZHANG) == (other.title,)
    desk.people.forget(ZHANG)
    assert {path.name for path in copies.iterdir()} == {others.name, readable.name}

    # With a draft that can't be read nobody knows what it needs.
    _with_picture(nobodys)
    desk.database.execute("UPDATE drafts SET body = '{' WHERE id = ?", (other.id,))
    desk.people.forget(AN)
    assert {path.name for path in copies.iterdir()} == {others.name, nobodys.name, readable.name}


def test_files_that_follow_a_form_are_searched_like_other_copies(desk: BulkDesk, tmp_path: Path) -> None:
    copies = desk.paths.copies_dir
    copies.mkdir(parents=True, exist_ok=True)
    made_out, blank, others = copies / "made out.pdf", copies / "blank.pdf", copies / "scan 1.pdf"
    made_out.write_bytes(build(Page().write("借款人 张三", 60, 760)))
    blank.write_bytes(build(Page().write("general terms", 60, 760)))

    def keep(name: str, signer: Signer, *paths: Path) -> None:
        draft = make_contract(tmp_path / name, signers=(signer,))
        parts = tuple(AddedPdf(path.name, "0" * 64, 9, (FRAME,), str(path)) for path in paths)
        form = replace(draft.documents[0], path="", template=TemplateFilling("form", blocks=parts))
        options = replace(draft.options, business_scene=name)
        desk.stores.drafts.save(replace(draft, options=options, documents=(form,)), saved_at_ms=7)

    theirs = _with_picture(copies / "scan 2.pdf")
    keep("others", person_signer("李四"), made_out, blank, _with_picture(others))
    keep("theirs", PersonSigner(SignerId("zhang"), Person("张三", account_id="account-zhang"), SigningTerms(1)), theirs)

    assert desk.people.unread_contracts(ZHANG) == ("others",)
    desk.people.forget(ZHANG)
    assert {path.name for path in copies.iterdir()} == {blank.name, others.name}


def test_a_preset_whose_added_pages_name_the_person_is_found(desk: BulkDesk, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path / "1")
    path = tmp_path / "terms.pdf"
    path.write_bytes(build(Page().write("连带责任人 张三", 60, 760)))
    part = AddedPdf(
        "terms.pdf", hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size, (FRAME,), str(path)
    )
    (document,) = preset.documents
    template = desk.presets.pdfs.keep_blocks(TemplateFilling("form", blocks=(part,)), document.id)
    preset = desk.presets.save(replace(preset, documents=(document.created_from(template),), placements=()))
    assert [about.preset.id for about in desk.people.presets_about(ZHANG)] == [preset.id]
    assert desk.people.presets_about(AN) == ()
    desk.people.forget(ZHANG, presets=[preset.id])
    assert list(desk.paths.presets_dir.iterdir()) == []


def test_pdfs_that_belong_to_no_preset_go_when_somebody_is_forgotten(desk: BulkDesk) -> None:
    desk.paths.presets_dir.mkdir(parents=True, exist_ok=True)
    left = desk.paths.presets_dir / f"{'0' * 64}.pdf"
    left.write_bytes(b"%PDF-1.7")
    desk.people.forget(ZHANG)
    assert not left.exists()


def test_the_ledger_loses_the_person_and_keeps_the_flow(desk: BulkDesk) -> None:
    signers = '[{"account_id":"account-zhang","name":"","number":1,"step":1,"urls":["https://example.com/s/key"]}]'
    desk.stores.ledger.append("flow", {"flow_id": "f", "environment": "test", "signers": signers})
    desk.people.forget(ZHANG)
    (entry,) = desk.stores.ledger.read()
    assert entry.values["flow_id"] == "f"
    assert not [one for one in ("account-zhang", "example.com") if one in str(entry.values["signers"])]


LINES = (
    b"An answer came. And An, said Anna: plan-An ok\n"
    + "张三丰 与张三签 三张\n".encode()
    + b"account-an account-ant 12345 x12345 1234567\n"
)


def _logs(desk: BulkDesk) -> tuple[Path, Path]:
    desk.paths.log_dir.mkdir(parents=True, exist_ok=True)
    now, before = desk.paths.log_dir / "esign-desktop.log", desk.paths.log_dir / "esign-desktop.log.1"
    for path in (now, before):
        path.write_bytes(LINES)
    return now, before


def test_a_short_name_is_wiped_from_logs_as_a_word_and_not_out_of_others(desk: BulkDesk) -> None:
    paths = _logs(desk)
    desk.people.forget(AN)
    wiped = LINES.replace(b"An answer", b"## answer").replace(b"And An,", b"And ##,").replace(b"plan-An", b"plan-##")
    # An id is told apart by its length wherever it stands.
    wiped = wiped.replace(b"account-an", b"##########")
    assert [path.read_bytes() for path in paths] == [wiped, wiped]


def test_a_chinese_name_is_wiped_wherever_it_stands_but_not_out_of_somebody_elses(desk: BulkDesk) -> None:
    paths = _logs(desk)
    desk.stores.accounts.remember(
        AccountRecord(EnvironmentKind.TEST, "project", "account-feng", AccountKind.PERSON, "张三丰")
    )
    desk.people.forget(ZHANG)
    wiped = LINES.replace("与张三签".encode(), "与".encode() + b"######" + "签".encode())
    assert [path.read_bytes() for path in paths] == [wiped, wiped]


def test_a_template_that_is_being_uploaded_keeps_its_copy_while_somebody_is_forgotten(
    desk: BulkDesk, tmp_path: Path
) -> None:
    snapshots = desk.stores.snapshots
    draft = make_form_contract(desk.documents, tmp_path / "form")
    with snapshots.held("template"):
        snapshot = snapshots.take("template", "0.pdf", draft.documents[0], between_pieces=lambda: None)
        desk.people.forget(ZHANG)
        assert snapshots.is_whole("template", snapshot)
    assert not snapshots.path("template", snapshot.file_name).exists()


def test_what_a_crash_left_behind_is_swept_and_what_is_held_stays(desk: BulkDesk, tmp_path: Path) -> None:
    snapshots = desk.stores.snapshots
    draft = make_form_contract(desk.documents, tmp_path / "form")
    left = snapshots.take("crashed template", "0.pdf", draft.documents[0], between_pieces=lambda: None)
    queued = desk.submission.queue(make_contract(tmp_path / "files"), desk.environment)

    desk.submission.sweep_copies()

    assert not snapshots.path("crashed template", left.file_name).exists()
    assert list(snapshots.path(queued, "0.pdf").parent.iterdir())
