"""Provide the texts of the Bulk room, such as those for row states, problems, column meanings, plans and runs."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap

from esign_desktop.domain.account import is_mainland_mobile, masked_mobile, masked_number
from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget, offers_of
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.signer import title_of
from esign_desktop.services.bulk.plan import form_value
from esign_desktop.services.bulk.results import ResultWords
from esign_desktop.services.bulk.values import BulkStop, RowState
from esign_desktop.services.flows.quota import QuotaWarning
from esign_desktop.services.sheets.writing import RowNotes
from esign_desktop.ui.text.errors.sentences import SentenceValues, error_sentence
from esign_desktop.ui.text.flow import flow_state_word
from esign_desktop.ui.text.lists import one_after_another
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import problem_sentence as preset_problem_sentence
from esign_desktop.ui.text.quota import quota_sentence
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from esign_desktop.domain.bulk.rows import RowProblem
    from esign_desktop.domain.bulk.sheet import Sheet
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.bulk.values import BulkPlan, BulkReport, PlannedRow
    from esign_desktop.ui.bulk.work import BulkWork


translate = QCoreApplication.translate
_ICON_PX: Final = 16


class RowFilter(IntEnum):
    """A filter for the rows of the table. ``FILTER_STATES`` maps it to the states of the rows that it selects."""

    ALL = 0
    ATTENTION = 1
    READY = 2
    SENT = 3


FILTER_STATES: Final = {
    RowFilter.ALL: frozenset(RowState),
    RowFilter.ATTENTION: frozenset({RowState.FAULTY, RowState.FAILED, RowState.HELD, RowState.DIFFERS}),
    RowFilter.READY: frozenset({RowState.READY, RowState.UNFINISHED, RowState.SENDING}),
    RowFilter.SENT: frozenset({RowState.SENT}),
}
EDITABLE_STATES: Final = frozenset({RowState.READY, RowState.FAULTY, RowState.FAILED})
"""The states in which cells can be edited. In the other states, the row was sent or is being sent, at least in part."""


_ICONS: Final = {
    RowState.FAULTY: "warning",
    RowState.SENT: "check",
    RowState.UNFINISHED: "clock",
    RowState.HELD: "lock",
    RowState.DIFFERS: "warning",
    RowState.SENDING: "send",
    RowState.FAILED: "error",
}


def state_icon(state: RowState) -> QIcon:
    """Return the icon of a row state. The icon of the ready state is transparent, with the same size as the others."""
    if state in _ICONS:
        return icon(_ICONS[state], state_colour(state) or theme().hint)
    nothing = QPixmap(_ICON_PX, _ICON_PX)
    nothing.fill(Qt.GlobalColor.transparent)
    return QIcon(nothing)


def state_colour(state: RowState) -> QColor | None:
    """Return the text color of a row state, or None for the default color."""
    colours = theme()
    return {
        RowState.FAULTY: colours.danger,
        RowState.FAILED: colours.danger,
        RowState.HELD: colours.warning_ink,
        RowState.DIFFERS: colours.warning_ink,
        RowState.UNFINISHED: colours.warning_ink,
        RowState.SENT: colours.success,
        RowState.SENDING: colours.accent,
    }.get(state)


_LONGEST_NAME: Final = 40
_LETTERS: Final = 26
_FEWEST_SECRET_DIGITS: Final = 15
_LONGEST_LOOKED_AT: Final = 200
_LONGEST_MOBILE: Final = 13
"""The length of a mobile number with two spaces or hyphens."""
_EXPONENT: Final = re.compile(r"[0-9]+([.,][0-9]+)?[Ee][+]?[0-9]+")
_NUMBERS: Final = re.compile(r"[0-9][0-9 -]{6,}[0-9Xx]")
_ENDED: Final = frozenset({FlowStatus.REVOKED, FlowStatus.EXPIRED, FlowStatus.TERMINATED, FlowStatus.COMPLETED})

_SENTENCES: Final = {
    "bulk.hidden_row": QT_TRANSLATE_NOOP(
        "BulkWords",
        "This row is hidden in the sheet, perhaps by a filter, so it won't be sent. "
        "Unhide the row in the sheet, then choose the sheet again.",
    ),
    "bulk.missing": QT_TRANSLATE_NOOP("BulkWords", "{name} is missing."),
    "bulk.bad_name": QT_TRANSLATE_NOOP("BulkWords", "The name column contains a number or an address."),
    "bulk.bad_id_number": QT_TRANSLATE_NOOP("BulkWords", "Invalid ID number: wrong length or check digit."),
    "bulk.bad_mobile": QT_TRANSLATE_NOOP("BulkWords", "Invalid mobile number."),
    "bulk.bad_email": QT_TRANSLATE_NOOP("BulkWords", "Invalid email address."),
    "bulk.bad_code": QT_TRANSLATE_NOOP("BulkWords", "Invalid registration number: wrong length or check digit."),
    "bulk.bad_code_type": QT_TRANSLATE_NOOP("BulkWords", "Unknown registration type."),
    "bulk.bad_id_type": QT_TRANSLATE_NOOP("BulkWords", "Unknown ID type."),
    "bulk.document_unsaid": QT_TRANSLATE_NOOP(
        "BulkWords",
        "This is the number of a residence permit for Hong Kong, Macao and Taiwan "
        "residents. The platform has no such ID type. In a column named “ID type”, "
        "specify whether to submit it as an identity card or a travel permit.",
    ),
    "bulk.number_rounded": QT_TRANSLATE_NOOP(
        "BulkWords",
        "The spreadsheet program kept only the first 15 digits of this number. Enter the "
        "number again here, or format the cell as text and enter the number there.",
    ),
    "bulk.formula": QT_TRANSLATE_NOOP(
        "BulkWords",
        "This formula has no stored result. Save the sheet in the spreadsheet program, or enter the value here.",
    ),
    "bulk.error_value": QT_TRANSLATE_NOOP("BulkWords", "This cell contains a spreadsheet error. Enter the value here."),
    "bulk.too_long": QT_TRANSLATE_NOOP(
        "BulkWords", "Too long: at most {max} characters are allowed. Shorten the text."
    ),
    "bulk.duplicate_row": QT_TRANSLATE_NOOP(
        "BulkWords",
        "This row is the same as row {row}, so the contract would be sent twice. To send "
        "both, give each row a different reference.",
    ),
    "bulk.duplicate_with_other_reach": QT_TRANSLATE_NOOP(
        "BulkWords",
        "This row has the same person and contract as row {row}, but a different mobile "
        "number or email address. Remove one of the two rows.",
    ),
    "bulk.begun_with_other_reach": QT_TRANSLATE_NOOP(
        "BulkWords",
        "Sending this contract was started with a different mobile number or email "
        "address. First complete or cancel it in Track.",
    ),
    "bulk.number_with_other_name": QT_TRANSLATE_NOOP(
        "BulkWords", "Row {row} has the same ID number but a different name. One of the two rows is wrong."
    ),
    "bulk.same_party_twice": QT_TRANSLATE_NOOP("BulkWords", "The same signer appears twice in this row."),
    "bulk.other_name_known": QT_TRANSLATE_NOOP(
        "BulkWords",
        "This ID number is saved on this computer under a different name. Check the name and the ID number.",
    ),
    "bulk.form_value_missing": QT_TRANSLATE_NOOP(
        "BulkWords", "The form needs “{field}”. Assign a column to this field, and enter a value."
    ),
    "bulk.no_amount": QT_TRANSLATE_NOOP(
        "BulkWords", "“{name}” must be an amount in yuan, in digits, such as 50,000 or 1234.50."
    ),
    "bulk.no_date": QT_TRANSLATE_NOOP("BulkWords", "“{name}” must be a valid date, such as 2026-03-09."),
    "bulk.no_number": QT_TRANSLATE_NOOP("BulkWords", "“{name}” must be a number."),
    "bulk.no_tick": QT_TRANSLATE_NOOP("BulkWords", "“{name}” is a check box: enter 是 (yes) or 否 (no)."),
    "bulk.no_choice": QT_TRANSLATE_NOOP("BulkWords", "“{name}” must be one of: {choices}."),
    "bulk.mobile_missing": QT_TRANSLATE_NOOP("BulkWords", "No mobile number, so no SMS can be sent."),
    "bulk.mobile_kept": QT_TRANSLATE_NOOP(
        "BulkWords", "The platform keeps the mobile number that it already has and sends the SMS to that number."
    ),
    "bulk.minor": QT_TRANSLATE_NOOP("BulkWords", "This person is under 18."),
}


def known_codes() -> frozenset[str]:
    """Return the codes of the row problems that have a sentence."""
    return frozenset(_SENTENCES)


class TargetNames:
    """Translated names of column meanings, looked up by ``ColumnTarget``.

    They include the role if the preset has several.

    Without a preset, names never include a role.
    """

    def __init__(self, preset: Preset | None = None) -> None:
        offers = offers_of(preset) if preset is not None else ()
        self._roles = {offer.target: offer.role_title for offer in offers}

    def __getitem__(self, target: ColumnTarget) -> str:
        word = kind_word(target)
        role = one_line(self._roles.get(target, ""), most_characters=_LONGEST_NAME)
        if not role:
            return word
        return translate("BulkWords", "{role}: {datum}").format(role=role, datum=word)


def kind_word(target: ColumnTarget) -> str:
    """Return the translated name of a column meaning without the role, or the question for a column of form values."""
    if target.kind is ColumnKind.QUESTION:
        return one_line(target.question, most_characters=_LONGEST_NAME)
    return {
        ColumnKind.NAME: translate("BulkWords", "Name"),
        ColumnKind.ID_NUMBER: translate("BulkWords", "ID number"),
        ColumnKind.ID_TYPE: translate("BulkWords", "ID type"),
        ColumnKind.MOBILE: translate("BulkWords", "Mobile"),
        ColumnKind.EMAIL: translate("BulkWords", "Email"),
        ColumnKind.ORGANIZATION_NAME: translate("BulkWords", "Organization"),
        ColumnKind.ORGANIZATION_CODE: translate("BulkWords", "Registration number"),
        ColumnKind.CODE_TYPE: translate("BulkWords", "Registration type"),
        ColumnKind.TITLE: translate("BulkWords", "Contract title"),
        ColumnKind.REFERENCE: translate("BulkWords", "Your reference"),
    }[target.kind]


def heading_words(sheet: Sheet) -> tuple[str, ...]:
    """Return the sheet's headings for display. For a sheet without headings, these are column letters.

    Numbers are masked, because a row of data may have been mistaken for the heading row.
    """
    if not sheet.has_headings:
        return tuple(map(column_letters, range(len(sheet.headings))))
    return tuple(_NUMBERS.sub(lambda match: masked_number(match[0]), one_line(one)) for one in sheet.headings)


def masked_cell(text: str, target: ColumnTarget | None) -> str:
    """Return a cell's text for display. Numbers that may identify a person are masked, whatever the column's meaning.

    A number that a spreadsheet program converted, such as 3.30102E+17, identifies nothing and is not masked.
    """
    kind = target.kind if target is not None else None
    digits = "".join(character for character in text[:_LONGEST_LOOKED_AT] if character.isdigit())
    if _EXPONENT.fullmatch(text.strip()):
        return one_line(text)
    if kind is ColumnKind.MOBILE or (is_mainland_mobile(digits) and len(text.strip()) <= _LONGEST_MOBILE):
        return one_line(masked_mobile(text.strip()))
    is_secret = kind is ColumnKind.ID_NUMBER or len(digits) >= _FEWEST_SECRET_DIGITS
    return one_line(masked_number(text)) if is_secret else one_line(text)


def column_letters(index: int) -> str:
    """Return the letters by which spreadsheet programs name a column, whose index counts from 0: A, B, …, Z, AA."""
    return (column_letters(index // _LETTERS - 1) if index >= _LETTERS else "") + chr(ord("A") + index % _LETTERS)


def state_word(state: RowState) -> str:
    """Return the translated name of a row state."""
    return {
        RowState.READY: translate("BulkWords", "Ready"),
        RowState.FAULTY: translate("BulkWords", "To correct"),
        RowState.SENT: translate("BulkWords", "Sent"),
        RowState.UNFINISHED: translate("BulkWords", "Partly sent"),
        RowState.HELD: translate("BulkWords", "Needs your decision"),
        RowState.DIFFERS: translate("BulkWords", "Content differs"),
        RowState.SENDING: translate("BulkWords", "Sending"),
        RowState.FAILED: translate("BulkWords", "Not sent"),
    }[state]


def problem_sentence(problem: RowProblem, names: TargetNames) -> str:
    """Return the translated sentence of a row's problem, or the problem's code if there is no sentence."""
    sentence = _SENTENCES.get(problem.code)
    if not sentence:
        return problem.code
    params = {name: one_line(value) if isinstance(value, str) else value for name, value in problem.params.items()}
    if problem.target is not None:
        params["name"] = names[problem.target]
    return translate("BulkWords", str(sentence)).format_map(SentenceValues(params))


def row_sentences(row: PlannedRow, names: TargetNames, *, is_again: bool = False) -> list[str]:
    """Return all remarks on a row, the most severe first.

    ``is_again`` means that the user wants to send the row once more.
    """
    found = [] if row.error is None else [error_sentence(row.error).text]
    if is_again and row.state in EDITABLE_STATES:
        found.append(translate("BulkWords", "This contract was sent before and will be sent again, as you requested."))
    found.append(_state_sentence(row))
    problems = sorted(row.problems, key=lambda problem: not problem.is_blocking)
    return [*filter(None, found), *dict.fromkeys(problem_sentence(problem, names) for problem in problems)]


def result_words(names: TargetNames) -> ResultWords:
    """Return the texts for exporting results.

    They are translated by this call, on the window's thread, because the export runs on another thread.
    """

    def remark(row: PlannedRow) -> str:
        return one_after_another(*row_sentences(row, names))

    def of_person(role: str, datum: str) -> str:
        title = one_line(role, most_characters=_LONGEST_NAME)
        return translate("BulkWords", "{role}: {datum}").format(role=title, datum=datum) if title else datum

    return ResultWords(
        row=translate("BulkWords", "Row"),
        title=translate("BulkWords", "Contract title"),
        name=translate("BulkWords", "Signer"),
        mobile=translate("BulkWords", "Mobile"),
        link=translate("BulkWords", "Signing link"),
        reference=translate("BulkWords", "Your reference"),
        state=translate("BulkWords", "Status"),
        remark=translate("BulkWords", "Remark"),
        flow=translate("BulkWords", "Flow number"),
        states={state: state_word(state) for state in RowState},
        of_person=of_person,
        remark_of=remark,
    )


def saved_notes(sheet: Sheet, rows: Mapping[int, PlannedRow], names: TargetNames) -> RowNotes:
    """Return the texts that are saved beside rows to be corrected: their original row numbers and their problems.

    ``rows`` is keyed by the index of the row in the sheet.
    """
    return RowNotes(
        translate("BulkWords", "Original row"),
        translate("BulkWords", "Corrections needed"),
        {index: str(sheet.rows[index].number) for index in rows},
        {index: one_after_another(*row_sentences(row, names)) for index, row in rows.items()},
    )


def _state_sentence(row: PlannedRow) -> str:
    match row.state:
        case RowState.SENT if row.is_reached_otherwise:
            text = translate(
                "BulkWords",
                "Sent at {moment} to another mobile number or email address. The contract won't "
                "be sent again unless you choose “Send again”.",
            )
        case RowState.SENT if row.was_corrected:
            text = translate("BulkWords", "Sent at {moment} with the corrections made here.")
        case RowState.SENT if row.flow_status in _ENDED:
            text = translate("BulkWords", "Sent at {moment}. Current status: {state}.")
        case RowState.SENT:
            text = translate("BulkWords", "Sent at {moment}.")
        case RowState.UNFINISHED if row.error is None:
            text = translate("BulkWords", "Sending was started but not completed. It will continue where it stopped.")
        case RowState.HELD:
            text = translate(
                "BulkWords",
                "It's unclear whether this contract was sent, so it won't be sent again "
                "automatically. Decide in Track what to do.",
            )
        case RowState.DIFFERS:
            text = translate(
                "BulkWords",
                "The document created by the platform doesn't match this row. No signer has seen "
                "it yet. Check the document in Track.",
            )
        case _:
            return ""
    status = row.flow_status
    return text.format(
        moment=china_time(row.sent_at_ms) if row.sent_at_ms is not None else "–",
        state=flow_state_word(status, int(status)) if status is not None else "",
    )


_SHOWN_KINDS: Final = frozenset({ColumnKind.TITLE, ColumnKind.REFERENCE, ColumnKind.QUESTION})


class RunWords(QObject):
    """Texts with counts about plans and runs.

    They use ``QObject.tr``, because ``pyside6-lupdate`` does not extract plural forms from
    ``QCoreApplication.translate``.
    """

    def counts(self, work: BulkWork) -> str:
        parts = [
            (work.count(RowState.READY), self.tr("{count} ready")),
            (work.count(RowState.UNFINISHED), self.tr("{count} partly sent")),
            (work.count(RowState.FAULTY), self.tr("{count} to correct")),
            (work.count(RowState.FAILED), self.tr("{count} not sent")),
            (work.count(RowState.HELD), self.tr("{count} awaiting your decision")),
            (work.count(RowState.DIFFERS), self.tr("{count} with different content")),
            (work.count(RowState.SENT), self.tr("{count} already sent, skipped")),
        ]
        said = [text.format(count=f"{count:,}") for count, text in parts if count]
        return self.tr(", ").join(said) if said else self.tr("No rows")

    def cost(self, plan: BulkPlan) -> str:
        """Return a text with the number of contracts that sending reserves, their price, and the number left then."""
        text = self._cost(plan)
        return f"{text} {quota_sentence(QuotaWarning.OVER)}" if plan.cost.is_over and plan.can_run else text

    def _cost(self, plan: BulkPlan) -> str:
        cost = plan.cost
        if not cost.contract_count:
            return (
                self.tr("No contracts are reserved.")
                if not plan.can_run
                else self.tr("No more contracts are reserved.")
            )
        if cost.is_paid_elsewhere:
            return self.tr("Nothing is reserved from your plan: according to the preset, someone else pays.")
        amount = f"{cost.amount_yuan:,.2f}"
        reserved = self.tr("Reserves %n contract(s), about ¥{amount}", "", cost.contract_count).format(amount=amount)
        if cost.left_after is None:
            return self.tr("{reserved}.").format(reserved=reserved)
        if cost.left_after < 0:
            short = self.tr("%n more than your plan has left.", "", -cost.left_after)
            return self.tr("{reserved}: {short}").format(reserved=reserved, short=short)
        text = self.tr("{reserved}; {left} left after that.")
        return text.format(reserved=reserved, left=f"{cost.left_after:,}")

    def terms(self, plan: BulkPlan) -> list[str]:
        """Return sentences on effects of the preset that the sheet does not show, such as automatic seals.

        Empty if there are none.
        """
        silent = [one_line(title_of(role)) for role in plan.preset.signers if role.terms.is_silent]
        found = [self.tr("{name} seals each contract automatically.").format(name=name or "…") for name in silent]
        address = one_line(plan.preset.options.redirect_url)
        if address:
            found.append(self.tr("After signing, signers are redirected to {address}.").format(address=address))
        return found

    def values(self, plan: BulkPlan, indexes: Sequence[int]) -> list[str]:
        """Return a line with form values, contract title and reference for each row in ``indexes``.

        The result is empty if the sheet has no column with such values.
        """
        names = TargetNames(plan.preset)
        comma = self.tr(", ")
        lines = []
        for index in indexes:
            row, values = plan.rows[index], plan.readings[index].values
            shown = [target for target in plan.columns if target is not None and target.kind in _SHOWN_KINDS]
            told = [(names[target], _in_the_form(plan.preset, target, values.get(target, ""))) for target in shown]
            said = [self.tr("{field} {value}").format(field=name, value=one_line(value) or "–") for name, value in told]
            if said:
                who = one_line("·".join(filter(None, row.masked_names)))
                line = self.tr("Row {row}, {names}: {values}")
                lines.append(line.format(row=row.number, names=who, values=comma.join(said)))
        return lines

    def obstacles(self, plan: BulkPlan) -> list[str]:
        """Return sentences on missing columns and problems of the preset, which prevent all rows from being sent.

        The result is empty if there are none.
        """
        names = TargetNames(plan.preset)
        found = []
        if plan.missing:
            listed = self.tr(", ").join(names[target] for target in plan.missing)
            found.append(self.tr("No column for: {names}. Choose the columns above the table.").format(names=listed))
        return [*found, *(preset_problem_sentence(one) for one in plan.problems)]

    def send_label(self, count: int, *, is_binding: bool = False) -> str:
        if not count:
            return self.tr("Nothing to send")
        if is_binding:
            return self.tr("Send %n contract(s) — with legal effect", "", count)
        return self.tr("Send %n contract(s)", "", count)

    def progress(self, done: int, total: int) -> str:
        text = self.tr("{done} of {total} sent, {left} left")
        return text.format(done=f"{done:,}", total=f"{total:,}", left=f"{max(0, total - done):,}")

    def outcome(self, report: BulkReport, *, done: int, total: int) -> tuple[str, str]:
        """Return two texts: the result of a run, and what it means for the rows that were not sent.

        The second may be empty.
        """
        left, in_all = max(0, total - done), report.count(RowState.SENT)
        sent = self.tr("%n contract(s) sent", "", done)
        if in_all > done:
            run = self.tr("%n contract(s) sent in this run", "", done)
            sent = self.tr("{run}, {count} in total").format(run=run, count=f"{in_all:,}")
        if report.stop is BulkStop.DONE and not left:
            said = (
                self.tr("{sent}.").format(sent=sent) if in_all > done else self.tr("All %n contract(s) sent.", "", done)
            )
            return said, self.tr("If you run the same sheet again, only new rows are sent.")
        if report.stop is BulkStop.DONE:
            rest = self.tr("%n row(s) not sent", "", left)
            return self.tr("{sent}, {rest}.").format(sent=sent, rest=rest), self.tr(
                "Each row shows the reason. Correct the rows here or in the sheet. Rows already "
                "sent are never sent again."
            )
        title = {
            BulkStop.PAUSED: self.tr("Paused: {progress}"),
            BulkStop.NETWORK: self.tr("Can't reach the platform: {progress}"),
            BulkStop.HELD: self.tr("Stopped: one row couldn't be confirmed. {progress}"),
            BulkStop.REFUSED: self.tr("Stopped by an error that isn't caused by the rows. {progress}"),
            BulkStop.STORE: self.tr("Stopped: records can't be saved on this computer. {progress}"),
        }[report.stop]
        return title.format(progress=self.progress(done, total)), self._why(report)

    def _why(self, report: BulkReport) -> str:
        if report.stop is BulkStop.PAUSED:
            return self.tr("Nothing is lost, even if you close the program now.")
        if report.stop is BulkStop.HELD:
            return self.tr("One row needs your decision and won't be sent twice. You can continue with the others.")
        return "" if report.error is None else error_sentence(report.error).text


def _in_the_form(preset: Preset, target: ColumnTarget, value: str) -> str:
    """Return the value of a cell as it will appear in the contract."""
    return form_value(preset.question(target.question), value) if target.kind is ColumnKind.QUESTION else value
