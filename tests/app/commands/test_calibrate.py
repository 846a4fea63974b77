"""What ``--calibrate`` asks on the terminal, and the pictures that it draws."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from esign_desktop.app.arguments import Arguments
from esign_desktop.app.commands import calibrate as command
from esign_desktop.app.commands.calibrate import calibrate
from esign_desktop.app.commands.calibration_picture import paint_page
from esign_desktop.domain.environment import EnvironmentKind, PlatformBehaviour, SealAnchor
from esign_desktop.domain.errors import InputError
from esign_desktop.override import override
from tests.services.calibration_desk import calibration_desk, starts
from tests.services.sandbox_platform import SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.calibration_desk import CalibrationDesk

KIND = EnvironmentKind.SANDBOX
WITHOUT_PERSON = Arguments(calibrate=True, without_person=True)


class Terminal(io.StringIO):
    @override
    def isatty(self) -> bool:
        return True


def answer_on_terminal(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(lines))
    # Translations would stay in the application that all tests share.
    monkeypatch.setattr(command, "use_language", lambda: None)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxPlatform]:
    with SandboxPlatform(tmp_path_factory.mktemp("platform"), "--seal-anchor", "lower_left") as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[CalibrationDesk]:
    with calibration_desk(tmp_path / "desk", platform.environment) as desk:
        yield desk


@pytest.mark.parametrize(("answer", "anchor"), [("y\n", SealAnchor.LOWER_LEFT), ("n\n", SealAnchor.CENTRE)])
def test_what_was_measured_is_set_only_after_a_yes(
    desk: CalibrationDesk, monkeypatch: pytest.MonkeyPatch, qapp: object, answer: str, anchor: SealAnchor
) -> None:
    answer_on_terminal(monkeypatch, answer)
    calibrate(desk.service, KIND, WITHOUT_PERSON)
    assert desk.services.environments.get(KIND).behaviour == PlatformBehaviour(seal_anchor=anchor)


@pytest.mark.parametrize(("answer", "sent"), [("n\nn\n", 0), ("y\nn\n", 1)])
def test_an_earlier_sheet_is_measured_unless_it_is_canceled(
    desk: CalibrationDesk,
    platform: SandboxPlatform,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    qapp: object,
    answer: str,
    sent: int,
) -> None:
    desk.strange.never_completes = True
    with pytest.raises(InputError):
        desk.service.run(KIND, "校准", with_person=False, wait_s=0.0)
    desk.strange.never_completes = False
    before = starts(platform)
    answer_on_terminal(monkeypatch, answer)
    calibrate(desk.service, KIND, WITHOUT_PERSON)
    assert "An earlier calibration sheet has not been measured." in capsys.readouterr().out
    assert starts(platform) == before + sent


@pytest.mark.nightly
def test_picture_frames_the_seal_where_it_was_seen(desk: CalibrationDesk, qapp: object) -> None:
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
