"""How a platform behaves, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.domain.platform_behaviour import (
    CrossPageSplit,
    FreezeAt,
    KeywordOrigin,
    LinksAtStart,
    SealAnchor,
    SecondAccount,
)

if TYPE_CHECKING:
    from enum import StrEnum

translate: Final = QCoreApplication.translate


def behaviour_names() -> dict[str, str]:
    """Name what is open, by the fields of ``PlatformBehaviour``."""
    return {
        "seal_anchor": translate("BehaviourWords", "Seal's point"),
        "keyword_origin": translate("BehaviourWords", "Keyword's offset counts from"),
        "cross_page_split": translate("BehaviourWords", "Cross-page seal"),
        "links_at_start": translate("BehaviourWords", "Signing links are told"),
        "freeze_at": translate("BehaviourWords", "The price is frozen"),
        "second_account": translate("BehaviourWords", "Another mobile of a known person"),
        "organization_seal_width_pt": translate("BehaviourWords", "Organization's own seal"),
        "person_seal_width_pt": translate("BehaviourWords", "Person's own seal"),
    }


def behaviour_choices() -> dict[str, dict[StrEnum, str]]:
    """Say every answer there is, by the same fields, those that are lengths apart."""
    return {
        "seal_anchor": {
            SealAnchor.CENTRE: translate("BehaviourWords", "Its centre (usual)"),
            SealAnchor.LOWER_LEFT: translate("BehaviourWords", "Its lower left corner"),
        },
        "keyword_origin": {
            KeywordOrigin.LEFT_BOTTOM: translate("BehaviourWords", "The text's lower left corner (usual)"),
            KeywordOrigin.CENTRE: translate("BehaviourWords", "The text's centre"),
            KeywordOrigin.RIGHT_BOTTOM: translate("BehaviourWords", "The text's lower right corner"),
        },
        "cross_page_split": {
            CrossPageSplit.LEFT_FIRST: translate("BehaviourWords", "The first page has its left part (usual)"),
            CrossPageSplit.RIGHT_FIRST: translate("BehaviourWords", "The first page has its right part"),
        },
        "links_at_start": {
            LinksAtStart.UNKNOWN: translate("BehaviourWords", "Not known yet: learned with the first contract"),
            LinksAtStart.YES: translate("BehaviourWords", "Before signers see the contract"),
            LinksAtStart.NO: translate("BehaviourWords", "Only once signers see the contract"),
        },
        "freeze_at": {
            FreezeAt.START: translate("BehaviourWords", "When the contract is made (usual)"),
            FreezeAt.EXECUTE: translate("BehaviourWords", "When signers see the contract"),
        },
        "second_account": {
            SecondAccount.UNKNOWN: translate("BehaviourWords", "Not known: the platform is asked each time"),
            SecondAccount.NEW: translate("BehaviourWords", "Is taken"),
            SecondAccount.SAME: translate("BehaviourWords", "Is ignored: the old one is kept"),
            SecondAccount.REFUSED: translate("BehaviourWords", "Is refused: the old one is kept"),
        },
    }


def behaviour_value(name: str, value: StrEnum | float) -> str:
    """Say one answer to a field; a length in millimetres, as seals are ordered."""
    if isinstance(value, float):
        return translate("BehaviourWords", "{length} mm").format(length=f"{pt_to_mm(value):.1f}")
    return {str(one): text for one, text in behaviour_choices()[name].items()}.get(str(value), str(value))
