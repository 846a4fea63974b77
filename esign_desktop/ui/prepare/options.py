"""The title of the contract, and its options: deadline, notifications, signing platforms, payer and others."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QDateTime, QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QSizePolicy, QToolButton, QWidget

from esign_desktop.domain.contract import edits
from esign_desktop.domain.options import (
    MS_PER_DAY,
    FlowOptions,
    Party,
    SignerParty,
    SignUntil,
    SignWithin,
)
from esign_desktop.domain.signer import ApplicationSigner
from esign_desktop.domain.titles import MOST_TITLE_CHARACTERS
from esign_desktop.override import override
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.prepare.party_picker import PartyPicker
from esign_desktop.ui.text.moments import china_time, span
from esign_desktop.ui.text.options import channel_words, platform_words
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets.fold import FoldButton
from esign_desktop.ui.widgets.forms import CheckField, ChecksField, ChoiceField, Form, LineField, MomentField, Row
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.popup import Popup
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QFocusEvent

    from esign_desktop.domain.options import AccountParty
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner

_WIDTH_PX: Final = 380
_MOST_TITLE_PX: Final = 420
_LEAST_TITLE_PX: Final = 72
_AROUND_TITLE_PX: Final = 24
_OWN_DATE: Final = -1
_NO_DEADLINE: Final = 0
_PERIODS_MS: Final = (MS_PER_DAY // 48, MS_PER_DAY, 3 * MS_PER_DAY, 7 * MS_PER_DAY, 30 * MS_PER_DAY, 90 * MS_PER_DAY)


class OptionsPanel(QScrollArea):
    """Lets the user edit the options of the contract. Rare options are hidden until the user presses “More”."""

    manual_page = "prepare#options"

    content_resized = Signal()
    """Emitted when the preferred height has changed, because the rare options have been shown or hidden."""

    def __init__(
        self, session: ContractSession, services: Services, tasks: TaskRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._services, self._tasks = services, tasks
        self.from_contacts = {name: self._contacts_button(name) for name in ("payer", "initiator")}
        """The buttons that let the user choose a contact, keyed by the name of the option."""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._form: Form[FlowOptions] = Form(session.draft.options, self._first_rows(), self, margin_px=12)
        self.more = FoldButton(self._form, self.tr("More"))
        self._form.form_layout.addRow(self.more)
        rare = tuple(self._rare_rows())
        self._rare = {row.name for row in rare}
        for row in rare:
            self._form.add(row)
        self.setWidget(self._form)
        self.more.toggled.connect(self._on_more_toggled)
        self._form.edited.connect(self._on_form_edited)
        self.destroyed.connect(session.subscribe(self._on_session_changed))
        self._show()

    @override
    def sizeHint(self) -> QSize:
        return self._form.sizeHint()

    def focus_field(self, name: str = "") -> None:
        """Move the keyboard focus to the field of an option, named as in ``FlowOptions``, and scroll to it.

        Rare options are shown if necessary. By default, or if no field has this name, focus the deadline.
        """
        try:
            field = self._form.field(name)
        except KeyError:
            field = self._form.field("deadline")
        if name in self._rare:
            self.more.setChecked(True)
        self.ensureWidgetVisible(field)
        field.setFocus()

    def _first_rows(self) -> Iterator[Row[FlowOptions]]:
        yield Row("deadline", self.tr("Sign within"), ChoiceField(), _deadline_kind, _with_deadline, self._deadlines)
        yield Row(
            "deadline_at",
            self.tr("at"),
            MomentField(),
            get=lambda options: options.deadline.at_ms if isinstance(options.deadline, SignUntil) else None,
            set=lambda options, at_ms: replace(options, deadline=SignUntil(at_ms)),
            is_shown=lambda options: isinstance(options.deadline, SignUntil),
        )
        yield Row("notices", self.tr("Notify by"), ChecksField(channel_words().items()))

    def _rare_rows(self) -> Iterator[Row[FlowOptions]]:
        for row in self._other_rows():
            yield replace(row, is_shown=partial(self._shows_rare, row.is_shown))

    def _shows_rare(self, is_shown: Callable[[FlowOptions], bool] | None, options: FlowOptions) -> bool:
        return self.more.isChecked() and (is_shown is None or is_shown(options))

    def _other_rows(self) -> Iterator[Row[FlowOptions]]:
        yield Row("platforms", self.tr("Sign with"), ChecksField(platform_words().items()))
        yield Row(
            "payer",
            self.tr("Paid by"),
            ChoiceField(),
            choices=lambda options: self._parties(options.payer),
            beside=self.from_contacts["payer"],
        )
        yield Row(
            "initiator",
            self.tr("Initiated by"),
            ChoiceField(),
            choices=lambda options: self._parties(options.initiator),
            beside=self.from_contacts["initiator"],
        )
        yield Row(
            "redirect_url",
            self.tr("After signing"),
            LineField(max_length=2000, placeholder=self.tr("opened after signing; optional")),
            set=lambda options, typed: replace(options, redirect_url=typed.strip()),
        )
        yield Row(
            "is_archiving_limited",
            None,
            CheckField(self.tr("Limit archiving")),
            get=lambda options: options.archive_until_ms is not None,
            set=_with_archive_limit,
        )
        yield Row(
            "archive_until_ms",
            self.tr("until"),
            MomentField(),
            is_shown=lambda options: options.archive_until_ms is not None,
        )

    def _deadlines(self, options: FlowOptions) -> Iterator[tuple[int, str]]:
        periods = list(_PERIODS_MS)
        if isinstance(options.deadline, SignWithin) and options.deadline.duration_ms not in periods:
            periods.insert(0, options.deadline.duration_ms)
        for period_ms in periods:
            if period_ms < MS_PER_DAY:
                yield period_ms, self.tr("%n minute(s)", "", period_ms // 60_000)
            else:
                yield period_ms, self.tr("%n day(s)", "", period_ms // MS_PER_DAY)
        yield _OWN_DATE, self.tr("fixed time")
        yield _NO_DEADLINE, self.tr("no deadline")

    def _parties(self, chosen: Party | None) -> Iterator[tuple[Party | None, str]]:
        """Yield the parties to choose from, with their names.

        These are this account as None, the signers, and a party that was chosen earlier, for example by a preset.
        """
        offered: dict[Party | None, str] = {None: self.tr("Our account")}
        for signer in self._session.draft.signers:
            if not isinstance(signer, ApplicationSigner):
                offered[SignerParty(signer.id)] = signer_name(signer)
        offered.setdefault(chosen, getattr(chosen, "name", "") or "?")
        yield from offered.items()

    def _contacts_button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon("contacts"))
        button.setToolTip(self.tr("Choose from Contacts…"))
        button.setAccessibleName(
            self.tr("Choose payer from Contacts…") if name == "payer" else self.tr("Choose initiator from Contacts…")
        )
        button.clicked.connect(partial(self._on_contacts_clicked, name))
        return button

    def _on_contacts_clicked(self, name: str, _is_checked: bool = False) -> None:  # noqa: FBT002  Qt's own
        title = self.tr("Choose payer") if name == "payer" else self.tr("Choose initiator")
        window = self.window()
        picker = PartyPicker(title, self._services, self._tasks, window.parentWidget() or window)
        picker.chosen.connect(partial(_choose_party, self._session, name))
        if isinstance(window, Popup):
            window.close()
        picker.open()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            for button in self.from_contacts.values():
                button.setIcon(icon("contacts"))
        super().changeEvent(event)

    def _show(self) -> None:
        self._form.show_value(self._session.draft.options)

    def _on_session_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        if (before.options, before.signers) != (after.options, after.signers):
            self._show()

    def _on_more_toggled(self) -> None:
        self._show()
        self.content_resized.emit()

    def _on_form_edited(self, options: FlowOptions, typed_name: str) -> None:
        self._session.apply(
            EditName.CHANGE_OPTIONS,
            lambda draft: edits.set_options(draft, options),
            origin=self,
            merge_key=f"options.{typed_name}" if typed_name else None,
        )


class OptionsPopup(Popup):
    """A popup with the options of the contract, which is as high as its content if the screen has enough space."""

    manual_page = "prepare#options"

    def __init__(self, session: ContractSession, services: Services, tasks: TaskRunner, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("OptionsPopup", "Options"), parent)
        self.setFixedWidth(sized(_WIDTH_PX))
        self.panel = OptionsPanel(session, services, tasks, self)
        vbox(self.panel, spacing=0, margins=(4, 4, 4, 4), parent=self)
        self.setFocusProxy(self.panel)
        self.panel.content_resized.connect(self._fit)

    @override
    def accept(self) -> None:
        self.close()

    def _fit(self) -> None:
        """Resize the popup to its content, but not beyond the screen."""
        room_px = self.screen().availableGeometry().bottom() - self.y()
        self.resize(self.width(), min(self.panel.sizeHint().height() + 8, room_px))


class TitleField(QLineEdit):
    """Lets the user edit the title of the contract.

    While the title is empty, the field shows the one that the contract gets from the naming rule or its first document.
    The placeholders of a title are replaced while the field does not have the focus.
    """

    manual_page = "prepare#options"

    def __init__(self, session: ContractSession, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("titleField")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMaxLength(MOST_TITLE_CHARACTERS)
        self.setAccessibleName(self.tr("Title"))
        self.setToolTip(self.tr("Title of the contract, which the signers see"))
        self.textEdited.connect(self._on_text_edited)
        self.returnPressed.connect(self.clearFocus)
        self.destroyed.connect(session.subscribe(self._on_session_changed))
        self._show()

    @override
    def sizeHint(self) -> QSize:
        words = self.text() or self.placeholderText()
        width_px = self.fontMetrics().horizontalAdvance(words) + sized(_AROUND_TITLE_PX)
        return QSize(min(width_px, sized(_MOST_TITLE_PX)), super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(sized(_LEAST_TITLE_PX), super().minimumSizeHint().height())

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show()

    def _show(self) -> None:
        draft = self._session.draft
        typed = draft.options.business_scene
        self.setPlaceholderText(replace(draft, options=replace(draft.options, business_scene="")).title)
        shown = draft.title if typed and not self.hasFocus() else typed
        if self.text().strip() != shown:
            self.setText(shown)
            self.setCursorPosition(0)
        self.updateGeometry()

    def _on_text_edited(self, text: str) -> None:
        self._session.apply(
            EditName.CHANGE_OPTIONS,
            lambda draft: edits.set_options(draft, replace(draft.options, business_scene=text.strip())),
            origin=self,
            merge_key="options.business_scene",
        )

    def _on_session_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        if (before.options.business_scene, before.title) != (after.options.business_scene, after.title):
            self._show()


def options_in_short(options: FlowOptions) -> str:
    """Return the deadline and the ways of notification as a translated text, for example "30 days · SMS"."""
    match options.deadline:
        case SignWithin(duration_ms=duration):
            deadline = span(duration)
        case SignUntil(at_ms=at):
            deadline = QCoreApplication.translate("OptionWords", "due {moment}").format(moment=china_time(at))
        case _:
            deadline = QCoreApplication.translate("OptionWords", "no deadline")
    channels = channel_words()
    notices = "/".join(channels[channel] for channel in sorted(options.notices))
    if not notices:
        notices = QCoreApplication.translate("OptionWords", "no notice")
    return f"{deadline} · {notices}"


def _choose_party(session: ContractSession, name: str, party: AccountParty) -> None:
    session.apply(
        EditName.CHANGE_OPTIONS, lambda draft: edits.set_options(draft, _with_party(draft.options, name, party))
    )


def _with_party(options: FlowOptions, name: str, party: AccountParty) -> FlowOptions:
    return replace(options, payer=party) if name == "payer" else replace(options, initiator=party)


def _deadline_kind(options: FlowOptions) -> int:
    """Return the signing period in milliseconds, ``_OWN_DATE`` for a fixed time, or ``_NO_DEADLINE``."""
    if isinstance(options.deadline, SignWithin):
        return options.deadline.duration_ms
    return _NO_DEADLINE if options.deadline is None else _OWN_DATE


def _with_deadline(options: FlowOptions, chosen: int) -> FlowOptions:
    if chosen == _NO_DEADLINE:
        return replace(options, deadline=None)
    if chosen == _OWN_DATE:
        in_a_week = QDateTime.currentMSecsSinceEpoch() + 7 * MS_PER_DAY
        return replace(options, deadline=SignUntil(in_a_week))
    return replace(options, deadline=SignWithin(chosen))


def _with_archive_limit(options: FlowOptions, is_limited: bool) -> FlowOptions:
    in_five_years = QDateTime.currentDateTime().addYears(5).toMSecsSinceEpoch()
    return replace(options, archive_until_ms=in_five_years if is_limited else None)
