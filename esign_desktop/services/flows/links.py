"""The link of a signer that may be opened, copied and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.api.url_gate import is_allowed

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowRecord, FlowSigner


def links_of(record: FlowRecord, signer: FlowSigner) -> tuple[str, ...]:
    """Return the links of a signer that the flow's environment lets through."""
    return tuple(url for url in signer.urls if is_allowed(url, record.environment))
