"""Convert environments, and the platform's behavior in them, to translated texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.environment import (
    ChunkTypeName,
    CrossPageSplit,
    EnvironmentKind,
    FreezeAt,
    KeywordOrigin,
    LinksAtStart,
    SealAnchor,
    SecondAccount,
)
from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from enum import StrEnum

    from esign_desktop.domain.environment import Environment


def environment_name(kind: EnvironmentKind) -> str:
    """Return the translated name of a kind of environment."""
    match kind:
        case EnvironmentKind.SANDBOX:
            return QCoreApplication.translate("EnvironmentWords", "Rehearsal")
        case EnvironmentKind.TEST:
            return QCoreApplication.translate("EnvironmentWords", "Test")
        case EnvironmentKind.PRODUCTION:
            return QCoreApplication.translate("EnvironmentWords", "Production")
        case EnvironmentKind.OWN:
            return QCoreApplication.translate("EnvironmentWords", "Custom address")


def effect_sentence(environment: Environment) -> str:
    """Return a sentence on the legal effect of contracts that are signed in an environment."""
    match environment.kind:
        case EnvironmentKind.SANDBOX:
            return QCoreApplication.translate(
                "EnvironmentWords",
                "No data leaves this computer, and nothing has legal effect.",
            )
        case EnvironmentKind.TEST:
            return QCoreApplication.translate("EnvironmentWords", "Contracts have no legal effect.")
        case EnvironmentKind.PRODUCTION:
            return QCoreApplication.translate("EnvironmentWords", "Contracts are legally binding.")
        case EnvironmentKind.OWN:
            if not environment.host:
                return QCoreApplication.translate("EnvironmentWords", "Treat contracts as legally binding.")
            return QCoreApplication.translate(
                "EnvironmentWords", "Contracts are sent to {host}. Treat them as legally binding."
            ).format(host=one_line(environment.host))


def elsewhere_sentence(theirs: Environment, here: Environment | None) -> str:
    """Return a sentence which states that a contract belongs to the environment ``theirs``, not to the current one.

    ``here`` is the current environment, or None if it is unknown.
    """
    name = environment_name(theirs.kind)
    if here is None:
        return QCoreApplication.translate("EnvironmentWords", "This contract belongs to {theirs}.").format(theirs=name)
    if here.kind is theirs.kind:
        return QCoreApplication.translate(
            "EnvironmentWords", "This contract belongs to another project or address in {theirs}."
        ).format(theirs=name)
    return QCoreApplication.translate(
        "EnvironmentWords", "This contract belongs to {theirs}. This window is using {here}."
    ).format(theirs=name, here=environment_name(here.kind))


def act_there(text: str, environment: Environment) -> str:
    """Return a button's text followed by the name of the environment in which the button acts."""
    return QCoreApplication.translate("EnvironmentWords", "{act} — {environment}").format(
        act=text, environment=environment_name(environment.kind)
    )


translate: Final = QCoreApplication.translate


def behaviour_names() -> dict[str, str]:
    """Return the translated names of the settings of the platform's behavior.

    The keys are the names of fields of ``PlatformBehaviour``.
    """
    return {
        "seal_anchor": translate("BehaviourWords", "Seal reference point"),
        "keyword_origin": translate("BehaviourWords", "Keyword offset starts at"),
        "cross_page_split": translate("BehaviourWords", "Cross-page seal"),
        "links_at_start": translate("BehaviourWords", "Signing links are returned"),
        "freeze_at": translate("BehaviourWords", "Contract is reserved"),
        "second_account": translate("BehaviourWords", "Changed mobile number"),
        "chunk_type_name": translate("BehaviourWords", "Field name for the type of appended pages"),
        "organization_seal_width_pt": translate("BehaviourWords", "Default width of organization seals"),
        "person_seal_width_pt": translate("BehaviourWords", "Default width of personal seals"),
    }


def behaviour_choices() -> dict[str, dict[StrEnum, str]]:
    """Return the translated names of all values of each setting, keyed by the field of ``PlatformBehaviour``.

    Settings that are lengths are not included.
    """
    return {
        "seal_anchor": {
            SealAnchor.CENTRE: translate("BehaviourWords", "Seal center (default)"),
            SealAnchor.LOWER_LEFT: translate("BehaviourWords", "Lower-left corner of the seal"),
        },
        "keyword_origin": {
            KeywordOrigin.LEFT_BOTTOM: translate("BehaviourWords", "Lower-left corner of the text (default)"),
            KeywordOrigin.CENTRE: translate("BehaviourWords", "Text center"),
            KeywordOrigin.RIGHT_BOTTOM: translate("BehaviourWords", "Lower-right corner of the text"),
        },
        "cross_page_split": {
            CrossPageSplit.LEFT_FIRST: translate(
                "BehaviourWords", "First page shows the left-hand part of the seal (default)"
            ),
            CrossPageSplit.RIGHT_FIRST: translate("BehaviourWords", "First page shows the right-hand part of the seal"),
        },
        "links_at_start": {
            LinksAtStart.UNKNOWN: translate("BehaviourWords", "Unknown until the first contract is sent"),
            LinksAtStart.YES: translate("BehaviourWords", "Before signers see the contract"),
            LinksAtStart.NO: translate("BehaviourWords", "Only after signers see the contract"),
        },
        "freeze_at": {
            FreezeAt.START: translate("BehaviourWords", "When the contract is created (default)"),
            FreezeAt.EXECUTE: translate("BehaviourWords", "When signers see the contract"),
        },
        "second_account": {
            SecondAccount.UNKNOWN: translate("BehaviourWords", "Unknown: ask the platform each time"),
            SecondAccount.NEW: translate("BehaviourWords", "Accepted"),
            SecondAccount.SAME: translate("BehaviourWords", "Ignored: the old number is kept"),
            SecondAccount.REFUSED: translate("BehaviourWords", "Rejected: the old number is kept"),
        },
        "chunk_type_name": {
            ChunkTypeName.CONTENT_TYPE: translate("BehaviourWords", "contentType (default)"),
            ChunkTypeName.MIME_TYPE: translate("BehaviourWords", "mimeType"),
        },
    }


def behaviour_value(name: str, value: StrEnum | float) -> str:
    """Return the translated name of a setting's value, or a length in millimeters if ``value`` is in points.

    If the value has no name, return the value itself as a text. Raise KeyError if ``name`` is no setting with choices.
    """
    if isinstance(value, float):
        return translate("BehaviourWords", "{length} mm").format(length=f"{pt_to_mm(value):.1f}")
    return {str(one): text for one, text in behaviour_choices()[name].items()}.get(str(value), str(value))
