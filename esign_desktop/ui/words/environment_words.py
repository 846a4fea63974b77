"""Environments in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.environment import Environment


def environment_name(kind: EnvironmentKind) -> str:
    """Name an environment."""
    match kind:
        case EnvironmentKind.SANDBOX:
            return QCoreApplication.translate("EnvironmentWords", "Rehearsal")
        case EnvironmentKind.TEST:
            return QCoreApplication.translate("EnvironmentWords", "Test")
        case EnvironmentKind.PRODUCTION:
            return QCoreApplication.translate("EnvironmentWords", "Production")
        case EnvironmentKind.OWN:
            return QCoreApplication.translate("EnvironmentWords", "Own address")


def effect_sentence(environment: Environment) -> str:
    """Say what signing there means."""
    match environment.kind:
        case EnvironmentKind.SANDBOX:
            return QCoreApplication.translate(
                "EnvironmentWords", "A rehearsal on this computer: nothing leaves it, nothing has legal effect."
            )
        case EnvironmentKind.TEST:
            return QCoreApplication.translate(
                "EnvironmentWords", "The platform's test environment: what is signed there has no legal effect."
            )
        case EnvironmentKind.PRODUCTION:
            return QCoreApplication.translate("EnvironmentWords", "This is the real thing: it has legal effect.")
        case EnvironmentKind.OWN:
            if not environment.host:
                return QCoreApplication.translate(
                    "EnvironmentWords", "An address of your own: take it as having legal effect."
                )
            return QCoreApplication.translate(
                "EnvironmentWords", "An address of your own ({host}): take it as having legal effect."
            ).format(host=one_line(environment.host))
