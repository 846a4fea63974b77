"""Merge two versions of a preset: two concurrent edits, or a stored preset and its replacement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import Signer

Value = TypeVar("Value")


def with_changes_meanwhile(edited: Preset, base: Preset, kept: Preset) -> Preset:
    """Return a preset with the changes that two versions, ``edited`` and ``kept``, have made to ``base``.

    ``kept`` is the version that is stored now. Raises InputError ``preset.edited_meanwhile`` if both versions changed
    the same part.
    """
    merged = replace(
        _one_of(edited, base, kept, by=_contract),
        name=_one_of(edited.name, base.name, kept.name),
        function_key=_one_of(edited.function_key, base.function_key, kept.function_key),
        home=_one_of(edited.home, base.home, kept.home),
        signers=_roles(edited.signers, base.signers, kept.signers),
        settled=tuple(sorted({*edited.settled, *kept.settled})),
    )
    signers = {role.id for role in merged.signers}
    if any(place.signer_id not in signers for place in merged.placements):
        raise InputError("preset.edited_meanwhile")
    return merged


def _contract(preset: Preset) -> object:
    return preset.documents, preset.placements, preset.options, preset.is_ordered


def _one_of(edited: Value, base: Value, kept: Value, by: Callable[[Value], object] = lambda value: value) -> Value:
    if by(kept) in (by(base), by(edited)):
        return edited
    if by(edited) == by(base):
        return kept
    raise InputError("preset.edited_meanwhile")


def _roles(edited: tuple[Signer, ...], base: tuple[Signer, ...], kept: tuple[Signer, ...]) -> tuple[Signer, ...]:
    """Return the merged roles. The two versions may have filled in different roles."""
    if not [role.id for role in edited] == [role.id for role in base] == [role.id for role in kept]:
        return _one_of(edited, base, kept)
    return tuple(map(_one_of, edited, base, kept))


def with_local_parties(mine: Preset, fresh: Preset) -> Preset:
    """Return ``fresh`` with the function key, staff and organizations of ``mine``.

    ``mine`` is the preset that ``fresh`` replaces.
    """
    known = {role.id: role for role in mine.signers}

    def kept(role: Signer) -> Signer:
        match role, known.get(role.id):
            case PersonSigner(), PersonSigner(person=person):
                return replace(role, person=person)
            case OrganizationSigner(), OrganizationSigner(organization=organization, agent=agent):
                return replace(role, organization=organization, agent=agent)
            case _:
                return role

    settled = tuple(sorted({*mine.settled, *fresh.settled}))
    return replace(fresh, signers=tuple(map(kept, fresh.signers)), function_key=mine.function_key, settled=settled)
