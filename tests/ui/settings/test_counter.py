from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from esign_desktop.services.counter.brand import BrandService
from esign_desktop.services.counter.pin import CounterPin
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.settings.counter import CounterForm
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QLineEdit
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner

LOGO_PX = (300, 60)


class Desk:
    """The form over a real folder and database."""

    def __init__(self, folder: Path, settings: Settings, tasks: TaskRunner, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.brand = BrandService(settings, folder / "brand")
        self.pin = CounterPin(settings, clock_ms=clock_ms)
        self.form = CounterForm(self.brand, self.pin, tasks)
        qtbot.addWidget(self.form)
        self.form.show()

    def write(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.selectAll()
        self._qtbot.keyClicks(field, text)

    def set_pin(self, new: str, again: str, *, current: str = "") -> None:
        if current:
            self.write(self.form.current, current)
        self.write(self.form.new, new)
        self.write(self.form.again, again)
        self._qtbot.mouseClick(self.form.set_pin, Qt.MouseButton.LeftButton)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(is_so)


@pytest.fixture
def desk(tmp_path: Path, tasks: TaskRunner, qtbot: QtBot, speak: Callable[[str], None]) -> Iterator[Desk]:
    database = Database(tmp_path / "esign.db")
    database.open()
    found = Desk(tmp_path, Settings(database), tasks, qtbot)
    yield found
    found.form.text.setModified(False)
    tasks.stop()
    database.close()


def logo(path: Path) -> Path:
    image = QImage(*LOGO_PX, QImage.Format.Format_RGB32)
    image.fill(QColor("#b3122f"))
    assert image.save(str(path))
    return path


def test_the_name_is_kept_when_the_field_is_left_and_shown_as_customers_see_it(desk: Desk, qtbot: QtBot) -> None:
    desk.write(desk.form.text, "Bank <b>A</b>")
    assert desk.form.preview.text == "Bank <b>A</b>"
    assert desk.brand.brand().text == ""
    qtbot.keyClick(desk.form.text, Qt.Key.Key_Return)
    desk.wait_until(lambda: desk.brand.brand().text == "Bank <b>A</b>")


def test_there_is_nothing_to_see_before_there_is_a_name_or_a_logo(desk: Desk, tmp_path: Path) -> None:
    form = desk.form
    assert not form.preview.isVisible()
    desk.write(form.text, "A")
    assert form.preview.isVisible()
    form.text.clear()
    form.text.textEdited.emit("")
    assert not form.preview.isVisible()
    form.set_picture(logo(tmp_path / "logo.png"))
    desk.wait_until(form.preview.isVisible)
    form.remove.click()
    desk.wait_until(lambda: not form.preview.isVisible())


def test_a_field_that_is_left_as_it_was_changes_nothing(desk: Desk, qtbot: QtBot) -> None:
    desk.brand.set_text("示例银行")
    desk.form.text.setFocus()
    qtbot.keyClick(desk.form.text, Qt.Key.Key_Tab)
    desk.form.read()
    desk.wait_until(lambda: desk.form.text.text() == "示例银行")
    assert desk.brand.brand().text == "示例银行"


def test_what_is_being_typed_is_not_read_over(desk: Desk) -> None:
    desk.brand.set_text("示例银行")
    desk.write(desk.form.text, "another")
    desk.form.set_pin.setEnabled(True)
    desk.form.read()
    # What is read puts the button right.
    desk.wait_until(lambda: not desk.form.set_pin.isEnabled())
    assert desk.form.text.text() == desk.form.preview.text == "another"


def test_a_logo_is_shown_and_taken_away(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.form.set_picture(logo(tmp_path / "logo.png").rename(tmp_path / "logo.any"))
    desk.wait_until(desk.form.remove.isEnabled)
    size = desk.form.preview.picture.shown_size
    assert size.width() / size.height() == pytest.approx(LOGO_PX[0] / LOGO_PX[1])
    qtbot.mouseClick(desk.form.remove, Qt.MouseButton.LeftButton)
    desk.wait_until(lambda: not desk.form.remove.isEnabled())
    assert not desk.form.preview.picture.isVisible()
    assert desk.brand.brand().picture is None


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Choose a PNG or JPEG file."), ("zh_CN", "请选择 PNG 或 JPEG 文件。")]
)
def test_a_spoilt_picture_is_told_and_the_one_before_stays(
    desk: Desk, speak: Callable[[str], None], tmp_path: Path, language: str, words: str
) -> None:
    speak(language)
    desk.form.set_picture(logo(tmp_path / "logo.png"))
    desk.wait_until(desk.form.remove.isEnabled)
    before = desk.brand.brand()
    spoilt = tmp_path / "spoilt.png"
    spoilt.write_bytes((tmp_path / "logo.png").read_bytes()[:40])
    desk.form.set_picture(spoilt)
    desk.wait_until(lambda: words in desk.form.status_text)
    assert desk.brand.brand() == before
    assert before.picture is not None
    assert before.picture.is_file()


def test_a_pin_is_typed_twice_and_wanted_from_then_on(desk: Desk) -> None:
    assert not desk.form.set_pin.isEnabled()
    desk.set_pin("2468", "2486")
    assert desk.form.status_text == "The PINs don't match. Enter the new PIN twice."
    assert not desk.pin.is_set
    desk.set_pin("2468", "2468")
    desk.wait_until(lambda: desk.form.status_text == "PIN set.")
    assert desk.pin.opens("2468")
    assert [field.text() for field in (desk.form.current, desk.form.new, desk.form.again)] == ["", "", ""]
    assert desk.form.current.isVisible()


def test_another_pin_wants_the_present_one(desk: Desk) -> None:
    desk.pin.set_pin("2468")
    desk.form.read()
    desk.wait_until(desk.form.current.isVisible)
    desk.set_pin("1357", "1357", current="9999")
    desk.wait_until(lambda: "--remove-counter-pin" in desk.form.status_text)
    desk.set_pin("1357", "1357", current="2468")
    desk.wait_until(lambda: desk.form.status_text == "PIN set.")
    assert desk.pin.opens("1357")


def test_the_pin_goes_with_the_present_one_alone(desk: Desk, qtbot: QtBot) -> None:
    desk.pin.set_pin("2468")
    desk.form.read()
    desk.wait_until(desk.form.drop_pin.isVisible)
    qtbot.mouseClick(desk.form.drop_pin, Qt.MouseButton.LeftButton)
    desk.wait_until(lambda: "current PIN is incorrect" in desk.form.status_text)
    desk.write(desk.form.current, "2468")
    qtbot.mouseClick(desk.form.drop_pin, Qt.MouseButton.LeftButton)
    desk.wait_until(lambda: desk.form.status_text == "PIN removed.")
    assert not desk.pin.is_set
    assert not desk.form.current.isVisible()


def test_letters_are_no_pin(desk: Desk) -> None:
    desk.set_pin("abcd", "abcd")
    desk.wait_until(lambda: "4 to 8 digits" in desk.form.status_text)
    assert not desk.pin.is_set
