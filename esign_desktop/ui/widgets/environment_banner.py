"""Show the environment of a contract in a banner, and ask before an action in another environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from esign_desktop.domain.environment import is_elsewhere
from esign_desktop.override import override
from esign_desktop.ui.text.environment import act_there, effect_sentence, elsewhere_sentence, environment_name
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.deliberate import DeliberateButton, style_send_button
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, hbox, vbox
from esign_desktop.ui.widgets.theme import repolish, sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

    from esign_desktop.domain.environment import Environment


class EnvironmentBanner(QFrame):
    """A strip in the color of an environment, with the environment's name and effect.

    It is hidden until an environment is shown, which screen readers announce.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = PlainLabel(self)
        self._effect = PlainLabel(self, is_wrapped=True)
        vbox(self._name, self._effect, spacing=0, margins=(12, 8, 12, 8), parent=self)
        self.setAutoFillBackground(True)
        self.hide()

    def show_environment(self, environment: Environment) -> None:
        """Show the environment to which a contract will be sent, and what this means."""
        self._show(environment, effect_sentence(environment))

    def show_contract(self, environment: Environment, here: Environment | None) -> None:
        """Show the environment of a contract that was sent before. ``here`` is the current environment.

        If an action there needs no confirmation from a user who works in ``here``, only the name is shown.
        """
        is_away = is_elsewhere(environment, here)
        effect = f"{elsewhere_sentence(environment, here)} {effect_sentence(environment)}" if is_away else ""
        self._show(environment, effect)

    def show_if_other(self, environment: Environment, here: Environment | None) -> None:
        """Show the environment of a contract as ``show_contract`` does, unless it is the current one.

        The status bar of the window names the current environment.
        """
        if here is not None and environment.kind is here.kind and not is_elsewhere(environment, here):
            self.hide()
        else:
            self.show_contract(environment, here)

    @property
    def sentence(self) -> str:
        """The displayed text, in one line."""
        return ": ".join(filter(None, (self._name.text(), self._effect.text())))

    def _show(self, environment: Environment, effect: str) -> None:
        self.setProperty("environment", environment.kind.value)
        for one in (self, self._name, self._effect):
            repolish(one)
        font = self.font()
        font.setBold(True)
        self._name.setFont(font)
        self._name.setText(environment_name(environment.kind))
        self._effect.setText(effect)
        self._effect.setVisible(bool(effect))
        self.setAccessibleName(self.sentence)
        self.show()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            # The banner appears where the user is about to act on a contract.
            announce(self, self.sentence)


_WIDTH_PX = 480


class ElsewhereQuestion(FittingDialog):
    """Asks whether an action in another environment is intended. ``accepted`` and ``rejected`` are the answers.

    The safe answer has the focus, and Esc gives it, too. The dialog is deleted when it is closed.
    """

    manual_page = "settings#environment"

    def __init__(
        self, title: str, act: str, environment: Environment, here: Environment | None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Another environment"))
        contract = one_line(title) or self.tr("Untitled")
        question = PlainLabel(
            self, self.tr("“{title}”: {act}?").format(title=contract, act=act), look="sectionTitle", is_wrapped=True
        )
        banner = EnvironmentBanner(self)
        banner.show_contract(environment, here)
        no, yes = QPushButton(self.tr("Cancel"), self), DeliberateButton(self, act_there(act, environment))
        yes.setObjectName("primary")
        style_send_button(yes, is_binding=environment.is_binding)
        no.setAutoDefault(False)
        no.setDefault(True)
        vbox(question, banner, hbox(1, no, yes), spacing=16, margins=(20, 20, 20, 16), parent=self)
        self.setMinimumWidth(sized(_WIDTH_PX))
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
    """Call ``then`` if the user confirms an action or no confirmation is needed.

    If the user declines, call ``otherwise``.

    A confirmation is needed for an environment other than ``here``, except for a rehearsal. ``act`` is the text of the
    button that the user pressed. The call returns at once.
    """
    if not is_elsewhere(environment, here):
        then()
        return
    question = ElsewhereQuestion(title, act, environment, here, parent)
    question.accepted.connect(then)
    if otherwise is not None:
        question.rejected.connect(otherwise)
    question.open()
