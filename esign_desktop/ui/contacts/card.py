"""Show the details of a contact: data, accounts, agents and contracts, with the available actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.account import AccountRecord, Organization, Person
from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.domain.people.contact import Contact
from esign_desktop.override import override
from esign_desktop.ui.text.contact import account_line, kind_word, number_type_word
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import id_type_words
from esign_desktop.ui.widgets.deliberate import ConfirmButton
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, separator, set_font_px
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.more_button import MoreButton
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QHideEvent

    from esign_desktop.domain.people.contact import ContactId

_LEAST_PX: Final = 340
_MOST_PX: Final = 420
_SHOWN_MS: Final = 30_000
"""How long unmasked data stays visible, in milliseconds, because other people may see the screen."""


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What the card shows: a contact with its accounts, and the other contacts with the same number."""

    contact: Contact
    accounts: tuple[AccountRecord, ...] = ()
    same_number: tuple[Contact, ...] = ()
    agent_names: dict[str, str] = field(default_factory=dict, repr=False)
    """The agents' names, keyed by the ids of the agents' accounts."""


class ContactCard(QScrollArea):
    """Shows a contact with buttons for the available actions, which are emitted as signals.

    Numbers and addresses are masked, except for 30 seconds after *Show* is pressed.
    """

    contract_requested = Signal()
    """Emitted when the user wants to prepare a contract with the contact."""
    edit_requested = Signal()
    """Emitted when the user wants to edit the contact."""
    history_requested = Signal()
    """Emitted when the user wants to see the contact's contracts in the Track room."""
    party_details_requested = Signal()
    """Emitted when the user wants to see unmasked data. Answer it with ``show_party_details``."""
    ours_requested = Signal(bool)
    """Carries whether the user wants the contact to be one of the user's own parties."""
    merge_requested = Signal(object)
    """Carries the id of the contact to be merged with this one, or None for the other contact selected in the list."""
    forget_requested = Signal()
    """Emitted when the user wants to delete all data about the person."""
    delete_requested = Signal()
    """Emitted when the user has confirmed that the contact is to be deleted."""
    contact_requested = Signal(object)
    """Carries the id of another contact to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: ContactFacts | None = None
        self._clear: Person | Organization | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget(self)
        self._symbol = PlainLabel(content)
        self._name = PlainLabel(content, is_wrapped=True)
        set_font_px(self._name, 17, is_bold=True)
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._kind = PlainLabel(content, look="hint")
        self._new_contract = QPushButton(self.tr("New contract with this contact"), content)
        self._new_contract.setObjectName("primary")
        self._edit = QPushButton(self.tr("Edit…"), content)
        self.menu = QMenu(content)
        self._more = MoreButton(self.menu, content)
        self._ours = self.menu.addAction("")
        self._merge = self.menu.addAction(self.tr("&Merge with another contact…"))
        self.menu.addSeparator()
        self._forget = self.menu.addAction(self.tr("&Delete this person's data…"))
        self._delete = ConfirmButton(content)
        self._delete.set_texts(self.tr("Delete contact"), self.tr("Delete permanently?"))
        self._show = QPushButton(self.tr("Show"), content)
        self._show.setObjectName("compact")
        self._show.setCheckable(True)
        self._show.setAccessibleName(self.tr("Show full ID number, mobile number and email address"))
        self._body = QVBoxLayout()
        self._body.setSpacing(6)
        self._parts: list[QWidget] = []
        self._hide_again = QTimer(self)
        self._hide_again.setSingleShot(True)
        self._hide_again.setInterval(_SHOWN_MS)
        head = hbox((self._symbol, Qt.AlignmentFlag.AlignTop), (vbox(self._name, self._kind, spacing=2), 1), spacing=10)
        buttons = hbox(self._new_contract, self._edit, 1, self._more)
        first = hbox(PlainLabel(content, self.tr("Details"), look="sectionTitle"), 1, self._show)
        column = vbox(head, buttons, separator(content), first, spacing=12, margins=(16, 14, 16, 16), parent=content)
        column.addLayout(self._body)
        column.addStretch(1)
        column.addLayout(hbox(self._delete, 1))
        self.setWidget(content)
        self._connect()

    @property
    def contact(self) -> Contact | None:
        """The displayed contact, or None before the first call of ``show_facts``."""
        return self._facts.contact if self._facts is not None else None

    def show_facts(self, facts: ContactFacts) -> None:
        """Show a contact. If it is another contact than before, its data is masked."""
        if self._facts is None or self._facts.contact.id != facts.contact.id:
            self._clear = None
        self._facts = facts
        self._fill()

    def show_party_details(self, contact_id: ContactId, party_details: Person | Organization) -> None:
        """Show a contact's data unmasked for 30 seconds. Do nothing if another contact is displayed."""
        if self.contact is not None and self.contact.id == contact_id:
            self._clear = party_details
            self._hide_again.start()
            self._fill()

    @override
    def minimumSizeHint(self) -> QSize:
        """Return a size at which no button is cut off on the right."""
        content = self.widget()
        width = content.minimumSizeHint().width() if content is not None else 0
        width += self.verticalScrollBar().sizeHint().width()
        return QSize(min(max(width, sized(_LEAST_PX)), sized(_MOST_PX)), super().minimumSizeHint().height())

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._fill()
        super().changeEvent(event)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._mask()

    def _connect(self) -> None:
        self._new_contract.clicked.connect(self.contract_requested)
        self._edit.clicked.connect(self.edit_requested)
        self._ours.triggered.connect(self._on_ours_triggered)
        self._merge.triggered.connect(self._on_merge_triggered)
        self._forget.triggered.connect(self.forget_requested)
        self._delete.confirmed.connect(self.delete_requested)
        self._show.clicked.connect(self._on_show_clicked)
        self._hide_again.timeout.connect(self._mask)

    def _fill(self) -> None:
        if self._facts is None:
            return
        contact, accounts = self._facts.contact, self._facts.accounts
        focus = QApplication.focusWidget()
        if focus is not None and any(part.isAncestorOf(focus) for part in self._parts):
            # Otherwise, the keyboard focus would move to the next widget of the window.
            self._edit.setFocus()
        for part in self._parts:
            self._body.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        name = "person" if contact.is_person else "organization"
        self._symbol.setPixmap(icon(name, theme().accent).pixmap(QSize(30, 30)))
        self._name.setText(one_line(contact.name))
        # The description tells this button from the list's button with the same name.
        self._more.setAccessibleDescription(one_line(contact.name))
        self._kind.setText(kind_word(contact))
        self._ours.setText(self.tr("Remove from &our parties") if contact.is_ours else self.tr("Mark as &our party"))
        self._ours.setVisible(not contact.is_person)
        self._forget.setVisible(contact.is_person)
        self._delete.setVisible(not accounts)
        self._show.setChecked(self._clear is not None)
        self._show.setText(self.tr("Hide") if self._clear is not None else self.tr("Show"))
        self._add_rows(self._party_details(contact))
        for other in self._facts.same_number:
            self._add_same_number(other)
        if contact.legal_name:
            self._add_title(self.tr("Legal representative"))
            self._add_rows(self._legal(contact))
        if not contact.is_person:
            self._add_agents(contact)
        elif contact.acts_for:
            self._add_title(self.tr("Represents"))
            for other_contact in contact.acts_for:
                self._add_link(one_line(other_contact.name), other_contact.id)
        self._add_title(self.tr("Platform account"))
        self._add_accounts(accounts)
        self._add_title(self.tr("Contracts"))
        self._add_history(contact)
        self.updateGeometry()

    def _party_details(self, contact: Contact) -> Iterable[tuple[str, str]]:
        clear = self._clear
        number = clear.identity.number if clear is not None else ""
        mobile = clear.mobile if isinstance(clear, Person) else ""
        email = clear.email if clear is not None else ""
        unknown = self.tr("not saved on this computer")
        yield number_type_word(contact.number_type), number or contact.masked_number or unknown
        if contact.is_person:
            yield self.tr("Mobile"), mobile or contact.masked_mobile or unknown
        if contact.is_person or contact.masked_email:
            yield self.tr("Email"), one_line(email or contact.masked_email) or "–"
        if contact.own_reference:
            yield self.tr("Your reference"), one_line(contact.own_reference)
        if contact.seal_width_pt is not None:
            yield self.tr("Seal"), self.tr("{width} mm wide").format(width=f"{pt_to_mm(contact.seal_width_pt):.0f}")

    def _legal(self, contact: Contact) -> Iterable[tuple[str, str]]:
        yield self.tr("Name"), one_line(contact.legal_name)
        clear = self._clear
        if isinstance(clear, Organization) and clear.legal_id_number:
            yield id_type_words()[clear.legal_id_type], clear.legal_id_number

    def _add_agents(self, contact: Contact) -> None:
        self._add_title(self.tr("Authorized representatives"))
        for place, agent in enumerate(contact.agents):
            is_default = place == 0 and len(contact.agents) > 1
            self._add_link(one_line(agent.name), agent.id, self.tr("default") if is_default else "")
        if not contact.agents:
            self._add_hint(self.tr("No representatives yet. Add one with Edit, or in the next contract."))

    def _add_accounts(self, accounts: tuple[AccountRecord, ...]) -> None:
        if not accounts:
            self._add_hint(self.tr("No account yet. The account is created when you send the first contract."))
            return
        homes = [(one.environment, one.project_id) for one in accounts]
        for record in accounts:
            is_only = homes.count((record.environment, record.project_id)) == 1
            agent_name = self._facts.agent_names.get(record.agent_account_id, "") if self._facts is not None else ""
            line = account_line(record, is_only=is_only, agent_name=agent_name)
            label = PlainLabel(self.widget(), line, is_wrapped=True, look="" if record.is_current else "hint")
            self._add(label)

    def _add_history(self, contact: Contact) -> None:
        if not contact.contract_count:
            self._add_hint(self.tr("No contracts yet"))
            return
        count = self.tr("%n contract(s)", "", contact.contract_count)
        text = self.tr("{count}, last {moment}").format(count=count, moment=china_time(contact.last_contract_ms))
        button = QPushButton(self.tr("Show in Track"), self.widget())
        button.setObjectName("compact")
        button.clicked.connect(self.history_requested)
        line = QWidget(self.widget())
        hbox((PlainLabel(line, text, is_wrapped=True), 1), button, parent=line)
        self._add(line)

    def _add_same_number(self, other: Contact) -> None:
        line = QFrame(self.widget())
        line.setObjectName("documentCard")
        sentence = self.tr("{name} has the same ID number. One of the names is wrong or a former name.")
        label = PlainLabel(line, sentence.format(name=one_line(other.name)), is_wrapped=True)
        button = QPushButton(self.tr("Merge…"), line)
        button.setObjectName("compact")
        button.clicked.connect(partial(self.merge_requested.emit, other.id))
        hbox((label, 1), button, margins=(10, 8, 8, 8), parent=line)
        self._add(line)

    def _add_title(self, text: str) -> None:
        title = PlainLabel(self.widget(), text, look="sectionTitle")
        title.setContentsMargins(0, 8, 0, 0)
        self._add(title)

    def _add_rows(self, rows: Iterable[tuple[str, str]]) -> None:
        table = QWidget(self.widget())
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 96)
        for row, (name, value) in enumerate(rows):
            label = PlainLabel(table, name, look="hint")
            shown = PlainLabel(table, value, is_wrapped=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(shown, row, 1)
        self._add(table)

    def _add_link(self, text: str, contact_id: ContactId, remark: str = "") -> None:
        line = QWidget(self.widget())
        button = QToolButton(line)
        button.setAutoRaise(True)
        button.setText(text.replace("&", "&&"))
        button.clicked.connect(partial(self.contact_requested.emit, contact_id))
        hbox(button, PlainLabel(line, remark, look="hint"), 1, parent=line)
        self._add(line)

    def _add_hint(self, text: str) -> None:
        self._add(PlainLabel(self.widget(), text, is_wrapped=True, look="hint"))

    def _add(self, part: QWidget) -> None:
        self._body.addWidget(part)
        self._parts.append(part)

    def _mask(self) -> None:
        self._hide_again.stop()
        if self._clear is not None:
            self._clear = None
            self._fill()

    def _on_show_clicked(self) -> None:
        if self._clear is None:
            self._show.setChecked(False)
            self.party_details_requested.emit()
        else:
            self._mask()

    def _on_ours_triggered(self) -> None:
        if self.contact is not None:
            self.ours_requested.emit(not self.contact.is_ours)

    def _on_merge_triggered(self) -> None:
        self.merge_requested.emit(None)
