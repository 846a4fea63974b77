"""Some suites with persons of their own, of whom nothing is found afterwards; ``make canary`` runs all of them."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.canaries.cast import STAND_IN, Cast
from tests.canaries.run import REPOSITORY, CanaryRun
from tests.canaries.scanner import told

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

A_SEND: Final = ("tests/app/test_log.py", "tests/services/sending/test_submission.py")
"""Logs and a database of contracts that were sent: what is looked through when anything changes."""
ALL_SERVICES: Final = ("-m", "not nightly", "tests/services", "tests/store", "tests/api", "tests/app/commands")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]


@pytest.fixture
def cast() -> Cast:
    return Cast.draw(Random())  # noqa: S311  somebody else each time


@pytest.fixture
def run(cast: Cast) -> Iterator[CanaryRun]:
    # Not tmp_path: a socket's path may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="canary-"))
    # Some tests act as a user who may pass through the folder.
    folder.chmod(0o711)
    run = CanaryRun(folder, cast)
    run.prepare()
    yield run
    shutil.rmtree(folder)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("suites", "least_files"),
    [(A_SEND, 20), pytest.param(ALL_SERVICES, 1000, marks=pytest.mark.nightly)],
    ids=["a send", "all services"],
)
def test_nothing_is_found_of_those_who_play_in_the_suites(
    run: CanaryRun, tally: Counter[str], suites: tuple[str, ...], least_files: int
) -> None:
    outcome = run.run(*suites)
    assert outcome.status == 0, (outcome.summary, outcome.failed)
    assert told(outcome.search.leaks) == []
    assert outcome.search.files > least_files
    assert outcome.processes > 1
    # They were there, where they may be.
    assert outcome.search.allowed.total() > least_files // 10
    tally["files searched"] += outcome.search.files
    tally["bytes searched"] += outcome.search.size_bytes
    tally["processes searched"] += outcome.processes
    tally["leaks"] += len(outcome.search.leaks)


def test_whatever_is_left_anywhere_is_found(run: CanaryRun, tally: Counter[str]) -> None:
    outcome = run.run(run.add(Path(__file__).with_name("planted.py")))
    assert outcome.status == 0, (outcome.summary, outcome.failed)
    found = {re.sub(r"left-\w+", "left-X", line) for line in told(outcome.search.leaks)}
    logs = "pytest/homes0/0/.local/state/esign-desktop/log"
    assert found == {
        f"phone as utf-8 in {logs}/esign-desktop.log",
        f"id number as utf-8 in {logs}/esign-desktop.log.1.gz, compressed",
        f"second name as JSON in {logs}/crash-1.txt",
        "secret as base64 of utf-8 at 1 in pytest/homes0/0/.config/esign-desktop.conf",
        "second name as utf-16-le in left-X",
        "id number as utf-8 in name of pytest/test_everything_leaks0/<id number>8515.pdf",
        "second name as utf-8 in pytest/test_everything_leaks0/data/ledger.jsonl",
        "secret as utf-8 in stdout",
        "second name as utf-8 in stderr",
        "secret as utf-8 in cmdline of python",
        "phone as utf-8 in environ of python",
    }
    tally["planted leaks found"] += len(found)


def test_what_is_marked_is_drawn_where_the_marking_looks_for_it() -> None:
    marking = Path(__file__).with_name("marking") / "sitecustomize.py"
    modules = re.findall(r'_asked_by\("([\w.]+)"\)', marking.read_text("utf-8"))
    assert len(modules) == 2
    for module in modules:
        assert "secrets.token_" in (REPOSITORY / f"{module.replace('.', '/')}.py").read_text("utf-8"), module


def test_nobody_of_the_cast_has_been_there_before(cast: Cast) -> None:
    assert not set(STAND_IN.values()) & set(cast.canaries.values())
    assert Cast.draw(Random(1)) != Cast.draw(Random(2))  # noqa: S311
    phone, number = cast.phone, cast.id_number
    assert cast.plays_in("138 0000 0000, 138****0000, 110101 19900307 8515") == (
        f"{phone[:3]} {phone[3:7]} {phone[7:]}, {phone[:3]}****{phone[7:]}, {number[:6]} 19900307 8515"
    )
    played = cast.plays_in(" ".join(STAND_IN.values()))
    assert all(value in played for what, value in cast.canaries.items() if what.replace(" ", "_") in STAND_IN)
