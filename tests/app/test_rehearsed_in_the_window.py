"""A contract is rehearsed from its review and then sent; until then the platform that is meant hears nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QListWidget

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.ui.send.rehearsal import RehearsalPanel
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.teller_pins import TellerPinDialog
from tests.services.desk import make_contract, person_signer
from tests.services.own_pins import provide_with_own_pin
from tests.services.people.test_identity import resident_number
from tests.services.sandbox_platform import SECRET, SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from esign_desktop.store.files.paths import AppPaths
    from tests.app.conftest import Start

WAIT_MS = 60_000
W = TypeVar("W", bound="QWidget")


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[SandboxPlatform]:
    with SandboxPlatform(tmp_path / "platform") as running:
        yield running


class _Bench:
    def __init__(
        self,
        start: Start,
        platform: SandboxPlatform,
        folder: Path,
        qtbot: QtBot,
        policy: dict[str, object] | None = None,
    ) -> None:
        program = start(policy=policy)
        assert program.workspace is not None
        self.program, self.qtbot = program, qtbot
        self.workspace, self.window = program.workspace, program.window
        environments = self.workspace.services.environments
        # What contracts really go to, on loopback.
        meant = replace(platform.environment, kind=EnvironmentKind.PRODUCTION)
        environments.use_for_session(meant, SECRET)
        environments.choose(EnvironmentKind.PRODUCTION)
        self.workspace.environment.reload()
        self.window.show()
        self.wait(lambda: self.workspace.environment.kind is EnvironmentKind.PRODUCTION)
        numbers = {"王小明": resident_number("11010119900307123"), "李示例": resident_number("11010119900307125")}
        signers = tuple(person_signer(name, step=step, number=numbers[name]) for step, name in enumerate(numbers, 1))
        self.draft = make_contract(folder / "files", signers=signers)
        taken: list[bool] = []
        self.workspace.draft_controller.take_in(self.draft, then=lambda: taken.append(True))
        self.wait(lambda: taken)
        documents = self.workspace.services.documents
        self.wait(lambda: all(documents.is_open(one.id) for one in self.draft.documents))
        self.window.actions_by_name[ActionName.SEND].trigger()
        self.wait(lambda: self.shown(ReviewSheet))
        self.sheet = self.shown(ReviewSheet)[-1]
        self.wait(lambda: self.button(self.sheet, "Rehearse first").isEnabled())

    def wait(self, is_true: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(is_true()), timeout=WAIT_MS)

    def shown(self, kind: type[W]) -> list[W]:
        return [one for one in self.workspace.prepare.findChildren(kind) if one.isVisible()]

    def button(self, parent: QWidget, text: str) -> QAbstractButton:
        return next(one for one in parent.findChildren(QAbstractButton) if one.text() == text)

    def press(self, parent: QWidget, text: str) -> None:
        button = self.button(parent, text)
        self.wait(lambda: button.isVisible() and button.isEnabled())
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def rehearse(self) -> RehearsalPanel:
        self.press(self.sheet, "Rehearse first")
        self.wait(lambda: self.shown(RehearsalPanel))
        return self.shown(RehearsalPanel)[-1]

    def texts(self, parent: QWidget) -> str:
        return "\n".join(one.text() for one in parent.findChildren(PlainLabel) if one.isVisible())


def sent_to(platform: SandboxPlatform) -> list[dict[str, Any]]:
    """Return the calls so far, without the question of the review whether an account exists."""
    return [call for call in platform.request_log() if not call["path"].endswith("/account/idexchange")]


@pytest.fixture
def bench(start: Start, platform: SandboxPlatform, tmp_path: Path, qtbot: QtBot) -> _Bench:
    return _Bench(start, platform, tmp_path, qtbot)


def test_a_contract_is_rehearsed_shown_stamped_and_then_sent(
    bench: _Bench, platform: SandboxPlatform, paths: AppPaths
) -> None:
    before = sent_to(platform)
    panel = bench.rehearse()
    bench.wait(panel.view.isVisible)
    assert "All 3 seals are where you placed them." in bench.texts(panel)
    shown = bench.workspace.environment.shown
    assert shown is not None
    assert shown.environment.kind is EnvironmentKind.SANDBOX
    # The trial has a sandbox of its own, while that of the program isn't running.
    assert "nothing has legal effect" in bench.texts(bench.window.status_line)
    rows = panel.findChildren(QListWidget)[0]
    assert rows.count() == 3
    assert [one.name for one in panel.view.documents] == [one.name for one in bench.draft.documents]
    # Nothing of it is a send.
    assert sent_to(platform) == before
    assert bench.workspace.services.flows.list() == ()
    assert bench.workspace.services.submission.unfinished() == ()
    bench.press(panel, "Send for real…")
    bench.wait(bench.sheet.isVisible)
    assert "Rehearsed: all seals are in the right place." in bench.texts(bench.sheet)
    bench.wait(lambda: not list((paths.cache_dir / "rehearsal").glob("*")))
    bench.press(bench.sheet, "Send now — with legal effect")
    # This one is for the platform that is meant.
    bench.wait(lambda: sent_to(platform) != before)


@pytest.mark.nightly
def test_a_rehearsal_that_fails_says_why_and_is_tried_again(bench: _Bench, platform: SandboxPlatform) -> None:
    # The file is another one meanwhile.
    path = Path(bench.draft.documents[0].path)
    content = path.read_bytes()
    path.write_bytes(content + b"\n% changed")
    panel = bench.rehearse()
    bench.wait(bench.button(panel, "Try again").isVisible)
    assert "changed" in bench.texts(panel)
    path.write_bytes(content)
    bench.press(panel, "Try again")
    bench.wait(panel.view.isVisible)
    bench.press(panel, "Back to contract")
    bench.wait(bench.workspace.prepare.canvas.isVisible)
    assert platform.flows(bench.draft.title) == ()


@pytest.mark.nightly
def test_it_can_be_left_at_any_moment(bench: _Bench, paths: AppPaths, platform: SandboxPlatform) -> None:
    for _turn in range(2):
        panel = bench.rehearse()
        bench.qtbot.keyClick(panel, Qt.Key.Key_Escape)
        bench.wait(bench.sheet.isVisible)
    bench.wait(lambda: not list((paths.cache_dir / "rehearsal").glob("*")))
    assert "Rehearsed" not in bench.texts(bench.sheet)
    assert platform.flows(bench.draft.title) == ()


@pytest.mark.nightly
@pytest.mark.parametrize("is_shown", [False, True])
def test_whoever_leaves_the_program_leaves_nothing_of_it(bench: _Bench, paths: AppPaths, *, is_shown: bool) -> None:
    panel = bench.rehearse()
    folder = paths.cache_dir / "rehearsal"
    bench.wait(panel.view.isVisible if is_shown else lambda: list(folder.glob("*")))
    bench.program.stop()
    assert not list(folder.glob("*"))


@pytest.mark.nightly
def test_in_the_rehearsal_itself_nothing_is_to_be_rehearsed(bench: _Bench, platform: SandboxPlatform) -> None:
    environments = bench.workspace.services.environments
    environments.use_for_session(platform.environment, SECRET)
    environments.choose(EnvironmentKind.SANDBOX)
    bench.workspace.environment.reload()
    bench.wait(lambda: bench.workspace.environment.kind is EnvironmentKind.SANDBOX)
    bench.workspace.send_controller.begin()
    bench.wait(lambda: bench.shown(ReviewSheet))
    sheet = bench.shown(ReviewSheet)[-1]
    bench.wait(bench.button(sheet, "Send now").isEnabled)
    assert not bench.button(sheet, "Rehearse first").isVisible()


def test_a_second_person_approves_what_is_binding(
    start: Start, platform: SandboxPlatform, tmp_path: Path, qtbot: QtBot
) -> None:
    bench = _Bench(start, platform, tmp_path, qtbot, {"second_person": True})
    services, before = bench.workspace.services, sent_to(platform)

    def asked() -> TellerPinDialog:
        bench.press(bench.sheet, "Send now — with legal effect")
        bench.wait(lambda: bench.sheet.findChildren(TellerPinDialog))
        return bench.sheet.findChildren(TellerPinDialog)[-1]

    dialog = asked()
    bench.wait(lambda: "No teller is available" in dialog.status_text)
    dialog.reject()
    bench.wait(lambda: not bench.sheet.findChildren(TellerPinDialog))
    for name, pin in (("示例甲", "4815"), ("示例乙", "162342")):
        provide_with_own_pin(services.tellers, name, pin, is_supervisor=True)
    dialog = asked()
    bench.wait(lambda: all(who.count() for who in dialog.who))

    def answer(*pins: str) -> None:
        for edit, pin in zip(dialog.pins, pins, strict=True):
            qtbot.keyClicks(edit, pin)
            qtbot.keyClick(edit, Qt.Key.Key_Return)

    # Nobody is signed in: who sends enters a PIN, too, and can't be both.
    for who in dialog.who:
        who.setCurrentText("示例甲")
    answer("4815", "4815")
    bench.wait(lambda: "The sender can't also be the second approver." in dialog.status_text)
    dialog.who[1].setCurrentText("示例乙")
    answer("4815", "0000")
    bench.wait(lambda: "Incorrect PIN for 示例乙." in dialog.status_text)
    assert sent_to(platform) == before
    answer("4815", "162342")
    bench.wait(lambda: sent_to(platform) != before)
    (approved,) = [one for one in services.audit_log.entries() if one.action == AuditAction.APPROVED]
    assert approved.title == f"示例甲 → 示例乙: {bench.draft.title}"
