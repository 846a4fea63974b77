"""Show the first pane of the Bulk room, where the user chooses a preset and a sheet.

It also shows the progress of reading a sheet, and the choice between several worksheets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from esign_desktop.domain.bulk.columns import offers_of
from esign_desktop.override import override
from esign_desktop.ui.bulk.words import TargetNames
from esign_desktop.ui.bulk.work import BulkStage
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import repolish, sized, theme

if TYPE_CHECKING:
    from esign_desktop.domain.bulk.sheet import Worksheets
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.bulk.work import BulkWork


_BAR_PX: Final = 4
_BAR_WIDTH_PX: Final = 240
_CARD_MARGINS: Final = (24, 24, 24, 24)


class ReadingCard(QWidget):
    """Shows the progress of reading a sheet, with a button that stops the reading."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._row_count = 0
        self._title, self._rows = PlainLabel(self), PlainLabel(self)
        self._title.setWordWrap(True)
        self._rows.setObjectName("hint")
        self._bar = QProgressBar(self)
        self._bar.setObjectName("thinBar")
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(sized(_BAR_WIDTH_PX), _BAR_PX)
        self._bar.setAccessibleName(self.tr("Reading sheet"))
        self._cancel = QPushButton(self.tr("Stop reading"), self)
        self._cancel.setToolTip(self.tr("Stop reading (Esc)"))
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        centred = ((widget, Qt.AlignmentFlag.AlignHCenter) for widget in (self._bar, self._rows, self._cancel))
        vbox(2, self._title, *centred, 3, spacing=12, margins=_CARD_MARGINS, parent=self)
        self.setFocusProxy(self._cancel)
        self._cancel.clicked.connect(work.cancel_reading)
        work.changed.connect(self.refresh)
        work.rows_read.connect(self._on_work_rows_read)
        self.refresh()

    def refresh(self) -> None:
        is_reading = self._work.stage is BulkStage.READING
        # An indeterminate progress bar uses CPU time even while it is hidden.
        self._bar.setRange(0, 0 if is_reading else 1)
        if not is_reading:
            self._row_count = 0
        path = self._work.path
        if path is not None:
            name = one_line(path.name, most_characters=_LONGEST_NAME)
            self._title.setText(self.tr("Reading “{name}”…").format(name=name))
        self._rows.setText(self.tr("%n row(s) read", "", self._row_count) if self._row_count else " ")

    def _on_work_rows_read(self, count: int) -> None:
        self._row_count = count
        self.refresh()


class WorksheetCard(QWidget):
    """Asks which of several worksheets with rows to read. Their rows are not read before the user chooses."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._shown: Worksheets | None = None
        self._question = PlainLabel(self, is_wrapped=True)
        self.names = QListWidget(self)
        self.names.setIconSize(QSize(sized(18), sized(18)))
        self.names.setAccessibleName(self.tr("Worksheets with rows"))
        self._question.setBuddy(self.names)
        self._take = QPushButton(self.tr("Read worksheet"), self)
        self._take.setObjectName("primary")
        cancel = QPushButton(self.tr("Cancel"), self)
        buttons = hbox(1, cancel, self._take)
        vbox(self._question, (self.names, 1), buttons, spacing=12, margins=_CARD_MARGINS, parent=self)
        self._take.clicked.connect(self._choose)
        cancel.clicked.connect(work.cancel_reading)
        self.names.itemActivated.connect(self._choose)
        self.names.currentRowChanged.connect(self._show_button)
        work.changed.connect(self.refresh)
        self._show_button()

    def refresh(self) -> None:
        if self._work.worksheets == self._shown:
            return
        self._shown = self._work.worksheets
        self.names.clear()
        for name in self._shown.filled if self._shown is not None else ():
            item = QListWidgetItem(icon("bulk"), one_line(name, most_characters=_LONGEST_NAME))
            item.setSizeHint(QSize(0, _ITEM_PX))
            self.names.addItem(item)
        self.names.setCurrentRow(0)
        self._show_button()
        if self._shown is not None:
            text = self.tr("“{name}” has rows in several worksheets. Which one do you want to send?")
            self._question.setText(text.format(name=one_line(self._shown.name, most_characters=_LONGEST_NAME)))
        if self.isVisible():
            self.names.setFocus()

    def _show_button(self) -> None:
        self._take.setEnabled(self.names.currentRow() >= 0)

    def _choose(self) -> None:
        place = self.names.currentRow()
        if self._shown is not None and 0 <= place < len(self._shown.filled):
            self._work.choose_worksheet(self._shown.filled[place])


_LIST_PX: Final = 320
_ITEM_PX: Final = 36
_SYMBOL_PX: Final = 40
_LARGE_SYMBOL_PX: Final = 56
_WIDEST_PX: Final = 960
_LONGEST_NAME: Final = 60


class StartPane(QWidget):
    """Shows the two steps before a bulk send: the choice of a preset on the left, and of a sheet on the right."""

    preset_wanted = Signal()
    """Emitted when there is no preset and the user wants to create one."""
    sheet_wanted = Signal()
    """Emitted when the user wants to choose a sheet file."""
    template_wanted = Signal()
    """Emitted when the user wants to save an empty sheet with the required headings."""
    settling_wanted = Signal(object)
    """Carries the ``Preset`` whose pages name a party that differs between contracts, to be checked by the user."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._shown: tuple[Preset, ...] = ()
        self._none = _NoPresets(self)
        self._steps = QWidget(self)
        self.presets = QListWidget(self)
        self.presets.setAccessibleName(self.tr("Presets"))
        self._target = QFrame(self)
        self._target.setObjectName("stepBox")
        self._waiting = QWidget(self)
        self.reading = ReadingCard(work, self)
        self.worksheets = WorksheetCard(work, self)
        self._cards = QStackedWidget(self)
        self._symbol = PlainLabel(self)
        self._drop, self._needs, self._obstacle = (PlainLabel(self) for _ in range(3))
        self._choose = QPushButton(self.tr("Choose spreadsheet…"), self)
        self._choose.setObjectName("primary")
        self._template = QPushButton(self.tr("Save blank sheet…"), self)
        self._template.setToolTip(self.tr("With the right headings, ready to fill in"))
        self._settle = QPushButton(self.tr("Check the names…"), self)
        self._lay_out()
        self._connect()
        self._show_symbol()
        self.refresh()

    def take_focus(self) -> None:
        match self._work.stage:
            case BulkStage.READING:
                self.reading.setFocus()
            case BulkStage.ASKING:
                self.worksheets.names.setFocus()
            case _:
                self.presets.setFocus()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_symbol()
        super().changeEvent(event)

    def mark_drop(self, *, is_wanted: bool) -> None:
        """Set whether the pane shows that a file dragged over the window would be accepted."""
        self._target.setProperty("dropTarget", is_wanted)
        repolish(self._target)

    def refresh(self) -> None:
        """Update the list of presets, the columns that the chosen preset requires, and what prevents a bulk send."""
        presets = self._work.offers.presets
        self._none.setVisible(presets == ())
        self._steps.setVisible(bool(presets))
        self._show_list(presets or ())
        preset, stage = self._work.preset, self._work.stage
        self.presets.setEnabled(stage is BulkStage.CHOOSING)
        card = {BulkStage.READING: self.reading, BulkStage.ASKING: self.worksheets}.get(stage, self._waiting)
        if self._cards.currentWidget() is not card:
            self._cards.setCurrentWidget(card)
            focused = QApplication.focusWidget()
            if self.isVisible() and (focused is None or self.isAncestorOf(focused)):
                self.take_focus()
        self._template.setEnabled(preset is not None)
        self._drop.setText(self._drop_sentence())
        self._needs.setText(_needs(preset) if preset is not None else self.tr("First choose a contract on the left."))
        obstacle = self._work.obstacle if preset is not None else None
        self._obstacle.setVisible(obstacle is not None)
        self._settle.setVisible(obstacle is not None and obstacle.code == "preset.names_someone")
        if obstacle is not None:
            self._obstacle.setText(error_sentence(obstacle).text)

    def _drop_sentence(self) -> str:
        path = self._work.path
        if path is not None:
            text = self.tr("“{name}” is ready. Choose the contract on the left.")
            return text.format(name=one_line(path.name, most_characters=_LONGEST_NAME))
        return self.tr("Drop a spreadsheet here: one row per contract, .xlsx or .csv.")

    def _show_list(self, presets: tuple[Preset, ...]) -> None:
        chosen = self._work.preset
        with QSignalBlocker(self.presets):
            if presets != self._shown:
                self._shown = presets
                self.presets.clear()
                for preset in presets:
                    item = QListWidgetItem(icon("bookmark"), one_line(preset.name, most_characters=_LONGEST_NAME))
                    item.setSizeHint(QSize(0, _ITEM_PX))
                    self.presets.addItem(item)
            places = (place for place, one in enumerate(presets) if chosen is not None and one.id == chosen.id)
            self.presets.setCurrentRow(next(places, -1))

    def _lay_out(self) -> None:
        self.presets.setIconSize(QSize(sized(18), sized(18)))
        self.presets.setFixedWidth(sized(_LIST_PX))
        labels = (self._symbol, self._drop, self._needs, self._obstacle)
        for label in labels:
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(label is not self._symbol)
        self._needs.setObjectName("hint")
        self._obstacle.setObjectName("alarm")
        buttons = hbox(1, self._choose, self._template, 1)
        settle = hbox(1, self._settle, 1)
        vbox(2, *labels, settle, buttons, 3, spacing=12, margins=_CARD_MARGINS, parent=self._waiting)
        for card in (self._waiting, self.reading, self.worksheets):
            self._cards.addWidget(card)
        vbox(self._cards, parent=self._target)
        left = vbox(_step_title(self, self.tr("1  Which contract?")), (self.presets, 1))
        right = vbox(_step_title(self, self.tr("2  For whom?")), (self._target, 1))
        hbox(left, (right, 1), spacing=24, parent=self._steps)
        self._steps.setMaximumSize(sized(_WIDEST_PX), sized(560))
        vbox((self._none, 1), (hbox(1, (self._steps, 100), 1), 1), margins=_CARD_MARGINS, parent=self)

    def _connect(self) -> None:
        self._work.offers.changed.connect(self.refresh)
        self._work.changed.connect(self.refresh)
        self._none.preset_wanted.connect(self.preset_wanted)
        self.presets.currentRowChanged.connect(self._on_list_current_row_changed)
        self._choose.clicked.connect(self.sheet_wanted)
        self._template.clicked.connect(self.template_wanted)
        self._settle.clicked.connect(self._on_settle_clicked)

    def _show_symbol(self) -> None:
        self._symbol.setPixmap(icon("bulk", theme().hint).pixmap(_SYMBOL_PX, _SYMBOL_PX))
        self._choose.setIcon(icon("open", theme().on_accent))

    def _on_settle_clicked(self) -> None:
        if self._work.preset is not None:
            self.settling_wanted.emit(self._work.preset)

    def _on_list_current_row_changed(self, place: int) -> None:
        presets = self._work.offers.presets or ()
        if 0 <= place < len(presets):
            self._work.choose_preset(presets[place].id)


class _NoPresets(QWidget):
    """Explains bulk sends while there are no presets, with a button for creating one."""

    preset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbol = PlainLabel(self)
        title = PlainLabel(self, self.tr("One contract for many people"), look="deskTitle")
        hint = PlainLabel(
            self,
            self.tr(
                "Prepare the contract once with its seals and save it as a preset. Then you can "
                "send it in bulk from a spreadsheet."
            ),
            look="hint",
        )
        self._go = QPushButton(self.tr("Prepare and save as preset"), self)
        self._go.setObjectName("primary")
        labels = (self._symbol, title, hint)
        for label in labels:
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(label is not self._symbol)
        vbox(2, *labels, (self._go, Qt.AlignmentFlag.AlignHCenter), 3, spacing=12, parent=self)
        self._go.clicked.connect(self.preset_wanted)
        self._show_symbol()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_symbol()
        super().changeEvent(event)

    def _show_symbol(self) -> None:
        self._symbol.setPixmap(icon("bulk", theme().hint).pixmap(_LARGE_SYMBOL_PX, _LARGE_SYMBOL_PX))
        self._go.setIcon(icon("prepare", theme().on_accent))


def _step_title(parent: QWidget, text: str) -> PlainLabel:
    return PlainLabel(parent, text, look="sectionTitle")


def _needs(preset: Preset) -> str:
    """Return sentences that name the required and the optional columns of a sheet for ``preset``."""
    names, offers = TargetNames(preset), offers_of(preset)
    comma = QCoreApplication.translate("StartPane", ", ")
    needed = comma.join(names[offer.target] for offer in offers if offer.is_required)
    customers = {role.id for role in preset.customers}
    optional = comma.join(
        names[offer.target] for offer in offers if not offer.is_required and offer.target.role_id in {*customers, None}
    )
    lines = []
    if needed:
        lines.append(QCoreApplication.translate("StartPane", "Required columns: {names}.").format(names=needed))
    if optional:
        lines.append(QCoreApplication.translate("StartPane", "Optional columns: {names}.").format(names=optional))
    return "\n".join(lines)
