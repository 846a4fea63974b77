"""The commands ``--check-policy`` and ``--set-secret``, for administrators of many computers."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Final

from esign_desktop.app.commands.console import print_error, use_language
from esign_desktop.domain.errors import AppError, InputError
from esign_desktop.store.files.paths import system_policy_path
from esign_desktop.store.files.policy_file import read_policy
from esign_desktop.store.secrets import SecretStore
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.domain.environment import EnvironmentKind
    from esign_desktop.domain.policy import Policy

_LONGEST_SECRET: Final = 500
_KEYRING_WAIT_S: Final = 60.0
"""The user may have to unlock the keyring, and no window waits for this command."""


def run_policy_check(arguments: Arguments) -> int:
    """Check a policy file, print the result, and return the exit status: 0 if the policy is valid, otherwise 1."""
    from PySide6.QtCore import QCoreApplication

    use_language()
    path = arguments.check_policy
    if path is None:
        return 2
    try:
        path = path.absolute()
        if not path.exists() and not path.is_symlink():
            raise InputError("policy.gone", path=str(path), place="–")
        policy = _policy(path)
    except AppError as error:
        print_error(error)
        return 1
    good = QCoreApplication.translate("Managing", "{path} is valid. Place it at {place} to put it into effect.")
    lines = [good.format(path=path, place=system_policy_path()), *_remarks(policy)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _remarks(policy: Policy) -> list[str]:
    """Return a sentence for each setting of a valid policy that the administrator probably did not intend."""
    from PySide6.QtCore import QCoreApplication

    from esign_desktop.domain.environment import EnvironmentKind

    missing = QCoreApplication.translate("Managing", "{place}: this folder doesn't exist on this computer: {path}")
    folders = {
        "folders.downloads": policy.download_folder,
        "folders.presets": policy.presets_folder,
        "folders.days": policy.days_folder,
        "results": policy.results.parent if policy.results is not None else None,
        "data_folder": policy.data_folder,
    }
    remarks = [
        missing.format(place=place, path=folder)
        for place, folder in folders.items()
        if folder is not None and not folder.is_dir()
    ]
    if policy.environment is EnvironmentKind.PRODUCTION and not policy.project_id:
        remarks.append(QCoreApplication.translate("Managing", "project: not specified, so users choose the project."))
    if policy.environment is EnvironmentKind.OWN and not policy.address:
        remarks.append(QCoreApplication.translate("Managing", "address: not specified, so users choose the platform."))
    return remarks


def run_secret(arguments: Arguments) -> int:
    """Store a project's secret in the keyring, and return the exit status: 0 if the secret was stored, otherwise 1.

    The secret is read from a pipe, or the user is prompted for it.
    """
    from PySide6.QtCore import QCoreApplication

    use_language()
    try:
        policy = _policy(system_policy_path())
        kind = _environment(arguments, policy)
        project_id = arguments.project or policy.project_id
        if not project_id:
            raise InputError("environment.no_project", environment=kind.value)
        secret = _secret(QCoreApplication.translate("Managing", "Secret of project {project}: "), project_id)
        SecretStore(timeout_s=_KEYRING_WAIT_S).set(kind, project_id, secret)
    except AppError as error:
        print_error(error)
        return 1
    done = QCoreApplication.translate(
        "Managing", "The secret of project {project} ({environment}) is stored in the keyring."
    )
    sys.stdout.write(done.format(project=project_id, environment=kind.value) + "\n")
    return 0


def _policy(path: Path) -> Policy:
    return read_policy(path, resource_path("policy.schema.json"))


def _environment(arguments: Arguments, policy: Policy) -> EnvironmentKind:
    from esign_desktop.domain.environment import EnvironmentKind

    named = EnvironmentKind(arguments.environment) if arguments.environment else None
    if policy.environment is not None:
        if named not in {None, policy.environment}:
            raise InputError("policy.fixed")
        return policy.environment
    if named is None:
        raise InputError("secret.no_environment")
    return named


def _secret(prompt: str, project_id: str) -> str:
    if sys.stdin.isatty():
        text = getpass.getpass(prompt.format(project=project_id))
    else:
        text = sys.stdin.readline(_LONGEST_SECRET + 2)
    secret = text.strip()
    if not secret or len(secret) > _LONGEST_SECRET or not secret.isprintable():
        raise InputError("secret.unusable")
    return secret
