"""Check whether a preset from an external source is consistent.

Everything that the preset refers to must exist, and all numbers and text lengths must be within their limits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.added_pages import (
    MOST_ADDED_BYTES,
    MOST_ADDED_PAGES,
    MOST_CELL_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    AddedBlock,
    AddedPdf,
    frames_of,
    pdfs_of,
)
from esign_desktop.domain.contract.fingerprint import SKETCH_SIZE
from esign_desktop.domain.options import AccountParty
from esign_desktop.domain.page_ranges import MAX_PAGE_NUMBER
from esign_desktop.domain.placing.placement import (
    MAX_SEAL_PT,
    CoordinatePlacement,
    KeywordPlacement,
)
from esign_desktop.domain.preset.preset import FUNCTION_KEYS
from esign_desktop.domain.preset.questions import MAX_CHARACTERS
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    display_name,
    role_of,
)
from esign_desktop.domain.templates import MAX_CHOICES, MAX_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import Document, TemplateFilling
    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.domain.page_ranges import PageRanges
    from esign_desktop.domain.placing.placement import Placement
    from esign_desktop.domain.preset.fields import FormField
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import Signer

MAX_DOCUMENTS: Final = 20
MAX_ROLES: Final = 50
MAX_SEALS: Final = 500
MAX_FALLBACKS: Final = 200
MAX_NAME_CHARACTERS: Final = 200
MAX_ADDRESS_CHARACTERS: Final = 2000
MAX_COORDINATE_PT: Final = 1e6
_ID: Final = re.compile(r"[0-9a-f]{32}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def is_sound(preset: Preset) -> bool:
    """Return whether the preset is consistent, so that it can be displayed and filled in."""
    document_ids = [document.id for document in preset.documents]
    signers = [role.id for role in preset.signers]
    keywords = [place for place in preset.placements if isinstance(place, KeywordPlacement)]
    placements = [*preset.placements, *(point for place in keywords for point in place.fallback_placements)]
    return all(
        (
            _ID.fullmatch(preset.id) is not None,
            0 < len(preset.name) <= MAX_NAME_CHARACTERS,
            preset.function_key is None or preset.function_key in FUNCTION_KEYS,
            0 < len(document_ids) <= MAX_DOCUMENTS and len(set(document_ids)) == len(document_ids),
            0 < len(signers) <= MAX_ROLES and len(set(signers)) == len(signers),
            len(preset.placements) <= MAX_SEALS,
            all(len(place.fallbacks) <= MAX_FALLBACKS for place in keywords),
            all(place.document_id in document_ids and place.signer_id in signers for place in placements),
            all(_fits(place) for place in placements),
            all(map(_is_sound_document, preset.documents)),
            all(role.terms.step >= 0 for role in preset.signers),
            not preset.options.redirect_url or preset.options.redirect_url.startswith("https://"),
            len(preset.options.redirect_url) <= MAX_ADDRESS_CHARACTERS,
            all(len(text) <= MAX_NAME_CHARACTERS for text in _texts(preset)),
        )
    )


def _is_sound_document(document: Document) -> bool:
    frames = document.pages
    return (
        0 < len(document.name) <= MAX_NAME_CHARACTERS
        and 0 < len(frames) <= MAX_PAGE_NUMBER
        and len(document.digests) <= len(frames)
        and all(len(digest.sketch) <= SKETCH_SIZE for digest in document.digests)
        and _are_sound_frames(frames)
        and (document.template is None or _is_sound_template(document.template))
    )


def _is_sound_template(template: TemplateFilling) -> bool:
    blocks = template.blocks
    return (
        _are_sound_fields(template.preset_fields)
        and len(blocks) <= MOST_ADDED_PAGES
        and all(map(_is_sound_block, blocks))
        and len(frames_of(blocks)) <= MOST_ADDED_PAGES
        and sum(block.size_bytes for block in pdfs_of(blocks)) <= MOST_ADDED_BYTES
    )


def _is_sound_block(block: AddedBlock) -> bool:
    if isinstance(block, AddedPdf):
        return (
            0 < len(block.name) <= MAX_NAME_CHARACTERS
            and _SHA256.fullmatch(block.sha256) is not None
            and block.size_bytes > 0
            and len(block.frames) > 0
            and _are_sound_frames(block.frames)
        )
    return (
        len(block.title) <= MAX_NAME_CHARACTERS
        and len(block.rows) <= MOST_ROWS
        and all(len(row) <= MOST_COLUMNS for row in block.rows)
        and all(len(cell) <= MOST_CELL_CHARACTERS for row in block.rows for cell in row)
    )


def _are_sound_frames(frames: tuple[PageFrame, ...]) -> bool:
    return all(_is_length(frame.width_pt) and _is_length(frame.height_pt) and frame.user_unit > 0 for frame in frames)


def _are_sound_fields(fields: tuple[FormField, ...]) -> bool:
    return len(fields) <= MAX_FIELDS and all(
        len(form_field.label) <= MAX_NAME_CHARACTERS
        and len(form_field.choices) <= MAX_CHOICES
        and all(0 < len(choice) <= MAX_CHARACTERS for choice in form_field.choices)
        and 0 < form_field.most_characters <= MAX_CHARACTERS
        for form_field in fields
    )


def _texts(preset: Preset) -> Iterator[str]:
    """Yield all text of a preset, except its own name, its documents' names and its redirect URL."""
    yield preset.options.business_scene
    for party in (preset.options.initiator, preset.options.payer):
        if isinstance(party, AccountParty):
            yield from (party.account_id, party.name)
    for role in preset.signers:
        yield from _texts_of(role)
    yield from (document.template.template_id for document in preset.documents if document.template is not None)
    for form_field in preset.form_fields:
        yield from (form_field.name, form_field.text)


def _texts_of(role: Signer) -> Iterator[str]:
    yield role.id
    yield from (role_of(role), display_name(role))
    match role:
        case PersonSigner(person=person):
            yield person.account_id
        case OrganizationSigner(organization=organization, agent=agent):
            yield from (organization.code, organization.account_id)
            yield from (agent.name, agent.account_id)
        case ApplicationSigner() | OpenSigner():
            pass


def _fits(place: Placement) -> bool:
    match place:
        case KeywordPlacement(keyword=keyword, offset_x_pt=x_pt, offset_y_pt=y_pt):
            is_found, numbers = 0 < len(keyword) <= MAX_NAME_CHARACTERS, [x_pt, y_pt]
        case CoordinatePlacement(pages=pages, center=center):
            is_found, numbers = _are_pages(pages), [center.x_pt, center.y_pt]
        case _:
            is_found, numbers = _are_pages(place.pages), [place.center_y_pt]
    is_near = all(abs(number) <= MAX_COORDINATE_PT for number in numbers)
    return is_found and is_near and (place.width_pt is None or 0 < place.width_pt <= MAX_SEAL_PT)


def _are_pages(pages: PageRanges) -> bool:
    """Return whether the runs of pages are ascending and separate, as in ranges built by ``PageRanges``."""
    last = -1
    for first, end in pages.runs:
        if not (last + 1 < first <= end <= MAX_PAGE_NUMBER and first >= 1):
            return False
        last = end
    return bool(pages.runs)


def _is_length(number: float) -> bool:
    return 0 < number <= MAX_COORDINATE_PT
