"""What one signer's page shows: its state, and the places to sign as fractions of the shown pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from esign_desktop.sandbox.clock import china_time
from esign_desktop.sandbox.page_space import PageSpace, page_space
from esign_desktop.sandbox.pdf_files import open_pdf
from esign_desktop.sandbox.records import (
    Flow,
    FlowSigner,
    FlowStatus,
    SigningOfDocument,
    SignStatus,
)
from esign_desktop.sandbox.stamping import Stamp, stamps_of

if TYPE_CHECKING:
    from esign_desktop.sandbox.platform import Platform

_ENDED: Final = {
    FlowStatus.REVOKED: "revoked",
    FlowStatus.EXPIRED: "expired",
}


def signer_state(platform: Platform, flow: Flow, signer: FlowSigner) -> str:
    """``data-state`` of the page."""
    if flow.status in _ENDED:
        return _ENDED[flow.status]
    if flow.status is FlowStatus.TERMINATED:
        every = (signing.status for one in flow.signers for signing in one.documents)
        return "refused" if SignStatus.REFUSED in every else "failed"
    if flow.status is FlowStatus.DRAFT:
        return "not-started"
    if signer.is_done:
        return "signed"
    return "to-sign" if platform.flows.is_in_turn(flow, signer) else "waiting-turn"


def signer_view(platform: Platform, flow: Flow, signer: FlowSigner) -> dict[str, Any]:
    """Everything the page needs, as JSON. Documents are shown to whoever may sign now or has signed."""
    state = signer_state(platform, flow, signer)
    account = platform.accounts.require(signer.account_id, "accountId")
    view: dict[str, Any] = {
        "state": state,
        "scene": flow.business_scene,
        "signer": "" if signer.is_application else account.name,
        "organization": "",
        "isComplete": flow.status is FlowStatus.COMPLETED,
        "deadline": china_time(flow.sign_validity_ms)[:16],
        "reason": flow.status_description if state == "refused" else "",
        "redirectUrl": flow.redirect_url or "",
        "sealTypes": allowed_seal_types(signer),
        "documents": [],
    }
    if signer.organization_id is not None:
        view["organization"] = platform.flows.sealed_name(signer)
    if state in ("to-sign", "signed"):
        view["documents"] = [
            _document_view(platform, flow, signer, i, signing, is_open=state == "to-sign")
            for i, signing in enumerate(signer.documents)
        ]
    return view


def allowed_seal_types(signer: FlowSigner) -> list[int]:
    """0 hand-drawn, 1 template. Empty in the request means any, which for an organization is its seal."""
    if signer.seal_types:
        return sorted(set(signer.seal_types))
    return [1] if signer.organization_id is not None or signer.is_application else [0, 1]


def _document_view(
    platform: Platform,
    flow: Flow,
    signer: FlowSigner,
    document_index: int,
    signing: SigningOfDocument,
    *,
    is_open: bool,
) -> dict[str, Any]:
    entry = flow.document(signing.document_id)
    own_width = platform.flows.own_width(signer)
    with open_pdf(platform.flows.document_path(flow, signing.document_id)) as pdf:
        spaces = [page_space(pdf, pdf.page_xref(i)) for i in range(pdf.page_count)]
        marks: dict[int, list[dict[str, Any]]] = {}
        if is_open:
            for place in signing.places:
                for mark in stamps_of(pdf, place, own_width, platform.options):
                    box = _mark_view(mark, spaces[mark.page_number - 1])
                    marks.setdefault(mark.page_number, []).append(box)
    return {
        "id": signing.document_id,
        "index": document_index,
        "name": entry.name,
        "version": entry.seal_events,
        "needsPlace": is_open and not signing.places,
        "pages": [
            {
                "number": number,
                "aspect": round(space.shown_aspect, 5),
                "sealWidth": _seal_width(own_width, space),
                "marks": marks.get(number, []),
            }
            for number, space in enumerate(spaces, 1)
        ],
    }


def _mark_view(mark: Stamp, space: PageSpace) -> dict[str, Any]:
    half = mark.width / 2
    left, bottom, right, top = mark.clip or (
        mark.center_x - half,
        mark.center_y - half,
        mark.center_x + half,
        mark.center_y + half,
    )
    x0, y0 = space.to_shown(left, bottom)
    x1, y1 = space.to_shown(right, top)
    view: dict[str, Any] = {
        "x": round(min(x0, x1), 5),
        "y": round(min(y0, y1), 5),
        "w": round(abs(x1 - x0), 5),
        "h": round(abs(y1 - y0), 5),
        "isSlice": mark.clip is not None,
    }
    if mark.clip is not None and space.rotation_degrees == 0:
        # The whole seal's left edge and width, in widths of the slice.
        slice_width = right - left
        view["slice"] = [round((left - mark.center_x + half) / slice_width, 5), round(mark.width / slice_width, 5)]
    return view


def _seal_width(own_width: float, space: PageSpace) -> float:
    """The seal's own width as a fraction of the shown page's width."""
    shown_width = space.height if space.rotation_degrees in (90, 270) else space.width
    return round(own_width / shown_width, 5)
