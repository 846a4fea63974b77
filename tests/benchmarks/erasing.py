"""To delete a sent draft from a database of 50,000 flows, and from its backup; the peer copies the database anew."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.store.database.backup import backup_path
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.drafts import Drafts
from tests.benchmarks.many_flows import FLOW_COUNT, fill
from tests.benchmarks.row import Row, median
from tests.store.samples import DRAFT

_TRIES: Final = 7
_LIMIT: Final = 0.25


def measure() -> dict[str, str | float]:
    """Return the row of the benchmark's table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "esign.db"
        database = Database(path)
        database.open()
        fill(database, FLOW_COUNT)
        drafts = Drafts(database)
        ids = [DraftId(f"draft {number}") for number in range(2 * _TRIES)]
        for draft_id in ids:
            drafts.save(replace(DRAFT, id=draft_id), saved_at_ms=1)
        # Now they are in the backup, too.
        database.write_anew()
        ours = [_delete_ms(drafts, draft_id) for draft_id in ids[:_TRIES]]
        peer: list[float] = []
        for draft_id in ids[_TRIES:]:
            # From a backup that can't be read nothing can be deleted: it is copied anew.
            backup_path(path).write_bytes(b"no database")
            peer.append(_delete_ms(drafts, draft_id))
        database.close()
    name = "a sent draft deleted among 50,000 flows, ms"
    return Row(name, median(ours), "copying the database", median(peer), _LIMIT).as_dict()


def _delete_ms(drafts: Drafts, draft_id: DraftId) -> float:
    began_s = time.perf_counter()
    drafts.delete(draft_id)
    return (time.perf_counter() - began_s) * 1000


if __name__ == "__main__":
    print(measure())
