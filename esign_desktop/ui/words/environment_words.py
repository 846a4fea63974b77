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


def elsewhere_sentence(theirs: Environment, here: Environment | None) -> str:
    """Say that a contract belongs to another environment than the one that is chosen here."""
    name = environment_name(theirs.kind)
    if here is None:
        return QCoreApplication.translate("EnvironmentWords", "This contract belongs to: {theirs}.").format(theirs=name)
    if here.kind is theirs.kind:
        return QCoreApplication.translate(
            "EnvironmentWords", "This contract belongs to another project or address of: {theirs}."
        ).format(theirs=name)
    return QCoreApplication.translate(
        "EnvironmentWords", "This contract belongs to: {theirs}. The window stands in: {here}."
    ).format(theirs=name, here=environment_name(here.kind))


def act_there(text: str, environment: Environment) -> str:
    """Name the environment on a button that acts in it."""
    return QCoreApplication.translate("EnvironmentWords", "{act} — {environment}").format(
        act=text, environment=environment_name(environment.kind)
    )
