"""The calibration sheet that an environment has on its way, so that no other one is sent before it is measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import InputError
from esign_desktop.services.submission import SubmissionId, SubmissionState

if TYPE_CHECKING:
    from esign_desktop.domain.environment import Environment
    from esign_desktop.services.submission import SubmissionService
    from esign_desktop.store.settings import Settings

ORIGIN: Final = "calibration"
"""What the send of a sheet is marked with."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was taken on and is not measured yet; ``with_person`` has a person's seals too."""

    submission_id: SubmissionId
    with_person: bool


class Sheets:
    """At most one for each environment. Raises StoreError."""

    def __init__(self, settings: Settings, submission: SubmissionService) -> None:
        self._settings = settings
        self._submission = submission

    def find(self, environment: Environment) -> Sheet | None:
        """Return the sheet of an environment's project, if its send has not come to nothing."""
        try:
            values = json.loads(self._settings.get(_setting(environment)) or "{}")
            found = Sheet(SubmissionId(values["submission_id"]), values["with_person"] is True)
            outcome = self._submission.outcome(found.submission_id)
        except (ValueError, KeyError, TypeError, InputError):
            return self._left_unnoted(environment)
        is_lost = outcome.state in {SubmissionState.FAILED, SubmissionState.CANCELLED}
        return None if is_lost or values.get("project_id") != environment.project_id else found

    def keep(self, environment: Environment, sheet: Sheet) -> None:
        """Note that a sheet was taken on."""
        values = {
            "submission_id": sheet.submission_id,
            "project_id": environment.project_id,
            "with_person": sheet.with_person,
        }
        self._settings.set(_setting(environment), json.dumps(values))

    def forget(self, environment: Environment) -> None:
        """Note that there is none any more."""
        self._settings.delete(_setting(environment))

    def _left_unnoted(self, environment: Environment) -> Sheet | None:
        """Return what a program left that ended between taking the contract on and noting it here."""
        home = environment.kind, environment.project_id
        for one in self._submission.unfinished():
            if one.origin == ORIGIN and (one.environment, one.project_id) == home and not one.is_under_way:
                return Sheet(one.id, with_person=len(self._submission.contract(one.id).signers) > 1)
        return None


def _setting(environment: Environment) -> str:
    return f"calibration.{environment.kind.value}"
