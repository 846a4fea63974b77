"""Erase a person's data after the user's confirmation: the dialog and its controller."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, room_for
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.theme import are_letters_large, sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import PresetId
    from esign_desktop.services.erasure.service import ErasureService, KnownPerson, PresetAbout
    from esign_desktop.ui.draft_controller import DraftController
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


_WIDTH_PX: Final = 520
_MOST_ROWS: Final = 5


class ForgetSheet(FittingDialog):
    """Explains the erasure of a person's data, and asks the user to confirm it and to select presets for deletion.

    The user can confirm when ``show_found`` has been called. The sheet stays open until it is closed, and is then
    deleted.
    """

    manual_page = "privacy#delete-a-persons-data"

    confirmed = Signal()
    """Emitted when the user confirmed the erasure. Close the sheet on success, or call ``show_refusal``."""

    def __init__(self, person: KnownPerson, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setFixedWidth(sized(_WIDTH_PX))
        self.setWindowTitle(self.tr("Delete a person's data"))
        name = one_line(person.name)
        shown = f"{name}  {person.masked_number}" if person.masked_number else name
        title = PlainLabel(self, self.tr("Delete {name}'s data?").format(name=shown))
        title.setObjectName("sectionTitle")
        self._said = PlainLabel(self)
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._mark = QLabel(self)
        self._mark.setPixmap(icon("warning", theme().danger).pixmap(QSize(18, 18)))
        for widget in (self._said, self._mark):
            widget.hide()
        self._forget = DeliberateButton(self, self.tr("&Delete permanently"))
        self._forget.setObjectName("danger")
        self._forget.setEnabled(False)
        self._ids: tuple[PresetId, ...] = ()
        self._asked = PlainLabel(self, self.tr("Looking for presets with this person's data…"))
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Presets to delete"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.hide()
        self._unread = PlainLabel(self, is_wrapped=True)
        self._unread.hide()
        self._hint = PlainLabel(
            self,
            self.tr("A name may belong to someone else or be an ordinary word. Presets that aren't selected are kept."),
        )
        self._hint.setObjectName("hint")
        self._hint.hide()
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._cancel.setDefault(True)
        self._lay_out(title)
        self._forget.meant.connect(self._on_forget_meant)
        self._cancel.clicked.connect(self.reject)
        self._cancel.setFocus()

    def _lay_out(self, title: PlainLabel) -> None:
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(title)
        for text in self._consequences():
            label = PlainLabel(self, text)
            label.setWordWrap(True)
            column.addWidget(label)
        for part in (self._unread, self._asked, self._list, self._hint):
            column.addWidget(part)
        for label in (self._asked, self._hint):
            label.setWordWrap(True)
        self._said.setWordWrap(True)
        title.setWordWrap(True)
        refusal = QHBoxLayout()
        refusal.setSpacing(8)
        refusal.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        refusal.addWidget(self._said, 1)
        column.addLayout(refusal)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._forget)
        column.addSpacing(4)
        column.addLayout(buttons)

    @property
    def said(self) -> str:
        """The reason why the data was not erased, or an empty text."""
        return self._said.text()

    @property
    def presets(self) -> tuple[PresetId, ...]:
        """The ids of the presets that the user selected for deletion. Empty until ``show_found`` has been called."""
        ticked = Qt.CheckState.Checked
        return tuple(
            preset_id for row, preset_id in enumerate(self._ids) if self._list.item(row).checkState() == ticked
        )

    def show_found(self, about: tuple[tuple[PresetAbout, ...], tuple[str, ...]]) -> None:
        """Ask which presets are to be deleted, and let the user confirm.

        ``about`` contains the presets whose PDFs contain the person's name, which may mean another person, or a number,
        and the titles of contracts with image-only pages, which cannot be searched and are listed.
        """
        found, unread = about
        if unread:
            titles = [one_line(title) for title in unread[:_MOST_ROWS]]
            if len(unread) > _MOST_ROWS:
                titles.append(self.tr("%n more", "", len(unread) - _MOST_ROWS))
            sentence = self.tr(
                "Image-only pages of other contracts can't be searched and are kept. Check them yourself: {titles}"
            )
            self._unread.setText(sentence.format(titles=listed(titles)))
            self._unread.show()
        self._ids = tuple(one.preset.id for one in found)
        for one in found:
            name = one_line(one.preset.name)
            key = "" if one.preset.function_key is None else f"F{one.preset.function_key}  "
            text = (
                self.tr("{name}: contains one of the numbers")
                if one.by_number
                else self.tr("{name}: contains the same name")
            )
            item = QListWidgetItem(key + text.format(name=name))
            item.setCheckState(Qt.CheckState.Checked if one.by_number else Qt.CheckState.Unchecked)
            self._list.addItem(item)
        rows = min(_MOST_ROWS, len(found))
        self._list.setFixedHeight(rows * self._list.sizeHintForRow(0) + 2 * self._list.frameWidth() if rows else 0)
        self._list.setVisible(bool(found))
        self._asked.setText(
            self.tr("The PDFs of these presets contain this person's data. Which ones do you want to delete?")
        )
        self._asked.setVisible(bool(found))
        self._hint.setVisible(any(not one.by_number for one in found))
        self._forget.setEnabled(True)
        self._fit_height()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_height()

    def show_refusal(self, error: AppError) -> None:
        """Show why the data, or the presets with it, could not be erased or found, and let the user confirm."""
        if not self._forget.isEnabled() and not self._ids:
            self._asked.hide()
        sentence = error_sentence(error)
        self._said.setText(f"{sentence.title}\n{sentence.remedy}".strip())
        for widget in (self._said, self._mark):
            widget.show()
        self._fit_height()
        self._forget.setEnabled(True)
        self._forget.setText(self.tr("&Delete permanently"))
        self._cancel.setEnabled(True)

    def _fit_height(self) -> None:
        """Set the height that the texts need at the fixed width, which Qt does not compute by itself.

        At a large text size, the content scrolls if it is higher than the screen.
        """
        self._column.activate()
        height_px = self._column.totalHeightForWidth(sized(_WIDTH_PX))
        self.setFixedHeight(min(height_px, room_for(self).height()) if are_letters_large() else height_px)

    def _consequences(self) -> tuple[str, ...]:
        return (
            self.tr(
                "The person's name, ID number, mobile number, account and signing links are "
                "deleted from everything this program stores: contacts, drafts, presets, sent "
                "contracts, logs and backups. This can't be undone."
            ),
            self.tr(
                "• Sent contracts stay in the list without the name.\n• The person is removed "
                "from drafts and presets and must be entered again. Files named after the person "
                "must be chosen again.\n• Document copies that name the person are deleted. "
                "Image-only pages in contracts with this person, or in no contract, are deleted "
                "too.\n• The open contract is saved as a draft and its history is lost."
            ),
            self.tr("Files you saved yourself, including signed contracts, are kept. The platform keeps its own data."),
        )

    def _on_forget_meant(self) -> None:
        for widget in (self._said, self._mark):
            widget.hide()
        self._forget.setEnabled(False)
        self._forget.setText(self.tr("Deleting…"))
        self._cancel.setEnabled(False)
        self.confirmed.emit()


def _look(people: ErasureService, person: KnownPerson) -> tuple[tuple[PresetAbout, ...], tuple[str, ...]]:
    return people.presets_about(person), people.unread_contracts(person)


class ForgettingController(QObject):
    """Asks the user for confirmation and erases the data of one person at a time, in the background.

    The open contract is saved as a draft and closed before.
    """

    forgotten = Signal()
    """Emitted when data was erased, so that displayed people and contracts are outdated."""

    def __init__(
        self, people: ErasureService, drafts: DraftController, tasks: TaskRunner, messages: Messages, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._people = people
        self._drafts = drafts
        self._tasks = tasks
        self._messages = messages
        self._window = parent
        self._person: KnownPerson | None = None
        self._sheet: ForgetSheet | None = None

    @property
    def sheet(self) -> ForgetSheet | None:
        """The open ``ForgetSheet``, or None if no sheet is open."""
        return self._sheet

    def ask(self, person: KnownPerson) -> None:
        """Ask the user to confirm the erasure of a person's data.

        An open question about another person is dismissed.
        """
        if self._sheet is not None:
            self._sheet.close()
        self._person = person
        self._sheet = ForgetSheet(person, self._window)
        self._sheet.confirmed.connect(self._on_sheet_confirmed)
        self._sheet.finished.connect(self._on_sheet_finished)
        self._sheet.open()
        self._tasks.start(
            partial(_look, self._people, person),
            owner=self._sheet,
            on_done=self._sheet.show_found,
            on_error=self._sheet.show_refusal,
            lane=Lane.PDF,
        )

    def _on_sheet_confirmed(self) -> None:
        # Discarded work that can be restored, and the open contract with its history, may contain the person's data.
        self._messages.clear("discarded")
        self._drafts.close_contract(self._forget)

    def _forget(self) -> None:
        people, person = self._people, self._person
        if person is not None:
            presets = self._sheet.presets if self._sheet is not None else ()
            self._tasks.start(
                lambda: people.forget(person, presets=presets),
                owner=self,
                on_done=self._on_forgotten,
                on_error=self._on_failed,
            )

    def _on_forgotten(self, _nothing: None) -> None:
        if self._sheet is not None:
            self._sheet.accept()
        self._messages.show_message(
            self.tr("The person's data has been deleted."),
            MessageLevel.SUCCESS,
            remedy=self.tr("Files you saved yourself were not deleted."),
            key="forgotten",
        )
        self._drafts.read_drafts()
        self._drafts.read_recents()
        self.forgotten.emit()

    def _on_failed(self, error: AppError) -> None:
        if self._sheet is not None:
            self._sheet.show_refusal(error)
        else:
            self._messages.show_message(error)

    def _on_sheet_finished(self, _result: int) -> None:
        self._sheet = None
