"""Presets whose every word is one text."""

from __future__ import annotations

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.options import FlowOptions
from esign_desktop.domain.preset.preset import Preset, new_preset_id
from esign_desktop.domain.signer import OpenSigner, OrganizationSigner, SignerId


def hostile_preset(text: str, key: int = 2) -> Preset:
    """Return a preset with a customer and a branch."""
    person = Person(text, id_number=text[:20], mobile=text[:20])
    roles = (
        OpenSigner(SignerId("customer"), text),
        OrganizationSigner(SignerId("branch"), Organization(text), person, role=text),
    )
    return Preset(new_preset_id(), text, signers=roles, options=FlowOptions(business_scene=text), function_key=key)
