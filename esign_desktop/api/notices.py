"""Notices that the platform posts. Each notice's signature is verified before parsing (platform documentation 4.10).

Notices may arrive repeatedly and out of order. They are only hints; ``docdetail`` is authoritative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esign_desktop.api import strict_json
from esign_desktop.api.errors import OutcomeUnknown
from esign_desktop.api.signature import Secret, is_genuine
from esign_desktop.api.strict_json import Malformed, as_integer, as_object, identifier, text
from esign_desktop.api.wire import time_ms
from esign_desktop.domain.flow import FlowFinishedNotice, FlowId, FlowStatus, Notice, SignerUpdatedNotice, SignStatus

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse_notice(headers: Mapping[str, str], body: bytes, secret: Secret) -> Notice:
    """Verify a notice's signature, and parse the notice.

    Raises OutcomeUnknown ``api.unverified`` if the signature is wrong; nothing is parsed in this case. Raises
    OutcomeUnknown ``api.protocol`` if the notice is malformed.
    """
    if not is_genuine(secret, headers, body):
        raise OutcomeUnknown("api.unverified", "notice")
    try:
        return _notice(as_object(strict_json.read(body), "the notice"))
    except Malformed as error:
        detail = str(error)
    raise OutcomeUnknown("api.protocol", detail)


def _notice(source: Mapping[str, Any]) -> Notice:
    match source.get("action"):
        case "SIGN_FLOW_UPDATE":
            return SignerUpdatedNotice(
                flow_id=FlowId(identifier(source, "flowId")),
                account_id=identifier(source, "accountId"),
                doc_id=identifier(source, "docId"),
                status=SignStatus.of(as_integer(source.get("signResult"), "signResult")),
                signed_at_ms=time_ms(source, "signTime"),
                remark=text(source, "resultDescription"),
            )
        case "SIGN_FLOW_FINISH":
            # The specification contains this misspelling, which a later version may correct.
            scene_key = "businessScence" if source.get("businessScence") else "businessScene"
            return FlowFinishedNotice(
                flow_id=FlowId(identifier(source, "flowId")),
                status=FlowStatus.of(as_integer(source.get("flowStatus"), "flowStatus")),
                business_scene=text(source, scene_key),
                remark=text(source, "statusDescription"),
                created_at_ms=time_ms(source, "createTime"),
                ended_at_ms=time_ms(source, "endTime"),
            )
        case _:
            raise Malformed("action is unknown")
