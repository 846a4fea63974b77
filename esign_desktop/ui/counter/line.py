"""Provide the input line for a customer's name, ID number and phone number, which are accepted in any order.

The line is interpreted while it is typed. It also shows problems and facts to be compared, and takes the answers to
questions from forms.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.people.customer_line import MAX_CHARACTERS, PartKind, with_document_word
from esign_desktop.domain.people.documents import DOCUMENT_WORDS
from esign_desktop.override import override
from esign_desktop.services.people.customers import CustomerProblem, ResidentFacts, Sex
from esign_desktop.ui.text.answer import answer_check, question_hint, question_label
from esign_desktop.ui.text.lists import one_after_another
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import id_type_words
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, set_font_px
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import set_tone

if TYPE_CHECKING:
    from esign_desktop.domain.account import PersonIdType
    from esign_desktop.domain.preset.questions import Question
    from esign_desktop.services.people.customers import CustomerLook


translate = QCoreApplication.translate
_RESIDENT_CHARACTERS: Final = 18
_MOBILE_CHARACTERS: Final = 11


def problem_sentence(problem: CustomerProblem) -> str:
    """Return a translated sentence on a problem in a line, or on something that the teller should check."""
    return {
        CustomerProblem.NAME_MISSING: translate("CustomerWords", "The name is missing."),
        CustomerProblem.NUMBER_MISSING: translate("CustomerWords", "The ID number is missing."),
        CustomerProblem.NUMBER_WRONG: translate("CustomerWords", "Invalid ID number. Compare it with the card."),
        CustomerProblem.DOCUMENT_UNSAID: translate(
            "CustomerWords", "Several ID types use this number format. Choose one with Ctrl+I."
        ),
        CustomerProblem.DOCUMENT_OTHER: translate(
            "CustomerWords", "The number doesn't match its type. Check it, or press Ctrl+I to choose another type."
        ),
        CustomerProblem.MOBILE_WRONG: translate("CustomerWords", "Invalid mobile number. Check it with the customer."),
        CustomerProblem.NAME_AMBIGUOUS: translate("CustomerWords", "Several names were entered. Keep one."),
        CustomerProblem.NUMBER_AMBIGUOUS: translate("CustomerWords", "Several ID numbers were entered. Keep one."),
        CustomerProblem.MOBILE_AMBIGUOUS: translate("CustomerWords", "Several mobile numbers were entered. Keep one."),
        CustomerProblem.UNREAD: translate(
            "CustomerWords",
            "One number is neither a resident ID number nor a mobile number. For other ID types, press Ctrl+I.",
        ),
        CustomerProblem.ANOTHER_NAME: translate(
            "CustomerWords", "This ID number is saved under a different name. Compare it with the card."
        ),
        CustomerProblem.MOBILE_MISSING: translate(
            "CustomerWords", "No mobile number. The QR code on the screen still works."
        ),
        CustomerProblem.MOBILE_KEPT: translate(
            "CustomerWords",
            "The platform keeps the mobile number that it already has. The QR code on the screen still works.",
        ),
        CustomerProblem.MINOR: translate("CustomerWords", "Under 18: can this person sign alone?"),
        CustomerProblem.NAME_SHORT: translate(
            "CustomerWords", "The name has only one character. Compare it with the card."
        ),
        CustomerProblem.TOO_OLD: translate(
            "CustomerWords", "According to this ID number, the customer is over 120 years old. Check the year of birth."
        ),
        CustomerProblem.NUMBER_LENGTH: translate(
            "CustomerWords", "An ID number must have 18 characters. Compare it with the card."
        ),
        CustomerProblem.ORGANIZATION_MISSING: translate("CustomerWords", "The organization's name is missing."),
        CustomerProblem.ORGANIZATION_AMBIGUOUS: translate(
            "CustomerWords", "Several organizations were entered. Keep one."
        ),
        CustomerProblem.CODE_MISSING: translate("CustomerWords", "The unified social credit code is missing."),
        CustomerProblem.CODE_WRONG: translate(
            "CustomerWords", "Invalid unified social credit code. Compare it with the business license."
        ),
        CustomerProblem.CODE_AMBIGUOUS: translate(
            "CustomerWords", "Several unified social credit codes were entered. Keep one."
        ),
        CustomerProblem.AGENT_MISSING: translate("CustomerWords", "The representative's name is missing."),
        CustomerProblem.ANOTHER_ORGANIZATION: translate(
            "CustomerWords",
            "This unified social credit code is saved under a different name. Compare it with the business license.",
        ),
    }[problem]


def document_word(kind: PersonIdType) -> str:
    """Return the word, in Chinese or English like the window, by which a line states the type of an ID document."""
    chinese, english = DOCUMENT_WORDS[kind][0], DOCUMENT_WORDS[kind][-1]
    return chinese if QLocale().language() == QLocale.Language.Chinese else english


def compared_number(number: str) -> str:
    """Return an ID or phone number in groups of digits, so that it can easily be compared.

    Other numbers are unchanged.
    """
    if len(number) == _RESIDENT_CHARACTERS:
        return f"{number[:6]} {number[6:14]} {number[14:]}"
    if number.isdecimal() and len(number) == _MOBILE_CHARACTERS:
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    return number


def compared_code(code: str) -> str:
    """Return an organization's code in groups of four, so that it can easily be compared with the business license."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def person_words(facts: ResidentFacts) -> str:
    """Return a text with sex and age according to an ID number, which the teller compares with the person."""
    sex = translate("CustomerWords", "male") if facts.sex is Sex.MALE else translate("CustomerWords", "female")
    return translate("CustomerWords", "{sex}, {years} years old").format(sex=sex, years=facts.age_years)


_LINE_PX: Final = 28
_READING_PX: Final = 22
_CRAMPED_PX: Final = 16
_LABEL_PX: Final = 15
_LONGEST_NAME: Final = 24


class _Cell(Enum):
    """A part of the interpreted line. ORGANIZATION and CODE are shown only if the line is for an organization."""

    ORGANIZATION = auto()
    CODE = auto()
    NAME = auto()
    NUMBER = auto()
    PERSON = auto()
    PHONE = auto()


_ORGANIZATION: Final = (_Cell.ORGANIZATION, _Cell.CODE)


class SmartLine(QWidget):
    """The input line for a customer or an answer, with the interpretation of the text below.

    ``show_look`` sets the interpretation: the parts of the line, whether numbers are valid, facts to be compared with
    the person, and what is missing.
    """

    typed = Signal(str)
    """Carries the text after each change, including changes by the program."""
    submitted = Signal(str)
    """Carries the text when Enter is pressed. It is empty only for the answer to a question."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: CustomerLook | None = None
        self._role = ""
        self._kind = AccountKind.PERSON
        self._question: Question | None = None
        self._sends = True
        self._is_for_next = False
        self._is_small = False
        self._is_error = False
        self._announced = ""
        self._label = ElidedLabel(self)
        self._edit = QLineEdit(self)
        self._edit.setMaxLength(MAX_CHARACTERS)
        # The context menu is disabled, so that personal data is not copied to the clipboard.
        self._edit.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._label.setBuddy(self._edit)
        self._names = {cell: ElidedLabel(self) for cell in _Cell}
        self._values = {cell: PlainLabel(self) for cell in _Cell}
        self._advice = PlainLabel(self, is_wrapped=True)
        self._lay_out()
        self._edit.textChanged.connect(self._on_edit_text_changed)
        self._edit.returnPressed.connect(self._on_edit_return_pressed)
        self.setFocusProxy(self._edit)
        self._show_question()
        self._show()

    @property
    def text(self) -> str:
        return self._edit.text()

    @property
    def advice(self) -> str:
        return self._advice.text()

    @property
    def reading(self) -> tuple[str, ...]:
        """The displayed values of the parts of the interpreted line. A missing part is a dash."""
        return tuple(self._values[cell].text() for cell in self._cells)

    @property
    def _cells(self) -> tuple[_Cell, ...]:
        """The parts of the interpretation that apply to the current customer: a person has no organization and code."""
        return tuple(cell for cell in _Cell if self._kind is AccountKind.ORGANIZATION or cell not in _ORGANIZATION)

    def ask_for(self, role: str, *, sends: bool = True, kind: AccountKind = AccountKind.PERSON) -> None:
        """Ask for the line of a customer. ``role`` is the customer's role, or empty if there is only one customer.

        ``sends`` means that the contract is sent after this line, which the advice then announces.
        """
        self._role, self._question, self._is_for_next, self._sends = role, None, False, sends
        self._kind = kind
        self._show_question()

    def ask_for_next(self) -> None:
        """Ask for the next customer below the result of the previous contract, with the input field only."""
        self._role, self._question, self._is_for_next = "", None, True
        self._show_question()

    def ask_question(self, question: Question) -> None:
        self._question, self._is_for_next = question, False
        self._show_question()

    def _show_question(self) -> None:
        asks_form = self._question is not None
        customer = self.tr("Next customer") if self._is_for_next else self.tr("Customer")
        asked = self._role if self._question is None else question_label(self._question)
        self._label.setText(one_line(asked) or customer)
        is_organization = self._kind is AccountKind.ORGANIZATION
        hint = self.tr("Name, ID number, mobile number (any order)")
        if is_organization:
            hint = self.tr("Organization and its credit code; representative's name, ID number, mobile number")
        self._edit.setPlaceholderText(hint if self._question is None else question_hint(self._question))
        for cell in _Cell:
            is_shown = cell in self._cells and not asks_form and not self._is_for_next
            self._names[cell].setVisible(is_shown)
            self._values[cell].setVisible(is_shown)
        self._names[_Cell.NAME].setText(self.tr("Representative") if is_organization else self.tr("Name"))
        self._advice.setVisible(not self._is_for_next)
        self._label.setVisible(not (self._is_for_next and self._is_small))
        if asks_form:
            self._show()

    def make_room(self, *, is_small: bool) -> None:
        self._is_small = is_small
        self._grid.setHorizontalSpacing(8 if is_small else 24)
        self._edit.setMinimumHeight(40 if is_small else 56)
        for cell in _Cell:
            set_font_px(self._values[cell], _CRAMPED_PX if is_small else _READING_PX)

    def show_look(self, look: CustomerLook | None, *, is_error: bool = False) -> None:
        """Show the result of interpreting the line, or nothing for None.

        ``is_error`` means that the submitted line was rejected.
        """
        self._look = look
        self._is_error = is_error
        self._show()

    def put_back(self, text: str) -> None:
        """Put a text into the line and select it. Do nothing if the line already has a text."""
        if text and not self._edit.text():
            self._edit.setText(text)
            self._edit.selectAll()

    def clear(self) -> None:
        """Clear the line with its interpretation and its undo history, which contain personal data."""
        self._announced = ""
        self._edit.setText("")
        self.show_look(None)

    def say_next_document(self) -> None:
        """Write the word of the next possible document type into the line, for an ID number that several types use.

        Do nothing if there is no choice.
        """
        line = self._look.line if self._look is not None else None
        kinds = line.choosable_types if line is not None else ()
        if line is None or not kinds:
            return
        present = line.said_type or line.id_type
        chosen = kinds[(kinds.index(present) + 1) % len(kinds)] if present in kinds else kinds[0]
        self._edit.setText(with_document_word(self._edit.text(), document_word(chosen)))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        self._names[_Cell.ORGANIZATION].setText(self.tr("Organization"))
        self._names[_Cell.CODE].setText(self.tr("Credit code"))
        self._names[_Cell.PERSON].setText(self.tr("Please check"))
        self._names[_Cell.PHONE].setText(self.tr("Mobile"))
        for widget, pixels in ((self._label, _READING_PX), (self._edit, _LINE_PX), (self._advice, _READING_PX)):
            set_font_px(widget, pixels)
        self._edit.setMinimumHeight(56)
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        persons = [cell for cell in _Cell if cell not in _ORGANIZATION]
        places = {cell: (0, 2 * place, 2) for place, cell in enumerate(_ORGANIZATION)}
        places |= {cell: (2, place, 1) for place, cell in enumerate(persons)}
        for cell, (row, column, columns) in places.items():
            set_font_px(self._names[cell], _LABEL_PX)
            set_font_px(self._values[cell], _READING_PX)
            self._values[cell].setMinimumHeight(34)
            grid.addWidget(self._names[cell], row, column, 1, columns)
            grid.addWidget(self._values[cell], row + 1, column, 1, columns)
        for column in range(len(persons)):
            grid.setColumnStretch(column, 1)
        self._advice.setMinimumSize(1, 60)
        self._advice.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        vbox(self._label, self._edit, grid, self._advice, spacing=12, parent=self)

    def _show(self) -> None:
        look = self._look
        line = look.line if look is not None else None
        number = line.value(PartKind.ID_NUMBER) if line is not None else ""
        is_right = look is not None and look.is_number_right
        kind = line.id_type if line is not None else None
        self._names[_Cell.NUMBER].setText(self.tr("ID number") if kind is None else id_type_words()[kind])
        organization = look.organization if look is not None else None
        code = organization.code if organization is not None else ""
        is_code_right = look is not None and look.is_code_right
        values = {
            _Cell.ORGANIZATION: one_line(organization.name, most_characters=_LONGEST_NAME) if organization else "",
            _Cell.CODE: f"{'✓' if is_code_right else '✗'} {compared_code(code)}" if code else "",
            _Cell.NAME: one_line(look.name, most_characters=_LONGEST_NAME) if look is not None else "",
            _Cell.NUMBER: f"{'✓' if is_right else '✗'} {compared_number(number)}" if number else "",
            _Cell.PERSON: person_words(look.facts) if look is not None and look.facts is not None else "",
            _Cell.PHONE: compared_number(line.value(PartKind.MOBILE)) if line is not None else "",
        }
        for cell, value in values.items():
            self._values[cell].setText(value or "—")
        set_tone(self._values[_Cell.NUMBER], "" if not number else "success" if is_right else "danger")
        set_tone(self._values[_Cell.CODE], "" if not code else "success" if is_code_right else "danger")
        for label in self._names.values():
            set_tone(label, "hint")
        self._advice.setText(self._advice_words(look))
        is_alarming = look is not None and bool(look.obstacles) and self._is_error
        if is_alarming or (look is not None and not look.obstacles):
            # An incomplete line is not announced, because its missing parts would be read out after each key.
            self._announce(self._advice.text())
        set_tone(self._advice, "danger" if is_alarming else "hint")

    def _announce(self, advice: str) -> None:
        if advice != self._announced:
            announce(self._edit, advice, is_urgent=self._is_error)
        self._announced = advice

    def _advice_words(self, look: CustomerLook | None) -> str:
        if self._question is not None:
            return answer_check(self._question, self._edit.text())
        if look is None or not self._edit.text().strip():
            return ""
        if look.obstacles:
            return one_after_another(*map(problem_sentence, look.obstacles[:2]))
        words = [problem_sentence(problem) for problem in look.problems]
        if look.signed_at_ms is not None:
            told = self.tr(
                "Already signed today (sent at {time}). When you press Enter, you're asked "
                "before another contract is sent."
            )
            return one_after_another(*words, told.format(time=china_time(look.signed_at_ms)[-5:]))
        if look.is_known:
            words.append(self.tr("Returning customer."))
        step = self.tr("Press Enter to send.") if self._sends else self.tr("Press Enter to continue.")
        return one_after_another(*words, step)

    def _on_edit_text_changed(self, text: str) -> None:
        if not text or self._question is not None:
            self.show_look(None)
        self.typed.emit(text)

    def _on_edit_return_pressed(self) -> None:
        # An empty answer is submitted, too: an optional question accepts it, and otherwise the service reports it.
        if self._edit.text().strip() or self._question is not None:
            self.submitted.emit(self._edit.text())
