"""Settings, with and without a keyring."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from unittest.mock import patch

from esign_desktop.app.self_test import driver
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.policy import Policy
from esign_desktop.services.backup.restoring import Computer, Found, Missing, Restored, RestoringReport
from esign_desktop.services.backup.service import BackupStatus
from esign_desktop.ui.people.forgetting import ForgetSheet
from esign_desktop.ui.shell.background import PATIENCE_MS, attention
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.teller_pins import SecondPerson, TellerPinDialog
from tests.pictures.flows import add_people
from tests.pictures.office import Office, office
from tests.pictures.popups import top_level
from tests.services.own_pins import provide_with_own_pin

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tests.pictures.studio import Studio

_EXAMPLE = "https://sign.example.com/v3"


class _EvenTime:
    """In which everything takes equally long."""

    def __init__(self) -> None:
        self._counts = count()

    def monotonic(self) -> float:
        return next(self._counts) * 0.042


class ForgetfulKeyring:
    """Forgets when the process ends."""

    name = "Secret Service"
    kept: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, user: str) -> str | None:
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, secret: str) -> None:
        self.kept[service, user] = secret

    def delete_password(self, service: str, user: str) -> None:
        del self.kept[service, user]


def play(studio: Studio) -> None:
    """Without a keyring first, as on a bare machine."""
    with office(studio, "settings-bare") as here:
        _show(here, EnvironmentKind.TEST)
        studio.take("settings-no-keyring", here.window)
    with (
        patch("esign_desktop.store.secrets._backend", ForgetfulKeyring),
        patch("esign_desktop.services.environments.time", _EvenTime()),
        office(studio, "settings", before=add_people) as here,
    ):
        environments = here.services.environments

        def keep() -> None:
            for kind in (EnvironmentKind.TEST, EnvironmentKind.PRODUCTION):
                environment = Environment(kind, _EXAMPLE, "1111563657")
                environments.save(environment)
                environments.set_secret(environment, "made-up secret of nobody")
            here.services.brand.set_text("示例银行")

        driver.elsewhere(keep)
        for kind in EnvironmentKind:
            _show(here, kind)
            studio.take(f"settings-{kind.value}", here.window)
            if kind is EnvironmentKind.PRODUCTION:
                switch = here.workspace.settings.form.use_bindingly
                switch.ask()
                studio.take("settings-production-asks", here.window)
                switch.disarm()
        _show(here, EnvironmentKind.TEST)
        here.workspace.settings.form.behaviour.open()
        studio.take("settings-behaviour", here.window)
        _show(here, EnvironmentKind.SANDBOX)
        driver.press(driver.button(here.workspace.settings, "EnvironmentForm", "&Test connection"))
        driver.rest(1200)
        studio.take("settings-connected", here.window)
        _copies(studio, here)
        _parts(studio, here)


def _copies(studio: Studio, here: Office) -> None:
    """The second folder: named and whole, then away, and what another computer's copies gave."""
    room = here.workspace.settings
    form = room.copies
    _show_part(here, form)
    studio.take("settings-backup-none", here.window)
    moment_ms = 1_767_600_000_000
    status = BackupStatus(
        "/media/share/copies",
        "desk",
        copied_at_ms=moment_ms,
        daily_at_ms=moment_ms - 3_600_000,
        daily_bytes=4_200_000,
    )
    form.show_status(status)
    studio.take("settings-backup", here.window)
    away = replace(status, code="copy.missing", behind_since_ms=moment_ms, left_out_count=2, is_forgetting_due=True)
    form.show_status(away)
    here.window.status_line.show_copies(*attention(away, moment_ms + 2 * PATIENCE_MS))
    computer = Computer("0" * 32, "柜台二号", moment_ms, Path("/media/share"))
    found = Found(is_ledger_whole=True, made_at_ms=moment_ms - 9_000_000, passed_over_count=1, left_out_count=0)
    restored = Restored(
        *(12, 20, 3, 2, 9, 1, 0, 0),
        has_audit=True,
        party_details_count=0,
        missing_party_details_count=9,
        missing=Missing.NO_KEYRING,
    )
    form._on_restored(  # noqa: SLF001  what another computer would give
        RestoringReport(computer, found, restored)
    )
    # The height of a wrapped text is known after its width.
    driver.rest(200)
    studio.take("settings-backup-away", here.window)
    here.window.status_line.show_copies("", "")
    form.read()


def _parts(studio: Studio, here: Office) -> None:
    room = here.workspace.settings
    _show_part(here, room.counter)
    studio.take("settings-counter", here.window)
    _show_part(here, room.costs)
    studio.take("settings-prices", here.window)
    here.window.show_room(RoomName.TRACK)
    here.window.show_room(RoomName.SETTINGS)
    driver.rest(300)
    studio.take("settings-general", here.window)
    _tellers(studio, here)
    contacts = here.workspace.contacts
    here.window.show_room(RoomName.CONTACTS)
    driver.wait_until("a contact is shown", lambda: contacts.card.contact is not None)
    contacts.card.forget_requested.emit()
    studio.take("forget-person", top_level(ForgetSheet))


def _tellers(studio: Studio, here: Office) -> None:
    """Three of them, and what a supervisor is asked before one goes."""
    room, tellers = here.workspace.settings, here.services.tellers

    def provide() -> None:
        for name, pin in (("周知夏", "4815"), ("林小满", "1623"), ("陈予安", "4223")):
            provide_with_own_pin(tellers, name, pin, is_supervisor=name == "周知夏")

    _show_part(here, room.tellers)
    driver.elsewhere(provide)
    room.tellers.read()
    driver.wait_until("the tellers are read", lambda: bool(room.tellers.names))
    studio.take("settings-tellers", here.window)
    room.tellers.button("林小满", "pin").click()
    dialog = top_level(TellerPinDialog)
    driver.wait_until("it is known who may answer", lambda: bool(dialog.who[0].count()))
    studio.take("teller-pin", dialog)
    dialog.reject()
    second = SecondPerson(tellers, Policy(needs_second_person=True), here.workspace.tasks, here.window)
    environment = here.services.environments.get(EnvironmentKind.PRODUCTION)
    second.ask(here.window, environment, "借款合同", lambda: None)
    dialog = top_level(TellerPinDialog)
    driver.wait_until("it is known who may be the second", lambda: bool(dialog.who[1].count()))
    studio.take("second-person", dialog)
    dialog.reject()

    def remove() -> None:
        for name in ("陈予安", "林小满", "周知夏"):
            tellers.take_off(name)

    # As long as there are tellers, the other rooms ask for a PIN.
    driver.elsewhere(remove)


def _show(here: Office, kind: EnvironmentKind) -> None:
    here.window.show_room(RoomName.SETTINGS)
    driver.rest(300)
    here.workspace.settings.show_kind(kind)
    driver.rest(400)


def _show_part(here: Office, part: QWidget) -> None:
    here.workspace.settings.show_part(part)
    driver.wait_until("the section is shown", part.isVisible)
    driver.rest(100)
