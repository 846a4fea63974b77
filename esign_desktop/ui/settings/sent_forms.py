"""Show the number of remembered forms, with a button that deletes the forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QWidget

from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.presets.sent_forms import SentFormService
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


class SentFormsField(QWidget):
    """Shows how many forms of sent contracts are stored on this computer. The user can delete them.

    The row is hidden while there are none.
    """

    manual_page = "settings#general"

    def __init__(
        self, forms: SentFormService, tasks: TaskRunner, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._forms = forms
        self._tasks = tasks
        self._messages = messages
        self.forget = DeliberateButton(self, self.tr("Forget forms"))
        self._count = PlainLabel(self)
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(16)
        layout.addRow(PlainLabel(self, self.tr("Forms of sent contracts")), hbox(self._count, 1, self.forget))
        self.forget.meant.connect(self._on_forget_meant)
        self.hide()

    @property
    def text(self) -> str:
        """The text with the number of forms."""
        return self._count.text()

    def read(self) -> None:
        """Read the number of forms in the background, and show it."""
        self._start(self._forms.count)

    def _on_forget_meant(self) -> None:
        self.forget.setEnabled(False)
        self._start(self._forget)

    def _forget(self) -> int:
        self._forms.forget_all()
        return self._forms.count()

    def _start(self, work: Callable[[], int]) -> None:
        # Reading the number needs the keyring's key, for which the thread of the store must not wait.
        self._tasks.start(work, owner=self, on_done=self._on_counted, on_error=self._on_failed, lane=Lane.SEARCH)

    def _on_counted(self, count: int) -> None:
        self._count.setText(self.tr("%n form(s) remembered, without customer data", "", count))
        self.forget.setEnabled(True)
        self.setVisible(count > 0)

    def _on_failed(self, error: AppError) -> None:
        self.forget.setEnabled(True)
        self._messages.show_message(error)
