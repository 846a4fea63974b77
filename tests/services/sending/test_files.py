"""The files of a send: changed, empty, huge, twice the same, and named as nobody should name a file."""

from __future__ import annotations

import hashlib
import os
import resource
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.geometry import PageFrame
from esign_desktop.domain.placing.placement import PlacementId
from esign_desktop.domain.submission import SubmissionState
from tests.raised import raises_code
from tests.services.desk import Desk, make_contract, make_pdf

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from tests.services.sandbox_platform import SandboxPlatform

ODD_NAMES = [
    "a'b\"c&d<b>e%s{f}",
    "#?*|;,:=+[]~!@$^()",
    "合同\u202efdp.exe",
    "合\u200b同\ufeff",
    "emoji 📄👨‍👩‍👧",
    "line\nbreak\ttab\x7f",
    " leading and trailing ",
    "...",
    "CON",
    "长" * 80,
    "e\u0301 decomposed",
    os.fsdecode(b"latin-1 \xe9\xff"),
    "\\..\\..\\up",
    "ends.PDF",
]


def with_document(draft: ContractDraft, document: Document) -> ContractDraft:
    """The contract with another file in the place of its first one."""
    placements = tuple(
        replace(one, document_id=document.id) if one.document_id == draft.documents[0].id else one
        for one in draft.placements
    )
    return replace(draft, documents=(document, *draft.documents[1:]), placements=placements)


@pytest.mark.skipif(sys.platform == "win32", reason="most of these can't be made there")
@pytest.mark.parametrize("name", ODD_NAMES, ids=range(len(ODD_NAMES)))
def test_file_of_any_name_is_sent_byte_for_byte(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path, name: str
) -> None:
    draft = make_contract(tmp_path / "files")
    draft = with_document(draft, make_pdf(tmp_path / "files" / f"{name}.pdf", mark="odd"))

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    (flow,) = platform.flows(draft.title)
    assert platform.document_bytes(flow.document_ids[0]) == Path(draft.documents[0].path).read_bytes()


def test_same_file_twice_in_a_contract_becomes_two_contracts(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    twin = replace(draft.documents[0], id=DocumentId("twin"))
    seals = tuple(replace(one, id=PlacementId(f"twin {one.id}"), document_id=twin.id) for one in draft.placements)
    draft = replace(draft, documents=(*draft.documents, twin), placements=(*draft.placements, *seals))

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    assert outcome.state is SubmissionState.DONE
    (flow,) = platform.flows(draft.title)
    assert len(set(flow.document_ids)) == 2
    assert len({platform.document_bytes(doc_id) for doc_id in flow.document_ids}) == 1


def test_same_file_in_two_contracts_is_sent_with_each(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    first = make_contract(tmp_path / "first")
    second = with_document(make_contract(tmp_path / "second"), first.documents[0])
    waiting = [desk.submission.queue(draft, platform.environment) for draft in (first, second)]
    Path(first.documents[0].path).unlink()

    assert [desk.submission.run(one).state for one in waiting] == [SubmissionState.DONE] * 2
    ids = [platform.flows(draft.title)[0].document_ids for draft in (first, second)]
    assert len({doc_id for of_flow in ids for doc_id in of_flow}) == 2


def test_empty_file_is_refused_when_it_is_queued(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    path = tmp_path / "empty.pdf"
    path.touch()
    empty = Document(
        DocumentId("empty"), str(path), "empty", 0, hashlib.sha256(b"").hexdigest(), (PageFrame(595.0, 842.0),)
    )
    draft = with_document(make_contract(tmp_path / "files"), empty)

    with raises_code(InputError, "document.empty") as raised:
        desk.submission.queue(draft, platform.environment)

    assert raised.value.params == {"document_id": "empty"}
    assert desk.submission.unfinished() == ()
    assert list(desk.paths.snapshots_dir.iterdir()) == []


def test_file_that_was_emptied_after_it_was_chosen_is_refused(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    Path(draft.documents[0].path).write_bytes(b"")

    with raises_code(InputError, "document.empty"):
        desk.submission.queue(draft, platform.environment)


def test_folder_in_the_place_of_a_file_is_refused(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files")
    Path(draft.documents[0].path).unlink()
    Path(draft.documents[0].path).mkdir()

    with raises_code(InputError, "document.missing"):
        desk.submission.queue(draft, platform.environment)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
@pytest.mark.timeout(20)
def test_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    Path(draft.documents[0].path).unlink()
    os.mkfifo(draft.documents[0].path)

    with raises_code(InputError, "document.missing"):
        desk.submission.queue(draft, platform.environment)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured otherwise there")
def test_file_of_200_mb_is_sent_without_being_held_in_memory(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files")
    document = draft.documents[0]
    with Path(document.path).open("ab") as file:
        # Comments after the end are allowed, and nobody reads them.
        file.writelines(b"%%%7d" % number + bytes((1 << 20) - 10) + b"\n" for number in range(200))
        file.write(b"%%EOF\n")
    content = Path(document.path)
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    large = replace(document, size_bytes=content.stat().st_size, sha256=digest)
    draft = with_document(draft, large)
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    outcome = desk.submission.run(desk.submission.queue(draft, platform.environment))

    after_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    (flow,) = platform.flows(draft.title)
    kept = platform.document_bytes(flow.document_ids[0])
    assert hashlib.sha256(kept).hexdigest() == digest
    assert after_kib - before_kib < 50_000
