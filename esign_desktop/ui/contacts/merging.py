"""Provide the dialog that merges two contacts.

It asks for the name and, if both have accounts, for the account to use.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QRadioButton, QWidget

from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.contact import account_line
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.labels import PlainLabel, set_font_px
from esign_desktop.ui.widgets.layouts import FittingDialog, hbox, vbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.domain.environment import EnvironmentKind
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.people.contact import Contact
    from esign_desktop.services.people.contacts import ContactService
    from esign_desktop.ui.tasks import TaskRunner

_WIDTH_PX: Final = 520
_MOST_CHARACTERS: Final = 14
Accounts = tuple["AccountRecord", ...]


class MergeSheet(FittingDialog):
    """Asks which name and which accounts to keep, and merges two contacts in the background.

    It is deleted when it is closed.
    """

    manual_page = "contacts#import-export-merge"

    merged = Signal(object)
    """Carries the ``Contact`` that remains."""

    def __init__(
        self,
        contacts: ContactService,
        tasks: TaskRunner,
        pair: tuple[Contact, Contact],
        accounts: tuple[Accounts, Accounts],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._contacts = contacts
        self._tasks = tasks
        self._pair = pair
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Merge two contacts"))
        self.setFixedWidth(sized(_WIDTH_PX))
        title = PlainLabel(self, self.tr("Merge these two contacts?"))
        set_font_px(title, 16, is_bold=True)
        self._names = QButtonGroup(self)
        self._choices: list[tuple[QButtonGroup, Accounts]] = []
        self._said = PlainLabel(self, look="alarm", is_wrapped=True, is_live=True)
        self._said.hide()
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._merge = DeliberateButton(self, self.tr("&Merge"))
        self._merge.setObjectName("primary")
        parts = self._question(self.tr("Which name should be kept?"), self._names, map(_line, pair))
        for home in self._shared_homes(accounts):
            both = tuple(one for side in accounts for one in side if (one.environment, one.project_id) == home)
            group = QButtonGroup(self)
            self._choices.append((group, both))
            sentence = self.tr("Which account should be used from now on? ({environment})")
            question = sentence.format(environment=environment_name(home[0]))
            parts += self._question(question, group, (account_line(one, is_only=False) for one in both))
        consequence = self.tr(
            "The remaining contact gets the contracts, accounts and organizations of both, "
            "plus any details it lacks. This can't be undone."
        )
        parts.append(PlainLabel(self, consequence, is_wrapped=True, look="hint"))
        self._merge.setAccessibleDescription(consequence)
        vbox(
            *(title, *parts, self._said),
            hbox(1, self._cancel, self._merge),
            spacing=10,
            margins=(24, 20, 24, 20),
            parent=self,
        )
        self._cancel.clicked.connect(self.reject)
        self._merge.meant.connect(self._on_merge_meant)

    @property
    def said(self) -> str:
        """The reason why the contacts were not merged, or an empty text."""
        return self._said.text()

    @staticmethod
    def _shared_homes(accounts: tuple[Accounts, Accounts]) -> list[tuple[EnvironmentKind, str]]:
        """Return the environments and project ids in which both contacts have an account."""
        mine, theirs = ([(one.environment, one.project_id) for one in side] for side in accounts)
        return [home for home in dict.fromkeys(mine) if home in theirs]

    def _question(self, question: str, group: QButtonGroup, choices: Iterable[str]) -> list[QWidget]:
        """Return a label with the question, and a radio button for each choice.

        The buttons are added to ``group`` with ids from 0, and the first is checked. Each has the question as its
        accessible description.
        """
        parts: list[QWidget] = [PlainLabel(self, question, look="sectionTitle", is_wrapped=True)]
        for place, text in enumerate(choices):
            button = QRadioButton(text.replace("&", "&&"), self)
            button.setAccessibleDescription(question)
            button.setChecked(place == 0)
            group.addButton(button, place)
            parts.append(button)
        return parts

    def _on_merge_meant(self) -> None:
        kept = max(0, self._names.checkedId())
        chosen = [both[max(0, group.checkedId())] for group, both in self._choices]
        keys = [(one.environment, one.project_id, one.account_id) for one in chosen]
        self._merge.setEnabled(False)
        self._tasks.start(
            partial(self._contacts.merge, self._pair[kept].id, self._pair[1 - kept].id, keys),
            owner=self,
            on_done=self._on_merged,
            on_error=self._on_refused,
            lane=Lane.STORE,
        )

    def _on_merged(self, contact: Contact) -> None:
        self.merged.emit(contact)
        self.accept()

    def _on_refused(self, error: AppError) -> None:
        self._merge.setEnabled(True)
        self._said.setText(error_sentence(error).text)
        self._said.show()


def _line(contact: Contact) -> str:
    marks = (contact.masked_number, contact.masked_mobile, contact.own_reference)
    shown = (one_line(mark, most_characters=_MOST_CHARACTERS) for mark in (contact.name, *marks) if mark)
    return "   ".join(shown)
