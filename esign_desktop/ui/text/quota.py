"""Convert warnings about the contract plan to translated texts (platform documentation 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.china_time import china_text
from esign_desktop.services.flows.quota import QuotaWarning

if TYPE_CHECKING:
    from esign_desktop.services.flows.quota import ContractAccount


def quota_sentence(warning: QuotaWarning) -> str:
    """Return the translated sentence for a warning about the contract plan."""
    match warning:
        case QuotaWarning.QUARTER_LEFT:
            return QCoreApplication.translate("QuotaWords", "A quarter of your plan or less is left.")
        case QuotaWarning.TENTH_LEFT:
            return QCoreApplication.translate("QuotaWords", "A tenth of your plan or less is left.")
        case QuotaWarning.THIRTY_DAYS_LEFT:
            return QCoreApplication.translate("QuotaWords", "Your plan ends within 30 days.")
        case QuotaWarning.FIFTEEN_DAYS_LEFT:
            return QCoreApplication.translate("QuotaWords", "Your plan ends within 15 days.")
        case QuotaWarning.USED_UP:
            return QCoreApplication.translate("QuotaWords", "Your plan is used up. The platform will reject contracts.")
        case QuotaWarning.OVER:
            return QCoreApplication.translate("QuotaWords", "Your plan has ended. The platform will reject contracts.")


def quota_sentences(account: ContractAccount) -> str:
    """Return the sentences for all warnings about a contract plan, one per line. Empty if there are none."""
    return "\n".join(quota_sentence(one) for one in account.warnings)


def quota_in_short(account: ContractAccount) -> str:
    """Return a short text for the most severe warnings about a contract plan, or an empty text if there are none."""
    warnings = account.warnings
    if QuotaWarning.OVER in warnings:
        return QCoreApplication.translate("QuotaWords", "Plan ended")
    if QuotaWarning.USED_UP in warnings:
        return QCoreApplication.translate("QuotaWords", "Plan used up")
    parts: list[str] = []
    entry = account.entry
    if entry is not None and {QuotaWarning.QUARTER_LEFT, QuotaWarning.TENTH_LEFT}.intersection(warnings):
        text = QCoreApplication.translate("QuotaWords", "About {left} of {total} contracts left")
        parts.append(text.format(left=f"{account.remaining_count or 0:,}", total=f"{entry.total_count:,}"))
    if entry is not None and {QuotaWarning.THIRTY_DAYS_LEFT, QuotaWarning.FIFTEEN_DAYS_LEFT}.intersection(warnings):
        day = china_text((entry.valid_until_ms or 0) - 1, "%Y-%m-%d")
        parts.append(QCoreApplication.translate("QuotaWords", "Plan ends on {day}").format(day=day))
    return " · ".join(parts)
