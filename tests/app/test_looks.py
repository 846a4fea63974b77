"""What a person chooses, and the desktop asks for, about looks: contrast, larger letters, rest."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStyleHints
from PySide6.QtWidgets import QApplication, QPushButton

from esign_desktop.app.saved_window_state import read_window_state, window_state_path
from esign_desktop.ui.shell.application import Appearance, Looks
from esign_desktop.ui.shell.desktop_settings import DesktopSettings
from esign_desktop.ui.shell.rail import WIDTH_PX, RoomName
from esign_desktop.ui.widgets import theme as theme_module
from esign_desktop.ui.widgets.motion import is_still, set_still
from esign_desktop.ui.widgets.theme import (
    HIGH_CONTRAST,
    HIGH_CONTRAST_LIGHT,
    LIGHT,
    TEXT_PX,
    apply_theme,
    set_text_size,
    sized,
    theme,
)
from tests.secret_service import SecretService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.ui.widgets.forms import ChoiceField
    from tests.app.conftest import Start

PORTAL = """
import sys
from jeepney import HeaderFields, MessageType, new_error, new_method_return, new_signal, DBusAddress
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

bus = open_dbus_connection(bus="SESSION")
bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))
look, gnome = "org.freedesktop.appearance", "org.gnome.desktop.interface"
settings = {(look, "contrast"): ("u", 1), (gnome, "enable-animations"): ("b", False)}
settings[gnome, "text-scaling-factor"] = ("d", 1.5)
print("ready", flush=True)
while True:
    asked = bus.receive()
    if asked.header.message_type is not MessageType.method_call:
        continue
    if asked.header.fields.get(HeaderFields.member) != "Read":
        continue
    value = settings.get(tuple(asked.body))
    if value is None:
        bus.send(new_error(asked, "org.freedesktop.portal.Error.NotFound"))
        continue
    bus.send(new_method_return(asked, "v", (("v", value),)))
    if asked.body[1] == "text-scaling-factor" and value[1] == 1.5:
        settings = {(look, "contrast"): ("u", 0)}
        settings[gnome, "text-scaling-factor"] = ("d", 9.0)
        place = DBusAddress("/org/freedesktop/portal/desktop", interface="org.freedesktop.portal.Settings")
        bus.send(new_signal(place, "SettingChanged", "ssv", (look, "contrast", ("u", 0))))
"""
DESKTOP = """
from PySide6.QtWidgets import QApplication
from esign_desktop.ui.shell.desktop_settings import DesktopSettingsReader

application = QApplication([])
desktop_settings = DesktopSettingsReader(application.styleHints(), application)
told = []

def tell(one):
    if told[-1:] != [one]:
        told.append(one)
        print(one.in_words(), flush=True)
    if len(told) == 2:
        application.quit()

desktop_settings.changed.connect(tell)
desktop_settings.look()
application.exec()
desktop_settings.retire()
"""


@pytest.fixture(autouse=True)
def usual_looks(qapp: QApplication) -> Iterator[None]:
    font = qapp.font()
    yield
    set_text_size(100)
    set_still(is_wanted=False)
    apply_theme(qapp, "light")
    qapp.setStyleSheet("")
    qapp.setFont(font)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no portal")
def test_the_desktop_is_asked_and_listened_to(tmp_path_factory: pytest.TempPathFactory) -> None:
    with SecretService(tmp_path_factory.mktemp("bus")) as bus:
        environment = os.environ | bus.environment() | {"QT_QPA_PLATFORM": "offscreen"}
        portal = subprocess.Popen([sys.executable, "-c", PORTAL], env=environment, stdout=subprocess.PIPE, text=True)
        assert portal.stdout is not None
        try:
            assert portal.stdout.readline() == "ready\n"
            done = subprocess.run(
                *([sys.executable, "-c", DESKTOP],),
                env=environment,
                capture_output=True,
                text=True,
                timeout=30,
                check=True,
            )
        finally:
            portal.kill()
            portal.wait()
            portal.stdout.close()
    # What was kept holds till the answer comes; then comes what was changed meanwhile.
    assert done.stdout.splitlines() == ["contrast still 150", "200"]


@pytest.mark.parametrize("words", ["", "contrast", "still 12345678", "²", "contrast still 150"])
def test_kept_wishes_are_read_whatever_stands_there(words: str) -> None:
    desktop_settings = DesktopSettings.read(words)
    assert 100 <= desktop_settings.text_percent <= 200
    assert DesktopSettings.read(desktop_settings.in_words()) == desktop_settings


@pytest.mark.nightly
def test_the_desktops_wishes_count_where_nothing_was_chosen(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    program = start()
    appearance = program.appearance
    for is_dark, wanted in ((True, HIGH_CONTRAST), (False, HIGH_CONTRAST_LIGHT)):
        monkeypatch.setattr(theme_module, "is_system_dark", lambda is_dark=is_dark: is_dark)
        appearance.use(Looks(), DesktopSettings(wants_contrast=True, is_still=True))
        assert theme() is wanted
    assert is_still()
    assert QApplication.cursorFlashTime() == 0
    appearance.use_theme("light")
    assert theme() is LIGHT
    appearance.use(Looks(), DesktopSettings())
    assert not is_still()
    assert QApplication.cursorFlashTime() > 0


def choose(field: ChoiceField, value: object) -> None:
    field.show_value(value)
    field.activated.emit(field.currentIndex())


def test_size_contrast_and_rest_are_chosen_in_the_settings_and_kept(
    start: Start, qtbot: QtBot, paths: AppPaths
) -> None:
    program = start()
    window = program.window
    window.show_room(RoomName.SETTINGS)
    assert program.workspace is not None
    form = program.workspace.settings.general
    qtbot.waitUntil(form.isEnabled)
    choose(form.theme, "contrast")
    form.still.click()
    qtbot.waitUntil(lambda: theme() is HIGH_CONTRAST and is_still())

    def offers() -> list[QPushButton]:
        return [one for one in window.messages.findChildren(QPushButton) if one.text() == "Restart now"]

    choose(form.text_size, 200)
    qtbot.waitUntil(lambda: bool(offers()))
    choose(form.text_size, 100)
    qtbot.waitUntil(lambda: not offers())
    choose(form.text_size, 200)
    qtbot.waitUntil(lambda: bool(offers()))
    assert sized(TEXT_PX) == TEXT_PX, "windows that stand keep their size"
    program.stop()
    saved = read_window_state(window_state_path(paths.cache_dir))
    assert (saved.theme, saved.text_percent, saved.motion) == ("contrast", 200, "none")
    # The small file of the first look may be gone: then the window is made anew.
    window_state_path(paths.cache_dir).unlink()
    again = start()
    assert again.appearance.looks == Looks("contrast", 200, is_still=True)
    assert again.window.font().pixelSize() == 2 * TEXT_PX
    assert again.window.rail.width() > WIDTH_PX


def test_windows_draws_title_bars_as_dark_as_the_theme(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Qt.ColorScheme] = []
    monkeypatch.setattr(QStyleHints, "setColorScheme", lambda _hints, scheme: asked.append(scheme))
    appearance = Appearance(qapp)
    appearance.use_theme("dark")
    assert asked == [], "other systems draw them by their own settings"
    monkeypatch.setattr("sys.platform", "win32")
    for mode in ("dark", "contrast", "light", "contrast_light", "system"):
        appearance.use_theme(mode)
    schemes = Qt.ColorScheme
    assert asked == [schemes.Dark, schemes.Dark, schemes.Light, schemes.Light, schemes.Unknown]
    appearance.retire()
