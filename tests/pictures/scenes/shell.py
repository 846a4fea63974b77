"""What belongs to no room: lists of commands and keys, messages, tints, and what stands in the window's place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from esign_desktop import __version__
from esign_desktop.app.self_test import driver
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError, StoreError
from esign_desktop.ui.shell.help_dialogs import AboutDialog, KeyListDialog
from esign_desktop.ui.shell.report_dialog import ReportDialog
from esign_desktop.ui.shell.start_problem import StartProblem
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from tests.pictures.contracts import ready_contract
from tests.pictures.fixed_world import HOME
from tests.pictures.office import Office, office
from tests.pictures.popups import close_popups, popups, top_level

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tests.pictures.studio import Studio

_DATA = Path(HOME) / ".local" / "share" / "esign-desktop"
_REPORT = f"""esign-desktop {__version__}, Linux, Python 3.11
ZeroDivisionError
  esign_desktop/ui/prepare/properties/slices.py:71 in labelled_pages
  esign_desktop/ui/prepare/properties/slices.py:104 in paintEvent"""


def play(studio: Studio) -> None:
    """Beside and instead of the main window."""
    with office(studio, "first", with_sandbox=False) as here:
        driver.rest(400)
        studio.take("first-start", here.window)
    with office(studio, "shell") as here:
        ready_contract(here)
        _lists(studio, here)
        _messages(studio, here)
        _tints(studio, here)
    _instead(studio)


def _lists(studio: Studio, here: Office) -> None:
    window, actions = here.window, here.window.actions_by_name
    actions[ActionName.COMMANDS].trigger()
    driver.rest(150)
    studio.take("command-palette", window, above=popups(), settle=here.pages_are_drawn)
    close_popups()
    actions[ActionName.KEYS].trigger()
    _take_dialog(studio, "keys", top_level(KeyListDialog))
    about = AboutDialog(_DATA / "log", window)
    about.show()
    _take_dialog(studio, "about", about)


def _messages(studio: Studio, here: Office) -> None:
    messages = here.window.messages
    messages.show_message(StoreError("store.disk_full"))
    driver.rest(100)
    studio.take("disk-full", here.window, settle=here.pages_are_drawn)
    messages.show_message(ApiError("api.no_network"), MessageLevel.WARNING)
    driver.rest(100)
    studio.take("messages", here.window, settle=here.pages_are_drawn)
    for key in ("store.disk_full", "api.no_network"):
        messages.clear(key)


def _tints(studio: Studio, here: Office) -> None:
    environments = here.services.environments
    for kind in (EnvironmentKind.TEST, EnvironmentKind.PRODUCTION):
        environment = Environment(kind, "https://sign.example.com/v3", "1111563657")

        def use(environment: Environment = environment) -> None:
            environments.save(environment)
            environments.use_for_session(environment, "made-up secret of nobody")
            environments.choose(environment.kind)

        driver.elsewhere(use)
        here.workspace.environment.reload()
        driver.wait_until("the colour is there", lambda one=kind: here.workspace.environment.kind is one)  # type: ignore[misc]
        driver.rest(200)
        studio.take(f"tint-{kind.value}", here.window, settle=here.pages_are_drawn)


def _instead(studio: Studio) -> None:
    for code in ("store.damaged", "store.unwritable", "store.newer_version", "store.network_folder"):
        problem = StartProblem(StoreError(code, kind="nfs4"), _DATA)
        problem.show()
        _take_dialog(studio, f"start-{code.partition('.')[2]}", problem)
        problem.deleteLater()
    report = ReportDialog(_DATA / "log")
    report.add(_REPORT)
    report.show_saved(is_saved=True)
    report.show()
    _take_dialog(studio, "crash-report", report)


def _take_dialog(studio: Studio, name: str, dialog: QWidget) -> None:
    dialog.adjustSize()
    driver.rest(100)
    studio.take(name, dialog)
    dialog.close()
    driver.rest(30)
