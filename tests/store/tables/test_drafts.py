from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.added_pages import FRAME, AddedPdf, AddedTable
from esign_desktop.domain.contract.draft import ContractDraft, DraftId, DraftSummary
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.errors import StoreError
from esign_desktop.store.codec import draft_to_json
from esign_desktop.store.database.connection import Database
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.drafts import Drafts
from tests.raised import raises_code
from tests.store.samples import DOCUMENT, DRAFT, ID_NUMBER

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.store.files.paths import AppPaths

OTHER = replace(DRAFT, id=DraftId("draft-2"))

SAVER = """
import itertools, sys
from dataclasses import replace
from pathlib import Path
from esign_desktop.domain.options import FlowOptions
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.drafts import Drafts
from tests.store.samples import DRAFT
database = Database(Path(sys.argv[1]))
database.open()
drafts = Drafts(database)
drafts.set_open(DRAFT.id)
for number in itertools.count(1):
    drafts.save(replace(DRAFT, options=FlowOptions(str(number))), saved_at_ms=number)
    print(number, flush=True)
"""


@pytest.fixture
def drafts(database: Database) -> Drafts:
    return Drafts(database)


def test_a_draft_comes_back_as_it_was_saved_last(drafts: Drafts) -> None:
    drafts.save(ContractDraft(DRAFT.id), saved_at_ms=1)
    drafts.save(DRAFT, saved_at_ms=2)
    assert drafts.load(DRAFT.id) == DRAFT


def test_the_list_shows_the_latest_first_and_what_is_open(drafts: Drafts) -> None:
    drafts.save(DRAFT, saved_at_ms=1)
    drafts.save(OTHER, saved_at_ms=2)
    drafts.set_open(DRAFT.id)
    assert drafts.list() == (
        DraftSummary(OTHER.id, "借款", 1, 2, 2, is_open=False),
        DraftSummary(DRAFT.id, "借款", 1, 2, 1, is_open=True),
    )


def test_a_draft_that_is_gone_is_told(drafts: Drafts) -> None:
    with pytest.raises(StoreError) as caught:
        drafts.load(DraftId("nowhere"))
    assert caught.value.code == "store.no_such_draft"


def test_a_draft_that_can_not_be_read_is_told_and_the_others_stay(drafts: Drafts, database: Database) -> None:
    drafts.save(DRAFT, saved_at_ms=1)
    drafts.save(OTHER, saved_at_ms=2)
    database.run(lambda c: c.execute("UPDATE drafts SET body = '{}' WHERE id = ?", (DRAFT.id,)).rowcount)
    with pytest.raises(StoreError) as caught:
        drafts.load(DRAFT.id)
    assert caught.value.code == "store.bad_draft"
    assert drafts.load(OTHER.id) == OTHER
    assert len(drafts.list()) == 2


def test_a_title_that_is_no_utf8_can_be_kept(drafts: Drafts) -> None:
    odd = b"\xff.pdf".decode("utf-8", "surrogateescape")
    draft = ContractDraft(DRAFT.id, documents=(replace(DOCUMENT, name=odd),))
    drafts.save(draft, saved_at_ms=1)
    assert drafts.load(draft.id) == draft
    assert drafts.list()[0].title == "?.pdf"


def test_what_is_on_the_desk_may_be_noted_before_it_is_saved(drafts: Drafts) -> None:
    drafts.set_open(DRAFT.id)
    assert drafts.open_draft_id() is None
    drafts.save(DRAFT, saved_at_ms=1)
    assert drafts.open_draft_id() == DRAFT.id
    drafts.set_open(None)
    assert drafts.open_draft_id() is None


def test_a_deleted_draft_is_no_longer_on_the_desk(drafts: Drafts) -> None:
    drafts.save(DRAFT, saved_at_ms=1)
    drafts.set_open(DRAFT.id)
    drafts.delete(DRAFT.id)
    drafts.delete(DRAFT.id)
    assert drafts.list() == ()
    drafts.save(DRAFT, saved_at_ms=2)
    assert drafts.open_draft_id() is None


def test_no_byte_of_a_deleted_id_number_stays_in_any_file(paths: AppPaths) -> None:
    def files_with_number() -> list[str]:
        number = ID_NUMBER.encode()
        files = sorted(file for file in paths.data_dir.rglob("*") if file.is_file())
        return [file.name for file in files if number in file.read_bytes()]

    database = Database(paths.database_path)
    database.open()
    drafts = Drafts(database)
    drafts.save(DRAFT, saved_at_ms=1)
    drafts.save(OTHER, saved_at_ms=1)
    database.close()
    assert files_with_number() == ["esign.db", "esign.db.backup"]
    database.open()
    drafts.save(DRAFT, saved_at_ms=2)
    assert "esign.db-wal" in files_with_number()
    drafts.delete(DRAFT.id)
    drafts.delete(OTHER.id)
    assert files_with_number() == []
    database.close()
    assert files_with_number() == []


@pytest.mark.parametrize("saves", [1, 7, 40])
def test_a_draft_survives_a_kill_while_it_is_being_saved(paths: AppPaths, saves: int) -> None:
    command = [sys.executable, "-c", SAVER, str(paths.database_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as saver:
        assert saver.stdout is not None
        for _ in range(saves):
            saver.stdout.readline()
        saver.kill()
        told = [int(line) for line in saver.stdout.read().split()]
    database = Database(paths.database_path)
    database.open()
    drafts = Drafts(database)
    assert not database.was_restored
    assert drafts.open_draft_id() == DRAFT.id
    # What was told to be saved is there; the save that was cut off may be, too.
    assert int(drafts.load(DRAFT.id).options.business_scene) >= max(told, default=saves)
    database.close()


FILLED = TemplateFilling(
    "template", (("name", "张三丰"),), (WantedField("name"),), blocks=(AddedTable((("苹果", "12"),)),), added_pages=1
)
FORM = replace(DRAFT, documents=(replace(DRAFT.documents[0], template=FILLED),))


def _in_files(folder: Path, *texts: str) -> list[str]:
    content = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    ways = ((text, text.encode("utf-8"), json.dumps(text).strip('"').encode("ascii")) for text in texts)
    return [text for text, plain, escaped in ways if plain in content or escaped in content]


def test_values_of_forms_come_back_and_stand_nowhere_as_they_are(database: Database, paths: AppPaths) -> None:
    drafts = Drafts(database, SealedPartyDetails(lambda: bytes(32)))
    drafts.save(FORM, saved_at_ms=1)
    assert drafts.load(FORM.id) == FORM
    database.close()
    assert _in_files(paths.database_path.parent, "张三丰", "苹果") == []


def test_files_after_a_form_are_known_while_the_keyring_is_locked(database: Database, paths: AppPaths) -> None:
    table = AddedTable((("苹果", "12"),))
    pdf = AddedPdf("terms.pdf", "a" * 64, 9, (FRAME,), "/copies/terms.pdf")
    template = replace(FILLED, blocks=(table, pdf, table), added_pages=3)
    form = replace(DRAFT, documents=(replace(DRAFT.documents[0], template=template),))
    drafts = Drafts(database, SealedPartyDetails(lambda: bytes(32)))
    drafts.save(form, saved_at_ms=1)
    assert drafts.load(form.id) == form
    assert [document.added_pdfs for document in Drafts(database).documents(form.id)] == [(pdf,)]
    database.close()
    assert _in_files(paths.database_path.parent, "张三丰", "苹果") == []


def test_a_draft_with_values_is_not_loaded_without_the_key_and_loaded_empty_once_the_key_is_gone(
    database: Database,
) -> None:
    Drafts(database, SealedPartyDetails(lambda: bytes(32))).save(FORM, saved_at_ms=1)
    with raises_code(StoreError, "store.draft_locked") as locked:
        Drafts(database).load(FORM.id)
    assert locked.value.retryable, "the keyring may be unlocked by then"
    template = FORM.documents[0].template
    assert template is not None
    empty = replace(template, fields=(), blocks=())
    no_keyring = SealedPartyDetails(lambda: None, may_unlock=lambda: False)
    another_key = SealedPartyDetails(lambda: b"x" * 32)
    for sealed in (no_keyring, another_key):
        assert Drafts(database, sealed).load(FORM.id).documents[0].template == empty


def test_values_of_a_version_before_are_sealed_at_the_start(database: Database, paths: AppPaths) -> None:
    row = (FORM.id, "title", 1, 1, 1, draft_to_json(FORM))
    database.execute("INSERT INTO drafts VALUES (?, ?, ?, ?, ?, ?, x'')", row)
    drafts = Drafts(database, SealedPartyDetails(lambda: bytes(32)))
    assert drafts.load(FORM.id) == FORM
    drafts.seal_old()
    assert drafts.load(FORM.id) == FORM
    database.close()
    assert _in_files(paths.database_path.parent, "张三丰") == []
