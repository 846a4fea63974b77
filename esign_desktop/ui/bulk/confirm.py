"""Ask for confirmation before a sheet is sent: recipients, values, cost and rows that are not sent.

``ResultDialog`` asks which personal data to include in a saved result.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from esign_desktop.domain.bulk.filling import BulkRemark, remarks_of
from esign_desktop.domain.options import SignWithin
from esign_desktop.override import override
from esign_desktop.services.bulk.results import ResultChoice
from esign_desktop.services.bulk.values import RowState
from esign_desktop.ui.bulk.words import RunWords
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.viewer.doubts import DoubtList
from esign_desktop.ui.viewer.page_parts import PagePicture
from esign_desktop.ui.widgets.confirmation import Confirmation
from esign_desktop.ui.widgets.deliberate import style_send_button
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, hbox, vbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from esign_desktop.services.bulk.values import BulkPlan, PlannedRow
    from esign_desktop.services.presets.pages import OpenPages
    from esign_desktop.ui.viewer.page_parts import PageParts


_WIDEST_PX: Final = 760
_NAMED: Final = 8
_MOST_PAGES: Final = 3
_MS_PER_MINUTE: Final = 60_000


class ConfirmSheet(Confirmation):
    """Shows what a plan will send, and asks the user to confirm it. The user confirms exactly the displayed plan."""

    manual_page = "bulk#send-a-sheet"

    confirmed = Signal(object)
    """Carries the ``BulkPlan`` that the user confirmed. Emitted at most once for each call of ``show_plan``."""

    def __init__(self, parent: QWidget | None = None, parts: PageParts | None = None) -> None:
        """Create the sheet. ``parts`` paints the preset's pages; if ``parts`` is None, no pages are shown."""
        super().__init__(parent)
        self._parts = parts
        self._pictures: list[QWidget] = []
        self._page_row = QWidget(self)
        self._page_column = hbox(spacing=12, parent=self._page_row)
        self._page_title = PlainLabel(self, self.tr("Contents of each contract"), look="sectionTitle")
        self._names = DoubtList(parts, self) if parts is not None else None
        self._plan: BulkPlan | None = None
        self._again_count = 0
        self._is_sent = False
        self._words = RunWords(self)
        self._sections = [(PlainLabel(self), PlainLabel(self)) for _ in range(6)]
        self._lay_out()
        self._send.meant.connect(self._on_send_meant)
        self._back.setText(self.tr("Back"))
        self._back.setToolTip(self.tr("Back to rows (Esc)"))
        self._finality.setText(self.tr("After sending, contracts can't be changed, only revoked one by one."))

    def show_plan(self, plan: BulkPlan, *, again_count: int = 0) -> None:
        """Show a plan to be confirmed, without pages.

        ``again_count`` is the number of its rows that were sent before.
        """
        self._plan, self._again_count, self._is_sent = plan, again_count, False
        self._page_title.hide()
        self._page_row.hide()
        if self._names is not None:
            self._names.show_doubts((), ())
        self._show()
        self._send.setEnabled(True)
        self._send.setFocus()

    @property
    def shows_pages(self) -> bool:
        """Whether the sheet can show the preset's pages, that is, whether ``parts`` was given."""
        return self._parts is not None

    def show_pages(self, pages: OpenPages) -> None:
        """Show the first page of up to three documents, and the confirmed names that occur on the pages.

        Do nothing if the sheet cannot show pages.
        """
        for picture in self._pictures:
            picture.hide()
            picture.deleteLater()
        self._pictures = []
        if self._parts is None or self._names is None:
            return
        self._parts.show_draft(pages.draft, {})
        for document in pages.draft.documents[:_MOST_PAGES]:
            picture = PagePicture(self._parts, document, self._page_row)
            self._pictures.append(picture)
            self._page_column.insertWidget(len(self._pictures) - 1, picture)
        self._page_title.setVisible(bool(self._pictures))
        self._page_row.setVisible(bool(self._pictures))
        self._names.show_doubts(pages.doubts, [doubt.key for doubt in pages.doubts])

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show()
        super().changeEvent(event)

    def _show(self) -> None:
        self._back.setIcon(icon("chevron-left"))
        plan = self._plan
        if plan is None:
            return
        count = plan.count(RowState.READY) + plan.count(RowState.UNFINISHED)
        title = self.tr("Bulk send — {preset}")
        self._title.setText(title.format(preset=one_line(plan.preset.name)))
        again = self.tr(
            "%n of them were sent before: the recipients will get the contracts again.", "", self._again_count
        )
        texts = (
            (
                self.tr("Check before sending"),
                "\n".join([*([again] if self._again_count else []), *self._remarks(plan)]),
            ),
            (self._words.send_label(count), self._who(plan)),
            (self.tr("Field values"), self._values(plan)),
            (self.tr("As set in the preset"), "\n".join(self._words.terms(plan))),
            (self.tr("Cost"), f"{self._words.cost(plan)}\n{self._charge(plan)}"),
            (self.tr("Not sent"), self._left_out(plan)),
        )
        for (heading, body), (heading_text, text) in zip(self._sections, texts, strict=True):
            heading.setText(heading_text)
            body.setText(text)
            heading.setVisible(bool(text))
            body.setVisible(bool(text))
        is_binding = plan.environment.is_binding
        self._send.setText(self._words.send_label(count, is_binding=is_binding))
        style_send_button(self._send, is_binding=is_binding)

    def _remarks(self, plan: BulkPlan) -> list[str]:
        """Return warnings: about missing headings, and about preset options that are unsuitable for a bulk send."""
        found = remarks_of(plan.preset)
        texts = []
        if not plan.sheet.has_headings:
            texts.append(self.tr("The sheet has no headings. Columns were recognized by their contents."))
        if BulkRemark.NO_NOTIFICATIONS in found:
            texts.append(
                self.tr(
                    "This preset sends no notifications. Share the signing links yourself; they are in the result list."
                )
            )
        deadline = plan.preset.options.deadline
        if BulkRemark.LITTLE_TIME in found and isinstance(deadline, SignWithin):
            minutes = max(1, deadline.duration_ms // _MS_PER_MINUTE)
            texts.append(self.tr("With this preset, the signing deadline is %n minute(s) after sending.", "", minutes))
        return texts

    def _charge(self, plan: BulkPlan) -> str:
        if plan.cost.is_paid_elsewhere:
            return self.tr(
                "A contract in the payer's plan is reserved when the payer signs, used when all "
                "parties have signed, and released otherwise."
            )
        return self.tr(
            "Each contract is used when all parties have signed, and released if it is "
            "revoked or declined, or if it expires."
        )

    def _values(self, plan: BulkPlan) -> str:
        indexes = [row.index for row in _sent_rows(plan)]
        lines = self._words.values(plan, indexes[:_NAMED])
        more = len(indexes) - _NAMED
        if lines and more > 0:
            lines.append(self.tr("and %n more row(s); see the table.", "", more))
        return "\n".join(lines)

    def _who(self, plan: BulkPlan) -> str:
        rows = _sent_rows(plan)
        comma = self.tr(", ")
        named = comma.join(one_line("·".join(row.masked_names)) for row in rows[:_NAMED] if row.masked_names)
        source = self.tr("From “{sheet}”, one contract per row.").format(sheet=one_line(plan.sheet.name))
        more = len(rows) - _NAMED
        people = self.tr("To {names} and %n more.", "", more) if more > 0 else self.tr("To {names}.")
        unfinished = plan.count(RowState.UNFINISHED)
        lines = [source, people.format(names=named)] if named else [source]
        if unfinished:
            lines.append(
                self.tr(
                    "%n of them continue(s) where sending stopped. No one receives a contract twice.", "", unfinished
                )
            )
        return "\n".join(lines)

    def _left_out(self, plan: BulkPlan) -> str:
        faulty, sent, held = (plan.count(one) for one in (RowState.FAULTY, RowState.SENT, RowState.HELD))
        lines = []
        if faulty:
            lines.append(self.tr("%n row(s) to correct: you can send them later from the same sheet.", "", faulty))
        if sent:
            lines.append(self.tr("%n row(s) already sent: no one receives a contract twice.", "", sent))
        if differing := plan.count(RowState.DIFFERS):
            lines.append(
                self.tr("%n row(s) where the platform's document differs: check them in Track.", "", differing)
            )
        if held:
            lines.append(self.tr("%n row(s) need your decision: it's unclear whether they were sent.", "", held))
        return "\n".join(lines)

    def _lay_out(self) -> None:
        reading = QWidget(self)
        reading.setMaximumWidth(sized(_WIDEST_PX))
        for heading, body in self._sections:
            heading.setObjectName("sectionTitle")
            heading.setContentsMargins(0, 12, 0, 0)
            body.setWordWrap(True)
        self._sections[0][1].setObjectName("alarm")
        labels = chain.from_iterable(self._sections)
        self._page_title.setContentsMargins(0, 12, 0, 0)
        self._page_column.addStretch(1)
        names = [self._names] if self._names is not None else []
        pages = (self._page_title, *names, self._page_row)
        vbox(*labels, *pages, 1, margins=(24, 8, 24, 16), parent=reading)
        middle = QWidget(self)
        hbox((reading, 100), 1, parent=middle)
        self._lay_out_around(self._scroll_area(middle))

    def _on_send_meant(self) -> None:
        if self._plan is not None and not self._is_sent:
            self._is_sent = True
            self._send.setEnabled(False)
            self.confirmed.emit(self._plan)


def _sent_rows(plan: BulkPlan) -> list[PlannedRow]:
    return [one for one in plan.rows if one.state in {RowState.READY, RowState.UNFINISHED}]


_WIDTH_PX: Final = 460
_INDENT_PX: Final = 26


class ResultDialog(FittingDialog):
    """Asks which personal data to write into a result.

    By default, no box is checked. The dialog is deleted when it is closed.
    """

    manual_page = "bulk#results"

    chosen = Signal(object)
    """Carries the user's ``ResultChoice``. Not emitted if the user cancels."""

    def __init__(self, parent: QWidget | None = None, *, sends_no_notifications: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Save result"))
        self._people = QCheckBox(self.tr("&Full names and mobile numbers"), self)
        self._links = QCheckBox(self.tr("Signing &links"), self)
        self._save, self._cancel = QPushButton(self.tr("&Save…"), self), QPushButton(self.tr("Cancel"), self)
        self._save.setObjectName("primary")
        self._save.setDefault(True)
        head = self.tr("The table lists each row's contract, status and remark. Also include:")
        if sends_no_notifications:
            told = self.tr("This preset sends no notifications. To share the links yourself, include both.")
            head = f"{told}\n{head}"
        layout = vbox(self._label(head), margins=(20, 20, 20, 16), parent=self)
        for box, hint in (
            (self._people, self.tr("If unchecked, names are masked and mobile numbers are omitted.")),
            (self._links, self.tr("Each link is next to its signer. Anyone with a link can open the contract.")),
        ):
            layout.addSpacing(4)
            layout.addWidget(box)
            layout.addWidget(self._label(hint, is_hint=True))
            box.setAccessibleDescription(hint)
        layout.addSpacing(12)
        layout.addLayout(hbox(1, self._cancel, self._save))
        self.setFixedWidth(sized(_WIDTH_PX))
        self._save.clicked.connect(self._on_save_clicked)
        self._cancel.clicked.connect(self.reject)

    def _label(self, text: str, *, is_hint: bool = False) -> PlainLabel:
        label = PlainLabel(self)
        label.setText(text)
        label.setWordWrap(True)
        if is_hint:
            label.setObjectName("hint")
            label.setContentsMargins(_INDENT_PX, 0, 0, 0)
        return label

    def _on_save_clicked(self) -> None:
        choice = ResultChoice(with_people=self._people.isChecked(), with_links=self._links.isChecked())
        self.accept()
        self.chosen.emit(choice)
