"""The options of the flow: title, deadline, notifications, signing platforms, payer and others."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDateTime, QEvent, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QWidget

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
from esign_desktop.override import override
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.prepare.party_picker import PartyPicker
from esign_desktop.ui.text.options import channel_words, platform_words
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets.forms import CheckField, ChecksField, ChoiceField, Form, LineField, MomentField, Row
from esign_desktop.ui.widgets.icons import icon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.options import AccountParty
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner

_OWN_DATE: Final = -1
_NO_DEADLINE: Final = 0
_PERIODS_MS: Final = (MS_PER_DAY // 48, MS_PER_DAY, 3 * MS_PER_DAY, 7 * MS_PER_DAY, 30 * MS_PER_DAY, 90 * MS_PER_DAY)


class OptionsPanel(QScrollArea):
    """A form for ``FlowOptions``. A new option needs only a new row."""

    manual_page = "prepare#options"

    def __init__(
        self, session: ContractSession, services: Services, tasks: TaskRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._services, self._tasks = services, tasks
        self.from_contacts = {name: self._contacts_button(name) for name in ("payer", "initiator")}
        """The buttons that choose a contact, by option name."""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._form: Form[FlowOptions] = Form(session.draft.options, self._rows(), self, margin_px=12)
        self.setWidget(self._form)
        self._form.edited.connect(self._on_form_edited)
        session.subscribe(self._on_session_changed)
        self._show()

    def focus_field(self, name: str) -> None:
        """Move the keyboard focus to the field with this attribute name of ``FlowOptions``, or to the title."""
        try:
            field = self._form.field(name)
        except KeyError:
            field = self._form.field("business_scene")
        self.ensureWidgetVisible(field)
        field.setFocus()

    def _rows(self) -> Iterator[Row[FlowOptions]]:
        yield Row("business_scene", self.tr("Title"), LineField(max_length=200))
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
        """Yield the choices: this account, the signers, and a party chosen earlier, for example by a preset."""
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
        picker = PartyPicker(title, self._services, self._tasks, self.window())
        picker.chosen.connect(partial(self._on_party_chosen, name))
        picker.open()

    def _on_party_chosen(self, name: str, party: AccountParty) -> None:
        self._session.apply(
            EditName.CHANGE_OPTIONS,
            lambda draft: edits.set_options(draft, _with_party(draft.options, name, party)),
        )

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            for button in self.from_contacts.values():
                button.setIcon(icon("contacts"))
        super().changeEvent(event)

    def _show(self) -> None:
        draft = self._session.draft
        title = self._form.field("business_scene")
        if isinstance(title, LineField):
            title.setPlaceholderText(draft.documents[0].name if draft.documents else "")
        self._form.show_value(draft.options)

    def _on_session_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        if (before.options, before.signers, before.documents) != (after.options, after.signers, after.documents):
            self._show()

    def _on_form_edited(self, options: FlowOptions, typed_name: str) -> None:
        self._session.apply(
            EditName.CHANGE_OPTIONS,
            lambda draft: edits.set_options(draft, options),
            origin=self,
            merge_key=f"options.{typed_name}" if typed_name else None,
        )


def _with_party(options: FlowOptions, name: str, party: AccountParty) -> FlowOptions:
    return replace(options, payer=party) if name == "payer" else replace(options, initiator=party)


def _deadline_kind(options: FlowOptions) -> int:
    """Return the signing period in milliseconds, or the value for a fixed time or for no deadline."""
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
