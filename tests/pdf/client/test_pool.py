"""Who gets a child first. No child is started here: they start when they are asked."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import Cancelled
from esign_desktop.override import override
from esign_desktop.pdf.client import pool as process_pool
from esign_desktop.pdf.client.child import ChildProcess
from esign_desktop.pdf.client.pool import ProcessPool, Urgency
from esign_desktop.pdf.engine import PdfHandle
from esign_desktop.pdf.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

HANDLE = PdfHandle("h")
WAIT_S = 5.0


@pytest.fixture
def pool() -> Iterator[ProcessPool]:
    pool = ProcessPool(2, Limits())
    yield pool
    pool.stop()


class Borrower(threading.Thread):
    """Borrows a child once and notes when it got it."""

    def __init__(self, pool: ProcessPool, urgency: Urgency, log: list[Urgency]) -> None:
        super().__init__(daemon=True)
        self._pool, self._urgency, self._log = pool, urgency, log
        self.has_one = threading.Event()

    @override
    def run(self) -> None:
        try:
            with self._pool.checkout(HANDLE, self._urgency):
                self._log.append(self._urgency)
                self.has_one.set()
        except Cancelled:
            return


def wait_for_waiting(pool: ProcessPool, count: int) -> None:
    pause = threading.Event()
    while len(pool._waiting) < count:  # noqa: SLF001  nothing else tells that a thread waits
        pause.wait(0.005)


def test_the_most_urgent_goes_first(pool: ProcessPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "STARVING_S", 60.0)
    log: list[Urgency] = []
    with pool.checkout(HANDLE), pool.checkout(HANDLE):
        borrowers = []
        for urgency in (Urgency.LATER, Urgency.SOON, Urgency.NOW):
            borrowers.append(Borrower(pool, urgency, log))
            borrowers[-1].start()
            wait_for_waiting(pool, len(borrowers))
    for borrower in borrowers:
        borrower.join(WAIT_S)
    assert log == [Urgency.NOW, Urgency.SOON, Urgency.LATER]


def test_patient_work_has_its_turn_after_a_while(pool: ProcessPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "STARVING_S", 0.0)
    log: list[Urgency] = []
    with pool.checkout(HANDLE), pool.checkout(HANDLE):
        borrowers = []
        for urgency in (Urgency.LATER, Urgency.NOW):
            borrowers.append(Borrower(pool, urgency, log))
            borrowers[-1].start()
            wait_for_waiting(pool, len(borrowers))
    for borrower in borrowers:
        borrower.join(WAIT_S)
    assert log[0] is Urgency.LATER


def test_the_last_child_is_kept_for_urgent_work_while_patient_work_is_slow(
    pool: ProcessPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_pool, "SLOW_STEP_S", 0.0)
    log: list[Urgency] = []
    with pool.checkout(HANDLE, Urgency.SOON):
        patient, urgent = Borrower(pool, Urgency.LATER, log), Borrower(pool, Urgency.NOW, log)
        patient.start()
        wait_for_waiting(pool, 1)
        monkeypatch.setattr(process_pool, "STARVING_S", 60.0)
        urgent.start()
        assert urgent.has_one.wait(WAIT_S)
        urgent.join(WAIT_S)
        assert not patient.has_one.is_set()
    patient.join(WAIT_S)
    assert log == [Urgency.NOW, Urgency.LATER]


def test_quick_patient_work_uses_all_children(pool: ProcessPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "SLOW_STEP_S", 60.0)
    with pool.checkout(HANDLE, Urgency.LATER) as one, pool.checkout(HANDLE, Urgency.SOON) as other:
        assert one is not other


def test_child_that_has_the_document_open_is_preferred(pool: ProcessPool) -> None:
    second = pool.children[1]
    second.opened.add(HANDLE)
    with pool.checkout(HANDLE) as child:
        assert child is second


def test_replacement_takes_the_place_of_a_child_when_that_is_free(pool: ProcessPool) -> None:
    old, new = pool.children[0], ChildProcess(Limits())
    with ExitStack() as lent:
        lent.enter_context(pool.checkout(HANDLE))
        replacing = threading.Thread(target=pool.replace, args=(old, new))
        replacing.start()
        assert new not in pool.children
    replacing.join(WAIT_S)
    assert new in pool.children
    assert old not in pool.children


def test_replacement_is_cancelled_with_everything_else() -> None:
    pool = ProcessPool(1, Limits())
    old = pool.children[0]
    cancelled: list[bool] = []

    def replace() -> None:
        try:
            pool.replace(old, ChildProcess(Limits()))
        except Cancelled:
            cancelled.append(True)

    with pool.checkout(HANDLE):
        replacing = threading.Thread(target=replace)
        replacing.start()
        stopping = threading.Thread(target=pool.stop)
        stopping.start()
        replacing.join(WAIT_S)
    stopping.join(WAIT_S)
    assert cancelled == [True]
