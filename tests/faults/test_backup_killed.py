"""Whatever a copying or a restoring is killed at, the next one makes it whole: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.account import AccountKind, AccountRecord
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.services.audit import AUDIT_RESTORED, unlike_ledger
from esign_desktop.store.backup.daily import unpack_newest
from esign_desktop.store.backup.second_folder import FOLDER, read_ledger
from esign_desktop.store.party_details import PartyDetails, SealedPartyDetails
from esign_desktop.store.tables.audit import Audit
from tests.forked_orders import FINISHED
from tests.services.desk import Desk, make_contract
from tests.services.second_computer import CHEAP_KEY, COMPUTER, copy_now, restore_into
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
NOWHERE = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p")
SIGNERS = '[{"account_id":"a","name":"","number":1,"step":1,"urls":["https://example.com/s/made-up"]}]'

OLD_KEY = b"old computer's key, made up now."
KNOWN = PartyDetails("110101199003078515", "13800000000")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
]


@contextmanager
def driver() -> Iterator[Callable[..., int]]:
    command = [sys.executable, "-m", "tests.faults.copy_driver"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:

        def order(what: str, root: Path, share: Path, moment: int) -> int:
            assert process.stdin is not None
            assert process.stdout is not None
            wanted = {"what": what, "root": str(root), "share": str(share), "moment": moment}
            process.stdin.write(json.dumps(wanted) + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield order
        process.kill()


def note(desk: Desk, kind: str, number: int, **more: str) -> None:
    place = {"submission_id": f"s{number}", "environment": "sandbox", "project_id": "p"}
    desk.stores.ledger.append(kind, {**place, **more})


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A desk with flows, accounts, drafts, and one draft whose start has no known end."""
    desk = Desk(tmp_path / "old", NOWHERE)
    for number in range(3):
        note(desk, "flow", number, flow_id=f"flow-{number}", signers=SIGNERS)
    drafts = [make_contract(tmp_path / f"files {number}") for number in range(2)]
    for draft in drafts:
        desk.stores.drafts.save(draft, saved_at_ms=1)
    note(desk, "start", 8, draft_id=drafts[0].id)
    record = AccountRecord(EnvironmentKind.SANDBOX, "p", "a", AccountKind.PERSON, "张示例", "third", "****1234", "", 5)
    sealed = SealedPartyDetails(lambda: OLD_KEY).sealed(record, KNOWN)
    desk.stores.accounts.remember(replace(record, sealed=sealed))
    desk.close()
    return tmp_path / "old"


@pytest.mark.parametrize("step", daily([20], [20, 1]))
def test_a_copying_that_is_killed_anywhere_is_completed_by_the_next(
    old: Path, tmp_path: Path, tally: Counter[str], step: int
) -> None:
    moment, killed = 1 - step, 0
    with driver() as order:
        while True:
            moment += step
            root, share = tmp_path / f"desk {moment}", tmp_path / f"share {moment}"
            shutil.copytree(old, root)
            desk = Desk(root, NOWHERE)
            copy_now(desk, share)
            note(desk, "flow", 4, flow_id="flow-4")
            desk.close()
            folder = share / FOLDER / COMPUTER
            status = order("copy", root, share, moment)
            # What was there before is there still, and whole.
            found = unpack_newest(folder, CHEAP_KEY, tmp_path / "unpacked")
            assert found is not None
            assert (found.made_at_ms > 0, found.passed_over_count) == (True, 0), moment
            assert b"flow-2" in read_ledger(folder, CHEAP_KEY).content, moment
            desk = Desk(root, NOWHERE)
            copy_now(desk, share)
            copied = read_ledger(folder, CHEAP_KEY)
            assert (copied.content, copied.is_whole) == (desk.paths.ledger_path.read_bytes(), True), moment
            assert not [path for path in folder.iterdir() if path.name.startswith("daily") and path.suffix == ".part"]
            assert not desk.paths.leaving_dir.exists(), moment
            desk.close()
            shutil.rmtree(root)
            shutil.rmtree(share)
            if status == FINISHED:
                break
            assert status == -signal.SIGKILL
            killed += 1
    assert killed * step > 40
    tally["killed while copying"] += killed


@pytest.mark.parametrize("step", daily([20], [20, 1]))
def test_a_restoring_that_is_killed_anywhere_ends_as_if_it_had_not_been(
    old: Path, tmp_path: Path, tally: Counter[str], step: int
) -> None:
    share = tmp_path / "share"
    desk = Desk(old, NOWHERE)
    copy_now(desk, share, party_details_key=OLD_KEY)
    desk.close()
    wanted = restored_state(tmp_path / "reference", share)
    assert wanted["drafts"] == 2
    assert wanted["known"] == [KNOWN]
    assert wanted["sends"] == {"held": 1}
    moment, killed = 1 - step, 0
    with driver() as order:
        while True:
            moment += step
            root = tmp_path / f"new {moment}"
            status = order("restore", root, share, moment)
            assert restored_state(root, share) == wanted, moment
            shutil.rmtree(root)
            if status == FINISHED:
                break
            assert status == -signal.SIGKILL
            killed += 1
    assert killed * step > 40
    tally["killed while restoring"] += killed


def restored_state(root: Path, share: Path) -> dict[str, Any]:
    desk = Desk(root, NOWHERE)
    restore_into(desk, share)
    drafts = [desk.stores.drafts.load(one.id) for one in desk.stores.drafts.list()]
    ledger = desk.paths.ledger_path.read_bytes()
    state = {
        # When and over which log a restoring was recorded differs.
        "ledger": sorted(line for line in ledger.splitlines() if AUDIT_RESTORED.encode() not in line),
        "audit": unlike_ledger(Audit(desk.database, who=""), desk.stores.ledger),
        "drafts": len(drafts),
        "known": [SealedPartyDetails(lambda: desk.party_details_key).opened(one) for one in desk.stores.accounts.all()],
        "files": all(Path(document.path).is_file() for draft in drafts for document in draft.documents),
        "copies": sorted(path.name for path in desk.paths.copies_dir.iterdir() if path.suffix == ".pdf"),
        "flows": sorted((flow.flow_id, len(flow.signers)) for flow in desk.flows.list()),
        "sends": Counter(one.state.value for one in desk.stores.journal.list()),
        "steps": [[step.state.value for step in one.steps] for one in desk.stores.journal.list()],
        "accounts": [one.account_id for one in desk.stores.accounts.all()],
        "scratch": desk.paths.restoring_dir.exists(),
    }
    desk.close()
    return state
