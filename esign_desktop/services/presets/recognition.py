"""The result of recognizing open documents: a preset, or the form of a contract that was sent before."""

from __future__ import annotations

from dataclasses import dataclass, field

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.matching.comparing import Change
from esign_desktop.domain.placing.placement import KeywordHits
from esign_desktop.domain.preset.differences import Difference
from esign_desktop.domain.preset.preset import Preset


@dataclass(frozen=True, slots=True)
class SentBefore:
    """The latest contract that was sent on a form.

    ``customers`` is empty if the contract is no longer listed. ``sent_at_ms`` is in epoch milliseconds. ``use_count``
    is the number of contracts that were sent on the form with the id ``form_id``.
    """

    customers: tuple[str, ...] = field(repr=False)
    sent_at_ms: int
    form_id: str = ""
    use_count: int = 1


@dataclass(frozen=True, slots=True)
class Recognition:
    """A preset that was recognized in open documents, with its fixed seals at their places on these documents.

    ``document_ids`` identifies the open document for each of the preset's documents. ``changes`` contains the
    differences of the wording and the parties, without values. ``unplaced_count`` is the number of seals for which no
    place was found. ``differences`` are those that concern the other seals, and ``hits`` contains the matches of the
    preset's keywords in the open documents. If ``sent`` is not None, the preset has no name: it is the form of a
    contract that was sent before.
    """

    preset: Preset
    document_ids: tuple[DocumentId, ...]
    changes: tuple[Change, ...] = ()
    unplaced_count: int = 0
    differences: tuple[Difference, ...] = ()
    hits: KeywordHits = field(default_factory=dict)
    sent: SentBefore | None = None
