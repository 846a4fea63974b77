"""Asks in words before something is done with a contract of another environment than the one that is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from esign_desktop.domain.environment import is_elsewhere
from esign_desktop.ui.text.environment import act_there
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton, dress_send_button
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.environment import Environment

_WIDTH_PX = 480


class ElsewhereQuestion(QDialog):
    """The safe answer has the keyboard; Esc gives it too. ``accepted`` and ``rejected`` are the answers."""

    def __init__(
        self, title: str, act: str, environment: Environment, here: Environment | None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Another environment"))
        contract = one_line(title) or self.tr("Untitled")
        question = PlainLabel(self, self.tr("“{title}”: {act}?").format(title=contract, act=act))
        question.setObjectName("sectionTitle")
        question.setWordWrap(True)
        banner = EnvironmentBanner(self)
        banner.show_contract(environment, here)
        no, yes = QPushButton(self.tr("Don't do it"), self), DeliberateButton(self, act_there(act, environment))
        yes.setObjectName("primary")
        dress_send_button(yes, is_binding=environment.is_binding)
        no.setAutoDefault(False)
        no.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(no)
        row.addWidget(yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addWidget(question)
        column.addWidget(banner)
        column.addLayout(row)
        self.setMinimumWidth(_WIDTH_PX)
        no.clicked.connect(self.reject)
        yes.meant.connect(self.accept)
        no.setFocus()


def ask_if_elsewhere(
    parent: QWidget,
    environment: Environment,
    here: Environment | None,
    *,
    title: str,
    act: str,
    then: Callable[[], None],
    otherwise: Callable[[], None] | None = None,
) -> None:
    """Do it at once in the environment that is chosen here; ask first in any other that is real.

    ``act`` is what the button says that was pressed.
    """
    if not is_elsewhere(environment, here):
        then()
        return
    question = ElsewhereQuestion(title, act, environment, here, parent)
    question.accepted.connect(then)
    if otherwise is not None:
        question.rejected.connect(otherwise)
    question.open()
