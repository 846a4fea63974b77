"""The command ``--calibrate``, which measures the behavior of the current platform without opening a window.

Settings are changed only with the user's consent.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.app.backend import Backend
from esign_desktop.app.commands.console import print_error, use_language
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import AppError, InputError
from esign_desktop.store.files.paths import AppPaths

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.domain.calibration.answers import Answer
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.services.calibration.service import CalibrationReport, CalibrationService, CalibrationStage

_DECIMALS: Final = 3


def run(arguments: Arguments) -> int:
    """Run the calibration, and return the exit status: 0 if it was completed, otherwise 1."""
    try:
        backend = Backend(AppPaths.chosen(arguments.data_dir))
    except AppError as error:
        print_error(error)
        return 1
    sandbox = None
    try:
        backend.lock()
        services = backend.open_services()
        if arguments.with_sandbox:
            from esign_desktop.app.sandbox_process import EmbeddedSandbox

            sandbox = EmbeddedSandbox(backend.paths.sandbox_dir)
            sandbox.start()
            services.environments.use_for_session(sandbox.wait_ready(), sandbox.secret)
        kind = EnvironmentKind.SANDBOX if sandbox is not None else services.environments.current().kind
        calibrate(services.calibration, kind, arguments)
    except AppError as error:
        print_error(error)
        return 1
    finally:
        backend.close()
        if sandbox is not None:
            sandbox.stop()
    return 0


def calibrate(service: CalibrationService, kind: EnvironmentKind, arguments: Arguments) -> None:
    """Calibrate an environment, and print the results. Raises the errors of ``CalibrationService.run``.

    If an earlier sheet has not been measured, the user is asked whether to cancel it or to continue with it.
    """
    from PySide6.QtCore import QCoreApplication

    from esign_desktop.ui.text.calibration import calibration_title, stage_words

    if arguments.output is not None:
        _make_drawing_possible()
    use_language()

    def tell(stage: CalibrationStage) -> None:
        sys.stderr.write(stage_words(stage) + "\n")

    sealer = None
    if arguments.sealed_by is not None:
        known = {sealer.organization.name: sealer for sealer in service.sealers(kind)}
        if arguments.sealed_by not in known:
            raise InputError("calibration.unknown_sealer")
        sealer = known[arguments.sealed_by]
    if service.is_waiting(kind) and _is_wanted(
        QCoreApplication.translate(
            "Calibration", "An earlier calibration sheet has not been measured. Cancel it and send another one? [y/N] "
        )
    ):
        service.give_up(kind)
    report = service.run(
        kind, calibration_title(), with_person=not arguments.without_person, sealer=sealer, on_stage=tell
    )
    _print(report)
    if arguments.output is not None:
        _write(report, arguments.output)
    if report.changes and (
        arguments.yes
        or _is_wanted(QCoreApplication.translate("Calibration", "Apply the settings marked with *? [y/N] "))
    ):
        service.take(report, {answer.question for answer in report.changes})
        _say_taken(len(report.changes))


def _make_drawing_possible() -> None:
    """Create a Qt application that can draw text into memory, even if there is no screen."""
    from PySide6.QtGui import QGuiApplication

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # PySide keeps the application alive.
    if QGuiApplication.instance() is None:
        QGuiApplication(sys.argv[:1])


def _print(report: CalibrationReport) -> None:
    from esign_desktop.ui.text.calibration import now_words, question_words, seen_words

    for answer in report.answers:
        mark = "*" if answer.is_change else " "
        sys.stdout.write(f"{mark} {question_words(answer)}: {now_words(answer)} -> {seen_words(answer)}\n")


def _is_wanted(question: str) -> bool:
    """Ask the user on the terminal, and return whether the user agrees. If there is no terminal, return False."""
    if not sys.stdin.isatty():
        return False
    sys.stdout.write(question)
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _say_taken(count: int) -> None:
    from PySide6.QtCore import QCoreApplication

    sys.stdout.write(QCoreApplication.translate("Calibration", "Settings changed: {count}").format(count=count) + "\n")


def _write(report: CalibrationReport, folder: Path) -> None:
    """Write the calibration report and pictures of the measured pages to a folder. Raises StoreError."""
    from esign_desktop.domain.disk_errors import disk_error

    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report_values(report), ensure_ascii=False, indent=2)
        (folder / "calibration.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise disk_error(error) from error
    _draw(report, folder)


def _draw(report: CalibrationReport, folder: Path) -> None:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter

    from esign_desktop.app.commands.calibration_picture import paint_page

    for picture in report.pictures:
        image = QImage(picture.width_px, picture.height_px, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        paint_page(painter, report, picture.page_number, QRectF(image.rect()))
        painter.end()
        image.save(str(folder / f"calibration-{picture.page_number}.png"))


def report_values(report: CalibrationReport) -> dict[str, Any]:
    """Return the calibration report as values that can be written as JSON.

    Lengths are in points. Boxes are lists of the left, bottom, right and top edges, in page space.
    """
    return {
        "environment": report.environment.kind.value,
        "flow_id": report.flow_id,
        "answers": [_answer(answer) for answer in report.answers],
        "seals": [
            {
                "seal": sighting.seal.value,
                "page": sighting.page_number,
                "seen": None if sighting.box is None else _box(sighting.box),
                "is_cut": sighting.is_cut,
                "others": [_box(other) for other in sighting.others],
            }
            for sighting in report.sightings.seen
        ],
        "expected": [
            {
                "question": expected.question.value,
                "answer": expected.value.value,
                "page": expected.page_number,
                "box": _box(expected.box),
            }
            for expected in report.expected
        ],
        "unexplained": [{"page": number, "box": _box(box)} for number, box in report.sightings.unexplained],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question.value,
        "now": answer.now,
        "seen": answer.seen,
        "doubt": answer.reason,
        "error_pt": None if answer.error_pt is None else round(answer.error_pt, _DECIMALS),
        "uncertainty_pt": round(answer.uncertainty_pt, _DECIMALS),
        "is_change": answer.is_change,
    }


def _box(box: PageRect) -> list[float]:
    return [round(value, _DECIMALS) for value in (box.left_pt, box.bottom_pt, box.right_pt, box.top_pt)]
