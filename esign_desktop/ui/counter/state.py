"""Show the counter's state in large type, with the QR code if there is one, and list the keys that are available."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from esign_desktop.domain.flow import SignStatus
from esign_desktop.override import override
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import CounterView
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.moments import SILENCE_S, china_time, now_ms, span
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.labels import PlainLabel, set_font_px
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.qr import QrCode, is_web_link
from esign_desktop.ui.widgets.state_mark import Mark, StateMark

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent


translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class StateWords:
    """The texts for a state of the counter. ``mark`` is shown if there is no QR code."""

    heading: str
    detail: str = ""
    mark: Mark | None = None


def state_words(view: CounterView) -> StateWords:
    """Return the texts for the counter's state. Texts from the platform are reduced to one line of plain text."""
    match view.state:
        case CounterState.SENDING:
            return StateWords(
                translate("CounterWords", "Sending…"),
                translate("CounterWords", "The QR code will be valid in a moment.") if view.link else "",
            )
        case CounterState.WAITING:
            return _waiting(view)
        case CounterState.SHOWING:
            return _showing(view)
        case CounterState.REVOKING:
            return StateWords(translate("CounterWords", "Revoking…"))
        case CounterState.PAUSED | CounterState.FAILED:
            return _stopped(view)
        case CounterState.HELD:
            return StateWords(
                translate("CounterWords", "No answer from the platform"),
                translate(
                    "CounterWords",
                    "The platform didn't confirm the contract. The customer hasn't seen anything. "
                    "Check again first. As long as no QR code was shown, it's safe to send again.",
                ),
                Mark.UNCERTAIN,
            )
        case _:
            return _ended(view)


def patience_words(view: CounterView, seconds: int) -> str:
    """Return the text for a wait of ``seconds`` for the platform, with what the teller can do meanwhile."""
    waiting = translate("CounterWords", "Waiting for the platform: {seconds} seconds so far…").format(seconds=seconds)
    if view.state is CounterState.REVOKING:
        return waiting
    what = translate(
        "CounterWords", "You can keep waiting. To cancel, press Esc twice; the customer then receives no contract."
    )
    return f"{waiting} {what}"


def _waiting(view: CounterView) -> StateWords:
    heading = translate("CounterWords", "One of today's contracts is still unsigned")
    if view.error is not None:
        sentence = error_sentence(view.error)
        return StateWords(heading, f"{one_line(sentence.title)}\n{sentence.remedy}", Mark.WAITING)
    if view.earlier is None:
        return StateWords(heading, "", Mark.WAITING)
    if view.earlier.is_signed:
        signed = translate(
            "CounterWords",
            "This customer already signed the same contract, sent at {time}. Nothing new was sent.",
        )
        return StateWords(
            translate("CounterWords", "Already signed today"),
            signed.format(time=china_time(view.earlier.sent_at_ms)[-5:]),
            Mark.WAITING,
        )
    if view.earlier.is_entered_anew:
        told = translate(
            "CounterWords",
            "The contract sent at {time} isn't signed yet. Nothing new was sent. Show its QR "
            "code, or revoke it and send again.",
        )
    else:
        told = translate(
            "CounterWords",
            "Sent at {time}, not signed yet. The QR code is still valid. If the customer has "
            "left, keep the contract: it's in Track.",
        )
    words = [told.format(time=china_time(view.earlier.sent_at_ms)[-5:])]
    if view.earlier.has_form:
        words.append(translate("CounterWords", "The form shows the data entered at that time."))
    return StateWords(heading, "\n".join(words), Mark.WAITING)


def _showing(view: CounterView) -> StateWords:
    if view.error is not None:
        sentence = error_sentence(view.error)
        return StateWords(translate("CounterWords", "No connection; QR code still valid"), sentence.title)
    if view.links_are_missing:
        return StateWords(
            translate("CounterWords", "No QR code"),
            translate("CounterWords", "The platform returned no signing link and notifies the customer itself."),
            Mark.OVER,
        )
    if view.customers_have_signed:
        return StateWords(
            translate("CounterWords", "The customer has signed"),
            translate("CounterWords", "Other signers haven't signed yet."),
            Mark.DONE,
        )
    if view.is_to_be_confirmed:
        return StateWords(
            translate("CounterWords", "Awaiting confirmation"),
            translate("CounterWords", "The platform hasn't confirmed the signature yet."),
        )
    return StateWords(translate("CounterWords", "Waiting for the signature"))


def _stopped(view: CounterView) -> StateWords:
    is_paused = view.state is CounterState.PAUSED
    heading = translate("CounterWords", "Not sent yet") if is_paused else translate("CounterWords", "Not sent")
    mark = Mark.PAUSED if is_paused else Mark.FAILED
    if view.error is None:
        return StateWords(heading, "", mark)
    sentence = error_sentence(view.error)
    kept = translate("CounterWords", "The customer's data is still here.")
    return StateWords(heading, f"{one_line(sentence.title)}\n{sentence.remedy}\n{kept}", mark)


def _ended(view: CounterView) -> StateWords:
    match view.state:
        case CounterState.SIGNED:
            return StateWords(translate("CounterWords", "Signed"), "", Mark.DONE)
        case CounterState.REFUSED:
            heading, unsaid = translate("CounterWords", "Declined"), translate("CounterWords", "No reason was given.")
        case CounterState.BROKEN_OFF:
            heading = _broken_off(view.stopped)
            unsaid = translate("CounterWords", "See Track to find out which signer.")
        case CounterState.EXPIRED:
            anew = translate("CounterWords", "Press F12 to send the contract to the same customer again.")
            text = "\n".join(filter(None, (anew, _reason(view))))
            return StateWords(translate("CounterWords", "Expired"), text, Mark.OVER)
        case _:
            return StateWords(translate("CounterWords", "Revoked"), _reason(view), Mark.OVER)
    return StateWords(heading, _reason(view) or unsaid, Mark.STOPPED)


def _broken_off(stopped: SignStatus | None) -> str:
    match stopped:
        case SignStatus.FAILED:
            return translate("CounterWords", "Not signed: signing failed")
        case SignStatus.REFUSED:
            return translate("CounterWords", "Not signed: another signer declined")
        case _:
            return translate("CounterWords", "Not signed: signing failed, or another signer declined")


def _reason(view: CounterView) -> str:
    reason = one_line(view.remark)
    return translate("CounterWords", "Reason: {reason}").format(reason=reason) if reason else ""


def state_keys(view: CounterView) -> tuple[tuple[str, str], ...]:
    """Return the keys that have an effect in the current state, each with a label. More keys are in ``common_keys``."""
    state = view.state
    revoke = ("Esc Esc", translate("CounterWords", "revoke and clear"))
    anew = ("F12", translate("CounterWords", "send again"))
    following = ("Enter", translate("CounterWords", "next customer"))
    choose = ("F2–F8", translate("CounterWords", "choose contract"))
    keys = {
        CounterState.IDLE: (choose,),
        CounterState.SENDING: (revoke,),
        CounterState.SHOWING: (anew, ("Ctrl+M", translate("CounterWords", "by SMS instead")), revoke),
        CounterState.REVOKING: (),
        CounterState.HELD: (
            ("1", translate("CounterWords", "check again")),
            ("2", translate("CounterWords", "send again")),
            ("3", translate("CounterWords", "cancel")),
        ),
        CounterState.SIGNED: (following, ("Ctrl+P", translate("CounterWords", "print signed contract"))),
    }
    if state is CounterState.SHOWING and view.customers_have_signed:
        return following, revoke
    if state is CounterState.READY:
        return _ready_keys(view, choose)
    if state is CounterState.WAITING:
        return _waiting_keys(view, choose)
    if state in {CounterState.PAUSED, CounterState.FAILED}:
        # No contract was sent that could be revoked.
        clear = ("Esc Esc", translate("CounterWords", "clear"))
        return (("Enter", translate("CounterWords", "try again")), clear)
    return keys.get(state, (following, anew))


def _ready_keys(view: CounterView, choose: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    goes_on = ("Enter", translate("CounterWords", "continue"))
    send = ("Enter", translate("CounterWords", "send"))
    back = ("↑", translate("CounterWords", "back"))
    clear = ("Esc Esc", translate("CounterWords", "clear"))
    document = ("Ctrl+I", translate("CounterWords", "other ID type"))
    if view.wants_look:
        return send, back, clear
    if view.next_question is not None:
        return goes_on, back, clear
    enter = send if view.sends_next else goes_on
    if any(one.name for one in view.customers):
        return enter, document, back, clear
    return choose, enter, document, clear


def _waiting_keys(view: CounterView, choose: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    show = ("Enter", translate("CounterWords", "show QR code"))
    leave = ("Esc Esc", translate("CounterWords", "leave for now"))
    if view.earlier is not None and view.earlier.is_signed:
        look = ("Enter", translate("CounterWords", "show signed contract"))
        done = ("Esc Esc", translate("CounterWords", "next customer"))
        return look, ("F12", translate("CounterWords", "send another anyway")), done
    if view.earlier is not None and view.earlier.is_entered_anew:
        return show, ("F12", translate("CounterWords", "revoke and send again")), leave
    return show, choose, leave


def common_keys() -> tuple[tuple[str, str], ...]:
    """Return the keys that have the same effect in every state unless the counter is locked, each with a label."""
    return (
        ("F9", translate("CounterWords", "blank the customer's screen")),
        ("F10", translate("CounterWords", "switch screen")),
        ("Ctrl+L", translate("CounterWords", "lock")),
        ("Ctrl+T", translate("CounterWords", "shift sheet")),
        ("F11", translate("CounterWords", "leave counter")),
    )


_TICK_MS: Final = 1000
_CODE_PX: Final = 360
_CODE_OF_HEIGHT: Final = 0.36
_LEAST_PX: Final = 96
_BETWEEN_PX: Final = 48
_SPACING_PX: Final = 16
_LETTERS_PX: Final = ((44, 30, 22), (36, 26, 20), (30, 22, 18), (24, 18, 16), (20, 16, 14))
"""Font sizes of the heading, the customers and the other texts, in pixels. The largest sizes that fit are used."""


class StatePane(QWidget):
    """Shows the counter's state to the teller: texts, the customers with their full names, and a QR code or a mark."""

    def __init__(self, parent: QWidget | None = None, *, clock_ms: Callable[[], int] = now_ms) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._clock_ms = clock_ms
        self._view = CounterView()
        self._under_way = QElapsedTimer()
        self._under_way.start()
        self._code_side_px = _CODE_PX
        self._heading = PlainLabel(self)
        self._customers = PlainLabel(self)
        self._title = PlainLabel(self)
        self._detail = PlainLabel(self)
        self._countdown = PlainLabel(self)
        self.code = QrCode(self)
        self._mark = StateMark(self)
        self._labels = (self._heading, self._customers, self._title, self._detail, self._countdown)
        self._picture = QStackedWidget(self)
        self._row = QHBoxLayout(self)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._show_time)
        self._lay_out()

    @property
    def heading(self) -> str:
        return self._heading.text()

    @property
    def detail(self) -> str:
        return self._detail.text()

    def make_room(self, window_height_px: int) -> None:
        self._code_side_px = min(_CODE_PX, int(window_height_px * _CODE_OF_HEIGHT))
        self.code.setMinimumSize(self._code_side_px, self._code_side_px)
        self._fit_words()

    def show_view(self, view: CounterView) -> None:
        if view.state is not self._view.state:
            self._under_way.start()
        self._view = view
        words = state_words(view)
        self._heading.setText(words.heading)
        self._detail.setText(words.detail)
        self._title.setText(one_line(view.title))
        marks = ("✓ " if one.has_signed else "▸ " if one.is_current else "" for one in view.customers)
        names = (one_line(one.name) for one in view.customers)
        self._customers.setText("\n".join(f"{mark}{name}" for mark, name in zip(marks, names, strict=True)))
        link = view.link if is_web_link(view.link) else ""
        self.code.show_text(link)
        self.code.setAccessibleName(self.tr("Signing QR code"))
        if words.mark is not None:
            self._mark.show_mark(words.mark)
        self._picture.setCurrentIndex(0 if link else 1 if words.mark is not None else 2)
        spoken = f"{words.heading} {words.detail}".strip()
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)
            # Names are not announced, because the customer can hear the screen reader.
            announce(self, spoken, is_urgent=True)
        if (view.deadline_ms is not None and link) or view.state.is_under_way:
            self._clock.start()
        else:
            self._clock.stop()
        self._show_time()
        self._fit_words()

    @override
    def minimumSizeHint(self) -> QSize:
        # The texts adapt to the available space; see ``_fit_words``.
        height_px = self._code_side_px if self.code.text else min(self._code_side_px, _LEAST_PX)
        return QSize(2 * self._code_side_px, height_px)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _lay_out(self) -> None:
        for label in self._labels:
            label.setWordWrap(True)
            label.setMinimumWidth(1)
        self.code.setMinimumSize(_CODE_PX, _CODE_PX)
        marked = QWidget(self)
        centred = QVBoxLayout(marked)
        centred.addWidget(self._mark)
        for widget in (self.code, marked, QWidget(self)):
            self._picture.addWidget(widget)
        self._picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        words = vbox(1, *self._labels, 1, spacing=_SPACING_PX)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_BETWEEN_PX)
        self._row.addWidget(self._picture)
        self._row.addLayout(words)

    def _fit_words(self) -> None:
        """Give the texts half of the width beside a QR code, otherwise two thirds, in the largest fonts that fit."""
        has_code = bool(self.code.text)
        width_px = self.width() - _BETWEEN_PX
        words_px = min(width_px // 2, width_px - self._code_side_px) if has_code else width_px * 2 // 3
        self._row.setStretch(0, max(1, width_px - words_px))
        self._row.setStretch(1, max(1, words_px))
        shown = [label for label in self._labels if label.text()]
        for label in self._labels:
            label.setVisible(bool(label.text()))
        for heading_px, customers_px, rest_px in _LETTERS_PX:
            for label, pixels in zip(self._labels, (heading_px, customers_px, rest_px, rest_px, rest_px), strict=True):
                set_font_px(label, pixels, is_bold=label is self._heading)
            heights_px = [label.heightForWidth(words_px) for label in shown]
            if sum(heights_px) + _SPACING_PX * (len(shown) + 1) <= self.height():
                break

    def _show_time(self) -> None:
        if self._view.state.is_under_way:
            seconds = self._under_way.elapsed() // 1000
            words = patience_words(self._view, seconds) if seconds >= SILENCE_S else ""
            if words != self._countdown.text():
                self._countdown.setText(words)
                self._fit_words()
            return
        deadline_ms = self._view.deadline_ms
        if deadline_ms is None or not self._view.link:
            self._countdown.clear()
            return
        left_ms = max(0, deadline_ms - self._clock_ms())
        self._countdown.setText(self.tr("Valid for another {span}").format(span=span(left_ms)))
