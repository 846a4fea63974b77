"""The form for the settings of an environment: address, project, secret, proxy and platform behavior."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from esign_desktop.domain.environment import Environment, EnvironmentKind, host_of
from esign_desktop.domain.policy import NO_POLICY
from esign_desktop.ui.settings.behaviour import BehaviourGroup
from esign_desktop.ui.text.environment import effect_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.policy import policy_sentence
from esign_desktop.ui.widgets.deliberate import ConfirmButton, DeliberateButton
from esign_desktop.ui.widgets.forms import CheckField, Form, LineField, Row
from esign_desktop.ui.widgets.labels import PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import repolish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.environment import KeyringStatus
    from esign_desktop.domain.policy import Policy

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_FIELD_PX: Final = 420
_SECRET_ROW: Final = 2


@dataclass(frozen=True, slots=True)
class _Typed:
    """The unsaved input for an environment. ``secret`` is the secret that the user has entered, or empty."""

    values: Environment
    secret: str = dataclass_field(repr=False)


class EnvironmentForm(QWidget):
    """The form for the settings of an environment. A stored secret is never shown.

    Unsaved input is kept for each environment until it is saved, even if other saved values or another environment are
    shown. The signals whose names end in ``_requested`` carry nothing; the owner reads ``values`` and ``typed_secret``.
    """

    edited = Signal()
    save_requested = Signal()
    test_requested = Signal()
    use_requested = Signal()
    rehearsal_requested = Signal()
    forget_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, policy: Policy = NO_POLICY) -> None:
        super().__init__(parent)
        self._policy = policy
        self._fixed = PlainLabel(self, policy_sentence(), look="hint")
        self._kept = Environment(EnvironmentKind.SANDBOX, "")
        self._put_aside: dict[EnvironmentKind, _Typed] = {}
        self._is_used = False
        self._has_secret: bool | None = None
        self._keyring: KeyringStatus | None = None
        self._effect = PlainLabel(self, is_wrapped=True)
        self._needed = PlainLabel(
            self,
            self.tr(
                "You need an account on the e签宝 open platform. Its console shows the project ID "
                "and secret. Enter both, test the connection, then switch to this environment."
            ),
            look="hint",
            is_wrapped=True,
        )
        self.address, self.project = LineField(max_length=32767), LineField(max_length=32767)
        self.proxy = LineField(max_length=32767, placeholder=self.tr("Leave empty for a direct connection"))
        self.secret = QLineEdit(self)
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self._secret_hint = PlainLabel(self, look="hint", is_wrapped=True)
        self.forget, self.use = DeliberateButton(self, self.tr("&Delete")), DeliberateButton(self)
        self.use.setObjectName("primary")
        self.use_bindingly = ConfirmButton(self)
        self.use_bindingly.set_texts(
            self.tr("Switch to this environment"),
            self.tr("Press again to switch; contracts will then be legally binding"),
        )
        self.save = QPushButton(self.tr("&Save"), self)
        self.test = QPushButton(self.tr("&Test connection"), self)
        self.behaviour = BehaviourGroup(self)
        self._form: Form[Environment] = Form(self._kept, self._rows(), self)
        self._show_policy()
        self._lay_out()
        self._connect()
        self._show()

    @property
    def kept(self) -> Environment:
        """The environment as it was saved, without the changes in the form."""
        return self._kept

    @property
    def values(self) -> Environment:
        """The environment with the values in the form, which may be unsaved."""
        return replace(self._form.value, behaviour=self.behaviour.behaviour)

    @property
    def typed_secret(self) -> str:
        """The secret in the form, or an empty text if the stored secret is kept."""
        return self.secret.text().strip()

    @property
    def is_secret_known(self) -> bool:
        """Whether ``show_secret`` was called, that is, whether the keyring has been queried."""
        return self._keyring is not None

    @property
    def is_changed(self) -> bool:
        """Whether the form has unsaved changes."""
        return self.values != self._kept or bool(self.typed_secret)

    @property
    def has_put_aside(self) -> bool:
        """Whether there is unsaved input for an environment other than the shown one."""
        return bool(self._put_aside)

    def show_environment(self, environment: Environment, *, is_used: bool) -> None:
        """Show an environment, with the unsaved input for it if there is any.

        ``is_used`` is whether contracts are currently sent to this environment.
        """
        typed = _Typed(self.values, self.typed_secret) if self.is_changed else None
        if environment.kind is not self._kept.kind:
            if typed is not None:
                self._put_aside[self._kept.kind] = typed
            typed = self._put_aside.pop(environment.kind, None)
            self._has_secret = None
        self._kept = environment
        self._is_used = is_used
        shown = typed or _Typed(environment, "")
        self.address.setReadOnly(environment.kind is not EnvironmentKind.OWN)
        self._form.show_value(shown.values)
        self._show_policy()
        self.behaviour.show_behaviour(shown.values.behaviour)
        if self.typed_secret != shown.secret:
            self.secret.setText(shown.secret)
        self._show()

    def _show_policy(self) -> None:
        policy = self._policy
        fixed = {"base_url": policy.address, "project_id": policy.project_id, "proxy_url": policy.proxy_url is not None}
        is_about_this = policy.environment is self._kept.kind
        names = [name for name, value in fixed.items() if value and is_about_this]
        self._form.fix(names, policy_sentence())
        self._fixed.setVisible(policy.environment is not None)

    def take_as_saved(self, environment: Environment, secret: str) -> None:
        """Mark an environment and a secret as saved. Changes that the user has made in the meantime stay unsaved."""
        if environment.kind is self._kept.kind:
            self._kept = environment
            if self.typed_secret == secret:
                self.secret.clear()
            self._show()
        elif self._put_aside.get(environment.kind) == _Typed(environment, secret):
            del self._put_aside[environment.kind]

    def show_secret(self, *, has_secret: bool, keyring: KeyringStatus) -> None:
        """Show whether a secret is stored for the environment, and whether the keyring is available."""
        self._has_secret = has_secret
        self._keyring = keyring
        self._show()

    def problem(self) -> str:
        """Return a translated sentence about an invalid value in the form, or an empty text if all values are valid."""
        values = self.values
        if values.base_url and not is_usable_address(values.base_url):
            return self.tr("The address must be a complete https address.")
        if values.proxy_url and not is_usable_proxy(values.proxy_url):
            return self.tr("Enter the proxy as http://host:port.")
        return ""

    def _rows(self) -> Iterator[Row[Environment]]:
        yield Row(
            "base_url",
            self.tr("&Address"),
            self.address,
            set=lambda environment, text: replace(environment, base_url=text.rstrip("/")),
        )
        yield Row("project_id", self.tr("&Project ID"), self.project)
        yield Row(
            "proxy_url",
            self.tr("Pro&xy"),
            self.proxy,
            tip=self.tr("http://host:port, or http://user:password@host:port. The password is stored in the keyring."),
        )
        yield Row(
            "has_near_files",
            "",
            CheckField(self.tr("Allow files in our o&wn network")),
            tip=self.tr("If unchecked, file addresses in the local network are blocked."),
        )

    def _lay_out(self) -> None:
        # The hint shares a row with the field, because a form row with only a wrapped label is two lines high.
        secret = vbox(hbox(self.secret, self.forget), self._secret_hint, spacing=4)
        form = self._form.form_layout
        form.setHorizontalSpacing(16)
        form.insertRow(_SECRET_ROW, self.tr("Se&cret"), secret)
        label = form.labelForField(secret)
        if isinstance(label, QLabel):
            label.setBuddy(self.secret)
        for edit in (self.address, self.project, self.proxy):
            edit.setMinimumWidth(_FIELD_PX)
        buttons = hbox(self.use, self.use_bindingly, self.save, self.test, 1)
        vbox(self._fixed, self._effect, self._needed, self._form, self.behaviour, buttons, spacing=12, parent=self)

    def _connect(self) -> None:
        self.save.clicked.connect(self.save_requested)
        self.test.clicked.connect(self.test_requested)
        self.use.meant.connect(self._on_use_meant)
        self.use_bindingly.confirmed.connect(self._on_use_meant)
        self.forget.meant.connect(self.forget_requested)
        for edit in (self.address, self.project, self.secret, self.proxy):
            edit.returnPressed.connect(self.save_requested)
        self.secret.textEdited.connect(self._on_edited)
        self._form.edited.connect(self._on_edited)
        self.behaviour.edited.connect(self._on_edited)

    def _on_use_meant(self) -> None:
        if self._kept.kind is EnvironmentKind.SANDBOX and not self._kept.base_url:
            self.use.setEnabled(False)
            self.use.setText(self.tr("Starting rehearsal…"))
            self.rehearsal_requested.emit()
        else:
            self.use_requested.emit()

    def _show(self) -> None:
        is_sandbox = self._kept.kind is EnvironmentKind.SANDBOX
        self._effect.setText(effect_sentence(self._kept))
        is_production = self._kept.kind is EnvironmentKind.PRODUCTION
        self._effect.setObjectName("alarm" if is_production else "caution" if self._kept.is_binding else "")
        repolish(self._effect)
        for widget in (self._form, self.behaviour, self.save):
            widget.setVisible(not is_sandbox)
        self._needed.setVisible(not is_sandbox and not self._kept.project_id)
        self.forget.setVisible(bool(self._has_secret) and not is_sandbox)
        self._show_secret_hint()
        self._show_buttons()

    def _show_secret_hint(self) -> None:
        keyring = self._keyring
        if keyring is not None and not keyring.available:
            hint = self.tr(
                "This computer has no keyring, so the secret can't be saved. You'll be asked for it in each session."
            )
        else:
            hint = self.tr(
                "The secret is stored only in the operating system's keyring, never in a file, and isn't shown again."
            )
        self._secret_hint.setText(hint)
        tip = self.tr("Delete the secret of project {project} from the keyring")
        show_tip(self.forget, tip.format(project=one_line(self._kept.project_id)))
        if self._has_secret and self._is_of_kept_project:
            self.secret.setPlaceholderText(self.tr("Saved. Enter a new secret to replace it."))
        else:
            self.secret.setPlaceholderText(self.tr("As shown in the platform's console"))

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
        self.save.setEnabled(self.is_changed)
        self.test.setEnabled(is_complete and (is_sandbox or has_secret))
        is_down = is_sandbox and not is_complete
        may_be_used = self._policy.environment in {None, self._kept.kind}
        self.use.setEnabled(may_be_used and (is_down or (not self._is_used and is_complete)))
        is_asked = self._kept.is_binding and not self._is_used
        self.use.setVisible(not is_asked)
        self.use_bindingly.setVisible(is_asked)
        self.use_bindingly.setEnabled(self.use.isEnabled())
        if is_down:
            self.use.setText(self.tr("Start rehearsal"))
        elif self._is_used:
            self.use.setText(self.tr("In use"))
        else:
            self.use.setText(self.tr("Switch to this environment"))


def is_usable_address(text: str) -> bool:
    """Return whether an address can be used: with https for any host, with http only for this computer."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def is_usable_proxy(text: str) -> bool:
    """Return whether a proxy's address has a scheme and a host."""
    return text.lower().startswith(("http://", "https://")) and bool(host_of(text))
