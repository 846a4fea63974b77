"""What the platform tells about a flow: its sign addresses, its progress, its files (spec 4.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esign_desktop.sandbox.clock import china_time
from esign_desktop.sandbox.records import (
    Flow,
    FlowSigner,
    FlowStatus,
    SigningOfDocument,
    SignStatus,
)
from esign_desktop.sandbox.storage_urls import DOWNLOAD_SECONDS, StorageUrls

if TYPE_CHECKING:
    from collections.abc import Callable


def started(flow: Flow, sign_url: Callable[[str], str], *, tell_urls: bool) -> dict[str, Any]:
    """The data of /sign/start. One entry an account: who signs twice finds both addresses in its array."""
    answer: dict[str, Any] = {"flowId": flow.id}
    urls: dict[str, list[str]] = {}
    for signer in flow.signers:
        if not signer.is_silent:
            urls.setdefault(signer.account_id, []).append(sign_url(signer.token))
    if tell_urls:
        answer["signUrlList"] = [
            {"accountId": account_id, "signUrl": addresses} for account_id, addresses in urls.items()
        ]
    return answer


def detail(flow: Flow) -> dict[str, Any]:
    """The data of /sign/docdetail. endTime is empty until it has happened."""
    answer: dict[str, Any] = {
        "flowId": flow.id,
        "businessScene": flow.business_scene,
        "initiatorAccountId": flow.initiator_account_id,
        "flowStatus": int(flow.status),
        "startTime": china_time(flow.created_ms),
        "endTime": china_time(flow.ended_ms),
        "signInfo": [
            {
                "docId": document.document_id,
                "docName": document.name,
                "signDetail": [
                    _signing(signer, signing)
                    for signer in flow.signers
                    for signing in signer.documents
                    if signing.document_id == document.document_id
                ],
            }
            for document in flow.documents
        ],
    }
    if flow.sign_validity_ms is not None:
        answer["signValidity"] = str(flow.sign_validity_ms)
    return answer


def download(flow: Flow, urls: StorageUrls) -> list[dict[str, Any]]:
    """The data of /sign/download: the files that carry a seal by now, all of them once everyone has signed."""
    return [
        {
            "docId": one.document_id,
            "docUrl": urls.make("GET", f"flows/{flow.id}/{one.document_id}.pdf", DOWNLOAD_SECONDS),
        }
        for one in flow.documents
        if one.seal_events > 0 or flow.status is FlowStatus.COMPLETED
    ]


def _signing(signer: FlowSigner, signing: SigningOfDocument) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "accountId": signer.account_id,
        "signStatus": int(signing.status),
    }
    if signer.organization_id is not None:
        answer["authorizationOrgId"] = signer.organization_id
    if signing.received_ms is not None:
        # Spelled so on the wire.
        answer["recieveTime"] = china_time(signing.received_ms)
    if signing.signed_ms is not None:
        answer["signTime"] = china_time(signing.signed_ms)
    if signing.status is SignStatus.REFUSED and signing.explanation:
        answer["signExplain"] = signing.explanation
    return answer
