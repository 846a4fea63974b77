"""The dry run and the run in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from esign_desktop.domain.bulk_columns import ColumnKind
from esign_desktop.domain.preset_edits import role_title
from esign_desktop.services.bulk import BulkStop, RowState
from esign_desktop.services.bulk_people import form_value
from esign_desktop.ui.bulk.words import TargetNames
from esign_desktop.ui.error_sentences import error_sentence
from esign_desktop.ui.presets.editor.preset_words import problem_sentence
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.bulk_columns import ColumnTarget
    from esign_desktop.domain.preset import Preset
    from esign_desktop.services.bulk import BulkPlan, BulkReport
    from esign_desktop.ui.bulk.work import BulkWork

_SHOWN_KINDS: Final = frozenset({ColumnKind.TITLE, ColumnKind.REFERENCE, ColumnKind.QUESTION})


class RunWords(QObject):
    """Counted things; a class because only ``tr`` knows plurals."""

    def counts(self, work: BulkWork) -> str:
        """Say how many rows are in which state."""
        parts = [
            (work.count(RowState.READY), self.tr("{count} ready")),
            (work.count(RowState.UNFINISHED), self.tr("{count} half sent")),
            (work.count(RowState.FAULTY), self.tr("{count} to correct")),
            (work.count(RowState.FAILED), self.tr("{count} not sent")),
            (work.count(RowState.HELD), self.tr("{count} held")),
            (work.count(RowState.SENT), self.tr("{count} already sent, left out")),
        ]
        said = [text.format(count=f"{count:,}") for count, text in parts if count]
        return self.tr(", ").join(said) if said else self.tr("No rows")

    def cost(self, plan: BulkPlan) -> str:
        """Say what sending freezes, and what is left of the package then."""
        cost = plan.cost
        if not cost.contract_count:
            return self.tr("Nothing is frozen.") if not plan.can_run else self.tr("Nothing more is frozen.")
        amount = f"{cost.amount_yuan:,.2f}"
        frozen = self.tr("Freezes %n contract(s), about ¥{amount}", "", cost.contract_count).format(amount=amount)
        if cost.left_after is None:
            return self.tr("{frozen}.").format(frozen=frozen)
        if cost.left_after < 0:
            short = self.tr("%n more than the package has left.", "", -cost.left_after)
            return self.tr("{frozen}: {short}").format(frozen=frozen, short=short)
        text = self.tr("{frozen}; {left} left afterwards.")
        return text.format(frozen=frozen, left=f"{cost.left_after:,}")

    def terms(self, plan: BulkPlan) -> list[str]:
        """Say what the preset has done that nobody sees in the sheet: seals without anybody, and where people land."""
        silent = [one_line(role_title(role)) for role in plan.preset.roles if role.terms.is_silent]
        found = [self.tr("{name} seals each of them automatically.").format(name=name or "…") for name in silent]
        address = one_line(plan.preset.options.redirect_url)
        if address:
            found.append(self.tr("After signing, people are led to {address}.").format(address=address))
        return found

    def values(self, plan: BulkPlan, indexes: Sequence[int]) -> list[str]:
        """Say what is written into the forms of some rows, and what their contracts are called where that differs."""
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
        """Say what keeps all rows from being sent: columns that are missing, and problems of the preset itself."""
        names = TargetNames(plan.preset)
        found = []
        if plan.missing:
            listed = self.tr(", ").join(names[target] for target in plan.missing)
            found.append(self.tr("No column for: {names}. Choose one above the grid.").format(names=listed))
        return [*found, *(problem_sentence(one) for one in plan.problems)]

    def send_label(self, count: int, *, is_binding: bool = False) -> str:
        """Word the one button."""
        if not count:
            return self.tr("Nothing to send")
        if is_binding:
            return self.tr("Send %n contract(s) — with legal effect", "", count)
        return self.tr("Send %n contract(s)", "", count)

    def progress(self, done: int, total: int) -> str:
        """Say how far a run is."""
        text = self.tr("{done} of {total} sent, {left} to go")
        return text.format(done=f"{done:,}", total=f"{total:,}", left=f"{max(0, total - done):,}")

    def outcome(self, report: BulkReport, *, done: int, total: int) -> tuple[str, str]:
        """Say how a run ended, and what that means for the rows that it did not send."""
        left = max(0, total - done)
        if report.stop is BulkStop.DONE and not left:
            said = self.tr("All %n contract(s) sent.", "", done)
            return said, self.tr("Running the same sheet again sends only what is new in it.")
        if report.stop is BulkStop.DONE:
            sent, rest = self.tr("%n contract(s) sent", "", done), self.tr("%n row(s) not", "", left)
            return self.tr("{sent}, {rest}.").format(sent=sent, rest=rest), self.tr(
                "Each of them says why. Correct them here or in the sheet; what was sent is never sent again."
            )
        title = {
            BulkStop.PAUSED: self.tr("Paused: {progress}"),
            BulkStop.NETWORK: self.tr("The platform can't be reached: {progress}"),
            BulkStop.HELD: self.tr("Stopped, for it is not known whether one row arrived: {progress}"),
            BulkStop.REFUSED: self.tr("Stopped, for the rows can't help it: {progress}"),
            BulkStop.STORE: self.tr("Stopped, for it can't be written down here: {progress}"),
        }[report.stop]
        return title.format(progress=self.progress(done, total)), self._why(report)

    def _why(self, report: BulkReport) -> str:
        if report.stop is BulkStop.PAUSED:
            return self.tr("Nothing is lost, also if the program ends now.")
        if report.stop is BulkStop.HELD:
            return self.tr("It is held, and never sent twice. You can go on with the others.")
        if report.error is None:
            return ""
        sentence = error_sentence(report.error)
        return f"{sentence.title} {sentence.remedy}".strip()


def _in_the_form(preset: Preset, target: ColumnTarget, value: str) -> str:
    """Return a value as it will stand in the contract."""
    return form_value(preset.question(target.question), value) if target.kind is ColumnKind.QUESTION else value
