"""The window that calibrates asks first, shows what was found out, and sets what stays ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QPushButton

from esign_desktop.domain.environment import PRODUCTION_URL, Environment, EnvironmentKind, PlatformBehaviour, SealAnchor
from esign_desktop.ui.settings.calibration_dialog import CalibrationDialog
from esign_desktop.ui.settings.calibration_picture import paint_page
from tests.services.calibration_desk import calibration_desk, starts
from tests.services.rehearsal import PROJECT_ID, SECRET, RehearsalPlatform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner
    from tests.services.calibration_desk import CalibrationDesk

KIND = EnvironmentKind.SANDBOX
LONG_MS = 60_000


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalPlatform]:
    with RehearsalPlatform(tmp_path_factory.mktemp("platform"), "--seal-anchor", "lower_left") as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, platform: RehearsalPlatform) -> Iterator[CalibrationDesk]:
    platform.set_faults()
    with calibration_desk(tmp_path / "desk", platform.environment) as desk:
        yield desk


@pytest.fixture
def make_dialog(
    desk: CalibrationDesk, tasks: TaskRunner, qtbot: QtBot, speak: Callable[[str], None]
) -> Iterator[Callable[..., CalibrationDialog]]:
    def make(kind: EnvironmentKind = KIND) -> CalibrationDialog:
        dialog = CalibrationDialog(desk.service, kind, tasks)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    yield make
    assert tasks.wait_idle(60.0)


def button(dialog: CalibrationDialog, text: str) -> QAbstractButton:
    return next(
        one for one in dialog.findChildren(QPushButton) if one.text().replace("&", "") == text and one.isVisible()
    )


def press(dialog: CalibrationDialog, text: str, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: has_button(dialog, text))
    found = button(dialog, text)
    standing = getattr(found, "press_guard", None)
    if standing is not None:
        qtbot.waitUntil(lambda: standing.is_long_enough)
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def has_button(dialog: CalibrationDialog, text: str) -> bool:
    return any(one.text().replace("&", "") == text and one.isVisible() for one in dialog.findChildren(QPushButton))


def ticks(dialog: CalibrationDialog) -> list[QCheckBox]:
    return [one for one in dialog.findChildren(QCheckBox) if one.isVisible()]


def test_it_says_what_it_costs_and_sends_nothing_before_it_is_told_to(
    make_dialog: Callable[..., CalibrationDialog], platform: RehearsalPlatform, qtbot: QtBot
) -> None:
    before = starts(platform)
    dialog = make_dialog()
    qtbot.waitUntil(lambda: has_button(dialog, "Send calibration sheet"))

    assert "It uses one contract from your plan." in dialog.text
    assert starts(platform) == before


def test_what_was_found_is_shown_and_only_what_stays_ticked_is_set(
    make_dialog: Callable[..., CalibrationDialog], desk: CalibrationDesk, qtbot: QtBot
) -> None:
    dialog = make_dialog()
    press(dialog, "Send calibration sheet", qtbot)
    qtbot.waitUntil(lambda: has_button(dialog, "Apply selected"), timeout=LONG_MS)

    assert "should be changed" in dialog.text
    boxes = {box.text(): box for box in ticks(dialog)}
    assert set(boxes) == {
        "Seal reference point",
        "Signing links are returned",
        "Changed mobile number",
    }
    assert all(box.isChecked() for box in boxes.values())
    assert desk.services.environments.get(KIND).behaviour == PlatformBehaviour()

    boxes["Signing links are returned"].click()
    boxes["Changed mobile number"].click()
    with qtbot.waitSignal(dialog.taken, timeout=LONG_MS):
        press(dialog, "Apply selected", qtbot)

    behaviour = desk.services.environments.get(KIND).behaviour
    assert behaviour == PlatformBehaviour(seal_anchor=SealAnchor.LOWER_LEFT)


def test_nothing_ticked_is_nothing_to_apply_and_leaving_changes_nothing(
    make_dialog: Callable[..., CalibrationDialog], desk: CalibrationDesk, qtbot: QtBot
) -> None:
    dialog = make_dialog()
    qtbot.waitUntil(lambda: has_button(dialog, "Send calibration sheet"))
    next(box for box in ticks(dialog)).click()
    press(dialog, "Send calibration sheet", qtbot)
    qtbot.waitUntil(lambda: has_button(dialog, "Apply selected"), timeout=LONG_MS)

    (box,) = ticks(dialog)
    box.click()
    assert not button(dialog, "Apply selected").isEnabled()
    press(dialog, "Leave unchanged", qtbot)

    assert not dialog.isVisible()
    assert desk.services.environments.get(KIND).behaviour == PlatformBehaviour()


def test_stopped_while_waiting_it_offers_to_go_on_or_to_give_it_up(
    make_dialog: Callable[..., CalibrationDialog], desk: CalibrationDesk, platform: RehearsalPlatform, qtbot: QtBot
) -> None:
    desk.strange.never_completes = True
    dialog = make_dialog()
    qtbot.waitUntil(lambda: has_button(dialog, "Send calibration sheet"))
    press(dialog, "Send calibration sheet", qtbot)
    qtbot.waitUntil(lambda: "Waiting for the platform" in dialog.text, timeout=LONG_MS)
    press(dialog, "Stop", qtbot)
    qtbot.waitUntil(lambda: has_button(dialog, "Continue"), timeout=LONG_MS)

    assert "No other sheet will be sent." in dialog.text
    assert has_button(dialog, "Cancel this sheet")
    desk.strange.never_completes = False
    before = starts(platform)
    press(dialog, "Cancel this sheet", qtbot)
    qtbot.waitUntil(lambda: has_button(dialog, "Send calibration sheet"), timeout=LONG_MS)
    assert starts(platform) == before


def test_refusal_is_told_in_the_platforms_words(
    make_dialog: Callable[..., CalibrationDialog], platform: RehearsalPlatform, qtbot: QtBot
) -> None:
    rule = {"path": "/sign/start", "fault": "err_code", "err_code": 1900, "msg": "静默签未授权", "times": None}
    platform.set_faults(rule)
    dialog = make_dialog()
    press(dialog, "Send calibration sheet", qtbot)
    qtbot.waitUntil(lambda: "静默签未授权" in dialog.text, timeout=LONG_MS)

    assert has_button(dialog, "Try again")
    assert has_button(dialog, "Close")


def test_environment_with_legal_effect_can_only_be_closed(
    make_dialog: Callable[..., CalibrationDialog], desk: CalibrationDesk, qtbot: QtBot
) -> None:
    production = Environment(EnvironmentKind.PRODUCTION, PRODUCTION_URL, PROJECT_ID)
    desk.services.environments.use_for_session(production, SECRET)
    dialog = make_dialog(EnvironmentKind.PRODUCTION)
    qtbot.waitUntil(lambda: "Nothing was sent: contracts in this environment are legally binding" in dialog.text)

    assert not has_button(dialog, "Send calibration sheet")
    assert not has_button(dialog, "Try again")


def test_closed_while_it_works_it_leaves_the_sheet_for_the_next_time(
    make_dialog: Callable[..., CalibrationDialog], desk: CalibrationDesk, tasks: TaskRunner, qtbot: QtBot
) -> None:
    desk.strange.never_completes = True
    dialog = make_dialog()
    press(dialog, "Send calibration sheet", qtbot)
    qtbot.waitUntil(lambda: "Waiting for the platform" in dialog.text, timeout=LONG_MS)
    dialog.reject()
    assert tasks.wait_idle(30.0)

    assert desk.service.is_waiting(KIND)


@pytest.mark.nightly
def test_picture_frames_the_seal_where_it_was_seen(desk: CalibrationDesk) -> None:
    report = desk.service.run(KIND, "校准", with_person=False)
    picture = report.pictures[0]
    image = QImage(picture.width_px, picture.height_px, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_page(painter, report, 1, QRectF(image.rect()))
    painter.end()

    box = report.sightings.seen[0].box
    assert box is not None
    x, y = round(box.left_pt * 1.5), round((842.0 - box.center.y_pt) * 1.5)
    greens = [QColor(image.pixel(x + dx, y)).green() - QColor(image.pixel(x + dx, y)).red() for dx in range(-2, 3)]
    assert max(greens) > 60
