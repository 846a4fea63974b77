"""Show the rules of the policy for which no other section of Settings has a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QWidget

from esign_desktop.domain.policy import AUDIT_TO_SYSTEM
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.policy import policy_sentence
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from esign_desktop.domain.policy import Policy


class OrganizationRules(QWidget):
    """Shows the rules that an administrator has set in the policy, one in each row.

    ``is_empty`` is True if there are none.
    """

    manual_page = "policy"

    def __init__(self, policy: Policy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rules = self._rules(policy)
        self.is_empty = not rules
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(16)
        layout.setVerticalSpacing(8)
        layout.addRow(PlainLabel(self, policy_sentence(), look="hint"))
        for name, rule in rules:
            layout.addRow(PlainLabel(self, name), PlainLabel(self, one_line(rule), is_wrapped=True))

    def _rules(self, policy: Policy) -> list[tuple[str, str]]:
        audit_to = self.tr("System log") if policy.audit_to == AUDIT_TO_SYSTEM else policy.audit_to
        rules = [
            (self.tr("Shared presets"), str(policy.presets_folder or "")),
            (
                self.tr("Presets on function keys"),
                "   ".join(f"F{key}: {name}" for key, name in policy.preset_keys),
            ),
            (
                self.tr("Allowed shared presets"),
                "" if policy.preset_digests is None else self.tr("%n file(s)", "", len(policy.preset_digests)),
            ),
            (self.tr("Results are appended to"), str(policy.results or "")),
            (self.tr("Numbers of each day are written to"), str(policy.days_folder or "")),
            (self.tr("PIN"), self.tr("at least %n digit(s)", "", policy.pin_digits) if policy.pin_digits else ""),
            (
                self.tr("Tellers' PINs"),
                self.tr("must be changed after %n day(s)", "", policy.pin_days) if policy.pin_days else "",
            ),
            (
                self.tr("Counter locks"),
                self.tr("after %n minute(s) of inactivity", "", policy.lock_after_minutes)
                if policy.lock_after_minutes
                else "",
            ),
            (
                self.tr("Field values are kept"),
                self.tr("%n hour(s), for corrections", "", policy.keep_hours) if policy.keep_hours else "",
            ),
            (
                self.tr("Legally binding contracts"),
                self.tr("require a second teller's PIN in Review and Bulk") if policy.needs_second_person else "",
            ),
            (
                self.tr("Tellers"),
                self.tr("can be changed only by the administrator") if policy.are_tellers_by_administrator else "",
            ),
            (
                self.tr("Counter"),
                self.tr("stays locked until a teller signs in") if policy.needs_teller else "",
            ),
            (self.tr("Forms of sent contracts"), "" if policy.remembers_forms else self.tr("are not remembered")),
            (self.tr("Data folder"), str(policy.data_folder or "")),
            (self.tr("Audit log checksum"), audit_to),
            (self.tr("Log level"), policy.log_level),
        ]
        return [(name, rule) for name, rule in rules if rule]
