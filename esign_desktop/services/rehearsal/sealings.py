"""Query the seals of a flow in a trial run. Only the sandbox platform has this call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.api import wire
from esign_desktop.api.strict_json import as_list, as_object, identifier, text
from esign_desktop.domain.flow import Sealing

if TYPE_CHECKING:
    from esign_desktop.api.client import PlatformClient

_PATH: Final = "/rehearsal/sealings"


def fetched_sealings(client: PlatformClient, flow_id: str) -> tuple[Sealing, ...]:
    """Return the seals of a flow in the order in which they were set. Raises ApiError."""

    def read(data: object) -> tuple[Sealing, ...]:
        entries = [as_object(entry, "data[]") for entry in as_list(data, "data")]
        return tuple(
            Sealing(
                *(identifier(entry, "docId"), text(entry, "accountId"), text(entry, "authorizationOrgId")),
                wire.web_address(entry, "docUrl"),
            )
            for entry in entries
        )

    return wire.checked(client.post(_PATH, wire.build_flow_id(flow_id)), read)
