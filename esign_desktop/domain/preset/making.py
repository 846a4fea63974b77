"""Make a preset from a prepared contract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.placing.participation import with_documents
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    KeywordPlacement,
    PlacementId,
    with_matches,
)
from esign_desktop.domain.preset.preset import (
    Preset,
    new_preset_id,
    with_field_roles,
    with_signer_ids,
)
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    SignerId,
    role_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from esign_desktop.domain.contract.fingerprint import PageDigest
    from esign_desktop.domain.document import TemplateFilling
    from esign_desktop.domain.placing.placement import KeywordHits, Placement
    from esign_desktop.domain.preset.preset import PresetHome
    from esign_desktop.domain.signer import Signer


Id = TypeVar("Id", bound=str)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A preset converted to a contract for editing. ``base`` is the stored preset at the time of the conversion."""

    preset: Preset
    draft: ContractDraft
    base: Preset | None = None

    @property
    def ids(self) -> dict[str, str]:
        """The preset's ids of documents, signers and seals, keyed by their ids in ``draft``."""
        of_documents = zip(self.draft.documents, self.preset.documents, strict=True)
        of_signers = zip(self.draft.signers, self.preset.signers, strict=True)
        of_seals = zip(self.draft.placements, self.preset.placements, strict=True)
        return {copy.id: original.id for copy, original in (*of_documents, *of_signers, *of_seals)}

    def edited(
        self, draft: ContractDraft, kept: Mapping[DocumentId, Document] | None = None, hits: KeywordHits | None = None
    ) -> Preset:
        """Return the preset with the changes in ``draft``. See ``preset_of`` for ``kept`` and ``hits``.

        Without ``kept``, the documents have no digests, and the preset is fit for checks only.
        """
        customers = {signer.id for signer in draft.signers if isinstance(signer, OpenSigner)}
        kept = kept or {one.id: kept_document(one, (), one.template) for one in draft.documents}
        preset = self.preset
        made = preset_of(draft, customers, kept, name=preset.name, hits=hits, home=preset.home, laid_out=self)
        return replace(made, id=preset.id, function_key=preset.function_key, settled=preset.settled)

    def keeps_points(self, seal: KeywordPlacement, draft: ContractDraft) -> bool:
        """Return whether the seal's fallback points apply as they are, instead of the points of the found matches.

        This is so if the user has set them, or if the edited contract ``draft`` has the seal at the same words of the
        same file as the preset.
        """
        before = next((place for place in self.draft.placements if place.id == seal.id), None)
        if isinstance(before, KeywordPlacement) and _spot(before, self.draft) == _spot(seal, draft):
            return True
        known = before.fallbacks if isinstance(before, KeywordPlacement) else ()
        return bool(seal.fallbacks) and seal.fallbacks != known


def _spot(seal: KeywordPlacement, draft: ContractDraft) -> object:
    return draft.document(seal.document_id).sha256, seal.keyword, seal.offset_x_pt, seal.offset_y_pt


def preset_of(
    draft: ContractDraft,
    customers: Collection[SignerId],
    kept: Mapping[DocumentId, Document],
    *,
    name: str,
    titles: Mapping[SignerId, str] | None = None,
    hits: KeywordHits | None = None,
    home: PresetHome | None = None,
    laid_out: LaidOut | None = None,
) -> Preset:
    """Return a preset made from a contract. ``customers`` are the signers that are replaced in each new contract.

    ``kept`` contains each document in the form in which the preset stores it. ``titles`` maps signers to their titles
    in the documents. ``hits`` supplies the fallback points of keywords. If the contract is an edited preset,
    ``laid_out`` is the preset before the edit: its ids are kept, and so are the fallback points that
    ``LaidOut.keeps_points`` names. Raises InputError ``preset.not_a_person`` if a customer is the application, and
    KeyError if a document has no entry in ``kept``.
    """
    ids = laid_out.ids if laid_out is not None else {}
    signer_ids = _numbered("role", [signer.id for signer in draft.signers], ids, SignerId)
    document_ids = _numbered("document", [document.id for document in draft.documents], ids, DocumentId)
    seal_ids = _numbered("seal", [placement.id for placement in draft.placements], ids, PlacementId)
    documents = tuple(
        with_field_roles(replace(kept[old_id], id=new_id), signer_ids) for old_id, new_id in document_ids.items()
    )
    signers = tuple(
        _signer(
            replace(signer, terms=with_documents(signer.terms, document_ids)),
            signer_ids[signer.id],
            (titles or {}).get(signer.id, "") or role_of(signer),
            is_open=signer.id in customers,
        )
        for signer in draft.signers
    )
    placements: list[Placement] = []
    for placement in draft.placements:
        if placement.signer_id in signer_ids and placement.document_id in document_ids:
            seal = replace(
                placement,
                id=seal_ids[placement.id],
                signer_id=signer_ids[placement.signer_id],
                document_id=document_ids[placement.document_id],
            )
            if isinstance(seal, CoordinatePlacement):
                # They are read again on each document that the preset is used for.
                seal = replace(seal, anchor=None, unverified_at=None)
            found = (hits or {}).get(_search(placement))
            if isinstance(placement, KeywordPlacement) and isinstance(seal, KeywordPlacement) and found is not None:
                keeps_points = not found or (laid_out is not None and laid_out.keeps_points(placement, draft))
                counted = with_matches(seal, found, draft.behaviour)
                seal = replace(counted, fallbacks=seal.fallbacks) if keeps_points else counted
            placements.append(seal)
    return Preset(
        id=new_preset_id(),
        name=name,
        documents=documents,
        signers=signers,
        placements=tuple(placements),
        options=with_signer_ids(draft.options, signer_ids),
        is_ordered=draft.is_ordered,
        home=home,
    )


def kept_document(
    document: Document, digests: tuple[PageDigest, ...], template: TemplateFilling | None = None
) -> Document:
    """Return an open document in the form in which a preset stores it.

    If there is a template, the preset refers to the template instead of storing the document's file.
    """
    size_bytes, sha256 = document.size_bytes, document.sha256
    kept = Document(document.id, "", document.name, size_bytes, sha256, document.pages, digests=digests)
    return kept if template is None else kept.created_from(template)


def only_document(draft: ContractDraft, document_id: DocumentId) -> ContractDraft:
    """Return a copy of the contract with only this document and the signers who sign it.

    These are the signers who have a seal on the document, and the signers who choose their own positions in the
    document. If no signer has a seal on the document, signers without ``free_documents`` are also included. Raises
    KeyError if the contract does not contain the document.
    """
    placements = tuple(place for place in draft.placements if place.document_id == document_id)
    with_seal = {place.signer_id for place in placements}
    signers = tuple(
        signer
        for signer in draft.signers
        if signer.id in with_seal
        or (document_id in signer.terms.free_documents if signer.terms.free_documents else not with_seal)
    )
    return replace(draft, documents=(draft.document(document_id),), signers=signers, placements=placements)


def _signer(signer: Signer, signer_id: SignerId, title: str, *, is_open: bool) -> Signer:
    if is_open:
        match signer:
            case PersonSigner() | OpenSigner(kind=AccountKind.PERSON):
                return OpenSigner(signer_id, title, signer.terms)
            case OrganizationSigner() | OpenSigner():
                return OpenSigner(signer_id, title, signer.terms, AccountKind.ORGANIZATION)
            case ApplicationSigner():
                raise InputError("preset.not_a_person")
    signer = replace(signer, id=signer_id)
    return signer if isinstance(signer, ApplicationSigner) else replace(signer, role=title)


def _numbered(word: str, ids: Sequence[Id], known: Mapping[str, str], kind: Callable[[str], Id]) -> dict[Id, Id]:
    """Return the known new ids, and for every other id one of "word 1", "word 2", … that is not among the known."""
    taken = frozenset(known.values())
    free = (name for number in count(1) if (name := f"{word} {number}") not in taken)
    return {old_id: kind(known[old_id] if old_id in known else next(free)) for old_id in ids}


def _search(placement: Placement) -> tuple[DocumentId, str]:
    return placement.document_id, placement.keyword if isinstance(placement, KeywordPlacement) else ""


def require_agreed(draft: ContractDraft, hits: KeywordHits) -> None:
    """Raise InputError if a keyword has no matches, or has several matches that the user has not confirmed.

    The codes are ``preset.keyword_not_found`` (keyword) and ``preset.keyword_unconfirmed`` (keyword, count). A keyword
    that has not been searched for is skipped.
    """
    for place in draft.placements:
        if isinstance(place, KeywordPlacement):
            found = hits.get(_search(place))
            if found is not None:
                require_agreed_seal(place, len(found))


def require_agreed_seal(place: KeywordPlacement, count: int) -> None:
    """Raise the errors of ``require_agreed`` for one seal whose keyword has ``count`` matches."""
    if not count and not place.fallbacks:
        raise InputError("preset.keyword_not_found", keyword=place.keyword)
    if count > 1 and place.confirmed_hits != count:
        raise InputError("preset.keyword_unconfirmed", keyword=place.keyword, count=count)
