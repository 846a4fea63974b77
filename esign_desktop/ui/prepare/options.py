"""How the flow runs: title, deadline, who is told and how, where one may sign, who pays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QDateTime, QEvent, Qt, QTimeZone
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.contract import edits
from esign_desktop.domain.options import (
    MS_PER_DAY,
    FlowOptions,
    NoticeChannel,
    Party,
    SignerParty,
    SignPlatform,
    SignUntil,
    SignWithin,
)
from esign_desktop.domain.signer import ApplicationSigner
from esign_desktop.override import override
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets.choices import NarrowChoice

if TYPE_CHECKING:
    from collections.abc import Mapping

_Field = TypeVar("_Field", bound=QWidget)
_CHINA = QTimeZone(b"Asia/Shanghai")
_OWN_DATE = -1
_NO_DEADLINE = 0
_PERIODS_MS = (MS_PER_DAY // 48, MS_PER_DAY, 3 * MS_PER_DAY, 7 * MS_PER_DAY, 30 * MS_PER_DAY, 90 * MS_PER_DAY)


class OptionsPanel(QScrollArea):
    """The fields of ``FlowOptions``. Times are shown in China Standard Time, as the platform keeps them."""

    def __init__(self, session: ContractSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget(self)
        self._form = QFormLayout(content)
        self._form.setContentsMargins(12, 12, 12, 12)
        self._form.setVerticalSpacing(8)
        self._form.setHorizontalSpacing(12)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._labels: dict[str, QLabel] = {}
        self._scene = self._row("business_scene", QLineEdit(content))
        self._scene.setMaxLength(200)
        self._deadline = self._row("deadline", NarrowChoice(content))
        self._deadline_at = self._row("", QDateTimeEdit(content))
        self._notices = {channel: QCheckBox(content) for channel in NoticeChannel}
        self._row("notices", self._stack(content, self._notices))
        self._platforms = {platform: QCheckBox(content) for platform in SignPlatform}
        self._row("platforms", self._stack(content, self._platforms))
        self._payer = self._row("payer", NarrowChoice(content))
        self._initiator = self._row("initiator", NarrowChoice(content))
        self._redirect = self._row("redirect_url", QLineEdit(content))
        self._redirect.setMaxLength(2000)
        self._archive = QCheckBox(content)
        self._form.addRow(self._archive)
        self._archive_until = self._row("archive_until_ms", QDateTimeEdit(content))
        for moment in (self._deadline_at, self._archive_until):
            moment.setTimeZone(_CHINA)
            moment.setDisplayFormat("yyyy-MM-dd HH:mm")
            moment.setCalendarPopup(True)
        self.setWidget(content)
        self._connect()
        self.retranslate()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        for name, text in {
            "business_scene": self.tr("Title"),
            "deadline": self.tr("Sign within"),
            "": self.tr("at"),
            "notices": self.tr("Notify by"),
            "platforms": self.tr("Sign in"),
            "payer": self.tr("Paid by"),
            "initiator": self.tr("Initiated by"),
            "redirect_url": self.tr("Return address"),
            "archive_until_ms": self.tr("until"),
        }.items():
            self._labels[name].setText(text)
        self._redirect.setPlaceholderText(self.tr("opened after signing, optional"))
        self._archive.setText(self.tr("Limit archiving"))
        self._notices[NoticeChannel.SMS].setText(self.tr("SMS"))
        self._notices[NoticeChannel.EMAIL].setText(self.tr("E-mail"))
        self._notices[NoticeChannel.ALIPAY].setText(self.tr("Alipay"))
        self._platforms[SignPlatform.H5].setText(self.tr("Browser (H5)"))
        self._platforms[SignPlatform.ALIPAY].setText(self.tr("Alipay"))
        self._platforms[SignPlatform.WECHAT].setText(self.tr("WeChat"))
        self._deadline.clear()
        for period in _PERIODS_MS:
            self._deadline.addItem(self._period_text(period), period)
        self._deadline.addItem(self.tr("a fixed moment"), _OWN_DATE)
        self._deadline.addItem(self.tr("no deadline"), _NO_DEADLINE)
        self._show()

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field of ``FlowOptions``, by its attribute name."""
        fields: Mapping[str, QWidget] = {
            "deadline": self._deadline,
            "redirect_url": self._redirect,
            "payer": self._payer,
            "initiator": self._initiator,
            "archive_until_ms": self._archive_until,
            "notices": self._notices[NoticeChannel.SMS],
        }
        field = fields.get(name, self._scene)
        self.ensureWidgetVisible(field)
        field.setFocus()

    def _row(self, name: str, field: _Field) -> _Field:
        label = QLabel(self)
        label.setBuddy(field)
        self._labels[name] = label
        self._form.addRow(label, field)
        return field

    @staticmethod
    def _stack(parent: QWidget, boxes: Mapping[NoticeChannel, QCheckBox] | Mapping[SignPlatform, QCheckBox]) -> QWidget:
        holder = QWidget(parent)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(4)
        for box in boxes.values():
            column.addWidget(box)
        return holder

    def _connect(self) -> None:
        self._session.subscribe(self._on_session_changed)
        self._scene.textEdited.connect(self._on_scene_text_edited)
        self._redirect.textEdited.connect(self._on_redirect_text_edited)
        self._deadline.activated.connect(self._on_deadline_activated)
        self._deadline_at.dateTimeChanged.connect(self._on_deadline_at_changed)
        self._archive.clicked.connect(self._on_archive_clicked)
        self._archive_until.dateTimeChanged.connect(self._on_archive_until_changed)
        self._payer.activated.connect(self._on_payer_activated)
        self._initiator.activated.connect(self._on_initiator_activated)
        for box in (*self._notices.values(), *self._platforms.values()):
            box.clicked.connect(self._on_boxes_clicked)

    def _period_text(self, period_ms: int) -> str:
        if period_ms < MS_PER_DAY:
            return self.tr("%n minute(s)", "", period_ms // 60_000)
        return self.tr("%n day(s)", "", period_ms // MS_PER_DAY)

    def _show(self) -> None:
        options = self._session.draft.options
        self.blockSignals(True)
        if self._scene.text() != options.business_scene:
            self._scene.setText(options.business_scene)
        documents = self._session.draft.documents
        self._scene.setPlaceholderText(documents[0].name if documents else "")
        if self._redirect.text() != options.redirect_url:
            self._redirect.setText(options.redirect_url)
        self._show_deadline(options)
        for channel, box in self._notices.items():
            box.setChecked(channel in options.notices)
        for platform, platform_box in self._platforms.items():
            platform_box.setChecked(platform in options.platforms)
        self._show_party(self._payer, options.payer)
        self._show_party(self._initiator, options.initiator)
        has_archive = options.archive_until_ms is not None
        self._archive.setChecked(has_archive)
        self._form.setRowVisible(self._archive_until, has_archive)
        if options.archive_until_ms is not None:
            _set_moment(self._archive_until, options.archive_until_ms)
        self.blockSignals(False)

    def _show_deadline(self, options: FlowOptions) -> None:
        chosen = _NO_DEADLINE
        if isinstance(options.deadline, SignUntil):
            chosen = _OWN_DATE
            _set_moment(self._deadline_at, options.deadline.at_ms)
        elif isinstance(options.deadline, SignWithin):
            chosen = options.deadline.duration_ms
            if self._deadline.findData(chosen) < 0:
                self._deadline.insertItem(0, self._period_text(chosen), chosen)
        self._deadline.setCurrentIndex(self._deadline.findData(chosen))
        self._form.setRowVisible(self._deadline_at, chosen == _OWN_DATE)

    def _show_party(self, choice: QComboBox, party: Party | None) -> None:
        choice.clear()
        choice.addItem(self.tr("This platform account"), None)
        for signer in self._session.draft.signers:
            if not isinstance(signer, ApplicationSigner):
                choice.addItem(signer_name(signer), SignerParty(signer.id))
        if party is None:
            choice.setCurrentIndex(0)
            return
        for index in range(choice.count()):
            if choice.itemData(index) == party:
                choice.setCurrentIndex(index)
                return
        choice.addItem(one_line(getattr(party, "name", "")) or "?", party)
        choice.setCurrentIndex(choice.count() - 1)

    def _change(self, options: FlowOptions, merge_key: str | None = None) -> None:
        self._session.apply(
            EditName.CHANGE_OPTIONS,
            lambda draft: edits.set_options(draft, options),
            origin=self,
            merge_key=merge_key,
        )

    @property
    def _options(self) -> FlowOptions:
        return self._session.draft.options

    def _on_session_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        if (before.options, before.signers, before.documents) != (after.options, after.signers, after.documents):
            self._show()

    def _on_scene_text_edited(self, text: str) -> None:
        self._change(replace(self._options, business_scene=text), merge_key="options.scene")

    def _on_redirect_text_edited(self, text: str) -> None:
        self._change(replace(self._options, redirect_url=text.strip()), merge_key="options.redirect")

    def _on_deadline_activated(self) -> None:
        chosen = int(self._deadline.currentData())
        if chosen == _NO_DEADLINE:
            self._change(replace(self._options, deadline=None))
        elif chosen == _OWN_DATE:
            in_a_week = QDateTime.currentMSecsSinceEpoch() + 7 * MS_PER_DAY
            self._change(replace(self._options, deadline=SignUntil(in_a_week)))
        else:
            self._change(replace(self._options, deadline=SignWithin(chosen)))

    def _on_deadline_at_changed(self, moment: QDateTime) -> None:
        if isinstance(self._options.deadline, SignUntil) and not self.signalsBlocked():
            at = SignUntil(moment.toMSecsSinceEpoch())
            self._change(replace(self._options, deadline=at), merge_key="options.deadline")

    def _on_archive_clicked(self, is_limited: bool) -> None:
        in_five_years = QDateTime.currentDateTime().addYears(5).toMSecsSinceEpoch()
        self._change(replace(self._options, archive_until_ms=in_five_years if is_limited else None))

    def _on_archive_until_changed(self, moment: QDateTime) -> None:
        if self._options.archive_until_ms is not None and not self.signalsBlocked():
            self._change(
                replace(self._options, archive_until_ms=moment.toMSecsSinceEpoch()), merge_key="options.archive"
            )

    def _on_payer_activated(self) -> None:
        self._change(replace(self._options, payer=self._payer.currentData()))

    def _on_initiator_activated(self) -> None:
        self._change(replace(self._options, initiator=self._initiator.currentData()))

    def _on_boxes_clicked(self) -> None:
        self._change(
            replace(
                self._options,
                notices=frozenset(c for c, box in self._notices.items() if box.isChecked()),
                platforms=frozenset(p for p, box in self._platforms.items() if box.isChecked()),
            )
        )


def _set_moment(field: QDateTimeEdit, at_ms: int) -> None:
    if field.dateTime().toMSecsSinceEpoch() != at_ms:
        field.setDateTime(QDateTime.fromMSecsSinceEpoch(at_ms, _CHINA))
