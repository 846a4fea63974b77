from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.errors import StoreError
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.drafts import Drafts
from tests.drafts import NOW_MS, make_draft
from tests.raised import raises_code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "esign.db")
    database.open()
    yield database
    database.close()


@pytest.fixture
def drafts(database: Database) -> DraftService:
    return DraftService(Drafts(database), clock_ms=lambda: NOW_MS)


def test_saved_draft_is_what_was_on_the_desk(drafts: DraftService, database: Database) -> None:
    draft = make_draft()
    drafts.save(draft)

    later = DraftService(Drafts(database), clock_ms=lambda: NOW_MS)
    assert later.recover() == draft
    (summary,) = later.list()
    assert (summary.id, summary.is_open, summary.saved_at_ms) == (draft.id, True, NOW_MS)


def test_empty_draft_is_not_kept(drafts: DraftService) -> None:
    draft = make_draft()
    drafts.save(draft)
    drafts.save(ContractDraft(draft.id))
    assert (drafts.list(), drafts.recover()) == ((), None)


def test_loaded_draft_is_on_the_desk_until_the_desk_is_cleared(drafts: DraftService) -> None:
    draft = make_draft()
    drafts.save(draft)
    drafts.set_none_open()
    assert drafts.recover() is None
    assert drafts.load(draft.id) == draft
    assert drafts.recover() == draft


def test_deleted_draft_is_gone(drafts: DraftService) -> None:
    draft = make_draft()
    drafts.save(draft)
    drafts.delete(draft.id)
    assert drafts.recover() is None
    with raises_code(StoreError, "store.no_such_draft"):
        drafts.load(draft.id)


def test_draft_that_cannot_be_read_does_not_keep_the_application_from_starting(
    drafts: DraftService, database: Database
) -> None:
    drafts.save(make_draft())
    database.run(lambda connection: connection.execute("UPDATE drafts SET body = '{}'"))
    assert drafts.recover() is None
    # It is left in the list, for somebody to look at.
    assert len(drafts.list()) == 1
