"""The problems that checks find in a draft, and the objects that the problems concern.

A problem contains no text; the user interface provides the wording. BLOCKING problems prevent sending, CONFIRM problems
require the user's confirmation, and WARNING and HINT problems are for information only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.placing.placement import PlacementId
from esign_desktop.domain.signer import SignerId


class Severity(IntEnum):
    """The severity of a problem. A higher value is more severe."""

    HINT = 0
    WARNING = 1
    CONFIRM = 2
    BLOCKING = 3


@dataclass(frozen=True, slots=True)
class OptionsSubject:
    """An option of the flow as the subject of a problem. ``name`` is the option's attribute name in FlowOptions."""

    name: str


@dataclass(frozen=True, slots=True)
class SignerSubject:
    """A signer as the subject of a problem. ``name`` is the affected field, or "" for the whole signer."""

    signer_id: SignerId
    name: str = ""


@dataclass(frozen=True, slots=True)
class DocumentSubject:
    """A document as the subject of a problem."""

    document_id: DocumentId


@dataclass(frozen=True, slots=True)
class FieldSubject:
    """A field of a document's form as the subject of a problem."""

    document_id: DocumentId
    name: str


@dataclass(frozen=True, slots=True)
class PlacementSubject:
    """A placement as the subject of a problem. ``page_number`` is the affected page, or None for all pages."""

    placement_id: PlacementId
    page_number: int | None = None


Subject = OptionsSubject | SignerSubject | DocumentSubject | FieldSubject | PlacementSubject | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem found by the checks. ``code`` selects the message, and ``params`` holds the values to insert."""

    code: str
    severity: Severity
    subject: Subject = None
    params: Mapping[str, str | float] = field(default_factory=dict)


def is_sendable(problems: tuple[Problem, ...]) -> bool:
    """Return whether all problems are only warnings or hints, so that the draft can be sent without confirmation."""
    return all(problem.severity < Severity.CONFIRM for problem in problems)
