"""Edits a contract without pause, as the window does it, and tells each edit, until somebody kills it."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QTimer

from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.services.editing.session import ContractSession, EditName
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.ui.draft_controller import Autosave
from esign_desktop.ui.tasks import TaskRunner
from tests.services.desk import person_signer

DRAFT_ID: Final = DraftId("edited")
EVERY_MS: Final = 20


def main() -> None:
    application = QCoreApplication(sys.argv[:1])
    database = Database(Path(sys.argv[1]))
    database.open()
    session = ContractSession(ContractDraft(DRAFT_ID, signers=(person_signer("张示例"),)), clock_ms=system_clock_ms)
    autosave = Autosave(session, DraftService(Drafts(database), clock_ms=system_clock_ms), TaskRunner(), application)
    numbers = iter(range(1, 1_000_000))

    def edit() -> None:
        number = next(numbers)
        sys.stdout.write(f"{number} {time.monotonic()}\n")
        sys.stdout.flush()
        options = replace(session.draft.options, business_scene=str(number))
        session.apply(EditName.CHANGE_OPTIONS, lambda draft: replace(draft, options=options))

    timer = QTimer(application)
    timer.setInterval(EVERY_MS)
    timer.timeout.connect(edit)
    timer.start()
    application.exec()
    autosave.stop()


if __name__ == "__main__":
    main()
