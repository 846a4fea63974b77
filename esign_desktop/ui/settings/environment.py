"""How one environment is reached: address, project, secret, proxy; and how its platform behaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.environment import Environment, EnvironmentKind, host_of
from esign_desktop.override import override
from esign_desktop.ui.settings.behaviour import BehaviourGroup
from esign_desktop.ui.text.environment import effect_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.labels import PlainLabel, plain_tip

if TYPE_CHECKING:
    from esign_desktop.domain.environment import KeyringStatus

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_FIELD_PX: Final = 420


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed for one environment and is not saved; a secret goes with the project that it was typed for."""

    values: Environment
    secret: str = dataclass_field(repr=False)


class EnvironmentForm(QWidget):
    """Shows what is kept; what is typed leaves it by signals alone. A kept secret is never shown again.

    What is typed stays until it is saved, however often the kept values are shown anew meanwhile.
    """

    edited = Signal()
    """Something was typed or chosen: what was said of the values before counts no more."""
    save_requested = Signal()
    test_requested = Signal()
    calibrate_requested = Signal()
    use_requested = Signal()
    forget_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = Environment(EnvironmentKind.SANDBOX, "")
        self._put_aside: dict[EnvironmentKind, _Typed] = {}
        self._is_used = False
        self._has_secret: bool | None = None
        self._keyring: KeyringStatus | None = None
        self._effect = PlainLabel(self)
        self._effect.setWordWrap(True)
        self._address, self._project, self._secret, self._proxy = (QLineEdit(self) for _ in range(4))
        self._secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.behaviour = BehaviourGroup(self)
        self._near_files = QCheckBox(self)
        self._labels: dict[str, QLabel] = {}
        self._form = QFormLayout()
        self._secret_hint = PlainLabel(self)
        self._secret_hint.setObjectName("hint")
        self._secret_hint.setWordWrap(True)
        self._forget, self._use = DeliberateButton(self), DeliberateButton(self)
        self._save, self._test, self._calibrate = (QPushButton(self) for _ in range(3))
        self._use.setObjectName("primary")
        self._lay_out()
        self._connect()
        self.retranslate()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @property
    def kept(self) -> Environment:
        """The environment as it is saved."""
        return self._kept

    @property
    def values(self) -> Environment:
        """The environment as it is typed."""
        return replace(
            self._kept,
            base_url=self._address.text().strip().rstrip("/"),
            project_id=self._project.text().strip(),
            proxy_url=self._proxy.text().strip(),
            has_near_files=self._near_files.isChecked(),
            behaviour=self.behaviour.behaviour,
        )

    @property
    def typed_secret(self) -> str:
        """The secret as it is typed; empty leaves the kept one."""
        return self._secret.text().strip()

    @property
    def is_changed(self) -> bool:
        """Whether something is typed that is not saved."""
        return self.values != self._kept or bool(self.typed_secret)

    def show_environment(self, environment: Environment, *, is_used: bool) -> None:
        """Show how an environment is reached, or again what was typed for it and is not saved."""
        typed = _Typed(self.values, self.typed_secret) if self.is_changed else None
        if environment.kind is not self._kept.kind:
            if typed is not None:
                self._put_aside[self._kept.kind] = typed
            typed = self._put_aside.pop(environment.kind, None)
            self._has_secret = None
        self._kept = environment
        self._is_used = is_used
        shown = typed.values if typed is not None else environment
        self._address.setReadOnly(environment.kind is not EnvironmentKind.OWN)
        for edit, text in (
            (self._address, shown.base_url),
            (self._project, shown.project_id),
            (self._proxy, shown.proxy_url),
            (self._secret, typed.secret if typed is not None else ""),
        ):
            # The cursor stays where it is in what is being typed.
            if edit.text().strip() != text:
                edit.setText(text)
        self.behaviour.show_behaviour(shown.behaviour)
        self._near_files.setChecked(shown.has_near_files)
        self._show()

    def take_as_saved(self, environment: Environment, secret: str) -> None:
        """Know that this is kept now; what was typed since is not."""
        if environment.kind is self._kept.kind:
            self._kept = environment
            if self.typed_secret == secret:
                self._secret.clear()
            self._show()
        elif self._put_aside.get(environment.kind) == _Typed(environment, secret):
            del self._put_aside[environment.kind]

    def show_secret(self, *, has_secret: bool, keyring: KeyringStatus) -> None:
        """Show whether a secret is kept, and whether one can be."""
        self._has_secret = has_secret
        self._keyring = keyring
        self._show()

    def problem(self) -> str:
        """Say what of the typed can't be used; empty if all can."""
        values = self.values
        if values.base_url and not is_usable_address(values.base_url):
            return self.tr("The address must be a complete https address.")
        if values.proxy_url and not is_usable_proxy(values.proxy_url):
            return self.tr("The proxy must be written like http://host:port.")
        return ""

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        for name, text in (
            ("address", self.tr("&Address")),
            ("project", self.tr("&Project id")),
            ("secret", self.tr("Se&cret")),
            ("proxy", self.tr("Pro&xy")),
        ):
            self._labels[name].setText(text)
        self._proxy.setPlaceholderText(self.tr("Empty for a direct connection"))
        self._proxy.setToolTip(
            self.tr("http://host:port, or http://user:password@host:port. The password goes to the keyring.")
        )
        self._near_files.setText(self.tr("Files may lie in our o&wn network"))
        self._near_files.setToolTip(
            self.tr("Otherwise an address in this network that the platform names for a file is not opened.")
        )
        self._save.setText(self.tr("&Save"))
        self._test.setText(self.tr("&Test connection"))
        self._calibrate.setText(self.tr("Cali&brate…"))
        self._calibrate.setToolTip(self.tr("Send a sheet of marks, and see where this platform sets its seals"))
        self._show()

    def _lay_out(self) -> None:
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        secret = QHBoxLayout()
        secret.setSpacing(8)
        secret.addWidget(self._secret)
        secret.addWidget(self._forget)
        for name, field, buddy in (
            ("address", self._address, self._address),
            ("project", self._project, self._project),
            ("secret", secret, self._secret),
            ("hint", self._secret_hint, None),
            ("proxy", self._proxy, self._proxy),
            ("near", self._near_files, None),
        ):
            label = QLabel(self)
            self._labels[name] = label
            if buddy is not None:
                label.setBuddy(buddy)
            self._form.addRow(label, field)
        for edit in (self._address, self._project, self._secret, self._proxy):
            edit.setMinimumWidth(_FIELD_PX)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._use, self._save, self._test, self._calibrate):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._effect)
        column.addLayout(self._form)
        column.addWidget(self.behaviour)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self._save.clicked.connect(self.save_requested)
        self._test.clicked.connect(self.test_requested)
        self._calibrate.clicked.connect(self.calibrate_requested)
        self._use.meant.connect(self.use_requested)
        self._forget.meant.connect(self.forget_requested)
        for edit in (self._address, self._project, self._secret, self._proxy):
            edit.textEdited.connect(self._on_edited)
            edit.returnPressed.connect(self.save_requested)
        self.behaviour.edited.connect(self._on_edited)
        self._near_files.clicked.connect(self._on_edited)

    def _show(self) -> None:
        is_sandbox = self._kept.kind is EnvironmentKind.SANDBOX
        self._effect.setText(effect_sentence(self._kept))
        for row in range(self._form.rowCount()):
            self._form.setRowVisible(row, not is_sandbox)
        self.behaviour.setVisible(not is_sandbox)
        self._save.setVisible(not is_sandbox)
        self._forget.setVisible(bool(self._has_secret) and not is_sandbox)
        self._show_secret_hint()
        self._show_buttons()

    def _show_secret_hint(self) -> None:
        keyring = self._keyring
        if keyring is not None and not keyring.available:
            hint = self.tr(
                "This computer has no keyring to keep the secret in: it is asked for in each session and kept nowhere."
            )
        else:
            hint = self.tr("Kept in the operating system's keyring, never in a file, and not shown again.")
        self._secret_hint.setText(hint)
        self._forget.setText(self.tr("F&orget"))
        tip = self.tr("Delete the secret of project {project} from the keyring")
        self._forget.setToolTip(plain_tip(tip.format(project=one_line(self._kept.project_id))))
        if self._has_secret and self._is_of_kept_project:
            self._secret.setPlaceholderText(self.tr("Kept. Type another one to replace it."))
        else:
            self._secret.setPlaceholderText(self.tr("As the platform's console shows it"))

    @property
    def _is_of_kept_project(self) -> bool:
        return self.values.project_id == self._kept.project_id

    def _on_edited(self) -> None:
        self._show_secret_hint()
        self._show_buttons()
        self.edited.emit()

    def _show_buttons(self) -> None:
        is_sandbox = self._kept.kind is EnvironmentKind.SANDBOX
        is_complete = bool(self.values.base_url) and bool(self.values.project_id)
        has_secret = bool(self.typed_secret) or (bool(self._has_secret) and self._is_of_kept_project)
        self._save.setEnabled(self.is_changed)
        self._test.setEnabled(is_complete and (is_sandbox or has_secret))
        # What is typed and not saved is not what would be calibrated.
        self._calibrate.setVisible(not self._kept.is_binding)
        self._calibrate.setEnabled(self._test.isEnabled() and not self.is_changed)
        self._use.setEnabled(not self._is_used and is_complete)
        if self._is_used:
            self._use.setText(self.tr("Contracts go here"))
        elif is_sandbox and not is_complete:
            self._use.setText(self.tr("Not running (start with --sandbox)"))
        else:
            self._use.setText(self.tr("Send contracts here from now on"))


def is_usable_address(text: str) -> bool:
    """Whether an address may be sent to: https anywhere, plain http on this computer only."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def is_usable_proxy(text: str) -> bool:
    """Whether a proxy's address is complete."""
    return text.lower().startswith(("http://", "https://")) and bool(host_of(text))
