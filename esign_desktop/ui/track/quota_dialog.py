"""Provide the dialog with the numbers of reserved, used, released and, by an estimate, remaining contracts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QFormLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QWidget,
)

from esign_desktop.domain.china_time import DAY_MS, china_datetime, day_begin_ms
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.quota import quota_sentences
from esign_desktop.ui.widgets.labels import PlainLabel, separator
from esign_desktop.ui.widgets.layouts import FittingDialog, hbox, vbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from esign_desktop.domain.cost import Tier
    from esign_desktop.domain.environment import EnvironmentKind
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows.quota import ContractAccount
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages

_MOST: Final = 10_000_000
_WIDTH_PX: Final = 460
_Found = tuple["EnvironmentKind", "ContractAccount", "Tier"]


class QuotaDialog(FittingDialog):
    """Shows the contract quota of the current environment, and lets the user enter what is left of the plan.

    The number entered is counted down from the moment at which it is saved. The dialog is deleted when it is closed.
    """

    manual_page = "track#contracts-used-and-left"

    saved = Signal()
    """Emitted when a number that the user entered has been saved."""

    def __init__(
        self, services: Services, tasks: TaskRunner, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._kind: EnvironmentKind | None = None
        self._title, self._sums, self._left, self._estimate = (PlainLabel(self) for _ in range(4))
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(self.tr("Contracts left"))
        self._bar.hide()
        self._warnings = PlainLabel(self, look="alarm")
        self._total, self._remaining = QSpinBox(self), QSpinBox(self)
        self._has_end = QCheckBox(self)
        self._end = QDateEdit(self)
        self._save = QPushButton(self)
        self._save.setObjectName("primary")
        self._lay_out()
        self._connect()
        self._read()

    def _lay_out(self) -> None:
        self.setWindowTitle(self.tr("Contracts used and left"))
        self._title.setObjectName("panelTitle")
        self._estimate.setObjectName("hint")
        self._estimate.setText(
            self.tr(
                "This is an estimate by this computer. It doesn't include contracts sent from "
                "other computers or paid for by signers."
            )
        )
        for label in (self._sums, self._left, self._warnings, self._estimate):
            label.setWordWrap(True)
        for box in (self._total, self._remaining):
            box.setRange(0, _MOST)
            box.setGroupSeparatorShown(True)
        self._has_end.setText(self.tr("&Valid until"))
        self._end.setCalendarPopup(True)
        self._end.setDisplayFormat("yyyy-MM-dd")
        self._end.setAccessibleName(self.tr("Valid until"))
        self._end.setDate(QDate.currentDate().addYears(1))
        self._end.setEnabled(False)
        self._save.setText(self.tr("&Count from now on"))
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        for words, field in (
            (self.tr("Total contracts in the &plan"), self._total),
            (self.tr("Contracts &left, as shown by the platform"), self._remaining),
        ):
            name = QLabel(words, self)
            name.setBuddy(field)
            form.addRow(name, field)
        # With the same height, the check box is centered beside the date.
        self._has_end.setMinimumHeight(self._end.sizeHint().height())
        form.addRow(self._has_end, self._end)
        line = separator(self)
        vbox(
            *(self._title, self._sums, self._left, self._bar, self._warnings, self._estimate, line),
            form,
            hbox(1, self._save, spacing=6),
            margins=(20, 16, 20, 16),
            parent=self,
        )
        self.setMinimumWidth(sized(_WIDTH_PX))

    def _connect(self) -> None:
        self._has_end.toggled.connect(self._end.setEnabled)
        self._save.clicked.connect(self._on_save_clicked)

    def _read(self) -> None:
        quota, environments, preferences = self._services.quota, self._services.environments, self._services.preferences

        def read() -> _Found:
            kind = environments.current().kind
            return kind, quota.account(kind), preferences.tier

        self._tasks.start(read, owner=self, on_done=self._on_read, on_error=self._on_failed)

    def _on_read(self, found: _Found) -> None:
        kind, account, tier = found
        if self._kind is None and account.entry is not None:
            self._fill(account)
        self._kind = kind
        self._title.setText(environment_name(kind))
        price = self.tr("{count} (¥{amount})")
        each = tier.price_per_contract_yuan

        def shown(count: int) -> str:
            return price.format(count=f"{count:,}", amount=f"{each * count:,.2f}")

        self._sums.setText(
            self.tr("Reserved {reserved} · used {used} · released {released}").format(
                reserved=shown(account.frozen_count),
                used=shown(account.charged_count),
                released=f"{account.released_count:,}",
            )
        )
        self._left.setText(self._left_sentence(account))
        total_count = account.entry.total_count if account.entry is not None else 0
        self._bar.setVisible(bool(total_count) and account.remaining_count is not None)
        self._bar.setRange(0, max(1, total_count))
        self._bar.setValue(max(0, min(account.remaining_count or 0, total_count)))
        self._warnings.setText(quota_sentences(account))
        self._warnings.setVisible(bool(account.warnings))

    def _fill(self, account: ContractAccount) -> None:
        entry = account.entry
        if entry is None:
            return
        self._total.setValue(min(entry.total_count, _MOST))
        self._remaining.setValue(min(account.remaining_count or 0, _MOST))
        if entry.valid_until_ms is not None:
            day = china_datetime(entry.valid_until_ms - 1)
            self._has_end.setChecked(True)
            self._end.setDate(QDate(day.year, day.month, day.day))

    def _left_sentence(self, account: ContractAccount) -> str:
        entry = account.entry
        if entry is None or account.remaining_count is None:
            return self.tr("How many contracts are left? Enter the number that the platform shows.")
        text = self.tr("About {left} of {total} left, counted since {moment}").format(
            left=f"{account.remaining_count:,}", total=f"{entry.total_count:,}", moment=china_time(entry.counted_at_ms)
        )
        if account.days_left is None or account.days_left < 0:
            return text
        return self.tr("{text}; {days}").format(text=text, days=self.tr("%n day(s) left", "", account.days_left))

    def _on_save_clicked(self) -> None:
        quota, kind = self._services.quota, self._kind
        if kind is None:
            return
        total, remaining = self._total.value(), min(self._remaining.value(), self._total.value())
        until_ms = self._end_ms() if self._has_end.isChecked() else None
        self._tasks.start(
            lambda: quota.enter(kind, total_count=total, remaining_count=remaining, valid_until_ms=until_ms),
            owner=self,
            on_done=self._on_saved,
            on_error=self._on_failed,
        )

    def _end_ms(self) -> int:
        """Return the end of the chosen day in China, in milliseconds since the epoch."""
        day = self._end.date()
        return day_begin_ms(date(day.year(), day.month(), day.day())) + DAY_MS

    def _on_saved(self, _nothing: None) -> None:
        self.saved.emit()
        self._read()

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error)
