"""The program as it is started, in the application that all tests share, on a data folder of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

import pytest

from esign_desktop.app.arguments import Arguments
from esign_desktop.app.backend import Backend
from esign_desktop.app.main import Program
from esign_desktop.app.sandbox_process import EmbeddedSandbox
from esign_desktop.services.sending import submission
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.ui.text import i18n
from tests.lent_children import LendingPool
from tests.services.desk import NO_PAUSES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


class Start(Protocol):
    def __call__(
        self,
        *files: Path,
        with_sandbox: bool = False,
        wait: bool = True,
        language: str = "en",
        policy: dict[str, object] | None = None,
    ) -> Program: ...


@pytest.fixture(scope="session")
def idle_children() -> Iterator[None]:
    yield
    LendingPool.end_idle()


@pytest.fixture(autouse=True)
def lent_children(idle_children: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programs of all tests use the same child processes for pages, one after the other."""
    monkeypatch.setattr("esign_desktop.pdf.client.engine.ProcessPool", LendingPool)


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return AppPaths.at(tmp_path / "installation")


@pytest.fixture
def start(
    qapp: QApplication, qtbot: QtBot, paths: AppPaths, no_secret_service: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """Starts the program on a desktop of some language; what a test does not stop is stopped at the end.

    It tries failed calls again without a pause.
    """
    started: list[Program] = []
    monkeypatch.setattr(submission, "RetryPolicy", lambda: NO_PAUSES)

    def run(
        *files: Path,
        with_sandbox: bool = False,
        wait: bool = True,
        language: str = "en",
        policy: dict[str, object] | None = None,
    ) -> Program:
        monkeypatch.setattr(i18n, "system_language", lambda: language)
        policy_path = paths.data_dir.parent / "policy.json"
        backend = Backend(paths, policy_path=policy_path)
        if policy is not None:
            policy_path.parent.mkdir(parents=True, exist_ok=True)
            policy_path.write_text(json.dumps({"version": 1, **policy}), "utf-8")
        backend.lock()
        sandbox = EmbeddedSandbox(paths.data_dir / "sandbox") if with_sandbox else None
        if sandbox is not None:
            sandbox.start()
        program = Program(qapp, backend, Arguments(files, with_sandbox=with_sandbox), sandbox)
        started.append(program)
        if not wait:
            program.start()
        elif with_sandbox:
            with qtbot.waitSignal(program.sandbox_ready, timeout=20_000):
                program.start()
        else:
            with qtbot.waitSignal(program.populated, timeout=20_000):
                program.start()
        # A failure has to fail the test instead of being reported in a window.
        program.crashes.uninstall()
        return program

    yield run
    for program in started:
        program.stop()
    qapp.setStyleSheet("")
