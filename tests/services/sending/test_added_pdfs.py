"""Pages of a PDF that follow a template's document: in their order, intact, and told before anything is sent."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.api import wire
from esign_desktop.api.client import PlatformClient
from esign_desktop.domain.added_pages import MOST_ADDED_BYTES, AddedPdf, AddedTable
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.flows.corrections import CorrectionService
from esign_desktop.services.sending.facts import MadeFinding
from tests.raised import raises_code
from tests.services.sending.test_tables import PLACES, form, sent_document
from tests.services.template_files import make_part, mupdf

if TYPE_CHECKING:
    from esign_desktop.api.exchange import RawAnswer
    from esign_desktop.domain.contract.draft import ContractDraft
    from tests.services.desk import Desk
    from tests.services.sandbox_platform import SandboxPlatform

WIDE_PT = (842.0, 595.0)


@pytest.fixture
def part(tmp_path: Path) -> AddedPdf:
    return make_part(tmp_path / "copies", "general terms", "price list", sizes_pt=((595.0, 842.0), WIDE_PT))


@pytest.fixture
def draft(desk: Desk, tmp_path: Path, part: AddedPdf) -> ContractDraft:
    """A contract of a form of two pages that is followed by a page of a table, two of a file and one of another."""
    last = make_part(tmp_path / "copies", "last words", name="last.pdf")
    contract = form(desk, tmp_path)
    return set_blocks(contract, contract.documents[0].id, (PLACES, AddedTable(), part, replace(last, after_page=2)))


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The bodies of the requests that made documents from templates."""
    found: list[dict[str, Any]] = []
    post = PlatformClient.post

    def noted(client: PlatformClient, path: str, body: bytes, **options: Any) -> RawAnswer:
        if path == wire.CREATE_FROM_TEMPLATE_PATH:
            found.append(json.loads(body))
        return post(client, path, body, **options)

    monkeypatch.setattr(PlatformClient, "post", noted)
    return found


def swap_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the platform append the first and the last block of a document in each other's place."""
    post = PlatformClient.post

    def swapped(client: PlatformClient, path: str, body: bytes, **options: Any) -> RawAnswer:
        if path == wire.CREATE_FROM_TEMPLATE_PATH:
            values = json.loads(body)
            first, *_, last = values["chunkedFields"]
            first["sequence"], last["sequence"] = last["sequence"], first["sequence"]
            body = json.dumps(values).encode()
        return post(client, path, body, **options)

    monkeypatch.setattr(PlatformClient, "post", swapped)


def damage(path: Path) -> None:
    """Change a byte, which leaves the file's size as it is."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_files_and_tables_follow_the_form_in_their_order(
    desk: Desk, platform: SandboxPlatform, part: AddedPdf, draft: ContractDraft, bodies: list[dict[str, Any]]
) -> None:
    outcome = desk.submission.send(draft, desk.environment)
    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    with mupdf.open(stream=platform.document_bytes(sent_document(desk, outcome.flow_id)), filetype="pdf") as pdf:
        texts = ["".join(page.get_text().split()) for page in pdf]
        sizes = [(page.rect.width, page.rect.height) for page in pdf]
    assert texts[2:] == ["地点上海市示例路", "generalterms", "pricelist", "lastwords"]
    assert sizes == [(frame.width_pt, frame.height_pt) for frame in draft.documents[0].pages]
    (body,) = bodies
    table, sent, last = body["chunkedFields"]
    assert [chunk["contentType"] for chunk in (table, sent, last)] == ["application/pdf"] * 3
    assert [chunk["sequence"] for chunk in (table, sent, last)] == [0, 2, 3]
    assert ("pagePos" in sent, last["pagePos"]) == (False, 2)
    assert base64.b64decode(sent["chunkedData"]) == Path(part.path).read_bytes()


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_file_that_is_gone_or_changed_is_told_before_the_first_request(
    desk: Desk, platform: SandboxPlatform, part: AddedPdf, draft: ContractDraft, is_gone: bool
) -> None:
    if is_gone:
        Path(part.path).unlink()
    else:
        damage(Path(part.path))
    calls = len(platform.request_log())
    with raises_code(InputError, "form.block_missing"):
        desk.submission.send(draft, desk.environment)
    assert len(platform.request_log()) == calls
    assert desk.stores.journal.unfinished() == ()


@pytest.mark.parametrize("is_there", [True, False])
def test_a_damaged_copy_is_taken_again(
    desk: Desk,
    platform: SandboxPlatform,
    part: AddedPdf,
    draft: ContractDraft,
    bodies: list[dict[str, Any]],
    is_there: bool,
) -> None:
    submission_id = desk.submission.queue(draft, desk.environment)
    copy = desk.stores.snapshots.path(submission_id, "block-0-2.pdf")
    damage(copy)
    if not is_there:
        Path(part.path).unlink()
    outcome = desk.submission.run(submission_id)
    if is_there:
        assert outcome.state is SubmissionState.DONE
        content = base64.b64decode(bodies[0]["chunkedFields"][1]["chunkedData"])
        assert hashlib.sha256(content).hexdigest() == part.sha256
    else:
        assert outcome.error is not None
        assert outcome.error.code == "form.block_missing"
        assert bodies == []
        assert platform.flows(draft.title) == ()


def test_a_queued_contract_is_sent_from_its_copies(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, draft: ContractDraft
) -> None:
    submission_id = desk.submission.queue(draft, desk.environment)
    for path in (tmp_path / "copies").iterdir():
        path.unlink()
    outcome = desk.submission.run(submission_id)
    assert outcome.state is SubmissionState.DONE
    assert list(desk.paths.snapshots_dir.iterdir()) == []


def test_pages_of_tables_and_files_are_counted_together(desk: Desk, tmp_path: Path, draft: ContractDraft) -> None:
    document = draft.documents[0]
    assert document.template is not None
    blocks = document.template.blocks
    six, seven = (make_part(tmp_path / "copies", *"x" * count, name=f"{count}.pdf") for count in (6, 7))
    with raises_code(InputError, "form.too_many_pages"):
        desk.submission.send(set_blocks(draft, document.id, (*blocks, seven)), desk.environment)
    outcome = desk.submission.send(set_blocks(draft, document.id, (*blocks, six)), desk.environment)
    assert outcome.state is SubmissionState.DONE


def test_pages_that_the_platform_mixes_up_hold_the_send(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [make_part(tmp_path / "copies", text, name=f"{text}.pdf") for text in ("first", "second", "third")]
    contract = form(desk, tmp_path)
    contract = set_blocks(contract, contract.documents[0].id, (parts[0], PLACES, *parts[1:]))
    swap_chunks(monkeypatch)
    outcome = desk.submission.send(contract, desk.environment)
    assert outcome.state is SubmissionState.MADE
    (found,) = desk.submission.made(outcome.submission_id)
    assert found.finding == MadeFinding((), 6, 6, "", (3, 6))
    assert desk.submission.run(desk.submission.accept_made(outcome.submission_id)).state is SubmissionState.DONE


def test_files_with_the_same_heading_are_told_apart(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [make_part(tmp_path / "copies", f"Example Bank\n{text}", name=f"{text}.pdf") for text in ("fees", "terms")]
    contract = form(desk, tmp_path)
    contract = set_blocks(contract, contract.documents[0].id, tuple(parts))
    swap_chunks(monkeypatch)
    outcome = desk.submission.send(contract, desk.environment)
    assert outcome.state is SubmissionState.MADE
    (found,) = desk.submission.made(outcome.submission_id)
    assert found.finding == MadeFinding((), 4, 4, "", (3, 4))


def test_a_correction_has_tables_and_files_again(desk: Desk, draft: ContractDraft) -> None:
    outcome = desk.submission.send(draft, desk.environment)
    assert outcome.flow_id is not None
    stores = desk.stores
    assert "上海市示例路" not in str(stores.journal.list()[0].record.draft.documents)
    corrections = CorrectionService(stores.flows, stores.journal, stores.drafts, stores.values)
    corrected = corrections.begin(outcome.flow_id).draft
    assert corrected.documents[0].template == draft.documents[0].template


def test_a_file_of_the_largest_size_is_sent(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    part = make_part(tmp_path / "copies", "plans")
    path = Path(part.path)
    with mupdf.open(path) as pdf:
        pdf.embfile_add("photo", os.urandom(MOST_ADDED_BYTES - 4096))
        content = pdf.tobytes()
    assert MOST_ADDED_BYTES - 4096 < len(content) <= MOST_ADDED_BYTES
    path.write_bytes(content)
    part = replace(part, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
    contract = form(desk, tmp_path)
    outcome = desk.submission.send(set_blocks(contract, contract.documents[0].id, (part,)), desk.environment)
    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    with mupdf.open(stream=platform.document_bytes(sent_document(desk, outcome.flow_id)), filetype="pdf") as pdf:
        assert [page.get_text().strip() for page in pdf][2:] == ["plans"]
