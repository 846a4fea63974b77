"""Problems: what checks find wrong with a draft, as values that name their subject.

A problem is not a sentence; the window words it. BLOCKING stops the send, CONFIRM wants one tick first, WARNING and
HINT only tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.placing.placement import PlacementId
from esign_desktop.domain.signer import SignerId


class Severity(IntEnum):
    """How much a problem weighs; higher is worse."""

    HINT = 0
    WARNING = 1
    CONFIRM = 2
    BLOCKING = 3


@dataclass(frozen=True, slots=True)
class OptionsSubject:
    """A field of the flow's options, by its attribute name."""

    name: str


@dataclass(frozen=True, slots=True)
class SignerSubject:
    """A signer, and the field of theirs that is meant."""

    signer_id: SignerId
    name: str = ""


@dataclass(frozen=True, slots=True)
class DocumentSubject:
    """A document."""

    document_id: DocumentId


@dataclass(frozen=True, slots=True)
class FieldSubject:
    """A field of a document's form."""

    document_id: DocumentId
    name: str


@dataclass(frozen=True, slots=True)
class PlacementSubject:
    """A placement, and the page where it shows, if there is one."""

    placement_id: PlacementId
    page_number: int | None = None


Subject = OptionsSubject | SignerSubject | DocumentSubject | FieldSubject | PlacementSubject | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that ``checks`` found. ``code`` is the key of its sentence and ``params`` what that needs."""

    code: str
    severity: Severity
    subject: Subject = None
    params: Mapping[str, str | float] = field(default_factory=dict)


def is_sendable(problems: tuple[Problem, ...]) -> bool:
    """Whether nothing stops the send."""
    return all(problem.severity < Severity.CONFIRM for problem in problems)
