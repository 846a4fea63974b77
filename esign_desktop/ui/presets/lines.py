"""Describe a preset in lines, so that two presets can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.added_pages import AddedPdf
from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.domain.options import (
    AccountParty,
    SignerParty,
    SignUntil,
    SignWithin,
)
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement
from esign_desktop.domain.preset.edits import role_kind
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.moments import china_time, span
from esign_desktop.ui.text.options import channel_words, platform_words
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import field_row, role_kind_words, role_names, seal_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.added_pages import AddedBlock
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.options import Party
    from esign_desktop.domain.placing.placement import Placement
    from esign_desktop.domain.preset.preset import Preset

_LONGEST = 60
_SHOWN_OF_HASH = 8

translate = QCoreApplication.translate


class Line(NamedTuple):
    """A line of a preset's description.

    Two presets differ in this line if the values of ``comparable`` differ, even if those of ``text`` are the same.
    """

    text: str
    comparable: object


def preset_lines(preset: Preset) -> dict[str, Line]:
    """Return the description of a preset as a mapping from translated labels to lines.

    The lines cover all data that affects contracts. The text of a line without data may be empty.
    """
    options, names = preset.options, role_names(preset)
    documents = tuple((one.id, one.name, one.pages, _source(one)) for one in preset.documents)
    blocks = tuple(block for one in preset.documents if one.template is not None for block in one.template.blocks)
    archived, key = options.archive_until_ms, preset.function_key
    return {
        translate("PresetLines", "Name"): _plain(one_line(preset.name)),
        translate("PresetLines", "Counter key"): _plain("" if key is None else f"F{key}"),
        translate("PresetLines", "Contract title"): _plain(one_line(options.business_scene or preset.title)),
        translate("PresetLines", "Documents"): Line("\n".join(map(_document, preset.documents)), documents),
        translate("PresetLines", "Signers"): Line(
            "\n".join(_roles(preset, names)), (preset.signers, preset.is_ordered)
        ),
        translate("PresetLines", "Signs automatically"): _plain(automatic_signers(preset)),
        translate("PresetLines", "Seals"): Line(
            "\n".join(_seal(place, names) for place in preset.placements), preset.placements
        ),
        translate("PresetLines", "Pages at the end"): Line("\n".join(map(_block, blocks)), blocks),
        translate("PresetLines", "Form fields"): Line("\n".join(_fields(preset, names)), tuple(preset.form_fields)),
        translate("PresetLines", "After signing"): Line(one_line(options.redirect_url), options.redirect_url),
        translate("PresetLines", "Sign within"): Line(_deadline(preset), options.deadline),
        translate("PresetLines", "Archived until"): Line("" if archived is None else china_time(archived), archived),
        translate("PresetLines", "Notifications"): Line(listed(_channels(preset)), options.notices),
        translate("PresetLines", "Signing methods"): Line(listed(_platforms(preset)), options.platforms),
        translate("PresetLines", "Initiator"): Line(_party(options.initiator, names), options.initiator),
        translate("PresetLines", "Payer"): Line(_party(options.payer, names), options.payer),
    }


def automatic_signers(preset: Preset) -> str:
    """Return the names of the roles that sign automatically, as a list in one text. Empty if there are none."""
    names = role_names(preset)
    return listed(names[str(role.id)] for role in preset.signers if role.terms.is_silent)


def _plain(text: str) -> Line:
    return Line(text, text)


def _source(document: Document) -> str:
    return document.sha256 if document.template is None else document.template.template_id


def _document(document: Document) -> str:
    name, pages = one_line(document.name, most_characters=_LONGEST), document.page_count
    if document.template is None:
        return translate("PresetLines", "{name}: PDF {mark}, pages: {pages}").format(
            name=name, pages=pages, mark=document.sha256[:_SHOWN_OF_HASH]
        )
    return translate("PresetLines", "{name}: template {mark}, pages: {pages}").format(
        name=name, pages=pages, mark=one_line(document.template.template_id, most_characters=_LONGEST)
    )


def _block(block: AddedBlock) -> str:
    """Describe a table by its title and its first row, and a PDF file by its name, its hash and its page count."""
    if isinstance(block, AddedPdf):
        return translate("PresetLines", "{name}: PDF {mark}, pages: {pages}").format(
            name=one_line(block.name, most_characters=_LONGEST),
            pages=len(block.frames),
            mark=block.sha256[:_SHOWN_OF_HASH],
        )
    texts = (block.title, *(cell for row in block.rows[:1] for cell in row))
    return " · ".join(one_line(text, most_characters=_LONGEST) for text in texts if text.strip())


def _roles(preset: Preset, names: dict[str, str]) -> Iterator[str]:
    kinds = role_kind_words()
    for role in preset.signers:
        step = f"{role.terms.step}. " if preset.is_ordered and role.terms.step else ""
        yield f"{step}{names[str(role.id)]} · {kinds[role_kind(role).value]}"


def _seal(place: Placement, names: dict[str, str]) -> str:
    row = f"{seal_row(place, names)} {_where(place)}"
    if not isinstance(place, KeywordPlacement):
        return row
    if place.confirmed_hits:
        return translate("PresetLines", "{seal}, positions: {count}").format(seal=row, count=place.confirmed_hits)
    if place.confirmed_hits == 0:
        return translate("PresetLines", "{seal}, not found; fallback positions: {count}").format(
            seal=row, count=len(place.fallbacks)
        )
    return translate("PresetLines", "{seal}, check before use").format(seal=row)


def _where(place: Placement) -> str:
    """Return a seal's position on the page or its offset from the keyword, and its width, in millimeters."""
    match place:
        case KeywordPlacement(offset_x_pt=x_pt, offset_y_pt=y_pt):
            at = f"{pt_to_mm(x_pt):+.0f}, {pt_to_mm(y_pt):+.0f}"
        case CoordinatePlacement(center=center):
            at = f"{pt_to_mm(center.x_pt):.0f}, {pt_to_mm(center.y_pt):.0f}"
        case _:
            at = f"{pt_to_mm(place.center_y_pt):.0f}"
    return f"({at} mm)" if place.width_pt is None else f"({at} mm, ↔ {pt_to_mm(place.width_pt):.0f} mm)"


def _fields(preset: Preset, names: dict[str, str]) -> Iterator[str]:
    for one in preset.form_fields:
        yield field_row(one, names) + (" *" if one.must_be_filled else "")


def _deadline(preset: Preset) -> str:
    match preset.options.deadline:
        case SignWithin(duration_ms=length_ms):
            return span(length_ms)
        case SignUntil(at_ms=at_ms):
            return translate("PresetLines", "until {moment}").format(moment=china_time(at_ms))
        case None:
            return translate("PresetLines", "account default")


def _channels(preset: Preset) -> Iterator[str]:
    words = channel_words()
    return (words[channel] for channel in sorted(preset.options.notices))


def _platforms(preset: Preset) -> Iterator[str]:
    words = platform_words()
    return (words[platform] for platform in sorted(preset.options.platforms))


def _party(party: Party | None, names: dict[str, str]) -> str:
    match party:
        case SignerParty(signer_id=signer_id):
            return names.get(str(signer_id), "")
        case AccountParty(account_id=account_id, name=name):
            return one_line(name or account_id, most_characters=_LONGEST)
        case None:
            return translate("PresetLines", "our account")
