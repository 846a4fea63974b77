"""Both windows of the counter in every state on two screens, looked at for what does not fit: a process of its own.

``python -m tests.ui.counter.scaled_windows`` with Qt's drawing screens set up by the caller; prints JSON. With a folder
as its argument it leaves pictures there.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import zxingcpp
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError, InputError
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.domain.preset.questions import AnswerKind, Question
from esign_desktop.domain.signer import SignerId
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import Asked, CounterCustomer, CounterNews, CounterView, Earlier
from esign_desktop.ui.counter.controller import CounterController
from esign_desktop.ui.counter.customer_screen import px_per_mm
from esign_desktop.ui.counter.window import CounterWindow
from esign_desktop.ui.shell.application import create_application
from esign_desktop.ui.text.i18n import CHINESE, ENGLISH, Languages
from esign_desktop.ui.text.moments import now_ms
from esign_desktop.ui.widgets.labels import ElidedLabel
from esign_desktop.ui.widgets.theme import apply_theme
from tests.ui.qr_reading import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.ui.counter.customer_screen import CustomerDisplay

LINK = "https://smlt.esign.example.com/s/" + "0123456789abcdef" * 6
HALF_AN_HOUR_MS = 1_800_000
TITLE = "个人住房按揭贷款抵押担保借款合同及补充协议（2026年版）"
REASON = "合同金额与之前约定的不一致，需要与客户经理重新确认之后再签署。"
DARK = 128


def views() -> Iterator[tuple[str, CounterView]]:
    """Yield every state with the longest that may stand in it."""
    first = CounterCustomer(SignerId("1"), "借款人", "欧阳娜娜", is_current=True)
    second = CounterCustomer(SignerId("2"), "共同借款人", "买买提·吐尔逊")

    def view(state: CounterState, **more: Any) -> CounterView:
        base = {"preset_id": PresetId("p"), "preset_name": "个人住房按揭贷款", "title": TITLE}
        return CounterView(state, **{**base, "customers": (first, second), **more})

    deadline_ms = now_ms() + HALF_AN_HOUR_MS
    lost = ApiError("api.no_network", retryable=True)
    nobody = (CounterCustomer(SignerId("1"), "借款人"), CounterCustomer(SignerId("2"), "共同借款人"))
    yield "idle", CounterView()
    yield "ready", view(CounterState.READY, customers=nobody)
    yield "ready for the second", view(CounterState.READY, customers=(first, nobody[1]))
    amount = Asked(Question("a", "贷款金额（大写）", AnswerKind.AMOUNT_IN_WORDS), "伍拾万元整", "500,000.00")
    choice = Question("b", "还款方式", AnswerKind.CHOICE, ("等额本息", "等额本金", "按月付息、到期还本"))
    yield "asking", view(CounterState.READY, asked=(amount, Asked(choice)))
    many = [Asked(Question(str(number), f"第{number}项约定"), "以本合同约定的地址为准") for number in range(12)]
    yield "sum", view(CounterState.READY, asked=(amount, Asked(choice, "等额本息"), *many))
    yield "sending", view(CounterState.SENDING)
    yield "showing", view(CounterState.SHOWING, link=LINK, is_live=True, deadline_ms=deadline_ms)
    yield "showing offline", view(CounterState.SHOWING, link=LINK, is_live=True, deadline_ms=deadline_ms, error=lost)
    yield "without a link", view(CounterState.SHOWING, links_are_missing=True)
    yield "paused", view(CounterState.PAUSED, error=lost)
    yield "held", view(CounterState.HELD, error=lost)
    for is_entered_anew in (False, True):
        earlier = Earlier(now_ms(), is_entered_anew, has_form=True)
        yield f"waiting, entered anew: {is_entered_anew}", view(CounterState.WAITING, earlier=earlier)
    yield "signed", view(CounterState.SIGNED)
    yield "refused", view(CounterState.REFUSED, remark=REASON)
    yield "expired", view(CounterState.EXPIRED)
    yield "revoked", view(CounterState.REVOKED)


def _scrolls(label: QLabel) -> bool:
    parent = label.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    return parent is not None


def clipped(window: QWidget) -> Iterator[str]:
    """Yield what is wrong with the texts of a window: cut off, or beyond its edge."""
    for label in window.findChildren(QLabel):
        text = label.text()
        if not label.isVisible() or not text:
            continue
        corner = label.mapTo(window, QPoint(0, 0))
        if _scrolls(label):
            # What lies below its edge is scrolled to.
            continue
        if not window.rect().contains(label.rect().translated(corner)):
            yield f"{text!r} is beyond the edge"
        if label.wordWrap():
            if label.heightForWidth(label.width()) > label.height():
                yield f"{text!r} wants a height of {label.heightForWidth(label.width())}, and has {label.height()}"
        elif label.height() < label.sizeHint().height():
            yield f"{text!r} wants a height of {label.sizeHint().height()}, and has {label.height()}"
        elif not isinstance(label, ElidedLabel) and label.width() < label.sizeHint().width():
            yield f"{text!r} wants a width of {label.sizeHint().width()}, and has {label.width()}"


def code_on(display: CustomerDisplay) -> dict[str, float]:
    """Measure the code on the customer's window from its picture."""
    image = display.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = memoryview(bytes(image.constBits())).cast("B", (image.height(), image.bytesPerLine()))
    (found,) = zxingcpp.read_barcodes(pixels, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    corner = found.position
    left, top = corner.top_left.x, corner.top_left.y
    # The decoder's corners are within a pixel or so: go to the edge of the dark.
    while image.pixelColor(left - 1, top + 2).value() < DARK:
        left -= 1
    while image.pixelColor(left, top + 2).value() >= DARK:
        left += 1
    y = top + 2
    right = corner.top_right.x
    while image.pixelColor(right + 1, y).value() < DARK:
        right += 1
    while image.pixelColor(right, y).value() >= DARK:
        right -= 1
    side = right - left + 1
    quiet = 0
    while left - quiet > 0 and image.pixelColor(left - quiet - 1, y).value() >= DARK:
        quiet += 1
    above = 0
    while image.pixelColor(left, top).value() >= DARK:
        top += 1
    while top - above > 0 and all(
        image.pixelColor(x, top - above - 1).value() >= DARK for x in range(left, right + 1, 2)
    ):
        above += 1
    module_px = side / display.code.module_count
    ratio = display.devicePixelRatioF()
    return {
        "module_px": module_px,
        "code_mm": side / ratio / px_per_mm(display.screen()),
        "quiet_modules": min(quiet, above) / module_px,
    }


def look() -> dict[str, Any]:
    """Show everything, and return what was seen."""
    application = create_application(sys.argv[:1])
    apply_theme(application, "light")
    tellers, customers = application.screens()
    languages = Languages(application)
    problems: list[str] = []
    code: dict[str, float] = {}
    for language in (CHINESE, ENGLISH):
        languages.use(language)
        desk = CounterController(None, None, None, None)  # type: ignore[arg-type]  # nothing is asked of it here
        window = CounterWindow(desk)
        window.show_environment(Environment(EnvironmentKind.SANDBOX, "", ""))
        window.setScreen(tellers)
        window.fit(tellers.geometry().size())
        window.setGeometry(tellers.geometry())
        window.showFullScreen()
        window.placing.open()
        window.display.show_brand("示例农村商业银行股份有限公司", logo())
        for name, view in views():
            desk.changed.emit(CounterNews.CHANGED, view)
            settle()
            for kind, shown, screen in (("teller", window, tellers), ("customer", window.display, customers)):
                where = f"{kind} {name} {language}"
                if shown.geometry() != screen.geometry():
                    problems.append(f"{where}: is {shown.geometry()} on {screen.geometry()}")
                problems += [f"{where}: {one}" for one in clipped(shown)]
                if len(sys.argv) > 1:
                    shown.grab().save(f"{sys.argv[1]}/{where.replace(' ', '-')}.png")
                if view.link and decoded(shown.grab().toImage()) != [LINK]:
                    problems.append(f"{where}: the code can't be read")
            if view.link:
                code = code_on(window.display)
        problems += locked(window, desk, language)
        window.display.hide()
        window.hide()
    return {"problems": problems, "code": code}


def locked(window: CounterWindow, desk: CounterController, language: str) -> list[str]:
    """Cover both windows, with the longest that is said of a PIN; return what was wrong, and open them again."""
    window.lock()
    desk.lock.pin_known.emit(True)
    desk.lock.failed.emit(InputError("pin.wait", seconds=30))
    settle()
    if len(sys.argv) > 1:
        window.grab().save(f"{sys.argv[1]}/teller-locked-{language}.png")
    found = [f"teller locked {language}: {one}" for one in clipped(window)]
    desk.lock.tried.emit(True)
    return found


def logo() -> QImage:
    """Return a picture as wide as one may be."""
    image = QImage(1600, 260, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkRed)
    return image


def settle() -> None:
    """Let layouts come to rest."""
    for _ in range(5):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents()


if __name__ == "__main__":
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    json.dump(look(), sys.stdout)
