"""Copies of contracts that a crash left behind are gone when the program has started."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esign_desktop.store.files.paths import AppPaths
    from tests.app.conftest import Start


def test_copies_that_no_send_needs_are_deleted_at_a_start(start: Start, paths: AppPaths) -> None:
    left = paths.snapshots_dir / "0123456789abcdef"
    left.mkdir(parents=True)
    (left / "0.pdf").write_bytes(b"%PDF-1.7 somebody's contract")
    start()
    assert not left.exists()
